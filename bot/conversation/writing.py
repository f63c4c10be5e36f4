"""Write an answer down: its words, and what its records say happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.bot import Said
from bot.conversation.desk import Desk
from bot.conversation.judging import tell_of_verdicts, write_verdict
from bot.conversation.records import (
    Answered,
    Asked,
    Chose,
    Closed,
    Heard,
    Judged,
    Offered,
    OwnTheme,
    Paused,
    Record,
    Scored,
    TookPath,
)
from bot.conversation.sharing import share_at_the_end
from bot.reflection.stages import Question
from bot.reflection.verdicts import Verdict
from bot.storage.access import stands
from bot.storage.models import FollowUp, FoundTheme, Message, Plan, Reflection, StepOffer, Turn
from bot.storage.states import ReflectionState, StepResponse, TurnState, Voice
from bot.themes.findings import Finding


@dataclass(frozen=True)
class Page:
    """Where an answer is written: the desk, the open transaction and the rows it changes.

    `told` is the turn whose words were answered: another one than `turn` when those words
    were held for a while. Both must be whole; what was said at once stays in front.
    """

    desk: Desk
    session: AsyncSession
    reflection: Reflection
    turn: Turn
    told: Turn
    now: datetime

    def say(self, text: str, voice: Voice, choices: Sequence[tuple[str, str]] = ()) -> None:
        """Put a message behind what the turn was told before."""
        offered = [{"id": sent, "label": label} for sent, label in choices]
        self.turn.messages.append(
            Message(
                reflection_id=self.reflection.id,
                voice=voice,
                text=text,
                choices=offered,
            )
        )


async def write_answer(page: Page, said: Sequence[Said]) -> None:
    """Write an answer and its effects; the caller commits them as one."""
    turn, reflection = page.turn, page.reflection
    for message in said:
        if message.text or message.choices:
            page.say(message.text or "", Voice.DIALOGUE, message.choices)
    records = [record for message in said for record in message.records]
    if any(isinstance(record, Paused) for record in records):
        reflection.state = ReflectionState.PAUSED
    elif reflection.state is ReflectionState.PAUSED:
        reflection.state = ReflectionState.OPEN
    for record in records:
        await _write_record(page, record)
    if any(isinstance(record, Judged | OwnTheme) for record in records):
        # A verdict changes what is shown of it by shares made before.
        await tell_of_verdicts(page.desk, page.session, reflection)
    turn.state = TurnState.ANSWERED
    turn.answered_at = page.now
    turn.stage = reflection.stage
    reflection.changed_at = page.now


async def _write_record(page: Page, record: Record) -> None:
    match record:
        case Asked():
            page.turn.asked = record.question
            page.reflection.stage = record.stage
        case TookPath():
            page.reflection.path = record.path
        case Answered():
            await _write_answered(page, record.question)
        case Scored():
            _write_score(page, record)
        case Heard():
            page.told.findings.extend(_row(page, finding) for finding in record.findings)
        case OwnTheme():
            page.told.findings.append(
                FoundTheme(
                    reflection_id=page.reflection.id,
                    theme=record.theme,
                    verdict=Verdict.YES,
                    judged_at=page.now,
                )
            )
        case Judged():
            # What is found here in this very answer counts as well.
            await page.session.flush()
            await write_verdict(
                page.session, page.reflection, record.theme, record.verdict, page.now
            )
        case Offered():
            await _write_offers(page, record.steps)
        case Chose():
            await _write_choice(page, record)
        case Closed():
            await _close(page, record)


def _write_score(page: Page, record: Scored) -> None:
    page.told.question = record.question
    if record.question is Question.AROUSAL_BEFORE:
        page.reflection.arousal_before = record.value
    elif record.question is Question.AROUSAL_AFTER:
        page.reflection.arousal_after = record.value


def _row(page: Page, finding: Finding) -> FoundTheme:
    return FoundTheme(
        reflection_id=page.reflection.id,
        theme=finding.theme,
        subtheme=finding.subtheme,
        confidence=finding.confidence,
        evidence=finding.as_dict()["evidence"],
    )


async def _close(page: Page, record: Closed) -> None:
    page.reflection.state = ReflectionState.CLOSED
    page.reflection.closed_at = page.now
    if record.ending == "share":
        await _share(page)


async def _share(page: Page) -> None:
    desk, last_turn = page.desk, page.turn.number
    supervisors = await share_at_the_end(desk, page.session, page.reflection, last_turn)
    if len(supervisors) != 1:
        # The dialogue spoke by what it was told when the reflection began.
        key = "share_choose" if supervisors else "share_nobody"
        for text in desk.wording.say(key):
            page.say(text, Voice.NOTICE)


async def _write_answered(page: Page, question: Question) -> None:
    page.told.question = question
    session, told = page.session, page.told
    if question is Question.PLAN:
        plan = await session.scalar(select(Plan).where(Plan.reflection_id == told.reflection_id))
        if plan is None:
            session.add(Plan(reflection_id=told.reflection_id, turn_id=told.id, made_at=page.now))
        else:
            plan.turn_id, plan.made_at = told.id, page.now
    elif question is Question.FOLLOW_UP:
        plan = await last_plan(session, page.reflection.therapist_id)
        if plan is not None:
            here = select(Turn.id).where(Turn.reflection_id == told.reflection_id)
            await session.execute(
                delete(FollowUp)
                .where(FollowUp.plan_id == plan.id, FollowUp.turn_id.in_(here))
                .execution_options(synchronize_session=False)
            )
            session.add(FollowUp(plan_id=plan.id, turn_id=told.id, told_at=page.now))


async def last_plan(session: AsyncSession, therapist_id: str) -> Plan | None:
    """Give the plan a therapist made last, in a reflection that is closed."""
    found: Plan | None = await session.scalar(
        select(Plan)
        .join(Reflection, Reflection.id == Plan.reflection_id)
        .where(
            Reflection.therapist_id == therapist_id,
            Reflection.state == ReflectionState.CLOSED,
            stands(),
        )
        .order_by(Plan.made_at.desc())
        .limit(1)
    )
    return found


async def _offers(page: Page) -> list[StepOffer]:
    """Give the steps offered in this reflection so far, in this very answer too."""
    await page.session.flush()
    here = select(StepOffer).where(StepOffer.reflection_id == page.reflection.id)
    return list(await page.session.scalars(here))


async def _write_offers(page: Page, steps: Sequence[str]) -> None:
    known = {offer.step_id for offer in await _offers(page)}
    page.turn.step_offers.extend(
        StepOffer(reflection_id=page.reflection.id, step_id=step)
        for step in steps
        if step not in known
    )


async def _write_choice(page: Page, record: Chose) -> None:
    response = StepResponse(record.response)
    for offer in await _offers(page):
        is_chosen = not record.steps or offer.step_id in record.steps
        # Choosing again takes back what was chosen before.
        offer.response = response if is_chosen else None
        offer.responded_at = page.now if is_chosen else None
        is_adapted = is_chosen and response is StepResponse.ADAPTED
        offer.adapted_in = page.told.id if is_adapted else None
