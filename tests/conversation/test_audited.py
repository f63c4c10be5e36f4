"""What is done to a record stands in the audit, by whom and to whom, and no word of it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app import open_desk
from bot.conversation.accounts import LinkRefused, make_demonstration_accounts, make_link, sign_in
from bot.conversation.consents import set_consent
from bot.conversation.corrections import note_export
from bot.conversation.desk import Desk
from bot.conversation.reflections import delete_reflection, read_summary
from bot.conversation.review.reading import read_shared
from bot.conversation.settings_seen import note_settings
from bot.conversation.sharing import withdraw_all
from bot.storage.audit import Event, entries, verify
from bot.storage.keeping import AuditEntry
from bot.storage.states import Purpose
from tests.bots import ScriptedBot
from tests.gateway import FakeClock, People, say, share_summary, start
from tests.sealing import with_master_key


@pytest.fixture
async def shared_desk(tmp_path: Path) -> AsyncIterator[Desk]:
    settings = with_master_key(var=tmp_path, models=tmp_path)
    async with open_desk(settings, lambda _: ScriptedBot(), FakeClock()) as (opened, _):
        yield opened


async def _told(desk: Desk) -> list[AuditEntry]:
    async with desk.sessions() as session:
        assert (await verify(session)).fault is None
        return [entry async for entry in entries(session)]


async def test_an_evening_is_told_in_order_with_ids_alone(desk: Desk, people: People) -> None:
    therapist, supervisor = people.therapist, people.supervisor
    await sign_in(desk, await make_link(desk, therapist))
    reflection = await start(desk, therapist)
    await say(desk, therapist, reflection, "She said wagtailquartz.")
    await share_summary(desk, therapist, reflection)
    await share_summary(desk, therapist, reflection)
    await read_shared(desk, supervisor, reflection)
    await read_summary(desk, therapist, reflection)
    await withdraw_all(desk, therapist, reflection)
    for given in (True, True, False, False):
        await set_consent(desk, therapist, Purpose.CORRECTIONS, given=given)
    await note_export(desk, Path("candidates.yml"), 3)
    await delete_reflection(desk, therapist, reflection)
    told = await _told(desk)
    t, s, r = therapist.id, supervisor.id, reflection
    assert [(e.event, e.actor, e.account_id, e.reflection_id) for e in told] == [
        ("link_made", "command", t, None),
        ("signed_in", t, t, None),
        ("share_given", t, s, r),
        ("share_ended", t, s, r),
        ("share_given", t, s, r),
        ("viewed", s, None, r),
        ("reviewed", s, s, r),
        ("share_withdrawn", t, s, r),
        ("consent_given", t, t, None),
        ("consent_withdrawn", t, t, None),
        ("corrections_exported", "command", None, None),
        ("erase_asked", t, t, r),
    ]
    written = repr([vars(entry) for entry in told])
    assert "wagtailquartz" not in written
    assert "candidates.yml" not in written


async def test_a_link_that_was_used_is_refused_in_the_audit_and_an_unknown_one_is_not(
    desk: Desk, people: People
) -> None:
    link = await make_link(desk, people.therapist)
    await sign_in(desk, link)
    for token in (link, "unknown"):
        with pytest.raises(LinkRefused):
            await sign_in(desk, token)
    told = [(entry.event, entry.account_id) for entry in await _told(desk)]
    theirs = people.therapist.id
    assert told == [
        ("link_made", theirs),
        ("signed_in", theirs),
        ("sign_in_refused", theirs),
    ]


async def test_accounts_that_are_made_are_told_once(desk: Desk) -> None:
    made = [account.id for _ in "ab" for account in await make_demonstration_accounts(desk)]
    told = await _told(desk)
    assert [entry.event for entry in told] == [Event.ACCOUNT_MADE] * 2
    assert {entry.account_id for entry in told} == set(made)


async def test_settings_that_were_changed_are_named_and_their_values_are_not(
    desk: Desk,
) -> None:
    assert await note_settings(desk) == []
    assert await note_settings(desk) == []
    changed = desk.settings.model_copy(update={"port": 61_234, "country": "gb"})
    object.__setattr__(desk, "settings", changed)
    assert sorted(await note_settings(desk)) == ["country", "port"]
    (entry,) = await _told(desk)
    assert entry.event == Event.SETTINGS_CHANGED
    assert sorted(json.loads(entry.details)["names"]) == ["country", "port"]
    assert "61234" not in entry.details
