"""Ballast on somebody else's page: the snippets of the docs, used as they stand there."""

from __future__ import annotations

import re
import secrets
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, FrameLocator, Page, expect

from bot.conversation.accounts import make_link
from bot.conversation.reflections import list_reflections
from bot.settings import ROOT
from tests.bots import ScriptedBot
from tests.certificate import own_certificate
from tests.conftest import free_port
from tests.gateway import FakeClock, Gateway, run_gateway, turns
from tests.handing_over import HostServer
from tests.tls import tls_in_front

DOCS = (ROOT / "docs" / "administrators" / "embedding.md").read_text(encoding="utf-8")
BALLAST, INTRANET = "https://ballast.clinic.example", "https://intranet.clinic.example"
SNIPPETS = re.findall(r"^ *```html\n(.*?)^ *```$", DOCS, re.MULTILINE | re.DOTALL)
PLAIN, ELEMENT, HAND_OVER = SNIPPETS
ASK_FROM_OUTSIDE = """([method, url]) =>
    fetch(url, {method, mode: "no-cors", credentials: "include"}).catch(() => null)"""
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 320, "height": 640}


@dataclass
class Host:
    """A page of the clinic's intranet, on an origin of its own."""

    address: str = ""
    ballast: str = ""
    snippet: str = PLAIN
    policy: str = ""
    token: Callable[[], str] = lambda: ""
    complaints: list[str] = field(default_factory=list)

    async def page(self, request: web.Request) -> web.Response:
        snippet = self.snippet.replace(BALLAST, self.ballast)
        text = f"<!doctype html><html lang=en><title>Intranet</title><h1>Intranet</h1>{snippet}"
        headers = {"Content-Security-Policy": self.policy} if self.policy else {}
        return web.Response(text=text, content_type="text/html", headers=headers)

    async def give_token(self, request: web.Request) -> web.Response:
        return web.Response(text=self.token())

    async def icon(self, request: web.Request) -> web.Response:
        return web.Response(status=204)


@asynccontextmanager
async def serve(host: Host, name: str = "localhost", **more: ssl.SSLContext) -> AsyncIterator[Host]:
    app = web.Application()
    app.router.add_get("/", host.page)
    app.router.add_get("/ballast-token", host.give_token)
    app.router.add_get("/favicon.ico", host.icon)
    server = TestServer(app, port=free_port())
    await server.start_server(**more)
    host.address = f"{'https' if more else 'http'}://{name}:{server.port}"
    try:
        yield host
    finally:
        await server.close()


@dataclass(frozen=True)
class Clinic:
    gateway: Gateway
    host: Host
    signer: HostServer


@asynccontextmanager
async def clinic_on(folder: Path, host: Host, **settings: object) -> AsyncIterator[Clinic]:
    """Ballast on localhost, and a page that may frame it."""
    signer = HostServer(folder)
    wanted = {"port": free_port(), "frame_ancestors": host.address} | signer.settings | settings
    async with run_gateway(folder, ScriptedBot(), FakeClock(), **wanted) as gateway:
        host.ballast = gateway.desk.settings.address
        yield Clinic(gateway, host, signer)


@pytest.fixture
async def clinic(tmp_path: Path) -> AsyncIterator[Clinic]:
    async with serve(Host()) as host, clinic_on(tmp_path, host) as running:
        yield running


@asynccontextmanager
async def opened(
    browser: Browser, host: Host, size: dict[str, int] = WIDE, **more: object
) -> AsyncIterator[Page]:
    """The intranet's page in a browser that has nothing to complain of."""
    context = await browser.new_context(viewport=size, reduced_motion="reduce", **more)  # type: ignore[arg-type]
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda told: complaints.append(told.text) if told.type in ("error", "warning") else None,
    )
    await page.goto(host.address)
    yield page
    await context.close()
    # A socket that is closed by going away is no fault of the page.
    host.complaints = [told for told in complaints if "WebSocket" not in told]


async def sign_in(clinic: Clinic, page: Page) -> None:
    """In a tab of its own: of one site, so it holds in the frame as well."""
    tab = await page.context.new_page()
    token = await make_link(clinic.gateway.desk, clinic.gateway.people.therapist)
    await tab.goto(f"{clinic.host.ballast}/sign-in#{token}")
    await tab.get_by_role("button", name="Sign in").click()
    await tab.wait_for_url(lambda url: "/sign-in" not in url or "your-sign-in" in url)
    await tab.close()


def frame_of(page: Page) -> FrameLocator:
    return page.frame_locator("ballast-chat iframe")


async def test_copy_paste_works(clinic: Clinic, browser: Browser) -> None:
    gateway, host = clinic.gateway, clinic.host
    async with opened(browser, host) as page:
        launcher = page.get_by_role("button", name="Think it through")
        await expect(launcher).to_have_attribute("aria-expanded", "false")
        box = await launcher.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44
        assert await page.locator("iframe").count() == 0, "nothing is loaded before the press"
        await sign_in(clinic, page)
        # By keyboard alone.
        await launcher.focus()
        await page.keyboard.press("Enter")
        await expect(launcher).to_have_attribute("aria-expanded", "true")
        frame = frame_of(page)
        await frame.locator(".start[data-path=full]").press("Enter")
        composer = frame.locator("#composer")
        await composer.fill("She turned away when I said his name.")
        await composer.press("Control+Enter")
        await expect(frame.locator(".mine .kept").first).to_be_visible()
        await composer.fill("not sent yet")
        # Escape closes it, from within too, and the focus comes back.
        await composer.press("Escape")
        await expect(page.locator("ballast-chat iframe")).to_be_hidden()
        await expect(launcher).to_be_focused()
        await expect(launcher).to_have_attribute("aria-expanded", "false")
        await launcher.press("Enter")
        await expect(composer).to_have_value("not sent yet")
        await page.get_by_role("button", name="Close", exact=True).click()
        await expect(launcher).to_be_focused()
        assert await page.title() == "Intranet"
    assert host.complaints == []
    [one] = await _reflections(gateway)
    told = await turns(gateway.desk, gateway.people.therapist, one)
    assert told[-1].text == "She turned away when I said his name."


async def _reflections(gateway: Gateway) -> list[str]:
    http = await gateway.signed_in(gateway.people.therapist)
    async with http.get("/api/reflections") as response:
        return [one["id"] for one in (await response.json())["reflections"]]


async def test_escape_twice_covers_what_is_in_the_frame(clinic: Clinic, browser: Browser) -> None:
    async with opened(browser, clinic.host) as page:
        await sign_in(clinic, page)
        await page.get_by_role("button", name="Think it through").click()
        frame = frame_of(page)
        await frame.locator(".start").first.focus()
        await page.keyboard.press("Escape")
        await expect(page.locator("ballast-chat iframe")).to_be_hidden()
        await page.keyboard.press("Escape")
        await page.get_by_role("button", name="Think it through").click()
        await expect(frame.locator("#cover")).to_be_visible()
        await expect(frame.locator("#app")).to_be_hidden()
    assert clinic.host.complaints == []


def _token_of_the_docs(clinic: Clinic, subject: str) -> str:
    """What the function in the docs gives, at the time of the gateway's clock."""
    [code] = re.findall(r"```python\n(.*?)```", DOCS, re.DOTALL)
    namespace: dict[str, object] = {}
    exec(code.replace(BALLAST, clinic.host.ballast).replace("time.time()", "NOW"), namespace)  # noqa: S102
    namespace["NOW"] = clinic.gateway.desk.clock().timestamp()
    token_for = namespace["token_for"]
    return token_for(subject, clinic.signer.key.as_pem(private=True))  # type: ignore[operator]


async def test_the_page_signs_its_reader_in(clinic: Clinic, browser: Browser) -> None:
    clinic.host.snippet = HAND_OVER
    subject = await clinic.signer.knows(clinic.gateway, clinic.gateway.people.therapist)
    clinic.host.token = lambda: _token_of_the_docs(clinic, subject)
    async with opened(browser, clinic.host) as page:
        await page.get_by_role("button", name="Open Ballast").click()
        frame = frame_of(page)
        await expect(frame.locator(".leaving")).to_contain_text("Signed in as therapist")
        # Somebody else sits down at the same browser.
        other = await clinic.signer.knows(clinic.gateway, clinic.gateway.people.other_therapist)
        clinic.host.token = lambda: _token_of_the_docs(clinic, other)
        await page.reload()
        await page.get_by_role("button", name="Open Ballast").click()
        await expect(frame.locator(".leaving")).to_contain_text("Signed in as other therapist")
    # What the first one's page was asking for just then is refused.
    assert all("401" in told for told in clinic.host.complaints)


async def test_a_page_may_hand_over_in_a_way_of_its_own(clinic: Clinic, browser: Browser) -> None:
    subject = await clinic.signer.knows(clinic.gateway, clinic.gateway.people.therapist)
    async with opened(browser, clinic.host) as page:
        await page.locator("ballast-chat").wait_for(state="attached")
        # Asked again by each page in the frame: a token is good for once.
        await page.expose_function("freshToken", lambda: _token_of_the_docs(clinic, subject))
        await page.evaluate("document.querySelector('ballast-chat').handOver = () => freshToken()")
        await page.get_by_role("button", name="Think it through").click()
        await expect(frame_of(page).locator(".leaving")).to_contain_text("Signed in as therapist")
    assert clinic.host.complaints == []


async def test_a_token_that_does_not_fit_is_said_in_the_frame(
    clinic: Clinic, browser: Browser
) -> None:
    clinic.host.snippet, clinic.host.token = HAND_OVER, lambda: secrets.token_urlsafe(40)
    async with opened(browser, clinic.host) as page:
        await page.get_by_role("button", name="Open Ballast").click()
        said = clinic.gateway.desk.notices["hand_over_refused"]
        await expect(frame_of(page).locator("#status")).to_have_text(said)
    assert all("403" in told for told in clinic.host.complaints)


async def test_a_page_with_a_strict_policy_needs_no_more_than_the_docs_say(
    clinic: Clinic, browser: Browser
) -> None:
    [policy] = re.findall(r"Content-Security-Policy: (.*?)\n```", DOCS, re.DOTALL)
    clinic.host.policy = " ".join(policy.split()).replace(BALLAST, clinic.host.ballast)
    async with opened(browser, clinic.host) as page:
        await sign_in(clinic, page)
        launcher = page.get_by_role("button", name="Think it through")
        assert await launcher.evaluate("it => getComputedStyle(it).position") == "fixed"
        colour = "it => getComputedStyle(it).backgroundColor"
        assert await launcher.evaluate(colour) == "rgb(39, 99, 91)"
        await launcher.click()
        await expect(frame_of(page).locator(".start").first).to_be_visible()
    assert clinic.host.complaints == []


async def test_a_page_that_may_not_frame_it_is_told_and_offers_a_tab(
    clinic: Clinic, browser: Browser
) -> None:
    foreign = Host(ballast=clinic.host.ballast)
    async with serve(foreign, "127.0.0.1"), opened(browser, foreign) as page:
        await page.get_by_role("button", name="Think it through").click()
        note = page.locator("ballast-chat .note")
        await expect(note).to_contain_text("Ballast cannot be shown on this page.")
        link = note.get_by_role("link", name="Open Ballast in a tab of its own")
        await expect(link).to_have_attribute("href", f"{clinic.host.ballast}/")
        await expect(page.locator("ballast-chat iframe")).to_be_hidden()
        async with page.context.expect_page() as opening:
            await link.click()
        tab = await opening.value
        await expect(tab.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    assert all("frame-ancestors" in told for told in foreign.complaints)


async def test_settings_that_do_not_fit_are_said_once_and_left_out(
    clinic: Clinic, browser: Browser
) -> None:
    clinic.host.snippet = ELEMENT.replace(
        'position="start"', 'position="left" colour="#808080" language="xx"'
    )
    async with opened(browser, clinic.host) as page:
        launcher = page.get_by_role("button", name="Debrief")
        for colour, shown in {
            "nonsense": "rgb(39, 99, 91)",
            "#0008": "rgb(39, 99, 91)",
            "yellow": "rgb(255, 255, 0)",
            "#808080": "rgb(39, 99, 91)",
        }.items():
            await page.evaluate(
                "it => document.querySelector('ballast-chat').setAttribute('colour', it)", colour
            )
            got = await launcher.evaluate("it => getComputedStyle(it).backgroundColor")
            assert got == shown, colour
        assert await page.locator("ballast-chat").count() == 1
    said = [told.partition('"')[0] for told in clinic.host.complaints]
    assert sorted(said) == sorted(
        [
            "Ballast: there is no language ",
            "Ballast: the position ",
            "Ballast: neither white nor black text can be read well on the colour ",
            "Ballast: the colour ",
            "Ballast: the colour ",
        ]
    )


@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
async def test_on_a_narrow_screen_it_fills_it_and_keeps_the_keyboard_inside(
    clinic: Clinic, browser: Browser, tmp_path: Path, *, is_dark: bool
) -> None:
    scheme = "dark" if is_dark else "light"
    for size in (WIDE, NARROW):
        async with opened(browser, clinic.host, size, color_scheme=scheme) as page:
            await sign_in(clinic, page)
            await page.screenshot(path=tmp_path / "closed.png")
            await page.get_by_role("button", name="Think it through").click()
            frame = frame_of(page)
            await expect(frame.locator(".start").first).to_be_visible()
            await page.screenshot(path=tmp_path / "open.png")
            too_wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            inside = page.frames[1]
            assert not await inside.evaluate(too_wide)
            assert not await page.evaluate(too_wide)
            box = await page.locator("ballast-chat dialog").bounding_box()
            assert box
            if size is NARROW:
                assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 320, 640)
        assert clinic.host.complaints == []


async def test_where_the_browser_keeps_no_sign_in_the_frame_says_so_once(
    tmp_path: Path, browser: Browser
) -> None:
    given: list[str] = []
    host = Host(snippet=HAND_OVER)
    # Of another site, and without TLS: named in the setting all the same.
    async with serve(host, "127.0.0.1"), clinic_on(tmp_path, host) as clinic:
        subject = await clinic.signer.knows(clinic.gateway, clinic.gateway.people.therapist)

        def give() -> str:
            given.append(_token_of_the_docs(clinic, subject))
            return given[-1]

        host.token = give
        async with opened(browser, host) as page:
            await page.get_by_role("button", name="Open Ballast").click()
            frame = frame_of(page)
            await expect(frame.locator("#status")).to_contain_text("keeps no sign-in")
            await expect(frame.get_by_role("link", name="in a tab of its own")).to_be_visible()
            assert len(given) == 1
    assert all("401" in told for told in host.complaints)


async def test_a_page_of_another_site_gets_cookies_for_its_frame_alone(
    tmp_path: Path, browser: Browser
) -> None:
    certificate, _ = own_certificate(tmp_path)
    port, outside = free_port(), free_port()
    host = Host(snippet=HAND_OVER)
    async with (
        serve(host, "127.0.0.1", ssl=certificate),
        clinic_on(tmp_path, host, port=port, public_url=f"https://localhost:{outside}") as clinic,
        tls_in_front(outside, port, certificate),
    ):
        subject = await clinic.signer.knows(clinic.gateway, clinic.gateway.people.therapist)
        host.token = lambda: _token_of_the_docs(clinic, subject)
        async with opened(browser, host, ignore_https_errors=True) as page:
            await page.get_by_role("button", name="Open Ballast").click()
            frame = frame_of(page)
            await expect(frame.locator(".leaving")).to_contain_text("Signed in as therapist")
            await frame.locator(".start").first.click()
            await expect(frame.locator(".said").first).to_be_visible()
            cookies = {one["name"]: one for one in await page.context.cookies()}
            assert set(cookies) == {"__Host-ballast_session", "__Host-ballast_framed"}
            for one in cookies.values():
                assert (one["sameSite"], one["secure"], one["httpOnly"]) == ("None", True, True)
                assert "127.0.0.1" in one["partitionKey"]
            # What the page around asks for itself is refused, cookie or not.
            for method, path in (("GET", "/api/me"), ("POST", "/api/reflections")):
                await page.evaluate(ASK_FROM_OUTSIDE, [method, f"{host.ballast}{path}"])
            assert len(await _reflections_of(clinic)) == 1
            # In a tab of its own nobody is signed in: that is another place.
            tab = await page.context.new_page()
            await tab.goto(host.ballast)
            await expect(tab.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()


async def _reflections_of(clinic: Clinic) -> list[object]:
    return list(await list_reflections(clinic.gateway.desk, clinic.gateway.people.therapist))
