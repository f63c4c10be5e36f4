"""Bring the database of an address to the newest revision: `python -m tests.migrated URL`."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from bot.storage.database import migrate, open_database
from tests.sealing import new_keyring


async def _migrate(url: str) -> None:
    with tempfile.TemporaryDirectory() as keys:
        keyring = new_keyring(Path(keys))
        engine = open_database(url)
        await migrate(engine, keyring)
        await engine.dispose()
        keyring.close()


if __name__ == "__main__":
    asyncio.run(_migrate(sys.argv[1]))
