"""Train Rasa's DIETClassifier on labelled sentences and say how sure it is of each theme.

    uv run --project setup/diet --python 3.11 setup/diet/diet.py in.json out.json

DIET knows one intent a message. A sentence's themes are therefore one intent, joined by `+`,
and a theme's probability is the sum over all intents that contain it.

in.json:  {"epochs": 60, "train": [{"text": "...", "labels": ["parent_trauma"]}], "test": ["..."]}
out.json: {"probabilities": [[0.01, 0.98, 0.02]], "seconds_to_train": 300.1, "median_ms": 12.3},
one row for each test sentence, in the order of THEMES.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import statistics
import sys
import time
import warnings
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypedDict

import structlog
from rasa.core.agent import Agent
from rasa.model_training import train_nlu

THEMES = ("reduced_investment", "parent_trauma", "countertransference")
NO_THEME = "none"
JOINED_BY = "+"
_SEED = 20251123


class Example(TypedDict):
    """A training sentence with its themes; none is an answer too."""

    text: str
    labels: list[str]


class Task(TypedDict):
    """What to learn from, for how long, and what to score then."""

    epochs: int
    train: list[Example]
    test: list[str]


def pipeline(epochs: int) -> list[dict[str, Any]]:
    """Give Rasa's default pipeline for DIET, without what finds entities."""
    return [
        {
            "name": "WhitespaceTokenizer",
            "intent_tokenization_flag": True,
            "intent_split_symbol": JOINED_BY,
        },
        {"name": "LexicalSyntacticFeaturizer"},
        {"name": "CountVectorsFeaturizer"},
        {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
        {
            "name": "DIETClassifier",
            "epochs": epochs,
            "entity_recognition": False,
            "ranking_length": 0,  # all intents, so that nothing is missing from a theme's sum
            "random_seed": _SEED,
        },
    ]


def intent(labels: Sequence[str]) -> str:
    """Give the one intent that stands for `labels`. Raises `ValueError` for an unknown theme."""
    if unknown := set(labels) - set(THEMES):
        raise ValueError(f"Not a theme: {', '.join(sorted(unknown))}.")
    return JOINED_BY.join(theme for theme in THEMES if theme in labels) or NO_THEME


def train(examples: Sequence[Example], epochs: int, folder: Path) -> Path:
    """Train a model on `examples` in `folder` and give its file."""
    config = {"recipe": "default.v1", "language": "en", "pipeline": pipeline(epochs)}
    told = [{"text": e["text"], "intent": intent(e["labels"]), "entities": []} for e in examples]
    # JSON is YAML too; and in Rasa's JSON, unlike its YAML, no character of a text means anything.
    (folder / "config.yml").write_text(json.dumps(config), encoding="utf-8")
    data = {"rasa_nlu_data": {"common_examples": told}}
    (folder / "nlu.json").write_text(json.dumps(data), encoding="utf-8")
    return Path(train_nlu(f"{folder}/config.yml", f"{folder}/nlu.json", f"{folder}/models"))


async def score(model: Path, texts: Sequence[str]) -> tuple[list[list[float]], float]:
    """Give the themes' probabilities in each of `texts`, and the median milliseconds a text."""
    agent = Agent.load(model)
    rows, times = [], []
    for text in texts:
        start = time.perf_counter()
        parsed = await agent.parse_message(text)
        times.append(1000 * (time.perf_counter() - start))
        sure = {one["name"]: one["confidence"] for one in parsed.get("intent_ranking", [])}
        has = {name: set(name.split(JOINED_BY)) for name in sure}
        rows.append([sum(sure[name] for name in sure if theme in has[name]) for theme in THEMES])
    return rows, statistics.median(times)


def main(task_file: Path, result_file: Path) -> None:
    """Read the task, train, score, write the result. No text is kept or logged."""
    os.environ |= {"RASA_TELEMETRY_ENABLED": "false", "RASA_MAX_CACHE_SIZE": "0"}
    logging.disable(logging.WARNING)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    warnings.simplefilter("ignore")  # Rasa's quote what they warn of
    task: Task = json.loads(task_file.read_text(encoding="utf-8"))
    with TemporaryDirectory() as name, redirect_stdout(sys.stderr):
        print(f"Training on {len(task['train'])} sentences, {task['epochs']} epochs")  # noqa: T201
        start = time.perf_counter()
        model = train(task["train"], task["epochs"], Path(name))
        seconds = time.perf_counter() - start
        print(f"Trained in {seconds:.0f} s; scoring {len(task['test'])} sentences")  # noqa: T201
        rows, median = asyncio.run(score(model, task["test"]))
    result = {"probabilities": rows, "seconds_to_train": seconds, "median_ms": median}
    result_file.write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
