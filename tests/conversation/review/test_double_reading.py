"""Two read the same findings: neither learns anything of the other before both are done."""

from __future__ import annotations

import csv
import io
import random
from typing import Any

import pytest
from sqlalchemy import select

from bot.conversation.desk import Desk
from bot.conversation.records import Answered, Heard, Judged
from bot.conversation.review.agreement import Said
from bot.conversation.review.double_reading import (
    DoubleReadingRefused,
    be_done,
    is_read_twice,
    label_in_reading,
    read_mine,
    settle,
)
from bot.conversation.review.double_readings import Where, read_double_readings
from bot.conversation.review.offering import (
    begin_double_reading,
    own_double_reading,
    take_double_reading_back,
)
from bot.conversation.review.queue import QueueWish, read_queue
from bot.conversation.review.reading import read_shared
from bot.conversation.review.study_export import as_csv, export_for_study
from bot.conversation.review.writing import label_finding
from bot.conversation.sharing import ShareWish, share, withdraw, withdraw_all
from bot.reflection.stages import Question
from bot.reflection.verdicts import Verdict
from bot.storage.access import NotFound
from bot.storage.double_reading_tables import StudyExport
from bot.storage.keeping import AuditEntry
from bot.storage.models import Account, Supervision
from bot.storage.states import Opinion, ShareScope
from bot.themes.findings import Evidence, Finding, Theme
from tests.bots import ScriptedBot
from tests.conversation.evening import Evening
from tests.gateway import People

TOLD = "She looked away and I talked faster."
LATER = "She never comes, and I drove home with a tight chest."
OWN, TRAUMA, AWAY = Theme.COUNTERTRANSFERENCE, Theme.PARENT_TRAUMA, Theme.REDUCED_INVESTMENT


def heard(theme: Theme, subtheme: str | None, text: str, start: int, end: int) -> Finding:
    return Finding(theme, subtheme, 0.8, (Evidence(start, end, text[start:end]),))


@pytest.fixture
async def evening(desk: Desk, people: People, bot: ScriptedBot) -> Evening:
    """Three findings in two turns, shared with two supervisors."""
    begun = await Evening.begin(desk, people, bot)
    await begun.say(
        TOLD, Answered(Question.DESCRIBE), Heard((heard(OWN, "helplessness", TOLD, 20, 35),))
    )
    found = heard(OWN, None, LATER, 21, 52), heard(AWAY, "missed_sessions", LATER, 0, 15)
    await begun.say(LATER, Answered(Question.FEEL), Heard(found))
    async with desk.sessions.begin() as session:
        session.add(
            Supervision(
                therapist_id=people.therapist.id,
                supervisor_id=people.other_supervisor.id,
                since=desk.clock(),
            )
        )
    for supervisor in both(people):
        await share_with(begun, supervisor)
    return begun


def both(people: People) -> tuple[Account, Account]:
    return people.supervisor, people.other_supervisor


async def share_with(evening: Evening, supervisor: Account, **wish: Any) -> None:
    asked = ShareWish(supervisor=supervisor.id, **wish)
    await share(evening.desk, evening.people.therapist, evening.id, asked)


async def begin(evening: Evening, *, for_study: bool = True) -> None:
    evening.clock.advance(minutes=1)
    readers = frozenset(reader.id for reader in both(evening.people))
    await begin_double_reading(
        evening.desk, evening.people.therapist, evening.id, readers, for_study=for_study
    )


async def findings_of(evening: Evening, reader: Account) -> list[str]:
    mine = await read_mine(evening.desk, reader, evening.id)
    return [finding["id"] for finding in mine.findings]


async def say(
    evening: Evening,
    reader: Account,
    finding: str,
    opinion: Opinion = Opinion.AGREE,
    instead: tuple[Theme, str | None] | None = None,
) -> None:
    evening.clock.advance(minutes=1)
    await label_in_reading(evening.desk, reader, evening.id, finding, opinion, instead)


async def finish(evening: Evening, reader: Account, *opinions: Opinion) -> None:
    """Label each finding, the last ones as fitting, and be done."""
    for at, finding in enumerate(await findings_of(evening, reader)):
        await say(evening, reader, finding, opinions[at] if at < len(opinions) else Opinion.AGREE)
    await be_done(evening.desk, reader, evening.id)


async def all_that_is_shown(evening: Evening, reader: Account) -> dict[str, Any]:
    """Everything that Ballast gives to one of the two."""
    desk = evening.desk
    mine = await read_mine(desk, reader, evening.id)
    reading = await read_shared(desk, reader, evening.id)
    try:
        exported: Any = await export_for_study(desk, reader, "HREC 12/2026")
    except DoubleReadingRefused as refused:
        exported = refused.notice
    return {
        "mine": (mine.findings, mine.labels.keys(), mine.is_done, mine.other, mine.outcome),
        "labels": [(key, label.opinion, label.said_at) for key, label in mine.labels.items()],
        "page": (reading.labels, reading.reviews, reading.remarks, reading.readers),
        "list": await read_double_readings(desk, reader),
        "queue": (await read_queue(desk, reader, QueueWish())).lines,
        "export": exported,
    }


@pytest.mark.parametrize("seed", range(4))
async def test_nothing_that_one_does_changes_anything_for_the_other_until_both_are_done(
    evening: Evening, people: People, seed: int
) -> None:
    await begin(evening)
    chance = random.Random(seed)
    other, one = both(people)
    findings = await findings_of(evening, one)
    await all_that_is_shown(evening, other)  # looking is a step of the review; it comes first
    before = await all_that_is_shown(evening, other)
    doings = [*findings, *chance.choices(findings, k=4), "done", *chance.choices(findings, k=2)]
    for doing in doings:
        opinion = chance.choice([Opinion.AGREE, Opinion.DISAGREE])
        evening.clock.advance(minutes=chance.randint(1, 500))
        if doing == "done":
            await be_done(evening.desk, one, evening.id)
        else:
            await label_finding(evening.desk, one, evening.id, doing, opinion)
        with pytest.raises(NotFound):
            await settle(evening.desk, one, evening.id, findings[0], Said(OWN))
        assert await all_that_is_shown(evening, other) == before
        assert one.name not in str(before)
    mine = await all_that_is_shown(evening, one)
    assert mine["mine"][3:] == (None, [])
    await finish(evening, other)
    after = await all_that_is_shown(evening, one)
    assert after["mine"][3].id == other.id
    assert after["list"] != mine["list"]


async def test_both_go_through_what_both_are_shown_in_the_order_in_which_it_was_told(
    evening: Evening, people: People
) -> None:
    await share_with(evening, people.other_supervisor, scope=ShareScope.TURNS, turns=frozenset({2}))
    await begin(evening)
    for reader in both(people):
        mine = await read_mine(evening.desk, reader, evening.id)
        assert [(one["theme"], one["turn"]) for one in mine.findings] == [(AWAY, 2), (OWN, 2)]
        assert mine.told_in(2)
    hidden = next(
        finding for finding, shown in (await evening.read()).findings.items() if shown["turn"] == 1
    )
    with pytest.raises(NotFound):
        await say(evening, people.supervisor, hidden)


async def test_a_label_of_the_double_reading_is_the_readers_label_everywhere(
    evening: Evening, people: People
) -> None:
    await begin(evening)
    finding = (await findings_of(evening, people.supervisor))[0]
    await say(evening, people.supervisor, finding, Opinion.DISAGREE)
    reading = await read_shared(evening.desk, people.supervisor, evening.id)
    assert [label["opinion"] for label in reading.labels[finding]] == ["disagree"]


async def test_what_was_said_before_it_began_does_not_count(
    evening: Evening, people: People
) -> None:
    finding = next(iter((await evening.read()).findings))
    await label_finding(evening.desk, people.supervisor, evening.id, finding, Opinion.AGREE)
    await begin(evening)
    assert (await read_mine(evening.desk, people.supervisor, evening.id)).labels == {}


async def test_nobody_is_done_before_all_is_labelled_and_then_once(
    evening: Evening, people: People
) -> None:
    await begin(evening)
    reader = people.supervisor
    with pytest.raises(DoubleReadingRefused, match="double_unlabelled"):
        await be_done(evening.desk, reader, evening.id)
    await finish(evening, reader)
    await be_done(evening.desk, reader, evening.id)
    assert (await read_mine(evening.desk, reader, evening.id)).is_done


async def test_who_is_done_may_go_on_labelling_and_it_counts_no_more(
    evening: Evening, people: People
) -> None:
    await begin(evening)
    one, other = both(people)
    await finish(evening, one, Opinion.DISAGREE)
    finding = (await findings_of(evening, one))[0]
    with pytest.raises(DoubleReadingRefused, match="double_done"):
        await say(evening, one, finding)
    # At the very moment at which they were done, too.
    await label_finding(evening.desk, one, evening.id, finding, Opinion.AGREE)
    await finish(evening, other, Opinion.DISAGREE)
    outcome = (await read_mine(evening.desk, other, evening.id)).outcome
    assert [each.is_different for each in outcome] == [False, False, False]
    assert outcome[0].pair == (Said(None), Said(None))


async def test_what_differs_is_settled_when_the_last_that_both_said_is_the_same(
    evening: Evening, people: People
) -> None:
    await begin(evening)
    one, other = both(people)
    await finish(evening, one)
    await finish(evening, other, Opinion.DISAGREE)
    finding, same, _ = await findings_of(evening, one)

    async def settled() -> Said | None:
        outcome = (await read_mine(evening.desk, one, evening.id)).outcome
        return next(each for each in outcome if each.finding.id == finding).settled

    async def propose(reader: Account, said: Said) -> None:
        evening.clock.advance(minutes=1)
        await settle(evening.desk, reader, evening.id, finding, said)

    mistrust = Said(TRAUMA, "mistrust")
    await propose(one, Said(None))
    assert await settled() is None
    await propose(other, mistrust)
    assert await settled() is None
    await propose(one, mistrust)
    await propose(one, mistrust)
    assert await settled() == mistrust
    own = await own_double_reading(evening.desk, people.therapist, evening.id)
    assert own.outcome == {"same": 2, "theme": 0, "other": 1, "settled": 1}
    ((whose, said),) = own.settled
    assert whose == finding
    assert said.startswith(evening.desk.taxonomy[TRAUMA].name)
    await propose(other, Said(OWN))
    assert await settled() is None
    outcome = (await read_mine(evening.desk, one, evening.id)).outcome
    first = next(each for each in outcome if each.finding.id == finding)
    assert first.proposals == {one.id: [Said(None), mistrust], other.id: [mistrust, Said(OWN)]}
    with pytest.raises(NotFound):
        await settle(evening.desk, one, evening.id, same, Said(None))


async def test_the_therapists_verdict_stays_as_it_is(evening: Evening, people: People) -> None:
    await evening.say("no", Judged(AWAY, Verdict.NO))
    await begin(evening)
    for reader in both(people):
        await finish(evening, reader)
    shown = (await evening.read()).findings.values()
    assert [one["verdict"] for one in shown if one["theme"] == AWAY] == ["no"]


@pytest.mark.parametrize(
    "who", ["nobody", "one", "the same twice", "a stranger", "the author themselves"]
)
async def test_only_two_who_read_it_can_read_it_twice(
    evening: Evening, people: People, who: str
) -> None:
    first = people.supervisor.id
    chosen = {
        "nobody": [],
        "one": [first],
        "the same twice": [first, first],
        "a stranger": [first, people.administrator.id],
        "the author themselves": [first, people.therapist.id],
    }[who]
    with pytest.raises(DoubleReadingRefused, match="double_whom"):
        await begin_double_reading(
            evening.desk, people.therapist, evening.id, frozenset(chosen), for_study=False
        )
    own = await own_double_reading(evening.desk, people.therapist, evening.id)
    assert not own.stands


async def test_without_a_finding_in_common_it_does_not_begin(
    evening: Evening, people: People
) -> None:
    for supervisor, turn in zip(both(people), (1, 2), strict=True):
        await share_with(evening, supervisor, scope=ShareScope.TURNS, turns=frozenset({turn}))
    with pytest.raises(DoubleReadingRefused, match="double_nothing"):
        await begin(evening)


async def test_another_one_does_not_begin_beside_it(evening: Evening) -> None:
    await begin(evening)
    with pytest.raises(DoubleReadingRefused, match="double_already"):
        await begin(evening)


async def test_only_the_author_decides(evening: Evening, people: People) -> None:
    readers = frozenset(reader.id for reader in both(people))
    for stranger in (people.other_therapist, people.supervisor):
        with pytest.raises(NotFound):
            await begin_double_reading(evening.desk, stranger, evening.id, readers, for_study=True)
    await begin(evening)
    for stranger in (people.other_therapist, people.supervisor):
        with pytest.raises(NotFound):
            await take_double_reading_back(evening.desk, stranger, evening.id)


async def is_gone(evening: Evening) -> bool:
    """Say whether nothing of it is left for either of the two, and all of it or nothing is."""
    found = []
    for reader in both(evening.people):
        listed = await read_double_readings(evening.desk, reader)
        with pytest.raises(DoubleReadingRefused, match="study_nothing"):
            await export_for_study(evening.desk, reader, "HREC 12/2026")
        try:
            await read_mine(evening.desk, reader, evening.id)
            found.append(True)
        except NotFound:
            found.append(bool(listed.lines or listed.pairs))
    return not any(found)


async def end_by_taking_back(evening: Evening) -> None:
    await take_double_reading_back(evening.desk, evening.people.therapist, evening.id)


async def end_by_withdrawing_from_one(evening: Evening) -> None:
    ledger = await evening.shares()
    standing = [one for one in ledger if one["ended"] is None]
    await withdraw(evening.desk, evening.people.therapist, evening.id, standing[0]["id"])


async def end_by_withdrawing_from_both(evening: Evening) -> None:
    await withdraw_all(evening.desk, evening.people.therapist, evening.id)


async def end_with_a_supervision(evening: Evening) -> None:
    async with evening.desk.sessions.begin() as session:
        its = await session.scalar(
            select(Supervision).where(
                Supervision.supervisor_id == evening.people.other_supervisor.id
            )
        )
        assert its is not None
        its.until = evening.desk.clock()


ENDS = [
    end_by_taking_back,
    end_by_withdrawing_from_one,
    end_by_withdrawing_from_both,
    end_with_a_supervision,
]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
@pytest.mark.parametrize("done_by", [0, 1, 2])
async def test_what_is_ended_is_gone_from_everything_at_once_and_stays_so(
    evening: Evening, people: People, end: Any, done_by: int
) -> None:
    await begin(evening)
    for reader in both(people)[:done_by]:
        await finish(evening, reader)
    evening.clock.advance(minutes=1)
    await end(evening)
    assert await is_gone(evening)
    # Supervised and shared again: that is another share, and nobody asked for this again.
    evening.clock.advance(minutes=1)
    if end is end_with_a_supervision:
        async with evening.desk.sessions.begin() as session:
            session.add(
                Supervision(
                    therapist_id=people.therapist.id,
                    supervisor_id=people.other_supervisor.id,
                    since=evening.desk.clock(),
                )
            )
    for reader in both(people):
        await share_with(evening, reader)
        assert not await is_read_twice(evening.desk, reader, evening.id)
    assert await is_gone(evening)
    await begin(evening)
    mine = await read_mine(evening.desk, people.supervisor, evening.id)
    assert (mine.labels, mine.is_done) == ({}, False)


async def test_a_share_that_is_replaced_in_time_goes_on(evening: Evening, people: People) -> None:
    await begin(evening)
    await finish(evening, people.supervisor)
    evening.clock.advance(minutes=1)
    narrower = {"scope": ShareScope.TURNS, "turns": frozenset({2})}
    await share_with(evening, people.supervisor, **narrower)
    await finish(evening, people.other_supervisor)
    mine = await read_mine(evening.desk, people.supervisor, evening.id)
    assert mine.other is not None
    # What is not shown to both any more is not compared any more.
    assert len(mine.outcome) == 2


async def test_a_third_reader_is_no_part_of_it(evening: Evening, people: People) -> None:
    third = people.other_therapist  # as an id that no share is with
    await begin(evening)
    with pytest.raises(NotFound):
        await read_mine(evening.desk, third, evening.id)


async def test_opening_it_is_noted_for_the_author(evening: Evening, people: People) -> None:
    await begin(evening)
    await read_mine(evening.desk, people.supervisor, evening.id)
    views = {one["supervisor"]["name"]: one["views"] for one in await evening.shares()}
    assert len(views[people.supervisor.name]) == 1
    assert not views[people.other_supervisor.name]


async def test_the_list_says_where_each_stands(evening: Evening, people: People) -> None:
    one, other = both(people)

    async def where(reader: Account) -> tuple[Where, str | None]:
        (line,) = (await read_double_readings(evening.desk, reader)).lines
        return line.where, line.other

    await begin(evening)
    assert await where(one) == (Where.TO_READ, None)
    await finish(evening, one)
    assert await where(one) == (Where.DONE, None)
    assert await where(other) == (Where.TO_READ, None)
    await finish(evening, other, Opinion.DISAGREE)
    assert await where(one) == (Where.TO_SETTLE, other.name)
    finding = (await findings_of(evening, one))[0]
    for reader in (one, other):
        await settle(evening.desk, reader, evening.id, finding, Said(None))
    assert await where(other) == (Where.SETTLED, one.name)
    (pair,) = (await read_double_readings(evening.desk, one)).pairs
    assert (pair.other, pair.reflections, pair.findings) == (other.name, 1, 3)
    assert pair.tally == {"same": 2, "theme": 0, "other": 1}
    assert pair.agreement is None


async def test_the_export_holds_codes_and_labels_before_settling_and_no_word(
    evening: Evening, people: People
) -> None:
    await evening.say("no", Judged(AWAY, Verdict.NO))
    await begin(evening)
    one, other = both(people)
    await finish(evening, one, Opinion.DISAGREE)
    findings = await findings_of(evening, other)
    await say(evening, other, findings[0], Opinion.RELABEL, (TRAUMA, "mistrust"))
    await say(evening, other, findings[1])
    await say(evening, other, findings[2])
    await be_done(evening.desk, other, evening.id)
    text = await export_for_study(evening.desk, one, " HREC  12/2026 ")
    assert text == await export_for_study(evening.desk, other, "HREC 12/2026")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 3
    # Reader 1 is whoever's id comes first: nobody can tell from it who that is.
    own, theirs = ("1", "2") if one.id < other.id else ("2", "1")
    (differing,) = [row for row in rows if row[f"reader_{theirs}_theme"] == TRAUMA]
    assert differing["theme"] == OWN
    assert differing["subtheme"] == "helplessness"
    assert differing["confidence"] == "0.80"
    assert differing[f"reader_{own}_theme"] == "none"
    assert differing[f"reader_{theirs}_subtheme"] == "mistrust"
    assert (differing["settled_theme"], differing["therapist_verdict"]) == ("", "")
    assert {row["week"] for row in rows} == {"2026-W10"}
    (judged,) = [row for row in rows if row["therapist_verdict"]]
    assert (judged["theme"], judged["therapist_verdict"]) == (AWAY, "no")
    assert judged["settled_theme"] == AWAY
    secret = [evening.id, one.id, other.id, *findings, one.name, other.name, "talked", "chest"]
    assert not [word for word in secret if word in text]
    again = await export_for_study(evening.desk, one, "HREC 13/2026")
    codes = {row["finding"] for row in rows}
    assert codes.isdisjoint(row["finding"] for row in csv.DictReader(io.StringIO(again)))
    assert all(code[0] == "f" for code in codes)


async def test_who_exported_and_with_which_approval_is_kept_and_shown_to_the_author(
    evening: Evening, people: People
) -> None:
    await begin(evening)
    for reader in both(people):
        await finish(evening, reader)
    await export_for_study(evening.desk, people.supervisor, "HREC 12/2026")
    own = await own_double_reading(evening.desk, people.therapist, evening.id)
    assert own.exports == [("2 March 2026", people.supervisor.name, "HREC 12/2026")]
    async with evening.desk.sessions() as session:
        entry = await session.scalar(
            select(AuditEntry).where(
                AuditEntry.event == "double_reading_exported",
                AuditEntry.reflection_id == evening.id,
            )
        )
    assert entry is not None
    assert (entry.actor, entry.details) == (people.supervisor.id, "{}")


@pytest.mark.parametrize("approval", ["", "  \n", "x" * 201])
async def test_without_an_approval_nothing_is_exported(
    evening: Evening, people: People, approval: str
) -> None:
    await begin(evening)
    for reader in both(people):
        await finish(evening, reader)
    with pytest.raises(DoubleReadingRefused, match="study_approval"):
        await export_for_study(evening.desk, people.supervisor, approval)
    async with evening.desk.sessions() as session:
        mine = StudyExport.supervisor_id == people.supervisor.id
        assert await session.scalar(select(StudyExport).where(mine)) is None


async def test_what_its_author_did_not_let_into_a_study_is_not_exported(
    evening: Evening, people: People
) -> None:
    await begin(evening, for_study=False)
    for reader in both(people):
        await finish(evening, reader)
    with pytest.raises(DoubleReadingRefused, match="study_nothing"):
        await export_for_study(evening.desk, people.supervisor, "HREC 12/2026")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    (_, row) = csv.reader(io.StringIO(as_csv([[cell, "none"]])))
    assert row[0][0] == "'"
    assert row[1] == "none"
