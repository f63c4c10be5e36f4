"""A machine that does anything at any time, and holds what is seen against a small model.

Its steps are what people and the world do: write, write again, crash, answer, share, withdraw,
let time pass, read, erase, sign out and in. A failure is shrunk to the fewest steps that show it,
printed as one line a step.
"""

from __future__ import annotations

import asyncio
import itertools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.faults.model import GivenShare, KeptReflection, ToldTurn, answer_to
from tests.faults.world import PAIRS, SUPERVISORS, THERAPISTS, During, World

MOST_REFLECTIONS = 4
MOST_CRASHES = 2
_LETTERS = "abcdefghijklmnopqrstuvwxyz"

who_writes = st.sampled_from(THERAPISTS)
who_reads = st.sampled_from(SUPERVISORS)
anybody = st.sampled_from((*THERAPISTS, *SUPERVISORS))


class Machine(RuleBasedStateMachine):
    """One evening of two therapists and their two supervisors."""

    world: World
    reflections = Bundle("reflections")

    # With a reflection for each to begin with: Hypothesis leaves some rules out of a run, and a
    # run without `start` would have nothing to do.
    @initialize(target=reflections)
    def evening(self) -> Any:
        self.kept: list[KeptReflection] = []
        self.crashes = 0
        self.numbers = itertools.count()
        self._do(self._begin())
        return multiple(*(self._start(author) for author in THERAPISTS))

    @precondition(lambda self: len(self.kept) < MOST_REFLECTIONS)
    @rule(target=reflections, author=who_writes)
    def start(self, author: str) -> Any:
        if self.signed_in[author]:
            return self._start(author)
        assert self._ask(author, "POST", "/api/reflections", path="full")[0] == 401
        return multiple()

    @rule(reflection=reflections)
    def write(self, reflection: KeptReflection) -> None:
        turn = self._new_turn()
        if self._send(reflection, turn) == "kept":
            reflection.turns.append(turn)

    @rule(reflection=reflections)
    def write_and_be_answered(self, reflection: KeptReflection) -> None:
        self.write(reflection)
        while reflection.is_waiting:
            self.answer(reflection)

    @rule(reflection=reflections, which=st.integers(0, 9), is_changed=st.booleans())
    def write_again(self, reflection: KeptReflection, which: int, *, is_changed: bool) -> None:
        """Send an id once more, with the words it had or with others: nothing comes of it."""
        if reflection.turns:
            known = reflection.turns[which % len(reflection.turns)]
            word = "something else" if is_changed else known.word
            self._send(reflection, ToldTurn(known.client_id, word))
        self.author_reads(reflection)

    @rule(reflection=reflections)
    def answer(self, reflection: KeptReflection) -> None:
        if reflection.is_waiting:
            self.world.bot.let_one_through(reflection.id)
            reflection.answer_next()
            self._do(self._until_answered(reflection))

    @precondition(lambda self: self.crashes < MOST_CRASHES)
    @rule(
        reflection=reflections,
        during=st.sampled_from(("nothing", "sending", "answering")),
        ticks=st.integers(0, 40),
    )
    def crash(self, reflection: KeptReflection, during: During, ticks: int) -> None:
        """Crash, perhaps in the middle of something: that then happened wholly or not at all."""
        self.crashes += 1
        turn = self._new_turn()
        if during == "sending" and self._may_write(reflection):
            self._do(self._send_and_crash(reflection, turn, ticks))
            if self._has(reflection, turn):
                reflection.turns.append(turn)
        elif during == "answering" and reflection.is_waiting:
            self._do(self._answer_and_crash(reflection, ticks))
        else:
            self._do(self.world.crash())

    @rule(
        reflection=reflections,
        supervisor=who_reads,
        scope=st.sampled_from(("summary", "whole", "turns")),
        days=st.sampled_from((None, 0, 1, 30)),
        has_note=st.booleans(),
        which=st.integers(0, 9),
    )
    def share(
        self,
        reflection: KeptReflection,
        supervisor: str,
        scope: str,
        days: int | None,
        *,
        has_note: bool,
        which: int,
    ) -> None:
        author, now = reflection.author, self.world.clock()
        until = now.date() + timedelta(days=days) if days is not None else None
        note = self._new_word() if has_note else None
        every = frozenset(range(1, len(reflection.turns) + 1))
        numbers = every if scope == "whole" else frozenset()
        if scope == "turns":
            numbers = frozenset({which % len(every) + 1}) if every else frozenset()
        status, body = self._ask(
            author,
            "POST",
            f"/api/reflections/{reflection.id}/share",
            supervisor=self.world.account(supervisor).id,
            scope=scope,
            until=until.isoformat() if until else None,
            **({"turns": sorted(numbers)} if scope == "turns" else {}),
            **({"note": note} if note else {}),
        )
        if not self._is_own(reflection, status):
            return
        if (author, supervisor) not in PAIRS or (scope == "turns" and not numbers):
            assert status == 400
            return
        assert status == 200, body
        for earlier in reflection.shares:
            earlier.is_closed |= earlier.supervisor == supervisor
        last = len(reflection.turns)
        given = GivenShare(supervisor, scope, numbers, last, until, note)
        reflection.shares.insert(0, given)

    @rule(reflection=reflections)
    def withdraw(self, reflection: KeptReflection) -> None:
        path = f"/api/reflections/{reflection.id}/share"
        status, _ = self._ask(reflection.author, "DELETE", path)
        if self._is_own(reflection, status):
            assert status == 204
            for share in reflection.shares:
                share.is_closed = True

    @rule(hours=st.sampled_from((0.1, 1, 12, 24, 24 * 31)))
    def time_passes(self, hours: float) -> None:
        self.world.clock.advance(hours=hours)

    @rule(reflection=reflections, supervisor=who_reads)
    def supervisor_reads(self, reflection: KeptReflection, supervisor: str) -> None:
        """What is shown is what was shared, word for word, and the look is counted."""
        status, page = self._ask(supervisor, "GET", f"/console/{reflection.id}")
        share = reflection.share_with(supervisor, self.world.clock())
        if not self.signed_in[supervisor]:
            assert status == 401
        elif share is None:
            assert status == 404
        else:
            assert status == 200
            share.look(self.world.clock())
            shown = {word for word in reflection.all_words if word in page}
            assert shown == reflection.words_in(share)
            assert all(page.count(word) <= 2 for word in shown)

    @rule(supervisor=who_reads)
    def supervisor_lists(self, supervisor: str) -> None:
        status, page = self._ask(supervisor, "GET", "/console")
        if self.signed_in[supervisor]:
            now = self.world.clock()
            for one in self.kept:
                assert (one.id in page) == (one.share_with(supervisor, now) is not None)
        else:
            assert status == 401

    @rule(reflection=reflections)
    def author_reads(self, reflection: KeptReflection) -> None:
        """Every acknowledged message stands there once, in order, with one answer or none yet."""
        self._read(reflection)

    @rule(reflection=reflections)
    def author_looks_who_looked(self, reflection: KeptReflection) -> None:
        path = f"/api/reflections/{reflection.id}/share"
        status, body = self._ask(reflection.author, "GET", path)
        if self._is_own(reflection, status):
            assert status == 200
            self._compare_shares(reflection, body["shares"])

    @rule(reflection=reflections, other=anybody)
    def somebody_else_tries(self, reflection: KeptReflection, other: str) -> None:
        """Nobody but its author reads a reflection over the chat's routes."""
        if other != reflection.author:
            path = f"/api/reflections/{reflection.id}"
            for method in ("GET", "DELETE"):
                status, _ = self._ask(other, method, path)
                assert status == (404 if self.signed_in[other] else 401)

    @rule(reflection=consumes(reflections))
    def erase(self, reflection: KeptReflection) -> None:
        path = f"/api/reflections/{reflection.id}"
        status, _ = self._ask(reflection.author, "DELETE", path)
        if self._is_own(reflection, status):
            assert status == 204
            reflection.is_erased = True
            assert self._ask(reflection.author, "GET", path)[0] == 404

    @rule(who=anybody)
    def sign_out(self, who: str) -> None:
        status, _ = self._ask(who, "POST", "/api/sign-out")
        assert status == (204 if self.signed_in[who] else 401)
        self.signed_in[who] = False
        self._do(self.world.lines_close(who))

    @precondition(lambda self: not all(self.signed_in.values()))
    @rule()
    def all_sign_in_again(self) -> None:
        self._do(self._sign_all_in())

    def teardown(self) -> None:
        """When all is answered, everything is there exactly once, and what was erased is gone."""
        if not hasattr(self, "kept"):
            return
        self._do(self._settle())
        for reflection in self.kept:
            self.author_looks_who_looked(reflection)
            turns = self._read(reflection)
            if turns is not None:
                said = [[message["text"] for message in turn["said"]] for turn in turns]
                taken = self.world.bot.taken[reflection.id]
                assert len(taken) == len(set(taken))
                assert said == [[answer_to(turn)] for turn in taken]
        self.world.end()

    # What a step is made of

    def _do(self, doing: Any) -> Any:
        return self.world.run(doing)

    def _ask(self, who: str, method: str, address: str, **body: Any) -> tuple[int, Any]:
        return self._do(self.world.ask(who, method, address, **body))

    def _start(self, author: str) -> KeptReflection:
        status, body = self._ask(author, "POST", "/api/reflections", path="full")
        assert status == 201
        made = KeptReflection(body["id"], author)
        self.kept.append(made)
        return made

    def _new_word(self) -> str:
        number = next(self.numbers)
        return "lantern" + _LETTERS[number // 26] + _LETTERS[number % 26]

    def _new_turn(self) -> ToldTurn:
        word = self._new_word()
        return ToldTurn(f"id-of-{word}", word)

    def _may_write(self, reflection: KeptReflection) -> bool:
        return self.signed_in[reflection.author] and not reflection.is_erased

    def _is_own(self, reflection: KeptReflection, status: int) -> bool:
        """Say whether the author may reach it at all; otherwise the status says why not."""
        if not self.signed_in[reflection.author]:
            assert status == 401
        elif reflection.is_erased:
            assert status == 404
        return self._may_write(reflection)

    def _send(self, reflection: KeptReflection, turn: ToldTurn) -> str:
        if not self._may_write(reflection):
            return "not sent"
        kind = self._do(self._say(reflection, turn))
        assert kind == "kept"
        return kind

    def _read(self, reflection: KeptReflection) -> list[dict[str, Any]] | None:
        status, body = self._ask(reflection.author, "GET", f"/api/reflections/{reflection.id}")
        if not self._is_own(reflection, status):
            return None
        assert status == 200
        self._compare(reflection, body["turns"])
        turns: list[dict[str, Any]] = body["turns"]
        return turns

    def _has(self, reflection: KeptReflection, turn: ToldTurn) -> bool:
        status, body = self._ask(reflection.author, "GET", f"/api/reflections/{reflection.id}")
        assert status == 200
        return turn.client_id in {seen["id"] for seen in body["turns"]}

    def _compare(self, reflection: KeptReflection, turns: list[dict[str, Any]]) -> None:
        opening, *told = turns
        assert [turn["turn"] for turn in turns] == list(range(len(turns)))
        assert [turn["id"] for turn in told] == [turn.client_id for turn in reflection.turns]
        is_open = reflection.opening_is_answered
        assert opening["state"] == ("answered" if is_open else "kept")
        for seen, turn in zip(told, reflection.turns, strict=True):
            assert seen["text"] == _sentence(turn)
            assert seen["state"] == ("answered" if turn.is_answered else "kept")
            assert len(seen["said"]) == turn.is_answered

    def _compare_shares(self, reflection: KeptReflection, seen: list[dict[str, Any]]) -> None:
        now = self.world.clock()
        # Shares of the same moment have no order.
        assert sorted(
            _key(s["supervisor"]["id"], s["scope"], s["ended"], len(s["views"])) for s in seen
        ) == sorted(
            _key(self.world.account(s.supervisor).id, s.scope, not s.stands(now), s.views)
            for s in reflection.shares
        )

    # The same, in the loop

    async def _begin(self) -> None:
        await self.world.begin()
        self.signed_in = dict.fromkeys((*THERAPISTS, *SUPERVISORS), False)
        await self._sign_all_in()

    async def _say(self, reflection: KeptReflection, turn: ToldTurn) -> str:
        socket = await self.world.socket(reflection.author, reflection.id)
        await socket.send(_sentence(turn), turn.client_id)
        frame = await socket.next(
            lambda f: f["type"] in ("kept", "refused") and f["id"] == turn.client_id
        )
        return str(frame["type"])

    async def _send_and_crash(self, reflection: KeptReflection, turn: ToldTurn, ticks: int) -> None:
        socket = await self.world.socket(reflection.author, reflection.id)
        await socket.send(_sentence(turn), turn.client_id)
        await _pass(ticks)
        await self.world.crash()

    async def _answer_and_crash(self, reflection: KeptReflection, ticks: int) -> None:
        before = reflection.answers
        self.world.bot.let_one_through(reflection.id)
        await _pass(ticks)
        await self.world.crash()
        # What Rasa took before the crash it answers again without being let to.
        taken = len(self.world.bot.taken[reflection.id])
        if taken > before:
            reflection.answer_next()
            await self._until_answered(reflection)

    async def _until_answered(self, reflection: KeptReflection) -> None:
        wanted = reflection.answers
        async with asyncio.timeout(20):
            while await self.world.answers_in_journal(reflection.id) < wanted:
                await asyncio.sleep(0.008)

    async def _sign_all_in(self) -> None:
        for who, is_in in self.signed_in.items():
            if not is_in:
                await self.world.sign_in(who)
                self.signed_in[who] = True

    async def _settle(self) -> None:
        await self._sign_all_in()
        self.world.bot.open()
        for reflection in self.kept:
            while reflection.is_waiting:
                reflection.answer_next()
            if not reflection.is_erased:
                await self._until_answered(reflection)
        erased = {one.id for one in self.kept if one.is_erased}
        async with asyncio.timeout(20):
            while not erased <= self.world.bot.forgotten:
                await asyncio.sleep(0.005)


def _sentence(turn: ToldTurn) -> str:
    return f"The {turn.word} was late."


def _key(supervisor: str, scope: str, is_over: object, views: int) -> tuple[Any, ...]:
    return supervisor, scope, bool(is_over), views


async def _pass(ticks: int) -> None:
    """Let the gateway work for a little while, which ends anywhere."""
    for _ in range(ticks):
        await asyncio.sleep(0.0005)


@contextmanager
def _world(folder: Path) -> Iterator[World]:
    world = World(folder)
    try:
        yield world
    finally:
        world.close()


def run_machine(runs: int, steps: int, folder: Path | None = None, *, is_repeatable: bool) -> int:
    """Run the machine, and give how often the gateway crashed in it. Raises what it finds."""
    with (
        tempfile.TemporaryDirectory() as own,
        _world(folder or Path(own)) as world,
    ):
        machine = type("Machine", (Machine,), {"world": world})
        how = settings(
            max_examples=runs,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            derandomize=is_repeatable,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink],
            print_blob=False,
        )
        run_state_machine_as_test(machine, settings=how)
        return world.crashes
