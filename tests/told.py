"""Reflections as they are stored once they were told, for tests that need many of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.desk import Desk
from bot.reflection.stages import Path, Question, Stage
from bot.reflection.verdicts import Verdict
from bot.storage.columns import new_id
from bot.storage.models import Account, FollowUp, FoundTheme, Plan, Reflection, Turn
from bot.storage.states import ReflectionState, TurnState
from bot.themes.findings import Theme

TOLD = "She looked away and I talked faster."


async def told(
    desk: Desk,
    account: Account,
    at: datetime,
    *answered: Question,
    themes: Mapping[Theme, Verdict | None] | None = None,
    arousal: tuple[float | None, float | None] = (None, None),
    tells_of: str | None = None,
) -> str:
    """Store a reflection begun at that time; themes are heard in its first answer.

    Without `answered` it is what happened that was told. `tells_of` is the reflection of whose
    plan it tells how it went.
    """
    made = Reflection(
        id=new_id(),
        therapist_id=account.id,
        path=Path.FULL,
        state=ReflectionState.CLOSED,
        stage=Stage.CLOSE,
        started_at=at,
        changed_at=at,
        closed_at=at,
        arousal_before=arousal[0],
        arousal_after=arousal[1],
        people={},
    )
    asked = [*([Question.FOLLOW_UP] if tells_of else []), *(answered or (Question.DESCRIBE,))]
    turns = [_turn(made.id, number, question, at) for number, question in enumerate(asked, start=1)]
    heard_in = next(turn for turn in turns if turn.question is not Question.FOLLOW_UP)
    findings = [
        FoundTheme(
            id=new_id(),
            reflection_id=made.id,
            turn_id=heard_in.id,
            theme=theme,
            confidence=0.8,
            verdict=verdict,
            judged_at=at if verdict else None,
        )
        for theme, verdict in (themes or {}).items()
    ]
    desk.keyring.create(made.id)
    async with desk.sessions.begin() as session:
        session.add(made)
        await session.flush()
        session.add_all(turns)
        await session.flush()
        session.add_all(findings)
        session.add_all(_plans(made.id, turns, at))
        await session.flush()
        if tells_of:
            plan = await _plan_of(session, tells_of)
            session.add(FollowUp(plan_id=plan, turn_id=turns[0].id, told_at=at))
    return made.id


def _turn(reflection_id: str, number: int, question: Question, at: datetime) -> Turn:
    return Turn(
        id=new_id(),
        reflection_id=reflection_id,
        number=number,
        client_id=new_id(),
        state=TurnState.ANSWERED,
        question=question,
        kept_at=at,
        text=TOLD,
    )


def _plans(reflection_id: str, turns: Sequence[Turn], at: datetime) -> list[Plan]:
    return [
        Plan(reflection_id=reflection_id, turn_id=turn.id, made_at=at)
        for turn in turns
        if turn.question is Question.PLAN
    ]


async def _plan_of(session: AsyncSession, reflection_id: str) -> str:
    found = await session.scalar(select(Plan.id).where(Plan.reflection_id == reflection_id))
    assert found is not None
    return found
