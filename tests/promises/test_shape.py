"""The code keeps the shape it promises: small files that say what they are for."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest

from bot.settings import ROOT
from bot.web.routes import ROUTES

FILES = sorted(path for folder in ("bot", "actions") for path in (ROOT / folder).rglob("*.py"))
MOST_LINES = 400
NO_NAMES = {"utils.py", "helpers.py", "manager.py", "misc.py", "common.py"}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_there_is_code_to_look_at() -> None:
    assert len(FILES) > 80


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_a_file_says_what_lives_in_it_and_is_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), "no docstring"
    assert text.count("\n") < MOST_LINES
    assert path.name not in NO_NAMES


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_who_catches_everything_says_why_or_lets_it_go_on(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.ExceptHandler):
            continue
        caught = ast.unparse(node.type) if node.type else "BaseException"
        goes_on = any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
        if caught in ("Exception", "BaseException") and not goes_on:
            line = text.splitlines()[node.lineno - 1]
            assert "noqa: BLE001 - " in line, f"line {node.lineno}"


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_no_log_line_is_given_text(path: Path) -> None:
    """An event's name is fixed, and no field is called what words are called."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        is_log = (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id in ("log", "logger", "logging")
            and node.func.attr in ("debug", "info", "warning", "error", "critical")
        )
        if is_log:
            assert len(node.args) == 1
            assert isinstance(node.args[0], ast.Constant)
            fields = {keyword.arg for keyword in node.keywords}
            assert not fields & {"text", "body", "message", "name", "words", "exc_info", None}
        assert not (isinstance(node, ast.Attribute) and node.attr == "exception" and _is_log(node))


def _is_log(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id in ("log", "logger", "logging")


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_every_route_says_what_it_gives(route) -> None:
    first = (inspect.getdoc(route.handler) or "").partition("\n")[0]
    assert len(first.split()) > 2
    assert first.endswith(".")


def test_every_route_is_listed_once() -> None:
    doors = [(route.method, route.path) for route in ROUTES]
    assert len(doors) == len(set(doors))
