"""What the application and a request carry, under typed keys."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import ClientSession, web

from bot.conversation.accounts.hand_over import HandOver
from bot.conversation.accounts.provider import ClinicProvider
from bot.conversation.answering import Answering
from bot.conversation.desk import Desk
from bot.conversation.forgetting import Forgetting
from bot.conversation.notifying import Notifying
from bot.storage.models import Account, SignIn
from bot.web.at_once import AtOnce
from bot.web.bounds import Bounds
from bot.web.limits import Limiter
from bot.web.templates import Templates

# The one HTTP client, for Rasa and for health checks.
HTTP = web.AppKey("http", ClientSession)
DESK = web.AppKey("desk", Desk)
ANSWERING = web.AppKey("answering", Answering)
FORGETTING = web.AppKey("forgetting", Forgetting)
NOTIFYING = web.AppKey("notifying", Notifying)
# Takes a request of Slack's in HTTP mode: headers and body; gives status, body and media type.
FromSlack = Callable[[Mapping[str, str], bytes], Awaitable[tuple[int, str, str]]]
SLACK: web.AppKey[FromSlack] = web.AppKey("slack")
TEMPLATES = web.AppKey("templates", Templates)
BOUNDS = web.AppKey("bounds", Bounds)
# Requests being worked on: in all, and of one account.
REQUESTS = web.AppKey("requests", AtOnce)
REQUESTS_OF_ONE = web.AppKey("requests_of_one", AtOnce)
# Tables that are being given piece by piece.
STREAMS = web.AppKey("streams", AtOnce)
REQUEST_LIMIT = web.AppKey("request_limit", Limiter)
SENDING_LIMIT = web.AppKey("sending_limit", Limiter)
SIGN_IN_LIMIT = web.AppKey("sign_in_limit", Limiter)
PASSWORD_LIMIT = web.AppKey("password_limit", Limiter)
# The clinic's own sign-in; without an issuer it refuses.
CLINIC = web.AppKey("clinic", ClinicProvider)
# What tokens of a page around the frame are checked with; without an issuer it refuses.
HAND_OVER = web.AppKey("hand_over", HandOver)
# The sockets that are open now, and how many more there may be.
SOCKET_PLACES = web.AppKey("socket_places", AtOnce)
SOCKETS = web.AppKey("sockets", set[web.WebSocketResponse])

ACCOUNT = web.RequestKey("account", Account)
SIGN_IN = web.RequestKey("sign_in", SignIn)
SESSION_TOKEN = web.RequestKey("session_token", str)
