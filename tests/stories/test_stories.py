"""Whole evenings, told in YAML and held over the gateway's API on the real parts.

Each file holds stories: the therapist says something, the bot says something of this
kind, and at the end this is stored. Kinds are keys of the library: `ask feel` for a
question, `skip` for what `answers.yml` says under that name.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import select

from bot.reflection.wording import read_wording
from bot.storage.access import turns_of
from bot.storage.database import open_database, sessions_of
from bot.storage.models import FollowUp, Plan, Reflection, Turn
from bot.terminal.client import Line, open_reflection, signed_in
from tests.conftest import House

HERE = Path(__file__).parent
WORDING = read_wording()


def stories() -> list[Any]:
    found = []
    for path in sorted(HERE.glob("*.yml")):
        for story in yaml.safe_load(path.read_text(encoding="utf-8")):
            found.append(pytest.param(story, id=f"{path.stem}: {story['story']}"))
    return found


@pytest.mark.parametrize("story", stories())
async def test_story(story: dict[str, Any], house: House) -> None:
    async with signed_in(house.address, await house.link_token()) as http:
        reflection_id = await open_reflection(
            http, short=story.get("path") == "short", resume=False
        )
        line = Line(http, reflection_id)
        opening = await line.opening()
        await _pass_the_last_plan(line, opening, story)
        for number, turn in enumerate(story["turns"], start=1):
            answer = await line.say(_text(turn["therapist"]))
            _check(answer, turn, f"turn {number}, {turn['therapist']!r:.60}")
        await line.close()
    if "stored" in story:
        await _check_stored(house, reflection_id, story["stored"])


async def _pass_the_last_plan(line: Line, opening: dict[str, Any], story: dict[str, Any]) -> None:
    """All stories share a therapist; only those about the last plan answer for it."""
    asks = (opening.get("asks") or {}).get("question")
    if asks == "follow_up" and not story.get("follows_a_plan"):
        await line.say("skip")


def _text(written: Any) -> str:
    if isinstance(written, dict):
        return written["repeat"] * written["times"]
    return str(written)


def _check(answer: dict[str, Any], turn: dict[str, Any], where: str) -> None:
    said = [message["text"] for message in answer["said"]]
    for kind in _list(turn.get("bot")):
        if kind.startswith("ask "):
            asked = answer["asks"]["question"] if answer["asks"] else None
            assert asked == kind.removeprefix("ask "), f"{where}: {answer}"
        elif kind in ("safety", "notice"):
            assert kind in {message["voice"] for message in answer["said"]}, f"{where}: {said}"
        elif kind.startswith(("why ", "example ", "nudge ")):
            part, question = kind.split()
            assert getattr(WORDING.questions[question], part) in said, f"{where}: {said}"
        else:
            assert set(WORDING.say(kind)) <= set(said), f"{where}: not {kind!r} but {said}"
    for kind in _list(turn.get("not_bot")):
        assert not set(WORDING.say(kind)) & set(said), f"{where}: {said}"
    if "stage" in turn:
        assert answer["stage"] == turn["stage"], f"{where}: {answer}"
    if "themes" in turn:
        heard = sorted({finding["theme"] for finding in answer["findings"]})
        assert heard == sorted(turn["themes"]), f"{where}: {answer['findings']}"
    if "words" in turn:
        words = [evidence["text"] for f in answer["findings"] for evidence in f["evidence"]]
        for wanted in _list(turn["words"]):
            assert any(wanted in found for found in words), f"{where}: {words}"
    if "concerns" in turn:
        raised = sorted(f"{c['kind']}/{c['level']}" for c in answer["concerns"])
        assert raised == sorted(turn["concerns"]), f"{where}: {answer['concerns']}"
    if "choices" in turn:
        labels = [choice["label"] for choice in answer["choices"]]
        assert set(turn["choices"]) <= set(labels), f"{where}: {labels}"
    if "steps" in turn:
        assert len(answer["steps"]) == turn["steps"], f"{where}: {answer['steps']}"
        assert all(step["source"] and step["why"] for step in answer["steps"])
    if "kept" in turn:
        assert answer["text"] == turn["kept"], where


def _list(value: Any) -> list[str]:
    return [] if value is None else [value] if isinstance(value, str) else list(value)


async def _check_stored(house: House, reflection_id: str, wanted: dict[str, Any]) -> None:
    engine = open_database(house.settings.database_url)
    async with sessions_of(engine)() as session:
        reflection = await session.get(Reflection, reflection_id)
        if wanted.get("deleted"):
            assert reflection is None
            assert not list(
                await session.scalars(select(Turn).where(Turn.reflection_id == reflection_id))
            )
            await engine.dispose()
            return
        assert reflection is not None
        turns = await turns_of(session, reflection)
        plan = await session.scalar(select(Plan).where(Plan.reflection_id == reflection_id))
        follow_ups = list(
            await session.scalars(
                select(FollowUp).where(FollowUp.turn_id.in_([turn.id for turn in turns]))
            )
        )
    await engine.dispose()
    answers = {turn.question.value: turn.text for turn in turns if turn.question}
    offers = [offer for turn in turns for offer in turn.step_offers]
    stored = {
        "state": reflection.state.value,
        "path": reflection.path.value,
        "stage": reflection.stage.value,
        "arousal_before": reflection.arousal_before,
        "arousal_after": reflection.arousal_after,
        "plan": next((turn.text for turn in turns if plan and turn.id == plan.turn_id), None),
        "answers": answers,
        "verdicts": {
            f.theme.value: f.verdict.value for turn in turns for f in turn.findings if f.verdict
        },
        "responses": [offer.response.value if offer.response else None for offer in offers],
        "follow_ups": len(follow_ups),
        "unanswered": sum(turn.state.value == "kept" for turn in turns),
    }
    for key, value in wanted.items():
        if key == "answers":
            assert stored["answers"].items() >= value.items()
        else:
            assert stored[key] == value, key
