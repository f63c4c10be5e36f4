"""Every page: for screen readers, on small screens, zoomed, in the dark, on paper."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from bot.settings import ROOT
from bot.storage.states import Role
from bot.web.contract import PAGE
from bot.web.contracts import CONTRACTS
from bot.web.routes import ROUTES
from tests.bots import ScriptedBot
from tests.gateway import run_gateway
from tests.page.practice import Practice, make_practice

ROLES = (Role.SUPERVISOR, Role.THERAPIST, Role.ADMINISTRATOR)
DESKTOP = {"width": 1280, "height": 900}
# 1280 points at 200 %.
ZOOMED = {"width": 640, "height": 450}
NARROW = {"width": 320, "height": 640}
# Before anybody is signed in, or on the way in; tests/page/test_sign_in_page.py has them.
AT_THE_DOOR = {"/sign-in", "/sign-in/clinic/back"}
PICTURES = ROOT / "docs" / "pictures"


@pytest.fixture(scope="module")
async def practice(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Practice]:
    bot = ScriptedBot()
    async with run_gateway(tmp_path_factory.mktemp("practice"), bot) as running:
        yield await make_practice(running, bot)


async def each(page: Page, practice: Practice, role: Role) -> AsyncIterator[str]:
    for address in practice.pages()[role]:
        await page.goto(f"{practice.gateway.address}{address}")
        await page.wait_for_load_state("networkidle")
        yield address


async def open_all(page: Page) -> None:
    """Open what is folded in, so that it is looked at as well."""
    await page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")


def test_every_page_is_looked_at(practice: Practice) -> None:
    looked_at = {
        re.sub(r"[0-9a-f]{32}", "*", address.partition("?")[0])
        for pages in practice.pages().values()
        for address in pages
    }
    there = {
        re.sub(r"{\w+}", "*", route.path)
        for route in ROUTES
        if route.method == "GET" and CONTRACTS[route.method, route.path].gives.get(200) is PAGE
    }
    assert there - AT_THE_DOOR == looked_at


@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("role", ROLES)
async def test_axe_finds_nothing_serious(
    practice: Practice, browser: Browser, role: Role, *, is_dark: bool
) -> None:
    page = await practice.page_of(browser, role, DESKTOP, is_dark=is_dark)
    found = []
    async for address in each(page, practice, role):
        await open_all(page)
        results = await Axe().run(page)
        assert results.response["passes"], "axe looked at nothing"
        found += [
            f"{address}: {one['id']} ({one['impact']}): {node['html'][:200]}"
            for one in results.response["violations"]
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"]
        ]
    await page.context.close()
    assert not found, "\n".join(found)


@pytest.mark.parametrize("size", [NARROW, ZOOMED], ids=["320 points", "200 percent"])
@pytest.mark.parametrize("role", ROLES)
async def test_nothing_is_wider_than_the_screen(
    practice: Practice, browser: Browser, role: Role, size: dict[str, int]
) -> None:
    page = await practice.page_of(browser, role, size)  # type: ignore[arg-type]
    wide = []
    async for address in each(page, practice, role):
        await open_all(page)
        if await page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        ):
            wide.append(address)
    await page.context.close()
    assert not wide


@pytest.mark.parametrize("role", ROLES)
async def test_paper_shows_what_is_to_be_read_and_nothing_to_press(
    practice: Practice, browser: Browser, role: Role
) -> None:
    page = await practice.page_of(browser, role, DESKTOP, is_dark=True)
    await page.emulate_media(media="print", color_scheme="dark")
    wrong = []
    async for address in each(page, practice, role):
        if not address.startswith(("/console", "/reflections")):
            continue
        if await page.locator("h1").count() != 1 or not await page.locator("h1").is_visible():
            wrong.append(f"{address}: no title")
        pressed = page.locator("nav, form button, summary:has(+ form)")
        visible = [one for one in await pressed.all() if await one.is_visible()]
        if visible:
            wrong.append(f"{address}: {await visible[0].inner_text()}")
        ground = await page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        if ground not in ("rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"):
            wrong.append(f"{address}: printed on {ground}")
    await page.context.close()
    assert not wrong


async def test_the_pictures_in_the_docs_are_of_these_pages(
    practice: Practice, browser: Browser, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    # `make pictures` puts them into docs/; else they are made to see that they can be.
    folder = PICTURES if request.config.getoption("--pictures") else tmp_path
    folder.mkdir(exist_ok=True)
    person = practice.account(Role.THERAPIST).id
    for role, address, name in (
        (Role.SUPERVISOR, "/console", "queue"),
        (Role.SUPERVISOR, f"/console/{practice.reflection}", "reflection"),
        (Role.SUPERVISOR, "/console/concerns", "safety"),
        (Role.SUPERVISOR, "/console/search", "search"),
        (Role.SUPERVISOR, f"/console/talking-points?therapist={person}", "talking-points"),
        (Role.SUPERVISOR, f"/console/over-time?therapist={person}", "over-time"),
        (Role.SUPERVISOR, f"/console/{practice.reflection}/double-reading", "double-reading"),
        (Role.THERAPIST, f"/reflections/{practice.reflection}", "therapist"),
        (Role.ADMINISTRATOR, "/administration", "people"),
        (Role.ADMINISTRATOR, "/administration/health", "health"),
    ):
        page = await practice.page_of(browser, role, {"width": 1000, "height": 800})
        await page.goto(f"{practice.gateway.address}{address}")
        await page.wait_for_load_state("networkidle")
        await page.screenshot(path=folder / f"{name}.png", full_page=True)
        await page.context.close()
    shown = set(re.findall(r"pictures/([\w-]+\.png)", (ROOT / "docs" / "console.md").read_text()))
    assert shown == {file.name for file in folder.iterdir()}
