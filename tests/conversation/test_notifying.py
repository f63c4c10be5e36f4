"""A message says where to look and not what was told, and what became of it is said honestly."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from pydantic import SecretStr, ValidationError
from sqlalchemy import delete

from bot.conversation import channels, notifying
from bot.conversation.desk import Desk
from bot.conversation.notifications import (
    CannotNotify,
    read_notifications,
    send_test,
    set_mail_address,
)
from bot.conversation.notifying import PAUSES, Notifying, remind_all, send_due
from bot.conversation.review.concerns import read_concerns, write_done
from bot.conversation.sharing import ShareWish, share, withdraw_all
from bot.safety.kinds import Kind
from bot.settings import Settings
from bot.storage.access import own_reflection
from bot.storage.audit import GATEWAY, entries
from bot.storage.concern_tables import MailAddress, Notification
from bot.storage.concerns import concerns_in
from bot.storage.erasing import delete_rows, intend
from bot.storage.models import Account, Supervision
from bot.storage.states import Channel, ErasedBecause, NotificationState, Occasion, ShareScope
from tests.bots import ScriptedBot
from tests.certificate import own_certificate
from tests.conftest import until
from tests.conversation.evening import Evening
from tests.conversation.samples import ABOUT_THE_CASE, ABOUT_THE_THERAPIST, TO_CHECK
from tests.gateway import FakeClock, People
from tests.notified import (
    PASSWORD,
    USER,
    MailServer,
    SlackChannel,
    mail_server,
    slack_channel,
)

WAITING, HANDED_OVER, NOT_DELIVERED, NOT_SENT = NotificationState
CANARY = "wagtailquartz"
DANGER = f"{ABOUT_THE_CASE[Kind.SUICIDALITY_CHILD]} {CANARY}."
LEAD = "lead@clinic.example"


@pytest.fixture
async def mail() -> AsyncIterator[MailServer]:
    async with mail_server() as running:
        yield running


@pytest.fixture
async def slack() -> AsyncIterator[SlackChannel]:
    async with slack_channel() as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


def with_settings(desk: Desk, **settings: Any) -> Desk:
    return replace(desk, settings=desk.settings.model_copy(update=settings))


@pytest.fixture
async def evening(desk: Desk, people: People, bot: ScriptedBot, mail: MailServer) -> Evening:
    """One with danger in it, of a supervisor who gave an address."""
    async with desk.sessions.begin() as session:
        # One database for many tests: what others left is not meant here.
        await session.execute(delete(Notification))
        await session.execute(delete(MailAddress))
    begun = await Evening.begin(with_settings(desk, **mail.settings), people, bot)
    await set_mail_address(desk, people.supervisor, LEAD)
    await begun.say(DANGER)
    return begun


async def outbox(evening: Evening, reader: Account | None = None) -> list[Notification]:
    reader = reader or evening.people.supervisor
    return [*reversed((await read_notifications(evening.desk, reader))[1])]


async def send(evening: Evening, http: ClientSession) -> None:
    for channel in Channel:
        await send_due(evening.desk, http, channel)


async def states(evening: Evening) -> list[tuple[NotificationState, int]]:
    return [(one.state, one.tries) for one in await outbox(evening)]


async def done(evening: Evening) -> None:
    async with evening.desk.sessions() as session:
        ((concern, _),) = await concerns_in(session, [evening.id])
    await write_done(evening.desk, evening.people.supervisor, concern.id, "I called her.")


async def test_a_message_says_where_to_look_and_nothing_of_what_was_told(
    evening: Evening, mail: MailServer, slack: SlackChannel, http: ClientSession
) -> None:
    evening.desk = with_settings(evening.desk, slack_webhook=SecretStr(slack.webhook))
    await evening.share(scope=ShareScope.WHOLE, note=f"Please look at {CANARY}.")
    await send(evening, http)
    (letter,) = mail.mails
    assert (letter["To"], letter["From"]) == (LEAD, "ballast@clinic.example")
    assert mail.taken[0].rcpt_tos == [LEAD]
    (posted,) = slack.taken
    raw = (mail.taken[0].content or b"").decode().lower() + str(posted).lower()
    private = ("therapist", "child", "suicid", "risk", "paracetamol", "girl", evening.id, CANARY)
    assert [word for word in private if word in raw] == []
    assert f"{evening.desk.settings.address}/console/concerns" in posted["text"]
    assert mail.texts[0].split() == posted["text"].split()
    assert "this program has told nobody" in posted["text"]
    assert await states(evening) == [(HANDED_OVER, 1), (HANDED_OVER, 1)]


@pytest.mark.parametrize(
    ("level", "told", "is_told"),
    [
        ("danger", TO_CHECK, False),
        ("concern", TO_CHECK, True),
        ("nothing", DANGER, False),
        ("danger", "She came late.", False),
        ("concern", "She came late.", False),
        *(("concern", told, False) for told in ABOUT_THE_THERAPIST.values()),
    ],
)
async def test_the_setting_says_of_what_somebody_is_notified(
    desk: Desk,
    people: People,
    bot: ScriptedBot,
    mail: MailServer,
    level: str,
    told: str,
    *,
    is_told: bool,
) -> None:
    chosen = with_settings(desk, notify=level, **mail.settings)
    await set_mail_address(desk, people.supervisor, LEAD)
    evening = await Evening.begin(chosen, people, bot)
    number = await evening.say(told)
    await evening.share(scope=ShareScope.TURNS, turns=frozenset({number}))
    await evening.share(scope=ShareScope.WHOLE)
    assert bool(await outbox(evening)) is is_told


async def test_without_a_server_or_an_address_nothing_is_put_out(
    desk: Desk, people: People, bot: ScriptedBot, mail: MailServer
) -> None:
    evening = await Evening.begin(desk, people, bot)
    await evening.say(DANGER)
    await evening.share()
    found = await read_concerns(desk, people.supervisor)
    assert (found.how.is_on, found.open[0].messages) == (False, [])
    evening.desk = with_settings(desk, **mail.settings)
    await withdraw_all(desk, people.therapist, evening.id)
    await evening.share()
    found = await read_concerns(evening.desk, people.supervisor)
    assert (found.how.is_on, found.how.channels, found.open[0].messages) == (True, [], [])
    assert (await evening.shares())[0]["messages"] == []


@pytest.mark.parametrize("answer", ["550 No such person", "451 Try later", "554 Spam"])
async def test_a_mail_that_is_refused_is_tried_with_growing_pauses_and_then_not_delivered(
    evening: Evening, mail: MailServer, http: ClientSession, clock: FakeClock, answer: str
) -> None:
    mail.answer = answer
    await evening.share()
    await send(evening, http)
    for number, pause in enumerate(PAUSES, start=1):
        assert await states(evening) == [(WAITING, number)]
        clock.now += pause / 2
        await send(evening, http)
        assert mail.tries == number
        clock.now += pause / 2
        await send(evening, http)
    assert await states(evening) == [(NOT_DELIVERED, len(PAUSES) + 1)]
    assert list(PAUSES) == sorted(PAUSES)
    clock.advance(days=30)
    await send(evening, http)
    assert mail.tries == len(PAUSES) + 1
    (case,) = (await read_concerns(evening.desk, evening.people.supervisor)).open
    assert [message.state for message in case.messages] == [NOT_DELIVERED]
    (entry,) = await evening.shares()
    assert [message["state"] for message in entry["messages"]] == ["not_delivered"]


async def test_nobody_at_the_mail_server_is_no_delivery_and_it_comes_when_it_is_back(
    evening: Evening, mail: MailServer, http: ClientSession, clock: FakeClock
) -> None:
    there = evening.desk
    async with mail_server() as gone:
        port = gone.port
    evening.desk = with_settings(there, smtp_port=port)
    await evening.share()
    await send(evening, http)
    assert await states(evening) == [(WAITING, 1)]
    evening.desk = there
    clock.now += PAUSES[0]
    await send(evening, http)
    assert await states(evening) == [(HANDED_OVER, 2)]
    assert len(mail.taken) == 1


@pytest.mark.parametrize("status", [302, 404, 500])
async def test_slack_that_does_not_take_it_is_tried_again(
    evening: Evening, slack: SlackChannel, http: ClientSession, clock: FakeClock, status: int
) -> None:
    hook = SecretStr(slack.webhook)
    evening.desk = with_settings(evening.desk, slack_webhook=hook, smtp_host=None)
    slack.status = status
    await evening.share()
    await send(evening, http)
    assert await states(evening) == [(WAITING, 1)]
    slack.status = 200
    clock.now += PAUSES[0]
    await send(evening, http)
    assert await states(evening) == [(HANDED_OVER, 2)]
    assert len(slack.taken) == 1


async def test_who_answers_too_slowly_is_not_waited_for(
    evening: Evening,
    mail: MailServer,
    slack: SlackChannel,
    http: ClientSession,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(channels, "SECONDS", 0.3)
    evening.desk = with_settings(evening.desk, slack_webhook=SecretStr(slack.webhook))
    mail.gate.clear()
    slack.gate.clear()
    await evening.share()
    await send(evening, http)
    assert (mail.tries, slack.tries) == (1, 1)
    assert await states(evening) == [(WAITING, 1), (WAITING, 1)]


async def test_a_slow_mail_server_holds_up_no_message_to_slack(
    evening: Evening, mail: MailServer, slack: SlackChannel, http: ClientSession
) -> None:
    evening.desk = with_settings(evening.desk, slack_webhook=SecretStr(slack.webhook))
    mail.gate.clear()
    running = Notifying(evening.desk, http)
    running.start()
    try:
        await evening.share()
        running.see_to()

        async def posted() -> bool:
            return bool(slack.taken) and mail.tries == 1

        await until(posted, 10)
        assert mail.taken == []
        mail.gate.set()

        async def all_sent() -> bool:
            return {state for state, _ in await states(evening)} == {HANDED_OVER}

        await until(all_sent, 10)
    finally:
        await running.stop()


async def test_a_gateway_that_dies_between_sending_and_marking_sends_again(
    evening: Evening, mail: MailServer, http: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dies(*_: object) -> None:
        raise asyncio.CancelledError

    await evening.share()
    with monkeypatch.context() as broken:
        broken.setattr(notifying, "_end", dies)
        with pytest.raises(asyncio.CancelledError):
            await send(evening, http)
    assert len(mail.taken) == 1
    assert await states(evening) == [(WAITING, 0)]
    running = Notifying(evening.desk, http)
    running.start()

    async def sent() -> bool:
        return await states(evening) == [(HANDED_OVER, 1)]

    await until(sent, 10)
    await running.stop()
    # To a reader of mail the two are one.
    assert len(mail.taken) == 2
    assert len({letter["Message-ID"] for letter in mail.mails}) == 1


async def test_what_is_withdrawn_before_it_is_sent_is_not_told_of(
    evening: Evening, mail: MailServer, http: ClientSession
) -> None:
    await evening.share()
    await withdraw_all(evening.desk, evening.people.therapist, evening.id)
    await send(evening, http)
    assert mail.taken == []
    assert await states(evening) == [(NOT_SENT, 0)]


async def test_what_was_done_before_it_is_sent_is_not_told_of(
    evening: Evening, mail: MailServer, http: ClientSession
) -> None:
    await evening.share()
    await done(evening)
    await send(evening, http)
    assert mail.taken == []
    assert await states(evening) == [(NOT_SENT, 0)]


async def test_a_share_that_is_changed_before_it_is_sent_is_told_of_once(
    evening: Evening, mail: MailServer, http: ClientSession
) -> None:
    await evening.share()
    await evening.share(scope=ShareScope.WHOLE)
    await send(evening, http)
    await evening.share()
    await send(evening, http)
    assert len(mail.taken) == 1


async def test_a_concern_that_is_shown_for_the_first_time_is_told_of_again(
    evening: Evening, mail: MailServer, http: ClientSession
) -> None:
    await evening.share()
    await send(evening, http)
    await evening.say("resume")
    await evening.say(ABOUT_THE_CASE[Kind.THREAT_TO_THERAPIST])
    await evening.share()
    await send(evening, http)
    assert len(mail.taken) == 2


async def test_an_address_taken_away_is_not_written_to(
    evening: Evening, mail: MailServer, http: ClientSession
) -> None:
    await evening.share()
    await set_mail_address(evening.desk, evening.people.supervisor, "")
    await send(evening, http)
    assert mail.taken == []
    assert await states(evening) == [(NOT_SENT, 0)]


async def test_each_supervisor_is_told_of_what_is_shared_with_them(
    evening: Evening, mail: MailServer, http: ClientSession
) -> None:
    people = evening.people
    async with evening.desk.sessions.begin() as session:
        session.add(
            Supervision(
                therapist_id=people.therapist.id,
                supervisor_id=people.other_supervisor.id,
                since=evening.desk.clock(),
            )
        )
    await set_mail_address(evening.desk, people.other_supervisor, "other@clinic.example")
    other = ShareWish(supervisor=people.other_supervisor.id)
    await share(evening.desk, people.therapist, evening.id, other)
    await send(evening, http)
    assert [taken.rcpt_tos for taken in mail.taken] == [["other@clinic.example"]]
    assert await outbox(evening) == []
    assert len(await outbox(evening, people.other_supervisor)) == 1


async def test_of_what_stays_open_too_long_one_reminder_goes_out(
    evening: Evening, mail: MailServer, http: ClientSession, clock: FakeClock
) -> None:
    await evening.share()
    await send(evening, http)
    clock.advance(hours=24)
    clock.advance(seconds=-1)
    await remind_all(evening.desk)
    assert len(await outbox(evening)) == 1
    clock.advance(seconds=1)
    await remind_all(evening.desk)
    await evening.share(scope=ShareScope.WHOLE)
    await remind_all(evening.desk)
    await send(evening, http)
    clock.advance(days=3)
    await remind_all(evening.desk)
    occasions = [one.occasion for one in await outbox(evening)]
    assert occasions == [Occasion.SHARED, Occasion.REMINDER]
    assert len(mail.taken) == 2
    assert "longer than 24 h" in mail.texts[1]


async def test_what_was_done_or_withdrawn_needs_no_reminder(
    evening: Evening, people: People, bot: ScriptedBot, clock: FakeClock
) -> None:
    other = await Evening.begin(evening.desk, people, bot)
    await other.say(DANGER)
    await evening.share()
    await other.share()
    await done(evening)
    await withdraw_all(other.desk, people.therapist, other.id)
    clock.advance(days=2)
    await remind_all(evening.desk)
    assert {one.occasion for one in await outbox(evening)} == {Occasion.SHARED}


async def test_a_check_is_reminded_of_only_where_the_setting_wants_it(
    desk: Desk, people: People, bot: ScriptedBot, mail: MailServer, clock: FakeClock
) -> None:
    await set_mail_address(desk, people.supervisor, LEAD)
    evening = await Evening.begin(with_settings(desk, **mail.settings), people, bot)
    await evening.say(TO_CHECK)
    await evening.share()
    clock.advance(days=2)
    await remind_all(evening.desk)
    assert await outbox(evening) == []
    evening.desk = with_settings(evening.desk, notify="concern")
    await remind_all(evening.desk)
    assert [one.occasion for one in await outbox(evening)] == [Occasion.REMINDER]


async def test_what_was_erased_leaves_no_message_about_it(
    evening: Evening, mail: MailServer, http: ClientSession, clock: FakeClock
) -> None:
    await evening.share()
    desk, therapist = evening.desk, evening.people.therapist
    async with desk.sessions.begin() as session:
        reflection = await own_reflection(session, therapist, evening.id)
        await intend(session, reflection, ErasedBecause.THERAPIST, clock(), by=GATEWAY)
    await send(evening, http)
    assert mail.taken == []
    async with desk.sessions.begin() as session:
        await delete_rows(session, evening.id, clock(), after=1)
    assert await outbox(evening) == []


async def test_a_test_goes_out_and_another_only_after_a_minute(
    evening: Evening, mail: MailServer, http: ClientSession, clock: FakeClock
) -> None:
    reader = evening.people.supervisor
    await send_test(evening.desk, reader)
    with pytest.raises(CannotNotify, match="tested_just_now"):
        await send_test(evening.desk, reader)
    await send(evening, http)
    assert "This is a test." in mail.texts[0]
    clock.advance(minutes=1)
    await send_test(evening.desk, reader)
    with pytest.raises(CannotNotify, match="nowhere_to_notify"):
        await send_test(evening.desk, evening.people.other_supervisor)


@pytest.mark.parametrize(
    "typed",
    [
        "lead",
        "lead@",
        "@clinic.example",
        "a b@clinic.example",
        "lead@clinic.example\nBcc: x@y.example",
        "lead@clinic.example, other@clinic.example",
        "Lead <lead@clinic.example>",
        "leád@clinic.example",
        f"{'x' * 65}@clinic.example",
        f"x@{'y' * 250}",
    ],
)
async def test_what_is_no_address_is_not_kept(evening: Evening, typed: str) -> None:
    reader = evening.people.supervisor
    with pytest.raises(CannotNotify, match="no_mail_address"):
        await set_mail_address(evening.desk, reader, typed)
    async with evening.desk.sessions() as session:
        kept = await session.get_one(MailAddress, reader.id)
    assert kept.address == LEAD


async def test_the_audit_tells_what_became_of_a_message(
    evening: Evening, mail: MailServer, http: ClientSession
) -> None:
    await evening.share()
    await send(evening, http)
    async with evening.desk.sessions() as session:
        told = [one async for one in entries(session) if one.reflection_id == evening.id]
    ended = next(one for one in told if one.event == "notification_ended")
    assert (ended.actor, ended.account_id) == ("gateway", evening.people.supervisor.id)
    assert '"state":"handed_over"' in ended.details


async def test_a_private_line_and_a_sign_in_are_asked_for_and_trusted_by_its_certificate(
    evening: Evening, http: ClientSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, certificate = own_certificate(tmp_path)
    async with mail_server(context) as private:
        secret = {"smtp_user": USER, "smtp_password": SecretStr(PASSWORD)}
        line = private.settings | {"smtp_tls": "starttls"} | secret
        evening.desk = with_settings(evening.desk, **line)
        await evening.share()
        await send(evening, http)
        assert private.tries == 0, "a certificate that nobody knows"
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert ssl.get_default_verify_paths().cafile == str(certificate)
        evening.desk.clock.advance(hours=1)  # type: ignore[attr-defined]
        await send(evening, http)
        assert len(private.taken) == 1
    assert await states(evening) == [(HANDED_OVER, 2)]


async def test_a_server_without_a_private_line_is_told_nothing(
    evening: Evening, mail: MailServer, http: ClientSession
) -> None:
    evening.desk = with_settings(evening.desk, smtp_tls="starttls")
    await evening.share()
    await send(evening, http)
    assert (mail.tries, await states(evening)) == (0, [(WAITING, 1)])


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"smtp_host": "mail.example"}, "smtp_from"),
        ({"smtp_host": "mail.example", "smtp_from": "no address"}, "smtp_from"),
        ({"smtp_tls": "none", "smtp_password": "secret"}, "smtp_password"),
        ({"slack_webhook": "http://hooks.example/secret"}, "slack_webhook"),
        ({"concern_hours": 0}, "concern_hours"),
        ({"notify": "everything"}, "notify"),
    ],
)
def test_settings_that_do_not_fit_are_refused_by_name(settings: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(**settings)
    assert [error["loc"] for error in refused.value.errors()] == [(named,)]
