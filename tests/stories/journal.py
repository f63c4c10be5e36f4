"""What a story needs of the house behind the API: new therapists, and what was kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bot.app import open_desk
from bot.conversation.accounts import make_demonstration_accounts
from bot.conversation.desk import Desk
from bot.privacy.sealing.envelope import Place
from bot.settings import Settings
from bot.storage.access import turns_of
from bot.storage.keeping import Erasure
from bot.storage.models import (
    Account,
    FollowUp,
    Plan,
    Reflection,
    Share,
    StepOffer,
    Supervision,
    Turn,
)
from bot.storage.states import Role
from tests.conftest import until
from tests.nlu.rasa_server import rows_of_rasa
from tests.sealing import everything


@dataclass(frozen=True)
class Journal:
    """The house's database, read beside the gateway."""

    desk: Desk

    @classmethod
    @asynccontextmanager
    async def of(cls, settings: Settings) -> AsyncIterator[Journal]:
        async with open_desk(settings) as (desk, _):
            yield cls(desk)

    async def new_therapist(self, *, supervised: bool) -> Account:
        _, supervisor = await make_demonstration_accounts(self.desk)
        now = self.desk.clock()
        async with self.desk.sessions.begin() as session:
            therapist = Account(name="Story therapist", role=Role.THERAPIST, created_at=now)
            session.add(therapist)
            await session.flush()
            if supervised:
                session.add(
                    Supervision(therapist_id=therapist.id, supervisor_id=supervisor.id, since=now)
                )
        return therapist

    async def everything(self) -> str:
        """All that the gateway and Rasa keep, with what is sealed opened."""
        async with self.desk.sessions() as session:
            kept = await everything(session)
        query = "SELECT sender_id, number, data FROM sealed_events"
        events = await asyncio.to_thread(rows_of_rasa, self.desk.settings, query)
        return kept + "".join(
            self.desk.keyring.open(
                data, Place("sealed_events", "data", str(number), sender)
            ).decode()
            for sender, number, data in events
            if self.desk.keyring.has(sender)
        )

    def files_with(self, words: str) -> list[Path]:
        files = [path for path in self.desk.settings.var.rglob("*") if path.is_file()]
        return [path for path in files if words.encode() in path.read_bytes()]

    async def _is_settled(self, reflection_id: str) -> bool:
        """Say whether what is to be erased has been."""
        async with self.desk.sessions() as session:
            note = await session.get(Erasure, reflection_id)
            return note is None or note.done_at is not None

    async def stored(self, reflection_id: str) -> dict[str, Any]:
        await until(lambda: self._is_settled(reflection_id))
        async with self.desk.sessions() as session:
            reflection = await session.get(Reflection, reflection_id)
            if reflection is None:
                left = select(func.count()).where(Turn.reflection_id == reflection_id)
                return {"deleted": await session.scalar(left) == 0}
            turns = await turns_of(session, reflection)
            plan = await session.scalar(select(Plan).where(Plan.reflection_id == reflection_id))
            follow_ups = select(func.count()).where(
                FollowUp.turn_id.in_([turn.id for turn in turns])
            )
            shares = select(func.count()).where(Share.reflection_id == reflection_id)
            counts = [await session.scalar(query) for query in (follow_ups, shares)]
            before = await session.scalars(
                select(StepOffer)
                .join(Reflection, Reflection.id == StepOffer.reflection_id)
                .where(Reflection.therapist_id == reflection.therapist_id)
                .where(Reflection.id != reflection_id)
            )
            earlier = {offer.step_id for offer in before}
        offers = [offer for turn in turns for offer in turn.step_offers]
        found = [finding for turn in turns for finding in turn.findings]
        return {
            "state": reflection.state.value,
            "path": reflection.path.value,
            "stage": reflection.stage.value,
            "arousal_before": reflection.arousal_before,
            "arousal_after": reflection.arousal_after,
            "plan": next((turn.text for turn in turns if plan and turn.id == plan.turn_id), None),
            "answers": {turn.question.value: turn.text for turn in turns if turn.question},
            "verdicts": {f.theme.value: f.verdict.value for f in found if f.verdict},
            "responses": [o.response.value if o.response else None for o in offers],
            "offered_before": len(earlier & {offer.step_id for offer in offers}),
            "follow_ups": counts[0],
            "shares": counts[1],
            "unanswered": sum(turn.state.value == "kept" for turn in turns),
        }
