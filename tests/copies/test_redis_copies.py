"""Two copies of a gateway: one conversation at a time, and the news of one is that of both."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.conversation.answering import LOOK_EVERY_SECONDS
from bot.conversation.news import News
from bot.redis_copies import RedisCopies
from bot.settings import Settings
from bot.terminal.doctor.finding import State
from bot.terminal.doctor.reach import check_reach
from tests.bots import says
from tests.conftest import free_port, until
from tests.copies.conftest import PASSWORD, Pair, RedisServer
from tests.gateway import Gateway, Socket, socket_of

CANARY = "She slammed the door, and I stood there like a heron."


@asynccontextmanager
async def pages(pair: Pair) -> AsyncIterator[tuple[Socket, Socket]]:
    """One reflection, open in each copy, past its opening."""
    pair.bot.script = [says("Good evening.")]
    therapist = pair.one.people.therapist
    here, there = [await gateway.signed_in(therapist) for gateway in (pair.one, pair.two)]
    async with here.post("/api/reflections", json={}) as response:
        reflection = str((await response.json())["id"])
    async with socket_of(here, reflection) as one:
        await one.next(lambda frame: "Good evening." in str(frame))
        async with socket_of(there, reflection) as two:
            await two.next_of("history")
            yield one, two


async def test_what_is_said_in_one_copy_is_seen_in_the_other(pair: Pair) -> None:
    async with pages(pair) as (one, two):
        sent = await one.send(CANARY)
        assert (await two.answer_to(sent))["said"][0]["text"] == "Noted."
        back = await two.send("And I said nothing.")
        assert (await one.answer_to(back))["text"] == "And I said nothing."


async def test_one_turn_is_in_flight_however_many_copies_take_turns(pair: Pair) -> None:
    async with pages(pair) as (one, two):
        pair.bot.gate.clear()
        sent = [await (one, two)[number % 2].send(f"Turn {number}.") for number in range(6)]
        await until(lambda: asyncio.sleep(0, len(pair.bot.calls) > 1))
        await asyncio.sleep(0.3)
        pair.bot.gate.set()
        waiting = set(sent)
        while waiting:
            turn = (await two.next_of("turn"))["turn"]
            if turn["state"] == "answered":
                waiting.discard(turn["id"])
        assert pair.bot.most_at_once == 1
        assert len(pair.bot.texts) == len(set(pair.bot.texts)) == 6


async def test_a_copy_takes_up_what_one_that_fell_left(pair: Pair) -> None:
    async with pages(pair) as (one, two):
        pair.bot.is_up = False
        sent = await one.send(CANARY)
        await one.next_of("waiting")
        await pair.one.server.close()
        pair.bot.is_up = True
        async with asyncio.timeout(3 * LOOK_EVERY_SECONDS + 10):
            await two.answer_to(sent)


async def test_who_signs_out_in_one_copy_is_out_in_the_other(pair: Pair) -> None:
    pair.bot.script = [says("Good evening.")]
    therapist = pair.one.people.therapist
    http = await pair.one.signed_in(therapist)
    async with http.post("/api/reflections", json={}) as response:
        reflection = str((await response.json())["id"])
    async with (
        socket_of(await pair.two.signed_in(therapist), reflection) as two,
        http.delete("/api/my/sign-ins") as ended,
    ):
        assert ended.status == 204
        await two.until_closed()


async def test_pages_catch_up_after_redis_was_away(pair: Pair, redis_server: RedisServer) -> None:
    async with pages(pair) as (one, two):
        redis_server.end()
        try:
            alone = await one.send(CANARY)
            # Each copy goes on by itself.
            assert (await one.answer_to(alone))["state"] == "answered"
        finally:
            redis_server.begin()
        # What the other page missed it finds when it opens its line again.
        await two.until_closed()
        assert two.raw.close_code == 1013
    async with pages(pair) as (one, two):
        await two.answer_to(await one.send("Again."))


async def test_redis_holds_no_words_and_nobodys_address(
    pair: Pair, redis_server: RedisServer
) -> None:
    async with Redis.from_url(redis_server.url, password=PASSWORD) as redis, redis.pubsub() as ear:
        await ear.psubscribe("*")
        heard: list[Any] = []
        async with pages(pair) as (one, two):
            await two.answer_to(await one.send(CANARY))
            async with asyncio.timeout(5):
                while len(heard) < 4:
                    heard.append(await ear.get_message(timeout=1))
            kept = [(key, await redis.dump(key)) for key in await redis.keys()]
        everything = repr(heard) + repr(kept)
        assert "news" in everything
        assert "sending" in everything
        person = pair.one.people.therapist.id
        for secret in ("heron", "Noted", "127.0.0.1", person):
            assert secret not in everything


class TestLimits:
    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        return {"messages_per_minute": 4, "sign_ins_per_minute": 6}

    async def test_both_copies_count_together(self, pair: Pair) -> None:
        async with pages(pair) as (one, two):  # the first of four
            for socket in (one, two, one):
                await socket.answer_to(await socket.send("Words."))
            await two.send("Too many.")
            refused = await two.next_of("refused")
            assert refused["reason"] == "too_fast"

    async def test_knocks_are_counted_together_and_it_is_said_how_long(self, pair: Pair) -> None:
        statuses = []
        for number in range(8):
            gateway: Gateway = (pair.one, pair.two)[number % 2]
            async with (await gateway.visitor()).post(
                "/api/sign-in", json={"token": "x" * 43}
            ) as response:
                statuses.append(response.status)
                wait = response.headers.get("Retry-After")
        assert statuses[:6] == [403] * 6
        assert statuses[6:] == [429] * 2
        assert wait is None or 0 < int(wait) <= 60


async def test_only_one_is_at_it(redis_server: RedisServer) -> None:
    key = b"k" * 32
    copies = [RedisCopies(redis_server.url, PASSWORD, key, News()) for _ in range(3)]
    at_once = most = 0

    async def work(one: RedisCopies) -> None:
        nonlocal at_once, most
        for _ in range(5):
            async with one.hold("something"):
                at_once += 1
                most = max(most, at_once)
                await asyncio.sleep(0.01)
                at_once -= 1

    async with copies[0].running(), copies[1].running(), copies[2].running():
        await asyncio.gather(*map(work, copies))
    assert most == 1


async def test_what_is_not_ours_is_not_heard(redis_server: RedisServer) -> None:
    heard: list[dict[str, Any]] = []
    news = News()
    news.follow(lambda _, what: heard.append(what))
    ours = RedisCopies(redis_server.url, PASSWORD, b"k" * 32, news)
    same, other = News(), News()
    async with (
        ours.running(),
        RedisCopies(redis_server.url, PASSWORD, b"k" * 32, same).running(),
        RedisCopies(redis_server.url, PASSWORD, b"x" * 32, other).running(),
        Redis.from_url(redis_server.url, password=PASSWORD) as redis,
    ):
        await until(lambda: _listeners(redis, 3))
        await redis.publish("ballast:news", b"rubbish")
        other.tell("a", {"type": "theirs"})
        same.tell("a", {"type": "ours"})
        await until(lambda: asyncio.sleep(0, heard))
        assert heard == [{"type": "ours"}]


async def _listeners(redis: Redis, many: int) -> bool:
    [(_, count)] = await redis.pubsub_numsub("ballast:news")
    return bool(count >= many)


async def test_the_doctor_says_whether_redis_answers(redis_server: RedisServer) -> None:
    async def said(**settings: Any) -> tuple[State, str]:
        ours = Settings(port=free_port(), redis=redis_server.url, **settings)
        found = {one.part: one async for one in check_reach(ours)}["redis"]
        return found.state, found.sentence

    assert (await said(redis_password=PASSWORD))[0] is State.WELL
    state, sentence = await said(redis_password="another")  # noqa: S106 - is wrong on purpose
    assert (state, "does not take the password" in sentence) == (State.WRONG, True)
    redis_server.end()
    try:
        state, sentence = await said(redis_password=PASSWORD)
    finally:
        redis_server.begin()
    assert (state, "does not answer" in sentence) == (State.WRONG, True)
