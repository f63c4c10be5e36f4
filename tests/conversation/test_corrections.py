"""Verdicts come back as candidate examples: with consent, masked, and only what was judged."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
import yaml

from bot.app import open_desk
from bot.conversation.consents import is_given, set_consent
from bot.conversation.corrections import as_file, corrections
from bot.conversation.desk import Desk
from bot.conversation.turns import Incoming, take_turn
from bot.evaluation.data import theme_examples
from bot.reflection.verdicts import Verdict
from bot.storage.models import FoundTheme
from bot.storage.states import Purpose
from bot.themes.findings import Theme
from tests.bots import ScriptedBot
from tests.gateway import People, start
from tests.sealing import with_master_key

TOLD = (
    "Thandi's mum cancelled again. I sat in the empty room, furious. "
    "The boy drew a boat. She was hit as a girl, I believe."
)
# What was heard, in which words, and what was said of it.
JUDGED = (
    (Theme.REDUCED_INVESTMENT, "missed_sessions", "cancelled again", Verdict.YES),
    (Theme.COUNTERTRANSFERENCE, None, "furious", Verdict.NO),
    (Theme.PARENT_TRAUMA, "own_childhood_abuse", "hit as a girl", Verdict.NOT_QUITE),
    (Theme.PARENT_TRAUMA, None, "drew a boat", None),
)


@pytest.fixture
async def shared_desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk of this test's own: the export looks at everybody."""
    settings = with_master_key(var=tmp_path, models=tmp_path)
    async with open_desk(settings, lambda _: ScriptedBot()) as (opened, _):
        yield opened


async def _judged(desk: Desk, people: People) -> None:
    reflection = await start(desk, people.therapist)
    turn, _ = await take_turn(desk, people.therapist, Incoming(reflection, "told", TOLD))
    async with desk.sessions.begin() as session:
        for theme, subtheme, words, verdict in JUDGED:
            at = turn.text.index(words)
            session.add(
                FoundTheme(
                    reflection_id=reflection,
                    turn_id=turn.id,
                    theme=theme,
                    subtheme=subtheme,
                    confidence=0.8,
                    evidence=[{"start": at, "end": at + len(words), "text": words}],
                    verdict=verdict,
                    judged_at=desk.clock() if verdict else None,
                )
            )


async def test_nothing_comes_back_without_consent_or_once_it_is_withdrawn(
    desk: Desk, people: People
) -> None:
    await _judged(desk, people)
    assert await corrections(desk) == []
    await set_consent(desk, people.other_therapist, Purpose.CORRECTIONS, given=True)
    assert await corrections(desk) == []
    await set_consent(desk, people.therapist, Purpose.CORRECTIONS, given=True)
    assert await corrections(desk)
    await set_consent(desk, people.therapist, Purpose.CORRECTIONS, given=False)
    assert await corrections(desk) == []


async def test_consent_given_twice_is_one_consent(desk: Desk, people: People) -> None:
    for _ in range(2):
        await set_consent(desk, people.therapist, Purpose.CORRECTIONS, given=True)
    assert await is_given(desk, people.therapist, Purpose.CORRECTIONS)
    await set_consent(desk, people.therapist, Purpose.CORRECTIONS, given=False)
    assert not await is_given(desk, people.therapist, Purpose.CORRECTIONS)


async def test_only_judged_sentences_come_back_masked_with_what_was_said_of_them(
    desk: Desk, people: People
) -> None:
    await _judged(desk, people)
    await set_consent(desk, people.therapist, Purpose.CORRECTIONS, given=True)
    written = as_file(await corrections(desk), date(2026, 3, 2))
    assert "Thandi" not in written
    (block,) = yaml.safe_load(written)["nlu"]
    found = [(e["text"].strip(), e["metadata"]) for e in block["examples"]]
    batch = {"batch": "2026-03-02-corrections"}
    missed, abuse = "reduced_investment/missed_sessions", "parent_trauma/own_childhood_abuse"
    assert found == [
        ("[person A]'s mum cancelled again.", {"themes": [missed]} | batch),
        (
            "I sat in the empty room, furious.",
            {"themes": [], "refused": ["countertransference"]} | batch,
        ),
        ("She was hit as a girl, I believe.", {"themes": [], "unsure": [abuse]} | batch),
    ]


async def test_the_file_is_one_that_training_reads(
    desk: Desk, people: People, tmp_path: Path
) -> None:
    await _judged(desk, people)
    await set_consent(desk, people.therapist, Purpose.CORRECTIONS, given=True)
    (tmp_path / "nlu.yml").write_text(as_file(await corrections(desk), date(2026, 3, 2)))
    assert [example.text for example, _ in theme_examples(tmp_path)][1:] == [
        "I sat in the empty room, furious.",
        "She was hit as a girl, I believe.",
    ]


def test_a_file_of_no_candidates_can_be_read_too() -> None:
    assert yaml.safe_load(as_file([], date(2026, 3, 2)))["nlu"] == []
