"""Every table in which something of a reflection lies, as data, in the order in which it goes.

What lies elsewhere than in the database is in `bot/conversation/stores.py`. A table that refers
to a reflection and stands neither here nor in `KEPT` fails `tests/promises/test_forgotten.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select

from bot.storage.concern_tables import ConcernReview, ConcernWatch, Notification
from bot.storage.double_reading_tables import (
    CountedLabel,
    DoubleReader,
    DoubleReading,
    ExportedReading,
    Settlement,
)
from bot.storage.keeping import Hold
from bot.storage.models import (
    Base,
    FollowUp,
    FoundTheme,
    Message,
    Plan,
    RaisedConcern,
    Reflection,
    Share,
    ShareTurn,
    ShareView,
    StepOffer,
    Turn,
)
from bot.storage.review_tables import Comment, Label, Review, ReviewChange, SearchEntry, ShareFacet
from bot.storage.slack_tables import SlackLine


@dataclass(frozen=True)
class Rows:
    """A table, what it holds of a reflection, and which of its rows those are."""

    table: type[Base]
    holds: str
    of: Callable[[str], ColumnElement[bool]]

    @property
    def name(self) -> str:
        """The table's name, under which it stands in a receipt."""
        return str(self.table.__tablename__)


def _by_reflection(table: Any) -> Callable[[str], ColumnElement[bool]]:
    return lambda reflection_id: table.reflection_id == reflection_id


def _follow_ups(reflection_id: str) -> ColumnElement[bool]:
    plans = select(Plan.id).where(Plan.reflection_id == reflection_id)
    turns = select(Turn.id).where(Turn.reflection_id == reflection_id)
    # A later reflection may have told how this plan went: the link goes, its words stay.
    return FollowUp.plan_id.in_(plans) | FollowUp.turn_id.in_(turns)


def _by_share(table: Any) -> Callable[[str], ColumnElement[bool]]:
    return lambda reflection_id: table.share_id.in_(
        select(Share.id).where(Share.reflection_id == reflection_id)
    )


def _by_reading(table: Any) -> Callable[[str], ColumnElement[bool]]:
    return lambda reflection_id: table.reading_id.in_(
        select(DoubleReading.id).where(DoubleReading.reflection_id == reflection_id)
    )


ROWS = (
    Rows(FollowUp, "how a plan went", _follow_ups),
    Rows(Plan, "what was planned", _by_reflection(Plan)),
    Rows(StepOffer, "steps offered, and what was said to them", _by_reflection(StepOffer)),
    Rows(Comment, "what therapist and supervisor wrote to each other", _by_reflection(Comment)),
    Rows(ExportedReading, "into which studies labels of it went", _by_reading(ExportedReading)),
    Rows(Settlement, "what two readers settled on", _by_reflection(Settlement)),
    Rows(CountedLabel, "which labels counted when it was read twice", _by_reading(CountedLabel)),
    Rows(DoubleReader, "who read it twice", _by_reading(DoubleReader)),
    Rows(DoubleReading, "that it was read twice", _by_reflection(DoubleReading)),
    Rows(Label, "what supervisors held of themes heard", _by_reflection(Label)),
    Rows(FoundTheme, "themes heard, and verdicts", _by_reflection(FoundTheme)),
    Rows(RaisedConcern, "safety concerns raised", _by_reflection(RaisedConcern)),
    Rows(Message, "what was answered", _by_reflection(Message)),
    Rows(ConcernReview, "what was done about its concerns", _by_reflection(ConcernReview)),
    Rows(ConcernWatch, "by what its open concerns are found", _by_share(ConcernWatch)),
    Rows(Notification, "messages that said to look at it", _by_share(Notification)),
    Rows(ShareView, "who looked at it, and when", _by_share(ShareView)),
    Rows(ShareFacet, "by what it is found in a supervisor's queue", _by_share(ShareFacet)),
    Rows(SearchEntry, "its words, for a supervisor's search", _by_reflection(SearchEntry)),
    Rows(ShareTurn, "what was chosen to be shown", _by_share(ShareTurn)),
    Rows(ReviewChange, "what a supervisor did with it, and when", _by_reflection(ReviewChange)),
    Rows(Review, "where a supervisor stood with it", _by_reflection(Review)),
    Rows(Share, "to whom it was shown", _by_reflection(Share)),
    Rows(SlackLine, "that it went on in Slack", _by_reflection(SlackLine)),
    # One that was released; under one that stands nothing is erased.
    Rows(Hold, "holds that were released", _by_reflection(Hold)),
    Rows(Turn, "what the therapist wrote", _by_reflection(Turn)),
    Rows(Reflection, "the reflection itself", lambda reflection_id: Reflection.id == reflection_id),
)

# Tables that go on naming a reflection that was erased, each with its reason.
KEPT = {
    "erasures": "the receipt: that it was erased, why and when; no words",
    "erased_stores": "the lines of the receipt: figures and times",
    "slack_posts": "where the app posted in Slack, until `stores.SLACK` has deleted it there",
    "audit": "who did what to it and when; without words, and a chain that nothing is taken from",
}
