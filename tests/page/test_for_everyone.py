"""A whole reflection for everyone: by keyboard alone, zoomed, small, dark, and for screen readers.

On the real house, at every stage and with every dialog open.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from tests.conftest import House, until
from tests.page.test_page import TOLD, answered

NARROW = {"width": 320, "height": 640}
# 1280 points at 200 %.
ZOOMED = {"width": 640, "height": 450}
DESKTOP = {"width": 1280, "height": 800}
ANSWERS = (
    TOLD,
    "Tight chest. I wanted it to be over.",
    "Coming to a clinic may remind her of being a child nobody believed.",
    "He sat outside with his grandmother and drew.",
    "The first five minutes went well, then she went quiet.",
)
PLAN = ("Send her a short message.", "How do I stay warm?")
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
# What can be pressed and is smaller than 24 points, or than 44 where it is no link in text and
# not beside one's own words, where it is 44 for a finger only.
SMALL = """() => [...document.querySelectorAll("a, button, summary, input, select, textarea")]
  .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest(".skip, p, li.quiet, [inert]"))
  .map((one) => [one, (one.closest("label") ?? one).getBoundingClientRect()])
  .filter(([one, { width, height }]) => height < (one.matches("#stages-toggle, [type=checkbox], [type=radio], .change button, .judge button") ? 24 : 43.5) || width < 24)
  .map(([one, { width, height }]) => `${one.tagName}#${one.id}.${one.className} ${width}x${height}`)"""  # noqa: E501 - JavaScript
# What has the focus: whether it is drawn so that one sees it, and what lies over it.
FOCUS = """() => {
  const one = document.activeElement;
  const { left, top, width, height } = one.getBoundingClientRect();
  const over = document.elementFromPoint(left + width / 2, top + Math.min(height / 2, 20));
  const style = getComputedStyle(one);
  const form = getComputedStyle(one.closest("#writing") ?? one);
  return {
    id: one.id, name: (one.getAttribute("aria-label") ?? one.innerText ?? "").trim() || one.id, tag: one.tagName,
    isSeen: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || form.boxShadow !== "none",
    isCovered: !over || !(one.contains(over) || over.contains(one)),
    isOutside: top < -1 || top + Math.min(height, 40) > innerHeight + 1,
  };
}"""  # noqa: E501 - JavaScript


@dataclass
class Everyone:
    """A reflection that is walked with the keyboard, and what was seen wrong at each stage."""

    page: Page
    with_axe: bool = False
    wrong: list[str] = field(default_factory=list)
    stages: list[str] = field(default_factory=list)

    async def look(self, where: str) -> None:
        page = self.page
        if await page.evaluate(SIDEWAYS):
            self.wrong.append(f"{where}: wider than the screen")
        self.wrong += [f"{where}: small {one}" for one in await page.evaluate(SMALL)]
        if self.with_axe:
            found = (await Axe().run(page)).response
            assert found["passes"], "axe looked at nothing"
            self.wrong += [
                f"{where}: {one['id']}: {node['html'][:160]}"
                for one in found["violations"]
                if one["impact"] in ("serious", "critical")
                for node in one["nodes"]
            ]

    async def at_stage(self) -> None:
        # A safety message comes before the answer it stands above.
        await expect(self.page.locator(".thinking, .pending")).to_have_count(0)
        current = self.page.locator("#stages li[aria-current] span").first
        name = await current.inner_text() if await current.count() else "the summary"
        if not self.stages or self.stages[-1] != name:
            self.stages.append(name)
            await self.look(name)

    async def tab_to(self, name: str, *, back: bool = False) -> None:
        """Go on with Tab until what is called `name` has the focus; what is passed is looked at."""
        for _ in range(80):
            await self.page.keyboard.press("Shift+Tab" if back else "Tab")
            focus = await self.page.evaluate(FOCUS)
            if focus["tag"] == "BODY":
                continue
            what = f"{focus['tag']} “{focus['name'][:30]}”"
            if not focus["isSeen"]:
                self.wrong.append(f"the focus on {what} is not seen")
            if focus["isCovered"] or focus["isOutside"]:
                self.wrong.append(f"the focus on {what} is behind something")
            if focus["name"] == name or focus["id"] == name:
                return
        raise AssertionError(f"No Tab leads to {name}.")

    async def write(self, text: str) -> None:
        """Answer in the composer, which has the focus or is gone to."""
        count = await self.page.locator(".turn").count()
        if await self.page.evaluate("document.activeElement.id") != "composer":
            await self.tab_to("composer")
        await self.page.keyboard.type(text)
        await self.page.keyboard.press("Enter")
        if await self.page.locator("#composer").input_value():  # asked about a name: once more
            await self.page.keyboard.press("Enter")
        await answered(self.page, count + 1)
        await self.at_stage()

    async def press(self, name: str) -> None:
        """Press a button of the newest answer."""
        count = await self.page.locator(".turn").count()
        await self.tab_to(
            name, back=await self.page.evaluate("document.activeElement.id") == "composer"
        )
        await self.page.keyboard.press("Enter")
        await answered(self.page, count + 1)
        await self.at_stage()

    async def begin(self, path: str) -> None:
        name = await self.page.locator(f".start[data-path={path}]").inner_text()
        await self.look("the list")
        await self.tab_to(name.strip())
        await self.page.keyboard.press("Enter")
        await answered(self.page, 1)
        await self.at_stage()
        if await self.page.get_by_role("button", name="Not yet").count():
            await self.write("skip")  # how did the last plan go?

    async def open_dialogs(self) -> None:
        for button, dialog in (("people", "people-dialog"), ("breathe", "breath-dialog")):
            await self.tab_to(button, back=True)
            await self.page.keyboard.press("Enter")
            await self.page.locator(f"#{dialog}").wait_for()
            await self.page.wait_for_load_state("networkidle")
            await self.look(dialog)
            await self.page.keyboard.press("Escape")
            assert await self.page.evaluate("document.activeElement.id") == button
            await self.page.wait_for_timeout(800)  # Escape twice would hide the page

    async def wait_for_summary(self) -> None:
        await expect(self.page.locator("#summary-title")).to_be_visible(timeout=20_000)
        await self.look("the summary")

    async def share_and_take_back(self) -> None:
        page = self.page
        await self.tab_to("share")
        await page.keyboard.press("Enter")
        await page.locator("#share-look").wait_for()
        await self.tab_to("Choose what, until when, or add a sentence")
        await page.keyboard.press("Enter")
        await self.tab_to("share-look")
        await page.keyboard.press("Enter")
        await page.locator("#share-preview article").wait_for()
        await self.look("share-dialog")
        await self.tab_to("share-go")
        await page.keyboard.press("Enter")
        await page.locator(".shares .withdraw").wait_for()
        await self.tab_to("Withdraw")
        await page.keyboard.press("Enter")
        await expect(page.locator(".shares")).to_have_count(0)
        assert await page.evaluate("document.activeElement.id") == "share"


@pytest.fixture
async def open_page(browser: Browser, house: House) -> AsyncIterator:
    complaints: list[str] = []
    contexts = []

    async def opened(size: dict[str, int], **more: str) -> Page:
        context = await browser.new_context(viewport=size, reduced_motion="reduce", **more)  # type: ignore[arg-type]
        contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(f"{said.type}: {said.text}"))
        await page.goto(f"{house.address}/sign-in#{await house.link_token()}")
        await page.get_by_role("button", name="Sign in").click()
        await page.wait_for_url(lambda url: "/sign-in#" not in url)
        await page.goto(f"{house.address}/")
        await page.locator("#reflections:not([aria-busy])").wait_for()
        await page.locator("h1").first.focus()
        return page

    yield opened
    for context in contexts:
        await context.close()
    assert complaints == []


async def whole(everyone: Everyone) -> None:
    await everyone.begin("full")
    await everyone.open_dialogs()
    await everyone.tab_to("composer")
    await everyone.write("6")
    for answer in ANSWERS:
        await everyone.write(answer)
    page = everyone.page
    for _ in range(4):
        asked = page.locator(".choices").get_by_role("button", name="Not quite", exact=True)
        if not await asked.count():
            break
        await everyone.press("Yes")
    await everyone.press("Take 1")
    for answer in PLAN:
        await everyone.write(answer)
    await everyone.write("4")
    await everyone.press("Keep")
    await everyone.wait_for_summary()
    await everyone.share_and_take_back()
    assert len(everyone.stages) >= 10, everyone.stages


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "size", [DESKTOP, ZOOMED, NARROW], ids=["desktop", "200 percent", "320 points"]
)
async def test_a_whole_reflection_by_keyboard_alone(open_page, size: dict[str, int]) -> None:
    everyone = Everyone(await open_page(size))
    await whole(everyone)
    assert not everyone.wrong, "\n".join(dict.fromkeys(everyone.wrong))


@pytest.mark.timeout(900)
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_serious_at_any_stage(open_page, scheme: str) -> None:
    everyone = Everyone(await open_page(DESKTOP, color_scheme=scheme), with_axe=True)
    await whole(everyone)
    assert not everyone.wrong, "\n".join(dict.fromkeys(everyone.wrong))


@pytest.mark.timeout(900)
async def test_the_short_path_by_keyboard_alone(open_page) -> None:
    everyone = Everyone(await open_page(NARROW))
    await everyone.begin("short")
    await everyone.write("She sent the neighbour to fetch him again and I said nothing.")

    async def is_closed() -> bool:
        if await everyone.page.locator("#summary").is_visible():
            return True
        await everyone.write("skip")
        return False

    await until(is_closed, 120)
    await everyone.wait_for_summary()
    assert not everyone.wrong, "\n".join(dict.fromkeys(everyone.wrong))


# Light, dark, and where more contrast is asked for: the ring round what has the focus.
RING = """() => {
  const shown = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map((one) => one / 255)
      .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const root = getComputedStyle(document.documentElement);
  const probe = document.createElement("i");
  document.body.append(probe);
  const value = (name) => {
    probe.style.color = root.getPropertyValue(name);
    return shown(getComputedStyle(probe).color);
  };
  const ratio = (one, other) => (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  const found = {};
  for (const ground of ["--paper", "--surface", "--sand"]) {
    for (const [name, least] of [["--accent", 3], ["--edge", 3], ["--muted", 4.5], ["--ink", 4.5]]) {
      const has = ratio(value(name), value(ground));
      if (has < least) found[`${name} on ${ground}`] = has;
    }
  }
  probe.remove();
  return found;
}"""  # noqa: E501 - JavaScript


@pytest.mark.parametrize("contrast", ["no-preference", "more"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_edges_words_and_the_focus_are_seen(open_page, scheme: str, contrast: str) -> None:
    page = await open_page(DESKTOP, color_scheme=scheme, contrast=contrast)
    assert await page.evaluate(RING) == {}


async def test_in_forced_colours_every_control_has_an_edge(open_page) -> None:
    page = await open_page(DESKTOP, forced_colors="active")
    without = """() => [...document.querySelectorAll("button, a.plain, select, .card")]
      .filter((one) => one.checkVisibility())
      .filter((one) => { const s = getComputedStyle(one); return s.borderTopStyle === "none" || parseFloat(s.borderTopWidth) < 1; })
      .map((one) => one.outerHTML)"""  # noqa: E501 - JavaScript
    assert await page.evaluate(without) == []
    await page.locator(".start[data-path=full]").click()
    await answered(page, 1)
    assert await page.evaluate(without) == []
    marked = "getComputedStyle(document.querySelector('#writing')).outlineStyle"
    await page.locator("#composer").focus()
    assert await page.evaluate(marked) == "solid"
