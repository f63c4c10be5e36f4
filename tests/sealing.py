"""Keys for tests, and a keyring that seals nothing."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.privacy.sealing.envelope import Place
from bot.privacy.sealing.keyring import Keyring
from bot.privacy.sealing.master_key import MasterKey, make_master_key
from bot.privacy.sealing.problems import KeyGone
from bot.settings import Settings
from bot.storage.models import Base
from bot.storage.sealed import sealed_attributes
from tests.databases import database_for

MASTER = MasterKey(b"m" * 32)
OTHER_MASTER = MasterKey(b"o" * 32)


def new_keyring(folder: Path) -> Keyring:
    return Keyring(folder, MASTER, may_make=True)


def with_master_key(**settings: Any) -> Settings:
    """Settings of an installation that has its master key, and a database of its own."""
    made = Settings(**{"database": database_for(settings["var"])} | settings)
    if not made.master_key and not made.master_key_path.exists():
        make_master_key(made.master_key_path)
    return made


def written(master: MasterKey, file: Path) -> Path:
    """The master key as a file."""
    file.write_bytes(base64.b64encode(master.value))
    return file


async def everything(session: AsyncSession) -> str:
    """Every value in the database, opened where a key is left that opens it."""
    return repr(
        [
            {column: getattr(row, column) for column in mapper.column_attrs.keys()}  # noqa: SIM118
            | _opened(row)
            for mapper in Base.registry.mappers
            for row in await session.scalars(select(mapper.class_))
        ]
    )


def _opened(row: Any) -> dict[str, Any]:
    try:
        return {name: getattr(row, name) for name in sealed_attributes(type(row))}
    except KeyGone:
        return {}


class OpenKeyring(Keyring):
    """Sealing switched off: keys are made and asked for, and bytes stay as they are."""

    def seal(self, plain: bytes, place: Place) -> bytes:
        return plain

    def open(self, sealed: bytes, place: Place) -> bytes:
        return sealed
