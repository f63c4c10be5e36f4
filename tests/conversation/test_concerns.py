"""Danger is answered at once, with or without a bot, and the reflection waits."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from bot.conversation.answering import Answering
from bot.conversation.desk import Desk
from bot.conversation.turns import PAUSE, PERSON, RESUME, Incoming, take_turn
from bot.safety.concerns import Concern
from bot.safety.contacts import people_to_call
from bot.safety.detector import LEARNED
from bot.safety.kinds import Kind, Level
from bot.storage.models import Turn
from bot.storage.states import ReflectionState, TurnState, Voice
from tests.bots import BrokenBot, ScriptedBot
from tests.conversation.samples import (
    ABOUT_THE_CASE,
    ABOUT_THE_THERAPIST,
    DANGER,
    PLAIN,
    TO_CHECK,
)
from tests.gateway import People, make_people, say, start, stored, turns


@pytest.fixture
def broken(desk: Desk) -> Desk:
    return replace(desk, bot=BrokenBot())


@pytest.fixture
async def reflection(desk: Desk, people: People) -> str:
    return await start(desk, people.therapist)


def _said(turn: Turn, voice: Voice) -> str:
    return "\n".join(message.text for message in turn.messages if message.voice is voice)


def _choices(turn: Turn) -> list[str]:
    return [choice["id"] for message in turn.messages for choice in message.choices]


@pytest.mark.parametrize(("kind", "text"), (ABOUT_THE_CASE | ABOUT_THE_THERAPIST).items(), ids=str)
async def test_danger_is_answered_within_a_second_when_the_bot_is_away(
    broken: Desk, kind: Kind, text: str
) -> None:
    people = await make_people(broken)
    reflection = await start(broken, people.therapist)
    # Of the processor's time: a machine that is busy with something else says nothing of ours.
    began = time.process_time()
    turn = await say(broken, people.therapist, reflection, text)
    assert time.process_time() - began < 1
    assert kind in {concern.kind for concern in turn.concerns}
    assert all(concern.sign and concern.level for concern in turn.concerns)
    assert _said(turn, Voice.SAFETY)
    assert turn.answered_at is not None
    assert PERSON in _choices(turn)
    assert (RESUME in _choices(turn)) == (kind in ABOUT_THE_CASE)
    after = await stored(broken, people.therapist, reflection)
    assert after.state is ReflectionState.STOPPED


@pytest.mark.parametrize(("kind", "text"), ABOUT_THE_CASE.items(), ids=str)
async def test_what_was_told_is_handed_on_as_an_answer_once_the_reflection_is_taken_up_again(
    desk: Desk, people: People, bot: ScriptedBot, kind: Kind, text: str, reflection: str
) -> None:
    held = await say(desk, people.therapist, reflection, text)
    assert held.state is TurnState.HELD
    await _answer(desk, reflection)
    assert bot.texts == []
    resumed = await say(desk, people.therapist, reflection, "", choice=RESUME)
    assert (resumed.state, resumed.stands_for) == (TurnState.KEPT, held.id)
    assert _said(resumed, Voice.NOTICE) == desk.notices["safety_resumed"]
    await _answer(desk, reflection)
    assert bot.texts == [held.text]
    states = [turn.state for turn in await turns(desk, people.therapist, reflection)]
    assert states == [TurnState.ANSWERED, TurnState.SETTLED, TurnState.ANSWERED]


@pytest.mark.parametrize(("kind", "text"), ABOUT_THE_THERAPIST.items(), ids=str)
async def test_what_is_about_the_therapist_is_never_handed_on(
    desk: Desk, people: People, bot: ScriptedBot, kind: Kind, text: str, reflection: str
) -> None:
    told = await say(desk, people.therapist, reflection, text)
    assert told.state is TurnState.SETTLED
    await say(desk, people.therapist, reflection, PLAIN)
    resumed = await say(desk, people.therapist, reflection, "", choice=RESUME)
    assert resumed.stands_for is None
    await _answer(desk, reflection)
    assert bot.texts == [RESUME]


async def test_a_check_is_said_first_and_the_reflection_goes_on(
    desk: Desk, people: People, bot: ScriptedBot, reflection: str
) -> None:
    turn = await say(desk, people.therapist, reflection, TO_CHECK)
    assert turn.state is TurnState.KEPT
    await _answer(desk, reflection)
    answered = (await turns(desk, people.therapist, reflection))[-1]
    assert [message.voice for message in answered.messages] == [Voice.SAFETY, Voice.DIALOGUE]
    assert bot.texts == [TO_CHECK]
    assert (await stored(desk, people.therapist, reflection)).state is ReflectionState.OPEN


async def test_while_it_waits_words_are_kept_and_contacts_shown_and_nothing_is_handed_on(
    desk: Desk, people: People, bot: ScriptedBot, reflection: str
) -> None:
    await say(desk, people.therapist, reflection, DANGER)
    turn = await say(desk, people.therapist, reflection, PLAIN)
    assert (turn.state, turn.text) == (TurnState.SETTLED, PLAIN)
    for person in people_to_call(desk.contacts):
        assert person in _said(turn, Voice.SAFETY)
    assert RESUME in _choices(turn)
    await _answer(desk, reflection)
    assert bot.texts == []


@pytest.mark.parametrize("words", ["resume", "I am ready to go on, please", "Take it up again"])
async def test_the_reflection_is_taken_up_again_by_saying_so(
    desk: Desk, people: People, bot: ScriptedBot, reflection: str, words: str
) -> None:
    held = await say(desk, people.therapist, reflection, DANGER)
    resumed = await say(desk, people.therapist, reflection, words)
    assert (await stored(desk, people.therapist, reflection)).state is ReflectionState.OPEN
    assert (resumed.state, resumed.stands_for) == (TurnState.KEPT, held.id)
    await _answer(desk, reflection)
    assert bot.texts == [DANGER]


@pytest.mark.parametrize("words", ["I can't go on", "she went on without me", "no"])
async def test_other_words_do_not_take_it_up_again(
    desk: Desk, people: People, reflection: str, words: str
) -> None:
    await say(desk, people.therapist, reflection, DANGER)
    await say(desk, people.therapist, reflection, words)
    assert (await stored(desk, people.therapist, reflection)).state is ReflectionState.STOPPED


async def test_danger_told_while_it_waits_is_answered_again_and_only_the_first_is_held(
    desk: Desk, people: People, reflection: str
) -> None:
    await say(desk, people.therapist, reflection, DANGER)
    second = await say(desk, people.therapist, reflection, ABOUT_THE_CASE[Kind.SUICIDALITY_PARENT])
    assert second.state is TurnState.SETTLED
    assert second.concerns
    assert _said(second, Voice.SAFETY)


async def test_pausing_a_stopped_reflection_keeps_it_stopped(
    desk: Desk, people: People, reflection: str
) -> None:
    await say(desk, people.therapist, reflection, DANGER)
    paused = await say(desk, people.therapist, reflection, "", choice=PAUSE)
    assert _said(paused, Voice.NOTICE) == "\n".join(desk.wording.say("pause"))
    assert _choices(paused) == [RESUME]
    assert (await stored(desk, people.therapist, reflection)).state is ReflectionState.STOPPED
    await say(desk, people.therapist, reflection, "", choice=RESUME)
    assert (await stored(desk, people.therapist, reflection)).state is ReflectionState.OPEN


async def test_danger_in_words_that_are_masked_is_heard_all_the_same(
    desk: Desk, people: People, reflection: str
) -> None:
    turn = await say(desk, people.therapist, reflection, f"{DANGER} Her number is 082 555 0134.")
    assert turn.concerns
    assert "0134" not in turn.text


async def _answer(desk: Desk, reflection: str) -> None:
    """Have everything answered that waits."""
    answering = Answering(desk)
    answering.see_to(reflection)
    await answering._tasks[reflection]


class _Always:
    """A learned layer that hears one kind in everything, at one level."""

    def __init__(self, level: Level) -> None:
        self.level = level

    def find(self, text: str) -> tuple[Concern, ...]:
        return (Concern(Kind.SUICIDALITY_PARENT, self.level, 0, len(text), LEARNED),)


@pytest.mark.parametrize(("level", "times"), [(Level.CHECK, 1), (Level.CONCERN, 3)])
async def test_a_learned_check_is_asked_about_once_in_a_reflection_and_a_stop_each_time(
    desk: Desk, people: People, reflection: str, level: Level, times: int
) -> None:
    hearing = replace(desk, concern_detector=_Always(level))  # type: ignore[arg-type]
    raised = []
    for number in range(3):
        incoming = Incoming(reflection, f"message {number}", "She sat by the window for an hour.")
        turn, _ = await take_turn(hearing, people.therapist, incoming)
        raised.append([(c.kind, c.level, c.sign) for c in turn.concerns])
    told = [(Kind.SUICIDALITY_PARENT, level, LEARNED)]
    assert raised == [told] * times + [[]] * (3 - times)
