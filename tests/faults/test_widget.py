"""The chat in Chromium over a bad line: each message once, in order, none missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.disk import CannotTry
from tests.faults.widget import widget


async def test_whatever_happens_on_the_line_each_message_is_there_once_and_in_order(
    tmp_path: Path,
) -> None:
    try:
        outcome = await widget(tmp_path, seed=7, conversations=2, faults=40)
    except CannotTry as why:
        pytest.skip(str(why))
    assert outcome.holds, outcome
