"""A search finds what is shared and shown, by its words, and tells nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bot.conversation.desk import Desk
from bot.conversation.records import Answered
from bot.conversation.review import search as module
from bot.conversation.review.search import NothingToSearch, SearchWish, search
from bot.conversation.sharing import withdraw_all
from bot.reflection.stages import Question
from bot.storage.keeping import AuditEntry
from bot.storage.models import Account
from bot.storage.review_tables import SearchEntry
from bot.storage.states import ShareScope
from tests.bots import ScriptedBot
from tests.conversation.evening import Evening
from tests.conversation.samples import ABOUT_THE_THERAPIST
from tests.gateway import People

TOLD = "She looked away; I was ashamed of my café voice."
ASKED = "How do I stay warm, without rescuing?"


@pytest.fixture
async def evening(desk: Desk, people: People, bot: ScriptedBot) -> Evening:
    begun = await Evening.begin(desk, people, bot)
    await begun.say(TOLD, Answered(Question.DESCRIBE))
    await begun.say("My neck was stiff.", Answered(Question.FEEL))
    await begun.say(ASKED, Answered(Question.SUPERVISION_QUESTION))
    return begun


async def found(evening: Evening, words: str, reader: Account | None = None, **wish: Any) -> bool:
    asked = SearchWish(words=words, **wish)
    got = await search(evening.desk, reader or evening.people.supervisor, asked)
    return evening.id in [line["id"] for line in got.lines]


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("ashamed", True),
        ("ASHAM", True),
        ("shamed", False),
        ("cafe", True),
        ("CAFÉ voice", True),
        ("voice looked", True),
        ("voice neck rescuing", True),
        ("voice father", False),
        ('"looked away"', True),
        ('"looked away I was"', True),
        ('"away looked"', False),
        ('"stay warm without"', True),
        ('"my neck" warm', True),
        # Not over the end of one message into the next.
        ('"cafe voice my"', False),
        ("%", None),
        ('" "', None),
        ("", None),
    ],
)
async def test_words_are_found_at_their_beginning_and_phrases_as_they_stand(
    evening: Evening, words: str, *, is_found: bool | None
) -> None:
    await evening.share()
    if is_found is None:
        with pytest.raises(NothingToSearch):
            await found(evening, words)
    else:
        assert await found(evening, words) is is_found


async def test_only_what_the_share_shows_is_found(evening: Evening) -> None:
    await evening.share(scope=ShareScope.TURNS, turns=frozenset({2}), note="Please be gentle.")
    assert await found(evening, "stiff gentle")
    for hidden in ("ashamed", "rescuing"):
        assert not await found(evening, hidden)


@pytest.mark.parametrize("told", ABOUT_THE_THERAPIST.values())
async def test_what_is_about_the_therapist_is_found_by_nobody(evening: Evening, told: str) -> None:
    await evening.say(f"{told} zebra", Answered(Question.SENSE))
    await evening.share(scope=ShareScope.WHOLE)
    assert await found(evening, "ashamed")
    assert not await found(evening, "zebra")


async def test_what_is_withdrawn_erased_or_anothers_is_not_found(
    evening: Evening, people: People
) -> None:
    assert not await found(evening, "ashamed")
    await evening.share()
    assert await found(evening, "ashamed")
    assert not await found(evening, "ashamed", people.other_supervisor)
    await withdraw_all(evening.desk, people.therapist, evening.id)
    assert not await found(evening, "ashamed")
    await evening.share()
    assert await found(evening, "ashamed")
    evening.desk.keyring.destroy(evening.id)
    assert not await found(evening, "ashamed")


async def test_it_is_narrowed_by_therapist_and_day(evening: Evening, people: People) -> None:
    await evening.share()
    today = evening.clock().date()
    assert await found(evening, "ashamed", therapist=people.therapist.id, since=today, until=today)
    assert not await found(evening, "ashamed", therapist=people.other_therapist.id)
    evening.clock.advance(days=2)
    assert not await found(evening, "ashamed", since=evening.clock().date())


async def test_what_is_found_shows_no_words(evening: Evening) -> None:
    await evening.share()
    got = await search(evening.desk, evening.people.supervisor, SearchWish("ashamed"))
    assert "ashamed" not in repr(got)
    assert (got.looked_through, got.next) == (1, None)


async def test_many_are_looked_through_in_steps_that_lose_nothing(
    evening: Evening, bot: ScriptedBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_THROUGH", 3)
    monkeypatch.setattr(module, "MOST_FOUND", 2)
    all_of_them = []
    for _ in range(7):
        one = await Evening.begin(evening.desk, evening.people, bot)
        await one.say("The same words.", Answered(Question.DESCRIBE))
        await one.share()
        all_of_them.append(one.id)
        evening.clock.advance(minutes=1)
    seen: list[str] = []
    after = None
    while True:
        wish = SearchWish("words", after=after)
        got = await search(evening.desk, evening.people.supervisor, wish)
        assert got.looked_through <= 3
        seen += [line["id"] for line in got.lines]
        after = got.next
        if after is None:
            break
    assert seen == all_of_them[::-1]


async def test_that_somebody_searched_is_in_the_audit_and_not_for_what(evening: Evening) -> None:
    await evening.share()
    await found(evening, "ashamed")
    async with evening.desk.sessions() as session:
        entries = list(await session.scalars(select(AuditEntry).order_by(AuditEntry.number)))
        rows = (await session.execute(select(SearchEntry.__table__))).mappings().all()
    last = entries[-1]
    assert (last.event, last.actor) == ("searched", evening.people.supervisor.id)
    assert "ashamed" not in repr([vars(entry) for entry in entries])
    assert not [row for row in rows if b"ashamed" in row["sealed"]]
