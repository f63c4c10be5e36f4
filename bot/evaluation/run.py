"""Measure everything and write it down: a table, `var/eval.json`, `docs/quality/`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from bot.conversation.hearing import hear
from bot.encoder.remembered import Remembered
from bot.encoder.tuning import SEEN_BY_THE_ENCODER
from bot.evaluation import masking, safety, speed, themes
from bot.evaluation.data import (
    DangerText,
    HeldOutText,
    IdentifyingText,
    Pair,
    SafeText,
    held_out,
    steering_examples,
    theme_examples,
    told_examples,
)
from bot.evaluation.diet import diet_on
from bot.evaluation.report import print_table, write_report
from bot.privacy.mask import mask
from bot.safety.concerns import find_concerns
from bot.safety.detector import Told
from bot.settings import ROOT, Settings
from bot.terminal.analyse import Ears
from bot.themes.detector import Labelled, ThemeDetector

QUALITY = ROOT / "docs" / "quality"


def evaluate(settings: Settings, console: Console, *, with_diet: bool = True) -> Path:
    """Measure the trained model and fresh ones; give the place of the figures.

    Half an hour on two cores; DIET another hour, once for the same sentences. Raises `CannotRun`
    without a model.
    """
    ears = Ears.of(settings)
    remembered = Remembered()
    examples = theme_examples()
    figures: dict[str, Any] = {"data": _about_the_data()}

    console.rule("Texts kept apart")
    figures["held_out"] = kept_apart(ears)
    console.rule("Whole batches left out of training")
    honest = sorted({b.name for _, b in examples} - SEEN_BY_THE_ENCODER)
    judged = themes.cross_validated(examples, honest, remembered)
    together = sum(list(judged.values())[1:], next(iter(judged.values())))
    figures["cross_validation"] = {
        "batches": {name: themes.overall(each) for name, each in judged.items()},
        "overall": themes.overall(together),
        "subthemes": themes.subthemes(together),
        "calibration": themes.calibration(together),
        "pairs": themes.pairs_left_out(
            together, [b.pair for name in judged for _, b in examples if b.name == name]
        ),
    }
    told = told_examples()
    daily = [
        daily
        for example, _ in examples
        if (daily := Told.from_themes(example.text, example.labels))
    ]
    honest = sorted({b.name for _, b in told} - SEEN_BY_THE_ENCODER)
    figures["learned_safety"] = safety.learned_layer(
        told, daily, steering_examples(), honest, remembered
    )

    console.rule("Other classifiers on the same texts")
    figures["compared"] = comparison(
        settings, console, [e for e, _ in examples], remembered, with_diet=with_diet
    )
    texts = held_out("themes", HeldOutText)
    figures["learning_curve"] = themes.learning_curve([e for e, _ in examples], texts, remembered)
    figures["speed"] = speed.timed(
        {
            "safety, rules": lambda text: find_concerns(text, ears.signs),
            "safety, learned": ears.concerns.find,
            "masking": mask,
            "themes": ears.themes.find,
            "all": lambda text: (hear(text, ears.signs, ears.concerns), ears.themes.find(text)),
        }
    )
    place = settings.var / "eval.json"
    place.parent.mkdir(parents=True, exist_ok=True)
    plain = as_json(figures)
    place.write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")
    write_report(plain, QUALITY)
    print_table(plain, console)
    return place


def kept_apart(ears: Ears) -> dict[str, Any]:
    """Give the figures on `data/held_out/` of the model as it is used."""

    def concerns(text: str) -> Sequence[Any]:
        return hear(text, ears.signs, ears.concerns).concerns

    texts = held_out("themes", HeldOutText)
    examples = [Labelled(text.text, frozenset(text.themes)) for text in texts]
    judged = themes.judge(ears.themes, examples, "Themes")
    return {
        "themes": themes.overall(judged),
        "subthemes": themes.subthemes(judged),
        "evidence": themes.evidence(judged, texts),
        "pairs": themes.pairs(ears.themes.find, held_out("pairs", Pair)),
        "danger": safety.danger(concerns, held_out("danger", DangerText)),
        "safe": safety.safe(concerns, held_out("safe", SafeText)),
        "masking": masking.masking(held_out("identifiers", IdentifyingText)),
    }


def _compared_diet(answer: dict[str, Any], true: Any) -> dict[str, Any]:
    about = {name: answer[name] for name in ("seconds_to_train", "median_ms")}
    return themes.compared(np.array(answer["probabilities"]), true) | about


def comparison(
    settings: Settings,
    console: Console,
    examples: list[Labelled],
    encode: Remembered,
    *,
    with_diet: bool,
) -> dict[str, Any]:
    """Give our features, words alone and DIET, each trained on all sentences, on whole texts."""
    texts = held_out("themes", HeldOutText)
    true = themes.carried([text.themes for text in texts])
    words = [text.text for text in texts]
    found: dict[str, Any] = {}
    for name, features in (("words and meaning", encode), ("words alone", themes.words_alone)):
        detector = ThemeDetector.fit(examples, features, by_subtheme=False)
        found[name] = themes.compared(detector.probabilities(words), true)
    if with_diet:
        answer = diet_on(settings.var / "diet", console, examples, words)
        found["DIET"] = answer if "not_run" in answer else _compared_diet(answer, true)
    return found


def _about_the_data() -> dict[str, Any]:
    themes_told, told = theme_examples(), told_examples()
    batches = sorted({batch.name for _, batch in (*themes_told, *told)})
    return {
        "theme_sentences": len(themes_told),
        "without_theme": sum(not example.labels for example, _ in themes_told),
        "danger": sum(example.kind is not None for example, _ in told),
        "danger_near_misses": sum(example.kind is None for example, _ in told),
        "batches": {
            name: sum(batch.name == name for _, batch in (*themes_told, *told)) for name in batches
        },
        "seen_by_the_encoder": sorted(SEEN_BY_THE_ENCODER),
    }


def as_json(value: Any) -> Any:
    """Give figures as plain lists and dicts, rounded so that a diff is read easily."""
    if is_dataclass(value) and not isinstance(value, type):
        return as_json(asdict(value))
    if isinstance(value, dict):
        return {str(key): as_json(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(each) for each in value]
    if isinstance(value, float | np.floating):
        return None if np.isnan(value) else round(float(value), 4)
    return value
