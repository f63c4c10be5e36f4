"""A frame that is no message is refused or ends the line, and never harms the gateway."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from aiohttp import WSMsgType

from tests.bots import ScriptedBot
from tests.conversation.samples import PLAIN
from tests.gateway import FakeClock, Gateway, run_gateway, socket_of, start, turns
from tests.web.conftest import Therapist

NO_MESSAGES = {
    "no json": "{",
    "empty": "",
    "a list": "[]",
    "null": "null",
    "another type": '{"type": "shout", "id": "x", "text": "words"}',
    "no type": '{"id": "x", "text": "words"}',
    "no id": '{"type": "say", "text": "words"}',
    "an empty id": '{"type": "say", "id": "", "text": "words"}',
    "an id that is a number": '{"type": "say", "id": 7, "text": "words"}',
    "an id that is too long": json.dumps({"type": "say", "id": "x" * 65, "text": "words"}),
    "no text": '{"type": "say", "id": "x"}',
    "a text that is a list": '{"type": "say", "id": "x", "text": ["words"]}',
    "a text that is null": '{"type": "say", "id": "x", "text": null}',
    "a choice that is a number": '{"type": "say", "id": "x", "text": "", "choice": 1}',
    "a choice that is a list": '{"type": "say", "id": "x", "text": "", "choice": ["/skip"]}',
    "deep": "[" * 60_000,
}


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param(
            frame,
            id=name,
        )
        for name, frame in NO_MESSAGES.items()
    ],
)
async def test_what_is_no_message_is_refused_and_the_line_stays_open(
    gateway: Gateway, therapist: Therapist, frame: str
) -> None:
    async with socket_of(therapist.http, therapist.reflection) as socket:
        await socket.next_of("history")
        await socket.raw.send_str(frame)
        refused = await socket.next_of("refused")
        assert (refused["id"], refused["reason"]) == ("", "not_a_message")
        assert refused["text"] == gateway.desk.notices["not_kept"]
        await socket.answer_to(await socket.send(PLAIN))
    assert len(await turns(gateway.desk, therapist.account, therapist.reflection)) == 2


async def test_an_id_that_cannot_be_written_is_refused(therapist: Therapist) -> None:
    async with socket_of(therapist.http, therapist.reflection) as socket:
        await socket.next_of("history")
        await socket.raw.send_str('{"type": "say", "id": "\\ud800", "text": "words"}')
        assert (await socket.next_of("refused"))["reason"]


@pytest.mark.parametrize(
    ("text", "more", "reason"),
    [("a" * 8001, {}, "too_long"), ("", {"choice": "/delete_this"}, "not_offered")],
)
async def test_a_message_that_may_not_be_kept_is_refused_under_its_id(
    gateway: Gateway, therapist: Therapist, text: str, more: dict[str, str], reason: str
) -> None:
    async with socket_of(therapist.http, therapist.reflection) as socket:
        await socket.next_of("history")
        client_id = await socket.send(text, **more)
        refused = await socket.next_of("refused")
        assert (refused["id"], refused["reason"]) == (client_id, reason)
        assert refused["text"]
        await socket.answer_to(await socket.send(PLAIN))
    found = await turns(gateway.desk, therapist.account, therapist.reflection)
    assert [turn.text for turn in found] == ["", PLAIN]


@pytest.mark.parametrize("kind", ["huge", "binary"])
async def test_a_huge_or_binary_frame_ends_the_line_and_nothing_else(
    gateway: Gateway, therapist: Therapist, kind: str
) -> None:
    async with socket_of(therapist.http, therapist.reflection) as socket:
        await socket.next_of("history")
        if kind == "huge":
            await socket.raw.send_str("a" * (256 * 1024 + 1))
        else:
            await socket.raw.send_bytes(json.dumps({"type": "say"}).encode())
        frame = await socket.raw.receive(timeout=10)
        assert frame.type in (WSMsgType.CLOSE, WSMsgType.CLOSED)
    async with socket_of(therapist.http, therapist.reflection) as socket:
        await socket.answer_to(await socket.send(PLAIN))


async def test_messages_that_come_too_fast_are_refused_for_this_account_alone(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with run_gateway(tmp_path, ScriptedBot(), clock, messages_per_minute=4) as gateway:
        people, desk = gateway.people, gateway.desk
        reflections = {
            account.id: await start(desk, account)
            for account in (people.therapist, people.other_therapist)
        }
        fast = await gateway.signed_in(people.therapist)
        async with socket_of(fast, reflections[people.therapist.id]) as socket:
            for _ in range(4):
                await socket.send(PLAIN)
                await socket.next_of("kept")
            client_id = await socket.send(PLAIN)
            refused = await socket.next_of("refused")
        assert (refused["id"], refused["reason"]) == (client_id, "too_fast")
        assert len(await turns(desk, people.therapist, reflections[people.therapist.id])) == 5
        async with fast.post("/api/reflections") as response:
            assert response.status == 429
        slow = await gateway.signed_in(people.other_therapist)
        async with socket_of(slow, reflections[people.other_therapist.id]) as socket:
            await socket.send(PLAIN)
            await socket.next_of("kept")
