"""What is said when a concern is found, and how a stopped reflection is taken up again.

The words are in `data/library/safety/responses.yml`; nothing here calls, sends or tells
anybody anything.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from bot.library import LIBRARY, STRICT, LibraryError, read
from bot.safety.concerns import Concern
from bot.safety.contacts import Contacts, Group
from bot.safety.kinds import Kind, Level
from bot.safety.spelling import Spelling
from bot.safety.words import read_words

RESPONSES = LIBRARY / "safety" / "responses.yml"

_PLACEHOLDER = re.compile(r"\{([a-z_:]+)\}")
_SENTENCE_END = re.compile(r"(?<=[.?!}])\s+")
_PERSONAL = frozenset(kind for kind in Kind if kind.is_about_the_therapist)
# What is said to the second kind says all that would be said to the first.
_SAID_BY = {
    Kind.ABUSE_DISCLOSURE: Kind.CHILD_AT_RISK,
    Kind.THERAPIST_UNFIT: Kind.SUICIDALITY_THERAPIST,
}
_LONGEST_WISH = 12
_SHORT_FORMS = Spelling({"lets": "let us", "let's": "let us", "im": "i am"})
_MOST_MESSAGES = 4


class ChoiceId(StrEnum):
    """What a therapist can choose after a response."""

    TAKE_UP_AGAIN = "take_up_again"
    PAUSE = "pause"
    TALK_TO_PERSON = "talk_to_person"


@dataclass(frozen=True)
class Choice:
    """A button after a response."""

    __pydantic_config__ = STRICT

    id: ChoiceId
    label: str


@dataclass(frozen=True)
class Responses:
    """The whole of responses.yml."""

    __pydantic_config__ = STRICT

    choices: tuple[Choice, ...]
    after_check: tuple[ChoiceId, ...]
    after_stop: tuple[ChoiceId, ...]
    after_personal_stop: tuple[ChoiceId, ...]
    check_together: str
    check_reasons: dict[Kind, str]
    messages: dict[Kind, dict[Level, tuple[str, ...]]]
    resume_words: frozenset[str]
    polite_words: frozenset[str]


@dataclass(frozen=True)
class Response:
    """What the therapist is shown, and whether the reflection stops."""

    messages: tuple[str, ...]
    choices: tuple[Choice, ...]
    stops: bool


@cache
def load_responses(path: Path = RESPONSES) -> Responses:
    """Read what is said. Raises `LibraryError` when a kind, level or placeholder is amiss."""
    responses = read(path, Responses)
    known = {"duty"} | {f"contacts:{group}" for group in Group}
    for kind in Kind:
        for level in Level:
            said = responses.messages.get(kind, {}).get(level, ())
            if not 1 <= len(said) <= _MOST_MESSAGES:
                raise LibraryError(f"{path.name}: {kind} {level}: one to four messages.")
            unknown = set(_PLACEHOLDER.findall(" ".join(said))) - known
            if unknown:
                raise LibraryError(f"{path.name}: {kind} {level}: no such {{{min(unknown)}}}.")
    if set(responses.check_reasons) != set(Kind) - _PERSONAL:
        raise LibraryError(f"{path.name}: at check_reasons: each kind that is not personal once.")
    if _PLACEHOLDER.findall(responses.check_together) != ["reasons"]:
        raise LibraryError(f"{path.name}: at check_together: {{reasons}} once.")
    if {choice.id for choice in responses.choices} != set(ChoiceId):
        raise LibraryError(f"{path.name}: at choices: each choice once.")
    return responses


def respond(
    concerns: Sequence[Concern], contacts: Contacts, responses: Responses | None = None
) -> Response:
    """Give what is said to these concerns, in this country.

    Says everything that stops the reflection, the therapist's own safety first; checks are
    said only when nothing stops, and those of several kinds as one. No concern gives no message.
    """
    said = responses or load_responses()
    ranked = sorted(concerns, key=lambda c: (c.kind not in _PERSONAL, c.level.rank, c.kind.rank))
    stopping = [concern for concern in ranked if concern.level.stops]
    kinds = {concern.kind for concern in stopping}
    for kind, said_by in _SAID_BY.items():
        if said_by in kinds:
            stopping = [concern for concern in stopping if concern.kind is not kind]
    messages = [
        filled
        for message in (_stops(stopping, said) if stopping else _checks(ranked, said))
        if (filled := _fill(message, contacts))
    ]
    ids: tuple[ChoiceId, ...] = ()
    if stopping:
        ids = said.after_personal_stop if kinds & _PERSONAL else said.after_stop
    elif ranked:
        ids = said.after_check
    labels = {choice.id: choice for choice in said.choices}
    choices = tuple(labels[choice_id] for choice_id in ids)
    return Response(tuple(dict.fromkeys(messages)), choices, bool(stopping))


def _stops(concerns: Sequence[Concern], said: Responses) -> list[str]:
    return [message for c in concerns for message in said.messages[c.kind][c.level]]


def _checks(concerns: Sequence[Concern], said: Responses) -> list[str]:
    """Ask about the therapist themselves first, and about all others in one sentence."""
    kinds = list(dict.fromkeys(concern.kind for concern in concerns))
    own, others = [k for k in kinds if k in _PERSONAL], [k for k in kinds if k not in _PERSONAL]
    messages = [message for kind in own[:1] for message in said.messages[kind][Level.CHECK]]
    if len(others) == 1:
        return [*messages, *said.messages[others[0]][Level.CHECK]]
    if others:
        reasons = ", or if ".join(said.check_reasons[kind] for kind in others)
        messages.append(said.check_together.replace("{reasons}", reasons))
    return messages


def asks_to_resume(text: str, responses: Responses | None = None) -> bool:
    """Say whether a short message asks to take the reflection up again, and nothing else.

    The whole message must be one of the phrases, but for polite words around it, so that
    "I can't go on" and "go on without me" are never taken for it.
    """
    said = responses or load_responses()
    if len(text) > _LONGEST_WISH * 10:
        return False
    read_as = read_words(text, _SHORT_FORMS, frozenset())
    words = list(read_as.in_order())
    if not words or len(words) > _LONGEST_WISH:
        return False
    return any(
        " ".join(words[start:end]) in said.resume_words
        for start in range(len(words))
        for end in range(len(words), start, -1)
        if said.polite_words.issuperset(words[:start] + words[end:])
    )


def _fill(message: str, contacts: Contacts) -> str:
    """Fill the placeholders; a sentence with nothing to fill one is left out."""
    kept: list[str] = []
    for written in _SENTENCE_END.split(message):
        sentence = written
        values = {name: _value(name, contacts) for name in _PLACEHOLDER.findall(sentence)}
        if all(values.values()):
            for name, value in values.items():
                sentence = sentence.replace(f"{{{name}}}", value)
            kept.append(sentence)
    return " ".join(kept)


def _value(name: str, contacts: Contacts) -> str:
    if name == "duty":
        return contacts.duty
    lines = [contact.line() for contact in contacts.of(Group(name.removeprefix("contacts:")))]
    return ", or ".join(lines) + "." if lines else ""
