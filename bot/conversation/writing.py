"""Write an answer down: its words, and what its records say happened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.bot import Said
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
from bot.conversation.sharing import share_with_supervisors
from bot.reflection.stages import Question
from bot.storage.models import FollowUp, FoundTheme, Message, Plan, Reflection, StepOffer, Turn
from bot.storage.states import ReflectionState, StepResponse, TurnState, Voice


async def write_answer(
    session: AsyncSession,
    reflection: Reflection,
    turn: Turn,
    told: Turn,
    said: Sequence[Said],
    now: datetime,
) -> None:
    """Add an answer and its effects to `turn`; the caller commits them as one.

    `told` is the turn whose words were answered: another one than `turn` when those words
    were held for a while. Both must be whole; what was said at once stays in front.
    """
    records = [record for message in said for record in message.records]
    if any(isinstance(record, Paused) for record in records):
        reflection.state = ReflectionState.PAUSED
    elif reflection.state is ReflectionState.PAUSED:
        reflection.state = ReflectionState.OPEN
    for message in said:
        if message.text or message.choices:
            turn.messages.append(
                Message(
                    position=len(turn.messages),
                    voice=Voice.DIALOGUE,
                    text=message.text or "",
                    choices=[{"id": sent, "label": label} for sent, label in message.choices],
                )
            )
    for record in records:
        match record:
            case Asked():
                turn.asked = record.question
                reflection.stage = record.stage
            case Offered():
                await _write_offers(session, reflection, turn, record.steps)
            case _:
                await _write_record(session, reflection, told, record, now)
    turn.state = TurnState.ANSWERED
    turn.answered_at = now
    turn.stage = reflection.stage
    reflection.changed_at = now


async def _write_record(
    session: AsyncSession, reflection: Reflection, turn: Turn, record: Record, now: datetime
) -> None:
    match record:
        case Answered():
            turn.question = record.question
            await _write_answered(session, reflection, turn, record.question, now)
        case Scored(question=Question.AROUSAL_BEFORE):
            turn.question = record.question
            reflection.arousal_before = record.value
        case Scored(question=Question.AROUSAL_AFTER):
            turn.question = record.question
            reflection.arousal_after = record.value
        case Scored():
            turn.question = record.question
        case Heard():
            turn.findings.extend(
                FoundTheme(
                    theme=finding.theme,
                    subtheme=finding.subtheme,
                    confidence=finding.confidence,
                    evidence=finding.as_dict()["evidence"],
                )
                for finding in record.findings
            )
        case Judged():
            await session.execute(
                update(FoundTheme)
                .where(FoundTheme.theme == record.theme, FoundTheme.turn_id.in_(_turn_ids(reflection)))
                .values(verdict=record.verdict, judged_at=now)
                .execution_options(synchronize_session=False)
            )
        case OwnTheme():
            turn.findings.append(FoundTheme(theme=record.theme, verdict="yes", judged_at=now))
        case Chose():
            await _write_choice(session, reflection, turn, record, now)
        case TookPath():
            reflection.path = record.path
        case Closed():
            reflection.state = ReflectionState.CLOSED
            reflection.closed_at = now
            if record.ending == "share":
                await share_with_supervisors(session, reflection, now)


def _turn_ids(reflection: Reflection) -> object:
    return select(Turn.id).where(Turn.reflection_id == reflection.id)


async def _write_answered(
    session: AsyncSession, reflection: Reflection, turn: Turn, question: Question, now: datetime
) -> None:
    if question is Question.PLAN:
        plan = await session.scalar(select(Plan).where(Plan.reflection_id == reflection.id))
        if plan is None:
            session.add(Plan(reflection_id=reflection.id, turn_id=turn.id, made_at=now))
        else:
            plan.turn_id, plan.made_at = turn.id, now
    elif question is Question.FOLLOW_UP:
        plan = await last_plan(session, reflection.therapist_id)
        if plan is not None:
            session.add(FollowUp(plan_id=plan.id, turn_id=turn.id, told_at=now))


async def last_plan(session: AsyncSession, therapist_id: str) -> Plan | None:
    """Give the plan a therapist made last, in a reflection that is closed."""
    found: Plan | None = await session.scalar(
        select(Plan)
        .join(Reflection, Reflection.id == Plan.reflection_id)
        .where(
            Reflection.therapist_id == therapist_id,
            Reflection.state == ReflectionState.CLOSED,
        )
        .order_by(Plan.made_at.desc())
        .limit(1)
    )
    return found


async def _write_offers(
    session: AsyncSession, reflection: Reflection, turn: Turn, steps: Sequence[str]
) -> None:
    known = set(
        await session.scalars(
            select(StepOffer.step_id).where(StepOffer.reflection_id == reflection.id)
        )
    )
    turn.step_offers.extend(
        StepOffer(reflection_id=reflection.id, step_id=step, position=position)
        for position, step in enumerate(steps, start=1)
        if step not in known
    )


async def _write_choice(
    session: AsyncSession, reflection: Reflection, turn: Turn, record: Chose, now: datetime
) -> None:
    chosen = update(StepOffer).where(StepOffer.reflection_id == reflection.id)
    if record.steps:
        chosen = chosen.where(StepOffer.step_id.in_(record.steps))
    response = StepResponse(record.response)
    adapted_in = turn.id if response is StepResponse.ADAPTED else None
    await session.execute(
        chosen.values(
            response=response, responded_at=now, adapted_in=adapted_in
        ).execution_options(synchronize_session=False)
    )
