"""What lies on the device: nothing readable, nothing at all where that was chosen, and no less.

Chromium with a profile in a folder, which is looked through byte by byte, killed, and opened anew.
"""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from functools import partial
from pathlib import Path

from playwright.async_api import BrowserContext, Page, expect
from playwright.async_api import Error as BrowserError

from tests.faults.canary import WORD, hits
from tests.gateway import Gateway, bot, clock, gateway
from tests.page.kept import (
    box,
    databases,
    mine,
    open_reflection,
    profile,
    sign_in,
    start_reflection,
)

__all__ = ["bot", "clock", "gateway"]

DRAFT = f"She said {WORD}, and I have not sent it."
MESSAGE = f"I sent {WORD}, and nobody took it."
TYPING_MS = 15
# What may be lost when everything is killed at once. Measured: see docs/therapists/device.md.
MOST_LOST_MS = 300
SEALED = """() => new Promise((resolve) => {
    const opening = indexedDB.open("ballast");
    opening.onsuccess = () => {
        const records = opening.result.transaction("records").objectStore("records").getAll();
        records.onsuccess = () => {
            resolve(records.result.map(({ sealed }) => [...new Uint8Array(sealed)]));
            opening.result.close();
        };
    };
})"""


async def leave_words(page: Page, gateway: Gateway, reflection: str) -> None:
    """Leave a message that nobody took, and a draft."""
    await open_reflection(page, gateway, reflection)
    await page.evaluate("WebSocket.prototype.send = () => {}")
    await box(page).fill(MESSAGE)
    await box(page).press("Control+Enter")
    await expect(page.locator(".pending")).to_have_count(1)
    await expect(box(page)).to_have_value("")
    await box(page).fill(DRAFT)


def note(typed: list[int], length: int) -> None:
    typed.append(length)


def holds(folder: Path, raw: bytes) -> list[str]:
    return [file.name for file in folder.rglob("*") if file.is_file() and raw in _read(file)]


def _read(file: Path) -> bytes:
    with suppress(OSError):
        return file.read_bytes()
    return b""


async def test_no_file_of_the_browser_holds_a_readable_word_and_none_is_lost(
    gateway: Gateway, tmp_path: Path
) -> None:
    folder, reflection = tmp_path / "profile", await start_reflection(gateway)
    async with profile(folder) as context:
        page = await sign_in(context, gateway)
        await leave_words(page, gateway, reflection)
        await page.wait_for_timeout(500)
        sealed = [bytes(one) for one in await page.evaluate(SEALED)]
        assert [len(one) for one in sealed] == [1024 + 16, 1024 + 16]
        assert hits(WORD, [folder]) == set()
    assert hits(WORD, [folder]) == set()
    # It is there, sealed, and the search finds what is there.
    assert all(holds(folder, one) for one in sealed)
    async with profile(folder) as context:
        page = await sign_in(context, gateway)
        await open_reflection(page, gateway, reflection)
        await expect(box(page)).to_have_value(DRAFT)
        await expect(page.locator(".mine .kept")).to_have_text("Kept")
        assert await mine(page) == [MESSAGE]


# As under a heavy load: what is asked of the device is not answered, and later it is.
SLOW = """() => {
    const open = indexedDB.open.bind(indexedDB);
    let first = true;
    IDBFactory.prototype.open = (...how) => {
        if (!first) return open(...how);
        first = false;
        return {};
    };
}"""


async def test_what_lies_on_a_device_that_is_slow_comes_once_it_answers(
    gateway: Gateway, tmp_path: Path
) -> None:
    reflection = await start_reflection(gateway)
    async with profile(tmp_path / "profile") as context:
        page = await sign_in(context, gateway)
        await leave_words(page, gateway, reflection)
        await page.wait_for_timeout(500)
        await page.add_init_script(f"({SLOW})()")
        await page.reload()
        hint = page.locator("#keeping-hint")
        await expect(hint).to_contain_text("keeps nothing here")
        await expect(box(page)).to_have_value("")
        newer = "I write on meanwhile."
        await box(page).fill(newer)
        await expect(box(page)).to_have_value(f"{DRAFT}\n\n{newer}")
        await expect(hint).not_to_contain_text("keeps nothing here")
        await expect(page.locator(".mine .kept")).to_have_text("Kept")
        assert await mine(page) == [MESSAGE]
        await page.wait_for_timeout(500)
        await page.reload()  # the first one is slow again
        await expect(box(page)).to_have_value(f"{DRAFT}\n\n{newer}")


async def test_the_same_search_finds_what_is_stored_in_plain(
    gateway: Gateway, tmp_path: Path
) -> None:
    folder = tmp_path / "profile"
    async with profile(folder) as context:
        page = await sign_in(context, gateway)
        await page.evaluate("word => localStorage.setItem('ballast:one:draft', word)", DRAFT)
    assert hits(WORD, [folder])


async def test_with_keep_nothing_there_are_not_even_sealed_words(
    gateway: Gateway, tmp_path: Path
) -> None:
    folder, reflection = tmp_path / "profile", await start_reflection(gateway)
    async with profile(folder) as context:
        page = await sign_in(context, gateway)
        await page.goto(f"{gateway.address}/#")
        await page.locator("#keep-nothing").check()
        await expect(page.locator(".keeping")).to_contain_text("what was here is removed")
        await leave_words(page, gateway, reflection)
        await page.wait_for_timeout(500)
        assert await databases(page) == []
        assert await page.evaluate("Object.keys(localStorage)") == ["keep-nothing"]
        assert hits(WORD, [folder]) == set()
    assert hits(WORD, [folder]) == set()


async def test_choosing_to_keep_nothing_removes_what_is_there_with_its_keys(
    gateway: Gateway, tmp_path: Path
) -> None:
    folder, reflection = tmp_path / "profile", await start_reflection(gateway)
    async with profile(folder) as context:
        page = await sign_in(context, gateway)
        await leave_words(page, gateway, reflection)
        await page.wait_for_timeout(500)
        assert await databases(page) == ["ballast"]
        await page.goto(f"{gateway.address}/#")
        await page.locator("#keep-nothing").check()
        await expect(page.locator(".keeping")).to_contain_text("what was here is removed")
        assert await databases(page) == []
    async with profile(folder) as context:
        page = await sign_in(context, gateway)
        await open_reflection(page, gateway, reflection)
        assert await box(page).input_value() == ""
        assert await mine(page) == []


async def test_a_page_that_is_closed_or_whose_renderer_crashes_right_after_a_letter_lost_none(
    gateway: Gateway, tmp_path: Path
) -> None:
    reflection = await start_reflection(gateway)
    async with profile(tmp_path / "profile") as context:
        await sign_in(context, gateway)
        page = await _at(context, gateway, reflection)
        text = ""
        for ending in ("close", "crash", "close", "crash"):
            await box(page).press("End")
            await page.keyboard.type(f"Then came {ending}. ", delay=TYPING_MS)
            text += f"Then came {ending}. "
            if ending == "close":
                await page.close(run_before_unload=False)
            else:
                devtools = await context.new_cdp_session(page)
                await asyncio.sleep(MOST_LOST_MS / 1000)
                with suppress(BrowserError, TimeoutError):
                    async with asyncio.timeout(2):
                        await devtools.send("Page.crash")
            page = await _at(context, gateway, reflection)
            await expect(box(page)).to_have_value(text)


async def test_a_browser_that_is_killed_while_one_types_lost_less_than_the_last_moments(
    gateway: Gateway, tmp_path: Path
) -> None:
    folder, reflection = tmp_path / "profile", await start_reflection(gateway)
    typed, kept, lost = [0], 0, []
    for _ in range(4):
        async with profile(folder) as context:
            await sign_in(context, gateway)
            page = await _at(context, gateway, reflection)
            await page.expose_function("typed", partial(note, typed))
            await page.evaluate(
                "document.getElementById('composer')"
                ".addEventListener('input', ({ target }) => typed(target.value.length))"
            )
            kept = len(await box(page).input_value())
            lost.append(max(0, typed[-1] - kept) * TYPING_MS)
            await box(page).press("End")
            typing = asyncio.create_task(page.keyboard.type("x" * 1000, delay=TYPING_MS))
            await asyncio.sleep(1.5)
            os.kill(_process_of(folder), signal.SIGKILL)
            with suppress(BrowserError):
                await typing
    assert kept > 50
    assert max(lost) <= MOST_LOST_MS, lost


async def _at(context: BrowserContext, gateway: Gateway, reflection: str) -> Page:
    page = await context.new_page()
    await open_reflection(page, gateway, reflection)
    return page


def _process_of(folder: Path) -> int:
    """The browser that runs on a profile: the process of all its that has no type."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with suppress(OSError):
                words = (entry / "cmdline").read_bytes().split(b"\0")
                is_main = not any(word.startswith(b"--type=") for word in words)
                if is_main and f"--user-data-dir={folder}".encode() in words:
                    return int(entry.name)
    raise AssertionError("no such browser")
