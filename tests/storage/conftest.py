from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.storage.database import Sessions, migrate, open_database, sessions_of


@pytest.fixture
def database_file(tmp_path: Path) -> Path:
    return tmp_path / "ballast.db"


@pytest.fixture
async def engine(database_file: Path) -> AsyncIterator[AsyncEngine]:
    """A database at its newest revision."""
    opened = open_database(f"sqlite+aiosqlite:///{database_file}")
    await migrate(opened)
    yield opened
    await opened.dispose()


@pytest.fixture
def sessions(engine: AsyncEngine) -> Sessions:
    return sessions_of(engine)
