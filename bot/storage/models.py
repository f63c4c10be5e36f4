"""The tables. One row of `turns` is one message of a therapist with all that it led to.

Words, and whatever was made out of words, are `Sealed` attributes (`bot/storage/sealed.py`): the
database holds all of a row's in its one column `sealed`. `bot/storage/unsealed.py` lists every
column that can hold text and is not sealed, each with its reason.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index, MetaData, String, UniqueConstraint
from sqlalchemy.ext.orderinglist import ordering_list
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from bot.reflection.stages import Path, Question, Stage
from bot.reflection.verdicts import Verdict
from bot.safety.kinds import Kind as ConcernKind
from bot.safety.kinds import Level
from bot.storage.columns import UtcTime, new_id, words_of
from bot.storage.sealed import Sealed, SealedRow
from bot.storage.states import (
    ChallengePurpose,
    How,
    Purpose,
    ReflectionState,
    ReviewDeed,
    ReviewState,
    Role,
    ShareClosing,
    ShareScope,
    StepResponse,
    TurnState,
    Voice,
)
from bot.themes.findings import Theme

_DOMAIN_ENUMS = (Path, Question, Stage)
_Id = String(32)


class Base(DeclarativeBase):
    """The one metadata; named constraints, so that migrations can drop them everywhere."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcTime,
        **{
            enum: words_of(enum)
            for enum in (
                *_DOMAIN_ENUMS,
                Role,
                ReflectionState,
                TurnState,
                Voice,
                Purpose,
                ShareScope,
                ShareClosing,
                ReviewState,
                ReviewDeed,
                How,
                ChallengePurpose,
            )
        },
    }


class Account(Base):
    """A person who may sign in."""

    __tablename__ = "accounts"
    id: Mapped[str] = mapped_column(_Id, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(100))
    role: Mapped[Role]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class Team(Base):
    """People who work together."""

    __tablename__ = "teams"
    id: Mapped[str] = mapped_column(_Id, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(100), unique=True)


class TeamMember(Base):
    """An account's place in a team."""

    __tablename__ = "team_members"
    team_id: Mapped[str] = mapped_column(ForeignKey("teams.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)


class Supervision(Base):
    """A supervisor of a therapist, from a date and until one."""

    __tablename__ = "supervisions"
    id: Mapped[str] = mapped_column(_Id, primary_key=True, default=new_id)
    therapist_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    supervisor_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    since: Mapped[datetime]
    until: Mapped[datetime | None]


class SignInLink(Base):
    """A one-time link. Only a hash of its token is stored."""

    __tablename__ = "sign_in_links"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    ends_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignIn(Base):
    """A signed-in browser or terminal. Only a hash of its token is stored."""

    __tablename__ = "sign_ins"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    began_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    # To the minute: a write for every request would cost more than it tells.
    seen_at: Mapped[datetime]
    how: Mapped[How]
    # "Firefox on Windows": enough for its owner to know it, and no more.
    browser: Mapped[str] = mapped_column(String(60), default="")


class Reflection(SealedRow, Base):
    """One debrief of one therapist; also one conversation in Rasa, under the same id."""

    __tablename__ = "reflections"
    id: Mapped[str] = mapped_column(_Id, primary_key=True, default=new_id)
    therapist_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    path: Mapped[Path]
    state: Mapped[ReflectionState]
    stage: Mapped[Stage]
    started_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    arousal_before = Sealed[float | None](default=lambda: None)
    arousal_after = Sealed[float | None](default=lambda: None)
    # Who is meant by which stand-in: keyed fingerprints of names (bot/privacy/people.py).
    people = Sealed[dict[str, int]](default=dict)

    @property
    def sealed_for(self) -> str:
        """The reflection with whose key the row is sealed: its own."""
        return self.id


def _in_order(name: str) -> Any:
    """Give what stands below a turn, numbered from 0 in `position` as it is put there."""
    return relationship(
        order_by=f"{name}.position",
        collection_class=ordering_list("position"),
        lazy="raise",
        cascade="all, delete-orphan",
    )


class Turn(SealedRow, Base):
    """A message as kept (masked), and what was made of it. Number 0 is the opening."""

    __tablename__ = "turns"
    __table_args__ = (
        UniqueConstraint("reflection_id", "number"),
        # The same message sent twice makes one row and one effect.
        UniqueConstraint("reflection_id", "client_id"),
    )
    id: Mapped[str] = mapped_column(_Id, primary_key=True, default=new_id)
    reflection_id: Mapped[str] = mapped_column(ForeignKey("reflections.id"), index=True)
    number: Mapped[int]
    client_id: Mapped[str] = mapped_column(String(64))
    # The held turn whose words this one hands on, when a stopped reflection is taken up again.
    stands_for: Mapped[str | None] = mapped_column(_Id)
    state: Mapped[TurnState] = mapped_column(index=True)
    question: Mapped[Question | None]
    # Where the reflection stood once this turn was answered.
    stage: Mapped[Stage | None]
    asked: Mapped[Question | None]
    attempts: Mapped[int] = mapped_column(default=0)
    kept_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]

    text = Sealed[str]()
    # What Rasa is given in place of the text when a button was used.
    payload = Sealed[str | None](default=lambda: None)
    # How many identifiers of each kind were masked.
    masked = Sealed[dict[str, int]](default=dict)

    reflection: Mapped[Reflection] = relationship(lazy="raise")
    messages: Mapped[list[Message]] = _in_order("Message")
    findings: Mapped[list[FoundTheme]] = _in_order("FoundTheme")
    concerns: Mapped[list[RaisedConcern]] = _in_order("RaisedConcern")
    step_offers: Mapped[list[StepOffer]] = _in_order("StepOffer")


class Message(SealedRow, Base):
    """Something that was said to a therapist."""

    __tablename__ = "messages"
    id: Mapped[str] = mapped_column(_Id, primary_key=True, default=new_id)
    reflection_id: Mapped[str] = mapped_column(ForeignKey("reflections.id"), index=True)
    turn_id: Mapped[str] = mapped_column(ForeignKey("turns.id"), index=True)
    position: Mapped[int]
    voice: Mapped[Voice]

    text = Sealed[str]()
    # A list of choices: what is sent (`id`) and what is shown (`label`).
    choices = Sealed[list[dict[str, str]]](default=list)


class FoundTheme(SealedRow, Base):
    """A finding: a theme heard in the words of a turn, and the therapist's verdict beside it."""

    __tablename__ = "findings"
    id: Mapped[str] = mapped_column(_Id, primary_key=True, default=new_id)
    reflection_id: Mapped[str] = mapped_column(ForeignKey("reflections.id"), index=True)
    turn_id: Mapped[str] = mapped_column(ForeignKey("turns.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    # Set whenever there is a verdict.
    judged_at: Mapped[datetime | None]

    theme = Sealed(Theme)
    subtheme = Sealed[str | None](default=lambda: None)
    # None where the therapist named the theme and nothing was heard.
    confidence = Sealed[float | None](default=lambda: None)
    # [{"start", "end", "text"}] in characters of the turn's text.
    evidence = Sealed[list[dict[str, Any]]](default=list)
    verdict = Sealed[Verdict | None](Verdict, default=lambda: None)


class RaisedConcern(SealedRow, Base):
    """A safety concern raised by a turn, and when its answer was shown."""

    __tablename__ = "concerns"
    id: Mapped[str] = mapped_column(_Id, primary_key=True, default=new_id)
    reflection_id: Mapped[str] = mapped_column(ForeignKey("reflections.id"), index=True)
    turn_id: Mapped[str] = mapped_column(ForeignKey("turns.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    raised_at: Mapped[datetime]

    kind = Sealed(ConcernKind)
    level = Sealed(Level)
    sign = Sealed[str]()


class StepOffer(SealedRow, Base):
    """A moderation step that was offered, and the therapist's response."""

    __tablename__ = "step_offers"
    id: Mapped[str] = mapped_column(_Id, primary_key=True, default=new_id)
    reflection_id: Mapped[str] = mapped_column(ForeignKey("reflections.id"), index=True)
    turn_id: Mapped[str] = mapped_column(ForeignKey("turns.id"), index=True)
    position: Mapped[int]
    responded_at: Mapped[datetime | None]
    # The turn in which the therapist put the step in their own words.
    adapted_in: Mapped[str | None] = mapped_column(_Id)

    # Each step is for one theme, so its id tells as much as the theme does.
    step_id = Sealed[str]()
    response = Sealed[StepResponse | None](StepResponse, default=lambda: None)


class Plan(Base):
    """The smallest next step a therapist planned; the words are its turn's."""

    __tablename__ = "plans"
    id: Mapped[str] = mapped_column(_Id, primary_key=True, default=new_id)
    reflection_id: Mapped[str] = mapped_column(ForeignKey("reflections.id"), unique=True)
    turn_id: Mapped[str] = mapped_column(ForeignKey("turns.id"))
    made_at: Mapped[datetime]


class FollowUp(Base):
    """How a plan went, told in a later reflection; the words are its turn's."""

    __tablename__ = "follow_ups"
    id: Mapped[str] = mapped_column(_Id, primary_key=True, default=new_id)
    plan_id: Mapped[str] = mapped_column(ForeignKey("plans.id"), index=True)
    turn_id: Mapped[str] = mapped_column(ForeignKey("turns.id"))
    told_at: Mapped[datetime]


class Consent(Base):
    """An author's yes to one purpose, until it is withdrawn. Rows are added, never rewritten."""

    __tablename__ = "consents"
    id: Mapped[str] = mapped_column(_Id, primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    purpose: Mapped[Purpose]
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Share(SealedRow, Base):
    """A reflection shown to a named supervisor. Rows are added and closed, never rewritten.

    Whether it still stands is decided by `bot.storage.shares.standing`: a row that is not
    closed may have ended by its date, with the supervision, or with an account.
    """

    __tablename__ = "shares"
    # The queue is read from the newest share on.
    __table_args__ = (Index("ix_shares_queue", "supervisor_id", "shared_at", "id"),)
    id: Mapped[str] = mapped_column(_Id, primary_key=True, default=new_id)
    reflection_id: Mapped[str] = mapped_column(ForeignKey("reflections.id"), index=True)
    supervisor_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"))
    scope: Mapped[ShareScope]
    # What is written after this turn is not part of the share.
    last_turn: Mapped[int]
    # Whether it shows how stirred up the therapist was, and how their last plan went.
    with_course: Mapped[bool] = mapped_column(default=True)
    shared_at: Mapped[datetime]
    until: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_how: Mapped[ShareClosing | None]

    # One sentence for the supervisor, masked.
    note = Sealed[str | None](default=lambda: None)

    turns: Mapped[list[ShareTurn]] = relationship(lazy="raise")
    views: Mapped[list[ShareView]] = relationship(order_by="ShareView.seen_at", lazy="raise")


class ShareTurn(Base):
    """A turn that the therapist chose for a share."""

    __tablename__ = "share_turns"
    share_id: Mapped[str] = mapped_column(ForeignKey("shares.id"), primary_key=True)
    turn_id: Mapped[str] = mapped_column(ForeignKey("turns.id"), primary_key=True)


class ShareView(Base):
    """That a supervisor opened what was shared, for its author to see."""

    __tablename__ = "share_views"
    id: Mapped[str] = mapped_column(_Id, primary_key=True, default=new_id)
    share_id: Mapped[str] = mapped_column(ForeignKey("shares.id"), index=True)
    seen_at: Mapped[datetime]
