"""What every route takes and gives, in the order of `routes.py`.

Bodies are checked against this, the OpenAPI document is derived from it, and the tests hold
the answers against it. A route without a line here takes no body and fails the tests.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.conversation.administration.audited import LISTED
from bot.conversation.review.over_time import SPANS
from bot.conversation.review.queue import STATES
from bot.storage.states import Purpose
from bot.themes.findings import Theme
from bot.web import bodies, views
from bot.web.administration import bodies as administration_bodies
from bot.web.console import bodies as console_bodies
from bot.web.contract import PAGE, Contract, File
from bot.web.sign_in import bodies as sign_in_bodies
from bot.web.sign_in import views as sign_in_views

_ID = {"id": {"type": "string", "description": "A reflection's id."}}
_VIEW = {"view": {"type": "string", "description": "A kept filter's id."}}
_FINDING = {"finding": {"type": "string", "description": "A finding's id."}}
_SHARE = {"share": {"type": "string", "description": "A share's id."}}
_PASSKEY = {"id": {"type": "string", "description": "A passkey's id."}}
_SIGN_IN = {"id": {"type": "string", "description": "A sign-in's id."}}
_BACK = {
    "state": {"type": "string", "description": "What was sent along to the clinic's server."},
    "code": {"type": "string", "description": "What the clinic's server gives for it."},
}
_PURPOSE = {"purpose": {"type": "string", "enum": [purpose.value for purpose in Purpose]}}
_NAME = {"name": {"type": "string", "description": "The name of a file of the page."}}
_LANGUAGE: Mapping[str, Mapping[str, object]] = {
    "language": {"type": "string", "description": "A language that is there, as en."}
}
_FRAME = {
    **_LANGUAGE,
    "frame": {"type": "string", "enum": ["", "1"], "description": "1: as it looks in a frame."},
    "parent": {"type": "string", "description": "The origin of the page around the frame."},
}
_AFTER = {"after": {"type": "string", "description": "The number of the last turn known."}}
_QUEUE: Mapping[str, Mapping[str, object]] = {
    "therapist": {"type": "string", "description": "An account's id."},
    "theme": {"type": "string", "description": "A theme, or a theme/subtheme."},
    "concern": {"type": "string", "description": "A kind of concern, or any."},
    "state": {"type": "string", "enum": ["", *STATES]},
    "since": {"type": "string", "description": "Shared from this day on, as 2026-03-02."},
    "until": {"type": "string", "description": "Shared until this day."},
    "question": {"type": "string", "enum": ["", "yes"]},
    "disagreement": {"type": "string", "enum": ["", "yes"]},
    "after": {"type": "string", "description": "Where the page before ended."},
}
# What was refused is shown on the page on which it was written.
_COMMENT = Contract(
    {200: PAGE, 303: None, 422: PAGE},
    console_bodies.Comment,
    where=_ID,
    body_bytes=console_bodies.COMMENT_BYTES,
    is_form=True,
)
_ACCOUNT = {"account": {"type": "string", "description": "An account's id."}}
_EVENT = {"event": {"type": "string", "enum": ["", *LISTED]}}
# What an administrator is answered to a form: on to the page, or the page with what was typed.
_FORM: Mapping[int, File | None] = {303: None, 400: PAGE}
_FRESH_FORM: Mapping[int, File | None] = {**_FORM, 403: PAGE}
_AT = {"at": {"type": "string", "description": "Which finding is shown: its id."}}
_OF_A_THEME: Mapping[str, Mapping[str, object]] = {
    **_ID,
    "theme": {"type": "string", "enum": [theme.value for theme in Theme]},
}
_CONCERN = {"id": {"type": "string", "description": "A concern's id."}}
_SINCE = {"since": {"type": "string", "description": "Also what was closed since this day."}}
_THERAPIST = {"therapist": {"type": "string", "description": "An account's id."}} | _SINCE
_SUPERVISOR = {"supervisor": {"type": "string", "description": "An account's id."}} | _SINCE


def _points(where: Mapping[str, Mapping[str, object]], media_type: str = "text/html") -> Contract:
    """Give what is taken with talking points: their page, or a file of them."""
    return Contract(
        {200: File(media_type), 422: PAGE},
        console_bodies.Points,
        where=where,
        body_bytes=console_bodies.POINTS_BYTES,
        is_form=True,
    )


_CONCERNS = {"after": {"type": "string", "description": "Where the page before ended."}}
_WEEKS: Mapping[str, Mapping[str, object]] = {
    "weeks": {"type": "string", "enum": ["", *map(str, SPANS)]}
}
_WHOSE = {"therapist": {"type": "string", "description": "An account's id."}}

CONTRACTS = {
    ("GET", "/healthz"): Contract({200: views.Health, 503: views.Health}),
    ("GET", "/openapi.json"): Contract({200: views.Document}),
    # Signing in and out
    ("GET", "/sign-in"): Contract({200: PAGE}, where=_FRAME, may_be_framed=True),
    ("POST", "/api/sign-in"): Contract({200: sign_in_views.CameIn}, sign_in_bodies.Link),
    ("POST", "/api/sign-in/passkey/begin"): Contract({200: sign_in_views.PasskeyOptions}),
    ("POST", "/api/sign-in/passkey"): Contract(
        {200: sign_in_views.CameIn},
        sign_in_bodies.PasskeyUsed,
        body_bytes=sign_in_bodies.CREDENTIAL_BYTES,
    ),
    ("POST", "/api/sign-in/password"): Contract(
        {200: sign_in_views.Ticket},
        sign_in_bodies.PasswordTried,
        body_bytes=sign_in_bodies.SECRET_BYTES,
    ),
    ("POST", "/api/sign-in/code"): Contract({200: sign_in_views.CameIn}, sign_in_bodies.CodeTried),
    ("POST", "/api/sign-in/hand-over"): Contract(
        {200: sign_in_views.HandedOver},
        sign_in_bodies.HandOver,
        body_bytes=sign_in_bodies.HAND_OVER_BYTES,
    ),
    ("POST", "/api/sign-in/clinic"): Contract({200: sign_in_views.Address}),
    ("GET", "/sign-in/clinic/back"): Contract({200: PAGE, 403: PAGE}, where=_BACK),
    ("POST", "/api/sign-out"): Contract({204: None}),
    ("GET", "/api/me"): Contract({200: sign_in_views.Me}),
    # What one signs in with
    ("GET", "/your-sign-in"): Contract({200: PAGE}, where=_LANGUAGE),
    ("GET", "/api/my/sign-in"): Contract({200: sign_in_views.MySignIn}),
    ("POST", "/api/my/passkeys/begin"): Contract({200: sign_in_views.PasskeyOptions}),
    ("POST", "/api/my/passkeys"): Contract(
        {201: sign_in_views.MadePasskey},
        sign_in_bodies.PasskeyMade,
        body_bytes=sign_in_bodies.CREDENTIAL_BYTES,
    ),
    ("DELETE", "/api/my/passkeys/{id}"): Contract({204: None}, where=_PASSKEY),
    ("PUT", "/api/my/password"): Contract(
        {204: None}, sign_in_bodies.NewPassword, body_bytes=sign_in_bodies.SECRET_BYTES
    ),
    ("DELETE", "/api/my/password"): Contract({204: None}),
    ("POST", "/api/my/second-factor/begin"): Contract({200: sign_in_views.NewFactor}),
    ("GET", "/api/my/second-factor/picture"): Contract({200: File("image/svg+xml")}),
    ("POST", "/api/my/second-factor"): Contract(
        {200: sign_in_views.RecoveryCodes}, sign_in_bodies.CodeTried
    ),
    ("POST", "/api/my/recovery-codes"): Contract({200: sign_in_views.RecoveryCodes}),
    ("POST", "/api/my/clinic"): Contract({200: sign_in_views.Address}),
    ("DELETE", "/api/my/clinic"): Contract({204: None}),
    ("DELETE", "/api/my/sign-ins"): Contract({204: None}),
    ("DELETE", "/api/my/sign-ins/{id}"): Contract({204: None}, where=_SIGN_IN),
    # The team's own Slack
    ("GET", "/slack/link"): Contract({200: PAGE}),
    ("POST", "/api/my/slack"): Contract({204: None}, sign_in_bodies.Link),
    ("DELETE", "/api/my/slack"): Contract({204: None}),
    ("POST", "/slack/events"): Contract(
        {200: File("*/*")},
        bodies.FromSlack,
        refuses=(401, 404),
        body_bytes=bodies.SLACK_BYTES,
        is_form=True,
    ),
    # The chat
    ("GET", "/"): Contract({200: PAGE, 303: None}, where=_FRAME, may_be_framed=True),
    ("GET", "/static/{name}"): Contract(
        {200: File("*/*"), 304: None}, where=_NAME, may_be_kept=True
    ),
    ("GET", "/embed.js"): Contract(
        {200: File("text/javascript"), 304: None}, may_be_kept=True, is_for_other_sites=True
    ),
    ("GET", "/api/contacts"): Contract({200: views.Contacts}),
    ("GET", "/api/groundings"): Contract({200: views.Groundings}),
    ("GET", "/api/reflections"): Contract({200: views.Reflections}),
    ("POST", "/api/reflections"): Contract({201: views.Reflection}, bodies.NewReflection),
    ("GET", "/api/reflections/{id}"): Contract({200: views.WholeReflection}, where=_ID),
    ("DELETE", "/api/reflections/{id}"): Contract({204: None}, where=_ID, refuses=(409,)),
    ("GET", "/api/reflections/{id}/socket"): Contract(
        {101: None}, where=_ID | _AFTER, refuses=(400, 403), is_socket=True
    ),
    ("PUT", "/api/reflections/{id}/themes/{theme}"): Contract(
        {200: views.WholeReflection}, bodies.Judgement, where=_OF_A_THEME, refuses=(409,)
    ),
    ("GET", "/api/reflections/{id}/summary"): Contract({200: views.Summary}, where=_ID),
    ("GET", "/api/reflections/{id}/summary.md"): Contract({200: File("text/markdown")}, where=_ID),
    # Sharing
    ("GET", "/api/reflections/{id}/share"): Contract({200: views.Ledger}, where=_ID),
    ("POST", "/api/reflections/{id}/share"): Contract(
        {200: views.Shared}, bodies.Wish, where=_ID, body_bytes=bodies.WISH_BYTES
    ),
    ("DELETE", "/api/reflections/{id}/share"): Contract({204: None}, where=_ID),
    ("POST", "/api/reflections/{id}/share/preview"): Contract(
        {200: views.Preview}, bodies.Wish, where=_ID, body_bytes=bodies.WISH_BYTES
    ),
    ("GET", "/api/reflections/{id}/share/{share}"): Contract(
        {200: views.Shown}, where=_ID | _SHARE
    ),
    ("DELETE", "/api/reflections/{id}/share/{share}"): Contract({204: None}, where=_ID | _SHARE),
    # What an author separately says yes to
    # What was erased
    ("GET", "/api/erasures"): Contract({200: views.Erasures}),
    ("GET", "/api/consents"): Contract({200: views.Consents}),
    ("GET", "/api/consents/history"): Contract({200: views.ConsentHistory}),
    ("PUT", "/api/consents/{purpose}"): Contract(
        {200: views.Consents}, bodies.YesOrNo, where=_PURPOSE
    ),
    # What changed, for whoever has a page of the console open
    ("GET", "/news"): Contract({101: None}, refuses=(403,), is_socket=True),
    # The console
    ("GET", "/console"): Contract({200: PAGE}, where=_QUEUE),
    ("POST", "/console/views"): Contract(
        {303: None, 422: PAGE}, console_bodies.NewView, is_form=True
    ),
    ("POST", "/console/views/{view}/remove"): Contract({303: None}, where=_VIEW),
    ("GET", "/console/search"): Contract({200: PAGE}),
    ("POST", "/console/search"): Contract(
        {200: PAGE, 422: PAGE}, console_bodies.Search, is_form=True
    ),
    ("GET", "/console/{id}"): Contract({200: PAGE}, where=_ID),
    ("POST", "/console/{id}/state"): Contract(
        {303: None}, console_bodies.Deed, where=_ID, is_form=True
    ),
    ("POST", "/console/{id}/comments"): _COMMENT,
    ("POST", "/console/{id}/findings/{finding}"): Contract(
        {303: None, 422: PAGE}, console_bodies.Label, where=_ID | _FINDING, is_form=True
    ),
    # The same page for a reflection's author
    ("GET", "/reflections/{id}"): Contract({200: PAGE}, where=_ID),
    ("POST", "/reflections/{id}/comments"): _COMMENT,
    # Administration
    ("GET", "/administration"): Contract({200: PAGE}),
    ("POST", "/administration"): Contract(
        {200: PAGE, 400: PAGE, 403: PAGE}, administration_bodies.NewPerson, is_form=True
    ),
    ("GET", "/administration/people/{account}"): Contract({200: PAGE}, where=_ACCOUNT),
    ("POST", "/administration/people/{account}/close"): Contract(_FORM, where=_ACCOUNT),
    ("POST", "/administration/people/{account}/open"): Contract(
        {303: None, 403: PAGE}, where=_ACCOUNT, is_form=True
    ),
    ("POST", "/administration/people/{account}/link"): Contract(
        {200: PAGE, 400: PAGE, 403: PAGE}, where=_ACCOUNT, is_form=True
    ),
    ("GET", "/administration/teams"): Contract({200: PAGE}),
    ("POST", "/administration/teams"): Contract(
        _FORM, administration_bodies.TeamAndPerson, is_form=True
    ),
    ("POST", "/administration/teams/leave"): Contract(
        _FORM, administration_bodies.TeamAndPerson, is_form=True
    ),
    ("GET", "/administration/supervision"): Contract({200: PAGE}),
    ("POST", "/administration/supervision"): Contract(
        _FRESH_FORM, administration_bodies.NewSupervision, is_form=True
    ),
    ("POST", "/administration/supervision/end"): Contract(
        _FRESH_FORM, administration_bodies.LastDay, is_form=True
    ),
    ("GET", "/administration/contacts"): Contract({200: PAGE}),
    ("GET", "/administration/keeping"): Contract({200: PAGE}),
    ("POST", "/administration/keeping"): Contract(
        _FORM, administration_bodies.NewHold, is_form=True
    ),
    ("POST", "/administration/keeping/release"): Contract(
        _FORM, administration_bodies.Held, is_form=True
    ),
    ("GET", "/administration/health"): Contract({200: PAGE}),
    ("GET", "/administration/audit"): Contract({200: PAGE}, where=_EVENT),
    ("POST", "/administration/audit"): Contract(
        {200: PAGE, 400: PAGE}, administration_bodies.SavedHead, is_form=True
    ),
    # Concerns, and the messages that say to look at them
    ("GET", "/console/concerns"): Contract({200: PAGE}, where=_CONCERNS),
    ("POST", "/console/concerns/{id}/acknowledge"): Contract({303: None}, where=_CONCERN),
    ("POST", "/console/concerns/{id}/done"): Contract(
        {303: None, 422: PAGE},
        console_bodies.WhatWasDone,
        where=_CONCERN,
        is_form=True,
        body_bytes=console_bodies.DONE_BYTES,
    ),
    ("GET", "/console/notifications"): Contract({200: PAGE}),
    ("POST", "/console/notifications"): Contract(
        {303: None, 422: PAGE}, console_bodies.Notified, is_form=True
    ),
    # Double readings
    ("POST", "/reflections/{id}/double-reading"): Contract(
        {303: None, 422: PAGE}, console_bodies.DoubleReading, where=_ID, is_form=True
    ),
    ("GET", "/console/double-readings"): Contract({200: PAGE}),
    ("POST", "/console/double-readings.csv"): Contract(
        {200: File("text/csv"), 422: PAGE},
        console_bodies.Approval,
        is_form=True,
        body_bytes=console_bodies.APPROVAL_BYTES,
    ),
    ("GET", "/console/{id}/double-reading"): Contract({200: PAGE}, where=_ID | _AT),
    ("POST", "/console/{id}/double-reading/done"): Contract({303: None, 422: PAGE}, where=_ID),
    ("POST", "/console/{id}/double-reading/findings/{finding}"): Contract(
        {303: None, 422: PAGE}, console_bodies.Label, where=_ID | _FINDING, is_form=True
    ),
    ("POST", "/console/{id}/double-reading/settled/{finding}"): Contract(
        {303: None, 422: PAGE}, console_bodies.Settled, where=_ID | _FINDING, is_form=True
    ),
    # Over time
    ("GET", "/console/over-time"): Contract({200: PAGE}, where={**_WHOSE, **_WEEKS}),
    ("GET", "/over-time"): Contract({200: PAGE}, where=_WEEKS),
    ("GET", "/console/team-trends"): Contract({200: PAGE}),
    # What is taken away as a file
    ("GET", "/console/{id}/export.pdf"): Contract({200: File("application/pdf")}, where=_ID),
    ("GET", "/console/{id}/export.md"): Contract({200: File("text/markdown")}, where=_ID),
    ("GET", "/console/{id}/export.json"): Contract({200: File("application/json")}, where=_ID),
    ("GET", "/reflections/{id}/export.pdf"): Contract({200: File("application/pdf")}, where=_ID),
    ("GET", "/reflections/{id}/export.md"): Contract({200: File("text/markdown")}, where=_ID),
    ("GET", "/reflections/{id}/export.json"): Contract({200: File("application/json")}, where=_ID),
    ("GET", "/console/export.csv"): Contract({200: File("text/csv")}, is_streamed=True),
    ("GET", "/console/export.parquet"): Contract(
        {200: File("application/vnd.apache.parquet")}, is_streamed=True
    ),
    # Talking points
    ("GET", "/console/talking-points"): Contract({200: PAGE}, where=_THERAPIST),
    ("POST", "/console/talking-points"): _points(_THERAPIST),
    ("POST", "/console/talking-points/export.md"): _points(_THERAPIST, "text/markdown"),
    ("POST", "/console/talking-points/export.pdf"): _points(_THERAPIST, "application/pdf"),
    ("GET", "/talking-points"): Contract({200: PAGE}, where=_SUPERVISOR),
    ("POST", "/talking-points"): _points(_SUPERVISOR),
    ("POST", "/talking-points/export.md"): _points(_SUPERVISOR, "text/markdown"),
    ("POST", "/talking-points/export.pdf"): _points(_SUPERVISOR, "application/pdf"),
}
