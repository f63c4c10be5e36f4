"""What the safety tests share: the signs as they ship."""

from __future__ import annotations

import pytest

from bot.safety.signs import Signs, load_signs


@pytest.fixture(scope="session")
def signs() -> Signs:
    return load_signs()
