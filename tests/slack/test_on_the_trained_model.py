"""A whole reflection in Slack on the real house: Rasa, its actions and the trained model."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.terminal.client import signed_in
from tests.conftest import start_house, stop_house
from tests.slack.mock import MockSlack, Person, Seen, mock_slack
from tests.slack.running import FULL, MANIFEST, settings_for, use_link

# What is told where something is asked in free words; the last line is said again.
TOLD = (
    "The mother cancelled for the third time and said the sessions are a waste of her time.",
    "I was so angry with her that my jaw hurt.",
    "Perhaps she is ashamed. She was beaten as a child herself.",
    "The boy waited at the window.",
    "I went silent and she went silent.",
    "I will ring her on Tuesday.",
)
# Of several buttons the first of these that stands there.
PRESSED = ("Yes", "Take 1", "Keep", "Keep it for myself", "Go on", "No")
_MOST_TURNS = 40


def _newest(ann: Person) -> Seen:
    return [one for one in ann.sees() if one.who == "app" and not one.is_ephemeral][-1]


def _act(ann: Person, seen: Seen, told: list[str]) -> None:
    """Answer what was asked last, by whatever it can be answered with."""
    menus = [one for one in seen.controls if one.kind == "static_select"]
    buttons = [name for name in seen.buttons if name != "Write more"]
    wanted = next((name for name in PRESSED if name in buttons), None)
    if menus:
        ann.selects("4", on=seen)
    elif wanted:
        ann.presses(wanted, on=seen)
    else:
        ann.writes(told.pop(0) if len(told) > 1 else told[0])


async def _linked(slack: MockSlack, address: str, token: str) -> Person:
    ann = slack.person()
    ann.writes("hello")
    await ann.until(lambda seen: any("Link my account" in one.buttons for one in seen), 60)
    async with signed_in(address, token) as http:
        assert await use_link(http, ann) == 204
    await ann.until_hears("is linked to your account")
    return ann


@pytest.mark.timeout(600)
async def test_it_is_held_from_the_first_question_to_the_last(tmp_path: Path) -> None:
    async with mock_slack(manifest=MANIFEST) as slack:
        given = settings_for(slack, **FULL)
        extra = {f"BALLAST_{name.upper()}": str(value) for name, value in given.items()}
        house = start_house(tmp_path, **extra)
        try:
            await slack.until_connected(seconds=60)
            ann = await _linked(slack, house.address, await house.link_token())
            ann.writes("hello")
            await ann.until_hears("Slack keeps its own copies", 30)
            ann.presses("I agree, reflect here")
            await ann.until_hears("What would you like?", 30)
            ann.presses("A reflection")
            await _hold(ann)
        finally:
            stop_house(house)
        everything = "\n".join(ann.hears())
        assert "What I heard, in your words" in everything
        assert "Step 1" in everything
        assert "Why it may help" in everything
        assert slack.violations == []


async def _hold(ann: Person) -> None:
    told, before = list(TOLD), _newest(ann).ts
    for _ in range(_MOST_TURNS):
        await ann.until(lambda _, before=before: _newest(ann).ts != before, 60)
        await asyncio.sleep(2.5)  # what comes in several messages is whole
        seen = _newest(ann)
        if "Keep" in str(seen.buttons):
            ann.presses(next(name for name in seen.buttons if "Keep" in name), on=seen)
            await ann.until(lambda _, last=seen.ts: _newest(ann).ts != last, 60)
            return
        before = seen.ts
        _act(ann, seen, told)
    raise AssertionError(f"it did not end: {ann.hears()[-3:]}")
