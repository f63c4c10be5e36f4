"""The tables of signing in: what an account can prove itself with, and what is half done.

Nothing here opens anything to whoever reads it: tokens and codes are stored as hashes,
passwords as argon2id, the second factor's secret and half-done sign-ins sealed.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.columns import new_id
from bot.storage.models import Base
from bot.storage.states import ChallengePurpose

_Id = String(32)
_Hash = String(64)


class Passkey(Base):
    """A passkey of an account, under the name its owner gave it."""

    __tablename__ = "passkeys"
    id: Mapped[str] = mapped_column(_Id, primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    # WebAuthn allows a credential id at most 1023 bytes.
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1023), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int]
    name: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Password(Base):
    """A password as argon2id. It lets nobody in without the second factor beside it."""

    __tablename__ = "passwords"
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    # The account's name as it is compared: case and spaces do not matter.
    sign_in_name: Mapped[str] = mapped_column(String(300), unique=True)
    argon2: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime]


class SecondFactor(Base):
    """The secret behind the codes of an authenticator app, sealed, and the last step used."""

    __tablename__ = "second_factors"
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    sealed_secret: Mapped[bytes] = mapped_column(LargeBinary)
    # A code of this step or of an earlier one is refused: it was seen before.
    last_step: Mapped[int]
    made_at: Mapped[datetime]


class RecoveryCode(Base):
    """A code that stands in for the second factor once."""

    __tablename__ = "recovery_codes"
    code_hash: Mapped[str] = mapped_column(_Hash, primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    used_at: Mapped[datetime | None]


class ClinicIdentity(Base):
    """Who an account is at the clinic's own sign-in (OpenID Connect)."""

    __tablename__ = "clinic_identities"
    # The issuer belongs to it: another clinic's server may know the same subject.
    __table_args__ = (UniqueConstraint("issuer", "oidc_subject"),)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    issuer: Mapped[str] = mapped_column(String(300))
    oidc_subject: Mapped[str] = mapped_column(String(255))
    bound_at: Mapped[datetime]


class Challenge(Base):
    """A sign-in, or a change of one, that is half done. Taken up once, within minutes."""

    __tablename__ = "sign_in_challenges"
    token_hash: Mapped[str] = mapped_column(_Hash, primary_key=True)
    purpose: Mapped[ChallengePurpose]
    account_id: Mapped[str | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    tries_left: Mapped[int]
    ends_at: Mapped[datetime]


class Tries(Base):
    """How often a sign-in was tried in vain in one person's name, and until when it waits."""

    __tablename__ = "sign_in_tries"
    key_hash: Mapped[str] = mapped_column(_Hash, primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]
    wait_until: Mapped[datetime]


class KnownBrowser(Base):
    """A browser its owner signed in with before: what strangers try does not slow it down."""

    __tablename__ = "known_browsers"
    token_hash: Mapped[str] = mapped_column(_Hash, primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("accounts.id"), index=True)
    ends_at: Mapped[datetime]
