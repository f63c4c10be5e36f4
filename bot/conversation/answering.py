"""Hand kept turns to the bot, one at a time for each reflection, until each has an answer.

What waits is read from the journal, so a gateway that starts finds what an earlier one
left unanswered, and a bot that comes back finds what it missed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.conversation.bot import BotDown, BotStumbled, Said
from bot.conversation.context import context_of
from bot.conversation.desk import Desk
from bot.conversation.records import Closed, StartAgain
from bot.conversation.views import choices_of, reflection_view, turn_view
from bot.conversation.writing import Page, write_answer
from bot.privacy.sealing.problems import KeyGone
from bot.storage import audit
from bot.storage.access import (
    first_unanswered,
    reflections_with_unanswered_turns,
    turn_before,
    unless_erased,
    whole_turn,
)
from bot.storage.audit import Event
from bot.storage.erasing import intend, is_held
from bot.storage.holding import hold_reflection
from bot.storage.models import Message, Reflection, Turn
from bot.storage.states import ErasedBecause, TurnState, Voice
from bot.telemetry.watch import Counted, Outcome, Piece, Work

log = structlog.get_logger()

START = "/start_reflection"

# A turn on which the bot stumbles is tried this often; more would only keep the therapist
# waiting. A bot that is down is waited for without end.
MOST_ATTEMPTS = 3
FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 10.0
# Reflections being answered or waited for at once. The rest waits in the journal, which is
# read again when there is room.
MOST_AT_ONCE = 500
# So often it is looked for what a copy of the gateway that fell left unanswered.
LOOK_EVERY_SECONDS = 5.0


class Answering:
    """The tasks that get answers: at most one for each reflection."""

    def __init__(
        self,
        desk: Desk,
        on_erased: Callable[[], None] = lambda: None,
        most_at_once: int = MOST_AT_ONCE,
    ) -> None:
        """Begin with nothing to do; `on_erased` is called when a therapist had one deleted."""
        self._desk = desk
        self._most_at_once = most_at_once
        self._has_left_out = False
        self._reading: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._on_erased = on_erased
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()

    async def take_up_where_left(self) -> None:
        """Go on with every turn that an earlier gateway kept and did not answer."""
        async with self._desk.sessions() as session:
            waiting = await reflections_with_unanswered_turns(session)
        for reflection_id in waiting:
            self.see_to(reflection_id)
        if self._desk.copies.are_there and self._looking is None:
            self._looking = asyncio.create_task(self._keep_looking())

    def see_to(self, reflection_id: str) -> None:
        """Answer whatever waits in a reflection, soon."""
        if reflection_id in self._tasks:
            self._again.add(reflection_id)
            return
        if len(self._tasks) >= self._most_at_once:
            self._has_left_out = True
            return
        task = asyncio.create_task(self._answer_all(reflection_id))
        self._tasks[reflection_id] = task
        task.add_done_callback(lambda done: self._finished(reflection_id, done))

    async def stop(self) -> None:
        """Stop; what is unanswered stays in the journal."""
        tasks = [*self._tasks.values(), *filter(None, (self._reading, self._looking))]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _finished(self, reflection_id: str, task: asyncio.Task[None]) -> None:
        del self._tasks[reflection_id]
        if not task.cancelled() and (fault := task.exception()):
            log.error("answering.failed", reflection=reflection_id, kind=type(fault).__name__)
        if reflection_id in self._again and not task.cancelled():
            self._again.discard(reflection_id)
            self.see_to(reflection_id)
        if self._has_left_out and not task.cancelled():
            self._take_up_the_rest()

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            self._take_up_the_rest()

    def _take_up_the_rest(self) -> None:
        if self._reading is None or self._reading.done():
            self._has_left_out = False
            self._reading = asyncio.create_task(self._read_journal_again())

    async def _read_journal_again(self) -> None:
        try:
            await self.take_up_where_left()
        except (SQLAlchemyError, OSError) as fault:
            # The next reflection that is done asks again.
            self._has_left_out = True
            log.error("journal.not_read", kind=type(fault).__name__)

    async def _answer_all(self, reflection_id: str) -> None:
        async with self._desk.copies.hold(f"answering:{reflection_id}"):
            await self._answer_each(reflection_id)

    async def _answer_each(self, reflection_id: str) -> None:
        wait = FIRST_WAIT_SECONDS
        told_to_wait = False
        while True:
            turn = await self._first_waiting(reflection_id)
            if turn is None:
                return
            try:
                await self._answer(turn)
                wait, told_to_wait = FIRST_WAIT_SECONDS, False
            except BotDown:
                if not told_to_wait:
                    self._tell_waiting(turn)
                    told_to_wait = True
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT_SECONDS)
            except (SQLAlchemyError, OSError) as fault:
                # The answer is not lost: the bot gives the same one when it is asked again.
                log.error("turn.not_written", turn=turn.id, kind=type(fault).__name__)
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT_SECONDS)
            except KeyGone:
                return  # erased in this moment: there is nobody to answer any more
            except BotStumbled:
                log.warning("turn.stumbled", turn=turn.id, attempts=turn.attempts + 1)
                await self._count_attempt(turn)
                await asyncio.sleep(FIRST_WAIT_SECONDS)

    async def _first_waiting(self, reflection_id: str) -> Turn | None:
        while True:
            try:
                async with self._desk.sessions() as session:
                    return await first_unanswered(session, reflection_id)
            except (SQLAlchemyError, OSError) as fault:
                log.error("journal.not_read", kind=type(fault).__name__)
                await asyncio.sleep(LONGEST_WAIT_SECONDS)

    async def _answer(self, turn: Turn) -> None:
        with self._desk.watch.during(Piece(Work.ANSWER, turn=turn.id)):
            await self._ask_and_write(turn)

    async def _ask_and_write(self, turn: Turn) -> None:
        desk = self._desk
        context = await context_of(desk, turn.reflection_id) if turn.number == 0 else None
        text = START if turn.number == 0 else await self._words(turn)
        with desk.watch.during(Piece(Work.ASK, turn=turn.id)) as piece:
            try:
                said = await desk.bot.answer(turn.reflection_id, turn.id, text, context)
            except (BotDown, BotStumbled) as fault:
                is_down = isinstance(fault, BotDown)
                piece.outcome = Outcome.DOWN if is_down else Outcome.STUMBLED
                raise
        records = [record for message in said for record in message.records]
        is_deleted = any(isinstance(r, Closed) and r.ending == "delete" for r in records)
        async with desk.sessions.begin() as session:
            await hold_reflection(session, turn.reflection_id)
            reflection = await unless_erased(session, turn.reflection_id)
            fresh = await whole_turn(session, turn.id)
            if reflection is None or fresh is None or fresh.state is not TurnState.KEPT:
                return  # deleted, or answered by somebody else, in the meantime
            now, by = desk.clock(), reflection.therapist_id
            if is_deleted and await is_held(session, reflection):
                # The bot cannot know of a hold: what it says of deleting would not be true.
                said = [Said(desk.notices["held"], (), tuple(records))]
                is_deleted = False
                await audit.record(
                    session, Event.ERASE_HELD, now, by=by, reflection=reflection.id, account=by
                )
            told = await whole_turn(session, fresh.stands_for) if fresh.stands_for else None
            await write_answer(Page(desk, session, reflection, fresh, told or fresh, now), said)
            await session.flush()
            if is_deleted:
                await intend(session, reflection, ErasedBecause.THERAPIST, now, by=by)
        self._tell_turn(reflection, fresh, is_deleted=is_deleted)
        if is_deleted:
            # Last: what was just told is still read from the rows.
            await asyncio.to_thread(desk.keyring.destroy, turn.reflection_id)
            self._on_erased()
        log.info("turn.answered", turn=turn.id, messages=len(said))
        desk.watch.answered_after((now - turn.kept_at).total_seconds())
        if any(isinstance(record, StartAgain) for record in records):
            desk.news.tell(turn.reflection_id, {"type": "start_again"})

    async def _words(self, turn: Turn) -> str:
        if turn.stands_for:
            async with self._desk.sessions() as session:
                held = await session.get(Turn, turn.stands_for)
            if held is not None:
                return held.payload or held.text
        return turn.payload or turn.text

    async def _count_attempt(self, turn: Turn) -> None:
        desk = self._desk
        async with desk.sessions.begin() as session:
            await hold_reflection(session, turn.reflection_id)
            fresh = await whole_turn(session, turn.id)
            reflection = await unless_erased(session, turn.reflection_id)
            if fresh is None or reflection is None or fresh.state is not TurnState.KEPT:
                return
            fresh.attempts += 1
            has_failed = fresh.attempts >= MOST_ATTEMPTS
            if has_failed:
                fresh.state = TurnState.FAILED
                fresh.answered_at = desk.clock()
                fresh.stage = reflection.stage
                before = await turn_before(session, fresh)
                fresh.asked = before.asked if before else None
                fresh.messages.append(
                    Message(
                        reflection_id=fresh.reflection_id,
                        voice=Voice.NOTICE,
                        text=desk.notices["failed"],
                        # The question is still open, and so are its choices.
                        choices=choices_of(before) if before else [],
                    )
                )
        if has_failed:
            desk.watch.count(Counted.TURNS_FAILED)
            self._tell_turn(reflection, fresh)

    def _tell_turn(self, reflection: Reflection, turn: Turn, *, is_deleted: bool = False) -> None:
        view = reflection_view(self._desk, reflection)
        if is_deleted:
            view["state"] = "deleted"
        event = {"type": "turn", "turn": turn_view(self._desk, turn), "reflection": view}
        self._desk.news.tell(turn.reflection_id, event)

    def _tell_waiting(self, turn: Turn) -> None:
        text = self._desk.notices["waiting"]
        event = {"type": "waiting", "turn": turn.number, "id": turn.client_id, "text": text}
        self._desk.news.tell(turn.reflection_id, event)
