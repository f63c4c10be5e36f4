"""Under which addresses Ballast answers, and which of them a page may come from."""

from __future__ import annotations

from urllib.parse import urlsplit

from bot.settings import Settings

# This machine itself, whatever the port: a name that another site could take over
# (DNS rebinding) is not among them.
_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "[::1]"})
_EVERY_ADDRESS = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - is left out, not listened on


def is_ours(host: str, settings: Settings) -> bool:
    """Say whether a request's Host names Ballast."""
    host = host.lower()
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
    if name in _THIS_MACHINE:
        return True
    if settings.public_url and host == _host_of(settings.public_url):
        return True
    # A deployer who listens on one address of the machine means people to use it.
    return name == settings.host.lower() and name not in _EVERY_ADDRESS


def is_our_page(origin: str, host: str, settings: Settings) -> bool:
    """Say whether `origin`, as a browser names it, is the site that answers under `host`."""
    scheme, separator, place = origin.lower().partition("://")
    if not separator or scheme not in ("http", "https") or place != host.lower():
        return False
    public = (settings.public_url or "").lower()
    is_public = bool(public) and place == _host_of(public)
    # Behind a proxy that ends TLS the scheme cannot be seen here, but it is known.
    return not is_public or origin.lower() == f"{urlsplit(public).scheme}://{_host_of(public)}"


def _host_of(address: str) -> str:
    return address.lower().partition("://")[2]
