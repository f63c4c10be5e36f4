"""A row in every table, as a finished and shared reflection leaves them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.reflection.stages import Path, Question, Stage
from bot.reflection.verdicts import Verdict
from bot.safety.kinds import Kind, Level
from bot.storage.audit import COMMAND, Event, record
from bot.storage.columns import new_id
from bot.storage.concern_tables import (
    ConcernReview,
    ConcernWatch,
    MailAddress,
    Notification,
)
from bot.storage.double_reading_tables import (
    CountedLabel,
    DoubleReader,
    DoubleReading,
    ExportedReading,
    Settlement,
    StudyExport,
)
from bot.storage.keeping import ErasedStore, Erasure, Export, Hold, SettingSeen
from bot.storage.models import (
    Account,
    Base,
    Consent,
    FollowUp,
    FoundTheme,
    Message,
    Plan,
    RaisedConcern,
    Reflection,
    Share,
    ShareTurn,
    ShareView,
    SignIn,
    SignInLink,
    StepOffer,
    Supervision,
    Team,
    TeamMember,
    Turn,
)
from bot.storage.review_tables import (
    Comment,
    Label,
    Review,
    ReviewChange,
    SavedView,
    SearchEntry,
    ShareFacet,
)
from bot.storage.sealed import KEYRING
from bot.storage.sign_in_tables import (
    Challenge,
    ClinicIdentity,
    KnownBrowser,
    Passkey,
    Password,
    RecoveryCode,
    SecondFactor,
    Tries,
)
from bot.storage.slack_tables import SlackIdentity, SlackLine, SlackPost
from bot.storage.states import (
    ChallengePurpose,
    Channel,
    ConcernStep,
    ErasedBecause,
    How,
    NotificationState,
    Occasion,
    Opinion,
    Purpose,
    ReflectionState,
    ReviewDeed,
    ReviewState,
    Role,
    ShareScope,
    SlackPostState,
    StepResponse,
    TurnState,
    Voice,
)
from bot.storage.trend_tables import TeamTrend, TeamTrendMark
from bot.themes.findings import Theme
from tests.gateway import EVENING

WORDS_OF_A_NOTE = "I went too fast with her."
WORDS = "She looked at the floor and I felt my chest go tight."


@dataclass(frozen=True)
class Rows:
    therapist: Account
    supervisor: Account
    reflection: Reflection
    turn: Turn
    plan: Plan


async def fill(session: AsyncSession, name: str = "first", text: str = WORDS) -> Rows:
    """Put a row into every table; the caller commits."""
    now, later = EVENING, EVENING + timedelta(hours=1)
    therapist = Account(name=f"therapist {name}", role=Role.THERAPIST, created_at=now)
    supervisor = Account(name=f"supervisor {name}", role=Role.SUPERVISOR, created_at=now)
    team = Team(name=f"team {name}")
    session.add_all([therapist, supervisor, team])
    await session.flush()
    session.add_all(
        [
            TeamMember(team_id=team.id, account_id=therapist.id),
            TeamTrend(team_id=team.id, month="2026-02", decided_at=now, figures="{}"),
            TeamTrendMark(team_id=team.id, month="2026-02", code="0" * 32),
            Supervision(therapist_id=therapist.id, supervisor_id=supervisor.id, since=now),
            Consent(account_id=therapist.id, purpose=Purpose.CORRECTIONS, given_at=now),
            SignInLink(token_hash=f"link {name}", account_id=therapist.id, ends_at=later),
            SignIn(
                token_hash=f"in {name}",
                account_id=therapist.id,
                began_at=now,
                ends_at=later,
                seen_at=now,
                how=How.LINK,
            ),
            *_ways_in(therapist.id, name, now, later),
        ]
    )
    reflection, turn, plan = await add_reflection(session, therapist, text)
    share = share_of(reflection, supervisor)
    earlier = new_id()
    session.add_all(
        [
            share,
            FollowUp(plan_id=plan.id, turn_id=turn.id, told_at=later),
            # An earlier reflection, that the bot has still to forget.
            Erasure(reflection_id=earlier, because=ErasedBecause.THERAPIST, asked_at=now),
            Hold(reflection_id=reflection.id, reason="file 12", placed_at=now, released_at=later),
        ]
    )
    await session.merge(Export(place="/a/file.yml", made_at=now))
    await session.merge(SettingSeen(name="port", code="0" * 64))
    await session.flush()
    review_of = {"reflection_id": reflection.id, "supervisor_id": supervisor.id}
    finding = await session.scalar(
        select(FoundTheme).where(FoundTheme.reflection_id == reflection.id)
    )
    assert finding is not None
    session.add_all(
        [
            ShareTurn(share_id=share.id, turn_id=turn.id),
            ShareView(share_id=share.id, seen_at=later),
            ShareFacet(share_id=share.id, code="0" * 32, shared_at=now),
            SavedView(account_id=supervisor.id, name=name, query="state=new"),
            SearchEntry(id=share.id, reflection_id=reflection.id, text=text),
            Review(**review_of, state=ReviewState.CLOSED, changed_at=later),
            ReviewChange(**review_of, deed=ReviewDeed.CLOSED, at=later),
            Comment(
                **review_of,
                author_id=supervisor.id,
                client_id=new_id(),
                turn_id=turn.id,
                written_at=now,
                text=text,
                passage={"start": 0, "end": len(text), "text": text},
            ),
            Label(
                **review_of,
                finding_id=finding.id,
                said_at=now,
                opinion=Opinion.RELABEL,
                theme=Theme.PARENT_TRAUMA,
            ),
            ConcernReview(
                reflection_id=reflection.id,
                supervisor_id=supervisor.id,
                step=ConcernStep.DONE,
                at=later,
                concern_id=new_id(),
                text=text,
            ),
            ConcernWatch(share_id=share.id, code="0" * 32, since=now),
            Notification(
                supervisor_id=supervisor.id,
                share_id=share.id,
                channel=Channel.EMAIL,
                occasion=Occasion.SHARED,
                state=NotificationState.WAITING,
                made_at=now,
                try_at=now,
            ),
            SlackIdentity(
                account_id=therapist.id, team_id="T1", slack_user_id=f"U-{name}", linked_at=now
            ),
            SlackLine(
                reflection_id=reflection.id,
                account_id=therapist.id,
                channel="D1",
                opened_by=f"slack-press-{name}",
                opened_at=now,
            ),
            SlackPost(
                channel="D1",
                number=1,
                state=SlackPostState.POSTED,
                ts="1.000001",
                made_at=now,
                account_id=therapist.id,
                reflection_id=reflection.id,
                turn_id=turn.id,
                round=1,
            ),
            MailAddress(account_id=supervisor.id, address="someone@clinic.example", set_at=now),
        ]
    )
    await session.flush()
    await _read_twice(session, reflection, supervisor)
    session.add(ErasedStore(reflection_id=earlier, store="key", position=0, held=1, gone_at=now))
    await record(session, Event.ACCOUNT_MADE, now, by=COMMAND, account=therapist.id)
    return Rows(therapist, supervisor, reflection, turn, plan)


async def _read_twice(session: AsyncSession, reflection: Reflection, supervisor: Account) -> None:
    """A double reading with its labels, what was settled, and the study it went into."""
    label = await session.scalar(select(Label).where(Label.reflection_id == reflection.id))
    assert label is not None
    reading = DoubleReading(
        id=new_id(), reflection_id=reflection.id, begun_at=EVENING, for_study=True
    )
    export = StudyExport(
        id=new_id(), supervisor_id=supervisor.id, made_at=EVENING, approval="HREC 12/2026"
    )
    session.add_all([reading, export])
    await session.flush()
    session.add_all(
        [
            DoubleReader(reading_id=reading.id, supervisor_id=supervisor.id, done_at=EVENING),
            CountedLabel(label_id=label.id, reading_id=reading.id),
            Settlement(
                reading_id=reading.id,
                reflection_id=reflection.id,
                supervisor_id=supervisor.id,
                said_at=EVENING,
                finding_id=label.finding_id,
                theme=Theme.PARENT_TRAUMA,
            ),
            ExportedReading(export_id=export.id, reading_id=reading.id),
        ]
    )
    await session.flush()


def share_of(reflection: Reflection, supervisor: Account, **more: Any) -> Share:
    """A share of everything, with a note, that stands until it is closed."""
    values = {
        "reflection_id": reflection.id,
        "supervisor_id": supervisor.id,
        "scope": ShareScope.WHOLE,
        "last_turn": 0,
        "note": WORDS_OF_A_NOTE,
        "shared_at": EVENING,
    }
    return Share(**values | more)


def _ways_in(account_id: str, name: str, now: datetime, later: datetime) -> list[Base]:
    """One of everything an account can sign in with, and of what is half done."""
    return [
        Passkey(
            account_id=account_id,
            credential_id=f"credential {name}".encode(),
            public_key=b"key",
            sign_count=1,
            name="My telephone",
            made_at=now,
        ),
        Password(account_id=account_id, sign_in_name=name, argon2="$argon2id$", changed_at=now),
        SecondFactor(account_id=account_id, sealed_secret=b"sealed", last_step=1, made_at=now),
        RecoveryCode(code_hash=f"code {name}", account_id=account_id),
        ClinicIdentity(
            account_id=account_id,
            issuer="https://clinic.example",
            oidc_subject=name,
            bound_at=now,
        ),
        Challenge(
            token_hash=f"challenge {name}",
            purpose=ChallengePurpose.USE_PASSKEY,
            account_id=account_id,
            sealed=b"sealed",
            tries_left=1,
            ends_at=later,
        ),
        Tries(key_hash=f"tries {name}", failures=1, last_at=now, wait_until=now),
        KnownBrowser(token_hash=f"known {name}", account_id=account_id, ends_at=later),
    ]


async def add_reflection(
    session: AsyncSession, therapist: Account, text: str = WORDS, **more: Any
) -> tuple[Reflection, Turn, Plan]:
    """A reflection of one turn that led to one of everything."""
    now = EVENING
    reflection = Reflection(
        id=new_id(),
        therapist_id=therapist.id,
        path=Path.FULL,
        state=ReflectionState.CLOSED,
        stage=Stage.CLOSE,
        started_at=now,
        **({"changed_at": now} | more),
    )
    reflection.people = {}
    session.info[KEYRING].create(reflection.id)
    session.add(reflection)
    await session.flush()
    turn = Turn(
        reflection_id=reflection.id,
        number=0,
        client_id="one",
        text=text,
        state=TurnState.ANSWERED,
        question=Question.PLAN,
        kept_at=now,
    )
    session.add(turn)
    await session.flush()
    plan = Plan(reflection_id=reflection.id, turn_id=turn.id, made_at=now)
    session.add_all(
        [
            plan,
            Message(
                reflection_id=reflection.id,
                turn_id=turn.id,
                position=0,
                voice=Voice.DIALOGUE,
                text=f"You said: {text}",
            ),
            FoundTheme(
                reflection_id=reflection.id,
                turn_id=turn.id,
                theme=Theme.PARENT_TRAUMA,
                confidence=0.8,
                evidence=[{"start": 0, "end": 3, "text": text}],
                verdict=Verdict.YES,
                judged_at=now,
            ),
            RaisedConcern(
                reflection_id=reflection.id,
                turn_id=turn.id,
                kind=Kind.ABUSE_DISCLOSURE,
                level=Level.CHECK,
                sign="some_sign",
                raised_at=now,
            ),
            StepOffer(
                reflection_id=reflection.id,
                turn_id=turn.id,
                position=1,
                step_id="some_step",
                response=StepResponse.PICKED,
            ),
        ]
    )
    await session.flush()
    return reflection, turn, plan


def counts(connection: Connection) -> dict[str, int]:
    """How many rows each table holds."""
    return {
        table.name: connection.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }
