"""The clock jumps: the order of what was told is the journal's, and nobody's words depend on it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.faults.evening import evening
from tests.faults.outcome import Outcome, Stopwatch
from tests.gateway import EVENING, FakeClock

JUMPS = (
    timedelta(days=-1),
    timedelta(days=-3650),
    timedelta(seconds=-1),
    timedelta(0),
    timedelta(minutes=30),
    timedelta(days=29, hours=23),
)


async def clock_jumps(folder: Path, word: str) -> Outcome:
    """Jump back and forth between messages, with an answer on its way over each jump."""
    outcome = Outcome("clock jumps", tried=len(JUMPS))
    clock = FakeClock()
    hours = {"session_hours": 24 * 365, "idle_minutes": 60 * 24 * 365}
    with Stopwatch(outcome):
        async with evening(folder, clock, **hours) as told:
            for jump in JUMPS:
                told.bot.gate.clear()
                frame = await told.say(f"Before the clock jumps, {word}.")
                outcome.expect(frame["type"] == "kept", "not kept")
                clock.now += jump
                again = await told.say("The same again.", frame["id"])
                outcome.expect(again["turn"]["turn"] == frame["turn"]["turn"], "taken twice")
                told.bot.gate.set()
                frame = await told.say(f"After it, {word}.")
                outcome.expect(frame["type"] == "kept", "not kept")
            await told.judge(outcome)
            # Too far ahead the sign-in is over. That is said, and everything is still there.
            clock.now = EVENING + timedelta(days=400)
            frame = await told.say("Long after.")
            outcome.expect(frame["type"] == "refused", "an old sign-in goes on")
            outcome.expect(frame["text"].endswith("."), "no sentence")
            told.http = await told.gateway.signed_in(told.gateway.people.therapist)
            await told.judge(outcome)
    return outcome
