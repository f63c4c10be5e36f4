"""Read the conversation: what its slots mean to the domain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from rasa_sdk import Tracker

from bot.moderation.choose import Confirmed
from bot.reflection.answers import ENTITY, INTENT
from bot.reflection.stages import ACCOUNT, Path, Question
from bot.reflection.walk import Walk
from bot.themes.findings import Finding
from bot.themes.strongest import strongest

_FINDINGS = TypeAdapter(list[Finding])


@dataclass(frozen=True)
class Context:
    """What the gateway knows of this therapist when a reflection starts.

    `last_plan` is what they planned last time, and `offered_before` the ids of the steps
    they have been offered. The defaults are those of a conversation without a gateway,
    as in `rasa shell`.
    """

    past_reflections: int = 0
    last_plan: str | None = None
    offered_before: tuple[str, ...] = ()
    has_supervisor: bool = False
    has_several_supervisors: bool = False
    country: str = "za"
    path: Path = Path.FULL


_CONTEXT = TypeAdapter(Context)


def read_context(raw: object) -> Context:
    """Read what the gateway sent; anything missing has its default."""
    return _CONTEXT.validate_python(raw or {})


def context_of(tracker: Tracker) -> Context:
    """Give the context that the reflection was started with."""
    return read_context(tracker.get_slot("context"))


def findings_in_message(tracker: Tracker) -> tuple[Finding, ...]:
    """Give the themes that the theme detector heard in the latest message."""
    return tuple(_FINDINGS.validate_python(tracker.latest_message.get("themes") or []))


def findings_of(tracker: Tracker) -> list[Finding]:
    """Give one finding for each theme heard in the account so far, surest first."""
    heard: dict[str, Any] = tracker.get_slot("heard") or {}
    return strongest(
        finding
        for question in ACCOUNT
        for finding in _FINDINGS.validate_python(heard.get(question, []))
    )


def walk_of(tracker: Tracker, **changed: object) -> Walk:
    """Give the walk as it stands, with the answers in `changed` put in place of the slots'."""
    answers: dict[str, object] = {q.value: tracker.get_slot(q) for q in Question}
    return Walk(
        answers=answers | changed,
        heard=[finding.theme for finding in findings_of(tracker)],
        path=Path(tracker.get_slot("path") or Path.FULL),
        has_last_plan=context_of(tracker).last_plan is not None,
        reopened=tuple(tracker.get_slot("set_aside") or {}),
    )


def confirmed_themes(tracker: Tracker) -> list[Confirmed]:
    """Give the themes to find steps for, with the subtheme that was heard in each."""
    subthemes = {finding.theme.value: finding.subtheme for finding in findings_of(tracker)}
    return [
        Confirmed(theme, frozenset(filter(None, [subthemes.get(theme)])))
        for theme in walk_of(tracker).confirmed_themes()
    ]


def requested(tracker: Tracker) -> Question | None:
    """Give the question at hand, or None outside a reflection."""
    slot = tracker.get_slot("requested_slot")
    return Question(slot) if slot in list(Question) else None


def told(tracker: Tracker, slot: str) -> str:
    """Give the words that fill `slot`: typed, or those that a button stands for."""
    if intent_of(tracker) == INTENT:
        return str(next(tracker.get_latest_entity_values(ENTITY), ""))
    return str(tracker.get_slot(slot))


def intent_of(tracker: Tracker) -> str:
    """Give the intent of the latest message."""
    # Not rasa-sdk's own reader: that looks into a ranking which our classifier does not give.
    return str((tracker.latest_message.get("intent") or {}).get("name") or "")
