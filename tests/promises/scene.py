"""Who knocks in `test_who_may_enter.py`, at what, and with what in their hands."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pyotp
from aiohttp import ClientSession
from sqlalchemy import select, update

from bot.conversation.accounts import make_link, passkeys, second_factor
from bot.conversation.accounts.people import put_in_team, supervise
from bot.conversation.accounts.sessions import handle_of
from bot.conversation.accounts.tokens import hash_of, new_token
from bot.conversation.holds import place_hold
from bot.conversation.review.double_reading import (
    DoubleReadingRefused,
    be_done,
    label_in_reading,
)
from bot.conversation.review.offering import begin_double_reading
from bot.conversation.slack.linking import SlackPerson, link_for
from bot.reflection.stages import Question
from bot.safety.kinds import Kind, Level
from bot.storage.columns import new_id
from bot.storage.models import (
    Account,
    FoundTheme,
    RaisedConcern,
    Share,
    SignIn,
    Supervision,
    Turn,
)
from bot.storage.sign_in_tables import Passkey
from bot.storage.states import How, Opinion, Role, ShareScope, TurnState
from bot.themes.findings import Theme
from tests.authenticator import Authenticator
from tests.gateway import Gateway, start
from tests.handing_over import HostServer
from tests.web.sign_in.conftest import PASSWORD, Person

ROLES = {
    "therapist": Role.THERAPIST,
    "other_therapist": Role.THERAPIST,
    "stale_therapist": Role.THERAPIST,
    "supervisor": Role.SUPERVISOR,
    "other_supervisor": Role.SUPERVISOR,
    "administrator": Role.ADMINISTRATOR,
    "stale_administrator": Role.ADMINISTRATOR,
}
# Who signed in too long ago for what asks for a fresh sign-in.
STALE = ("stale_therapist", "stale_administrator")
HANDSHAKE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
# What the path names by {id}: a reflection, unless it begins so. A concern is of a reflection.
CONCERNS = "/console/concerns/"
READ_TWICE = "/console/{id}/double-reading"
OTHER_IDS = ("/api/my/passkeys/", "/api/my/sign-ins/")


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: str


@dataclass(frozen=True)
class Scene:
    """A gateway, and others whose reflections, passkeys and sign-ins the visitors ask for."""

    gateway: Gateway
    host: HostServer

    async def account(self, role: Role) -> Account:
        desk = self.gateway.desk
        made = Account(name=new_id(), role=role, created_at=desk.clock())
        async with desk.sessions.begin() as session:
            session.add(made)
        return made

    async def visitor(self, who: str) -> tuple[ClientSession, Account]:
        """Somebody new at the door, as `who`."""
        account = await self.account(ROLES.get(who, Role.THERAPIST))
        if who == "anonymous":
            return await self.gateway.visitor(), account
        http = await self.gateway.signed_in(account)
        now = self.gateway.desk.clock()
        async with self.gateway.desk.sessions.begin() as session:
            mine = update(SignIn).where(SignIn.account_id == account.id)
            if who == "expired":
                await session.execute(mine.values(ends_at=now))
            if who in STALE:
                await session.execute(mine.values(began_at=now - timedelta(minutes=11)))
            if who == "disabled":
                me = Account.id == account.id
                await session.execute(update(Account).where(me).values(disabled_at=now))
        return http, account

    async def ids(self, door: str, whose: str, account: Account) -> dict[str, str]:
        """What stands in the path of a door, for something that is `whose`."""
        if whose == "absent":
            return {"id": new_id(), "share": new_id(), "finding": new_id()}
        path = door.partition(" ")[2]
        if path.startswith(OTHER_IDS):
            owner = account if whose == "own" else await self.account(Role.THERAPIST)
            is_passkey = path.startswith(OTHER_IDS[0])
            return {"id": await (self.passkey(owner) if is_passkey else self.sign_in(owner))}
        owner = account if whose == "own" else await self.account(Role.THERAPIST)
        reader = account if whose == "shared" else await self.account(Role.SUPERVISOR)
        reflection = await start(self.gateway.desk, owner)
        is_label = path.startswith("/console/{id}/findings")
        finding = await self.finding(reflection) if is_label else new_id()
        # Its author writes to somebody who reads it.
        is_shared = whose == "shared" or "{share}" in path or path.endswith("/comments")
        share = await self.supervised(owner, reader, reflection, is_shared=is_shared)
        if path.startswith(READ_TWICE) and whose == "shared":
            is_finished = "settled" in path
            finding = await self.read_twice(owner, reader, reflection, is_finished=is_finished)
        if path.startswith(CONCERNS):
            return {"id": await self.concern(reflection), "share": share}
        return {"id": reflection, "share": share, "finding": finding}

    async def finding(self, reflection: str) -> str:
        """Something that was heard in an answer."""
        now = self.gateway.desk.clock()
        turn = Turn(
            id=new_id(),
            reflection_id=reflection,
            number=1,
            client_id=new_id(),
            state=TurnState.ANSWERED,
            question=Question.DESCRIBE,
            kept_at=now,
            text="I talked too fast.",
        )
        heard = FoundTheme(
            id=new_id(), reflection_id=reflection, turn_id=turn.id, theme=Theme.COUNTERTRANSFERENCE
        )
        async with self.gateway.desk.sessions.begin() as session:
            session.add(turn)
            await session.flush()
            session.add(heard)
        return heard.id

    async def read_twice(
        self, owner: Account, reader: Account, reflection: str, *, is_finished: bool
    ) -> str:
        """Let `reader` and somebody else read it twice; each has labelled what was heard.

        Gives what was heard; if it `is_finished`, they are done and differ on it.
        """
        desk = self.gateway.desk
        finding = await self.finding(reflection)
        other = await self.account(Role.SUPERVISOR)
        await self.supervised(owner, other, reflection, is_shared=True)
        readers = frozenset({reader.id, other.id})
        try:
            await begin_double_reading(desk, owner, reflection, readers, for_study=True)
        except DoubleReadingRefused:
            return finding  # the account of one of them is closed
        for one, opinion in ((reader, Opinion.AGREE), (other, Opinion.DISAGREE)):
            await label_in_reading(desk, one, reflection, finding, opinion)
            if is_finished:
                await be_done(desk, one, reflection)
        return finding

    async def concern(self, reflection: str) -> str:
        """A concern that the opening of a reflection raised."""
        async with self.gateway.desk.sessions.begin() as session:
            turn = await session.scalar(select(Turn).where(Turn.reflection_id == reflection))
            assert turn is not None
            made = RaisedConcern(
                id=new_id(),
                reflection_id=reflection,
                turn_id=turn.id,
                raised_at=turn.kept_at,
                kind=Kind.CHILD_AT_RISK,
                level=Level.CONCERN,
                sign="some_sign",
            )
            session.add(made)
        return made.id

    async def supervised(
        self, owner: Account, reader: Account, reflection: str, *, is_shared: bool
    ) -> str:
        """Let `reader` supervise the owner, and read the reflection if it `is_shared`."""
        now = self.gateway.desk.clock()
        share = Share(
            id=new_id(),
            reflection_id=reflection,
            supervisor_id=reader.id,
            scope=ShareScope.SUMMARY,
            last_turn=1,
            shared_at=now,
            note=None,
        )
        async with self.gateway.desk.sessions.begin() as session:
            session.add(Supervision(therapist_id=owner.id, supervisor_id=reader.id, since=now))
            if is_shared:
                session.add(share)
        return share.id

    async def passkey(self, owner: Account) -> str:
        """One of two, so that it is not the last way in."""
        made = [
            Passkey(
                account_id=owner.id,
                credential_id=bytes.fromhex(new_id()),
                public_key=b"",
                sign_count=0,
                name=name,
                made_at=self.gateway.desk.clock(),
            )
            for name in ("Telephone", "Key")
        ]
        async with self.gateway.desk.sessions.begin() as session:
            session.add_all(made)
        return made[0].id

    async def sign_in(self, owner: Account) -> str:
        """Another sign-in of somebody, by the name under which its owner may end it."""
        now = self.gateway.desk.clock()
        made = SignIn(
            token_hash=hash_of(new_token()),
            account_id=owner.id,
            began_at=now,
            seen_at=now,
            ends_at=now + timedelta(hours=1),
            how=How.LINK,
            browser="",
        )
        async with self.gateway.desk.sessions.begin() as session:
            session.add(made)
        return handle_of(made)

    async def knock(
        self, http: ClientSession, door: str, row: dict[str, Any], account: Account, whose: str
    ) -> Answer:
        """Try a door as its row says."""
        method, _, path = door.partition(" ")
        ids = await self.ids(door, whose, account) if "{id}" in path else {}
        if "{account}" in path:
            ids["account"] = (await self.account(Role.THERAPIST)).id
        for name, value in (row.get("path", {}) | ids).items():
            path = path.replace(f"{{{name}}}", value)
        assert "{" not in path, f"access.yml, {door}: say under `path` what stands for {path}"
        sent = row.get("send")
        if "before" in row:
            sent = await BEFORE[row["before"]](self, account)
        async with http.request(
            method,
            path,
            json=sent,
            headers=HANDSHAKE if row.get("socket") else {},
            allow_redirects=False,
        ) as response:
            body = "" if response.status == 101 else await response.text(errors="replace")
            headers = {k: v for k, v in response.headers.items() if k != "Date"}
            for name, value in ids.items():
                body = body.replace(value, f"{{{name}}}")
            return Answer(response.status, headers, body)


async def _a_link(scene: Scene, _: Account) -> dict[str, Any]:
    return {"token": await make_link(scene.gateway.desk, await scene.account(Role.THERAPIST))}


async def _a_hand_over(scene: Scene, _: Account) -> dict[str, Any]:
    subject = await scene.host.knows(scene.gateway, await scene.account(Role.THERAPIST))
    return {"token": scene.host.token(scene.gateway, subject)}


async def _somebody(scene: Scene) -> Person:
    account = await scene.account(Role.THERAPIST)
    return Person(scene.gateway, account, await scene.gateway.signed_in(account))


async def _a_passkey(scene: Scene, _: Account) -> dict[str, Any]:
    passkey = await (await _somebody(scene)).make_passkey()
    return {"credential": passkey.use(await passkeys.begin_using(scene.gateway.desk))}


async def _a_password(scene: Scene, _: Account) -> dict[str, Any]:
    person = await _somebody(scene)
    await person.set_up_password()
    return {"name": person.account.name, "password": PASSWORD}


async def _a_ticket(scene: Scene, _: Account) -> dict[str, Any]:
    person = await _somebody(scene)
    await person.set_up_password()
    return {"ticket": await person.ticket(await scene.gateway.visitor()), "code": person.code()}


async def _a_passkey_being_made(scene: Scene, account: Account) -> dict[str, Any]:
    desk = scene.gateway.desk
    options = await passkeys.begin_making(desk, account)
    return {"credential": Authenticator(desk.settings.address).make(options), "name": "Telephone"}


async def _a_factor_being_set(scene: Scene, account: Account) -> dict[str, Any]:
    desk = scene.gateway.desk
    ticket = await second_factor.begin_setting(desk, account)
    secret = await second_factor.secret_being_set(desk, account)
    assert secret
    return {"ticket": ticket, "code": pyotp.TOTP(secret).at(int(desk.clock().timestamp()))}


async def _a_secret(scene: Scene, account: Account) -> None:
    await _a_factor_being_set(scene, account)


async def _a_second_factor(scene: Scene, account: Account) -> None:
    half = await _a_factor_being_set(scene, account)
    await second_factor.finish_setting(scene.gateway.desk, account, half["ticket"], half["code"])


async def _a_new_name(scene: Scene, _: Account) -> dict[str, Any]:
    return {"name": new_id(), "role": "therapist"}


async def _a_team(scene: Scene, _: Account) -> dict[str, Any]:
    member, team = await scene.account(Role.THERAPIST), new_id()
    await put_in_team(scene.gateway.desk, member, team, is_leaving=False)
    return {"team": team, "person": member.id}


async def _a_therapist_and_a_supervisor(scene: Scene, _: Account) -> dict[str, Any]:
    therapist = await scene.account(Role.THERAPIST)
    return {"therapist": therapist.id, "supervisor": (await scene.account(Role.SUPERVISOR)).id}


async def _a_supervision(scene: Scene, _: Account) -> dict[str, Any]:
    desk = scene.gateway.desk
    therapist, supervisor = [await scene.account(r) for r in (Role.THERAPIST, Role.SUPERVISOR)]
    await supervise(desk, therapist, supervisor, None, None)
    async with desk.sessions() as session:
        its = select(Supervision.id).where(Supervision.therapist_id == therapist.id)
        return {"pair": await session.scalar(its)}


async def _something_to_hold(scene: Scene, _: Account) -> dict[str, Any]:
    return {"held": (await scene.account(Role.THERAPIST)).id, "reason": "file 12"}


async def _a_hold(scene: Scene, account: Account) -> dict[str, Any]:
    wanted = await _something_to_hold(scene, account)
    await place_hold(scene.gateway.desk, wanted["held"], wanted["reason"])
    return {"held": wanted["held"]}


async def _a_link_from_slack(scene: Scene, _: Account) -> dict[str, Any]:
    person = SlackPerson("T1", f"U{new_id()}")
    return {"token": (await link_for(scene.gateway.desk, person, "D1")).partition("#")[2]}


# What has to be there before a door is tried: gives the body that is then sent.
BEFORE: dict[str, Callable[[Scene, Account], Awaitable[dict[str, Any] | None]]] = {
    "a link": _a_link,
    "a hand-over": _a_hand_over,
    "a passkey": _a_passkey,
    "a password": _a_password,
    "a ticket": _a_ticket,
    "a passkey being made": _a_passkey_being_made,
    "a factor being set": _a_factor_being_set,
    "a secret": _a_secret,
    "a second factor": _a_second_factor,
    "a new name": _a_new_name,
    "a team": _a_team,
    "a therapist and a supervisor": _a_therapist_and_a_supervisor,
    "a supervision": _a_supervision,
    "something to hold": _something_to_hold,
    "a hold": _a_hold,
    "a link from Slack": _a_link_from_slack,
}
