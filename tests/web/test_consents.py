"""A therapist says yes to a purpose, sees it, and takes it back."""

from __future__ import annotations

import pytest

from tests.gateway import Gateway, People


async def test_consent_is_off_until_given_and_can_be_taken_back(
    gateway: Gateway, people: People
) -> None:
    http = await gateway.signed_in(people.therapist)
    async with http.get("/api/consents") as response:
        assert await response.json() == {"corrections": False}
    for given in (True, False):
        async with http.put("/api/consents/corrections", json={"given": given}) as response:
            assert await response.json() == {"corrections": given}


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
