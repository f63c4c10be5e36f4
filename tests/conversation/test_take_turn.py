"""A message is kept once, masked, before anybody else sees it."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest
from sqlalchemy import select

from bot.conversation.desk import Desk
from bot.conversation.turns import SILENCE, Incoming, MessageTooLong, NotOffered, take_turn
from bot.storage.access import NotFound
from bot.storage.columns import new_id
from bot.storage.models import Message, Turn
from bot.storage.states import TurnState, Voice
from tests.conversation.samples import PLAIN
from tests.gateway import EVENING, FakeClock, People, say, start, stored, turns
from tests.sealing import everything


@pytest.fixture
async def reflection(desk: Desk, people: People) -> str:
    return await start(desk, people.therapist)


async def _offer(desk: Desk, turn_id: str, *choices: tuple[str, str]) -> None:
    """Have the bot's last message offer `choices`."""
    async with desk.sessions.begin() as session:
        turn = await session.get_one(Turn, turn_id)
        session.add(
            Message(
                reflection_id=turn.reflection_id,
                turn_id=turn_id,
                position=9,
                voice=Voice.DIALOGUE,
                text="Which?",
                choices=[{"id": sent, "label": label} for sent, label in choices],
            )
        )


async def test_a_message_is_kept_with_its_number_and_time(
    desk: Desk, people: People, reflection: str, clock: FakeClock
) -> None:
    clock.advance(minutes=7)
    turn = await say(desk, people.therapist, reflection, PLAIN)
    found = (await turns(desk, people.therapist, reflection))[-1]
    assert (found.id, found.number, found.text) == (turn.id, 1, PLAIN)
    assert found.state is TurnState.KEPT
    assert found.payload is None
    assert (found.kept_at - EVENING).total_seconds() == 7 * 60
    assert (await stored(desk, people.therapist, reflection)).changed_at == found.kept_at


async def test_the_same_message_twice_makes_one_turn(
    desk: Desk, people: People, reflection: str
) -> None:
    incoming = Incoming(reflection, "mine", PLAIN)
    first, is_new = await take_turn(desk, people.therapist, incoming)
    again, is_new_again = await take_turn(desk, people.therapist, incoming)
    assert (is_new, is_new_again) == (True, False)
    assert first.id == again.id
    assert len(await turns(desk, people.therapist, reflection)) == 2


async def test_the_same_message_at_the_same_moment_makes_one_turn(
    desk: Desk, people: People, reflection: str
) -> None:
    incoming = Incoming(reflection, "mine", PLAIN)
    taken = await asyncio.gather(*(take_turn(desk, people.therapist, incoming) for _ in range(5)))
    assert len({turn.id for turn, _ in taken}) == 1
    assert sum(is_new for _, is_new in taken) == 1
    assert len(await turns(desk, people.therapist, reflection)) == 2


async def test_two_messages_at_the_same_moment_are_both_kept(
    desk: Desk, people: People, reflection: str
) -> None:
    texts = ["The boy stood by the door.", "The mother sat down.", "Then I left."]
    taken = await asyncio.gather(
        *(say(desk, people.therapist, reflection, text) for text in texts), return_exceptions=True
    )
    assert not [turn for turn in taken if isinstance(turn, BaseException)]
    found = await turns(desk, people.therapist, reflection)
    assert sorted(turn.text for turn in found[1:]) == texts
    assert [turn.number for turn in found] == [0, 1, 2, 3]


async def test_the_same_id_in_two_reflections_is_two_messages(
    desk: Desk, people: People, reflection: str
) -> None:
    other = await start(desk, people.therapist)
    for where in (reflection, other):
        _, is_new = await take_turn(desk, people.therapist, Incoming(where, "mine", PLAIN))
        assert is_new


async def test_a_message_that_is_too_long_is_not_kept_and_one_at_the_limit_is(
    desk: Desk, people: People, reflection: str
) -> None:
    limit = desk.settings.longest_message
    with pytest.raises(MessageTooLong):
        await say(desk, people.therapist, reflection, "a" * (limit + 1))
    assert len(await turns(desk, people.therapist, reflection)) == 1
    await say(desk, people.therapist, reflection, "a" * limit)
    assert (await turns(desk, people.therapist, reflection))[-1].text == "a" * limit


async def test_a_choice_that_is_offered_is_taken_and_another_one_is_not_kept(
    desk: Desk, people: People, reflection: str
) -> None:
    opening = (await turns(desk, people.therapist, reflection))[0]
    await _offer(desk, opening.id, ("/skip", "Skip"), ("Not quite", "Not quite"))
    with pytest.raises(NotOffered):
        await say(desk, people.therapist, reflection, "", choice="/delete_this")
    assert len(await turns(desk, people.therapist, reflection)) == 1
    turn = await say(desk, people.therapist, reflection, "", choice="/skip")
    assert (turn.text, turn.payload) == ("Skip", "/skip")
    with pytest.raises(NotOffered):  # it stood under a message that is no longer the last
        await say(desk, people.therapist, reflection, "", choice="/skip")


@pytest.mark.parametrize("typed", ["Not quite", "not quite.", "  NOT QUITE!  "])
async def test_a_label_that_is_typed_counts_as_the_choice(
    desk: Desk, people: People, reflection: str, typed: str
) -> None:
    opening = (await turns(desk, people.therapist, reflection))[0]
    await _offer(desk, opening.id, ("/verdict", "Not quite"))
    assert (await say(desk, people.therapist, reflection, typed)).payload == "/verdict"


@pytest.mark.parametrize("typed", ["Not quite, the boy was quieter", "quite", "?!"])
async def test_words_around_a_label_are_no_choice(
    desk: Desk, people: People, reflection: str, typed: str
) -> None:
    opening = (await turns(desk, people.therapist, reflection))[0]
    await _offer(desk, opening.id, ("/verdict", "Not quite"), ("/nothing", "!"))
    assert (await say(desk, people.therapist, reflection, typed)).payload is None


@pytest.mark.parametrize(
    "typed", ["/restart", " /delete_this", "//skip", '\n/inform{"plan": "x"}', "/ /stop"]
)
async def test_a_typed_slash_is_no_command(
    desk: Desk, people: People, reflection: str, typed: str
) -> None:
    turn = await say(desk, people.therapist, reflection, typed)
    assert turn.text == typed
    assert turn.payload
    assert not turn.payload.lstrip().startswith("/")


@pytest.mark.parametrize("typed", ["", "   ", "\n\n", "\x00", "/", " // "])
async def test_nothing_is_silence(desk: Desk, people: People, reflection: str, typed: str) -> None:
    assert (await say(desk, people.therapist, reflection, typed)).payload == SILENCE


async def test_somebody_elses_and_absent_reflections_look_alike(
    desk: Desk, people: People, reflection: str
) -> None:
    refusals = []
    for account, where in (
        (people.other_therapist, reflection),
        (people.supervisor, reflection),
        (people.therapist, new_id()),
    ):
        with pytest.raises(NotFound) as refused:
            await say(desk, account, where, PLAIN)
        refusals.append(repr(refused.value))
    assert len(set(refusals)) == 1
    assert len(await turns(desk, people.therapist, reflection)) == 1


@pytest.mark.parametrize("unwritable", ["\x00", "\x1b", "\ud800", "\uffff", "\x7f"])
async def test_what_no_database_can_hold_becomes_a_space(
    desk: Desk, people: People, reflection: str, unwritable: str
) -> None:
    turn = await say(desk, people.therapist, reflection, f"She{unwritable}left.")
    assert turn.text == "She left."


IDENTIFIERS = {
    "email": "zq.quillfeather@example.org",
    "phone": "082 555 0134",
    "record_number": "QX-4471-93",
}


async def test_nothing_that_is_stored_holds_the_unmasked_words(
    desk: Desk, people: People, reflection: str
) -> None:
    text = (
        f"Her address is {IDENTIFIERS['email']}, her number {IDENTIFIERS['phone']}, "
        f"and the case number is {IDENTIFIERS['record_number']}."
    )
    turn = await say(desk, people.therapist, reflection, text)
    # Typed as a command, it is handed on under another column.
    await say(desk, people.therapist, reflection, f"/inform {IDENTIFIERS['email']}")
    assert turn.masked == dict.fromkeys(IDENTIFIERS, 1)
    async with desk.sessions() as session:
        rows = await everything(session)
    files = b"".join(p.read_bytes() for p in desk.settings.var.glob("ballast.db*"))
    assert "[email]" in rows
    for identifier in IDENTIFIERS.values():
        assert identifier not in rows
        assert identifier.encode() not in files


async def test_a_message_that_is_refused_leaves_no_trace(
    desk: Desk, people: People, reflection: str
) -> None:
    canary = f"the heron {uuid4().hex}"
    with pytest.raises(NotOffered):
        await say(desk, people.therapist, reflection, canary, choice="/nothing")
    mine = select(Turn).where(Turn.reflection_id == reflection)
    async with desk.sessions() as session:
        assert canary not in {turn.text for turn in await session.scalars(mine)}
    files = b"".join(p.read_bytes() for p in desk.settings.var.glob("ballast.db*"))
    assert canary.encode() not in files
