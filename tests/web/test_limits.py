"""A limit lets a minute's worth through at once, then refills evenly."""

from __future__ import annotations

from bot.web.limits import MOST_KEYS, Limiter


class Seconds:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def test_a_minutes_worth_passes_at_once_and_then_one_at_a_time() -> None:
    clock = Seconds()
    limiter = Limiter(6, clock)
    assert [await limiter.allows("a") for _ in range(7)] == [True] * 6 + [False]
    clock.now += 9
    assert not await limiter.allows("a")
    clock.now += 1.001
    assert await limiter.allows("a")
    assert not await limiter.allows("a")


async def test_a_long_rest_saves_up_no_more_than_a_minutes_worth() -> None:
    clock = Seconds()
    limiter = Limiter(3, clock)
    await limiter.allows("a")
    clock.now += 86_400
    assert [await limiter.allows("a") for _ in range(4)] == [True] * 3 + [False]


async def test_one_key_does_not_use_up_anothers() -> None:
    limiter = Limiter(1, Seconds())
    assert await limiter.allows("a")
    assert not await limiter.allows("a")
    assert await limiter.allows("b")


async def test_a_flood_of_keys_is_bounded() -> None:
    limiter = Limiter(1, Seconds())
    for number in range(MOST_KEYS + 50):
        await limiter.allows(str(number))
    assert len(limiter._buckets) == MOST_KEYS
    assert not await limiter.allows(str(MOST_KEYS + 49))
