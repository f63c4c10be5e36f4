"""Full mode: the same conversation in Slack, with its buttons, menus and dialogs."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.conversation.consents import is_given, set_consent
from bot.conversation.records import Asked, Heard, Offered
from bot.reflection.stages import Question, Stage
from bot.storage.models import Account
from bot.storage.slack_tables import SlackLine
from bot.storage.states import Purpose
from bot.themes.findings import Evidence, Finding, Theme
from tests.bots import says
from tests.conftest import until
from tests.gateway import socket_of, start, turns
from tests.slack.mock import HOME, Fault, Person, payloads
from tests.slack.mock.workspace import Message
from tests.slack.running import FULL, OnSlack, on_slack

YES_NO = [("/affirm", "Yes, it fits"), ("/deny", "No")]


@pytest.fixture(params=[False, True], ids=["socket", "http"])
async def here(request: pytest.FixtureRequest, tmp_path: Path):
    async with on_slack(tmp_path, over_http=request.param, **FULL) as running:
        yield running


def account(here: OnSlack) -> Account:
    return here.gateway.people.therapist


async def reflection_of(here: OnSlack) -> str:
    async def newest() -> str | None:
        async with here.desk.sessions() as session:
            query = select(SlackLine.reflection_id).order_by(SlackLine.opened_at.desc())
            return await session.scalar(query.where(SlackLine.left_at.is_(None)))

    return await until(newest)


async def begun(here: OnSlack, opening: str = "What happened?", *records, **more) -> Person:
    """Somebody who has begun a reflection in Slack, up to its first question."""
    ann = await here.therapist()
    here.bot.script = [says(opening, *records, **more)]
    ann.writes("hello")
    await ann.until_hears("What would you like?")
    ann.presses("A reflection")
    await ann.until_hears(opening)
    return ann


async def words(here: OnSlack) -> list[str]:
    return [turn.text for turn in await turns(here.desk, account(here), await reflection_of(here))]


async def test_before_the_first_use_it_is_asked_for_consent_and_says_what_slack_keeps(
    here: OnSlack,
) -> None:
    ann = await here.therapist(consents=False)
    ann.writes("The gooseberry evening.")
    asked = await ann.until_hears("Slack keeps its own copies")
    assert not await is_given(here.desk, account(here), Purpose.SLACK)
    ann.presses("I agree, reflect here", asked)
    await ann.until_hears("What would you like?")
    assert await is_given(here.desk, account(here), Purpose.SLACK)
    told = await ann.until_hears("You chose: I agree, reflect here")
    assert told.ts == asked.ts
    assert not told.buttons
    assert here.bot.texts == []


async def test_a_no_is_as_good_and_nothing_of_a_reflection_comes(here: OnSlack) -> None:
    ann = await here.therapist(consents=False)
    ann.writes("hello")
    await ann.until_hears("Slack keeps its own copies")
    ann.presses("No, on the web")
    await ann.until_hears("nothing of them comes here")
    assert not await is_given(here.desk, account(here), Purpose.SLACK)


async def test_words_typed_in_slack_are_kept_and_answered(here: OnSlack) -> None:
    ann = await begun(here)
    here.bot.script = [says("What came up in you?")]
    ann.writes("She came late & left <early>.")
    await ann.until_hears("What came up in you?")
    assert await words(here) == ["", "She came late & left <early>."]
    assert here.bot.texts == ["She came late & left <early>."]


async def test_a_button_is_replaced_by_the_answer_and_counts_once(here: OnSlack) -> None:
    ann = await begun(here, "Does that fit?", choices=YES_NO)
    asked = await ann.until_hears("Does that fit?")
    assert asked.buttons == ["Yes, it fits", "No"]
    here.bot.script = [says("Thank you.")]
    first = ann.presses("Yes, it fits", asked)
    second = ann.presses("No", asked)
    assert await first.settled()
    assert await second.settled()
    await ann.until_hears("Thank you.")
    used = await ann.until_hears("Does that fit?\nYou chose: ")
    assert used.ts == asked.ts
    assert not used.buttons
    assert len(await words(here)) == 2
    assert len(here.bot.texts) == 1


async def test_a_choice_of_a_message_that_is_over_has_no_effect(here: OnSlack) -> None:
    ann = await begun(here, "Does that fit?", choices=YES_NO)
    asked = await ann.until_hears("Does that fit?")
    message = ann.direct.message(asked.ts)
    before = list(message.blocks)
    here.bot.script = [says("And this one?", choices=YES_NO)]
    ann.writes("Let me think about it.")
    await ann.until_hears("And this one?")
    await ann.until(lambda seen: not next(one for one in seen if one.ts == asked.ts).buttons)
    message.blocks = before  # as a screen that was not drawn anew yet
    ann.presses("No", asked)
    await ann.until_hears("no longer open")
    assert len(await words(here)) == 2


async def test_the_scale_is_a_menu(here: OnSlack) -> None:
    ann = await begun(here, "How are you now?", Asked(Question.AROUSAL_BEFORE, Stage.ARRIVE))
    here.bot.script = [says("Thank you.")]
    ann.selects("7")
    await ann.until_hears("Thank you.")
    await ann.until_hears("You chose: 7")
    assert (await words(here))[-1] == "7"


async def test_a_long_answer_has_room_in_a_dialog(here: OnSlack) -> None:
    ann = await begun(here, "What happened?", Asked(Question.DESCRIBE, Stage.DESCRIBE))
    long = "She came late. " * 190
    ann.presses("Write more")
    await ann.until(lambda _: ann.modal)
    here.bot.script = [says("Thank you.")]
    done = await ann.submits({"entry": long.strip()})
    assert done.is_answered
    assert not done.errors
    await ann.until_hears("Thank you.")
    await ann.until_hears("Your answer is kept.")
    assert (await words(here))[-1] == long.strip()


@pytest.mark.parametrize(
    "fault", [Fault.RATE_LIMITED, Fault.ERROR_BEFORE, Fault.NO_ANSWER], ids=str
)
async def test_a_dialog_that_slack_does_not_open_is_said_in_time(
    here: OnSlack, fault: Fault
) -> None:
    ann = await begun(here, "What happened?", Asked(Question.DESCRIBE, Stage.DESCRIBE))
    here.slack.retry_after = 2
    here.slack.faults.at_next_call("views.open", fault)
    pressed = ann.presses("Write more")
    await ann.until_hears("did not open the window")
    await here.slack.until_at_rest()
    assert pressed.is_answered
    await asyncio.sleep(2)
    ann.presses("Write more")
    await ann.until(lambda _: ann.modal)


async def test_a_dialog_for_what_is_over_keeps_the_words_in_the_field(here: OnSlack) -> None:
    ann = await begun(here, "What happened?", Asked(Question.DESCRIBE, Stage.DESCRIBE))
    ann.presses("Write more")
    await ann.until(lambda _: ann.modal)
    here.bot.script = [says("Thank you.")]
    ann.writes("Nothing.")
    await ann.until_hears("Thank you.")
    done = await ann.submits({"entry": "It was late."})
    assert "no longer open" in next(iter(done.errors.values()))
    assert ann.modal


async def test_a_message_beyond_the_limit_is_not_kept_and_the_web_is_named(here: OnSlack) -> None:
    ann = await begun(here)
    ann.writes("a " * 4001)
    heard = await ann.until_hears("so it was not kept")
    assert heard.is_ephemeral
    assert here.desk.settings.address in heard.text
    assert await words(here) == [""]


async def test_what_was_heard_is_shown_as_quotes_of_ones_own_words(here: OnSlack) -> None:
    ann = await begun(here)
    text = "I was so angry & tired."
    finding = Finding(
        Theme.COUNTERTRANSFERENCE, "anger_frustration", 0.9, (Evidence(2, 15, text[2:15]),)
    )
    here.bot.script = [
        says(
            "Does that fit?",
            Heard(findings=(finding,)),
            Asked(Question.VERDICT_COUNTERTRANSFERENCE, Stage.THEMES),
            choices=YES_NO,
        )
    ]
    ann.writes(text)
    heard = await ann.until_hears("Does that fit?")
    assert heard.text.startswith("*What I heard, in your words*\n>was so angry")


async def test_steps_come_as_cards(here: OnSlack) -> None:
    ann = await begun(here)
    step = next(iter(here.desk.steps.values()))
    here.bot.script = [
        says(
            "Here is one.",
            Offered(steps=(step.id,)),
            choices=[("/take", "Take 1"), ("/none", "None of these")],
        )
    ]
    ann.writes("Something happened.")
    heard = await ann.until_hears("Step 1")
    assert step.step in heard.text
    assert f"Why it may help: {step.why}" in heard.text
    assert f"“{step.say}”" in heard.text
    assert "Source: " in heard.text
    assert heard.buttons == ["Take 1", "None of these"]


async def test_a_long_answer_of_the_assistant_comes_in_several_messages(here: OnSlack) -> None:
    sentences = [
        f"Sentence number {number} is here, and it is an ordinary one." for number in range(400)
    ]
    ann = await begun(here)
    here.bot.script = [says(" ".join(sentences), choices=YES_NO)]
    ann.writes("Tell me.")
    last = await ann.until_hears("number 399 is here")
    assert last.buttons == ["Yes, it fits", "No"]
    told = " ".join(ann.hears())
    assert all(sentence in told.replace("\n", " ") for sentence in sentences)


async def test_the_person_is_told_what_was_masked(here: OnSlack) -> None:
    ann = await begun(here)
    ann.writes("Ring me on 082 555 0101 please.")
    await ann.until_hears("was masked before your message was kept")


async def test_danger_is_answered_at_once_with_the_bot_away(here: OnSlack) -> None:
    ann = await begun(here)
    here.bot.is_up = False
    ann.writes("He said he will kill himself tonight.")
    heard = await ann.until_hears("crisis")
    assert not heard.is_ephemeral
    assert here.bot.texts == []


async def test_danger_in_the_first_words_begins_a_reflection_in_which_it_stands(
    here: OnSlack,
) -> None:
    ann = await here.therapist()
    here.bot.is_up = False
    ann.writes("A mother told me she will kill herself tonight.")
    await ann.until_hears("crisis")
    assert (await words(here))[-1] == "A mother told me she will kill herself tonight."


async def test_while_the_bot_is_away_the_person_is_told_for_a_moment(here: OnSlack) -> None:
    ann = await begun(here)
    here.bot.is_up = False
    ann.writes("She came late.")
    heard = await ann.until_hears("the answer comes when it is back")
    assert heard.is_ephemeral
    here.bot.script = [says("What came up in you?")]
    here.bot.is_up = True
    await ann.until_hears("What came up in you?")
    assert len([text for text in ann.hears() if "What came up" in text]) == 1


async def test_a_reflection_goes_on_between_slack_and_web(here: OnSlack) -> None:
    ann = await begun(here)
    reflection_id = await reflection_of(here)
    here.bot.script = [says("First answer."), says("Treacle answer."), says("Third answer.")]
    ann.writes("Said in Slack.")
    await ann.until_hears("First answer.")
    http = await here.gateway.signed_in(account(here))
    async with socket_of(http, reflection_id) as socket:
        await socket.answer_to(await socket.send("Said on the web."))
        ann.writes("Again in Slack.")
        frame = await socket.next(
            lambda one: one["type"] == "turn" and one["turn"]["text"] == "Again in Slack."
        )
        assert frame["reflection"]["id"] == reflection_id
    await ann.until_hears("Third answer.")
    assert await words(here) == ["", "Said in Slack.", "Said on the web.", "Again in Slack."]
    # What was said on the web stays out of Slack.
    assert b"Treacle" not in here.slack.everything_sent()


async def test_one_begun_on_the_web_is_gone_on_with_from_the_home_tab(here: OnSlack) -> None:
    ann = await here.therapist()
    here.bot.script = [says("Where was the child in this?", choices=YES_NO)]
    reflection_id = await start(here.desk, account(here))
    http = await here.gateway.signed_in(account(here))
    async with socket_of(http, reflection_id) as socket:
        here.bot.script = [says("Opening."), says("Where was the child in this?", choices=YES_NO)]
        await socket.answer_to(await socket.send("He was there."))
    ann.opens_home()
    await ann.until(lambda _: ann.home() and "Go on" in ann.home().buttons)
    ann.presses("Go on", HOME)
    asked = await ann.until_hears("Where was the child in this?")
    assert asked.buttons == ["Yes, it fits", "No"]
    here.bot.script = [says("Thank you.")]
    ann.presses("No", asked)
    await ann.until_hears("Thank you.")
    # Shown again, the last question stands at the end, and the older one is closed.
    await ann.commands("/reflect")
    await ann.until(lambda seen: [one.text for one in seen if one.who == "app"][-1] == "Thank you.")


async def test_sharing_on_the_home_tab(here: OnSlack) -> None:
    ann = await begun(here)
    ann.writes("She came late.")
    await ann.until_hears("Noted.")
    ann.opens_home()
    await ann.until(lambda _: ann.home() and "Share" in ann.home().buttons)
    ann.presses("Share", HOME)
    await ann.until(lambda _: ann.modal)
    assert (await ann.submits({"entry": "supervisor"})).is_answered
    assert "Shared with supervisor until" in ann.sees_modal().text
    http = await here.gateway.signed_in(account(here))
    async with http.get(f"/api/reflections/{await reflection_of(here)}/share") as answer:
        assert len((await answer.json())["shares"]) == 1


async def test_deleting_takes_the_apps_messages_away_and_says_what_stays(here: OnSlack) -> None:
    ann = await begun(here, "A treacle question?")
    ann.writes("A gooseberry answer.")
    await ann.until_hears("Noted.")
    ann.opens_home()
    await ann.until(lambda _: ann.home() and "Delete" in ann.home().buttons)
    ann.presses("Delete", HOME)
    await ann.until(lambda _: ann.modal)
    assert (await ann.submits({})).is_answered
    heard = await ann.until_hears("those are Slack’s own copies")
    assert "A treacle question?" not in ann.hears()
    assert "Noted." not in ann.hears()
    assert "A gooseberry answer." in [one.text for one in ann.sees() if one.who == "me"]
    assert not heard.is_ephemeral

    async def is_receipted() -> bool:
        http = await here.gateway.signed_in(account(here))
        async with http.get("/api/erasures") as answer:
            lines = (await answer.json())["erasures"]
        return bool(lines) and lines[0]["done_at"] is not None

    await until(is_receipted)


async def test_consent_taken_back_ends_what_goes_to_slack(here: OnSlack) -> None:
    ann = await begun(here)
    await set_consent(here.desk, account(here), Purpose.SLACK, given=False)
    ann.writes("The gooseberry evening.")
    await ann.until_hears("Slack keeps its own copies")
    assert here.bot.texts == []


async def test_files_are_not_taken(here: OnSlack) -> None:
    ann = await begun(here)
    message = Message(
        ts=here.slack.clock.ts(), user=ann.id, team=ann.member.team.id, text="see this"
    )
    payload = payloads.message_event(here.slack.workspace, ann.direct, message)
    payload["event"]["subtype"] = "file_share"
    here.slack.tell(payload)
    await ann.until_hears("I take words only")
    assert await words(here) == [""]
