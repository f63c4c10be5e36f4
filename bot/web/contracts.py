"""What every route takes and gives, in the order of `routes.py`.

Bodies are checked against this, the OpenAPI document is derived from it, and the tests hold
the answers against it. A route without a line here takes no body and fails the tests.
"""

from __future__ import annotations

from bot.storage.states import Purpose
from bot.web import bodies, views
from bot.web.contract import PAGE, Contract, File

_ID = {"id": {"type": "string", "description": "A reflection's id."}}
_PURPOSE = {"purpose": {"type": "string", "enum": [purpose.value for purpose in Purpose]}}
_NAME = {"name": {"type": "string", "description": "The name of a file of the page."}}
_AFTER = {"after": {"type": "string", "description": "The number of the last turn known."}}

CONTRACTS = {
    ("GET", "/healthz"): Contract({200: views.Health, 503: views.Health}),
    ("GET", "/openapi.json"): Contract({200: views.Document}),
    # Signing in and out
    ("GET", "/sign-in"): Contract({200: PAGE}, may_be_framed=True),
    ("POST", "/api/sign-in"): Contract({200: views.Me}, bodies.Link, refuses=(403,)),
    ("POST", "/api/sign-out"): Contract({204: None}),
    ("GET", "/api/me"): Contract({200: views.Me}),
    # The chat
    ("GET", "/"): Contract({200: PAGE, 303: None}, may_be_framed=True),
    ("GET", "/static/{name}"): Contract({200: File("*/*")}, where=_NAME),
    ("GET", "/api/contacts"): Contract({200: views.Contacts}),
    ("GET", "/api/reflections"): Contract({200: views.Reflections}),
    ("POST", "/api/reflections"): Contract({201: views.Reflection}, bodies.NewReflection),
    ("GET", "/api/reflections/{id}"): Contract({200: views.WholeReflection}, where=_ID),
    ("DELETE", "/api/reflections/{id}"): Contract({204: None}, where=_ID),
    ("GET", "/api/reflections/{id}/socket"): Contract(
        {101: None}, where=_ID | _AFTER, refuses=(400, 403), is_socket=True
    ),
    ("GET", "/api/reflections/{id}/summary"): Contract({200: views.Summary}, where=_ID),
    ("GET", "/api/reflections/{id}/summary.md"): Contract({200: File("text/markdown")}, where=_ID),
    ("POST", "/api/reflections/{id}/share"): Contract({200: views.Shared}, where=_ID),
    ("DELETE", "/api/reflections/{id}/share"): Contract({204: None}, where=_ID),
    ("GET", "/api/consents"): Contract({200: views.Consents}),
    ("PUT", "/api/consents/{purpose}"): Contract(
        {200: views.Consents}, bodies.YesOrNo, where=_PURPOSE
    ),
    # The console
    ("GET", "/console"): Contract({200: PAGE}),
    ("GET", "/console/{id}"): Contract({200: PAGE}, where=_ID),
}
