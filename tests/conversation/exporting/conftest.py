from __future__ import annotations

from tests.gateway import bot, clock, desk, people, shared_desk

__all__ = ["bot", "clock", "desk", "people", "shared_desk"]
