"""What is visible of a reflection and can be done to it, in Chromium, on the real parts."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Browser, Locator, Page, expect

from tests.conftest import House, until
from tests.page.conftest import PHONE
from tests.page.test_page import TOLD, answered, choose, say, slide, start
from tests.web.loaded import part

TIGHT = "Tight chest. I wanted it to be over."
FETCHED = """(path) => performance.getEntriesByType("resource")
  .some(({ name, responseEnd }) => new URL(name).pathname === path && responseEnd)"""


async def enter(browser: Browser, house: House, **how: Any) -> Page:
    """The therapist's list in a browser of its own."""
    context = await browser.new_context(reduced_motion="reduce", **how)
    page = await context.new_page()
    await page.goto(f"{house.address}/sign-in#{await house.link_token()}")
    await page.get_by_role("button", name="Sign in").click()
    await page.locator("#list").wait_for()
    return page


async def press_until(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """Go to something by one key alone."""
    await wanted.wait_for()
    for _ in range(80):
        if await wanted.evaluate("element => element === document.activeElement"):
            return
        await page.keyboard.press(key)
    raise AssertionError(f"{key} does not lead to {wanted}")


async def turn_count(page: Page) -> int:
    return await page.locator(".turn").count()


async def is_too_wide(page: Page) -> bool:
    return bool(
        await page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
    )


async def to_the_themes(page: Page) -> None:
    await start(page, "short")
    await say(page, TOLD)
    await say(page, TIGHT)
    await expect(page.locator(".judge").first).to_be_attached()


async def test_a_number_is_chosen_on_a_slider_by_keyboard_and_none_before_it_was_touched(
    page: Page,
) -> None:
    await start(page)
    slider = page.get_by_role("slider")
    await expect(slider).to_have_attribute("aria-valuetext", "Move the slider to choose a number")
    await press_until(page, slider, "Shift+Tab")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await expect(page.locator(".scale button")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(slider).to_be_focused()
    assert await turn_count(page) in (1, 2)  # the opening, and perhaps how the last plan went
    turns = await turn_count(page)
    await page.keyboard.press("End")
    await expect(slider).to_have_attribute("aria-valuetext", "10, very stirred up")
    await page.keyboard.press("Home")
    await expect(slider).to_have_attribute("aria-valuetext", "0, settled")
    for _ in range(6):
        await page.keyboard.press("ArrowRight")
    await expect(slider).to_have_attribute("aria-valuetext", "6 of 10")
    assert not await is_too_wide(page)
    await expect(page.get_by_role("button", name="Answer 6", exact=True)).to_be_visible()
    await page.keyboard.press("Enter")
    await answered(page, turns + 1)
    await expect(page.locator(".mine .words").last).to_contain_text("6")
    await expect(page.locator(".were-number").last).to_have_text(
        "6 on the scale from 0, settled, to 10, very stirred up"
    )
    await expect(slider).to_have_count(0)


async def test_a_press_on_the_middle_of_the_slider_chooses_five(page: Page) -> None:
    await start(page)
    slider = page.get_by_role("slider")
    await slider.scroll_into_view_if_needed()
    await slider.click()
    await expect(page.locator(".scale output")).to_have_text("5")
    await slide(page, 7)
    # A high number: settling first, and asked once more.
    await expect(page.get_by_role("slider")).to_be_visible()
    await say(page, "about a 3 now")
    await expect(page.get_by_role("slider")).to_have_count(0)


async def test_an_earlier_answer_is_changed_by_keyboard_and_the_conversation_follows(
    page: Page,
) -> None:
    await start(page)
    await say(page, "4")
    await say(page, "She came late and I said nothing.")
    await say(page, TIGHT)
    change = page.get_by_role("button", name="Change this answer (What happened)", exact=True)
    await press_until(page, change, "Shift+Tab")
    turns = await turn_count(page)
    await page.keyboard.press("Enter")
    await answered(page, turns + 1)
    composer = page.locator("#composer")
    await expect(composer).to_be_focused()
    await expect(composer).to_have_value("She came late and I said nothing.")
    await expect(page.locator("#again")).to_contain_text("What happened")
    await page.keyboard.press("Control+End")
    await page.keyboard.type(" Then I smiled.")
    await page.keyboard.press("Control+Enter")
    await answered(page, turns + 2)
    # It goes on where it was.
    await expect(page.locator("#stages [aria-current]")).to_contain_text("The parent")
    earlier = page.locator(".turn.changed")
    await expect(earlier).to_have_count(1)
    await expect(earlier).to_contain_text("Changed below")
    await expect(change).to_have_count(1)  # at the later answer
    await page.reload()
    await expect(page.locator(".turn.changed")).to_contain_text("She came late")
    for _ in range(12):
        if await page.locator("#summary").is_visible():
            break
        await say(page, "skip")
    told = page.locator("#summary")
    await expect(told).to_contain_text("I said nothing. Then I smiled.")
    await expect(page.get_by_role("button", name="Change this answer")).to_have_count(0)


async def test_a_draft_is_not_written_over_and_the_answer_can_be_left_as_it_was(
    page: Page,
) -> None:
    await start(page, "short")
    await say(page, "She came late and I said nothing.")
    composer = page.locator("#composer")
    await composer.fill("I was about to say")
    turns = await turn_count(page)
    await page.get_by_role("button", name="Change this answer (What happened)").click()
    await answered(page, turns + 1)
    await expect(composer).to_have_value("I was about to say")
    await expect(composer).to_be_focused()
    await page.get_by_role("button", name="Edit my earlier words").click()
    await expect(composer).to_have_value("I was about to say\n\nShe came late and I said nothing.")
    await composer.fill("I was about to say")
    await page.get_by_role("button", name="Leave it as it was").click()
    await answered(page, turns + 2)
    await expect(composer).to_have_value("I was about to say")
    await expect(page.locator("#again")).to_be_empty()
    await expect(page.locator(".turn.changed")).to_have_count(0)


async def test_the_ways_are_buttons_that_say_what_could_be_typed(page: Page) -> None:
    await start(page)
    await say(page, "4")
    await say(page, "She came late and I said nothing.")
    ways = page.get_by_role("group", name="Ways through")
    if page.viewport_size == PHONE:
        for button in await ways.get_by_role("button").all():
            box = await button.bounding_box()
            assert box
            assert min(box["height"], box["width"]) >= 44
    for name, said in (
        ("Why?", "why do you ask"),
        ("Skip", "skip"),
        ("Back", "back"),
        ("Shorter", "the short version please"),
    ):
        turns = await turn_count(page)
        button = ways.get_by_role("button", name=name, exact=True)
        await button.focus()
        await page.keyboard.press("Enter")
        await answered(page, turns + 1)
        await expect(page.locator(".mine .words").last).to_contain_text(said)
    # What is not needed any more goes, and the keyboard is not lost with it.
    await expect(ways.get_by_role("button", name="Shorter", exact=True)).to_be_hidden()
    await expect(page.locator("#stages-list li")).to_have_count(5)
    assert await page.evaluate("document.activeElement !== document.body")
    turns = await turn_count(page)
    await page.locator("#way-pause").focus()
    await page.keyboard.press("Space")
    await answered(page, turns + 1)
    await expect(ways).to_be_hidden()
    assert await page.evaluate("document.activeElement !== document.body")
    await choose(page, "Resume")
    await expect(ways).to_be_visible()
    # What was offered stays to be read, and is no button.
    chosen = page.get_by_role("list", name="What could be chosen").last
    await expect(chosen.get_by_role("listitem")).to_have_text(["Resume (chosen)"])
    await expect(page.get_by_role("button", name="Resume")).to_have_count(0)
    assert not await is_too_wide(page)


async def test_findings_are_judged_on_ones_own_words_and_judged_anew_by_keyboard(
    page: Page,
) -> None:
    await to_the_themes(page)
    lines = page.locator(".heard li:has(.judge)")
    theme = await lines.first.get_attribute("data-theme")
    asked = page.locator(f".heard [data-theme={theme}] .judge").first
    fits = asked.get_by_role("button", name="Fits", exact=True)
    turns = await turn_count(page)
    await fits.click()
    # It was the question at hand: the same as its own button.
    await answered(page, turns + 1)
    await expect(page.locator(".mine .words").last).to_contain_text("Yes")
    await expect(fits).to_have_attribute("aria-pressed", "true")
    were = page.get_by_role("list", name="What could be chosen").last
    await expect(were.locator(".it")).to_have_text("Yes (chosen)")
    # Now another theme is asked about: the first is judged anew without a message.
    turns = await turn_count(page)
    await press_until(page, fits, "Shift+Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    no = asked.get_by_role("button", name="Does not fit", exact=True)
    await expect(no).to_have_attribute("aria-pressed", "true")
    await expect(no).to_be_focused()
    await expect(fits).to_have_attribute("aria-pressed", "false")
    assert await turn_count(page) == turns
    other = await page.context.new_page()
    await other.goto(page.url)
    seen = other.locator(f".heard [data-theme={theme}] [aria-pressed=true]").first
    await expect(seen).to_have_text("Does not fit")
    for _ in range(8):
        if await page.locator("#summary").is_visible():
            break
        await say(page, "skip")
    await expect(page.locator("#summary")).to_contain_text("you said it does not fit")
    await asked.get_by_role("button", name="Not quite", exact=True).click()
    await expect(page.locator("#summary")).to_contain_text("you said not quite")
    # The page that was open beside it has been told.
    await expect(seen).to_have_text("Not quite")
    await other.close()


async def test_what_is_pasted_is_plain_text(page: Page) -> None:
    await start(page, "short")
    await page.locator("#composer").focus()
    pasted = (
        "First\u00a0line\r\n\u00b7\tone\u200b\r\n\uf0b7\ttwo\r\no\tthree\u0007\r\n"
        "मैं\u200dहूँ, 10\u202f000"
    )
    await page.evaluate(
        """text => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          data.setData("text/html", "<b>" + text + "</b>");
          const how = { clipboardData: data, bubbles: true, cancelable: true };
          const event = new ClipboardEvent("paste", how);
          document.getElementById("composer").dispatchEvent(event);
        }""",
        pasted,
    )
    plain = "First line\n- one\n- two\n- three\nमैं\u200dहूँ, 10 000"
    await expect(page.locator("#composer")).to_have_value(plain)
    await page.keyboard.press("Control+z")
    await expect(page.locator("#composer")).to_have_value("")


async def test_a_name_is_noticed_masked_by_one_key_and_left_alone_by_the_server(
    page: Page,
) -> None:
    await start(page, "short")
    # What is fetched in an idle moment has come.
    await until(lambda: page.evaluate(FETCHED, f"/static/{part('summary')}"))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    composer, noticed = page.locator("#composer"), page.locator("#noticed")
    await composer.press_sequentially("I told Thandi to ring 082 555 1234 on 12 March.")
    await expect(noticed).to_contain_text("“Thandi” looks like a name")
    await expect(noticed).to_contain_text("“082 555 1234” looks like a telephone number")
    await expect(noticed).to_contain_text("“12 March” looks like a date")
    assert {url.rpartition("/")[2] for url in asked} <= {part("noticing")}
    await page.keyboard.press("Alt+m")
    masked = "I told [name] to ring [phone] on [date]."
    await expect(composer).to_have_value(masked)
    await expect(noticed.get_by_role("status")).to_contain_text("Masked")
    await page.keyboard.press("Control+z")
    await expect(composer).to_have_value("I told Thandi to ring 082 555 1234 on 12 March.")
    await page.get_by_role("button", name="Mask").click()
    await expect(composer).to_have_value(masked)
    turns = await turn_count(page)
    await composer.press("Control+Enter")
    await answered(page, turns + 1)
    await expect(page.locator(".mine .words").last).to_contain_text(masked)
    await expect(page.locator(".masked")).to_have_count(0)
    await expect(noticed).to_be_hidden()


async def test_what_was_noticed_is_sent_by_a_second_press_and_masked_by_the_server(
    page: Page,
) -> None:
    await start(page, "short")
    composer = page.locator("#composer")
    await composer.press_sequentially("I told Thandi that I was tired.")
    await expect(page.locator("#noticed")).to_be_visible()
    turns = await turn_count(page)
    await composer.press("Control+Enter")
    await expect(page.locator("#noticed [role=alert]")).to_contain_text(
        "the server masks by itself"
    )
    assert await turn_count(page) == turns
    assert not await is_too_wide(page)
    await composer.press("Control+Enter")
    await answered(page, turns + 1)
    await expect(page.locator(".mine .words").last).to_contain_text("I told [person A] that")
    # Asked about once, it is not asked about again.
    await composer.press_sequentially("Thandi laughed at Thandi, I told Thandi.")
    await composer.press("Control+Enter")
    await answered(page, turns + 2)


async def test_without_the_noticing_part_everything_is_sent_at_once(
    browser: Browser, house: House
) -> None:
    page = await enter(browser, house)
    await page.route(f"**/static/{part('noticing')}", lambda route: route.abort())
    await start(page, "short")
    turns = await turn_count(page)
    await page.locator("#composer").press_sequentially("I told Thandi that I was tired.")
    await page.locator("#composer").press("Control+Enter")
    await answered(page, turns + 1)
    await page.context.close()


async def test_without_its_styles_the_list_is_read_as_it_is(browser: Browser, house: House) -> None:
    page = await enter(browser, house)
    await page.route("**/static/reading.css", lambda route: route.abort())
    await page.reload()
    await expect(page.locator(".start[data-path=full]")).to_be_visible()
    await page.unroute("**/static/reading.css")
    await start(page, "short")
    await page.locator("#home").click()
    await expect(page.locator(".start[data-path=full]")).to_have_css("display", "flex")
    await page.context.close()


async def test_all_of_it_can_be_seen_in_forced_colours_at_320_pixels(
    browser: Browser, house: House
) -> None:
    small = {"width": 320, "height": 640}
    page = await enter(browser, house, viewport=small, forced_colors="active")
    await start(page)
    assert not await is_too_wide(page)
    await slide(page, 3)
    await say(page, TOLD)
    await page.get_by_role("button", name="Shorter").click()
    await expect(page.locator("#stages-list li")).to_have_count(5)
    await say(page, TIGHT)
    await choose(page, "No")
    await expect(page.locator(".were .it").last).to_be_visible()
    assert not await is_too_wide(page)
    assert (await page.locator("#ways").bounding_box() or {})["height"] < 60
    await page.context.close()
