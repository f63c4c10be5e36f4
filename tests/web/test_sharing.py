"""Sharing over HTTP: what is previewed is what is shown, and every end of a share is the end."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from sqlalchemy import text, update

from bot.conversation.records import Answered, Heard
from bot.reflection.stages import Question
from bot.storage.columns import new_id
from bot.storage.models import Account, Supervision
from bot.storage.shares import close_shares_with
from bot.themes.findings import Evidence, Finding, Theme
from tests.bots import ScriptedBot, says
from tests.databases import on_postgresql
from tests.gateway import FakeClock, Gateway, run_gateway, socket_of

TOLD = "She looked away & I talked <b>faster</b>, faster."
OF_ME = "sometimes I wish I could just disappear"


@dataclass
class Scene:
    """A therapist with a reflection of two turns, and their supervisor, both signed in."""

    gateway: Gateway
    clock: FakeClock
    therapist: ClientSession
    supervisor: ClientSession
    id: str

    async def ask(self, method: str, path: str = "", **body: Any) -> Any:
        address = f"/api/reflections/{self.id}/share{path}"
        async with self.therapist.request(method, address, json=body or None) as response:
            if response.status == 204:
                return None
            answer = await response.json()
            assert response.status == 200, answer
            return answer

    async def page(self) -> tuple[int, bytes]:
        async with self.supervisor.get(f"/console/{self.id}") as response:
            return response.status, await response.read()

    async def absent(self) -> tuple[int, bytes]:
        async with self.supervisor.get(f"/console/{new_id()}") as response:
            return response.status, await response.read()

    async def index(self) -> str:
        async with self.supervisor.get("/console") as response:
            return await response.text()

    async def change_account(self, account: Account, **values: Any) -> None:
        async with self.gateway.desk.sessions.begin() as session:
            await session.execute(update(Account).where(Account.id == account.id).values(**values))

    async def pair(self, **values: Any) -> None:
        mine = Supervision.therapist_id == self.gateway.people.therapist.id
        async with self.gateway.desk.sessions.begin() as session:
            await session.execute(update(Supervision).where(mine).values(**values))


@pytest.fixture
async def scene(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Scene]:
    bot = ScriptedBot()
    lasting = {"session_hours": 24 * 400, "idle_minutes": 60 * 24 * 400}
    async with run_gateway(tmp_path, bot, clock, **lasting) as gateway:
        therapist = await gateway.signed_in(gateway.people.therapist)
        supervisor = await gateway.signed_in(gateway.people.supervisor)
        async with therapist.post("/api/reflections", json={}) as response:
            reflection = (await response.json())["id"]
        evidence = (Evidence(0, len(TOLD), TOLD),)
        heard = Heard((Finding(Theme.COUNTERTRANSFERENCE, None, 0.9, evidence),))
        bot.script = [
            says("Good evening."),
            says("Noted.", Answered(Question.FEEL), heard),
            says("Noted.", Answered(Question.PLAN)),
        ]
        async with socket_of(therapist, reflection) as socket:
            for words in (TOLD, OF_ME):
                await socket.answer_to(await socket.send(words))
        yield Scene(gateway, clock, therapist, supervisor, reflection)


def without_beside(html: str) -> str:
    """The page without the elements of that class, and with one space for any."""
    found: list[str] = []
    inside = 0
    for piece in re.split(r"(<div\b[^>]*>|</div>)", html):
        is_opening, is_closing = piece.startswith("<div"), piece == "</div>"
        if is_opening and (inside or 'class="beside"' in piece):
            inside += 1
        elif is_closing and inside:
            inside -= 1
        elif not inside:
            found.append(piece)
    return " ".join("".join(found).split())


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"note": "Is it <i>me</i>?", "until": "2026-04-01"},
        {"scope": "whole", "until": None},
        {"scope": "whole", "turns": [1, 2]},
        {"scope": "turns", "turns": [2]},
    ],
    ids=["default", "note and day", "whole", "whole, ticked", "turns"],
)
async def test_the_preview_is_what_the_supervisor_is_sent(
    scene: Scene, wish: dict[str, Any]
) -> None:
    previewed = (await scene.ask("POST", "/preview", **wish))["html"]
    assert (await scene.ask("GET"))["shares"] == []
    await scene.ask("POST", **wish)
    status, page = await scene.page()
    assert status == 200
    (share,) = (await scene.ask("GET"))["shares"]
    shown = (await scene.ask("GET", f"/{share['id']}"))["html"]
    assert shown == previewed
    # Beside it stands what the two write to each other.
    before, article, after = without_beside(page.decode()).partition(without_beside(previewed))
    assert article
    # And nothing of the reflection around it.
    for around in (before, after):
        for words in ("faster", "disappear", "may have been heard"):
            assert words not in around
    assert b"<b>faster" not in page
    assert b"<i>me" not in page
    is_ticked = 2 in wish.get("turns", [])
    assert (b"disappear" in page) is is_ticked
    until = {None: "Shared until it is withdrawn.", "2026-04-01": "Shared until 1 April 2026."}
    assert until.get(wish.get("until", ""), "Shared until 31 May 2026.") in previewed


async def _withdraw_it(scene: Scene) -> None:
    (share,) = (await scene.ask("GET"))["shares"]
    await scene.ask("DELETE", f"/{share['id']}")


async def _withdraw_all(scene: Scene) -> None:
    await scene.ask("DELETE")


async def _let_its_day_pass(scene: Scene) -> None:
    scene.clock.now = scene.clock.now.replace(hour=0, minute=0) + timedelta(days=8)


async def _end_the_supervision(scene: Scene) -> None:
    await scene.pair(until=scene.clock.now)


async def _end_it_and_begin_another(scene: Scene) -> None:
    people, now = scene.gateway.people, scene.clock.now
    await scene.pair(until=now)
    scene.clock.advance(days=1)
    async with scene.gateway.desk.sessions.begin() as session:
        session.add(
            Supervision(
                therapist_id=people.therapist.id,
                supervisor_id=people.supervisor.id,
                since=scene.clock.now,
            )
        )


async def _disable_and_open_the_supervisor_again(scene: Scene) -> None:
    supervisor = scene.gateway.people.supervisor
    await scene.change_account(supervisor, disabled_at=scene.clock.now)
    assert (await scene.page())[0] == 401  # signed out by it
    async with scene.gateway.desk.sessions.begin() as session:
        await close_shares_with(session, supervisor, scene.clock.now)
    await scene.change_account(supervisor, disabled_at=None)


async def _disable_the_therapist(scene: Scene) -> None:
    await scene.change_account(scene.gateway.people.therapist, disabled_at=scene.clock.now)


async def _delete_the_reflection(scene: Scene) -> None:
    async with scene.therapist.delete(f"/api/reflections/{scene.id}") as response:
        assert response.status == 204


ENDS: dict[Callable[[Scene], Awaitable[None]], str | None] = {
    _withdraw_it: "withdrawn",
    _withdraw_all: "withdrawn",
    _let_its_day_pass: "date_passed",
    _end_the_supervision: "supervision_ended",
    _end_it_and_begin_another: "supervision_ended",
    _disable_and_open_the_supervisor_again: "account_disabled",
    _disable_the_therapist: None,
    _delete_the_reflection: None,
}


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__.strip("_"))
async def test_the_very_next_request_after_the_end_finds_nothing(
    scene: Scene, end: Callable[[Scene], Awaitable[None]]
) -> None:
    await scene.ask("POST", until="2026-03-09", scope="whole")
    assert (await scene.page())[0] == 200
    assert scene.id in await scene.index()
    await end(scene)
    assert await scene.page() == await scene.absent()
    assert (await scene.page())[0] == 404
    assert scene.id not in await scene.index()
    if (how := ENDS[end]) is not None:
        (share,) = (await scene.ask("GET"))["shares"]
        assert share["ended"]["how"] == how
        assert len(share["views"]) == 1
        address = f"/api/reflections/{scene.id}/share/{share['id']}"
        async with scene.therapist.get(address) as response:
            assert response.status == 404


async def test_a_share_stands_to_the_end_of_its_last_day(scene: Scene) -> None:
    await scene.ask("POST", until="2026-03-09")
    scene.clock.now = scene.clock.now.replace(day=9, hour=23, minute=59, second=59)
    assert (await scene.page())[0] == 200
    scene.clock.advance(seconds=1)
    assert (await scene.page())[0] == 404


_TRIGGER = "CREATE TRIGGER nothing_is_noted BEFORE INSERT ON share_views"
NOTHING_IS_NOTED = {
    False: [f"{_TRIGGER} BEGIN SELECT RAISE(ABORT, 'no'); END"],
    True: [
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE; END'",
        f"{_TRIGGER} FOR EACH ROW EXECUTE FUNCTION no()",
    ],
}


async def test_there_is_no_view_without_its_row(scene: Scene) -> None:
    await scene.ask("POST")
    async with scene.gateway.desk.sessions.begin() as session:
        for statement in NOTHING_IS_NOTED[on_postgresql()]:
            await session.execute(text(statement))
    status, page = await scene.page()
    assert status == 503
    assert b"faster" not in page
    async with scene.gateway.desk.sessions.begin() as session:
        on_table = " ON share_views" if on_postgresql() else ""
        await session.execute(text(f"DROP TRIGGER nothing_is_noted{on_table}"))
    assert (await scene.page())[0] == 200
    (share,) = (await scene.ask("GET"))["shares"]
    assert share["views"] == [scene.clock.now.isoformat()]


async def test_the_list_of_the_console_says_whose_and_until_when_and_no_more(
    scene: Scene,
) -> None:
    await scene.ask("POST", note="Please read the second answer.", until="2026-03-09")
    index = await scene.index()
    assert "therapist" in index
    assert "until 9 March 2026" in index
    assert "second answer" not in index
    assert (await scene.ask("GET"))["shares"][0]["views"] == []


@pytest.mark.parametrize(
    "body",
    [
        {"scope": "everything"},
        {"scope": 7},
        {"scope": ["summary"]},
        {"turns": "1"},
        {"turns": [True]},
        {"turns": [1.5]},
        {"turns": [10**30]},
        {"until": "tomorrow"},
        {"until": 7},
        {"until": "2026-13-01"},
        {"until": "0001-01-01"},
        {"until": "9999-12-31"},
        {"note": "a" * 501},
        {"note": ["a"]},
        {"supervisor": "nobody"},
        {"supervisor": {"id": 1}},
        {"supervisor": "a" * 65},
        {"scope": "turns", "turns": []},
    ],
)
async def test_what_is_no_wish_is_refused_in_a_sentence(scene: Scene, body: dict[str, Any]) -> None:
    for path in ("share", "share/preview"):
        asked = scene.therapist.post(f"/api/reflections/{scene.id}/{path}", json=body)
        async with asked as response:
            answer = await response.json()
            assert response.status == 400, answer
            assert answer["text"].endswith(".")
    assert (await scene.ask("GET"))["shares"] == []


async def test_the_answer_names_who_and_until_when(scene: Scene) -> None:
    answer = await scene.ask("POST", until="2026-03-09")
    assert answer["shared_with"] == ["supervisor"]
    assert "supervisor until 9 March 2026" in answer["text"]
    assert answer["safety"] == []
    risky = await scene.ask("POST", "/preview", note=OF_ME)
    assert risky["safety"]
