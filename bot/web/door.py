"""Which door a request stands at: its line in `routes.py` and its contract."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from bot.web.contract import NO_CONTRACT, Contract
from bot.web.entry import Entry


@dataclass(frozen=True)
class Door:
    """Who may enter at a method and path, and what is taken and given there."""

    entry: Entry
    contract: Contract


# (method, path) -> door
Doors = dict[tuple[str, str], Door]
DOORS = web.AppKey("doors", Doors)


def door_of(request: web.Request) -> Door | None:
    """Give the door that a request stands at; None where there is none."""
    resource = request.match_info.route.resource
    pattern = resource.canonical if resource else ""
    return request.app[DOORS].get((request.method, pattern))


def contract_of(request: web.Request) -> Contract:
    """Give what may be brought to where a request stands; nothing, where there is no door."""
    door = door_of(request)
    return door.contract if door else NO_CONTRACT
