"""Tell the audit which settings were changed between two starts: their names, never a value."""

from __future__ import annotations

import hashlib
import hmac
from enum import StrEnum

from pydantic import SecretStr
from sqlalchemy import select

from bot.conversation.desk import Desk
from bot.settings import Settings
from bot.storage.audit import GATEWAY, Detail, Event, record
from bot.storage.holding import hold_installation
from bot.storage.keeping import SettingSeen

# The names of all settings as words of the program, which is what the audit takes.
SettingName = StrEnum("SettingName", {name.upper(): name for name in Settings.model_fields})  # type: ignore[misc]


async def note_settings(desk: Desk) -> list[str]:
    """Note the settings of this start; give the names of those that the last one had otherwise."""
    now = _codes(desk)
    async with desk.sessions.begin() as session:
        # Another gateway may be starting beside this one.
        await hold_installation(session)
        before = {seen.name: seen for seen in await session.scalars(select(SettingSeen))}
        changed = [name for name, code in now.items() if before and _code_in(before, name) != code]
        for name, code in now.items():
            if name in before:
                before[name].code = code
            else:
                session.add(SettingSeen(name=name, code=code))
        if changed:
            names: Detail = [SettingName(name) for name in changed]
            details: dict[str, Detail] = {"names": names}
            at = desk.clock()
            await record(session, Event.SETTINGS_CHANGED, at, by=GATEWAY, details=details)
    return changed


def _code_in(before: dict[str, SettingSeen], name: str) -> str | None:
    return before[name].code if name in before else None


def _codes(desk: Desk) -> dict[str, str]:
    # Keyed: a plain hash of a port or a country would tell the value to whoever tries them all.
    key = desk.keyring.sub_key("settings")
    found = {}
    for name in Settings.model_fields:
        value = getattr(desk.settings, name)
        plain = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        found[name] = hmac.new(key, f"{name}={plain}".encode(), hashlib.sha256).hexdigest()
    return found
