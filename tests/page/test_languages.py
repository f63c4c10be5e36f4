"""The pages in other languages: no sentence is left behind, nothing is cut, all is mirrored."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from bot.conversation.accounts import make_link
from bot.conversation.bot import Said
from bot.conversation.records import Asked, Closed
from bot.reflection.stages import Question, Stage
from bot.storage.states import Role
from bot.web.languages import direction, languages
from bot.web.packed import STATIC
from tests.bots import ScriptedBot, says
from tests.conversation.samples import DANGER
from tests.gateway import Gateway, bot, clock, gateway, socket_of
from tests.page.practice import Practice, make_practice
from tests.page.pseudo import CUT, LEFT_TO_RIGHT, RIGHT_TO_LEFT, UNTRANSLATED, speak_pseudo

__all__ = ["bot", "clock", "gateway"]

NARROW = {"width": 320, "height": 640}
WIDE = {"width": 1280, "height": 800}
# Every sentence by its place, and of a function how many things it is given.
SHAPE = """async (names) => {
  const shape = (value, place) =>
    typeof value === "object"
      ? Object.entries(value).flatMap(([key, inner]) => shape(inner, `${place}.${key}`))
      : [`${place}: ${typeof value === "function" ? `${value.length} given` : typeof value}`];
  const found = {};
  for (const name of names) found[name] = Object.values(await import(`/static/${name}`)).flatMap((all) => shape(all, "")).sort();
  return found;
}"""  # noqa: E501 - JavaScript


async def shapes(page: Page, *names: str) -> dict[str, list[str]]:
    return await page.evaluate(SHAPE, list(names))


@dataclass
class Walk:
    """A therapist's browser in one language and size, and what was seen wrong on the way."""

    page: Page
    wrong: list[str] = field(default_factory=list)

    async def look(self, where: str) -> None:
        for check in (UNTRANSLATED, CUT):
            self.wrong += [f"{where}: {one}" for one in await self.page.evaluate(check)]

    async def look_into(self, button: str, dialog: str) -> None:
        await self.page.locator(button).click()
        await self.page.locator(dialog).wait_for()
        await self.page.wait_for_load_state("networkidle")
        await self.page.evaluate(
            "document.querySelectorAll('dialog details').forEach((one) => (one.open = true))"
        )
        await self.look(dialog)
        await self.page.keyboard.press("Escape")


@pytest.fixture
async def practice(gateway: Gateway, bot: ScriptedBot) -> Practice:
    made = await make_practice(gateway, bot)
    # From here on what was heard is shown, and there are a scale and choices.
    asks = Asked(Question.AROUSAL_AFTER, Stage.CLOSE)
    await say(made, bot, "skip", says("How is it now?", asks, choices=[("keep", "Keep")]))
    return made


async def say(practice: Practice, bot: ScriptedBot, words: str, answer: list[Said]) -> None:
    therapist = await practice.gateway.signed_in(practice.account(Role.THERAPIST))
    bot.script = [answer]
    async with socket_of(therapist, practice.reflection) as socket:
        await socket.answer_to(await socket.send(words))


@pytest.fixture(params=[NARROW, WIDE], ids=["320 points", "desktop"])
async def walk(request: pytest.FixtureRequest, browser: Browser) -> AsyncIterator[Walk]:
    context = await browser.new_context(viewport=request.param, reduced_motion="reduce")
    walk = Walk(await context.new_page())
    walk.page.on("pageerror", lambda error: walk.wrong.append(str(error)))
    yield walk
    await context.close()


@pytest.mark.parametrize("language", [LEFT_TO_RIGHT, RIGHT_TO_LEFT])
async def test_in_a_pseudo_language_nothing_is_left_in_english_and_nothing_is_cut(
    practice: Practice, bot: ScriptedBot, walk: Walk, language: str
) -> None:
    page, gateway = walk.page, practice.gateway
    await speak_pseudo(page.context, language)
    await page.goto(f"{gateway.address}/sign-in")
    await page.locator("#password").wait_for()
    await expect(page.locator("h1")).to_contain_text("⟦")
    await walk.look("signing in")
    await page.goto("about:blank")
    token = await make_link(gateway.desk, practice.account(Role.THERAPIST))
    await page.goto(f"{gateway.address}/sign-in#{token}")
    await page.locator("#sign-in").click()
    await page.locator("#end-others").wait_for(state="attached")
    await expect(page.locator("#lead")).to_contain_text("⟦")
    await walk.look("your sign-in")

    await page.goto(f"{gateway.address}/")
    await page.locator(".card").first.wait_for()
    await page.locator("details").first.evaluate("(one) => (one.open = true)")
    await page.wait_for_load_state("networkidle")
    await walk.look("the list")

    await page.goto(f"{gateway.address}/#/reflection/{practice.reflection}")
    await page.locator(".step-card").first.wait_for()
    await walk.look("the conversation")
    await walk.look_into("#people", "#people-dialog")
    await page.locator("#hide").click()
    await walk.look("the cover")
    await page.locator("#uncover").click()

    closed = says("Thank you.", Asked(Question.ENDING, Stage.CLOSE), Closed("keep"))
    await say(practice, bot, "keep", closed)
    await page.locator("#summary-title").wait_for()
    await page.locator(".shares li").first.wait_for()
    await walk.look("the summary")
    await page.locator("#remove").click()
    await walk.look("asked whether to delete")
    await page.locator("#remove-no").click()
    await page.locator("#share").click()
    await page.locator("#share-look").wait_for()
    await page.locator("#share-dialog .more summary").click()
    await page.locator("input[name=share-whom]").first.check()
    await page.locator("#share-look").click()
    await page.locator("#share-preview article").wait_for()
    await walk.look("sharing")
    await page.keyboard.press("Escape")

    await page.locator("#start-new").click()
    await page.locator(".start[data-path=short]").click()
    bot.gate.clear()
    await page.locator("#composer").fill(DANGER)
    await page.locator("#send").click()
    await page.locator(".said.safety").first.wait_for()
    await walk.look("a safety answer")
    bot.gate.set()
    assert not walk.wrong, "\n".join(dict.fromkeys(walk.wrong))


async def test_right_to_left_the_page_is_mirrored(practice: Practice, browser: Browser) -> None:
    places = {}
    for language in (LEFT_TO_RIGHT, RIGHT_TO_LEFT):
        context = await browser.new_context(viewport=WIDE, reduced_motion="reduce")
        await speak_pseudo(context, language)
        page = await context.new_page()
        token = await make_link(practice.gateway.desk, practice.account(Role.THERAPIST))
        await page.goto(f"{practice.gateway.address}/sign-in#{token}")
        await page.locator("#sign-in").click()
        await page.locator("#end-others").wait_for(state="attached")
        await page.wait_for_load_state("networkidle")
        await page.goto(f"{practice.gateway.address}/#/reflection/{practice.reflection}")
        await page.locator(".step-card").first.wait_for()
        places[language] = await page.evaluate(
            """Object.fromEntries([
              ".brand", ".bar-actions", "#stages li", ".mine .words", ".said", ".badge", "#send", ".heard li"
            ].map((one) => {
              const { left, right } = document.querySelector(one).getBoundingClientRect();
              return [one, [left, innerWidth - right]];
            }))"""  # noqa: E501 - JavaScript
        )
        places[language]["the arrow back"] = await page.evaluate(
            "getComputedStyle(document.querySelector('.brand'), '::before').borderInlineStartWidth"
        )
        await context.close()
    there, mirrored = places[LEFT_TO_RIGHT], places[RIGHT_TO_LEFT]
    for name in (".brand", "#stages li", ".said", ".badge", ".heard li"):
        assert there[name][0] == pytest.approx(mirrored[name][1], abs=2), name
    for name in (".bar-actions", "#send", ".mine .words"):
        assert there[name][1] == pytest.approx(mirrored[name][0], abs=2), name


async def test_all_languages_have_the_same_sentences(gateway: Gateway, browser: Browser) -> None:
    page = await browser.new_page()
    await page.goto(gateway.address)
    for kind in ("words", "sign_in_words"):
        files = sorted(path.name for path in STATIC.glob(f"{kind}.*.js"))
        found = await shapes(page, *files)
        english = found.pop(f"{kind}.en.js")
        assert len(english) > 50
        for name, shape in found.items():
            assert shape == english, name
    await page.close()


async def test_a_missing_sentence_and_a_lost_name_are_seen(
    gateway: Gateway, browser: Browser
) -> None:
    page = await browser.new_page()
    english = (STATIC / "words.en.js").read_text(encoding="utf-8")
    for name, found, instead in (
        ("missing", '  tryAgain: "Try again",\n', ""),
        ("fewer", "(name) => `Signed in as ${name}`", "() => `Signed in`"),
    ):
        changed = english.replace(found, instead)
        assert changed != english

        await page.route(
            f"**/static/words.{name}.js",
            lambda route, _, body=changed: route.fulfill(body=body, content_type="text/javascript"),
        )
    await page.goto(gateway.address)
    shape = await shapes(page, "words.en.js", "words.missing.js", "words.fewer.js")
    assert shape["words.missing.js"] != shape["words.en.js"]
    assert shape["words.fewer.js"] != shape["words.en.js"]
    await page.close()


async def test_only_a_language_that_is_there_is_put_into_a_page(gateway: Gateway) -> None:
    http = await gateway.visitor()
    for asked in ("en", "xx", '"><script>', "../words"):
        async with http.get("/sign-in", params={"language": asked}) as response:
            assert '<html lang="en" dir="ltr">' in await response.text()


def test_a_language_is_there_when_both_its_files_are(tmp_path: Path) -> None:
    for name in ("words.en.js", "sign_in_words.en.js", "words.fr.js", "sign_in_words.he.js"):
        (tmp_path / name).touch()
    assert languages(tmp_path) == {"en"}
    (tmp_path / "words.he.js").touch()
    assert languages(tmp_path) == {"en", "he"}
    assert [direction(one) for one in ("en", "he", "ar-EG", "pt-BR")] == [
        "ltr",
        "rtl",
        "rtl",
        "ltr",
    ]
