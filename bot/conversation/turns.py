"""Take a message: keep it before anybody else sees it, and answer a concern at once."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from bot.conversation.desk import Desk
from bot.conversation.hearing import Heard, hear
from bot.conversation.views import change_view, choices_of
from bot.privacy.people import People
from bot.reflection.answers import answer_payload, is_an_answer
from bot.reflection.changing import to_be_changed
from bot.safety.concerns import Concern
from bot.safety.contacts import people_to_call
from bot.safety.detector import LEARNED
from bot.safety.responses import ChoiceId
from bot.storage.access import NotFound, own_reflection, whole_turn
from bot.storage.columns import new_id
from bot.storage.models import Account, Message, RaisedConcern, Reflection, Turn
from bot.storage.states import ReflectionState, TurnState, Voice
from bot.telemetry.watch import Counted, Outcome, Piece, Work

# What Rasa is given in place of a choice that the gateway itself offers.
RESUME, PAUSE, PERSON, SILENCE = "/resume", "/pause", "/talk_to_person", "/silence"
RESUME_CHOICE = (RESUME, "Resume")
PAYLOADS = {
    ChoiceId.TAKE_UP_AGAIN: RESUME,
    ChoiceId.PAUSE: PAUSE,
    ChoiceId.TALK_TO_PERSON: PERSON,
}


_MOST_TRIES = 5
_TAKE = re.compile(r"Take \d")
_GOES_ON = (ReflectionState.OPEN, ReflectionState.PAUSED)


class MessageTooLong(Exception):
    """The message is longer than the setting allows; nothing was kept."""


class NotOffered(Exception):
    """A choice was sent that the reflection does not offer now; nothing was kept."""


@dataclass(frozen=True)
class Incoming:
    """A message as a client sends it. `client_id` is the sender's own id for it.

    One that answers a certain turn, by number, is refused once the reflection has gone on.
    """

    reflection_id: str
    client_id: str
    text: str
    choice: str | None = None
    answers: int | None = None


async def take_turn(desk: Desk, account: Account, incoming: Incoming) -> tuple[Turn, bool]:
    """Keep a message, and give its turn with whether it is new.

    When this returns the masked words are on the disk, with any concern and its answer; the
    same `client_id` again gives the same turn and has no further effect. Raises `NotFound`,
    `MessageTooLong` or `NotOffered`, and then nothing was kept.
    """
    with desk.watch.during(Piece(Work.KEEP)) as piece:
        try:
            turn, is_new = await _take(desk, account, incoming)
        except (NotFound, MessageTooLong, NotOffered):
            piece.outcome = Outcome.REFUSED
            raise
        # A turn that Rasa is not asked about: in a team of few, more kept than asked would tell
        # that somebody met danger.
        piece.turn, piece.is_untold = turn.id, turn.state is not TurnState.KEPT
    if is_new and not piece.is_untold:
        desk.watch.count(Counted.TURNS_KEPT)
        desk.watch.count(Counted.MASKS, sum(turn.masked.values()))
    return turn, is_new


async def _take(desk: Desk, account: Account, incoming: Incoming) -> tuple[Turn, bool]:
    if len(incoming.text) > desk.settings.longest_message:
        raise MessageTooLong
    # In a thread: the detector takes some milliseconds a sentence, and others are waiting.
    heard = await asyncio.to_thread(hear, incoming.text, desk.signs, desk.concern_detector)
    for tries_left in reversed(range(_MOST_TRIES)):
        try:
            async with desk.sessions.begin() as session:
                turn, is_new = await _keep(session, desk, account, incoming, heard)
            break
        except IntegrityError:
            # Another message came at the same moment, by another page, and took the number; or
            # it was this very one, which the next try finds.
            if not tries_left:
                raise
    if is_new:
        return turn, True  # whole as it was made
    async with desk.sessions() as session:
        whole = await whole_turn(session, turn.id)
    assert whole is not None  # noqa: S101 - it was committed just above
    return whole, is_new


async def _keep(
    session: AsyncSession,
    desk: Desk,
    account: Account,
    incoming: Incoming,
    heard: Heard,
) -> tuple[Turn, bool]:
    reflection = await own_reflection(session, account, incoming.reflection_id, lock=True)
    known, last = await _known_and_last(session, incoming)
    if known:
        return known, False
    if incoming.answers is not None and (last is None or last.number != incoming.answers):
        raise NotOffered
    people = People(desk.people_key + reflection.id.encode(), reflection.people)
    offered = _offered(last) | await _to_change(session, desk, reflection, incoming.choice, last)
    text, payload = _what_was_meant(heard.masked(people).text, incoming.choice, offered, last)
    reflection.people = people.known
    concerns = await _worth_saying(session, reflection, heard.concerns)
    now = desk.clock()
    turn = Turn(
        id=new_id(),
        reflection_id=reflection.id,
        number=last.number + 1 if last else 0,
        client_id=incoming.client_id,
        text=text,
        payload=payload,
        masked=heard.masked_kinds,
        kept_at=now,
        # Whole, so that nothing has to be read again before "kept" is said.
        attempts=0,
        reflection=reflection,
        messages=[],
        findings=[],
        concerns=_concern_rows(reflection, concerns, now),
        step_offers=[],
    )
    _answer_without_rasa(desk, reflection, turn, concerns, now)
    if turn.state is TurnState.SETTLED and turn.payload == RESUME:
        await _take_up_again(session, turn)
    reflection.changed_at = now
    session.add(turn)
    return turn, True


def _answer_without_rasa(
    desk: Desk,
    reflection: Reflection,
    turn: Turn,
    concerns: Sequence[Concern],
    now: datetime,
) -> None:
    """Say what needs no Rasa, and set what becomes of the turn."""
    was_stopped = reflection.state is ReflectionState.STOPPED
    turn.state = TurnState.KEPT
    if concerns:
        response = desk.respond(concerns)
        choices = [(PAYLOADS[choice.id], choice.label) for choice in response.choices]
        _say(turn, Voice.SAFETY, response.messages, choices)
        if response.stops:
            reflection.state = ReflectionState.STOPPED
            # What was told is an answer, and is taken as one when the reflection goes on. Not
            # so the therapist's own danger: the case must not go on over it.
            is_personal = any(concern.kind.is_about_the_therapist for concern in concerns)
            is_answer = not was_stopped and not is_personal
            _settle(turn, reflection, now, TurnState.HELD if is_answer else TurnState.SETTLED)
            return
    if was_stopped:
        _settle(turn, reflection, now, TurnState.SETTLED)
        if turn.payload == RESUME or desk.asks_to_resume(turn.text):
            turn.payload = RESUME
            reflection.state = ReflectionState.OPEN
            _say(turn, Voice.NOTICE, [desk.notices["safety_resumed"]])
        elif turn.payload == PAUSE:
            _say(turn, Voice.NOTICE, desk.wording.say("pause"), [RESUME_CHOICE])
        else:
            people = "\n".join(people_to_call(desk.contacts))
            _say(turn, Voice.SAFETY, [desk.notices["safety_waiting"], people], [RESUME_CHOICE])


def _settle(turn: Turn, reflection: Reflection, now: datetime, state: TurnState) -> None:
    turn.state = state
    turn.stage = reflection.stage
    turn.answered_at = now


async def _take_up_again(session: AsyncSession, turn: Turn) -> None:
    """Hand on what was held as the answer it was, or else come back to the question."""
    held = await session.scalar(
        select(Turn).where(Turn.reflection_id == turn.reflection_id, Turn.state == TurnState.HELD)
    )
    if held is not None:
        held.state = TurnState.SETTLED
        turn.stands_for = held.id
    turn.state = TurnState.KEPT
    turn.answered_at = None


def _offered(last: Turn | None) -> dict[str, str]:
    """Give the choices under the last turn: what is shown by what is sent."""
    return {choice["id"]: choice["label"] for choice in choices_of(last)} if last else {}


async def _to_change(
    session: AsyncSession,
    desk: Desk,
    reflection: Reflection,
    choice: str | None,
    last: Turn | None,
) -> dict[str, str]:
    """Give `choice` where it changes an answer that was given: that is open without an offer.

    Not while a message waits, nor where no question is at hand: Rasa would take it for something
    else. Nor for the very question at hand, which is open anyway.
    """
    question = to_be_changed(choice) if choice else None
    if question is None or last is None or last.state is TurnState.KEPT:
        return {}
    if reflection.state not in _GOES_ON or last.asked in (None, question):
        return {}
    answered = select(Turn.id).where(Turn.reflection_id == reflection.id, Turn.question == question)
    if await session.scalar(answered.limit(1)) is None:
        return {}
    change = change_view(desk, question)
    return {change["id"]: change["label"]}


def _what_was_meant(
    text: str, choice: str | None, offered: Mapping[str, str], last: Turn | None
) -> tuple[str, str | None]:
    """Give the text to keep and what Rasa is given in its place, if anything.

    A button's label that is typed counts as the button. Typed text that looks like one of
    Rasa's own commands stays text.
    """
    if choice is not None:
        if choice not in offered:
            raise NotOffered
        return offered[choice], choice
    typed = _plain(text)
    for sent, label in offered.items():
        if typed and typed == _plain(label):
            return text, sent
    if not text.strip():
        return text, SILENCE
    if last and last.asked and is_an_answer(last.asked, text, _steps_shown(last)):
        return text, answer_payload(text)
    if text.lstrip().startswith("/"):
        return text, text.lstrip(" \t\r\n/") or SILENCE
    return text, None


def _steps_shown(last: Turn) -> int:
    """Count the steps that can be taken now by their buttons, which come back with the question."""
    return sum(bool(_TAKE.fullmatch(choice["label"])) for choice in choices_of(last))


def _plain(label: str) -> str:
    return re.sub(r"[^\w\s]", "", label).strip().casefold()


async def _known_and_last(
    session: AsyncSession, incoming: Incoming
) -> tuple[Turn | None, Turn | None]:
    """Give the turn that was made of this very message, if it came before, and the last turn.

    Both in one query: the sender waits for "kept", and each query is some of that wait.
    """
    own = Turn.reflection_id == incoming.reflection_id
    newest = select(func.max(Turn.number)).where(own).scalar_subquery()
    query = (
        select(Turn)
        .where(own, or_(Turn.client_id == incoming.client_id, Turn.number == newest))
        .order_by(Turn.number)
        .options(joinedload(Turn.messages))
    )
    found = (await session.scalars(query)).unique().all()
    known = next((turn for turn in found if turn.client_id == incoming.client_id), None)
    return known, found[-1] if found else None


async def _worth_saying(
    session: AsyncSession, reflection: Reflection, concerns: Sequence[Concern]
) -> list[Concern]:
    """Leave out a learned check whose kind was raised here before.

    Asked about once, it is known; asked about at every message, nobody would read it.
    """
    if not any(_is_learned_check(concern) for concern in concerns):
        return list(concerns)
    raised = select(RaisedConcern).where(RaisedConcern.reflection_id == reflection.id)
    known = {before.kind for before in await session.scalars(raised)}
    return [c for c in concerns if not (_is_learned_check(c) and c.kind in known)]


def _is_learned_check(concern: Concern) -> bool:
    return concern.sign == LEARNED and not concern.level.stops


def _concern_rows(
    reflection: Reflection, concerns: Sequence[Concern], now: datetime
) -> list[RaisedConcern]:
    return [
        RaisedConcern(
            reflection_id=reflection.id, kind=c.kind, level=c.level, sign=c.sign, raised_at=now
        )
        for c in concerns
    ]


def _say(
    turn: Turn,
    voice: Voice,
    messages: Sequence[str],
    choices: Sequence[tuple[str, str]] = (),
) -> None:
    for number, text in enumerate(messages, start=1):
        is_last = number == len(messages)
        offered = [{"id": sent, "label": label} for sent, label in choices] if is_last else []
        turn.messages.append(
            Message(
                reflection_id=turn.reflection_id,
                voice=voice,
                text=text,
                choices=offered,
            )
        )
