"""How well the trained model tells steering words from narrative, on texts it never saw.

`steering_held_out.yml` holds texts that stand in no training file. Printed with `-s`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.core.agent import Agent

from bot.settings import ROOT
from bot.steering.classifier import plain

HERE = Path(__file__).parent
# The held-out file's names for two intents are those of the stages' buttons.
NAMED_OTHERWISE = {"back": "go_back"}
STEERING = {
    *("skip", "go_back", "change_answer", "pause", "resume", "stop", "why_do_you_ask"),
    *("what_is_kept", "who_sees_this", "example", "overwhelmed", "delete_this", "start_again"),
    *("talk_to_person", "short_path"),
}
# Taking a story for one of these would end it, or leave somebody alone in the middle of it.
GRAVE = {"delete_this", "stop", "start_again", "overwhelmed", "pause"}

Outcomes = dict[str, Counter[str]]


def held_out() -> list[dict[str, str]]:
    rows = yaml.safe_load((HERE / "steering_held_out.yml").read_text(encoding="utf-8"))
    return [row | {"intent": NAMED_OTHERWISE.get(row["intent"], row["intent"])} for row in rows]


def learnt() -> set[str]:
    """Give every training text as the classifier compares texts word for word."""
    texts: set[str] = set()
    for path in (ROOT / "data" / "nlu").rglob("*.yml"):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            examples: Any = block["examples"]
            if isinstance(examples, str):
                examples = [{"text": line[2:]} for line in examples.splitlines()]
            texts |= {plain(example["text"]) for example in examples}
    return texts


@pytest.fixture(scope="module")
async def read(agent: Agent) -> list[tuple[str, str, str]]:
    """Every text that is indeed held out, with its intent and what was understood."""
    found, known = [], learnt()
    for row in held_out():
        if plain(row["text"]) in known:
            continue
        result = await agent.parse_message(row["text"])
        found.append((row["text"], row["intent"], result["intent"]["name"]))
    return found


@pytest.fixture(scope="module")
def outcomes(read: list[tuple[str, str, str]]) -> Outcomes:
    """For each intent, how often it was taken for which."""
    table: Outcomes = defaultdict(Counter)
    for _, intent, understood in read:
        table[intent][understood] += 1
    for intent, row in sorted(table.items()):
        others = {name: count for name, count in row.most_common() if name != intent}
        show(f"{intent:16} {row[intent]:4} of {row.total():4}  {others or ''}")
    return table


def show(line: str) -> None:
    print(line)  # noqa: T201 - the table is for whoever runs this with `-s`


def taken_for_steering(read: list[tuple[str, str, str]]) -> Iterator[tuple[str, str]]:
    return ((text, found) for text, intent, found in read if intent == "tell" and found in STEERING)


def test_no_held_out_text_stands_in_the_training_data() -> None:
    known = learnt()
    assert len(known) > 2000
    assert [row["text"] for row in held_out() if plain(row["text"]) in known] == []


def test_no_story_is_taken_for_a_word_that_would_break_it_off(
    read: list[tuple[str, str, str]],
) -> None:
    assert [found for found in taken_for_steering(read) if found[1] in GRAVE] == []


def test_hardly_a_story_is_taken_for_steering(
    read: list[tuple[str, str, str]], outcomes: Outcomes
) -> None:
    taken = list(taken_for_steering(read))
    show(f"stories taken for steering: {len(taken)} of {outcomes['tell'].total()}")
    # Wanted is at most 0.04. Measured on 2026-11-23: 2 of 226.
    assert len(taken) <= 0.01 * outcomes["tell"].total(), taken


def recall(outcomes: Outcomes) -> float:
    total = sum(outcomes[intent].total() for intent in STEERING)
    right = sum(outcomes[intent][intent] for intent in STEERING)
    show(f"steering words understood: {right} of {total}")
    return right / total


def test_most_steering_words_are_understood(outcomes: Outcomes) -> None:
    # Wanted is 0.75. Measured on 2026-11-23: 0.79; the bound stands just under that, so that it
    # is noticed when it gets worse.
    assert recall(outcomes) >= 0.77


def test_a_steering_word_is_hardly_taken_for_another(outcomes: Outcomes) -> None:
    """What is not understood should be told, since the form asks again, and not acted on."""
    wrong = {
        (intent, found): count
        for intent in STEERING
        for found, count in outcomes[intent].items()
        if found in STEERING and found != intent
    }
    total = sum(outcomes[intent].total() for intent in STEERING)
    show(f"taken for another steering word: {sum(wrong.values())} of {total}")
    # Measured on 2026-11-23: 6 of 150.
    assert sum(wrong.values()) <= 0.04 * total, wrong


def test_hardly_anything_is_taken_for_deleting(read: list[tuple[str, str, str]]) -> None:
    others = [(t, i) for t, i, found in read if found == "delete_this" and i != "delete_this"]
    assert len(others) <= 1, others
