from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.privacy.sealing.keyring import Keyring
from bot.storage.database import Sessions, migrate, open_database, sessions_of
from tests.databases import url_of
from tests.sealing import new_keyring


@pytest.fixture
def database_file(tmp_path: Path) -> Path:
    return tmp_path / "ballast.db"


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return new_keyring(tmp_path / "keys")


@pytest.fixture
async def engine(database_file: Path, keyring: Keyring) -> AsyncIterator[AsyncEngine]:
    """A database at its newest revision."""
    opened = open_database(url_of(database_file))
    await migrate(opened, keyring)
    yield opened
    await opened.dispose()


@pytest.fixture
def sessions(engine: AsyncEngine, keyring: Keyring) -> Sessions:
    return sessions_of(engine, keyring)
