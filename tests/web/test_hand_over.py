"""Coming in by the token of a page around the chat: who is known there, once, within minutes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey
from pydantic import ValidationError
from sqlalchemy import select

from bot.conversation.accounts.hand_over import HandOver, HandOverKeyWrong
from bot.conversation.accounts.people import disable
from bot.settings import Settings
from bot.storage.audit import Event
from bot.storage.keeping import AuditEntry
from bot.storage.models import Account
from tests.bots import ScriptedBot
from tests.gateway import FakeClock, Gateway, run_gateway
from tests.handing_over import ISSUER, HostServer
from tests.web.sign_in.conftest import Person, ask, is_in, new_person

PATH = "/api/sign-in/hand-over"


@pytest.fixture
def host(tmp_path: Path) -> HostServer:
    return HostServer(tmp_path)


@pytest.fixture
async def framed(tmp_path: Path, clock: FakeClock, host: HostServer) -> AsyncIterator[Gateway]:
    async with run_gateway(tmp_path, ScriptedBot(), clock, **host.settings) as running:
        yield running


@pytest.fixture
async def known(framed: Gateway, host: HostServer) -> tuple[Person, str]:
    """Somebody whom the page's server knows, and as whom."""
    person = await new_person(framed)
    return person, await host.knows(framed, person.account)


async def audited(gateway: Gateway, account: Account) -> list[tuple[str, str]]:
    """What the audit tells of somebody: each event, and by which way."""
    async with gateway.desk.sessions() as session:
        entries = await session.scalars(
            select(AuditEntry).where(AuditEntry.account_id == account.id)
        )
        return [(one.event, json.loads(one.details).get("by", "")) for one in entries]


async def test_who_is_known_there_comes_in(
    framed: Gateway, host: HostServer, known: tuple[Person, str]
) -> None:
    person, subject = known
    http = await framed.visitor()
    status, answer = await ask(http, "POST", PATH, token=host.token(framed, subject))
    assert status == 200
    assert answer == {
        "name": person.account.name,
        "role": "therapist",
        "go_to": "/",
        "is_new": True,
    }
    assert (await ask(http, "GET", "/api/me"))[1]["name"] == person.account.name
    told = (await ask(http, "GET", "/api/my/sign-in"))[1]
    assert "hand_over" in {one["how"] for one in told["sign_ins"]}
    assert (Event.SIGNED_IN, "hand_over") in await audited(framed, person.account)


async def test_somebody_else_who_was_signed_in_here_is_signed_out(
    framed: Gateway, host: HostServer, known: tuple[Person, str]
) -> None:
    _, subject = known
    before = await new_person(framed)
    http = before.http
    old = {cookie.key: cookie.value for cookie in http.cookie_jar}
    assert (await ask(http, "POST", PATH, token=host.token(framed, subject)))[0] == 200
    assert (await ask(http, "GET", "/api/me"))[1]["name"] != before.account.name
    async with (await framed.visitor()).get("/api/me", cookies=old) as response:
        assert response.status == 401


async def test_who_is_in_already_stays_in_as_they_are(
    framed: Gateway, host: HostServer, known: tuple[Person, str]
) -> None:
    person, subject = known
    before = {cookie.key: cookie.value for cookie in person.http.cookie_jar}
    token = host.token(framed, subject)
    status, answer = await ask(person.http, "POST", PATH, token=token)
    assert (status, answer["is_new"]) == (200, False)
    assert {cookie.key: cookie.value for cookie in person.http.cookie_jar} == before
    # It is used up all the same.
    assert (await ask(await framed.visitor(), "POST", PATH, token=token))[0] == 403


def _other_key(host: HostServer, claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "ES256"}, claims, ECKey.generate_key("P-256"))


def _other_algorithm(host: HostServer, claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS256"}, claims, RSAKey.generate_key(2048))


def _secret_of_the_public_key(host: HostServer, claims: dict[str, Any]) -> str:
    head, body = (_part({"alg": "HS256"}), _part(claims))
    signed = hmac.new(host.file.read_bytes(), f"{head}.{body}".encode(), hashlib.sha256).digest()
    return f"{head}.{body}.{_bare(signed)}"


def _unsigned(host: HostServer, claims: dict[str, Any]) -> str:
    return f"{_part({'alg': 'none'})}.{_part(claims)}."


def _changed(host: HostServer, claims: dict[str, Any]) -> str:
    head, _, signature = jwt.encode({"alg": "ES256"}, claims, host.key).split(".")
    return f"{head}.{_part(claims | {'name': 'x'})}.{signature}"


def _bare(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _part(value: dict[str, Any]) -> str:
    return _bare(json.dumps(value).encode())


FORGED = [_other_key, _other_algorithm, _secret_of_the_public_key, _unsigned, _changed]
WRONG: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://elsewhere.example"},
    "no issuer": {"iss": None},
    "another audience": {"aud": "https://other.clinic.example"},
    "two audiences": {"aud": ["http://localhost:8600", "https://other.clinic.example"]},
    "no audience": {"aud": None},
    "nobody": {"sub": ""},
    "somebody unknown": {"sub": "another"},
    "no subject": {"sub": None},
    "a subject that is a number": {"sub": 7},
    "no id": {"jti": None},
    "a huge id": {"jti": "x" * 256},
    "no end": {"exp": None},
    "no beginning": {"iat": None},
    "times that are words": {"exp": "soon"},
    "true as a time": {"iat": True},
}


async def _is_refused(gateway: Gateway, token: str) -> None:
    http = await gateway.visitor()
    status, answer = await ask(http, "POST", PATH, token=token)
    assert (status, answer) == (
        403,
        {"error": "hand_over_refused", "text": gateway.desk.notices["hand_over_refused"]},
    )
    assert not await is_in(http)


@pytest.mark.parametrize("forge", FORGED)
async def test_what_was_not_signed_there_is_refused(
    framed: Gateway,
    host: HostServer,
    known: tuple[Person, str],
    forge: Callable[[HostServer, dict[str, Any]], str],
) -> None:
    await _is_refused(framed, forge(host, host.claims(framed, known[1])))


@pytest.mark.parametrize("other", WRONG.values(), ids=WRONG)
async def test_what_says_something_else_is_refused(
    framed: Gateway, host: HostServer, known: tuple[Person, str], other: dict[str, Any]
) -> None:
    await _is_refused(framed, host.token(framed, known[1], **other))


@pytest.mark.parametrize("token", ["x", "a.b.c", "a.b.c.d.e", "....", "{}", "é", "." * 4000])
async def test_what_is_no_token_is_refused(framed: Gateway, token: str) -> None:
    await _is_refused(framed, token)


@pytest.mark.parametrize(
    ("begins", "ends", "is_good"),
    [
        (0, 60, True),
        (0, 120, True),
        (0, 121, False),
        (-60, 60, True),
        (-61, 60, False),
        (-100, -29, True),
        (-100, -30, False),
        (30, 60, True),
        (31, 60, False),
        (60, 0, False),
        (0, 1e300, False),
    ],
)
async def test_it_works_for_two_minutes_at_most(
    framed: Gateway,
    host: HostServer,
    known: tuple[Person, str],
    begins: int,
    ends: float,
    *,
    is_good: bool,
) -> None:
    now = int(framed.desk.clock().timestamp())
    token = host.token(framed, known[1], iat=now + begins, exp=now + ends)
    if not is_good:
        return await _is_refused(framed, token)
    assert (await ask(await framed.visitor(), "POST", PATH, token=token))[0] == 200
    return None


async def test_it_works_once_and_a_second_try_stands_in_the_audit(
    framed: Gateway, host: HostServer, known: tuple[Person, str], clock: FakeClock
) -> None:
    person, subject = known
    token = host.token(framed, subject)
    assert (await ask(await framed.visitor(), "POST", PATH, token=token))[0] == 200
    await _is_refused(framed, token)
    # Another token of the same id is the same one.
    named = host.token(framed, subject, jti="one")
    assert (await ask(await framed.visitor(), "POST", PATH, token=named))[0] == 200
    await _is_refused(framed, host.token(framed, subject, jti="one", exp=None))
    await _is_refused(framed, host.token(framed, subject, jti="one"))
    told = await audited(framed, person.account)
    assert told.count((Event.SIGN_IN_REFUSED, "hand_over")) == 2
    # Until it would be too old anyway.
    clock.advance(seconds=89)
    await _is_refused(framed, token)


async def test_who_is_disabled_does_not_come_in(
    framed: Gateway, host: HostServer, known: tuple[Person, str]
) -> None:
    await disable(framed.desk, known[0].account)
    await _is_refused(framed, host.token(framed, known[1]))


async def test_without_the_setting_there_is_no_such_way(
    standing: Gateway, host: HostServer
) -> None:
    await _is_refused(standing, host.token(standing, "anybody"))


async def test_tries_are_counted_like_those_of_other_ways(
    tmp_path: Path, clock: FakeClock, host: HostServer
) -> None:
    async with run_gateway(
        tmp_path, ScriptedBot(), clock, sign_ins_per_minute=3, **host.settings
    ) as gateway:
        http = await gateway.visitor()
        said = {"token": "x"}
        answers = [(await ask(http, "POST", PATH, **said))[0] for _ in range(4)]
    assert answers == [403, 403, 403, 429]


async def test_a_page_of_another_origin_cannot_hand_over_itself(
    framed: Gateway, host: HostServer, known: tuple[Person, str]
) -> None:
    http = await framed.visitor()
    for foreign in ({"Origin": ISSUER}, {"Sec-Fetch-Site": "cross-site"}):
        token = {"token": host.token(framed, known[1])}
        async with http.post(PATH, json=token, headers=foreign) as response:
            assert response.status == 403
    assert not await is_in(http)


def files_with(wanted: bytes, folder: Path) -> list[Path]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if wanted in path.read_bytes()]


@pytest.mark.sqlite_only("what its files hold")
async def test_no_token_is_kept(
    framed: Gateway, host: HostServer, known: tuple[Person, str], tmp_path: Path
) -> None:
    token = host.token(framed, known[1])
    assert (await ask(await framed.visitor(), "POST", PATH, token=token))[0] == 200
    assert files_with(b"SQLite format 3", tmp_path)
    assert not files_with(token.encode(), tmp_path)


def _settings(file: Path, algorithm: str) -> Settings:
    return Settings(
        hand_over_issuer=ISSUER,
        hand_over_key_file=file,
        hand_over_algorithm=algorithm,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("algorithm", ["ES256", "RS256", "PS256", "HS256"])
@pytest.mark.parametrize("is_jwk", [False, True], ids=["pem", "jwk"])
async def test_it_is_signed_with_the_one_algorithm_in_the_setting(
    tmp_path: Path, clock: FakeClock, algorithm: str, *, is_jwk: bool
) -> None:
    file, secret = tmp_path / "key", secrets.token_hex(32).encode()
    keys = {"ES256": ECKey.generate_key("P-256"), "HS256": OctKey.import_key(secret)}
    key = keys.get(algorithm) or RSAKey.generate_key(2048)
    if algorithm == "HS256":
        file.write_bytes(secret)
    elif is_jwk:
        file.write_text(json.dumps(key.as_dict(private=False)))
    else:
        file.write_bytes(key.as_pem(private=False))
    now = int(clock().timestamp())
    said = {"iss": ISSUER, "aud": "http://localhost:8600", "sub": "a", "jti": "b"}
    said |= {"iat": now, "exp": now + 60}
    checker = HandOver(_settings(file, algorithm), clock)
    assert (
        checker.read(jwt.encode({"alg": algorithm}, said, key, algorithms=[algorithm])).subject
        == "a"
    )


@pytest.mark.parametrize(
    ("held", "algorithm"),
    [
        (b"", "ES256"),
        (b"words", "ES256"),
        (b"{", "RS256"),
        (b"short", "HS256"),
        (ECKey.generate_key("P-256").as_pem(private=False), "RS256"),
        (ECKey.generate_key("P-384").as_pem(private=False), "ES256"),
        # Whoever has the public key could sign.
        (ECKey.generate_key("P-256").as_pem(private=False), "HS256"),
    ],
)
def test_a_file_without_a_fitting_key_is_said_in_a_sentence_at_the_start(
    tmp_path: Path, clock: FakeClock, held: bytes, algorithm: str
) -> None:
    file = tmp_path / "key"
    file.write_bytes(held)
    with pytest.raises(HandOverKeyWrong, match="BALLAST_HAND_OVER_KEY_FILE"):
        HandOver(_settings(file, algorithm), clock)


@pytest.mark.parametrize("file", [None, Path("/nowhere/at/all")])
def test_the_setting_asks_for_a_key(file: Path | None) -> None:
    with pytest.raises(ValidationError, match="file of its key"):
        Settings(hand_over_issuer=ISSUER, hand_over_key_file=file)
