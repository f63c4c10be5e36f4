"""A call of the Web API on its way in: who calls, how often, what is made of it and answered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from aiohttp import web

from tests.slack.mock.faults import Fault
from tests.slack.mock.limits import SCOPES, SCOPES_BY_KIND
from tests.slack.mock.methods import METHODS, Refused, call

if TYPE_CHECKING:
    from tests.slack.mock.slack import MockSlack

Json = dict[str, Any]

# What a form carries as JSON.
_OPENED = ("attachments", "blocks", "metadata", "view")


async def answer_call(slack: MockSlack, request: web.Request) -> web.StreamResponse:
    """Answer one call, or spoil it as planned. Between reading and effect nothing is waited for."""
    raw = await request.read()
    if slack.is_unplugged:
        return _cut(request)
    slack.record.add_request(request, raw)
    method = request.match_info["method"]
    slack.record.calls.append(method)
    fault = slack.faults.for_call(method)
    if fault is Fault.CUT_BEFORE:
        return _cut(request)
    if fault is Fault.ERROR_BEFORE:
        return _broken()
    headers = {"x-slack-req-id": slack.workspace.name("R")}
    try:
        given = _arguments(request, raw)
        headers |= _authorize(slack, method, request, given)
        _count(slack, method, given, fault)
        answer = {"ok": True} | await call(slack, method, given)
    except _TooOften as often:
        return web.json_response(
            {"ok": False, "error": "ratelimited"},
            status=429,
            headers={"Retry-After": str(often.seconds)},
        )
    except Refused as refused:
        if refused.noted:
            slack.note(method, refused.error, refused.sentence)
        answer = {"ok": False, "error": refused.error} | refused.more
    if fault is Fault.CUT_AFTER:
        return _cut(request)
    if fault is Fault.ERROR_AFTER:
        return _broken()
    if fault is Fault.NO_ANSWER:
        await slack.closing.wait()
    return web.json_response(answer, headers=headers)


class _TooOften(Exception):
    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def _cut(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response(status=500)


def _broken() -> web.Response:
    return web.Response(status=500, text="<html>Server Error</html>", content_type="text/html")


def _arguments(request: web.Request, raw: bytes) -> Json:
    """Read query, form or JSON; what a form carries as JSON is opened."""
    given: Json = dict(request.query)
    if request.content_type == "application/json":
        try:
            body = json.loads(raw or b"{}")
        except ValueError:
            raise Refused("invalid_json", "no JSON", noted=True) from None
        if not isinstance(body, dict):
            raise Refused("json_not_object", "no object", noted=True)
        return given | body
    if raw and request.content_type != "application/x-www-form-urlencoded":
        raise Refused("invalid_form_data", "neither form nor JSON", noted=True)
    given |= dict(parse_qsl(raw.decode(), keep_blank_values=True))
    for name in _OPENED:
        if isinstance(given.get(name), str) and given[name]:
            try:
                given[name] = json.loads(given[name])
            except ValueError:
                error = "invalid_blocks_format" if name == "blocks" else "invalid_arguments"
                raise Refused(error, f"{name} is no JSON", noted=True) from None
    return given


def _authorize(slack: MockSlack, method: str, request: web.Request, given: Json) -> Json:
    """Refuse who may not; give the headers that tell what the token may do."""
    app = slack.workspace.app
    in_header = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    token = in_header or given.pop("token", "")
    if not token:
        raise Refused("not_authed")
    if slack.revoked:
        raise Refused(slack.revoked)
    if token not in (app.bot_token, app.app_token):
        raise Refused("invalid_auth")
    if method not in METHODS:
        raise Refused("unknown_method", method, noted=True, req_method=method)
    is_app_level = method == "apps.connections.open"
    if is_app_level and (request.method != "POST" or not in_header):
        # The reference: by POST, the token in the header only.
        raise Refused("insecure_request" if in_header else "invalid_auth", noted=True)
    if method != "auth.test" and (token == app.app_token) != is_app_level:
        raise Refused("not_allowed_token_type")
    provided = list(app.app_scopes) if token == app.app_token else app.scopes
    needed = "connections:write" if is_app_level else _scope(slack, method, given)
    if needed and needed not in provided:
        raise Refused("missing_scope", needed=needed, provided=",".join(provided))
    return {"x-oauth-scopes": ",".join(provided), "x-accepted-oauth-scopes": needed}


def _scope(slack: MockSlack, method: str, given: Json) -> str:
    if method in SCOPES_BY_KIND:
        channel = slack.workspace.channels.get(str(given.get("channel")))
        return SCOPES_BY_KIND[method][channel.kind if channel else "im"]
    return SCOPES.get(method, "")


def _count(slack: MockSlack, method: str, given: Json, fault: Fault | None) -> None:
    """Refuse a call that comes too often, or before its time."""
    channel = str(given.get("channel", ""))
    if early := slack.rates.too_early(method, channel):
        if slack.rates.could_know(method, channel):
            slack.note(method, "ratelimited", f"called {early:.2f} s before Retry-After was over")
        raise _TooOften(max(1, round(early)))
    seconds = slack.rates.take(method, channel)
    if fault is Fault.RATE_LIMITED:
        seconds = max(seconds, slack.retry_after)
    if seconds:
        slack.rates.refuse(method, channel, seconds)
        raise _TooOften(seconds)
