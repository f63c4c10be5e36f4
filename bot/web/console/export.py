"""What is taken away as a file: a reflection as its page shows it, and a table without words."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from aiohttp import web

from bot.conversation.exporting.markdown import as_markdown
from bot.conversation.exporting.paper import Paper
from bot.conversation.exporting.pdf import CannotTypeset
from bot.conversation.exporting.reflection import (
    ReflectionFile,
    note_export,
    reflection_file,
)
from bot.conversation.exporting.table import Row, note_table, table_rows
from bot.conversation.exporting.tables import Send, send_csv, send_parquet
from bot.storage.states import ExportKind
from bot.web.keys import ACCOUNT, DESK
from bot.web.middleware.errors import refusal

MARKDOWN, PDF, CSV = "text/markdown", "application/pdf", "text/csv"
PARQUET = "application/vnd.apache.parquet"
_Rows = AsyncIterator[Sequence[Row]]


async def as_pdf(request: web.Request) -> web.Response:
    """Give a reflection as a PDF, as its page shows it."""
    found = await _read(request)
    try:
        made = await pdf_of(request, found.paper)
    except CannotTypeset as refused:
        return not_made(request, refused)
    await _note(request, ExportKind.PDF)
    return attachment(made, PDF, f"reflection-{found.day}.pdf")


async def as_text(request: web.Request) -> web.Response:
    """Give a reflection as Markdown, as its page shows it."""
    found = await _read(request)
    made = as_markdown(found.paper).encode()
    await _note(request, ExportKind.MARKDOWN)
    return attachment(made, MARKDOWN, f"reflection-{found.day}.md")


async def as_json(request: web.Request) -> web.Response:
    """Give a reflection as JSON, as its page shows it."""
    found = await _read(request)
    made = json.dumps(found.values, ensure_ascii=False, indent=2).encode()
    await _note(request, ExportKind.JSON)
    return attachment(made, "application/json", f"reflection-{found.day}.json")


async def table_as_csv(request: web.Request) -> web.StreamResponse:
    """Give the table of all that is shared with this supervisor now as CSV."""
    return await _stream(request, ExportKind.CSV, CSV, send_csv)


async def table_as_parquet(request: web.Request) -> web.StreamResponse:
    """Give the table of all that is shared with this supervisor now as Parquet."""
    return await _stream(request, ExportKind.PARQUET, PARQUET, send_parquet)


async def pdf_of(request: web.Request, paper: Paper) -> bytes:
    """Give a paper as a PDF. Raises `CannotTypeset`."""
    return await request.app[DESK].typesetting.as_pdf(paper)


def not_made(request: web.Request, refused: CannotTypeset) -> web.Response:
    """Give the answer where no PDF was made."""
    return refusal(503, refused.notice, request.app[DESK].notices[refused.notice])


def attachment(made: bytes, media_type: str, name: str) -> web.Response:
    """Give a file to be kept. Its name is ours, and says nobody's."""
    return web.Response(body=made, headers=_headers(media_type, name))


def _headers(media_type: str, name: str) -> dict[str, str]:
    is_text = media_type.startswith("text/")
    return {
        "Content-Type": f"{media_type}; charset=utf-8" if is_text else media_type,
        "Content-Disposition": f'attachment; filename="{name}"',
    }


async def _read(request: web.Request) -> ReflectionFile:
    return await reflection_file(request.app[DESK], request[ACCOUNT], request.match_info["id"])


async def _note(request: web.Request, kind: ExportKind) -> None:
    await note_export(request.app[DESK], request[ACCOUNT], request.match_info["id"], kind)


async def _stream(
    request: web.Request,
    kind: ExportKind,
    media_type: str,
    write: Callable[[_Rows, Send], Awaitable[None]],
) -> web.StreamResponse:
    desk, supervisor = request.app[DESK], request[ACCOUNT]
    day = desk.clock().date().isoformat()
    answer = web.StreamResponse(headers=_headers(media_type, f"shared-{day}.{kind}"))
    await note_table(desk, supervisor, kind)
    try:
        await answer.prepare(request)
        await write(table_rows(desk, supervisor), answer.write)
    except BaseException:
        # Cut off, so that nobody takes a part for the whole table.
        if request.transport is not None:
            request.transport.abort()
        raise
    await answer.write_eof()
    return answer
