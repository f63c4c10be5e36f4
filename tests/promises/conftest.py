from __future__ import annotations

from tests.gateway import bot, clock, gateway

__all__ = ["bot", "clock", "gateway"]
