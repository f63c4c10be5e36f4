"""Builds the gateway: the one place in which everything is put together."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, cast

import structlog
from aiohttp import ClientSession, WSCloseCode, web
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.conversation.accounts.hand_over import HandOver
from bot.conversation.accounts.passwords import common_words
from bot.conversation.accounts.provider import ClinicProvider
from bot.conversation.answering import Answering
from bot.conversation.bot import Bot
from bot.conversation.copies import Copies, NoCopies
from bot.conversation.desk import Clock, Desk, utc_now
from bot.conversation.forgetting import Forgetting
from bot.conversation.news import News
from bot.conversation.notices import read_notices
from bot.conversation.notifying import Notifying
from bot.conversation.rasa_bot import RasaBot
from bot.conversation.review.index import keep_missing_index
from bot.conversation.review.watching import keep_missing_watches
from bot.conversation.settings_seen import note_settings
from bot.conversation.several_bots import SeveralBots
from bot.conversation.slack.words import read_slack_words
from bot.conversation.trends.publishing import Publishing
from bot.moderation.groundings import read_groundings
from bot.moderation.steps import read_steps
from bot.privacy.mask import mask
from bot.privacy.sealing.keyring import Keyring
from bot.privacy.sealing.master_key import MasterKey, load_master_key, make_master_key
from bot.reflection.wording import read_wording
from bot.safety.contacts import load_contacts
from bot.safety.detector import ConcernDetector
from bot.safety.responses import load_responses
from bot.safety.signs import load_signs
from bot.settings import Settings
from bot.slack.app import SlackDoor
from bot.storage.damage import check_whole
from bot.storage.database import (
    holds_sealed_rows,
    migrate,
    open_database,
    sessions_of,
)
from bot.storage.watched import watch_database
from bot.telemetry.carrying import carry_to
from bot.telemetry.start import Telling, listen
from bot.telemetry.watch import Watch
from bot.themes.taxonomy import read_taxonomy
from bot.trained import NotTrained, read_learned
from bot.web import keys
from bot.web.at_once import AtOnce
from bot.web.bounds import Bounds
from bot.web.chat.embed import pack_all
from bot.web.document import DOCUMENT, as_text
from bot.web.door import DOORS
from bot.web.limits import Limiter
from bot.web.metrics_port import metrics_served
from bot.web.middleware.bounded import nobody_takes_all, within_bounds
from bot.web.middleware.errors import errors_as_sentences, refusals_as_pages
from bot.web.middleware.headers import add_headers
from bot.web.middleware.origin import our_address_only, own_pages_only
from bot.web.middleware.signed_in import let_in
from bot.web.middleware.watched import watch_requests
from bot.web.routes import add_routes, doors
from bot.web.templates import Templates

if TYPE_CHECKING:
    from bot.redis_copies import RedisCopies

log = structlog.get_logger()

MakeBot = Callable[[ClientSession], Bot]
# Is told the file of the master key that was made.
FirstStart = Callable[[Path], None]


class _PatientOutput:
    """Standard output for the log: a full disk must cost a line, never an answer."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError):
            return self._stream.write(text)
        return 0

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()


class _NameOnly(logging.Formatter):
    """Writes who logged and how grave it is, and nothing of what was said."""

    def format(self, record: logging.LogRecord) -> str:
        return f"{record.name} {record.levelname} {record.module}:{record.lineno}"


def set_up_logs() -> None:
    """Log events, ids and numbers as one JSON object a line, on standard output."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(
            file=cast("TextIO", _PatientOutput(sys.stdout))
        ),
    )
    # Libraries put addresses, raw requests and tracebacks into their messages: their names
    # and levels are all that is written.
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_NameOnly())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def rasa_bot(settings: Settings) -> MakeBot:
    """Give a maker of the real bot."""
    if settings.rasa_secret is not None:
        secret = settings.rasa_secret.get_secret_value()
    else:
        secret = settings.rasa_secret_path.read_text(encoding="ascii").strip()
    seconds = settings.answer_seconds

    def make(http: ClientSession) -> Bot:
        rasas = [RasaBot(http, url, secret, seconds) for url in settings.rasa_urls]
        return rasas[0] if len(rasas) == 1 else SeveralBots(rasas)

    return make


def _concern_detector(settings: Settings) -> ConcernDetector | None:
    """Give the trained second layer of safety, or None: danger is looked for without one too."""
    try:
        return read_learned(settings.models, "ConcernComponent", ConcernDetector)
    except NotTrained as fault:
        log.warning("safety.rules_only", why=str(fault))
        return None


async def open_keyring(
    settings: Settings, engine: AsyncEngine, on_first_start: FirstStart | None = None
) -> Keyring:
    """Give the keys of this installation.

    With `on_first_start`, where nothing was ever sealed, a master key is made and its file told.
    Raises `KeyProblem`.
    """
    is_first = not await holds_sealed_rows(engine) and not any(settings.keys_folder.glob("*.key"))
    file = settings.master_key_path
    if on_first_start and is_first and not settings.master_key and not file.exists():
        make_master_key(file)
        on_first_start(file)
    return Keyring(settings.keys_folder, master_key(settings), may_make=is_first)


def master_key(settings: Settings) -> MasterKey:
    """Give the master key that the settings name. Raises `KeyProblem`."""
    value = settings.master_key.get_secret_value() if settings.master_key else None
    return load_master_key(value, settings.master_key_path)


@asynccontextmanager
async def _copies(settings: Settings, keyring: Keyring, news: News) -> AsyncIterator[Copies]:
    """Join the other copies of this gateway, where the settings name a Redis."""
    if settings.redis is None:
        yield NoCopies()
        return
    from bot.redis_copies import RedisCopies

    copies = RedisCopies(
        settings.redis, settings.secret("redis_password"), keyring.sub_key("news"), news
    )
    async with copies.running():
        yield copies


def _people_key(settings: Settings, keyring: Keyring) -> bytes:
    """Give this installation's key for names; one made before there was a keyring goes on."""
    before = settings.var / "people.key"
    return before.read_bytes() if before.exists() else keyring.sub_key("people")


@asynccontextmanager
async def open_desk(
    settings: Settings,
    make_bot: MakeBot | None = None,
    clock: Clock = utc_now,
    on_first_start: FirstStart | None = None,
    telling: Telling | None = None,
) -> AsyncIterator[tuple[Desk, ClientSession]]:
    """Read the library, open the keys, open and migrate the database, and give the desk.

    Raises `LibraryError`, `KeyProblem`, `DatabaseTooNew` or `DatabaseDamaged`.
    """
    telling = telling or Telling(Watch())
    wording = read_wording(settings.library)
    notices = read_notices(settings.library)
    slack_words = read_slack_words(settings.library)
    taxonomy = read_taxonomy(settings.library)
    steps = {step.id: step for step in read_steps(settings.library)}
    groundings = read_groundings(settings.library)
    signs = load_signs(settings.library / "safety" / "signs")
    responses = load_responses(settings.library / "safety" / "responses.yml")
    contacts = load_contacts(settings.country, settings.library / "safety" / "contacts")
    common_words(settings.library)  # a new password is checked against it
    engine = open_database(settings.database_url)
    keyring: Keyring | None = None
    try:
        await check_whole(engine)
        keyring = await open_keyring(settings, engine, on_first_start)
        await migrate(engine, keyring)
        sessions = sessions_of(engine, keyring)
        if telling.watch:
            watch_database(engine, sessions, telling.watch)
        carrying = carry_to(settings.rasa_urls, telling.headers)
        news = News()
        async with (
            ClientSession(trace_configs=carrying) as http,
            _copies(settings, keyring, news) as copies,
        ):
            bot = (make_bot or rasa_bot(settings))(http)
            yield (
                Desk(
                    settings=settings,
                    sessions=sessions,
                    bot=bot,
                    news=news,
                    wording=wording,
                    notices=notices,
                    taxonomy=taxonomy,
                    steps=steps,
                    groundings=groundings,
                    signs=signs,
                    concern_detector=_concern_detector(settings),
                    responses=responses,
                    contacts=contacts,
                    keyring=keyring,
                    people_key=_people_key(settings, keyring),
                    slack_words=slack_words,
                    clock=clock,
                    watch=telling.watch,
                    copies=copies,
                ),
                http,
            )
    finally:
        await engine.dispose()
        if keyring is not None:
            keyring.close()


def make_app(
    settings: Settings,
    make_bot: MakeBot | None = None,
    clock: Clock = utc_now,
    bounds: Bounds | None = None,
) -> web.Application:
    """Build the gateway's web application; `bounds` are those of the page unless given."""
    app = web.Application(
        middlewares=[
            watch_requests,
            refusals_as_pages,
            errors_as_sentences,
            our_address_only,
            within_bounds,
            own_pages_only,
            let_in,
            nobody_takes_all,
        ],
    )
    bounds = app[keys.BOUNDS] = bounds or Bounds()
    app[DOORS] = doors()
    app[DOCUMENT] = as_text(app[DOORS])
    app[keys.REQUESTS] = AtOnce(bounds.requests, bounds.requests)
    app[keys.REQUESTS_OF_ONE] = AtOnce(bounds.requests, bounds.requests_of_one)
    app[keys.STREAMS] = AtOnce(bounds.streams, bounds.streams_of_one)
    app[keys.SOCKET_PLACES] = AtOnce(bounds.sockets, bounds.sockets_of_one)
    app[keys.REQUEST_LIMIT] = Limiter(settings.requests_per_minute)
    app[keys.TEMPLATES] = Templates()
    app[keys.SOCKETS] = set()
    app.on_response_prepare.append(add_headers)
    app.on_shutdown.append(_close_sockets)
    add_routes(app)

    async def desk_and_answering(app: web.Application) -> AsyncIterator[None]:
        telling = listen(
            with_metrics=settings.metrics_port is not None,
            endpoint=settings.otlp_endpoint,
            service="ballast-gateway",
        )
        async with (
            _ended(telling),
            open_desk(settings, make_bot, clock, telling=telling) as (desk, http),
        ):
            mask("Is Anna in?")  # reads the name lists now rather than in somebody's first turn
            app[keys.DESK], app[keys.HTTP] = desk, http
            _set_limits(app, desk)
            app[keys.CLINIC] = ClinicProvider(settings, http, clock)
            app[keys.HAND_OVER] = HandOver(settings, clock)
            await asyncio.to_thread(pack_all)
            await note_settings(desk)
            # Beside the start: after an update there may be very many.
            catching_up = asyncio.create_task(_catch_up(desk))
            app[keys.FORGETTING] = Forgetting(desk)
            app[keys.ANSWERING] = Answering(desk, app[keys.FORGETTING].see_to)
            await app[keys.ANSWERING].take_up_where_left()
            app[keys.FORGETTING].start()
            app[keys.NOTIFYING] = Notifying(desk, http)
            app[keys.NOTIFYING].start()
            publishing = Publishing(desk)
            publishing.start()
            slack = SlackDoor(
                desk,
                app[keys.ANSWERING],
                app[keys.SENDING_LIMIT].allows,
                app[keys.FORGETTING].see_to,
            )
            if settings.has_slack_app:
                app[keys.SLACK] = slack.take_request
                slack.start()
            async with metrics_served(telling.metrics, desk, http, app[keys.SOCKETS]):
                yield
            await slack.stop()
            await publishing.stop()
            catching_up.cancel()
            await asyncio.gather(catching_up, return_exceptions=True)
            await app[keys.NOTIFYING].stop()
            await app[keys.FORGETTING].stop()
            await app[keys.ANSWERING].stop()

    app.cleanup_ctx.append(desk_and_answering)
    return app


@asynccontextmanager
async def _ended(telling: Telling) -> AsyncIterator[None]:
    """Send what was measured last once all is closed, beside the loop: it may wait."""
    try:
        yield
    finally:
        await asyncio.to_thread(telling.close)


def _set_limits(app: web.Application, desk: Desk) -> None:
    settings, limiter = desk.settings, _make_limiter(desk)
    app[keys.SENDING_LIMIT] = limiter("sending", settings.messages_per_minute)
    app[keys.SIGN_IN_LIMIT] = limiter("sign-in", settings.sign_ins_per_minute)
    app[keys.PASSWORD_LIMIT] = limiter("password", settings.passwords_per_minute)


def _make_limiter(desk: Desk) -> Callable[[str, int], Limiter]:
    """Give what makes a limiter: counting here, or together with the other copies."""
    if not desk.copies.are_there:
        return lambda _, per_minute: Limiter(per_minute)
    from bot.web.shared_limits import SharedLimits

    pool = cast("RedisCopies", desk.copies).pool
    return SharedLimits(pool, desk.keyring.sub_key("limits")).limiter


async def _catch_up(desk: Desk) -> None:
    """Write what is derived from shares that are older than what derives it."""
    await keep_missing_index(desk)
    await keep_missing_watches(desk)


async def _close_sockets(app: web.Application) -> None:
    sockets = app[keys.SOCKETS]
    for socket in list(sockets):
        await socket.close(code=WSCloseCode.GOING_AWAY, message=b"The server is restarting.")
