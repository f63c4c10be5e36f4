"""Every sign keeps what its examples promise, and the files are what they should be."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from bot.library import LibraryError
from bot.safety.concerns import find_concerns
from bot.safety.kinds import Kind, Level
from bot.safety.signs import SIGNS, Sign, Signs, load_signs

ALL = [compiled.sign for compiled in load_signs().signs]
FEWEST = 6


def _each(which: str) -> list[object]:
    return [
        pytest.param(sign, text, id=f"{sign.id}-{place}")
        for sign in ALL
        for place, text in enumerate(getattr(sign, which))
    ]


@pytest.mark.parametrize(("sign", "text"), _each("examples"))
def test_an_example_raises_its_kind_at_its_level_or_worse(
    sign: Sign, text: str, signs: Signs
) -> None:
    found = {c.kind: c.level for c in find_concerns(text, signs)}
    assert sign.kind in found
    assert found[sign.kind].rank <= sign.level.rank


@pytest.mark.parametrize(("sign", "text"), _each("counter_examples"))
def test_a_counter_example_stops_nothing_of_its_kind(sign: Sign, text: str, signs: Signs) -> None:
    found = {c.kind: c.level for c in find_concerns(text, signs)}
    assert found.get(sign.kind) in (None, Level.CHECK)


def test_every_sign_has_enough_examples_of_both_sorts() -> None:
    short = [s.id for s in ALL if min(len(s.examples), len(s.counter_examples)) < FEWEST]
    assert not short


def test_every_kind_has_a_sign_that_checks_and_one_that_stops() -> None:
    for kind in Kind:
        levels = {sign.level for sign in ALL if sign.kind is kind}
        assert Level.CHECK in levels
        assert any(level.stops for level in levels)


def test_ids_are_unique() -> None:
    assert len({sign.id for sign in ALL}) == len(ALL)


@pytest.mark.parametrize(
    ("key", "value", "named"),
    [
        ("any", ["NOSUCHGROUP hits"], "NOSUCHGROUP"),
        ("any", ["(open bracket"], "brackets"),
        ("any", ["closed) bracket"], "brackets"),
        ("any", ["a | | b"], "empty"),
        ("any", ["a & & b"], "empty"),
        ("any", ["a & b & c & d"], "too much"),
        ("any", ["what's this"], "cannot read"),
        ("lowered_by", ["nosuch"], "nosuch"),
        ("level", "terrible", "level"),
        ("kind", "therapist_unfit", "another kind"),
        ("colour", "red", "colour"),
    ],
)
def test_a_mistake_in_a_file_is_refused_and_named(
    tmp_path: Path, key: str, value: object, named: str
) -> None:
    folder = Path(shutil.copytree(SIGNS, tmp_path / "signs"))
    changed = folder / "child_at_risk.yml"
    content = yaml.safe_load(changed.read_text(encoding="utf-8"))
    content[0][key] = value
    changed.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    with pytest.raises(LibraryError, match=named):
        load_signs(folder)
