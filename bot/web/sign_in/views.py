"""What the doors of signing in give: the shape of every answer in JSON."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict

from bot.web.contract import Shape

Roles = Literal["therapist", "supervisor", "administrator"]


class Me(Shape):
    """Who is signed in."""

    name: str
    role: Roles


class CameIn(Me):
    """Who came in just now, and which page is next."""

    go_to: Literal["/", "/your-sign-in"]


class HandedOver(CameIn):
    """Who came in; whether just now, or whether this browser had let them in already."""

    is_new: bool


class PasskeyOptions(Shape):
    """What the browser's own functions for passkeys take, as the WebAuthn standard has it."""

    model_config = ConfigDict(extra="allow")

    challenge: str


class Ticket(Shape):
    """With what the second factor is shown."""

    ticket: str


class Address(Shape):
    """Where the browser goes on."""

    address: str


class KeptPasskey(Shape):
    """A passkey under the name its owner gave it."""

    id: str
    name: str
    made_at: str
    used_at: str | None


class OpenSignIn(Shape):
    """Where somebody is signed in."""

    id: str
    how: Literal["link", "passkey", "password", "clinic", "hand_over"]
    browser: str
    began_at: str
    seen_at: str
    is_this: bool


class MySignIn(Shape):
    """What one signs in with, and where one is signed in now."""

    is_fresh: bool
    passkeys: list[KeptPasskey]
    has_password: bool
    has_second_factor: bool
    recovery_codes_left: int
    has_clinic: bool
    has_slack: bool
    sign_ins: list[OpenSignIn]


class MadePasskey(Shape):
    """The passkey that was made."""

    id: str


class NewFactor(Shape):
    """A secret for an authenticator app, and the ticket that takes it up."""

    ticket: str
    secret: str


class RecoveryCodes(Shape):
    """Codes to recover, shown this once."""

    recovery_codes: list[str]
