"""A passkey signs in with one answer to one challenge, and with nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from bot.conversation.accounts.people import disable
from tests.authenticator import PRESENT, Authenticator, to_text
from tests.gateway import Gateway
from tests.web.sign_in.conftest import Person, ask, is_in, new_person

BEGIN, USE = "/api/sign-in/passkey/begin", "/api/sign-in/passkey"


async def test_a_passkey_made_after_a_link_signs_in_with_one_press(person: Person) -> None:
    passkey = await person.make_passkey()
    http = await person.gateway.visitor()
    options = (await ask(http, "POST", BEGIN))[1]
    # Discoverable: nobody has to say who they are, and the person is verified.
    assert options["allowCredentials"] == []
    assert (options["userVerification"], options["rpId"]) == ("required", "localhost")
    status, answer = await ask(http, "POST", USE, credential=passkey.use(options))
    assert (status, answer["name"]) == (200, person.account.name)
    assert await is_in(http)


async def test_making_one_asks_for_a_key_that_is_found_and_a_person_who_is_verified(
    person: Person,
) -> None:
    first = await person.make_passkey()
    options = (await ask(person.http, "POST", "/api/my/passkeys/begin"))[1]
    wanted = options["authenticatorSelection"]
    assert (wanted["residentKey"], wanted["userVerification"]) == ("required", "required")
    assert [one["id"] for one in options["excludeCredentials"]] == [to_text(first.id)]
    assert person.account.name.encode().hex() not in options["user"]["id"]


def _wrong_origin(passkey: Authenticator, _: dict[str, Any]) -> None:
    passkey.origin = "http://localhost.elsewhere.example"


def _wrong_domain(passkey: Authenticator, _: dict[str, Any]) -> None:
    passkey.domain = "elsewhere.example"


def _unverified(passkey: Authenticator, _: dict[str, Any]) -> None:
    passkey.flags = PRESENT


def _absent(passkey: Authenticator, _: dict[str, Any]) -> None:
    passkey.flags = 0


def _other_challenge(_: Authenticator, options: dict[str, Any]) -> None:
    options["challenge"] = to_text(b"x" * 32)


def _other_key(passkey: Authenticator, _: dict[str, Any]) -> None:
    passkey.key = ec.generate_private_key(ec.SECP256R1())


def _unknown(passkey: Authenticator, _: dict[str, Any]) -> None:
    passkey.id = b"never seen here."


def _somebody_else(passkey: Authenticator, _: dict[str, Any]) -> None:
    passkey.user_handle = to_text(b"x" * 16)


def _copied(passkey: Authenticator, _: dict[str, Any]) -> None:
    passkey.counter = 4  # the real one counted on to 5: somebody has a copy


Wrong = Callable[[Authenticator, dict[str, Any]], None]
EITHER: list[Wrong] = [_wrong_origin, _wrong_domain, _unverified, _absent, _other_challenge]


@pytest.mark.parametrize(
    "wrong", [*EITHER, _other_key, _unknown, _somebody_else, _copied], ids=lambda w: w.__name__
)
async def test_an_answer_that_does_not_fit_is_refused_and_the_right_one_is_not(
    person: Person, wrong: Wrong
) -> None:
    passkey = await person.make_passkey()
    passkey.counter = 4
    http = await person.gateway.visitor()
    options = (await ask(http, "POST", BEGIN))[1]
    assert (await ask(http, "POST", USE, credential=passkey.use(options)))[0] == 200
    http = await person.gateway.visitor()
    kept = dict(vars(passkey))
    options = (await ask(http, "POST", BEGIN))[1]
    wrong(passkey, options)
    status, answer = await ask(http, "POST", USE, credential=passkey.use(options))
    assert status == 403
    assert answer["error"] in ("passkey_refused", "challenge_over")
    assert not await is_in(http)
    vars(passkey).update(kept)
    options = (await ask(http, "POST", BEGIN))[1]
    assert (await ask(http, "POST", USE, credential=passkey.use(options)))[0] == 200


@pytest.mark.parametrize("wrong", EITHER, ids=lambda w: w.__name__)
async def test_a_new_passkey_that_does_not_fit_is_not_kept(person: Person, wrong: Wrong) -> None:
    made = Authenticator(person.gateway.desk.settings.address)
    options = (await ask(person.http, "POST", "/api/my/passkeys/begin"))[1]
    wrong(made, options)
    body = {"credential": made.make(options), "name": "Telephone"}
    assert (await ask(person.http, "POST", "/api/my/passkeys", **body))[0] == 403
    assert (await ask(person.http, "GET", "/api/my/sign-in"))[1]["passkeys"] == []


async def test_a_challenge_is_answered_once_in_time_and_for_its_own_purpose(
    person: Person,
) -> None:
    passkey = await person.make_passkey()
    http = await person.gateway.visitor()
    credential = passkey.use((await ask(http, "POST", BEGIN))[1])
    assert (await ask(http, "POST", USE, credential=credential))[0] == 200
    assert (await ask(http, "POST", USE, credential=credential))[1]["error"] == "challenge_over"
    options = (await ask(http, "POST", BEGIN))[1]
    person.gateway.clock.advance(minutes=5)
    late = await ask(http, "POST", USE, credential=passkey.use(options))
    assert late[1]["error"] == "challenge_over"
    options = (await ask(http, "POST", "/api/my/passkeys/begin"))[1]
    strange = await ask(http, "POST", USE, credential=passkey.use(options))
    assert strange[1]["error"] == "challenge_over"


async def test_a_challenge_for_one_person_makes_no_passkey_of_another(
    house_of_sign_in: Gateway,
) -> None:
    one, other = [await new_person(house_of_sign_in) for _ in range(2)]
    made = Authenticator(house_of_sign_in.desk.settings.address)
    options = (await ask(one.http, "POST", "/api/my/passkeys/begin"))[1]
    body = {"credential": made.make(options), "name": "Telephone"}
    status, answer = await ask(other.http, "POST", "/api/my/passkeys", **body)
    assert (status, answer["error"]) == (403, "passkey_refused")


async def test_a_passkey_of_one_is_not_taken_over_by_another(house_of_sign_in: Gateway) -> None:
    one, other = [await new_person(house_of_sign_in) for _ in range(2)]
    passkey = await one.make_passkey()
    options = (await ask(other.http, "POST", "/api/my/passkeys/begin"))[1]
    body = {"credential": passkey.make(options), "name": "Mine now"}
    assert (await ask(other.http, "POST", "/api/my/passkeys", **body))[0] == 403


async def test_several_have_names_and_one_can_be_removed_but_not_the_last(
    house_of_sign_in: Gateway,
) -> None:
    one, other = [await new_person(house_of_sign_in) for _ in range(2)]
    first = await one.make_passkey("Telephone")
    house_of_sign_in.clock.advance(seconds=1)
    await one.make_passkey("Key in the safe")
    found = (await ask(one.http, "GET", "/api/my/sign-in"))[1]["passkeys"]
    assert [passkey["name"] for passkey in found] == ["Telephone", "Key in the safe"]
    path = f"/api/my/passkeys/{found[0]['id']}"
    assert (await ask(other.http, "DELETE", path))[0] == 404
    assert (await ask(one.http, "DELETE", path))[0] == 204
    assert (await ask(one.http, "DELETE", path))[0] == 404
    options = (await ask(other.http, "POST", BEGIN))[1]
    assert (await ask(other.http, "POST", USE, credential=first.use(options)))[0] == 403
    last = await ask(one.http, "DELETE", f"/api/my/passkeys/{found[1]['id']}")
    assert (last[0], last[1]["error"]) == (403, "last_way")


async def test_who_is_disabled_does_not_come_in(person: Person) -> None:
    passkey = await person.make_passkey()
    await disable(person.gateway.desk, person.account)
    http = await person.gateway.visitor()
    options = (await ask(http, "POST", BEGIN))[1]
    status, answer = await ask(http, "POST", USE, credential=passkey.use(options))
    assert (status, answer["error"]) == (403, "passkey_refused")


@pytest.mark.parametrize(
    "credential",
    [
        {},
        {"response": None},
        {"response": {"clientDataJSON": "?"}},
        {"response": {"clientDataJSON": to_text(b"[]")}},
        {"response": {"clientDataJSON": to_text(b'{"challenge": 1}')}},
        {"response": {"clientDataJSON": to_text(b'{"challenge": "\xc3\xa9"}')}},
    ],
    ids=str,
)
async def test_nonsense_is_refused(person: Person, credential: dict[str, Any]) -> None:
    assert (await ask(person.http, "POST", USE, credential=credential))[0] == 403


@pytest.mark.parametrize("cut", ["id", "rawId", "type", "authenticatorData", "signature"])
async def test_an_answer_with_a_part_missing_or_spoilt_is_refused(person: Person, cut: str) -> None:
    passkey = await person.make_passkey()
    for spoilt in (None, "%%%", 7, ["x"], to_text(b"short")):
        options = (await ask(person.http, "POST", BEGIN))[1]
        credential = passkey.use(options)
        place = credential if cut in credential else credential["response"]
        place[cut] = spoilt
        status, _ = await ask(person.http, "POST", USE, credential=credential)
        assert status == 403, spoilt
