"""`ballast chat`: the same conversation in a terminal, for people and for programs."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from rich.console import Console
from rich.markdown import Markdown
from rich.panel import Panel
from rich.text import Text

from bot.run.problems import CannotRun
from bot.settings import Settings
from bot.terminal.client import Line, Refused, open_reflection, signed_in
from bot.terminal.links import demonstration_link


async def hold(
    settings: Settings,
    url: str | None,
    sign_in_link: str | None,
    *,
    short: bool,
    resume: bool,
    as_json: bool,
) -> None:
    """Hold a reflection, as the demonstration therapist unless a link says otherwise."""
    link = sign_in_link or await demonstration_link(settings, "therapist")
    address, _, token = link.partition("/sign-in#")
    if not token:
        raise CannotRun("That is not a sign-in link: it ends in /sign-in# and a long token.")
    async with signed_in((url or address).rstrip("/"), token) as http:
        line = Line(http, await open_reflection(http, short=short, resume=resume))
        try:
            await (_with_a_program(line) if as_json else _with_a_person(line))
        finally:
            await line.close()


async def _with_a_program(line: Line) -> None:
    """Answer each line of standard input with one JSON object.

    What the assistant says before the first message comes with the first object, under
    `opening`, so that lines in and objects out stay paired.
    """
    extra: dict[str, Any] = {"opening": _for_programs(await line.opening())}
    async for text in _lines():
        try:
            answer = _for_programs(await line.say(text)) | extra
        except Refused as refused:
            answer = {"error": str(refused)} | extra
        print(json.dumps(answer, ensure_ascii=False), flush=True)
        extra = {}


def _for_programs(turn: dict[str, Any]) -> dict[str, Any]:
    return {
        "turn": turn.get("turn"),
        "stage": turn.get("stage"),
        "said": [said["text"] for said in turn.get("said", [])],
        "choices": [choice["label"] for choice in turn.get("choices", [])],
        "findings": [
            {key: found[key] for key in ("theme", "subtheme", "confidence", "evidence", "verdict")}
            for found in turn.get("findings", [])
        ],
        "concerns": turn.get("concerns", []),
        "steps": [
            {key: step.get(key) for key in ("id", "text", "source", "why", "say", "response")}
            for step in turn.get("steps", [])
        ],
    }


async def _lines() -> Any:
    while line := await asyncio.to_thread(sys.stdin.readline):
        yield line.rstrip("\n")


async def _with_a_person(line: Line) -> None:
    console = Console()
    turn = await line.opening()
    while True:
        _show(console, turn)
        if (turn.get("reflection") or {}).get("state") in ("closed", "deleted"):
            return
        try:
            text = await asyncio.to_thread(console.input, "[bold]> [/]")
        except EOFError:
            return
        try:
            with console.status("…"):
                turn = await line.say(text)
        except Refused as refused:
            console.print(str(refused), style="yellow")
            turn = {}


def _show(console: Console, turn: dict[str, Any]) -> None:
    if turn.get("masked_notice"):
        console.print(turn["masked_notice"], style="dim")
    for said in turn.get("said", []):
        if said["voice"] == "safety":
            console.print(Panel(Text(said["text"])))
        else:
            console.print(Text(said["text"]))
    for number, step in enumerate(turn.get("steps", []), start=1):
        body = f"{step['text']}\n\n*{step['why']}*\n\n“{step['say']}”\n\nSource: {step['source']}"
        console.print(Panel(Markdown(body), title=str(number), title_align="left"))
    if turn.get("choices"):
        labels = " · ".join(choice["label"] for choice in turn["choices"])
        console.print(Text(f"[{labels}]", style="dim"))
