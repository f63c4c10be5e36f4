"""What becomes of a reflection at its end: shared only on a plain word."""

from __future__ import annotations

import pytest

from actions.shelf import shelf
from bot.conversation.records import Closed
from bot.reflection.stages import Question
from bot.reflection.walk import SKIPPED
from tests.actions.conftest import Run

WORDING = shelf().wording
FORM = "validate_reflection_form"
AT_THE_END = dict.fromkeys((q.value for q in Question), SKIPPED) | {"requested_slot": "ending"}


@pytest.mark.parametrize(
    ("text", "ending"),
    [
        ("Keep", "keep"),
        ("keep it for me", "keep"),
        ("Share", "share"),
        ("yes, share it with her", "share"),
        ("do not share", None),
        ("don't share it, it stays mine", "keep"),
        ("no", "keep"),
        ("hm", None),
    ],
)
async def test_an_ending_is_shared_only_on_a_plain_word(
    run: Run, text: str, ending: str | None
) -> None:
    outcome = await run(FORM, AT_THE_END | {"ending": text}, text=text)
    assert outcome.slots["ending"] == ending
    assert outcome.slots["requested_slot"] == (None if ending else "ending")


@pytest.mark.parametrize(
    "text",
    [
        "dont share",
        "I can't share this",
        "I cannot share it",
        "I won't share it",
        "never share this",
        "share it with nobody",
        "keep it and share nothing",
        "is it safe to share?",
    ],
)
async def test_what_is_not_to_be_shared_is_not_shared(run: Run, text: str) -> None:
    outcome = await run(FORM, AT_THE_END | {"ending": text}, text=text)
    assert outcome.slots["ending"] != "share"


@pytest.mark.parametrize(
    ("ending", "has_supervisor", "recorded", "said"),
    [
        ("keep", True, "keep", "kept"),
        ("share", True, "share", "shared"),
        ("share", False, "keep", "share_nobody"),
        ("(skipped)", True, "keep", "kept"),
    ],
)
async def test_a_reflection_is_shared_only_when_chosen_and_with_somebody(
    run: Run, ending: str, recorded: str, said: str, *, has_supervisor: bool
) -> None:
    slots = {"ending": ending, "context": {"has_supervisor": has_supervisor}}
    done = await run("action_close_reflection", slots)
    assert done.records == [Closed(recorded)]
    assert done.said == [*WORDING.say("closing"), *WORDING.say(said)]
    assert done.slots == {"is_closed": True}


async def test_with_several_supervisors_nobody_is_chosen_for_the_therapist(run: Run) -> None:
    context = {"has_supervisor": True, "has_several_supervisors": True}
    done = await run("action_close_reflection", {"ending": "share", "context": context})
    assert done.records == [Closed("keep")]
    assert done.said == [*WORDING.say("closing"), *WORDING.say("share_choose")]
