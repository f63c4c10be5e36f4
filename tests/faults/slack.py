"""Conversations in the team's own Slack, with faults on every line between Slack and the gateway.

Each message has one effect, which is one turn in the journal, and one answer, which the person
sees once and in its order. Whoever presses a button presses again when Slack says that it failed.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.conversation.bot import Said
from bot.conversation.consents import set_consent
from bot.conversation.slack.linking import SlackPerson, link, link_for
from bot.storage.access import own_reflections
from bot.storage.models import Account, Turn
from bot.storage.states import Purpose, Role, TurnState
from tests.bots import says
from tests.conftest import until
from tests.faults.crash import leave_as_killed
from tests.faults.library import library_read_once
from tests.faults.model import answer_to
from tests.faults.outcome import Outcome, Stopwatch
from tests.gateway import FakeClock, Gateway, run_gateway, turns
from tests.slack.mock import Fault, MockSlack, NotThere, Person, mock_slack
from tests.slack.mock.faults import ON_THE_WAY

KILLED = "gateway killed"
# On the way to the app, at what it posts, and at what it changes afterwards.
KINDS: tuple[tuple[str, str], ...] = (
    *((fault, "") for fault in ON_THE_WAY),
    (KILLED, ""),
    (Fault.RATE_LIMITED, "chat.postMessage"),
    (Fault.ERROR_BEFORE, "chat.postMessage"),
    (Fault.ERROR_AFTER, "chat.postMessage"),
    (Fault.CUT_BEFORE, "chat.postMessage"),
    (Fault.CUT_AFTER, "chat.postMessage"),
    (Fault.NO_ANSWER, "chat.postMessage"),
    (Fault.RATE_LIMITED, "chat.update"),
    (Fault.CUT_AFTER, "chat.update"),
)
FAULTS, CONVERSATIONS = 100, 20
_CHOICES = (("/yes", "Yes"), ("/no", "Not yet"))
_WORDS = (
    "kettle window ladder garden basket candle ribbon saddle button pillow carpet anchor".split()
)
_STEP_SECONDS = 180.0
_PATIENCE_SECONDS = 10.0
# Not all talk at once, and a gateway that fell stands for a while.
_AT_ONCE = 6
_STANDING_SECONDS = 5.0
# Slack's own times are a minute and five: what happens is the same, and sooner.
_RETRY_SECONDS = (0.5, 10.0, 45.0)


class TalkingBot:
    """Answers each turn with its name and two choices; remembers what it took, as Rasa does."""

    def __init__(self) -> None:
        self.taken: dict[str, list[str]] = defaultdict(list)

    async def answer(
        self, conversation: str, turn: str, text: str, context: dict[str, Any] | None
    ) -> list[Said]:
        await asyncio.sleep(0.05)
        if turn not in self.taken[conversation]:
            self.taken[conversation].append(turn)
        return says(answer_to(turn), choices=_CHOICES)

    async def forget(self, conversation: str) -> None:
        """Nothing has to be forgotten here."""

    async def is_ready(self) -> bool:
        return True


@dataclass
class Talk:
    """One person's conversation: what they wrote and pressed, in the order in which they did."""

    person: Person
    account: Account
    said: list[str] = field(default_factory=list)

    def answers(self) -> list[str]:
        """Give the turns whose answers the person sees, in the order in which they stand."""
        found = (re.findall(r"Heard (\w+)\.", text) for text in self.person.hears())
        return [turn for turns_ in found for turn in turns_]


class Town:
    """A gateway and a Slack, and the people between them."""

    def __init__(self, folder: Path, slack: MockSlack) -> None:
        self.var = folder / "town"
        self.var.mkdir()
        self.slack = slack
        self.bot, self.clock = TalkingBot(), FakeClock()
        self.talks: list[Talk] = []
        self.kills = 0
        self._open = AsyncExitStack()
        self.places = asyncio.Semaphore(_AT_ONCE)
        self._is_killing = asyncio.Lock()

    async def start(self) -> None:
        app = self.slack.workspace.app
        self._open = AsyncExitStack()
        running = run_gateway(
            self.var,
            self.bot,
            self.clock,
            slack_bot_token=app.bot_token,
            slack_app_token=app.app_token,
            slack_api_url=self.slack.api_url,
            slack_mode="full",
            slack_full_reason="These are tests.",
            slack_quiet_seconds=3.0,
        )
        self.gateway: Gateway = await self._open.enter_async_context(running)

    async def stop(self) -> None:
        opened, self._open = self._open, AsyncExitStack()
        await opened.aclose()

    async def kill(self) -> None:
        """Kill the gateway, whatever it does, and start it again on what lies on the disk."""
        async with self._is_killing:
            self.kills += 1
            # Nothing comes through that is done after the files were taken as they lay.
            self.slack.unplug()
            await leave_as_killed(self.var, self.stop)
            self.slack.plug_in()
            await self.start()
            await self.slack.until_connected(seconds=60)
            await asyncio.sleep(_STANDING_SECONDS)

    async def settle(self, number: int) -> None:
        """Let so many people in, each with an account that is linked and agreed."""
        desk = self.gateway.desk
        for index in range(number):
            person = self.slack.person(f"therapist{index}")
            account = Account(name=person.member.name, role=Role.THERAPIST, created_at=self.clock())
            async with desk.sessions.begin() as session:
                session.add(account)
            who = SlackPerson(self.slack.workspace.home.id, person.id)
            address = await link_for(desk, who, person.direct.id)
            await link(desk, account, address.partition("#")[2])
            await set_consent(desk, account, Purpose.SLACK, given=True)
            self.talks.append(Talk(person, account))

    async def journal(self, talk: Talk) -> list[Turn]:
        """Give the turns of the one reflection that somebody has."""
        desk = self.gateway.desk
        async with desk.sessions() as session:
            own = await own_reflections(session, talk.account)
        assert len(own) == 1, f"{len(own)} reflections were begun"
        return await turns(desk, talk.account, own[0].id)


def planned(faults: int, conversations: int, seed: int) -> list[list[tuple[str, str]]]:
    """Spread so many faults of all kinds over the conversations."""
    chosen = list(itertools.islice(itertools.cycle(KINDS), faults))
    random.Random(seed).shuffle(chosen)
    return [chosen[number::conversations] for number in range(conversations)]


async def broken_talks(folder: Path, faults: int, conversations: int, seed: int) -> Outcome:
    """Have conversations with so many faults in them; count what was lost, doubled or amiss."""
    outcome = Outcome(f"Slack: {faults} faults in {conversations} conversations")
    with Stopwatch(outcome), library_read_once():
        async with mock_slack(seed=seed) as slack:
            slack.carrier.retry_seconds = _RETRY_SECONDS
            town = Town(folder, slack)
            await town.start()
            try:
                await slack.until_connected()
                await town.settle(conversations)
                plan = planned(faults, conversations, seed)
                chances = random.Random(seed)
                await asyncio.gather(
                    *(
                        _talk(town, talk, todo, outcome, random.Random(chances.random()))
                        for talk, todo in zip(town.talks, plan, strict=True)
                    )
                )
                await _use_up(town, outcome)
                await slack.until_at_rest(120)
                for talk in town.talks:
                    await _judge(town, talk, outcome)
            finally:
                await town.stop()
            outcome.tried = len(slack.faults.made) + town.kills
            outcome.expect(outcome.tried == faults, f"{outcome.tried} of {faults} faults came")
            broken = Counter(f"{one.where} {one.error}" for one in slack.violations)
            outcome.expect(not broken, f"what Slack does not take: {dict(broken)}")
    return outcome


async def _talk(
    town: Town,
    talk: Talk,
    faults: list[tuple[str, str]],
    outcome: Outcome,
    chance: random.Random,
) -> None:
    """Begin a reflection, and do one thing more for each fault."""
    try:
        async with town.places:
            await _begin(talk)
            for fault, word in zip(faults, _words(), strict=False):
                killing = _plan(town, fault, chance)
                await _do(talk, fault[0], word, chance)
                await _until_answered(talk)
                if killing:
                    await killing
    except TimeoutError:
        outcome.lost += 1
    except AssertionError as found:
        outcome.broken.append(str(found))


def _words() -> Iterator[str]:
    return (f"The {word} again." for word in itertools.cycle(_WORDS))


async def _begin(talk: Talk) -> None:
    """Type the command and press, each again when it failed or nothing came of it."""
    async with asyncio.timeout(_STEP_SECONDS):
        while not _buttons(talk):
            await talk.person.commands("/reflect")
            with suppress(AssertionError):
                await talk.person.until(lambda _: _buttons(talk), _PATIENCE_SECONDS)
    await _press(talk, "A short one", is_said=False)
    await _until_answered(talk)


def _buttons(talk: Talk) -> list[str]:
    return [label for seen in talk.person.sees() for label in seen.buttons]


def _plan(town: Town, fault: tuple[str, str], chance: random.Random) -> asyncio.Task[None] | None:
    kind, method = fault
    if kind == KILLED:
        return asyncio.create_task(_kill_soon(town, chance.uniform(0.0, 2.0)))
    if method:
        town.slack.faults.at_next_call(method, Fault(kind))
    else:
        town.slack.faults.at_next_delivery(Fault(kind))
    return None


async def _kill_soon(town: Town, seconds: float) -> None:
    await asyncio.sleep(seconds)
    await town.kill()


async def _do(talk: Talk, fault: str, word: str, chance: random.Random) -> None:
    """Write, or press; two at once where their order is to be broken."""
    if fault == Fault.REORDER:
        talk.person.writes(f"First: {word}")
        talk.person.writes(f"Second: {word}")
        talk.said += [f"First: {word}", f"Second: {word}"]
    elif chance.random() < 0.5:
        await _press(talk, chance.choice([label for _, label in _CHOICES]))
    else:
        talk.person.writes(word)
        talk.said.append(word)


async def _press(talk: Talk, label: str, *, is_said: bool = True) -> None:
    seen = await talk.person.until(
        lambda seen: next((one for one in reversed(seen) if label in one.buttons), None),
        _STEP_SECONDS,
    )
    talk.said += [label] * is_said
    async with asyncio.timeout(_STEP_SECONDS):
        while True:
            try:
                if await talk.person.presses(label, on=seen).settled():
                    return
                await asyncio.sleep(1.0)
            except NotThere:
                return  # taken, though Slack did not hear so


async def _until_answered(talk: Talk) -> None:
    """Wait until the person sees an answer to everything they said, the opening before it."""
    async with asyncio.timeout(_STEP_SECONDS):
        while len(set(talk.answers())) < 1 + len(talk.said):
            await asyncio.sleep(0.05)


async def _use_up(town: Town, outcome: Outcome) -> None:
    """Go on talking until no fault is left over, quickly and one after the other."""
    for word, talk in zip(_words(), itertools.cycle(town.talks), strict=False):
        if not town.slack.faults.waiting or len(talk.said) > 25:
            return
        try:
            talk.person.writes(f"And now, {word}")
            talk.said.append(f"And now, {word}")
            await _until_answered(talk)
        except TimeoutError:
            outcome.lost += 1


async def _judge(town: Town, talk: Talk, outcome: Outcome) -> None:
    """Hold what was said against the journal, and the journal against what is seen."""

    async def all_answered() -> list[Turn] | None:
        found = await town.journal(talk)
        return found if all(turn.state is not TurnState.KEPT for turn in found) else None

    try:
        opening, *kept = await until(all_answered, 60)
    except (TimeoutError, AssertionError) as found:
        outcome.broken.append(f"no whole journal: {found}")
        return
    said, effects = Counter(talk.said), Counter(turn.text for turn in kept)
    outcome.lost += (said - effects).total()
    outcome.doubled += (effects - said).total()
    expected, shown = [turn.id for turn in (opening, *kept)], talk.answers()
    outcome.lost += len(set(expected) - set(shown))
    outcome.doubled += len(shown) - len(set(shown))
    outcome.expect(list(dict.fromkeys(shown)) == expected, "answers do not stand in their order")
    outcome.expect(not talk.person.direct.gone, "a message was taken away again")
    taken = Counter(itertools.chain.from_iterable(town.bot.taken.values()))
    outcome.doubled += sum(taken[turn.id] > 1 for turn in kept)
