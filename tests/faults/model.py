"""What must be there and visible to whom, in plain Python: the state machine's other half."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

ONE_VIEW = timedelta(minutes=10)


def answer_to(turn_id: str) -> str:
    """What the scripted bot says to a turn: to the same turn always the same."""
    return f"Heard {turn_id}."


@dataclass
class ToldTurn:
    """A message that was acknowledged, by its sender's id. The opening is none."""

    client_id: str
    word: str
    is_answered: bool = False


@dataclass
class GivenShare:
    """A share as its author made it."""

    supervisor: str
    scope: str
    numbers: frozenset[int]
    last_turn: int
    until: date | None
    note: str | None
    is_closed: bool = False
    views: int = 0
    last_view: datetime | None = None

    def stands(self, now: datetime) -> bool:
        return not self.is_closed and (self.until is None or now.date() <= self.until)

    def look(self, now: datetime) -> None:
        """Count a view, unless it was looked at just before."""
        if self.last_view is None or self.last_view <= now - ONE_VIEW:
            self.views += 1
            self.last_view = now


@dataclass
class KeptReflection:
    """A reflection as its author must find it."""

    id: str
    author: str
    turns: list[ToldTurn] = field(default_factory=list)
    shares: list[GivenShare] = field(default_factory=list)
    opening_is_answered: bool = False
    is_erased: bool = False

    @property
    def is_waiting(self) -> bool:
        """Whether anything waits for an answer."""
        return not self.is_erased and not (
            self.opening_is_answered and all(turn.is_answered for turn in self.turns)
        )

    @property
    def answers(self) -> int:
        """How many answers there must be, the opening's among them."""
        return self.opening_is_answered + sum(turn.is_answered for turn in self.turns)

    def answer_next(self) -> None:
        if not self.opening_is_answered:
            self.opening_is_answered = True
            return
        next(turn for turn in self.turns if not turn.is_answered).is_answered = True

    def share_with(self, supervisor: str, now: datetime) -> GivenShare | None:
        """Give what a supervisor may read now."""
        if self.is_erased:
            return None
        found = [share for share in self.shares if share.supervisor == supervisor]
        return next((share for share in found if share.stands(now)), None)

    def words_in(self, share: GivenShare) -> set[str]:
        """Give the words that a share shows: the summary's last answer, and turns in full."""
        then = self.turns[: share.last_turn]
        shown = {share.note} if share.note else set()
        if share.scope != "summary":
            shown |= {then[number - 1].word for number in share.numbers}
        if share.scope != "turns":
            shown |= {turn.word for turn in [t for t in then if t.is_answered][-1:]}
        return shown

    @property
    def all_words(self) -> set[str]:
        notes = {share.note for share in self.shares if share.note}
        return {turn.word for turn in self.turns} | notes
