"""Every setting of Ballast, from the environment (`BALLAST_...`), a file or its default.

One table: the command line and the documentation derive from these fields. What is secret need
not stand in the environment: where BALLAST_SECRETS names a folder, a file in it that is called
like a setting, `ballast_smtp_password`, holds its value.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

ROOT = Path(__file__).resolve().parent.parent
# What mail servers take without being asked first: no other alphabets, no quotes, no line ends.
MAIL_ADDRESS = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]{0,188}$"

HOST = r"^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$"
_IN_PRIVATE = re.compile(r"https:|http://(localhost|127\.0\.0\.1)[:/]")


class Settings(BaseSettings):
    """What a deployer may decide."""

    model_config = SettingsConfigDict(env_prefix="BALLAST_", frozen=True, extra="ignore")

    var: Path = Field(ROOT / "var", description="Folder for the database, logs and run-time files.")
    models: Path = Field(ROOT / "models", description="Folder of the trained model.")
    library: Path = Field(ROOT / "data" / "library", description="Folder of the library.")
    database: str | None = Field(
        None, description="SQLAlchemy address of the database; SQLite in `var` when empty."
    )
    master_key: SecretStr | None = Field(
        None, description="The master key in base64; read from its file when empty."
    )
    master_key_file: Path | None = Field(
        None, description="File of the master key; `master.key` in `var` when empty."
    )
    keys: Path | None = Field(
        None, description="Folder of the reflections' keys; `keys` in `var` when empty."
    )
    keys_copy: Path | None = Field(
        None,
        description="Folder with the copy of the keys, which erasing reaches into as well.",
    )
    retention_days: int | None = Field(
        None,
        ge=1,
        description="Days after its last change at which a reflection is erased; never when empty.",
    )
    retention_reason: str | None = Field(
        None,
        max_length=300,
        validate_default=True,
        description="Why, as therapists are told it; needed with `retention_days`.",
    )
    host: str = Field("127.0.0.1", description="Address on which the gateway listens.")
    port: int = Field(8600, ge=1, le=65533, description="The gateway's port.")
    metrics_port: int | None = Field(
        None,
        ge=1,
        le=65535,
        description="Port of the gateway's metrics for Prometheus, apart from its own; off when "
        "empty.",
    )
    metrics_host: str = Field(
        "127.0.0.1", description="Address of that port: this machine, or an internal network."
    )
    otlp_endpoint: str | None = Field(
        None,
        pattern=r"^https?://[^/?#@]+/[^?#@]*$",
        description="Where traces go: a collector's address for OTLP over HTTP, as "
        "http://127.0.0.1:4318/v1/traces. Off when empty.",
    )
    rasa_port: int | None = Field(None, description="Rasa's port; the gateway's plus 1 when empty.")
    actions_port: int | None = Field(
        None, description="The action server's port; the gateway's plus 2 when empty."
    )
    rasa_host: str = Field(
        "127.0.0.1",
        pattern=HOST,
        description="Where the gateway reaches Rasa: this machine, or a network of their own.",
    )
    actions_host: str = Field(
        "127.0.0.1",
        pattern=HOST,
        description="Where Rasa and the gateway reach the action server, likewise.",
    )
    rasa_addresses: str | None = Field(
        None,
        description="Where several Rasas are, as `http://host:port`, separated by commas; "
        "they stand in for each other.",
    )
    redis: str | None = Field(
        None,
        pattern="^rediss?://",
        description="Address of the Redis that joins several copies of the gateway, without a "
        "password; one gateway needs none.",
    )
    redis_password: SecretStr | None = Field(None, description="Password of that Redis.")
    redis_password_file: Path | None = Field(None, description="Or the file in which it stands.")
    rasa_secret: SecretStr | None = Field(
        None, description="Shared secret between gateway and Rasa; read from its file when empty."
    )
    rasa_secret_file: Path | None = Field(
        None, description="File of that secret; `run/rasa.secret` in `var` when empty."
    )
    country: str = Field(
        "za", pattern="^[a-z]{2}$", description="Whose contacts and duties are shown in a concern."
    )
    language: str = Field(
        "en",
        pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
        description="Language of the pages' own sentences, of those there are; English when it "
        "is not one of them.",
    )
    longest_message: int = Field(8000, ge=500, le=20_000, description="Characters in one message.")
    requests_per_minute: int = Field(
        3000, ge=1, description="Requests from one address, which may be a whole clinic's."
    )
    messages_per_minute: int = Field(60, ge=1, description="Messages one account may send.")
    sign_ins_per_minute: int = Field(20, ge=1, description="Sign-in tries from one address.")
    passwords_per_minute: int = Field(
        120, ge=1, description="Passwords and codes tried by everybody together."
    )
    link_hours: float = Field(24, gt=0, description="How long a one-time sign-in link works.")
    session_hours: float = Field(12, gt=0, description="How long a sign-in lasts.")
    share_days: int = Field(
        90, ge=1, le=3650, description="Days after which a share ends, unless its author chooses."
    )
    idle_minutes: float = Field(
        60, gt=0, description="How long a sign-in lasts when nothing is done with it."
    )
    public_url: str | None = Field(
        None,
        pattern=r"^https?://[A-Za-z0-9.\-\[\]:]+$",
        description="Where people reach Ballast, as https://ballast.clinic.example; "
        "http://localhost and the port when empty.",
    )
    oidc_issuer: str | None = Field(
        None,
        pattern=r"^(https://|http://(localhost|127\.0\.0\.1)[:/]).*$",
        description="The clinic's own sign-in (OpenID Connect): its issuer. Off when empty.",
    )
    oidc_client_id: str = Field("", description="Ballast's client id there.")
    oidc_client_secret: SecretStr | None = Field(None, description="Ballast's client secret there.")
    oidc_name: str = Field("your clinic", description="What the clinic's sign-in is called.")
    hand_over_issuer: str | None = Field(
        None,
        max_length=300,
        description="Who signs tokens by which a page around the chat signs its reader in: their "
        "`iss`. No hand-over when empty.",
    )
    hand_over_key_file: Path | None = Field(
        None,
        validate_default=True,
        description="File of the key they are checked with: a public key (PEM or JWK), or with "
        "HS256 a shared secret; needed with `hand_over_issuer`.",
    )
    hand_over_algorithm: Literal["ES256", "RS256", "PS256", "HS256"] = Field(
        "ES256", description="The one algorithm that they may be signed with."
    )
    frame_ancestors: str | None = Field(
        None,
        pattern=r"^https?://[A-Za-z0-9.\-:*]+( https?://[A-Za-z0-9.\-:*]+)*$",
        description="Sites that may show the chat in a frame; nobody when empty.",
    )
    answer_seconds: float = Field(20, gt=0, description="How long Rasa may take for one turn.")
    concern_hours: float = Field(
        24, gt=0, description="Hours after which a concern that is still open is marked as such."
    )
    notify: Literal["danger", "concern", "nothing"] = Field(
        "danger",
        description="Of which shares their supervisor is notified: those that show a concern that "
        "stops a reflection, any concern, or none.",
    )
    smtp_host: str | None = Field(
        None, description="Mail server for notifications; no e-mail is sent when empty."
    )
    smtp_port: int = Field(587, ge=1, le=65535, description="The mail server's port.")
    smtp_tls: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the line to the mail server is made private."
    )
    smtp_user: str | None = Field(
        None, description="Name to sign in there with, where one is asked."
    )
    smtp_password: SecretStr | None = Field(None, description="Password to sign in there with.")
    smtp_from: str | None = Field(
        None,
        pattern=MAIL_ADDRESS,
        validate_default=True,
        description="Address that notifications come from; needed with `smtp_host`.",
    )
    slack_webhook: SecretStr | None = Field(
        None, description="Incoming webhook of a Slack channel of the team; not used when empty."
    )

    slack_bot_token: SecretStr | None = Field(
        None, description="Token of the app on the team's own Slack (xoxb-...); off when empty."
    )
    slack_bot_token_file: Path | None = Field(None, description="Or the file in which it stands.")
    slack_app_token: SecretStr | None = Field(
        None, description="Token for Socket Mode (xapp-...), for which no public address is needed."
    )
    slack_app_token_file: Path | None = Field(None, description="Or the file in which it stands.")
    slack_signing_secret: SecretStr | None = Field(
        None, description="Signing secret, for HTTP mode; Socket Mode needs none."
    )
    slack_signing_secret_file: Path | None = Field(
        None, description="Or the file in which it stands."
    )
    slack_mode: Literal["doorbell", "full"] = Field(
        "doorbell",
        description="`doorbell`: Slack only says that a reflection is waiting. `full`: reflections "
        "are held in Slack, which keeps its own copies of them.",
    )
    slack_full_reason: str | None = Field(
        None,
        max_length=300,
        validate_default=True,
        description="Why, as therapists are told it; needed with `slack_mode` full.",
    )
    slack_team: str | None = Field(
        None, description="Id of the team's workspace; that of the token when empty."
    )
    slack_api_url: str = Field(
        "https://slack.com/api/", description="Where Slack's Web API is; another one for tests."
    )
    slack_quiet_seconds: float = Field(
        600, gt=0, description="A socket on which Slack was silent so long is replaced."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read what is given, then the environment, then the folder of secrets if one is named."""
        folder = os.environ.get("BALLAST_SECRETS")
        files = (SecretsSettingsSource(settings_cls, secrets_dir=folder),) if folder else ()
        return (init_settings, env_settings, *files)

    @field_validator("slack_bot_token", "slack_app_token", "slack_signing_secret")
    @classmethod
    def _is_not_blank(cls, secret: SecretStr | None) -> SecretStr | None:
        return secret if secret and secret.get_secret_value().strip() else None

    @field_validator("metrics_port")
    @classmethod
    def _is_apart(cls, port: int | None, info: ValidationInfo) -> int | None:
        if port is not None and port in range(own := info.data.get("port", 0), own + 3):
            raise ValueError("metrics have a port of their own, which nothing else uses")
        return port

    @field_validator("slack_full_reason")
    @classmethod
    def _is_chosen_in_writing(cls, reason: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("slack_mode") == "full" and not (reason or "").strip():
            raise ValueError("with BALLAST_SLACK_MODE=full a reason has to be written here")
        return reason

    @field_validator("retention_reason")
    @classmethod
    def _is_reasoned(cls, reason: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("retention_days") is not None and not (reason or "").strip():
            raise ValueError("with BALLAST_RETENTION_DAYS a reason has to be written here")
        return reason

    @field_validator("hand_over_key_file")
    @classmethod
    def _has_a_key(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        if info.data.get("hand_over_issuer") and (file is None or not file.is_file()):
            raise ValueError("with BALLAST_HAND_OVER_ISSUER the file of its key has to stand here")
        return file

    @field_validator("smtp_from")
    @classmethod
    def _has_a_sender(cls, sender: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("smtp_host") and not sender:
            raise ValueError("with BALLAST_SMTP_HOST the address of the sender has to stand here")
        return sender

    @field_validator("smtp_password")
    @classmethod
    def _is_sent_in_private(
        cls, password: SecretStr | None, info: ValidationInfo
    ) -> SecretStr | None:
        if password is not None and info.data.get("smtp_tls") == "none":
            raise ValueError("a password is not sent over a line that anybody can read")
        return password

    @field_validator("slack_webhook")
    @classmethod
    def _is_reached_in_private(cls, webhook: SecretStr | None) -> SecretStr | None:
        address = webhook.get_secret_value() if webhook else "https:"
        if not _IN_PRIVATE.match(address):
            raise ValueError("the address of a webhook begins with https://")
        return webhook

    @field_validator("slack_api_url")
    @classmethod
    def _is_an_api(cls, address: str) -> str:
        if not _IN_PRIVATE.match(address):
            raise ValueError("the address of Slack begins with https://")
        return address.rstrip("/") + "/"

    @property
    def has_slack_app(self) -> bool:
        """Whether the app on the team's own Slack is set up."""
        return bool(self.slack_bot_token or self.slack_bot_token_file)

    def secret(self, name: str) -> str | None:
        """Give a secret that may stand in a file, from its setting or there. Raises `OSError`."""
        secret: SecretStr | None = getattr(self, name)
        file: Path | None = getattr(self, f"{name}_file")
        if secret is None and file is not None:
            secret = SecretStr(file.read_text(encoding="ascii", errors="replace"))
        return (secret.get_secret_value().strip() if secret else "") or None

    @property
    def database_url(self) -> str:
        """The database's SQLAlchemy address, with an asynchronous driver."""
        return self.database or f"sqlite+aiosqlite:///{self.var / 'ballast.db'}"

    @property
    def master_key_path(self) -> Path:
        """The file of the master key."""
        return self.master_key_file or self.var / "master.key"

    @property
    def rasa_secret_path(self) -> Path:
        """The file in which gateway and Rasa find their shared secret."""
        return self.rasa_secret_file or self.var / "run" / "rasa.secret"

    @property
    def keys_folder(self) -> Path:
        """The folder of the reflections' keys."""
        return self.keys or self.var / "keys"

    @property
    def address(self) -> str:
        """Where people reach Ballast.

        By name rather than as 127.0.0.1: a passkey belongs to a domain, and browsers take
        `localhost` for one but no bare IP address.
        """
        return (self.public_url or f"http://localhost:{self.port}").lower()

    @property
    def clinic_issuer(self) -> str | None:
        """In whose words it is said who an account is at the clinic."""
        return self.oidc_issuer or self.hand_over_issuer

    @property
    def is_https(self) -> bool:
        """Whether people reach Ballast over TLS, be it ended here or by a proxy in front."""
        return self.address.startswith("https://")

    @property
    def passkey_domain(self) -> str | None:
        """The domain that passkeys belong to; None where the address has none."""
        host = urlsplit(self.address).hostname or ""
        is_secure = self.is_https or host == "localhost"
        with suppress(ValueError):
            ip_address(host)
            return None
        return host if is_secure and host else None

    @property
    def rasa_url(self) -> str:
        """Where the gateway reaches Rasa."""
        return f"http://{self.rasa_host}:{self.rasa_port or self.port + 1}"

    @property
    def rasa_urls(self) -> tuple[str, ...]:
        """Where the gateway reaches each Rasa there is."""
        named = (self.rasa_addresses or "").split(",")
        return tuple(one.strip().rstrip("/") for one in named if one.strip()) or (self.rasa_url,)

    @property
    def actions_url(self) -> str:
        """Where Rasa reaches the action server."""
        return f"http://{self.actions_host}:{self.actions_port or self.port + 2}"
