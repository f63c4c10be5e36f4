"""The one door into Rasa, over real HTTP: a whole answer or an error, once, and in silence."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.nlu.channel import GatewayChannel
from tests.nlu.action_server import ActionServer, failed_record, said_nothing, status
from tests.nlu.rasa_server import HEADERS, SECRET, RasaServer

WRITTEN = "The mother said it again."


async def test_a_turn_is_answered_with_words_choices_and_records(
    rasa: RasaServer, evening: str
) -> None:
    code, body = await rasa.turn(evening, "one", "/overwhelmed")
    assert code == 200
    assert body["said"][0]["text"].startswith("Let us leave the questions")
    choices = [choice["payload"] for message in body["said"] for choice in message["choices"]]
    assert choices == ["/resume", "/pause", "/talk_to_person"]
    assert [record["record"] for message in body["said"] for record in message["records"]] == [
        "asked"
    ]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": SECRET},
        {"Authorization": f"Basic {SECRET}"},
        {"Authorization": f"Bearer {SECRET} "[:-2]},
        {"Authorization": "Bearer "},
    ],
)
async def test_who_does_not_know_the_secret_is_refused(
    rasa: RasaServer, evening: str, headers: dict[str, str]
) -> None:
    before = rasa.stored(evening)
    assert await rasa.turn(evening, "one", "4", headers) == (403, {"error": "not_allowed"})
    assert rasa.stored(evening) == before
    assert (await rasa.turn(evening, "one", "4"))[0] == 200


async def test_a_conversation_is_forgotten_and_no_other(rasa: RasaServer, evening: str) -> None:
    other = f"{evening}-other"
    rasa.keyring.create(other)
    for conversation in (evening, other):
        await rasa.turn(conversation, "one", "It was the violet umbrella.")
    kept = list(rasa.settings.var.glob("rasa.db*"))  # none on PostgreSQL
    assert not any(b"violet umbrella" in path.read_bytes() for path in kept)
    assert "violet umbrella" in str(rasa.stored(evening))
    sealed = rasa.sql("SELECT data FROM sealed_events WHERE sender_id = ?", evening)
    assert await forget(rasa, evening, {}) == 403
    assert rasa.stored(evening)
    assert await forget(rasa, evening, HEADERS) == 200
    assert rasa.stored(evening) == []
    assert rasa.stored(other)
    assert await forget(rasa, evening, HEADERS) == 200
    assert await forget(rasa, other, HEADERS) == 200
    left = b"".join(path.read_bytes() for path in kept if path.exists())
    assert not any(data in left for (data,) in sealed)


async def forget(rasa: RasaServer, conversation: str, headers: dict[str, str]) -> int:
    body = {"conversation": conversation}
    async with rasa.http.post(f"{rasa.address}forget", json=body, headers=headers) as response:
        return response.status


@pytest.mark.parametrize(
    "path",
    [
        "/webhooks/rest/webhook",
        "/conversations/x/tracker",
        "/model/parse",
        "/model",
        "/domain",
        "/status",
    ],
)
async def test_rasas_other_doors_are_closed(rasa: RasaServer, path: str) -> None:
    for method in ("GET", "POST", "PUT", "DELETE"):
        async with rasa.http.request(
            method, rasa.settings.rasa_url + path, json={"sender": "x", "message": "y"}
        ) as response:
            assert response.status in (404, 405), (method, path)


async def test_the_same_turn_again_has_the_same_answer_and_adds_no_event(
    rasa: RasaServer, evening: str, its_actions: ActionServer
) -> None:
    first = await rasa.turn(evening, "one", "4")
    events, calls = rasa.stored(evening), list(its_actions.calls)
    assert await rasa.turn(evening, "one", "4") == first
    # An id is what makes a turn the same; other words under it are not taken.
    assert await rasa.turn(evening, "one", "9") == first
    assert rasa.stored(evening) == events
    assert its_actions.calls == calls
    later = await rasa.turn(evening, "two", WRITTEN)
    assert await rasa.turn(evening, "one", "4") == first
    assert later != first


async def test_the_same_turn_twice_at_once_is_taken_once(rasa: RasaServer, evening: str) -> None:
    one, other = await asyncio.gather(*(rasa.turn(evening, "one", "4") for _ in range(2)))
    assert one == other
    users = [kind for kind, data in rasa.stored(evening) if kind == "user"]
    assert len(users) == 2


@pytest.mark.parametrize(
    ("broken", "answer"),
    [
        ("action_ask_describe", status(500)),
        ("validate_reflection_form", status(500)),
        ("action_ask_describe", failed_record),
        ("*", said_nothing),
    ],
    ids=["question fails", "validation fails", "shield reports", "nothing said"],
)
async def test_a_turn_without_a_whole_answer_is_an_error_and_leaves_no_trace(
    rasa: RasaServer, evening: str, its_actions: ActionServer, broken: str, answer: object
) -> None:
    before = rasa.stored(evening)
    its_actions.answers[broken] = answer  # type: ignore[assignment]
    assert await rasa.turn(evening, "one", "4") == (500, {"error": "failed"})
    assert rasa.stored(evening) == before
    its_actions.mend()
    code, body = await rasa.turn(evening, "one", "4")
    assert code == 200
    assert body["said"][-1]["records"][0]["question"] == "describe"
    assert sum(kind == "user" for kind, _ in rasa.stored(evening)) == 2


async def test_what_is_no_turn_is_refused(rasa: RasaServer) -> None:
    for body in (b"", b"[]", b'"text"', b"{", b"7", b'{"text": "' + b"x" * 300_000 + b'"}'):
        async with rasa.http.post(f"{rasa.address}turn", data=body, headers=HEADERS) as response:
            assert response.status in (400, 413), body[:20]
    async with rasa.http.post(f"{rasa.address}turn", json={"text": "x"}, headers=HEADERS) as reply:
        assert reply.status == 500
        assert await reply.json() == {"error": "failed"}


async def test_the_health_route_says_whether_a_model_is_loaded(rasa: RasaServer) -> None:
    async with rasa.http.get(rasa.address) as response:
        assert (response.status, await response.json()) == (200, {"ready": True})


async def test_rasa_listens_on_this_machine_only(rasa: RasaServer) -> None:
    port = int(rasa.settings.rasa_url.rpartition(":")[2])
    wanted = f":{port:04X}"
    tables = [Path("/proc/net/tcp"), Path("/proc/net/tcp6")]
    rows = [row.split() for table in tables for row in table.read_text().splitlines()[1:]]
    listening = [row[1] for row in rows if row[1].endswith(wanted) and row[3] == "0A"]
    assert listening == [f"0100007F{wanted}"]


def test_without_a_secret_every_turn_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "rasa.secret"
    found = GatewayChannel.from_credentials({"secret_file": str(place)})
    assert (found._secret, GatewayChannel.from_credentials(None)._secret) == (None, None)
    place.write_text(f" {SECRET}\n", encoding="ascii")
    assert GatewayChannel.from_credentials({"secret_file": str(place)})._secret == SECRET
