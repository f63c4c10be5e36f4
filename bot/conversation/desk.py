"""Everything a use case needs at hand, built once by `bot/app.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.conversation.bot import Bot
from bot.conversation.copies import Copies, NoCopies
from bot.conversation.exporting.pdf import Typesetting
from bot.conversation.hashing import Hashing
from bot.conversation.news import News
from bot.moderation.groundings import Grounding
from bot.moderation.steps import Step
from bot.privacy.sealing.keyring import Keyring
from bot.reflection.wording import Wording
from bot.safety import responses
from bot.safety.concerns import Concern
from bot.safety.contacts import Contacts
from bot.safety.detector import ConcernDetector
from bot.safety.responses import Response, Responses
from bot.safety.signs import Signs
from bot.settings import Settings
from bot.storage.database import Sessions
from bot.telemetry.watch import Watch
from bot.themes.findings import Theme
from bot.themes.taxonomy import ThemeWords

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Give the time now, aware, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Desk:
    """The settings, the database, the bot and the library of one gateway."""

    settings: Settings
    sessions: Sessions
    bot: Bot
    news: News
    wording: Wording
    notices: Mapping[str, str]
    taxonomy: Mapping[Theme, ThemeWords]
    steps: Mapping[str, Step]
    groundings: Sequence[Grounding]
    signs: Signs
    # None where no model was trained: then the rules are alone.
    concern_detector: ConcernDetector | None
    responses: Responses
    contacts: Contacts
    # Makes, uses and destroys the keys of reflections.
    keyring: Keyring
    # Fingerprints the names of a reflection's people.
    people_key: bytes
    # What the app says in the team's own Slack.
    slack_words: Mapping[str, str]
    clock: Clock = utc_now
    copies: Copies = field(default_factory=NoCopies)
    hashing: Hashing = field(default_factory=Hashing)
    typesetting: Typesetting = field(default_factory=Typesetting)
    # Who measures the work; nobody unless metrics or traces are on.
    watch: Watch = field(default_factory=Watch)

    def respond(self, concerns: Sequence[Concern]) -> Response:
        """Give what is said to these concerns in this deployment's country."""
        return responses.respond(concerns, self.contacts, self.responses)

    def asks_to_resume(self, text: str) -> bool:
        """Say whether `text` takes a stopped reflection up again."""
        return responses.asks_to_resume(text, self.responses)
