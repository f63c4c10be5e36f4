"""The cookies, named in one place.

Over TLS they are `__Host-` cookies: for this host alone, over TLS alone, and no other page
of the domain can set or read them. Whether there is TLS the public address says, which a
header from a visitor cannot change, so it holds behind a proxy that ends TLS as well.

They are strict: no browser sends them along with what another site asks for. In a frame on an
allowed page of another site there would be none at all, so there, and over TLS only, they are
`None` and partitioned: sent in that frame on that site and nowhere else. That a page is in such
a frame is known from how its browser asked for it, and is remembered in a cookie of that frame.
What may then come from outside the frame is refused in `middleware/origin.py`.
"""

from __future__ import annotations

from typing import Literal

from aiohttp import web

from bot.settings import Settings

SESSION = "ballast_session"
_KNOWN, _CLINIC, _FRAMED = "ballast_known", "ballast_clinic", "ballast_framed"
_KNOWN_SECONDS = 365 * 24 * 3600
_CLINIC_SECONDS = 5 * 60


def _named(settings: Settings, name: str) -> str:
    return f"__Host-{name}" if settings.is_https else name


def session_cookie(settings: Settings) -> str:
    """Give the name of the session's cookie."""
    return _named(settings, SESSION)


def session_token(request: web.Request, settings: Settings) -> str | None:
    """Give the session's token that a request brings, or None."""
    return request.cookies.get(_named(settings, SESSION)) or None


def known_token(request: web.Request, settings: Settings) -> str | None:
    """Give the token of a browser that signed in before, or None."""
    return request.cookies.get(_named(settings, _KNOWN)) or None


def clinic_token(request: web.Request, settings: Settings) -> str | None:
    """Give the token of a browser that was sent to the clinic's server, or None."""
    return request.cookies.get(_named(settings, _CLINIC)) or None


def is_on_another_site(request: web.Request, settings: Settings) -> bool:
    """Say whether a request comes from a frame on another site, or from that site itself."""
    return settings.is_https and _named(settings, _FRAMED) in request.cookies


def set_session(
    request: web.Request, response: web.Response, settings: Settings, token: str
) -> None:
    """Give the browser its session."""
    seconds = int(settings.session_hours * 3600)
    _set(response, settings, SESSION, token, seconds, _reach(request, settings))


def set_known(request: web.Request, response: web.Response, settings: Settings, token: str) -> None:
    """Let the browser be known again, signed out as well."""
    _set(response, settings, _KNOWN, token, _KNOWN_SECONDS, _reach(request, settings))


def set_framed(response: web.Response, settings: Settings) -> None:
    """Remember that this browser shows the chat in a frame on another site."""
    _set(response, settings, _FRAMED, "yes", None, "None")


def set_clinic(response: web.Response, settings: Settings, token: str) -> None:
    """Tie what was begun at the clinic's server to this browser."""
    # Lax: the way back comes from another site, and a strict cookie would stay at home.
    _set(response, settings, _CLINIC, token, _CLINIC_SECONDS, "Lax")


def drop_session(request: web.Request, response: web.Response, settings: Settings) -> None:
    """Take the session from the browser."""
    _set(response, settings, SESSION, "", 0, _reach(request, settings))


def drop_clinic(response: web.Response, settings: Settings) -> None:
    """Take away what was begun at the clinic's server."""
    _set(response, settings, _CLINIC, "", 0)


def _reach(request: web.Request, settings: Settings) -> Literal["Strict", "None"]:
    return "None" if is_on_another_site(request, settings) else "Strict"


def _set(
    response: web.Response,
    settings: Settings,
    name: str,
    token: str,
    seconds: int | None,
    samesite: Literal["Strict", "Lax", "None"] = "Strict",
) -> None:
    response.set_cookie(
        _named(settings, name),
        token,
        max_age=seconds,
        path="/",
        httponly=True,
        samesite=samesite,
        secure=settings.is_https,
    )
    if samesite == "None":
        # Never without it: unpartitioned, it would go along with every site's requests. Python
        # knows no such attribute before 3.14, and writes what stands here as it is.
        response.cookies[_named(settings, name)]["samesite"] = "None; Partitioned"
