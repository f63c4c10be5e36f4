"""A strict Slack for every test that asks for one."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.slack.mock import MockSlack, mock_slack


@pytest.fixture
async def slack() -> AsyncIterator[MockSlack]:
    """A workspace with one app, which must have broken none of Slack's rules at the end."""
    async with mock_slack() as running:
        yield running
        assert running.violations == []
