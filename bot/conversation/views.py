"""Reflections and turns as the API, the page and the terminal show them.

Plain dicts for JSON; the one place that says what leaves the database and how.
"""

from __future__ import annotations

from typing import Any

from bot.conversation.desk import Desk
from bot.moderation.steps import Review, Step
from bot.reflection.changing import MAY_BE_CHANGED, called, change_payload
from bot.reflection.stages import SHORT_PATH_STAGES, Path, Question, Stage, kind_of
from bot.storage.models import FoundTheme, Reflection, StepOffer, Turn
from bot.themes.findings import Theme


def reflection_view(desk: Desk, reflection: Reflection) -> dict[str, Any]:
    """Give a reflection without its turns."""
    shown = SHORT_PATH_STAGES if reflection.path is Path.SHORT else tuple(Stage)
    return {
        "id": reflection.id,
        "path": reflection.path.value,
        "state": reflection.state.value,
        "stage": reflection.stage.value,
        "stages": [{"id": stage.value, "name": desk.wording.stages[stage].name} for stage in shown],
        "started_at": reflection.started_at.isoformat(),
        "changed_at": reflection.changed_at.isoformat(),
        "closed_at": reflection.closed_at.isoformat() if reflection.closed_at else None,
    }


def turn_view(desk: Desk, turn: Turn) -> dict[str, Any]:
    """Give a turn with all that it led to; `turn` must be whole."""
    return {
        "turn": turn.number,
        "id": turn.client_id,
        "state": turn.state.value,
        "text": turn.text,
        "masked": turn.masked,
        "masked_notice": masked_notice(desk, turn.masked),
        "question": turn.question.value if turn.question else None,
        "change": _change(desk, turn.question),
        "stage": turn.stage.value if turn.stage else None,
        "asks": _asks(turn),
        "said": [{"voice": m.voice.value, "text": m.text} for m in turn.messages if m.text],
        "choices": choices_of(turn),
        "findings": [finding_view(desk, finding) for finding in turn.findings],
        "concerns": [
            {"kind": concern.kind.value, "level": concern.level.value} for concern in turn.concerns
        ],
        "steps": [offer_view(desk, offer) for offer in turn.step_offers],
        "kept_at": turn.kept_at.isoformat(),
    }


def choices_of(turn: Turn) -> list[dict[str, str]]:
    """Give the choices that a turn leaves open, each as what is sent and what is shown."""
    return [choice for message in turn.messages for choice in message.choices]


def change_view(desk: Desk, question: Question) -> dict[str, str]:
    """Give the choice that has a question asked again, with the name of its answer."""
    name = called(question, desk.wording)
    label = desk.notices["change_answer"].format(name=name)
    return {"id": change_payload(question), "label": label, "name": name}


def _change(desk: Desk, question: Question | None) -> dict[str, str] | None:
    return change_view(desk, question) if question and question in MAY_BE_CHANGED else None


def _asks(turn: Turn) -> dict[str, str] | None:
    if turn.asked is None:
        return None
    return {"question": turn.asked.value, "kind": kind_of(turn.asked).value}


def finding_view(desk: Desk, finding: FoundTheme) -> dict[str, Any]:
    """Give a finding with its names as a therapist sees them."""
    words = desk.taxonomy[finding.theme]
    return {
        "theme": finding.theme.value,
        "theme_name": words.name,
        "subtheme": finding.subtheme,
        "subtheme_name": words.subthemes.get(finding.subtheme or ""),
        "confidence": finding.confidence,
        "evidence": finding.evidence,
        "verdict": finding.verdict.value if finding.verdict else None,
    }


def theme_for_others(desk: Desk, theme: Theme) -> str:
    """Give a theme's name as a supervisor sees it: its therapist's is about "your own"."""
    is_own = theme is Theme.COUNTERTRANSFERENCE
    return desk.notices["their_reactions"] if is_own else desk.taxonomy[theme].name


def names_for_others(desk: Desk) -> dict[Theme, str]:
    """Give every theme's name as a supervisor sees it."""
    return {theme: theme_for_others(desk, theme) for theme in desk.taxonomy}


def theme_names(desk: Desk, theme: Theme, subtheme: str | None) -> str:
    """Give a theme's name as a supervisor sees it, with that of a subtheme behind it."""
    name = theme_for_others(desk, theme)
    return f"{name}: {desk.taxonomy[theme].subthemes[subtheme]}" if subtheme else name


def offer_view(desk: Desk, offer: StepOffer) -> dict[str, Any]:
    """Give an offered step with everything its card shows.

    A step that has left the library since keeps its id and loses its words.
    """
    response = offer.response.value if offer.response else None
    step = desk.steps.get(offer.step_id)
    if step is None:
        return {"id": offer.step_id, "text": "", "source": "", "response": response}
    return step_view(step) | {"response": response}


def step_view(step: Step) -> dict[str, Any]:
    """Give a step with everything its card shows."""
    return {
        "id": step.id,
        "theme": step.theme,
        "text": step.step,
        "why": step.why,
        "say": step.say,
        "say_to": step.say_to.value,
        "principle": step.principle.value.replace("_", " "),
        "source": "; ".join(source.cite for source in step.sources),
        "sources": [{"cite": source.cite, "link": source.link} for source in step.sources],
        "awaiting_review": step.review is Review.AWAITING_CLINICAL_REVIEW,
    }


def masked_notice(desk: Desk, masked: dict[str, int]) -> str | None:
    """Give the sentence that tells a writer what was masked, or None."""
    if not masked:
        return None
    kinds = ", ".join(_with_article(kind) for kind in sorted(masked))
    count = sum(masked.values())
    key = "masked_one" if count == 1 else "masked_many"
    return desk.notices[key].format(kinds=kinds, count=count)


def _with_article(kind: str) -> str:
    words = kind.replace("_", " ")
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"
