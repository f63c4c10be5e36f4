"""A therapist says yes to a purpose, sees it, and takes it back."""

from __future__ import annotations

import pytest

from tests.gateway import FakeClock, Gateway, People


async def test_consent_is_off_until_given_and_can_be_taken_back(
    gateway: Gateway, people: People
) -> None:
    http = await gateway.signed_in(people.therapist)
    async with http.get("/api/consents") as response:
        assert await response.json() == {"corrections": False, "team_trends": False, "slack": False}
    for purpose in ("corrections", "team_trends", "slack"):
        for given in (True, False):
            changed = http.put(f"/api/consents/{purpose}", json={"given": given})
            async with changed as response:
                assert (await response.json()) == {
                    "corrections": False,
                    "team_trends": False,
                    "slack": False,
                } | {purpose: given}


async def test_each_yes_and_its_end_stay_in_the_history(
    own_gateway: Gateway, clock: FakeClock
) -> None:
    http = await own_gateway.signed_in(own_gateway.people.therapist)
    for given in (True, False, True):
        clock.advance(minutes=1)
        async with http.put("/api/consents/team_trends", json={"given": given}) as response:
            assert response.status == 200
    async with http.get("/api/consents/history") as response:
        newest, first = (await response.json())["history"]
    assert newest["purpose"] == first["purpose"] == "team_trends"
    assert newest["withdrawn_at"] is None
    assert first["given_at"] < first["withdrawn_at"] < newest["given_at"]
    other = await own_gateway.signed_in(own_gateway.people.other_therapist)
    async with other.get("/api/consents/history") as response:
        assert await response.json() == {"history": []}


@pytest.mark.parametrize(
    ("purpose", "body", "status"),
    [
        ("corrections", {"given": "yes"}, 400),
        ("corrections", {}, 400),
        ("sale", {"given": True}, 404),
    ],
)
async def test_what_is_no_consent_is_refused(
    gateway: Gateway, people: People, purpose: str, body: object, status: int
) -> None:
    http = await gateway.signed_in(people.therapist)
    async with http.put(f"/api/consents/{purpose}", json=body) as response:
        assert response.status == status
