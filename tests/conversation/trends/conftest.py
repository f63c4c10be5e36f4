from __future__ import annotations

import pytest

from bot.conversation.desk import Desk
from tests.conversation.trends.clinic import Clinic
from tests.gateway import shared_desk

__all__ = ["shared_desk"]


@pytest.fixture
async def clinic(shared_desk: Desk) -> Clinic:
    return await Clinic.open(shared_desk)
