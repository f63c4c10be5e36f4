"""The conversation's socket: history, kept, turn, after, the same id again, two pages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import ClientSession, WSCloseCode, WSMsgType

from bot.conversation.accounts import sign_out
from bot.conversation.accounts.sessions import end_all
from bot.conversation.records import Closed, StartAgain
from bot.storage.states import TurnState
from tests.bots import ScriptedBot, says
from tests.conftest import until
from tests.conversation.samples import DANGER, PLAIN
from tests.gateway import Gateway, Socket, socket_of, start, turns
from tests.web.conftest import Therapist


@asynccontextmanager
async def two_lines(
    gateway: Gateway, therapist: Therapist
) -> AsyncIterator[tuple[Socket, Socket, ClientSession]]:
    """One reflection open by two sign-ins: the first one's line, the other's, and the other."""
    elsewhere = await gateway.signed_in(therapist.account)
    async with (
        socket_of(therapist.http, therapist.reflection) as left_open,
        socket_of(elsewhere, therapist.reflection) as mine,
    ):
        await left_open.next_of("history")
        await mine.next_of("history")
        yield left_open, mine, elsewhere


async def test_history_comes_first_and_once(therapist: Therapist) -> None:
    async with socket_of(therapist.http, therapist.reflection) as socket:
        first = await socket.raw.receive_json(timeout=10)
        client_id = await socket.send(PLAIN)
        await socket.answer_to(client_id)
    assert first["type"] == "history"
    assert first["reflection"]["id"] == therapist.reflection
    assert [turn["turn"] for turn in first["turns"]] == [0]
    assert "history" not in {frame["type"] for frame in socket.told}


async def test_kept_comes_when_it_is_on_the_disk_and_the_answer_follows(
    gateway: Gateway, therapist: Therapist, bot: ScriptedBot
) -> None:
    bot.gate.clear()
    async with socket_of(therapist.http, therapist.reflection) as socket:
        client_id = await socket.send(PLAIN)
        kept = await socket.next_of("kept")
        assert (kept["id"], kept["turn"]["state"]) == (client_id, "kept")
        assert kept["turn"]["text"] == PLAIN
        found = await turns(gateway.desk, therapist.account, therapist.reflection)
        assert found[-1].client_id == client_id
        bot.gate.set()
        answered = await socket.answer_to(client_id)
    assert answered["said"] == [{"voice": "dialogue", "text": "Noted."}]
    assert answered["state"] == "answered"


async def test_what_was_masked_is_told_and_the_original_is_not_sent_back(
    therapist: Therapist,
) -> None:
    async with socket_of(therapist.http, therapist.reflection) as socket:
        await socket.send("Her number is 082 555 0134.")
        kept = await socket.next_of("kept")
    assert kept["turn"]["masked"] == {"phone": 1}
    assert "a phone" in kept["turn"]["masked_notice"]
    assert "0134" not in str(socket.told)


async def test_danger_is_answered_with_kept_itself(therapist: Therapist, bot: ScriptedBot) -> None:
    bot.is_up = False
    async with socket_of(therapist.http, therapist.reflection) as socket:
        await socket.send(DANGER)
        kept = await asyncio.wait_for(socket.next_of("kept"), 1)
    assert {said["voice"] for said in kept["turn"]["said"]} == {"safety"}
    assert kept["turn"]["state"] == "held"


async def test_waiting_is_told_while_the_bot_is_down(
    gateway: Gateway, therapist: Therapist, bot: ScriptedBot
) -> None:
    bot.is_up = False
    async with socket_of(therapist.http, therapist.reflection) as socket:
        client_id = await socket.send(PLAIN)
        waiting = await socket.next_of("waiting")
        assert (waiting["id"], waiting["text"]) == (client_id, gateway.desk.notices["waiting"])
        bot.is_up = True
        assert (await socket.answer_to(client_id))["state"] == "answered"


async def test_the_same_id_again_is_kept_again_and_done_once(
    gateway: Gateway, therapist: Therapist, bot: ScriptedBot
) -> None:
    async with socket_of(therapist.http, therapist.reflection) as socket:
        for _ in range(3):
            await socket.send(PLAIN, "mine")
        kept = [await socket.next_of("kept") for _ in range(3)]
        await until(lambda: _last_is_answered(gateway, therapist), 10)
        await socket.send(PLAIN, "mine")
        again = await socket.next_of("kept")
    assert {frame["turn"]["turn"] for frame in (*kept, again)} == {1}
    assert (again["id"], again["turn"]["state"]) == ("mine", "answered")
    assert bot.texts == [PLAIN]
    assert len(await turns(gateway.desk, therapist.account, therapist.reflection)) == 2


async def test_after_a_broken_line_only_what_is_new_is_told(therapist: Therapist) -> None:
    async with socket_of(therapist.http, therapist.reflection) as socket:
        for text in ("One came.", "Then another."):
            await socket.answer_to(await socket.send(text))
    for query, numbers in (("?after=1", [2]), ("?after=0", [1, 2]), ("?after=2", [])):
        async with socket_of(therapist.http, therapist.reflection, query) as socket:
            history = await socket.next_of("history")
        assert [turn["turn"] for turn in history["turns"]] == numbers


async def test_a_message_sent_on_a_line_that_broke_at_once_is_kept_or_can_be_sent_again(
    gateway: Gateway, therapist: Therapist
) -> None:
    async with socket_of(therapist.http, therapist.reflection) as socket:
        await socket.send(PLAIN, "mine")
    async with socket_of(therapist.http, therapist.reflection) as socket:
        await socket.send(PLAIN, "mine")
        await socket.next_of("kept")
    await until(lambda: _last_is_answered(gateway, therapist), 10)
    assert len(await turns(gateway.desk, therapist.account, therapist.reflection)) == 2


async def test_two_pages_agree(therapist: Therapist) -> None:
    async with (
        socket_of(therapist.http, therapist.reflection) as one,
        socket_of(therapist.http, therapist.reflection) as two,
    ):
        mine = await one.send("From the first page.")
        await one.next_of("kept")
        yours = await two.send("From the second.")
        for page in (one, two):
            waiting = {mine, yours}
            while waiting:
                frame = await page.next_of("turn")
                if frame["turn"]["state"] == "answered":
                    waiting.discard(frame["turn"]["id"])
    assert _final(one) == _final(two)
    assert sorted(_final(one)) == [1, 2]


def _final(page: Socket) -> dict[int, object]:
    told = [frame["turn"] for frame in page.told if frame["type"] == "turn"]
    return {turn["turn"]: turn for turn in told if turn["state"] == "answered"}


async def test_a_deleted_reflection_is_told_to_every_page_and_takes_no_more(
    gateway: Gateway, therapist: Therapist
) -> None:
    async with (
        socket_of(therapist.http, therapist.reflection) as one,
        socket_of(therapist.http, therapist.reflection) as two,
    ):
        for page in (one, two):
            await page.next_of("history")
        path = f"/api/reflections/{therapist.reflection}"
        async with therapist.http.delete(path) as response:
            assert response.status == 204
        for page in (one, two):
            await page.next_of("deleted")
        client_id = await one.send(PLAIN)
        refused = await one.next_of("refused")
    assert (refused["id"], refused["reason"]) == (client_id, "not_found")
    assert refused["text"] == gateway.desk.notices["not_found"]


async def test_starting_again_is_told_after_the_turn(
    therapist: Therapist, bot: ScriptedBot
) -> None:
    bot.script = [says("Kept.", Closed("keep"), StartAgain())]
    async with socket_of(therapist.http, therapist.reflection) as socket:
        client_id = await socket.send("start again")
        await socket.answer_to(client_id)
        await socket.next_of("start_again")


async def test_a_socket_takes_nothing_more_once_its_sign_in_is_over(
    gateway: Gateway, therapist: Therapist
) -> None:
    async with socket_of(therapist.http, therapist.reflection) as socket:
        await socket.answer_to(await socket.send(PLAIN))
        # As a command in another process does it: nobody here is told.
        async with gateway.desk.sessions.begin() as session:
            await end_all(gateway.desk, session, therapist.account)
        client_id = await socket.send("And then I left.")
        refused = await socket.next_of("refused")
    assert (refused["id"], refused["reason"]) == (client_id, "signed_out")
    found = await turns(gateway.desk, therapist.account, therapist.reflection)
    assert "And then I left." not in [turn.text for turn in found]


async def test_a_socket_tells_nothing_more_once_its_sign_in_is_over(
    gateway: Gateway, therapist: Therapist
) -> None:
    async with two_lines(gateway, therapist) as (left_open, mine, _):
        await sign_out(gateway.desk, next(c.value for c in therapist.http.cookie_jar))
        await mine.answer_to(await mine.send("Only for my own eyes."))
        frame = await left_open.raw.receive(timeout=2)
    assert frame.type is not WSMsgType.TEXT, frame.data


async def test_a_socket_is_closed_at_once_when_its_sign_in_ends(
    gateway: Gateway, therapist: Therapist
) -> None:
    async with two_lines(gateway, therapist) as (left_open, mine, elsewhere):
        async with elsewhere.delete("/api/my/sign-ins") as response:
            assert response.status == 204
        await left_open.until_closed()
        assert left_open.raw.close_code == WSCloseCode.POLICY_VIOLATION
        await mine.answer_to(await mine.send("Still here."))


async def test_a_gateway_that_stops_says_so_to_open_pages(own_gateway: Gateway) -> None:
    account = own_gateway.people.therapist
    http = await own_gateway.signed_in(account)
    async with socket_of(http, await start(own_gateway.desk, account)) as socket:
        await socket.next_of("history")
        closing = asyncio.create_task(own_gateway.server.close())
        frame = await socket.raw.receive(timeout=10)
        assert frame.type is WSMsgType.CLOSE
        assert frame.data == 1001
        await closing


async def _last_is_answered(gateway: Gateway, therapist: Therapist) -> bool:
    found = await turns(gateway.desk, therapist.account, therapist.reflection)
    return found[-1].state is TurnState.ANSWERED
