"""The shape of every answer in JSON: what leaves the gateway, field by field.

Those of signing in are in `sign_in/views.py`.

What is built in `bot/conversation/views.py` must fit here; the tests compare the two, so
that a field which slips into an answer is noticed.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from bot.web.contract import Shape

Voices = Literal["dialogue", "safety", "notice"]


class Refusal(Shape):
    """Why something was refused: a name for programs, a sentence for people."""

    error: str
    text: str
    # Of a fault of ours, to find it in the log.
    id: str | None = None


class Health(Shape):
    """What is up."""

    ok: bool
    gateway: Literal["up", "down"]
    rasa: Literal["up", "down"]
    actions: Literal["up", "down"]
    database: Literal["up", "down"]


class Contacts(Shape):
    """Whom to call."""

    people: list[str]


class StageName(Shape):
    """A stage of the walk and its name."""

    id: str
    name: str


class Reflection(Shape):
    """A reflection without its turns."""

    id: str
    path: Literal["full", "short"]
    state: Literal["open", "paused", "stopped", "closed"]
    stage: str
    stages: list[StageName]
    started_at: str
    changed_at: str
    closed_at: str | None


class ListedReflection(Reflection):
    """A reflection in its author's list, with what was written to them about it."""

    # Comments that were not yet on their page.
    unread: int
    # Whether a supervisor asked for more and waits.
    is_asked: bool


class Reflections(Shape):
    """A therapist's own reflections, the one changed last first."""

    reflections: list[ListedReflection]


class Said(Shape):
    """Something that was said to the therapist."""

    voice: Voices
    text: str


class Choice(Shape):
    """A choice: what is sent and what is shown."""

    id: str
    label: str


class Words(Shape):
    """Words that led to a finding, by their place in the turn's text."""

    start: int
    end: int
    text: str


class Finding(Shape):
    """A theme that may have been heard, and the therapist's verdict."""

    theme: str
    theme_name: str
    subtheme: str | None
    subtheme_name: str | None
    confidence: float | None
    evidence: list[Words]
    verdict: str | None


class Concern(Shape):
    """A safety concern."""

    kind: str
    level: str


class Source(Shape):
    """Where a step comes from."""

    cite: str
    link: str | None


class Breath(Shape):
    """How long a breath goes in and out, in seconds."""

    in_seconds: int
    out_seconds: int


class Grounding(Shape):
    """A short way to settle."""

    id: str
    name: str
    lines: list[str]
    breath: Breath | None
    sources: list[Source]
    awaiting_review: bool


class Groundings(Shape):
    """What "A breath" offers."""

    groundings: list[Grounding]


class Step(Shape):
    """A step that was offered; one that has left the library since has lost its words."""

    id: str
    text: str
    source: str
    response: str | None
    theme: str | None = None
    why: str | None = None
    say: str | None = None
    say_to: str | None = None
    principle: str | None = None
    sources: list[Source] = Field(default_factory=list)
    awaiting_review: bool = False


class StepTaken(Step):
    """A step as the summary shows it, with the therapist's own words for it."""

    adapted: str | None


class Change(Choice):
    """The choice that has a question asked again, with the name of its answer."""

    name: str


class Turn(Shape):
    """A turn: what was kept, masked, and what was answered."""

    turn: int
    id: str
    state: Literal["kept", "held", "answered", "settled", "failed"]
    text: str
    masked: dict[str, int]
    masked_notice: str | None
    question: str | None
    change: Change | None
    stage: str | None
    asks: dict[str, str] | None
    said: list[Said]
    choices: list[Choice]
    findings: list[Finding]
    concerns: list[Concern]
    steps: list[Step]
    kept_at: str


class WholeReflection(Shape):
    """A reflection with its turns."""

    reflection: Reflection
    turns: list[Turn]


class Account(Shape):
    """What the therapist told, under the heading of its stage."""

    heading: str
    text: str


class Summary(Shape):
    """What a reflection came to."""

    reflection: Reflection
    account: list[Account]
    themes: list[Finding]
    steps: list[StepTaken]
    plan: str | None
    supervision_question: str | None
    follow_up: str | None
    arousal_before: float | None
    arousal_after: float | None
    concerns: list[Concern]
    shared_with: list[str]
    markdown: str


class Named(Shape):
    """Somebody to share with."""

    id: str
    name: str


class Choosable(Shape):
    """A turn that may be shared, or kept back."""

    turn: int
    heading: str | None
    text: str
    is_about_you: bool


class Ended(Shape):
    """When and how a share ended."""

    at: str
    how: Literal[
        "withdrawn",
        "replaced",
        "account_disabled",
        "date_passed",
        "supervision_ended",
        "ended",
    ]


class DoneAbout(Shape):
    """What a supervisor wrote that was done about a concern."""

    at: str
    text: str


class SharedConcern(Concern):
    """A concern that a share shows: when its supervisor said to have seen it, what was done."""

    seen_at: str | None
    done: list[DoneAbout]


class ShareMessage(Shape):
    """A message that told a supervisor to look, and what became of it."""

    channel: Literal["email", "slack"]
    occasion: Literal["shared", "reminder", "test"]
    state: Literal["waiting", "handed_over", "not_delivered", "not_sent"]
    tries: int
    made_at: str
    at: str


class ShareEntry(Shape):
    """A share as its author sees it, with every look at it."""

    id: str
    supervisor: Named
    scope: Literal["summary", "whole", "turns"]
    turns: list[int]
    note: str | None
    shared_at: str
    until: str | None
    ended: Ended | None
    views: list[str]
    concerns: list[SharedConcern]
    messages: list[ShareMessage]


class Ledger(Shape):
    """Whom a reflection may be shared with, what may be chosen, and every share there was."""

    supervisors: list[Named]
    today: str
    default_until: str
    turns: list[Choosable]
    shares: list[ShareEntry]


class Shown(Shape):
    """What a supervisor sees, as HTML of ours in which everything is escaped."""

    html: str


class Preview(Shown):
    """What a supervisor would see, and what is said at once should the note tell of danger."""

    safety: list[str]


class Shared(Shape):
    """With whom a reflection is shared now, and what to tell its author."""

    shared_with: list[str]
    until: str | None
    text: str
    safety: list[str]


class Consents(Shape):
    """Every purpose, with whether there is consent to it now."""

    corrections: bool
    team_trends: bool
    slack: bool


class ConsentGiven(Shape):
    """A yes, with when it was taken back."""

    purpose: Literal["corrections", "team_trends", "slack"]
    given_at: str
    withdrawn_at: str | None


class ConsentHistory(Shape):
    """Every yes there ever was, the newest first."""

    history: list[ConsentGiven]


class Document(Shape):
    """The OpenAPI document itself."""

    openapi: str
    info: dict[str, Any]
    paths: dict[str, Any]
    components: dict[str, Any]


class ErasedStore(Shape):
    """A line of a receipt: where something lay, how much, and when it was gone."""

    store: str
    held: int
    gone_at: str | None


class Erasure(Shape):
    """The receipt of a reflection that was erased. Holds no words."""

    reflection: str
    therapist: str
    began_at: str | None
    because: Literal["therapist", "retention", "swept"]
    asked_at: str
    done_at: str | None
    stores: list[ErasedStore]


class Erasures(Shape):
    """A therapist's receipts, and the rule by which reflections are kept, if there is one."""

    erasures: list[Erasure]
    rule: str | None
