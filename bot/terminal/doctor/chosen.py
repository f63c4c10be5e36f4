"""Settings that contradict each other, or that are spelt wrongly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from ipaddress import ip_address
from urllib.parse import urlsplit

from bot.settings import Settings
from bot.terminal.doctor.finding import Finding, look, well, wrong

_PREFIX = "BALLAST_"
# Named by what reads the environment before the settings are there.
_ALSO_READ = {"BALLAST_SECRETS"}
_THIS_MACHINE = {"127.0.0.1", "::1", "localhost"}


def check_names(environment: Mapping[str, str]) -> Iterator[Finding]:
    """Find settings that nothing reads: a misspelt one is silently not set."""
    known = {_PREFIX + name.upper() for name in Settings.model_fields} | _ALSO_READ
    for name in sorted(environment):
        if name.startswith(_PREFIX) and name.upper() not in known:
            near = get_close_matches(name.upper(), known, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            yield wrong("settings", f"{name} is no setting, so it sets nothing.{hint}")


def check_settings(settings: Settings) -> Iterator[Finding]:
    """Find what does not go together."""
    found = [*_address(settings), *_ports(settings), *_ways_out(settings), *_folders(settings)]
    yield from found
    if not found:
        yield well("settings", "The settings go together.")


def _address(settings: Settings) -> Iterator[Finding]:
    host = urlsplit(settings.address).hostname or ""
    if not settings.is_https and host not in _THIS_MACHINE:
        yield wrong(
            "address",
            f"People reach Ballast at {settings.address}, in the open: cookies are not kept to TLS "
            "and passkeys do not work. Put TLS in front and name it as https:// in "
            "BALLAST_PUBLIC_URL.",
        )
    elif settings.is_https and _is_bare(host):
        yield look(
            "address",
            f"BALLAST_PUBLIC_URL is a bare IP address ({host}): passkeys need a name.",
        )
    if settings.host not in _THIS_MACHINE and not settings.is_https:
        yield wrong(
            "address",
            f"The gateway listens on {settings.host} without TLS. Listen on 127.0.0.1 "
            "(BALLAST_HOST) behind a proxy, and set BALLAST_PUBLIC_URL to its https:// address.",
        )
    if settings.metrics_port is not None and settings.metrics_host not in _THIS_MACHINE:
        yield look(
            "metrics",
            f"Metrics are read on {settings.metrics_host} by whoever reaches it: see that only "
            "Prometheus does, or set BALLAST_METRICS_HOST to 127.0.0.1.",
        )


def _is_bare(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _ports(settings: Settings) -> Iterator[Finding]:
    named = {
        "the gateway": (settings.host, settings.port),
        "Rasa": (settings.rasa_host, settings.rasa_port or settings.port + 1),
        "the action server": (settings.actions_host, settings.actions_port or settings.port + 2),
        "the metrics": (settings.metrics_host, settings.metrics_port),
    }
    taken: dict[tuple[str, int], str] = {}
    for who, (host, port) in named.items():
        if port is None:
            continue
        where = "here" if host in _THIS_MACHINE else host
        if other := taken.get((where, port)):
            yield wrong("ports", f"{other} and {who} have the same port, {port}. Choose another.")
        taken[where, port] = who


def _ways_out(settings: Settings) -> Iterator[Finding]:
    if settings.oidc_issuer and not (settings.oidc_client_id and settings.oidc_client_secret):
        yield wrong(
            "sign-in",
            "The clinic's sign-in is on (BALLAST_OIDC_ISSUER) without BALLAST_OIDC_CLIENT_ID and "
            "BALLAST_OIDC_CLIENT_SECRET: nobody can use it. Set both.",
        )
    if settings.hand_over_issuer and not settings.frame_ancestors:
        yield look(
            "sign-in",
            "Tokens of a page around the chat are taken (BALLAST_HAND_OVER_ISSUER), but no page "
            "may frame it: set BALLAST_FRAME_ANCESTORS.",
        )
    if bool(settings.smtp_user) != bool(settings.smtp_password):
        yield wrong(
            "mail", "BALLAST_SMTP_USER and BALLAST_SMTP_PASSWORD need each other: one is empty."
        )
    has_way = bool(settings.smtp_host or settings.slack_webhook)
    if settings.notify != "nothing" and not has_way:
        yield look(
            "notifications",
            "No supervisor is told of danger outside the console: neither BALLAST_SMTP_HOST nor "
            "BALLAST_SLACK_WEBHOOK is set.",
        )
    if settings.notify == "nothing" and has_way:
        yield look(
            "notifications",
            "There is a way for notifications and none is sent: BALLAST_NOTIFY is “nothing”.",
        )
    if settings.idle_minutes > settings.session_hours * 60:
        yield look(
            "sign-in",
            "A sign-in ends (BALLAST_SESSION_HOURS) before it can be idle for so long as "
            "BALLAST_IDLE_MINUTES says.",
        )


def _folders(settings: Settings) -> Iterator[Finding]:
    copy, keys = settings.keys_copy, settings.keys_folder
    if copy is None:
        return
    inside = copy.resolve()
    if inside == keys.resolve() or keys.resolve() in inside.parents:
        yield wrong(
            "keys",
            "BALLAST_KEYS_COPY is the folder of keys itself or lies in it: it is no copy. Name a "
            "folder on another disk.",
        )
    elif not copy.is_dir():
        yield wrong(
            "keys",
            f"The copy of the keys, {copy}, is not there: what is erased stays readable in it, and "
            "receipts wait. Mount it, or take BALLAST_KEYS_COPY out.",
        )
