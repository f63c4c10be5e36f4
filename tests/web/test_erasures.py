"""After deleting, the therapist and nobody else finds the receipt; under a hold they are told."""

from __future__ import annotations

from bot.conversation.holds import place_hold, release_hold
from tests.conftest import until
from tests.gateway import Gateway
from tests.web.conftest import Therapist


async def test_a_deletion_leaves_a_receipt_for_its_therapist_alone(
    gateway: Gateway, therapist: Therapist
) -> None:
    async with therapist.http.get("/api/erasures") as response:
        before = await response.json()
    assert before["rule"] is None
    async with therapist.http.delete(f"/api/reflections/{therapist.reflection}") as response:
        assert response.status == 204

    async def receipt() -> dict | None:
        async with therapist.http.get("/api/erasures") as response:
            found = (await response.json())["erasures"]
        return next(
            (r for r in found if r["reflection"] == therapist.reflection and r["done_at"]), None
        )

    found = await until(receipt, 10)
    assert {"key", "turns", "conversation"} <= {line["store"] for line in found["stores"]}
    assert all(line["gone_at"] for line in found["stores"])
    other = await gateway.signed_in(gateway.people.other_therapist)
    async with other.get("/api/erasures") as response:
        assert (await response.json())["erasures"] == []


async def test_under_a_hold_deleting_is_refused_in_a_sentence_and_nothing_goes(
    gateway: Gateway, therapist: Therapist
) -> None:
    await place_hold(gateway.desk, therapist.reflection, "file 12")
    path = f"/api/reflections/{therapist.reflection}"
    async with therapist.http.delete(path) as response:
        assert response.status == 409
        assert (await response.json())["text"] == gateway.desk.notices["held"]
    async with therapist.http.get(path) as response:
        assert response.status == 200
    other = await gateway.signed_in(gateway.people.other_therapist)
    async with other.delete(path) as response:
        assert response.status == 404
    await release_hold(gateway.desk, therapist.reflection)
    async with therapist.http.delete(path) as response:
        assert response.status == 204
