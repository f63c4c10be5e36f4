"""Whether a theme fits: yes, not quite, no, or better asked again."""

from __future__ import annotations

import pytest

from bot.reflection.verdicts import Verdict, read_verdict

YES, NOT_QUITE, NO = Verdict.YES, Verdict.NOT_QUITE, Verdict.NO


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        *dict.fromkeys(
            [
                "yes",
                "Yes.",
                "YES",
                "yes, above all the dread",
                "Yep",
                "yeah that's it",
                "that fits",
                "That's right",
                "spot on",
                "exactly",
                "I think yes",
                "well, yes",
                "hmm, yes",
                "absolutely",
                "true",
                "I do",
                "sadly yes",
                "ja",
                "definitely, I dreaded it",
            ],
            YES,
        ).items(),
        *dict.fromkeys(
            [
                "not quite",
                "Not quite, it was her uncle as well",
                "partly",
                "sort of",
                "kind of",
                "yes and no",
                "yes, but not the mother",
                "yes but only a bit",
                "maybe",
                "perhaps a little",
                "a bit",
                "not exactly",
                "not sure",
                "somewhat",
                "almost",
                "Well, partly",
            ],
            NOT_QUITE,
        ).items(),
        *dict.fromkeys(
            [
                "no",
                "No.",
                "nope",
                "nah",
                "no, it's more that I was tired",
                "not really",
                "not at all",
                "that's not it",
                "that’s wrong",
                "it doesn't",
                "wrong",
                "I don't think so",
                "I disagree",
                "not that",
            ],
            NO,
        ).items(),
    ],
)
def test_how_an_answer_opens_decides_it(text: str, verdict: Verdict) -> None:
    assert read_verdict(text) is verdict


@pytest.mark.parametrize(
    "text", ["", "…", "🙂", "her father was there too", "seven", "the thing with school", "noise"]
)
def test_what_cannot_be_told_is_no_verdict(text: str) -> None:
    assert read_verdict(text) is None


@pytest.mark.parametrize("label", ["Yes", "Not quite", "No"])
def test_every_button_is_read_as_what_it_says(label: str) -> None:
    assert read_verdict(label) == label.lower().replace(" ", "_")


@pytest.mark.parametrize(
    "text",
    [
        "absolutely not",
        "definitely not",
        "totally not",
        "unfortunately not",
        "that does not fit",
        "it fits not at all",
        "ok, no",
        "unfortunately it does not",
        "exactly not that",
    ],
)
def test_a_denial_is_never_taken_for_a_yes(text: str) -> None:
    assert read_verdict(text) is not Verdict.YES


@pytest.mark.parametrize("text", ["it fits, partly", "ok, but not the mother", "yes, partly"])
def test_a_yes_that_is_taken_back_in_part_is_not_quite(text: str) -> None:
    assert read_verdict(text) is Verdict.NOT_QUITE
