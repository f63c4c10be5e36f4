"""A password lets in together with its second factor, slows guessers down, and tells nothing."""

from __future__ import annotations

import asyncio
import re
import time

import pytest
from aiohttp import ClientSession

from bot.conversation.accounts.people import disable, unlock
from bot.storage.columns import new_id
from bot.storage.sign_in_tables import Password
from bot.web.packed import BUILT, modules_of
from tests.gateway import Gateway
from tests.web.sign_in.conftest import PASSWORD, Person, ask, is_in, new_person

SIGN_IN, CODE = "/api/sign-in/password", "/api/sign-in/code"
WRONG = "heron kettle plum wren"


async def _try(http: ClientSession, name: str, password: str) -> tuple[int, str, float]:
    # Of the processor's time: a machine that is busy with something else says nothing of ours.
    began = time.process_time()
    status, answer = await ask(http, "POST", SIGN_IN, name=name, password=password)
    return status, answer.get("error", ""), time.process_time() - began


async def test_password_and_code_together_let_in(person: Person) -> None:
    await person.set_up_password()
    http = await person.gateway.visitor()
    ticket = await person.ticket(http)
    assert not await is_in(http)
    status, answer = await ask(http, "POST", CODE, ticket=ticket, code=person.code())
    assert (status, answer["name"]) == (200, person.account.name)
    assert await is_in(http)


async def test_a_name_is_found_however_it_is_typed(person: Person) -> None:
    await person.set_up_password()
    http = await person.gateway.visitor()
    typed = f"  {person.account.name.upper().replace(' ', '   ')} "
    assert (await ask(http, "POST", SIGN_IN, name=typed, password=PASSWORD))[0] == 200


async def test_wrong_unknown_disabled_and_half_set_up_are_answered_alike_and_as_slowly(
    house_of_sign_in: Gateway,
) -> None:
    right, closed, half = [await new_person(house_of_sign_in) for _ in range(3)]
    await right.set_up_password()
    await closed.set_up_password()
    await ask(half.http, "PUT", "/api/my/password", password=PASSWORD)
    await disable(house_of_sign_in.desk, closed.account)
    http = await house_of_sign_in.visitor()
    await _try(http, new_id(), PASSWORD)  # the first one makes the decoy
    tried = [
        await _try(http, right.account.name, WRONG),
        await _try(http, new_id(), PASSWORD),
        await _try(http, closed.account.name, PASSWORD),
        await _try(http, half.account.name, PASSWORD),
    ]
    assert {(status, error) for status, error, _ in tried} == {(403, "wrong_password")}
    took = [seconds for _, _, seconds in tried]
    # A hash takes tens of milliseconds at the least; what is skipped would take two or three.
    assert min(took) > max(took) / 5
    assert (await _try(http, right.account.name, PASSWORD))[0] == 200


async def test_a_code_is_used_once_and_a_wrong_one_never(person: Person) -> None:
    await person.set_up_password()
    http = await person.gateway.visitor()
    wrong = f"{(int(person.code()) + 1) % 1_000_000:06}"
    ticket, code = await person.ticket(http), person.code()
    assert (await ask(http, "POST", CODE, ticket=ticket, code=wrong))[1]["error"] == "wrong_code"
    assert (await ask(http, "POST", CODE, ticket=ticket, code=code))[0] == 200
    other = await person.gateway.visitor()
    ticket = await person.ticket(other)
    for used in (code, person.code(-1)):
        assert (await ask(other, "POST", CODE, ticket=ticket, code=used))[0] == 403
    assert (await ask(other, "POST", CODE, ticket=ticket, code=person.code(1)))[0] == 200


async def test_a_ticket_is_good_for_three_codes_and_five_minutes(person: Person) -> None:
    await person.set_up_password()
    http = await person.gateway.visitor()
    ticket = await person.ticket(http)
    errors = []
    for _ in range(4):
        answer = await ask(http, "POST", CODE, ticket=ticket, code="0000000")
        errors.append(answer[1]["error"])
    assert errors == ["wrong_code"] * 3 + ["challenge_over"]
    ticket = await person.ticket(http)
    person.gateway.clock.advance(minutes=5)
    late = await ask(http, "POST", CODE, ticket=ticket, code=person.code())
    assert late[1]["error"] == "challenge_over"


async def test_a_recovery_code_stands_in_once_and_new_ones_end_the_old(person: Person) -> None:
    await person.set_up_password()
    assert len(set(person.codes)) == 10
    # 120 random bits each: a plain hash of them cannot be searched.
    assert {len(code.replace("-", "")) for code in person.codes} == {24}
    http = await person.gateway.visitor()
    for code, wanted in ((person.codes[0].upper(), 200), (person.codes[0], 403)):
        ticket = await person.ticket(http)
        assert (await ask(http, "POST", CODE, ticket=ticket, code=code))[0] == wanted
    mine = (await ask(http, "GET", "/api/my/sign-in"))[1]
    assert mine["recovery_codes_left"] == 9
    fresh = (await ask(http, "POST", "/api/my/recovery-codes"))[1]["recovery_codes"]
    for code, wanted in ((person.codes[1], 403), (fresh[0], 200)):
        ticket = await person.ticket(http)
        assert (await ask(http, "POST", CODE, ticket=ticket, code=code))[0] == wanted


async def test_a_recovery_code_of_another_does_not_stand_in(house_of_sign_in: Gateway) -> None:
    one, other = [await new_person(house_of_sign_in) for _ in range(2)]
    await one.set_up_password()
    await other.set_up_password()
    http = await house_of_sign_in.visitor()
    ticket = await one.ticket(http)
    assert (await ask(http, "POST", CODE, ticket=ticket, code=other.codes[0]))[0] == 403
    assert (await ask(http, "POST", CODE, ticket=ticket, code=one.codes[0]))[0] == 200


async def test_guessers_wait_longer_each_time_and_the_owner_in_a_known_browser_does_not(
    person: Person,
) -> None:
    await person.set_up_password()
    clock, name = person.gateway.clock, person.account.name
    home = await person.gateway.visitor()
    ticket = await person.ticket(home)
    assert (await ask(home, "POST", CODE, ticket=ticket, code=person.code()))[0] == 200
    stranger = await person.gateway.visitor()
    for _ in range(5):
        assert (await _try(stranger, name, WRONG))[0] == 403
    waits = []
    for _ in range(12):
        async with stranger.post(SIGN_IN, json={"name": name, "password": PASSWORD}) as response:
            # Refused unseen: even the right one.
            assert response.status == 429
            waits.append(int(response.headers["Retry-After"]))
        clock.advance(seconds=waits[-1])
        assert (await _try(stranger, name, WRONG))[0] == 403
    assert waits[:4] == [2, 4, 8, 16]
    assert waits[-1] == 15 * 60
    assert (await _try(home, name, PASSWORD))[0] == 200
    assert (await _try(stranger, name, PASSWORD))[0] == 429
    await unlock(person.gateway.desk, person.account)
    assert (await _try(stranger, name, PASSWORD))[0] == 200


async def test_many_guesses_at_once_are_as_many_failures(person: Person) -> None:
    name = new_id()  # a name that nobody has waits like any other
    http = await person.gateway.visitor()

    async def guess() -> int:
        return (await _try(http, name, WRONG))[0]

    statuses = await asyncio.gather(*(guess() for _ in range(12)))
    assert statuses.count(403) <= 5
    assert statuses.count(429) >= 7


@pytest.mark.parametrize(
    ("password", "error"),
    [
        ("elevenchars", "password_short"),
        ("wren kettle " * 11, "password_long"),
        ("Password12345!", "password_common"),
        ("p@ssw0rdp@ssw0rd", "password_common"),
        ("letmein letmein 2026", "password_common"),
        ("123456789012", "password_common"),
        ("aaaaaaaaaaaaaa", "password_common"),
        ("I am ZANELE of the river", "password_name"),
    ],
)
async def test_a_password_that_would_be_tried_first_is_refused(
    person: Person, password: str, error: str
) -> None:
    status, answer = await ask(person.http, "PUT", "/api/my/password", password=password)
    assert (status, answer["error"]) == (403, error)


@pytest.mark.parametrize(
    "password",
    [
        "wren harbour k",
        "ünübersehbar süß",
        "🐦" * 3 + "wren of the mill",
        ("wren kettle plum " * 8)[:128],
    ],
)
async def test_anything_else_of_twelve_characters_may_be_one(person: Person, password: str) -> None:
    assert (await ask(person.http, "PUT", "/api/my/password", password=password))[0] == 204
    await person.set_up_factor()
    http = await person.gateway.visitor()
    await person.ticket(http, password)


async def test_a_new_password_ends_the_old_one_and_lasts(person: Person) -> None:
    await person.set_up_password()
    new = "Plum kettle harbour wren"
    assert (await ask(person.http, "PUT", "/api/my/password", password=new))[0] == 204
    # Not by a calendar: who must change it often chooses worse ones.
    person.gateway.clock.advance(days=800)
    http = await person.gateway.visitor()
    name = person.account.name
    for wrong in (PASSWORD, new.lower(), f"{new} ", new[:-1]):
        assert (await _try(http, name, wrong))[:2] == (403, "wrong_password")
    assert (await _try(http, name, new))[0] == 200


async def test_only_a_slow_hash_is_kept_of_a_password(person: Person) -> None:
    await person.set_up_password()
    async with person.gateway.desk.sessions() as session:
        kept = await session.get_one(Password, person.account.id)
    # argon2id with 64 MB, three times through: RFC 9106's choice for little memory.
    assert kept.argon2.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert PASSWORD not in kept.argon2


async def test_a_code_of_the_app_is_good_for_its_half_minute_and_the_two_beside_it(
    person: Person,
) -> None:
    await person.set_up_password()
    http = await person.gateway.visitor()
    for off, wanted in ((-2, 403), (2, 403), (1, 200)):
        ticket = await person.ticket(http)
        answer = await ask(http, "POST", CODE, ticket=ticket, code=person.code(off))
        assert answer[0] == wanted


async def test_password_fields_hide_what_is_typed_and_take_what_a_manager_fills_in(
    person: Person,
) -> None:
    visitor = await person.gateway.visitor()
    for http, path, wanted in (
        (visitor, "/sign-in", "current-password"),
        (person.http, "/your-sign-in", "new-password"),
    ):
        async with http.get(path) as response:
            page = await response.text()
        (field,) = re.findall(r'<input id="password"[^>]*>', page)
        assert 'type="password"' in field
        assert f'autocomplete="{wanted}"' in field
    # Nothing but the place to write to the assistant listens to pasting, and it is not in these
    # pages: so nothing can forbid it.
    listening = [
        path.name for path in BUILT.glob("*.js") if "paste" in path.read_text(encoding="utf-8")
    ]
    assert listening == ["chat.js"]
    for first in ("sign_in.js", "your_sign_in.js", "frame.js"):
        assert "chat.js" not in modules_of(first, "en")


async def test_the_picture_is_of_what_is_being_set_up_and_only_of_that(person: Person) -> None:
    path = "/api/my/second-factor/picture"
    assert (await ask(person.http, "GET", path))[0] == 404
    begun = (await ask(person.http, "POST", "/api/my/second-factor/begin"))[1]
    async with person.http.get(path) as response:
        assert response.content_type == "image/svg+xml"
        drawn = await response.text()
    assert "style" not in drawn
    assert "<script" not in drawn
    body = {"ticket": begun["ticket"], "code": "000 000"}
    assert (await ask(person.http, "POST", "/api/my/second-factor", **body))[0] == 403
    await person.set_up_factor()
    assert (await ask(person.http, "GET", path))[0] == 404


async def test_taking_the_password_away_takes_its_second_factor_along(person: Person) -> None:
    await person.set_up_password()
    last = await ask(person.http, "DELETE", "/api/my/password")
    assert last[1]["error"] == "last_way"
    await person.make_passkey()
    assert (await ask(person.http, "DELETE", "/api/my/password"))[0] == 204
    mine = (await ask(person.http, "GET", "/api/my/sign-in"))[1]
    assert not mine["has_password"]
    assert not mine["has_second_factor"]
    assert mine["recovery_codes_left"] == 0
    http = await person.gateway.visitor()
    assert (await _try(http, person.account.name, PASSWORD))[0] == 403
