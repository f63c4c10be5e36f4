"""The words in which the database says where something stands."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What an account may do."""

    THERAPIST = "therapist"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


class ReflectionState(StrEnum):
    """Where a reflection stands. `stopped` means: stopped for safety, may be taken up again."""

    OPEN = "open"
    PAUSED = "paused"
    STOPPED = "stopped"
    CLOSED = "closed"


class TurnState(StrEnum):
    """What has become of a message that was kept.

    `kept` waits for Rasa; `held` waits until the therapist takes the reflection up again;
    `settled` was answered without Rasa; `failed` was tried often enough.
    """

    KEPT = "kept"
    HELD = "held"
    ANSWERED = "answered"
    SETTLED = "settled"
    FAILED = "failed"


class Voice(StrEnum):
    """Who says a message: the dialogue, the safety rules, or the gateway itself."""

    DIALOGUE = "dialogue"
    SAFETY = "safety"
    NOTICE = "notice"


class StepResponse(StrEnum):
    """What a therapist said of a step that was offered."""

    PICKED = "picked"
    ADAPTED = "adapted"
    REFUSED = "refused"
    TO_SUPERVISION = "to_supervision"


class Purpose(StrEnum):
    """What an author may separately consent to.

    `corrections`: to verdicts becoming examples. `team_trends`: to being counted, without a
    word of theirs, in figures of a team. `slack`: to reflecting in Slack, which keeps copies.
    """

    CORRECTIONS = "corrections"
    TEAM_TRENDS = "team_trends"
    SLACK = "slack"


class ShareScope(StrEnum):
    """How much of a reflection a share shows.

    `summary` is the summary, `whole` the summary with turns in full, `turns` chosen turns alone.
    """

    SUMMARY = "summary"
    WHOLE = "whole"
    TURNS = "turns"


class ReviewState(StrEnum):
    """Where a supervisor stands with what is shared with them. Without a row it is new to them.

    `waiting` is: for the therapist, who was asked for more.
    """

    IN_REVIEW = "in_review"
    WAITING = "waiting"
    CLOSED = "closed"


class ReviewDeed(StrEnum):
    """One step of a review; all are a supervisor's but for `answered`, the therapist's."""

    OPENED = "opened"
    ASKED_FOR_MORE = "asked_for_more"
    ANSWERED = "answered"
    SIGNED_OFF = "signed_off"
    CLOSED = "closed"
    REOPENED = "reopened"

    @property
    def leads_to(self) -> ReviewState:
        """Where the review stands after it."""
        if self is ReviewDeed.ASKED_FOR_MORE:
            return ReviewState.WAITING
        is_end = self in (ReviewDeed.SIGNED_OFF, ReviewDeed.CLOSED)
        return ReviewState.CLOSED if is_end else ReviewState.IN_REVIEW


class Opinion(StrEnum):
    """What a supervisor holds of a finding: it fits, it does not, or another theme would."""

    AGREE = "agree"
    DISAGREE = "disagree"
    RELABEL = "relabel"


class ShareClosing(StrEnum):
    """Why a share's row was closed. What ends by itself is worked out, not written."""

    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    ACCOUNT_DISABLED = "account_disabled"
    # A backup from before was put back: what was withdrawn since must not stand again.
    RESTORED = "restored"


class How(StrEnum):
    """By what somebody signed in."""

    LINK = "link"
    PASSKEY = "passkey"
    PASSWORD = "password"  # noqa: S105 - the word, not one of them
    CLINIC = "clinic"
    HAND_OVER = "hand_over"


class SignInChange(StrEnum):
    """What became of a way of signing in."""

    ADDED = "added"
    REMOVED = "removed"
    SECOND_FACTOR = "second_factor"
    RECOVERY_CODES = "recovery_codes"


class ChallengePurpose(StrEnum):
    """What a half-done sign-in is for; one made for one purpose cannot be used for another."""

    MAKE_PASSKEY = "make_passkey"
    USE_PASSKEY = "use_passkey"
    PROVE_SECOND_FACTOR = "prove_second_factor"
    SET_SECOND_FACTOR = "set_second_factor"
    CLINIC_SIGN_IN = "clinic_sign_in"
    CLINIC_BIND = "clinic_bind"
    # No half-done sign-in: a token that was used, kept until it would be too old anyway.
    HAND_OVER = "hand_over"
    LINK_SLACK = "link_slack"


class ErasedBecause(StrEnum):
    """Why a reflection was erased. `swept`: its key was gone, so nobody could read it any more."""

    THERAPIST = "therapist"
    RETENTION = "retention"
    SWEPT = "swept"


class ConcernStep(StrEnum):
    """What a supervisor did about a concern. `acknowledged` says that they saw it, no more."""

    ACKNOWLEDGED = "acknowledged"
    DONE = "done"


class Channel(StrEnum):
    """How a message that says to look into the console goes out."""

    EMAIL = "email"
    SLACK = "slack"


class Occasion(StrEnum):
    """Why such a message goes out."""

    SHARED = "shared"
    REMINDER = "reminder"
    TEST = "test"


class NotificationState(StrEnum):
    """What became of such a message. Whether anybody read it is never known.

    `handed_over`: a mail server or Slack took it. `not_delivered`: tried often enough.
    `not_sent`: there was nothing to tell any more, or nowhere to send it.
    """

    WAITING = "waiting"
    HANDED_OVER = "handed_over"
    NOT_DELIVERED = "not_delivered"
    NOT_SENT = "not_sent"


class ExportKind(StrEnum):
    """As what something was taken away, out of what can be withdrawn."""

    PDF = "pdf"
    MARKDOWN = "markdown"
    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"


class SlackPostState(StrEnum):
    """Where a message to Slack stands. Of one that is `sending` it is not known if it arrived.

    `not_taken`: Slack refused it for good, or there was nobody any more to say it to.
    """

    PLANNED = "planned"
    SENDING = "sending"
    POSTED = "posted"
    NOT_TAKEN = "not_taken"


class SlackOccasion(StrEnum):
    """Why the app says something in Slack that is no turn of a reflection."""

    NOT_LINKED = "not_linked"
    CLOSED_ACCOUNT = "closed_account"
    EXTERNAL = "external"
    ELSEWHERE = "elsewhere"
    LINKED = "linked"
    UNLINKED = "unlinked"
    # Doorbell mode
    RING = "ring"
    RING_ANSWER = "ring_answer"
    # Full mode
    CONSENT = "consent"
    DECLINED = "declined"
    START = "start"
    START_NOT_KEPT = "start_not_kept"
    WAITING = "waiting"
    TOO_LONG = "too_long"
    TOO_FAST = "too_fast"
    NOT_OFFERED = "not_offered"
    NOT_KEPT = "not_kept"
    NO_FILES = "no_files"
    DELETED = "deleted"

    @property
    def is_for_a_moment(self) -> bool:
        """Whether it is shown to one person and kept by nobody (an ephemeral message)."""
        return self in _FOR_A_MOMENT


_FOR_A_MOMENT = frozenset(
    {
        SlackOccasion.ELSEWHERE,
        SlackOccasion.WAITING,
        SlackOccasion.TOO_LONG,
        SlackOccasion.TOO_FAST,
        SlackOccasion.NOT_OFFERED,
        SlackOccasion.NOT_KEPT,
        SlackOccasion.NO_FILES,
    }
)
