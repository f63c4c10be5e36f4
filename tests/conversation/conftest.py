from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.conversation import answering as module
from bot.conversation.answering import Answering
from bot.conversation.desk import Desk
from tests.conversation.waiting import all_answered
from tests.gateway import People, bot, clock, desk, people, shared_desk, start

__all__ = ["bot", "clock", "desk", "people", "shared_desk"]


@pytest.fixture
async def answering(desk: Desk) -> AsyncIterator[Answering]:
    running = Answering(desk)
    yield running
    await running.stop()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again soon: how long it waits is not the point."""
    monkeypatch.setattr(module, "FIRST_WAIT_SECONDS", 0.01)


@pytest.fixture
async def opened(desk: Desk, people: People, answering: Answering) -> str:
    """A reflection whose opening is answered."""
    started = await start(desk, people.therapist)
    answering.see_to(started)
    await all_answered(desk, people, started)
    return started
