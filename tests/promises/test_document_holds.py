"""Whatever is asked of the gateway, the answer is one that its document tells of."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bots import ScriptedBot
from tests.gateway import run_gateway
from tests.promises.storm import storm

REQUESTS = 5_000


@pytest.mark.timeout(600)
async def test_five_thousand_requests_find_no_fault_and_no_open_door(tmp_path: Path) -> None:
    async with run_gateway(tmp_path, ScriptedBot()) as gateway:
        found = await storm(gateway, REQUESTS)
    assert found.holds, "\n".join(found.faults)
    assert found.sent >= REQUESTS
    assert found.entered.keys() == found.operations, "not every door was passed"
    assert {200, 201, 204, 303, 400, 401, 404} <= found.statuses.keys(), found.statuses
