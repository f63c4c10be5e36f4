"""An answer given earlier may be changed at any time, without having been offered."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.conversation.desk import Desk
from bot.conversation.records import Answered, Asked, Heard, Judged, Paused, Record, Scored
from bot.conversation.review.search import SearchWish, search
from bot.conversation.turns import NotOffered
from bot.reflection.changing import MAY_BE_CHANGED, change_payload, to_be_changed
from bot.reflection.stages import Question, Stage
from bot.reflection.verdicts import Verdict
from bot.storage.states import ReflectionState, ShareScope
from bot.themes.findings import Evidence, Finding, Theme
from tests.bots import ScriptedBot
from tests.conversation.evening import Evening
from tests.conversation.samples import DANGER
from tests.gateway import People, say, stored, turns

FIRST, BETTER = "I was furious with her.", "I was sad for her, and tired."
CHANGE = change_payload(Question.FEEL)
ANSWERED = (Answered(Question.FEEL), Asked(Question.PARENT, Stage.PARENT))
AGAIN = Asked(Question.FEEL, Stage.FEEL)


def _heard(theme: Theme, words: str) -> Heard:
    return Heard((Finding(theme, None, 0.8, (Evidence(0, len(words), words),)),))


@pytest.fixture
async def evening(desk: Desk, people: People, bot: ScriptedBot) -> Evening:
    return await Evening.begin(desk, people, bot)


async def found(evening: Evening, words: str) -> int:
    """How many shares the supervisor finds by these words."""
    wish = SearchWish(words)
    return len((await search(evening.desk, evening.people.supervisor, wish)).lines)


async def change(evening: Evening, better: str, *reported: Record) -> None:
    await evening.say("", AGAIN, choice=CHANGE)
    await evening.say(better, Answered(Question.FEEL), *reported)


async def test_an_answer_that_was_given_is_asked_for_again(evening: Evening) -> None:
    await evening.say(FIRST, *ANSWERED)
    number = await evening.say("", AGAIN, choice=CHANGE)
    told = (await turns(evening.desk, evening.people.therapist, evening.id))[number]
    assert (told.text, told.payload) == ("Change my answer: In you", CHANGE)
    assert evening.bot.texts[-1] == CHANGE


async def test_a_paused_reflection_goes_on_with_it(evening: Evening) -> None:
    await evening.say(FIRST, *ANSWERED)
    await evening.say("pause", Paused(), Asked(Question.PARENT, Stage.PARENT))
    await evening.say("", AGAIN, choice=CHANGE)
    found = await stored(evening.desk, evening.people.therapist, evening.id)
    assert found.state is ReflectionState.OPEN


@pytest.mark.parametrize(
    "before",
    [
        pytest.param([("It was long.", ANSWERED[1:])], id="not answered"),
        pytest.param([(FIRST, ANSWERED[:1])], id="no question is at hand"),
        pytest.param([(FIRST, ANSWERED), ("back", (AGAIN,))], id="it is at hand"),
        pytest.param([(FIRST, ANSWERED), (DANGER, ())], id="safety comes first"),
    ],
)
async def test_otherwise_it_is_a_choice_that_is_not_offered(
    evening: Evening, before: Sequence[tuple[str, Sequence[Record]]]
) -> None:
    for text, reported in before:
        await evening.say(text, *reported)
    with pytest.raises(NotOffered):
        await evening.say("", choice=CHANGE)


async def test_while_a_message_waits_it_is_not_taken(evening: Evening) -> None:
    await evening.say(FIRST, *ANSWERED)
    await say(evening.desk, evening.people.therapist, evening.id, "And then?")
    with pytest.raises(NotOffered):
        await say(evening.desk, evening.people.therapist, evening.id, "", CHANGE)


async def test_an_answer_of_another_reflection_counts_for_nothing(
    evening: Evening, desk: Desk, people: People, bot: ScriptedBot
) -> None:
    await evening.say(FIRST, *ANSWERED)
    other = await Evening.begin(desk, people, bot)
    await other.say("It was long.", *ANSWERED[1:])
    with pytest.raises(NotOffered):
        await other.say("", choice=CHANGE)


@pytest.mark.parametrize(
    "choice",
    [
        '/change_answer{"question": "verdict_parent_trauma"}',
        '/change_answer{"question": "ending"}',
        '/change_answer{"question": "feel"} ',
        '/change_answer{"question": "feel", "text": "x"}',
        '/change_answer{"question": "fe\\u0065l"}',
        "/change_answer",
        "/delete_this",
    ],
)
async def test_nothing_else_is_open_without_an_offer(evening: Evening, choice: str) -> None:
    await evening.say(FIRST, *ANSWERED)
    with pytest.raises(NotOffered):
        await evening.say("", choice=choice)


def test_what_is_sent_names_its_question() -> None:
    assert [to_be_changed(change_payload(q)) for q in MAY_BE_CHANGED] == list(MAY_BE_CHANGED)


async def test_the_page_is_told_what_may_be_changed(evening: Evening) -> None:
    await evening.say("6", Scored(Question.AROUSAL_BEFORE, 6))
    await evening.say("7", Scored(Question.AROUSAL_AFTER, 7))
    shown = [turn["change"] for turn in (await evening.shown())["turns"]]
    assert shown == [
        None,
        {
            "id": change_payload(Question.AROUSAL_BEFORE),
            "label": "Change my answer: The number at the beginning",
            "name": "The number at the beginning",
        },
        None,
    ]


async def test_the_summary_has_the_new_answer_with_its_themes(evening: Evening) -> None:
    await evening.say(FIRST, *ANSWERED, _heard(Theme.COUNTERTRANSFERENCE, FIRST))
    await change(evening, BETTER, _heard(Theme.PARENT_TRAUMA, BETTER))
    summary = await evening.summary()
    assert [part["text"] for part in summary.account] == [BETTER]
    assert [theme["theme"] for theme in summary.themes] == ["parent_trauma"]


async def test_a_share_made_before_keeps_the_earlier_answer_and_one_made_after_has_the_new(
    evening: Evening,
) -> None:
    await evening.say(FIRST, *ANSWERED)
    await evening.share(scope=ShareScope.WHOLE)
    await change(evening, BETTER)
    assert [part["text"] for part in (await evening.read()).summary.account] == [FIRST]
    assert await found(evening, "tired") == 0
    await evening.share(scope=ShareScope.WHOLE)
    view = await evening.read()
    assert [part["text"] for part in view.summary.account] == [BETTER]
    # What is shared in full is all that was written, the earlier words too.
    assert [told["text"] for told in view.told] == [
        FIRST,
        "Change my answer: In you",
        BETTER,
    ]
    assert await found(evening, "tired") == 1


async def test_a_share_of_the_summary_is_not_found_by_the_answer_that_was_replaced(
    evening: Evening,
) -> None:
    await evening.say(FIRST, *ANSWERED)
    await change(evening, BETTER)
    await evening.share()
    assert (await found(evening, "furious"), await found(evening, "tired")) == (0, 1)


async def test_a_verdict_stays_with_the_words_it_was_given_on(evening: Evening) -> None:
    await evening.say(FIRST, *ANSWERED, _heard(Theme.COUNTERTRANSFERENCE, FIRST))
    await evening.say("yes", Judged(Theme.COUNTERTRANSFERENCE, Verdict.YES), ANSWERED[1])
    await change(evening, BETTER, _heard(Theme.COUNTERTRANSFERENCE, BETTER))
    (theme,) = (await evening.summary()).themes
    # These words were not asked about: the page offers to say so.
    assert theme["verdict"] is None
