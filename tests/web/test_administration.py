"""An administrator's pages: what they change, who is told of it, and what they never show."""

from __future__ import annotations

import asyncio
import html
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientSession
from sqlalchemy import select, update

from bot.conversation.accounts import make_link, sign_in
from bot.conversation.accounts.people import CannotDo, add_account, disable
from bot.conversation.holds import holds
from bot.conversation.review.reading import read_shared
from bot.safety.contacts import load_contacts
from bot.storage.access import NotFound
from bot.storage.audit import entries, head_as_text, head_of
from bot.storage.columns import new_id
from bot.storage.keeping import AuditEntry
from bot.storage.models import Account, SignIn, Supervision
from bot.storage.states import Role
from tests.gateway import FakeClock, Gateway, People, say, share_summary, start

HOSTILE = "<script>alert(1)</script> & <b>{{ 7 * 7 }}</b>"
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;{{ 7 * 7 }}&lt;/b&gt;"
LINK = re.compile(r"/sign-in#([\w-]{20,})")


@pytest.fixture
async def administrator(standing: Gateway, people: People) -> ClientSession:
    return await standing.signed_in(people.administrator)


async def page(http: ClientSession, place: str) -> str:
    async with http.get(f"/administration{place}") as response:
        assert response.status == 200, await response.text()
        return await response.text()


async def send(http: ClientSession, place: str, **form: str) -> tuple[int, str]:
    """Send a form as a browser does, and give the status and the page that comes of it."""
    async with http.post(f"/administration{place}", data=form) as response:
        return response.status, await response.text()


async def told(gateway: Gateway, event: str) -> AuditEntry:
    """The last entry of an event."""
    async with gateway.desk.sessions() as session:
        return [one async for one in entries(session) if one.event == event][-1]


async def stale(gateway: Gateway, account: Account) -> None:
    """Let all sign-ins of an account be from longer ago."""
    async with gateway.desk.sessions.begin() as session:
        began = gateway.desk.clock() - timedelta(minutes=11)
        mine = update(SignIn).where(SignIn.account_id == account.id)
        await session.execute(mine.values(began_at=began))


# People


async def test_an_administrator_who_comes_in_is_led_to_their_pages(
    administrator: ClientSession,
) -> None:
    async with administrator.get("/") as response:
        assert (response.status, response.url.path) == (200, "/administration")


async def test_a_person_is_added_and_their_link_is_shown_once(
    standing: Gateway, people: People, administrator: ClientSession
) -> None:
    name = f"Thandi {new_id()}"
    status, shown = await send(administrator, "", name=f"  {name} ", role="therapist")
    assert status == 200
    (token,) = LINK.findall(shown)
    account, _ = await sign_in(standing.desk, token)
    assert (account.name, account.role) == (name, Role.THERAPIST)
    for place in ("", f"/people/{account.id}", "/audit"):
        assert token not in await page(administrator, place)
    made, linked = await told(standing, "account_made"), await told(standing, "link_made")
    assert {made.actor, linked.actor} == {people.administrator.id}
    assert {made.account_id, linked.account_id} == {account.id}


async def test_the_name_that_is_taken_or_empty_is_refused_and_what_was_typed_stays(
    standing: Gateway, people: People, administrator: ClientSession
) -> None:
    status, shown = await send(administrator, "", name=people.therapist.name, role="supervisor")
    assert status == 400
    assert f"There is an account called {people.therapist.name} already." in shown
    assert f'value="{people.therapist.name}"' in shown
    assert '<option value="supervisor" selected>' in shown
    for name in ("   ", "x" * 101, "a\x00b"):
        status, shown = await send(administrator, "", name=name, role="supervisor")
        assert (status, "A name has 1 to 100 characters." in shown) == (400, True)


async def test_a_new_link_is_for_an_open_account(
    standing: Gateway, people: People, administrator: ClientSession
) -> None:
    theirs = f"/people/{people.supervisor.id}"
    _, shown = await send(administrator, f"{theirs}/link")
    (token,) = LINK.findall(shown)
    assert "A link waits" in await page(administrator, theirs)
    assert (await sign_in(standing.desk, token))[0].id == people.supervisor.id
    shown = await page(administrator, theirs)
    assert "A link waits" not in shown
    assert "Came in last by</dt><dd>link" in shown
    await send(administrator, f"{theirs}/close")
    status, shown = await send(administrator, f"{theirs}/link")
    assert (status, LINK.search(shown)) == (400, None)


async def test_closing_ends_sign_ins_and_shares_at_once_and_opening_brings_back_no_share(
    standing: Gateway, people: People, administrator: ClientSession
) -> None:
    desk = standing.desk
    reflection = await start(desk, people.therapist)
    await share_summary(desk, people.therapist, reflection)
    supervisor = await standing.signed_in(people.supervisor)
    theirs = f"/people/{people.supervisor.id}"
    before = await page(administrator, theirs)
    assert "for good: should the account be opened again" in before
    status, shown = await send(administrator, f"{theirs}/close")
    assert (status, "closed since" in shown) == (200, True)
    async with supervisor.get("/console") as response:
        assert response.status == 401
    ended = await told(standing, "share_ended")
    assert (ended.actor, ended.reflection_id) == (people.administrator.id, reflection)
    await send(administrator, f"{theirs}/open")
    with pytest.raises(NotFound):
        await read_shared(desk, people.supervisor, reflection)
    for event in ("account_disabled", "account_enabled"):
        entry = await told(standing, event)
        assert (entry.actor, entry.account_id) == (people.administrator.id, people.supervisor.id)


async def test_nobody_closes_their_own_account(
    standing: Gateway, people: People, administrator: ClientSession
) -> None:
    mine = f"/people/{people.administrator.id}"
    assert f"{mine}/close" not in await page(administrator, mine)
    status, shown = await send(administrator, f"{mine}/close")
    assert (status, "Nobody closes their own account" in shown) == (400, True)
    assert "Role" in await page(administrator, mine)


async def test_the_last_administrator_is_not_closed(own_gateway: Gateway) -> None:
    # Two who close each other in the same moment: one of them stays.
    desk, one = own_gateway.desk, own_gateway.people.administrator
    other = await add_account(desk, "Ruth Abrahams", Role.ADMINISTRATOR)
    tried = await asyncio.gather(
        disable(desk, one, by=other.id), disable(desk, other, by=one.id), return_exceptions=True
    )
    (refused,) = [result for result in tried if result is not None]
    assert isinstance(refused, CannotDo)
    assert "the last administrator" in str(refused)
    async with desk.sessions() as session:
        accounts = [await session.get_one(Account, account.id) for account in (one, other)]
        assert [account.disabled_at is None for account in accounts].count(True) == 1
        closed = [entry async for entry in entries(session) if entry.event == "account_disabled"]
    assert len(closed) == 1


async def test_a_person_who_is_not_there_looks_like_no_page(administrator: ClientSession) -> None:
    bodies = []
    for place in (f"/people/{new_id()}", "/nowhere"):
        async with administrator.get(f"/administration{place}") as response:
            assert response.status == 404
            bodies.append(await response.text())
    assert bodies[0] == bodies[1]
    for what in ("link", "close", "open"):
        assert (await send(administrator, f"/people/{new_id()}/{what}"))[0] == 404


async def test_what_gives_power_asks_for_a_fresh_sign_in_and_loses_nothing(
    standing: Gateway, people: People, administrator: ClientSession
) -> None:
    await stale(standing, people.administrator)
    assert "asks for a sign-in of the last ten minutes" in await page(administrator, "")
    name = f"{HOSTILE} {new_id()}"
    status, shown = await send(administrator, "", name=name, role="therapist")
    assert (status, "Not done yet." in shown, LINK.search(shown)) == (403, True, None)
    kept = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', shown))
    fields = {field: html.unescape(value) for field, value in kept.items()}
    assert fields == {"name": name, "role": "therapist"}
    # Signed in again in another tab of the same browser, they press Go on.
    token = await make_link(standing.desk, people.administrator)
    async with administrator.post("/api/sign-in", json={"token": token}) as response:
        assert response.status == 200
    status, shown = await send(administrator, "", **fields)
    assert (status, bool(LINK.search(shown))) == (200, True)


# Teams and supervision


async def test_a_team_is_made_filled_and_emptied(
    standing: Gateway, people: People, administrator: ClientSession
) -> None:
    team = f"{HOSTILE} {new_id()}"
    for person in (people.therapist, people.supervisor):
        status, shown = await send(administrator, "/teams", team=team, person=person.id)
        assert status == 200
    assert f">{ESCAPED}" in shown
    assert "<script>" not in shown
    assert ESCAPED in await page(administrator, f"/people/{people.therapist.id}")
    entry = await told(standing, "account_changed")
    assert (entry.actor, entry.account_id) == (people.administrator.id, people.supervisor.id)
    await send(administrator, "/teams/leave", team=team, person=people.therapist.id)
    assert ESCAPED not in await page(administrator, f"/people/{people.therapist.id}")
    status, shown = await send(administrator, "/teams", team="  ", person=people.therapist.id)
    assert (status, "A name has" in shown) == (400, True)
    assert (await send(administrator, "/teams", team=team, person=new_id()))[0] == 404


async def pair_of(gateway: Gateway, therapist: Account, supervisor: Account) -> Supervision:
    async with gateway.desk.sessions() as session:
        query = select(Supervision).where(
            Supervision.therapist_id == therapist.id, Supervision.supervisor_id == supervisor.id
        )
        return list(await session.scalars(query.order_by(Supervision.since)))[-1]


async def test_a_supervision_begins_ends_and_stays_in_the_history(
    standing: Gateway, people: People, administrator: ClientSession
) -> None:
    whom, who = people.other_therapist, people.other_supervisor
    status, _ = await send(administrator, "/supervision", therapist=whom.id, supervisor=who.id)
    assert status == 200
    pair = await pair_of(standing, whom, who)
    assert (pair.since, pair.until) == (standing.clock.now, None)
    status, shown = await send(administrator, "/supervision", therapist=whom.id, supervisor=who.id)
    assert (status, "supervises" in shown) == (400, True)
    await send(administrator, "/supervision/end", pair=pair.id, last="2026-06-30")
    ending = (await pair_of(standing, whom, who)).until
    assert ending is not None
    assert ending.isoformat() == "2026-07-01T00:00:00+00:00"
    await send(administrator, "/supervision/end", pair=pair.id)
    assert (await pair_of(standing, whom, who)).until == standing.clock.now
    status, shown = await send(administrator, "/supervision/end", pair=pair.id)
    assert (status, "has ended already" in shown) == (400, True)
    assert pair.id not in shown.partition('id="over"')[0].replace(f'value="{pair.id}"', "")
    assert shown.partition('id="over"')[2].count(who.name) >= 1
    entry = await told(standing, "supervision_changed")
    assert (entry.actor, entry.account_id) == (people.administrator.id, whom.id)


async def test_no_first_day_in_the_past_opens_again_what_was_shared_before(
    standing: Gateway, people: People, administrator: ClientSession
) -> None:
    desk = standing.desk
    reflection = await start(desk, people.therapist)
    await share_summary(desk, people.therapist, reflection)
    pair = await pair_of(standing, people.therapist, people.supervisor)
    await send(administrator, "/supervision/end", pair=pair.id)
    standing.clock.advance(seconds=1)
    form = {"therapist": people.therapist.id, "supervisor": people.supervisor.id}
    status, shown = await send(administrator, "/supervision", **form, first="2026-03-01")
    assert (status, "begins today or on a day to come" in shown) == (400, True)
    assert 'value="2026-03-01"' in shown
    await send(administrator, "/supervision", **form, first=standing.clock.now.date().isoformat())
    with pytest.raises(NotFound):
        await read_shared(desk, people.supervisor, reflection)
    again = await start(desk, people.therapist)
    await share_summary(desk, people.therapist, again)
    assert (await read_shared(desk, people.supervisor, again)).view


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ({"last": "2026-03-01"}, "would end before it begins"),
        ({"first": "2026-05-02", "last": "2026-05-01"}, "would end before it begins"),
        ({"first": "2026-02-30"}, "There is no such day."),
        ({"last": "9999-12-31"}, "too far away"),
    ],
)
async def test_days_that_do_not_fit_are_a_sentence(
    people: People, administrator: ClientSession, days: dict[str, str], said: str
) -> None:
    form = {"therapist": people.other_therapist.id, "supervisor": people.supervisor.id} | days
    status, shown = await send(administrator, "/supervision", **form)
    assert (status, said in shown) == (400, True)


async def test_a_supervision_that_is_to_come_can_be_called_off(
    standing: Gateway, people: People, administrator: ClientSession
) -> None:
    whom, who = people.other_therapist, people.supervisor
    form = {"therapist": whom.id, "supervisor": who.id}
    await send(administrator, "/supervision", **form, first="2026-09-01")
    assert "to come" in await page(administrator, "/supervision")
    pair = await pair_of(standing, whom, who)
    status, shown = await send(administrator, "/supervision/end", pair=pair.id)
    assert (status, "did not take place" in shown) == (200, True)
    assert (await send(administrator, "/supervision", **form))[0] == 200


async def test_who_is_no_supervisor_or_closed_supervises_nobody(
    standing: Gateway, people: People, administrator: ClientSession
) -> None:
    form = {"therapist": people.therapist.id, "supervisor": people.other_therapist.id}
    assert (await send(administrator, "/supervision", **form))[0] == 400
    await disable(standing.desk, people.other_supervisor)
    form["supervisor"] = people.other_supervisor.id
    status, shown = await send(administrator, "/supervision", **form)
    assert (status, "is closed; open it first" in shown) == (400, True)


# Contacts


async def test_contacts_are_shown_with_what_is_to_be_done_about_them(
    own_gateway: Gateway, clock: FakeClock
) -> None:
    http = await own_gateway.signed_in(own_gateway.people.administrator)
    shown = await page(http, "/contacts")
    contacts = load_contacts("za")
    assert all(html.escape(one.name) in shown for one in contacts.child_protection)
    assert "za.yml" in shown
    assert "1 number was not checked" in shown
    assert "Nobody of your own is on call" in shown
    assert "more than a year ago" not in shown
    clock.now = clock.now.replace(year=2028)
    http = await own_gateway.signed_in(own_gateway.people.administrator)
    assert "Last checked more than a year ago" in await page(http, "/contacts")


# Keeping


async def test_a_hold_is_placed_on_a_reflection_nobody_reads_and_released(
    standing: Gateway, people: People, administrator: ClientSession
) -> None:
    author = await add_account(standing.desk, f"Nomvula {new_id()}", Role.THERAPIST)
    reflection = await start(standing.desk, author)
    await say(standing.desk, author, reflection, "She said wagtailquartz.")
    status, shown = await send(administrator, "/keeping", held=reflection, reason=HOSTILE)
    assert (status, f">{ESCAPED}<" in shown, "<script>" in shown) == (200, True, False)
    assert "wagtailquartz" not in shown
    # The id is known already to who typed it; whose it is is not told.
    row = next(row for row in shown.split("<tr") if reflection in row).partition("</tr>")[0]
    assert author.name not in row
    placed = await told(standing, "hold_placed")
    assert (placed.actor, placed.reflection_id) == (people.administrator.id, reflection)
    await send(administrator, "/keeping/release", held=reflection)
    assert reflection not in {held for held, _, _ in await holds(standing.desk)}
    assert (await told(standing, "hold_released")).actor == people.administrator.id
    status, shown = await send(administrator, "/keeping/release", held=reflection)
    assert (status, "Nothing is held under this id" in shown) == (400, True)


async def test_a_hold_asks_for_a_reason_and_for_something_to_hold(
    people: People, administrator: ClientSession
) -> None:
    for reason in (" ", "x" * 301):
        form = {"held": people.therapist.id, "reason": reason}
        status, shown = await send(administrator, "/keeping", **form)
        assert (status, "A reason has between 1 and 300" in shown) == (400, True)
        assert f'<option value="{people.therapist.id}" selected>' in shown
    form = {"held": people.supervisor.id, "reason": "file 12"}
    status, shown = await send(administrator, "/keeping", **form)
    assert (status, 'value="file 12"' in shown) == (400, True)


async def test_the_rule_and_what_was_erased_are_told_in_figures(own_gateway: Gateway) -> None:
    desk = own_gateway.desk
    http = await own_gateway.signed_in(own_gateway.people.administrator)
    author = await add_account(desk, "Nomvula Dube", Role.THERAPIST)
    assert "There is no rule" in await page(http, "/keeping")
    rule = {"retention_days": 30, "retention_reason": HOSTILE}
    object.__setattr__(desk, "settings", desk.settings.model_copy(update=rule))
    therapist = await own_gateway.signed_in(author)
    for _ in range(3):
        reflection = await start(desk, author)
        async with therapist.delete(f"/api/reflections/{reflection}") as response:
            assert response.status == 204
    shown = await page(http, "/keeping")
    assert "erased 30 days after its last change" in shown
    assert ESCAPED in shown
    figures = re.findall(r'data-head="(?:Erased|On the way)">(\d+)<', shown)
    assert sum(map(int, figures)) == 3
    assert author.name not in shown.partition('id="receipts"')[2]


# Health


async def test_health_tells_what_is_up_and_what_is_missing(own_gateway: Gateway) -> None:
    http = await own_gateway.signed_in(own_gateway.people.administrator)
    shown = await page(http, "/health")
    assert "not there: train it" in shown
    assert "none yet (ballast backup)" in shown
    assert " GB free of " in shown
    assert "0010" in shown
    assert "Look into it:</strong> down" not in shown
    await own_gateway.actions.close()
    assert "Look into it:</strong> down" in await page(http, "/health")


# Audit


async def test_the_audit_tells_of_accounts_and_not_of_who_shares_with_whom(
    standing: Gateway, people: People, administrator: ClientSession
) -> None:
    desk = standing.desk
    reflection = await start(desk, people.therapist)
    await share_summary(desk, people.therapist, reflection)
    await read_shared(desk, people.supervisor, reflection)
    await send(administrator, f"/people/{people.other_therapist.id}/close")
    shown = await page(administrator, "/audit")
    table = shown.partition("<tbody")[2]
    assert "account disabled" in table
    assert people.other_therapist.name in table
    assert reflection not in shown
    for hidden in ("share", "viewed", "consent", "erase"):
        assert hidden not in table
    only = await page(administrator, "/audit?event=account_disabled")
    assert set(re.findall(r'data-head="What">([\w ]+)<', only)) == {"account disabled"}
    for event in ("share_given", "viewed", "no_such"):
        async with administrator.get(f"/administration/audit?event={event}") as response:
            assert response.status == 400
            assert (await response.json())["text"] == "The audit lists no such event here."


async def test_the_audit_is_verified_also_against_what_was_written_down(
    own_gateway: Gateway,
) -> None:
    desk = own_gateway.desk
    http = await own_gateway.signed_in(own_gateway.people.administrator)
    async with desk.sessions() as session:
        head = head_as_text(await head_of(session))
    assert html.escape(head, quote=True).replace("&quot;", "&#34;") in await page(http, "/audit")
    _, shown = await send(http, "/audit", head="")
    assert "The audit holds" in shown
    await send(http, "", name="Ruth Abrahams", role="supervisor")
    _, shown = await send(http, "/audit", head=head)
    assert "still fits what was written down" in shown
    for written in ("nonsense", '{"number": -1, "code": ""}', "[]", HOSTILE):
        status, shown = await send(http, "/audit", head=written)
        assert (status, "This is no head" in shown, "<script>" in shown) == (400, True, False)
    cut = json.dumps({"number": 9999, "code": "0"})
    _, shown = await send(http, "/audit", head=cut)
    assert "The audit does not hold" in shown
    assert "the end was cut off" in shown


# All of them


def _links(shown: str) -> set[str]:
    return set(re.findall(r'href="(/administration[^"#?]*)', shown))


async def test_no_page_of_theirs_shows_a_reflection_or_a_word_of_one(
    standing: Gateway, people: People, administrator: ClientSession
) -> None:
    reflection = await start(standing.desk, people.therapist)
    await say(standing.desk, people.therapist, reflection, "She said wagtailquartz.")
    await share_summary(standing.desk, people.therapist, reflection)
    seen: dict[str, Any] = {}
    waiting = {"/administration", f"/administration/people/{people.therapist.id}"}
    while waiting:
        place = waiting.pop()
        seen[place] = await page(administrator, place.removeprefix("/administration"))
        others = {link for link in _links(seen[place]) if "/people/" not in link}
        waiting |= others - set(seen)
    assert len(seen) == 8
    for shown in seen.values():
        assert reflection not in shown
        assert "wagtailquartz" not in shown
