"""Two hundred strings of hostile markup in every text field: none runs, all are shown as typed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import pytest
from playwright.async_api import Browser, Page

from bot.conversation.accounts.people import add_account, put_in_team
from bot.conversation.holds import place_hold
from bot.conversation.records import Answered, Heard
from bot.conversation.review.concerns import read_concerns, write_done
from bot.conversation.review.reading import read_own
from bot.conversation.review.writing import Written, comment
from bot.conversation.sharing import ShareWish, share
from bot.reflection.stages import Question
from bot.storage.columns import new_id
from bot.storage.double_reading_tables import DoubleReading, ExportedReading, StudyExport
from bot.storage.review_tables import SavedView
from bot.storage.sign_in_tables import Passkey
from bot.storage.states import Role, ShareScope
from bot.themes.findings import Evidence, Finding, Theme
from tests.bots import ScriptedBot
from tests.gateway import Gateway, run_gateway
from tests.page.hostile import HOSTILE, together
from tests.page.practice import Practice, make_practice, tell
from tests.page.test_every_page import DESKTOP

STRANGE = "script:not([src]), iframe, object, embed, base, meta[http-equiv], plaintext, template"


@dataclass
class Watched:
    """A page that notices when something of what was typed has run."""

    page: Page
    address: str
    ran: list[str] = field(default_factory=list)

    async def go(self, path: str) -> None:
        await self.page.goto(f"{self.address}{path}")

    async def shows(self, wanted: Sequence[str]) -> None:
        """Everything is there as it was typed, as text or in a field; nothing has run."""
        # What a picture's failing would run comes a moment later.
        await self.page.evaluate("new Promise((done) => setTimeout(done, 50))")
        there = await self.page.evaluate(
            """document.body.textContent + "\\n" + [...document.querySelectorAll("input, textarea")]
            .map((one) => one.value).join("\\n")"""
        )
        words = " ".join(there.split())
        missing = [text for text in wanted if text not in words]
        assert not missing, missing[:5]
        assert await self.page.locator(STRANGE).count() == 0
        assert self.page.url.startswith(self.address)
        assert self.ran == []


@pytest.fixture(scope="module")
async def practice(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Practice]:
    bot = ScriptedBot()
    # A mail server that is never reached: only so is there a field for an address.
    mail = {"smtp_host": "127.0.0.1", "smtp_port": 1, "smtp_from": "ballast@clinic.example"}
    async with run_gateway(tmp_path_factory.mktemp("hostile"), bot, **mail) as running:
        yield await make_practice(running, bot)


@pytest.fixture
def gateway(practice: Practice) -> Gateway:
    return practice.gateway


async def watched(practice: Practice, browser: Browser, role: Role) -> Watched:
    page = await practice.page_of(browser, role, DESKTOP)
    seen = Watched(page, practice.gateway.address)
    await page.expose_function("ran", lambda *_: seen.ran.append("ran"))
    page.on("dialog", lambda dialog: seen.ran.append(dialog.message))
    page.on("pageerror", lambda error: seen.ran.append(str(error)))
    return seen


def test_there_are_two_hundred() -> None:
    assert len(set(HOSTILE)) == 200


async def test_what_is_told_quoted_and_shared(
    practice: Practice, gateway: Gateway, browser: Browser
) -> None:
    told = together(7000)
    found = [
        Finding(Theme.PARENT_TRAUMA, None, 0.9, (Evidence(0, len(text), text),)) for text in told
    ]
    made = [(Answered(Question.DESCRIBE), Heard((one,))) for one in found]
    reflection = await tell(gateway, gateway.bot, list(zip(told, made, strict=True)))
    supervisor = gateway.people.supervisor.id
    asked = ShareWish(supervisor=supervisor, scope=ShareScope.WHOLE)
    await share(gateway.desk, gateway.people.therapist, reflection, asked)
    reader = await watched(practice, browser, Role.SUPERVISOR)
    await reader.go(f"/console/{reflection}")
    await reader.shows(HOSTILE)
    await reader.go("/console")
    await reader.shows([])
    author = await watched(practice, browser, Role.THERAPIST)
    await author.go(f"/reflections/{reflection}")
    await author.shows(HOSTILE)
    await author.go(f"/#/reflection/{reflection}")
    await author.page.locator(".turn", has_text=told[-1].split(" | ")[0]).first.wait_for()
    await author.shows(HOSTILE)
    for note in together(500):
        await share(
            gateway.desk,
            gateway.people.therapist,
            reflection,
            ShareWish(supervisor=supervisor, note=note),
        )
        await reader.go(f"/console/{reflection}")
        await reader.shows(note.split(" | "))
    for one in (reader, author):
        await one.page.context.close()


async def test_comments_and_replies(practice: Practice, gateway: Gateway, browser: Browser) -> None:
    desk, people, reflection = gateway.desk, gateway.people, practice.reflection
    for text in together(1900):
        written = Written(client_id=new_id(), text=text, turn=2)
        await comment(desk, people.supervisor, reflection, written)
        root = (await read_own(desk, people.therapist, reflection)).on(2)[-1]
        reply = Written(client_id=new_id(), text=text, answers=root.id)
        await comment(desk, people.therapist, reflection, reply)
    for role, path in ((Role.SUPERVISOR, "/console"), (Role.THERAPIST, "/reflections")):
        one = await watched(practice, browser, role)
        await one.go(f"{path}/{reflection}")
        await one.shows(HOSTILE)
        # What comes without a reload is drawn in another way.
        more = Written(client_id=new_id(), text=together(1900)[0], turn=3)
        await comment(desk, people.supervisor, reflection, more)
        arrived = one.page.locator("#turn-3 .remark", has_text=HOSTILE[0]).last
        await arrived.wait_for()
        await one.shows(HOSTILE)
        # Refused, it is still in its field.
        form = one.page.locator("#turn-4 form").first
        await one.page.locator("#turn-4 summary").first.click()
        await form.locator("textarea").fill(HOSTILE[4])
        await form.locator("input[name=passage]").fill(HOSTILE[5])
        await form.get_by_role("button").click()
        await one.page.locator(".refusal").wait_for()
        await one.shows(HOSTILE)
        await one.page.context.close()


async def test_what_was_done_about_a_concern(
    practice: Practice, gateway: Gateway, browser: Browser
) -> None:
    desk, supervisor = gateway.desk, gateway.people.supervisor
    concern = (await read_concerns(desk, supervisor)).open[0]
    for text in together(1000):
        await write_done(desk, supervisor, concern.id, text)
        gateway.clock.advance(minutes=1)
    reader = await watched(practice, browser, Role.SUPERVISOR)
    await reader.go("/console/concerns")
    await reader.shows(HOSTILE)
    await reader.page.context.close()


async def test_words_to_search_for(practice: Practice, browser: Browser) -> None:
    reader = await watched(practice, browser, Role.SUPERVISOR)
    for text in together(200):
        line = text
        await reader.go("/console/search")
        await reader.page.locator("input[name=words]").fill(line)
        await reader.page.get_by_role("button", name="Search").click()
        await reader.page.get_by_role("status").filter(has_text="found in").wait_for()
        await reader.shows([line])
    await reader.page.context.close()


async def test_a_mail_address_that_is_none_is_refused_and_still_in_its_field(
    practice: Practice, browser: Browser
) -> None:
    reader = await watched(practice, browser, Role.SUPERVISOR)
    await reader.go("/console/notifications")
    for text in together(250):
        await reader.page.get_by_label("Address for these messages").fill(text)
        await reader.page.get_by_role("button", name="Keep this address").click()
        await reader.page.get_by_role("alert").wait_for()
        await reader.page.wait_for_load_state()
        await reader.shows(text.split(" | "))
    await reader.page.context.close()


async def test_names_of_views_and_passkeys_and_approvals_of_studies(
    practice: Practice, gateway: Gateway, browser: Browser
) -> None:
    # Written as rows: the use cases take twenty views, and no passkey without a device.
    people, now = gateway.people, gateway.desk.clock()
    supervisor, author = people.supervisor.id, people.therapist.id
    reading = DoubleReading(
        id=new_id(), reflection_id=practice.reflection, begun_at=now, for_study=True
    )
    async with gateway.desk.sessions.begin() as session:
        session.add(reading)
        for text in HOSTILE:
            session.add(SavedView(account_id=supervisor, name=text, query="state=new"))
            session.add(
                Passkey(
                    account_id=author,
                    credential_id=text.encode(),
                    public_key=b"",
                    sign_count=0,
                    name=text,
                    made_at=now,
                )
            )
            export = StudyExport(id=new_id(), supervisor_id=supervisor, made_at=now, approval=text)
            session.add(export)
            await session.flush()
            session.add(ExportedReading(export_id=export.id, reading_id=reading.id))
    for role, path in (
        (Role.SUPERVISOR, "/console"),
        (Role.THERAPIST, "/your-sign-in"),
        (Role.THERAPIST, f"/reflections/{practice.reflection}"),
    ):
        one = await watched(practice, browser, role)
        await one.go(path)
        if path == "/your-sign-in":
            await one.page.get_by_text(HOSTILE[-1], exact=True).wait_for()
        await one.shows(HOSTILE)
        await one.page.context.close()


async def test_what_is_typed_to_sign_in(practice: Practice, browser: Browser) -> None:
    reader = await watched(practice, browser, Role.SUPERVISOR)
    await reader.page.context.clear_cookies()
    await reader.go("/sign-in")
    for text in together(100):
        await reader.page.get_by_role("textbox", name="Name").fill(text)
        await reader.page.get_by_role("textbox", name="Password").fill(text)
        async with reader.page.expect_response("**/api/sign-in/password"):
            await reader.page.get_by_role("button", name="Go on").click()
        await reader.shows(text.split(" | "))
    await reader.page.context.close()


async def test_lines_of_ones_own_among_the_talking_points(
    practice: Practice, browser: Browser
) -> None:
    reader = await watched(practice, browser, Role.SUPERVISOR)
    therapist = practice.account(Role.THERAPIST).id
    for text in together(4000):
        lines = text.split(" | ")
        await reader.go(f"/console/talking-points?therapist={therapist}")
        await reader.page.locator("textarea[name=own]").fill("\n".join(lines))
        await reader.page.get_by_role("button", name="Put it together for printing").click()
        await reader.page.get_by_text(lines[0]).first.wait_for()
        await reader.page.wait_for_load_state()
        await reader.shows(lines)
    await reader.page.context.close()


async def test_names_of_people_and_teams_and_reasons(
    practice: Practice, gateway: Gateway, browser: Browser
) -> None:
    desk, by = gateway.desk, gateway.people.administrator.id
    administrator = await watched(practice, browser, Role.ADMINISTRATOR)
    for number, text in enumerate(together(96)):
        # Two names that are compared as equal are refused.
        name = f"{number} {' '.join(text.split())}"
        account = await add_account(desk, name, Role.THERAPIST, by=by)
        await put_in_team(desk, account, name, is_leaving=False, by=by)
        last = account
    for text in together(290):
        await place_hold(desk, last.id, text, by=by)
    for path in ("", "/teams", f"/people/{last.id}", "/supervision", "/audit"):
        await administrator.go(f"/administration{path}")
        await administrator.shows(HOSTILE if path in ("", "/teams") else [])
    await administrator.go("/administration/keeping")
    await administrator.shows(HOSTILE)
    await administrator.page.context.close()
