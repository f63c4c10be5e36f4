"""What Prometheus reads: what an operator needs, and nothing of anybody."""

from __future__ import annotations

import asyncio
import math
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientConnectorError, ClientSession
from pydantic import ValidationError
from sqlalchemy import text

from bot.conversation.bot import BotStumbled
from bot.safety.kinds import Kind
from bot.settings import ROOT, Settings
from bot.storage.audit import COMMAND, Event, record
from bot.storage.concern_tables import Notification
from bot.storage.models import Reflection
from bot.storage.states import Channel, NotificationState, Occasion
from bot.telemetry.watch import Outcome
from bot.web import metrics_port
from bot.web.middleware.watched import ANY, ELSEWHERE, told_as
from bot.web.routes import ROUTES
from tests.bots import ScriptedBot
from tests.conftest import free_port, until
from tests.conversation.samples import DANGER
from tests.gateway import FakeClock, Gateway, run_gateway, socket_of
from tests.web.scraped import Scraped, scrape

CANARY = "wagtailquartz"


@pytest.fixture
async def gateway(
    tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Gateway]:
    monkeypatch.setattr(metrics_port, "_SAME_FOR_SECONDS", 0)
    async with run_gateway(tmp_path, ScriptedBot(), clock, metrics_port=free_port()) as running:
        yield running


async def _reflection(http: ClientSession) -> str:
    async with http.post("/api/reflections", json={}) as response:
        return str((await response.json())["id"])


async def _answered(gateway: Gateway, count: int) -> Scraped:
    async def is_answered() -> Scraped | None:
        scraped = await scrape(gateway)
        return scraped if scraped.of("ballast_answer_seconds_count") >= count else None

    found = await until(is_answered)
    assert isinstance(found, Scraped)
    return found


async def test_the_work_is_counted_and_timed(gateway: Gateway) -> None:
    http = await gateway.signed_in(gateway.people.therapist)
    reflection = await _reflection(http)
    async with socket_of(http, reflection) as socket:
        for said in ("It was long.", "Call Anna on 082 555 1234, or Maria."):
            await socket.answer_to(await socket.send(said))
        scraped = await _answered(gateway, 3)  # the opening too
        assert scraped.of("ballast_sockets_open") == 1
    assert scraped.of("ballast_turns_kept_total") == 2
    assert scraped.of("ballast_masks_total") == 3
    assert scraped.of("ballast_keep_seconds_count", outcome="done") == 2
    assert scraped.of("ballast_rasa_seconds_count", outcome="done") == 3
    assert scraped.of("ballast_commit_seconds_count", outcome="done") == 5
    assert scraped.of("ballast_commit_seconds_sum", outcome="done") > 0
    route = "/api/reflections"
    assert scraped.of("ballast_requests_total", route=route, method="POST", status="201") == 1
    assert scraped.of("ballast_request_seconds_count", route=route) == 1
    assert scraped.of("ballast_rasa_up") == scraped.of("ballast_actions_up") == 1
    assert scraped.of("ballast_database_up") == 1
    assert 0 < scraped.of("ballast_disk_free_bytes") < scraped.of("ballast_disk_size_bytes")
    assert scraped.of("process_resident_memory_bytes") > 2**20

    async def is_closed() -> bool:
        route = "/api/reflections/{id}/socket"
        ended = (("method", "GET"), ("route", route), ("status", "101"))
        return ("ballast_requests_total", ended) in (await scrape(gateway)).values

    await until(is_closed)
    assert (await scrape(gateway)).of("ballast_sockets_open") == 0


async def test_what_waits_is_told(gateway: Gateway, bot: ScriptedBot, clock: FakeClock) -> None:
    http = await gateway.signed_in(gateway.people.therapist)
    bot.is_up = False
    await _reflection(http)
    await until(lambda: _is(gateway, "ballast_rasa_seconds_count", outcome="down"))
    clock.advance(minutes=3)
    scraped = await scrape(gateway)
    assert scraped.of("ballast_rasa_up") == 0
    assert scraped.of("ballast_turns_waiting") == 1
    assert scraped.of("ballast_turns_oldest_wait_seconds") == 180
    bot.is_up = True
    scraped = await _answered(gateway, 1)
    assert scraped.of("ballast_turns_waiting") == 0
    assert scraped.of("ballast_answer_seconds_sum") == 180


async def _is(gateway: Gateway, name: str, **labels: str) -> bool:
    return (await scrape(gateway)).of(name, **labels) > 0


async def test_a_turn_that_is_given_up_counts_as_failed(gateway: Gateway, bot: ScriptedBot) -> None:
    bot.script = [BotStumbled(), BotStumbled(), BotStumbled()]
    await _reflection(await gateway.signed_in(gateway.people.therapist))
    await until(lambda: _is(gateway, "ballast_turns_failed_total"))
    assert (await scrape(gateway)).of("ballast_rasa_seconds_count", outcome="stumbled") == 3


async def test_the_age_of_copies_is_told(gateway: Gateway, clock: FakeClock) -> None:
    scraped = await scrape(gateway)
    assert scraped.of("ballast_last_backup_timestamp_seconds") == 0
    async with gateway.desk.sessions.begin() as session:
        await record(session, Event.BACKUP_MADE, clock(), by=COMMAND)
    scraped = await scrape(gateway)
    assert scraped.of("ballast_last_backup_timestamp_seconds") == clock().timestamp()
    assert scraped.of("ballast_last_keys_copy_timestamp_seconds") == 0


@pytest.mark.parametrize(
    ("state", "hours", "counts"),
    [
        (NotificationState.WAITING, 0.5, 0),
        (NotificationState.WAITING, 2, 1),
        (NotificationState.NOT_DELIVERED, 24, 1),
        (NotificationState.NOT_DELIVERED, 24 * 8, 0),
        (NotificationState.HANDED_OVER, 2, 0),
    ],
)
async def test_a_notification_shows_only_when_nobody_takes_it(
    gateway: Gateway, clock: FakeClock, state: NotificationState, hours: float, counts: int
) -> None:
    now = clock()
    async with gateway.desk.sessions.begin() as session:
        session.add(
            Notification(
                supervisor_id=gateway.people.supervisor.id,
                channel=Channel.EMAIL,
                occasion=Occasion.SHARED,
                state=state,
                made_at=now,
                try_at=now.replace(year=2100),
            )
        )
    clock.advance(hours=hours)
    assert (await scrape(gateway)).of("ballast_notifications_not_taken") == counts


async def test_no_word_no_name_no_id_and_no_concern_is_in_any_metric(gateway: Gateway) -> None:
    therapist, supervisor = gateway.people.therapist, gateway.people.supervisor
    http = await gateway.signed_in(therapist)
    reflection = await _reflection(http)
    words = f"{DANGER} Call Anna Berg on 082 555 1234. {CANARY}"
    async with socket_of(http, reflection) as socket:
        await socket.send(words)
        await socket.next_of("kept")
        async with http.get(f"/api/reflections/{reflection}/summary?q={CANARY}") as response:
            assert response.status == 200
        share = {"supervisor": supervisor.id, "scope": "summary", "about_me": []}
        async with http.post(f"/api/reflections/{reflection}/share", json=share) as response:
            await response.read()
        # What nobody has a door for may be called anything.
        async with http.get(f"/{CANARY}/{reflection}") as response:
            assert response.status == 404
        async with http.request("PROPFIND", f"/api/{CANARY}") as response:
            assert response.status >= 400
        async with http.request(CANARY.upper(), "/healthz") as response:
            assert response.status >= 400
        async with http.get("/healthz", headers={"Host": CANARY}) as response:
            assert response.status >= 400
        scraped = await scrape(gateway)
    async with gateway.desk.sessions() as session:
        stored = (await session.get(Reflection, reflection)).state
    assert stored == "stopped", "no concern was raised, so this proves nothing"
    low = scraped.text.lower()
    for word in words.replace(",", " ").replace(".", " ").lower().split():
        if len(word) > 4 or word in ("anna", "berg", "man"):
            assert word not in low, word
    for account in (therapist, supervisor):
        assert account.id not in low
        assert account.name not in low or account.name in {"supervisor", "therapist"}
    assert reflection not in low
    # Nor that there was danger: in a team of few everybody would know whose.
    assert "stopped" not in low
    for kind in Kind:
        assert kind.value not in low
    assert not [name for name in scraped.names if "concern" in name or "danger" in name]
    assert scraped.labels <= {"route", "method", "status", "outcome", "le"}
    told = {told_as(route.path, route.method) for route in ROUTES} | {(ELSEWHERE, ANY)}
    assert scraped.values_of("route") <= {route for route, _ in told}
    assert scraped.values_of("method") <= {method for _, method in told}
    assert scraped.values_of("outcome") <= {outcome.value for outcome in Outcome}
    assert all(status.isdigit() for status in scraped.values_of("status"))


async def test_that_somebody_met_danger_does_not_show(gateway: Gateway, bot: ScriptedBot) -> None:
    http = await gateway.signed_in(gateway.people.therapist)
    reflection = await _reflection(http)
    async with socket_of(http, reflection) as socket:
        await socket.answer_to(await socket.send("It was long."))
        before = await _answered(gateway, 2)
        await socket.send(DANGER)
        await socket.next_of("kept")
        after = await scrape(gateway)
    assert len(bot.calls) == 2, "Rasa was asked: nothing stopped, so this proves nothing"
    grown = {
        name
        for (name, labels), value in after.values.items()
        if value != before.values.get((name, labels)) and name.startswith("ballast_")
    }
    assert grown <= {"ballast_disk_free_bytes", "ballast_turns_oldest_wait_seconds"}


def test_what_is_done_with_a_reflection_is_no_route_of_its_own() -> None:
    told = {told_as(route.path, route.method) for route in ROUTES}
    alone = {route for route, _ in told}
    assert not [r for r in alone if any(w in r for w in ("share", "concern", "consent", "erasure"))]
    assert ("/api/...", ANY) in told
    assert ("/api/reflections/{id}", "DELETE") not in told
    assert ("/api/reflections/{id}/socket", "GET") in told
    assert ("/healthz", "GET") in told


async def test_what_the_database_does_not_tell_leaves_the_rest(gateway: Gateway) -> None:
    async with gateway.desk.sessions.begin() as session:
        await session.execute(text("DROP TABLE slack_posts"))
    assert math.isnan((await scrape(gateway)).of("ballast_turns_waiting"))
    scraped = await scrape(gateway)
    assert scraped.of("ballast_database_errors_total") >= 1
    assert scraped.of("ballast_disk_free_bytes") > 0


async def test_they_are_never_on_the_port_for_people(gateway: Gateway) -> None:
    http = await gateway.signed_in(gateway.people.administrator)
    async with http.get("/metrics") as response:
        assert response.status == 404


async def test_their_port_has_nothing_else(gateway: Gateway) -> None:
    address = f"http://127.0.0.1:{gateway.desk.settings.metrics_port}"
    async with ClientSession() as http:
        for path in ("/", "/healthz", "/api/reflections", "/metrics/x"):
            async with http.get(address + path) as response:
                assert response.status == 404
        async with http.post(address + "/metrics") as response:
            assert response.status == 405


async def test_asked_by_many_at_once_it_looks_once(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics_port, "_SAME_FOR_SECONDS", 60)
    texts = {(await one).text for one in asyncio.as_completed([scrape(gateway) for _ in range(8)])}
    assert len(texts) == 1


async def test_the_port_is_let_go(tmp_path: Path) -> None:
    port = free_port()
    async with run_gateway(tmp_path, ScriptedBot(), metrics_port=port) as running:
        await scrape(running)
    async with ClientSession() as http:
        with pytest.raises(ClientConnectorError):
            await http.get(f"http://127.0.0.1:{port}/metrics")


def test_off_is_the_default_and_costs_no_import() -> None:
    assert Settings().metrics_port is None
    assert Settings().metrics_host == "127.0.0.1"
    look = (
        "import sys, bot.app; print([m for m in sys.modules if m.startswith(('prom', 'opentel'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", look], cwd=ROOT, capture_output=True, check=True, timeout=60
    )
    assert done.stdout.strip() == b"[]"


@pytest.mark.parametrize("port", [8600, 8601, 8602, 0, 70_000])
def test_a_port_that_others_use_is_refused(port: int) -> None:
    with pytest.raises(ValidationError):
        Settings(metrics_port=port)
