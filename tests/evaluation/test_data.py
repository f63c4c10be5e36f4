"""The texts that figures are made from are read as they stand in `data/nlu/`."""

from __future__ import annotations

from bot.evaluation.data import steering_examples


def test_steering_is_read_but_for_what_may_tell_of_danger() -> None:
    texts = {told.text for told in steering_examples()}
    assert {"skip this one please", "yes, that fits", "hello there"} <= texts
    assert "I just wanted her to stop talking" not in texts  # a `tell`
    assert {told.kind for told in steering_examples()} == {None}
