"""What the application and a request carry, under typed keys."""

from __future__ import annotations

from aiohttp import ClientSession, web

from bot.conversation.accounts.provider import ClinicProvider
from bot.conversation.answering import Answering
from bot.conversation.desk import Desk
from bot.conversation.forgetting import Forgetting
from bot.storage.models import Account, SignIn
from bot.web.entry import Entry
from bot.web.limits import Limiter
from bot.web.templates import Templates

# The one HTTP client, for Rasa and for health checks.
HTTP = web.AppKey("http", ClientSession)
DESK = web.AppKey("desk", Desk)
ANSWERING = web.AppKey("answering", Answering)
FORGETTING = web.AppKey("forgetting", Forgetting)
# (method, path) -> who may enter
ENTRIES = web.AppKey("entries", dict[tuple[str, str], Entry])
TEMPLATES = web.AppKey("templates", Templates)
SENDING_LIMIT = web.AppKey("sending_limit", Limiter)
SIGN_IN_LIMIT = web.AppKey("sign_in_limit", Limiter)
PASSWORD_LIMIT = web.AppKey("password_limit", Limiter)
# The clinic's own sign-in; without an issuer it refuses.
CLINIC = web.AppKey("clinic", ClinicProvider)
# The sockets that are open now.
SOCKETS = web.AppKey("sockets", set[web.WebSocketResponse])

ACCOUNT = web.RequestKey("account", Account)
SIGN_IN = web.RequestKey("sign_in", SignIn)
SESSION_TOKEN = web.RequestKey("session_token", str)
