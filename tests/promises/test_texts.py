"""What Ballast says: nothing shouted, nothing promised, nobody told what they feel."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from bot.library import LIBRARY
from bot.reflection.verdicts import Verdict
from bot.reflection.wording import read_wording
from bot.settings import ROOT

# The library's files of words that are said or shown.
SAID = (
    "answers.yml",
    "groundings.yml",
    "notices.yml",
    "questions.yml",
    "slack.yml",
    "stages.yml",
    "steps.yml",
    "themes.yml",
    "safety/responses.yml",
)
NOT_SAID = {"sources", "resume_words", "polite_words", "grounded_in"}
NEVER = re.compile(
    r"!|\bI (?:understand|know) how (?:you|they) feel\b|\bthis will (?:make|get|help)\b"
    r"|\bwill help\b|\bguarantee|\bI promise\b|\bproven to\b|\byou (?:must|should) feel\b"
    r"|\byou are feeling\b|\bno worries\b|\bdon't worry\b|\b(?:cures?|heals?)\b"
    r"|\bI am sorry to hear\b|\bas a therapist\b|\b(?:diagnos|personality disorder|narcissis)",
    re.IGNORECASE,
)


def _strings(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key not in NOT_SAID:
                yield from _strings(inner, f"{place} > {key}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _strings(inner, f"{place} > {number}")


def _texts(name: str) -> list[tuple[str, str]]:
    return list(_strings(yaml.safe_load((LIBRARY / name).read_text(encoding="utf-8")), name))


def test_every_file_of_words_is_looked_at() -> None:
    others = {path.relative_to(LIBRARY).as_posix() for path in LIBRARY.rglob("*.yml")} - {*SAID}
    # Signs and name lists are only matched; contacts are names and numbers.
    assert {name for name in others if not name.startswith(("privacy/", "safety/"))} == set()


@pytest.mark.parametrize("name", SAID)
def test_nothing_is_shouted_promised_or_presumed(name: str) -> None:
    texts = _texts(name)
    assert len(texts) > 8
    assert not [(place, text) for place, text in texts if NEVER.search(text)]


def test_what_is_never_said_would_be_found() -> None:
    for text in (
        "Well done!",
        "I understand how you feel.",
        "This step will help the family.",
        "The mother may have a personality disorder.",
    ):
        assert NEVER.search(text)


def _keys_said() -> Iterator[tuple[str, str]]:
    """Every key in `wording.say("key")` of the actions and the gateway."""
    for folder in ("actions", "bot"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and node.func.attr == "say"
                    and ast.unparse(node.func.value).endswith("wording")
                ):
                    yield from ((path.name, key) for key in _constants(node.args[0]))


def _constants(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, ast.IfExp):
        return [*_constants(node.body), *_constants(node.orelse)]
    return []


def test_every_key_the_code_says_is_in_the_library() -> None:
    said = set(_keys_said())
    assert len(said) > 20
    answers = read_wording().answers
    assert not [(where, key) for where, key in said if key not in answers]
    assert {f"verdict_{verdict}" for verdict in Verdict} <= set(answers)


def test_every_intent_that_is_answered_by_its_name_is_in_the_library() -> None:
    rules = [
        rule
        for path in (ROOT / "data" / "rules").glob("*.yml")
        for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]
    ]
    answered = {
        intent
        for rule in rules
        for before, after in zip(rule["steps"], rule["steps"][1:], strict=False)
        if after.get("action") == "action_answer"
        for intent in [step["intent"] for step in before.get("or", [before]) if "intent" in step]
    }
    assert answered
    assert answered <= set(read_wording().answers)


def test_every_notice_the_code_gives_is_in_the_library() -> None:
    notices = yaml.safe_load((LIBRARY / "notices.yml").read_text(encoding="utf-8"))
    used = set()
    for path in (ROOT / "bot").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        used |= set(re.findall(r'notices\["(\w+)"\]', text))
    assert len(used) > 8
    assert used <= set(notices)
    assert notices.pop("change_answer").endswith(": {name}")  # a choice
    theme = notices.pop("their_reactions")  # a name within a sentence
    assert theme[0].islower()
    assert all(text.endswith((".", ":")) for text in notices.values())
