"""With several Rasas each turn goes to one that is there."""

from __future__ import annotations

import pytest

from bot.conversation.bot import BotDown
from bot.conversation.several_bots import SeveralBots
from tests.bots import ScriptedBot
from tests.web.test_limits import Seconds


async def ask(bots: SeveralBots) -> None:
    await bots.answer("conversation", "turn", "Words.", None)


async def test_turns_go_round() -> None:
    bots = [ScriptedBot() for _ in range(3)]
    several = SeveralBots(bots)
    for _ in range(6):
        await ask(several)
    assert [len(bot.calls) for bot in bots] == [2, 2, 2]


async def test_one_that_is_down_rests_and_is_then_asked_again() -> None:
    clock = Seconds()
    bots = [ScriptedBot() for _ in range(2)]
    several = SeveralBots(bots, clock)
    bots[0].is_up = False
    with pytest.raises(BotDown):
        await ask(several)
    for _ in range(3):
        await ask(several)
    assert [len(bot.calls) for bot in bots] == [1, 3]
    clock.now += 6
    bots[0].is_up = True
    for _ in range(2):
        await ask(several)
    assert len(bots[0].calls) == 2


async def test_where_all_are_down_each_is_tried() -> None:
    clock = Seconds()
    bots = [ScriptedBot() for _ in range(2)]
    several = SeveralBots(bots, clock)
    for bot in bots:
        bot.is_up = False
    for _ in range(4):
        clock.now += 0.5
        with pytest.raises(BotDown):
            await ask(several)
    assert [len(bot.calls) for bot in bots] == [2, 2]
    assert not await several.is_ready()
    bots[1].is_up = True
    assert await several.is_ready()
