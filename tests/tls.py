"""A proxy that ends TLS, as it stands in front of a gateway."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError, ssl.SSLError):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    with suppress(ConnectionError, ssl.SSLError):
        writer.close()


@asynccontextmanager
async def tls_in_front(outside: int, inside: int, context: ssl.SSLContext) -> AsyncIterator[None]:
    """Take TLS at the port `outside`, and hand on what is in it to `inside`."""

    async def line(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", inside)
        await asyncio.gather(_pass_on(reader, back), _pass_on(there, writer))

    server = await asyncio.start_server(line, "127.0.0.1", outside, ssl=context)
    try:
        yield
    finally:
        server.close()
