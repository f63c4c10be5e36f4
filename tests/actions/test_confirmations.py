"""Deleting and starting again: only a plain word does either."""

from __future__ import annotations

import pytest

from actions.shelf import shelf
from actions.start import DELETE_AND_START_AGAIN, GO_ON_HERE, KEEP_AND_START_AGAIN
from bot.conversation.records import Closed, StartAgain
from tests.actions.conftest import Run

WORDING = shelf().wording
FOLLOW_UP_FORM = {"event": "followup", "timestamp": None, "name": "reflection_form"}


@pytest.mark.parametrize(
    ("text", "deletes"),
    [
        ("yes", True),
        ("Yes please", True),
        ("no", False),
        ("not yet", False),
        ("yes but not today", False),
        ("maybe", False),
        ("delete", False),
        ("what would happen then?", False),
        ("", False),
    ],
)
async def test_only_a_plain_yes_deletes(run: Run, text: str, *, deletes: bool) -> None:
    slots = {"requested_slot": "delete_confirmed", "delete_confirmed": text}
    read = await run("validate_delete_form", slots, text=text)
    assert read.slots == {"delete_confirmed": "yes" if deletes else "no"}
    done = await run("action_delete_or_keep", read.slots)
    assert done.records == ([Closed("delete")] if deletes else [])
    assert done.said == WORDING.say("deleted" if deletes else "not_deleted")
    assert done.slots["delete_confirmed"] is None
    assert (FOLLOW_UP_FORM in done.events) is not deletes


@pytest.mark.parametrize(
    "text",
    ["absolutely not", "definitely not", "ok, no", "ok but keep it", "right, what happens then?"],
)
async def test_a_no_with_emphasis_or_a_question_does_not_delete(run: Run, text: str) -> None:
    slots = {"requested_slot": "delete_confirmed", "delete_confirmed": text}
    assert (await run("validate_delete_form", slots, text=text)).slots["delete_confirmed"] == "no"


async def test_nothing_leads_back_into_a_reflection_that_is_closed(run: Run) -> None:
    done = await run("action_delete_or_keep", {"delete_confirmed": "no", "is_closed": True})
    assert FOLLOW_UP_FORM not in done.events


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("Keep this one and start a new one", KEEP_AND_START_AGAIN),
        ("Delete this one and start a new one", DELETE_AND_START_AGAIN),
        ("Go on here", GO_ON_HERE),
        ("a new one please", KEEP_AND_START_AGAIN),
        ("hm, not sure", GO_ON_HERE),
        ("", GO_ON_HERE),
    ],
)
async def test_starting_again_keeps_what_is_there_unless_told_to_delete(
    run: Run, text: str, choice: str
) -> None:
    slots = {"requested_slot": "start_again_choice", "start_again_choice": text}
    read = await run("validate_start_again_form", slots, text=text)
    assert read.slots == {"start_again_choice": choice}
    done = await run("action_start_again_or_go_on", read.slots)
    ending = {
        KEEP_AND_START_AGAIN: [Closed("keep"), StartAgain()],
        DELETE_AND_START_AGAIN: [Closed("delete"), StartAgain()],
        GO_ON_HERE: [],
    }
    assert done.records == ending[choice]
    assert done.slots.get("is_closed", False) is (choice != GO_ON_HERE)
    assert (FOLLOW_UP_FORM in done.events) is (choice == GO_ON_HERE)


@pytest.mark.parametrize(
    "text", ["don't delete it, go on here", "do not delete this one", "I'd rather not delete it"]
)
async def test_not_to_delete_is_no_word_to_delete(run: Run, text: str) -> None:
    slots = {"requested_slot": "start_again_choice", "start_again_choice": text}
    read = await run("validate_start_again_form", slots, text=text)
    assert read.slots["start_again_choice"] != DELETE_AND_START_AGAIN
