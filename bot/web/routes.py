"""Every route of the gateway, on one page, with who may enter.

A route that is not listed here does not exist; one without an entry could not be written.
What each takes and gives is in `contracts.py`; what everybody is answered at each, tried
out, in `tests/promises/access.yml`.
"""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web
from aiohttp.typedefs import Handler

from bot.web import consents, document, erasures, from_slack, health
from bot.web.administration import (
    audit,
    contacts,
    installation,
    keeping,
    people,
    supervision,
    teams,
)
from bot.web.chat import embed, pages, reflections, sharing, socket
from bot.web.console import (
    concerns,
    double_reading,
    double_readings,
    export,
    live,
    notifications,
    over_time,
    queue,
    reflection,
    search,
    talking_points,
    team_trends,
)
from bot.web.contract import NO_CONTRACT
from bot.web.contracts import CONTRACTS
from bot.web.door import Door, Doors
from bot.web.entry import Entry
from bot.web.sign_in import clinic, come_in, mine, slack


@dataclass(frozen=True)
class Route:
    """One door: a method and path, what answers there, and who may enter."""

    method: str
    path: str
    handler: Handler
    entry: Entry


ROUTES = (
    Route("GET", "/healthz", health.health, Entry.ANYBODY),
    Route("GET", "/openapi.json", document.read, Entry.SIGNED_IN),
    # Signing in and out
    Route("GET", "/sign-in", pages.sign_in, Entry.ANYBODY),
    Route("POST", "/api/sign-in", come_in.use_link, Entry.ANYBODY),
    Route("POST", "/api/sign-in/passkey/begin", come_in.begin_passkey, Entry.ANYBODY),
    Route("POST", "/api/sign-in/passkey", come_in.use_passkey, Entry.ANYBODY),
    Route("POST", "/api/sign-in/password", come_in.use_password, Entry.ANYBODY),
    Route("POST", "/api/sign-in/code", come_in.use_code, Entry.ANYBODY),
    Route("POST", "/api/sign-in/hand-over", come_in.use_hand_over, Entry.ANYBODY),
    Route("POST", "/api/sign-in/clinic", clinic.begin, Entry.ANYBODY),
    Route("GET", "/sign-in/clinic/back", clinic.back, Entry.ANYBODY),
    Route("POST", "/api/sign-out", come_in.leave, Entry.SIGNED_IN),
    Route("GET", "/api/me", come_in.me, Entry.SIGNED_IN),
    # What one signs in with
    Route("GET", "/your-sign-in", mine.page, Entry.SIGNED_IN),
    Route("GET", "/api/my/sign-in", mine.read, Entry.SIGNED_IN),
    Route("POST", "/api/my/passkeys/begin", mine.begin_passkey, Entry.JUST_SIGNED_IN),
    Route("POST", "/api/my/passkeys", mine.add_passkey, Entry.JUST_SIGNED_IN),
    Route("DELETE", "/api/my/passkeys/{id}", mine.remove_passkey, Entry.JUST_SIGNED_IN),
    Route("PUT", "/api/my/password", mine.set_password, Entry.JUST_SIGNED_IN),
    Route("DELETE", "/api/my/password", mine.remove_password, Entry.JUST_SIGNED_IN),
    Route("POST", "/api/my/second-factor/begin", mine.begin_second_factor, Entry.JUST_SIGNED_IN),
    Route("GET", "/api/my/second-factor/picture", mine.picture, Entry.JUST_SIGNED_IN),
    Route("POST", "/api/my/second-factor", mine.finish_second_factor, Entry.JUST_SIGNED_IN),
    Route("POST", "/api/my/recovery-codes", mine.new_recovery_codes, Entry.JUST_SIGNED_IN),
    Route("POST", "/api/my/clinic", clinic.begin_binding, Entry.JUST_SIGNED_IN),
    Route("DELETE", "/api/my/clinic", mine.remove_clinic, Entry.JUST_SIGNED_IN),
    # Ending sign-ins needs no fresh one: whoever lost a telephone should not be asked first.
    Route("DELETE", "/api/my/sign-ins", mine.end_others, Entry.SIGNED_IN),
    Route("DELETE", "/api/my/sign-ins/{id}", mine.end_one, Entry.SIGNED_IN),
    # The team's own Slack: tied to an account, and what it sends in HTTP mode
    Route("GET", "/slack/link", slack.page, Entry.ANYBODY),
    Route("POST", "/api/my/slack", slack.link_slack, Entry.JUST_SIGNED_IN),
    Route("DELETE", "/api/my/slack", slack.unlink_slack, Entry.SIGNED_IN),
    Route("POST", "/slack/events", from_slack.take, Entry.ANYBODY),
    # The chat
    Route("GET", "/", pages.chat, Entry.ANYBODY),
    Route("GET", "/static/{name}", pages.static, Entry.ANYBODY),
    Route("GET", "/embed.js", embed.script, Entry.ANYBODY),
    Route("GET", "/api/contacts", pages.contacts, Entry.SIGNED_IN),
    Route("GET", "/api/groundings", pages.groundings, Entry.SIGNED_IN),
    Route("GET", "/api/reflections", reflections.index, Entry.THERAPIST),
    Route("POST", "/api/reflections", reflections.start, Entry.THERAPIST),
    Route("GET", "/api/reflections/{id}", reflections.read, Entry.THERAPIST),
    Route("DELETE", "/api/reflections/{id}", reflections.delete, Entry.THERAPIST),
    Route("GET", "/api/reflections/{id}/socket", socket.talk, Entry.THERAPIST),
    Route("PUT", "/api/reflections/{id}/themes/{theme}", reflections.judge, Entry.THERAPIST),
    Route("GET", "/api/reflections/{id}/summary", reflections.summary, Entry.THERAPIST),
    Route("GET", "/api/reflections/{id}/summary.md", reflections.download, Entry.THERAPIST),
    # Sharing
    Route("GET", "/api/reflections/{id}/share", sharing.ledger, Entry.THERAPIST),
    Route("POST", "/api/reflections/{id}/share", sharing.share, Entry.THERAPIST),
    Route("DELETE", "/api/reflections/{id}/share", sharing.withdraw_all, Entry.THERAPIST),
    Route("POST", "/api/reflections/{id}/share/preview", sharing.preview, Entry.THERAPIST),
    Route("GET", "/api/reflections/{id}/share/{share}", sharing.show, Entry.THERAPIST),
    Route("DELETE", "/api/reflections/{id}/share/{share}", sharing.withdraw, Entry.THERAPIST),
    # What was erased
    Route("GET", "/api/erasures", erasures.index, Entry.THERAPIST),
    # What an author separately says yes to
    Route("GET", "/api/consents", consents.read, Entry.THERAPIST),
    Route("GET", "/api/consents/history", consents.history, Entry.THERAPIST),
    Route("PUT", "/api/consents/{purpose}", consents.change, Entry.THERAPIST),
    # What changed, for whoever has a page of the console open
    Route("GET", "/news", live.follow, Entry.SIGNED_IN),
    # The console
    Route("GET", "/console", queue.index, Entry.SUPERVISOR),
    Route("POST", "/console/views", queue.save, Entry.SUPERVISOR),
    Route("POST", "/console/views/{view}/remove", queue.forget, Entry.SUPERVISOR),
    Route("GET", "/console/search", search.index, Entry.SUPERVISOR),
    Route("POST", "/console/search", search.find, Entry.SUPERVISOR),
    Route("GET", "/console/{id}", reflection.read, Entry.SUPERVISOR),
    Route("POST", "/console/{id}/state", reflection.add_deed, Entry.SUPERVISOR),
    Route("POST", "/console/{id}/comments", reflection.add_comment, Entry.SUPERVISOR),
    Route("POST", "/console/{id}/findings/{finding}", reflection.add_label, Entry.SUPERVISOR),
    # The same page for a reflection's author
    Route("GET", "/reflections/{id}", reflection.read, Entry.THERAPIST),
    Route("POST", "/reflections/{id}/comments", reflection.add_comment, Entry.THERAPIST),
    # Administration: what takes power away needs no fresh sign-in, what gives it does.
    Route("GET", "/administration", people.index, Entry.ADMINISTRATOR),
    Route("POST", "/administration", people.add, Entry.ADMINISTRATOR_JUST_SIGNED_IN),
    Route("GET", "/administration/people/{account}", people.read, Entry.ADMINISTRATOR),
    Route("POST", "/administration/people/{account}/close", people.close, Entry.ADMINISTRATOR),
    Route(
        "POST",
        "/administration/people/{account}/open",
        people.open_again,
        Entry.ADMINISTRATOR_JUST_SIGNED_IN,
    ),
    Route(
        "POST",
        "/administration/people/{account}/link",
        people.give_link,
        Entry.ADMINISTRATOR_JUST_SIGNED_IN,
    ),
    Route("GET", "/administration/teams", teams.index, Entry.ADMINISTRATOR),
    Route("POST", "/administration/teams", teams.join, Entry.ADMINISTRATOR),
    Route("POST", "/administration/teams/leave", teams.leave, Entry.ADMINISTRATOR),
    Route("GET", "/administration/supervision", supervision.index, Entry.ADMINISTRATOR),
    Route(
        "POST",
        "/administration/supervision",
        supervision.begin,
        Entry.ADMINISTRATOR_JUST_SIGNED_IN,
    ),
    Route(
        "POST",
        "/administration/supervision/end",
        supervision.end,
        Entry.ADMINISTRATOR_JUST_SIGNED_IN,
    ),
    Route("GET", "/administration/contacts", contacts.index, Entry.ADMINISTRATOR),
    Route("GET", "/administration/keeping", keeping.index, Entry.ADMINISTRATOR),
    Route("POST", "/administration/keeping", keeping.hold, Entry.ADMINISTRATOR),
    Route("POST", "/administration/keeping/release", keeping.release, Entry.ADMINISTRATOR),
    Route("GET", "/administration/health", installation.index, Entry.ADMINISTRATOR),
    Route("GET", "/administration/audit", audit.index, Entry.ADMINISTRATOR),
    Route("POST", "/administration/audit", audit.check, Entry.ADMINISTRATOR),
    # Concerns, and the messages that say to look at them
    Route("GET", "/console/concerns", concerns.index, Entry.SUPERVISOR),
    Route("POST", "/console/concerns/{id}/acknowledge", concerns.seen, Entry.SUPERVISOR),
    Route("POST", "/console/concerns/{id}/done", concerns.done, Entry.SUPERVISOR),
    Route("GET", "/console/notifications", notifications.index, Entry.SUPERVISOR),
    Route("POST", "/console/notifications", notifications.change, Entry.SUPERVISOR),
    # Double readings: offered by the author, read by two
    Route("POST", "/reflections/{id}/double-reading", double_reading.decide, Entry.THERAPIST),
    Route("GET", "/console/double-readings", double_readings.index, Entry.SUPERVISOR),
    Route("POST", "/console/double-readings.csv", double_readings.export, Entry.SUPERVISOR),
    Route("GET", "/console/{id}/double-reading", double_reading.read, Entry.SUPERVISOR),
    Route("POST", "/console/{id}/double-reading/done", double_reading.done, Entry.SUPERVISOR),
    Route(
        "POST",
        "/console/{id}/double-reading/findings/{finding}",
        double_reading.add_label,
        Entry.SUPERVISOR,
    ),
    Route(
        "POST",
        "/console/{id}/double-reading/settled/{finding}",
        double_reading.settled,
        Entry.SUPERVISOR,
    ),
    # Over time: of one therapist, a therapist's own, and teams
    Route("GET", "/console/over-time", over_time.read, Entry.SUPERVISOR),
    Route("GET", "/over-time", over_time.read, Entry.THERAPIST),
    Route("GET", "/console/team-trends", team_trends.index, Entry.SUPERVISOR),
    # What is taken away as a file
    Route("GET", "/console/{id}/export.pdf", export.as_pdf, Entry.SUPERVISOR),
    Route("GET", "/console/{id}/export.md", export.as_text, Entry.SUPERVISOR),
    Route("GET", "/console/{id}/export.json", export.as_json, Entry.SUPERVISOR),
    Route("GET", "/reflections/{id}/export.pdf", export.as_pdf, Entry.THERAPIST),
    Route("GET", "/reflections/{id}/export.md", export.as_text, Entry.THERAPIST),
    Route("GET", "/reflections/{id}/export.json", export.as_json, Entry.THERAPIST),
    Route("GET", "/console/export.csv", export.table_as_csv, Entry.SUPERVISOR),
    Route("GET", "/console/export.parquet", export.table_as_parquet, Entry.SUPERVISOR),
    # Talking points: a supervisor's about a therapist, a therapist's for a supervisor
    Route("GET", "/console/talking-points", talking_points.index, Entry.SUPERVISOR),
    Route("POST", "/console/talking-points", talking_points.show, Entry.SUPERVISOR),
    Route("POST", "/console/talking-points/export.md", talking_points.as_text, Entry.SUPERVISOR),
    Route("POST", "/console/talking-points/export.pdf", talking_points.as_pdf, Entry.SUPERVISOR),
    Route("GET", "/talking-points", talking_points.index, Entry.THERAPIST),
    Route("POST", "/talking-points", talking_points.show, Entry.THERAPIST),
    Route("POST", "/talking-points/export.md", talking_points.as_text, Entry.THERAPIST),
    Route("POST", "/talking-points/export.pdf", talking_points.as_pdf, Entry.THERAPIST),
)


def doors() -> Doors:
    """Give who may enter where and with what, as the checks in front look it up."""
    return {
        (route.method, route.path): Door(
            route.entry, CONTRACTS.get((route.method, route.path), NO_CONTRACT)
        )
        for route in ROUTES
    }


def add_routes(app: web.Application) -> None:
    """Put every route on the application."""
    for route in ROUTES:
        app.router.add_route(route.method, route.path, route.handler)
