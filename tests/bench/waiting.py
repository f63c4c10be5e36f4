"""Wait for stock Rasa's first answer."""

from __future__ import annotations

import asyncio
import time
from uuid import uuid4

from aiohttp import ClientSession

from tests.bench.stock_rasa import StockRasa

# A busy machine needs long for TensorFlow.
MOST_SECONDS = 300.0
_LOOK_EVERY_SECONDS = 0.1


async def until_up(stock: StockRasa, http: ClientSession) -> None:
    """Come back once a first message is answered. Raises `SystemExit` when it is not."""
    deadline = time.monotonic() + MOST_SECONDS
    while not await stock.answers(http, uuid4().hex):
        if time.monotonic() > deadline:
            raise SystemExit("Stock Rasa does not come up.")
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
