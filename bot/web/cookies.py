"""The cookies, named in one place.

Over TLS they are `__Host-` cookies: for this host alone, over TLS alone, and no other page
of the domain can set or read them. Whether there is TLS the public address says, which a
header from a visitor cannot change, so it holds behind a proxy that ends TLS as well.
"""

from __future__ import annotations

from typing import Literal

from aiohttp import web

from bot.settings import Settings

SESSION = "ballast_session"
_KNOWN, _CLINIC = "ballast_known", "ballast_clinic"
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


def set_session(response: web.Response, settings: Settings, token: str) -> None:
    """Give the browser its session."""
    _set(response, settings, SESSION, token, int(settings.session_hours * 3600))


def set_known(response: web.Response, settings: Settings, token: str) -> None:
    """Let the browser be known again, signed out as well."""
    _set(response, settings, _KNOWN, token, _KNOWN_SECONDS)


def set_clinic(response: web.Response, settings: Settings, token: str) -> None:
    """Tie what was begun at the clinic's server to this browser."""
    # Lax: the way back comes from another site, and a strict cookie would stay at home.
    _set(response, settings, _CLINIC, token, _CLINIC_SECONDS, "Lax")


def drop_session(response: web.Response, settings: Settings) -> None:
    """Take the session from the browser."""
    _drop(response, settings, SESSION)


def drop_clinic(response: web.Response, settings: Settings) -> None:
    """Take away what was begun at the clinic's server."""
    _drop(response, settings, _CLINIC)


def _set(
    response: web.Response,
    settings: Settings,
    name: str,
    token: str,
    seconds: int,
    samesite: Literal["Strict", "Lax"] = "Strict",
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


def _drop(response: web.Response, settings: Settings, name: str) -> None:
    response.del_cookie(
        _named(settings, name), path="/", httponly=True, secure=settings.is_https, samesite="Strict"
    )
