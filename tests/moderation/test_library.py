"""The library of moderation steps as a clinician edits it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from bot.library import LibraryError
from bot.moderation.steps import Review, Step, Support, read_steps
from bot.themes.findings import Theme
from bot.themes.taxonomy import read_taxonomy

STEPS = read_steps()
GOOD = {
    "id": "made-up-step",
    "theme": "parent_trauma",
    "subthemes": [],
    "step": "Ask what would make the room easier to sit in.",
    "why": "A small choice may help.",
    "say": "Would you like the door open?",
    "say_to": "parent",
    "principle": "safety",
    "sources": [{"cite": "An invented source (2020)."}],
    "support": "direct",
    "review": "source_read",
}


def written(folder: Path, *steps: dict[str, object]) -> Path:
    (folder / "steps.yml").write_text(yaml.safe_dump(list(steps)), encoding="utf-8")
    return folder


def test_a_good_step_is_read(tmp_path: Path) -> None:
    (step,) = read_steps(written(tmp_path, GOOD))
    assert (step.id, step.support, step.sources[0].link) == ("made-up-step", "direct", None)


def test_a_doi_is_the_better_link(tmp_path: Path) -> None:
    source = {"cite": "c", "doi": "10.1000/xyz", "url": "https://example.org/"}
    (step,) = read_steps(written(tmp_path, GOOD | {"sources": [source]}))
    assert step.sources[0].link == "https://doi.org/10.1000/xyz"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"sources": []}, "sources"),
        ({"step": ""}, "step"),
        ({"principle": "kindness"}, "principle"),
        ({"support": "certain"}, "support"),
        ({"say_to": "child"}, "say_to"),
        ({"sauces": []}, "sauces"),
        ({"support": "inferred"}, "made-up-step is inferred, so it awaits clinical review"),
    ],
)
def test_a_step_that_is_not_as_it_should_be_is_named_with_its_place(
    tmp_path: Path, change: dict[str, object], complaint: str
) -> None:
    with pytest.raises(LibraryError, match=complaint):
        read_steps(written(tmp_path, GOOD | change))


@pytest.mark.parametrize("key", list(GOOD))
def test_no_part_of_a_step_may_be_left_out(tmp_path: Path, key: str) -> None:
    with pytest.raises(LibraryError, match=key):
        read_steps(written(tmp_path, {k: v for k, v in GOOD.items() if k != key}))


def test_two_steps_cannot_share_an_id(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="two steps are called made-up-step"):
        read_steps(written(tmp_path, GOOD, GOOD))


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.id)
def test_a_step_of_ours_fits_the_taxonomy_and_gives_its_source(step: Step) -> None:
    taxonomy = read_taxonomy()
    assert set(step.subthemes) <= set(taxonomy[Theme(step.theme)].subthemes)
    assert len(step.subthemes) == len(set(step.subthemes))
    assert all(source.cite for source in step.sources)
    links = [source.link for source in step.sources if source.link]
    assert all(link.startswith(("https://", "http://")) for link in links)
    if step.support is Support.INFERRED:
        assert step.review is Review.AWAITING_CLINICAL_REVIEW


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.id)
def test_a_step_is_a_choice_and_no_command(step: Step) -> None:
    assert not re.search(r"\bshould\b|\b(?:always|never)\b", step.step, re.IGNORECASE)
    assert len(step.step) <= 300


@pytest.mark.parametrize("theme", list(Theme))
def test_every_theme_and_subtheme_has_steps_for_more_than_one_evening(theme: Theme) -> None:
    own = [step for step in STEPS if step.theme == theme]
    served = Counter(subtheme for step in own for subtheme in step.subthemes)
    assert len(own) >= 9
    for subtheme in read_taxonomy()[theme].subthemes:
        assert served[subtheme] >= 1, subtheme
