"""Typed settings: the only reader of the environment.

Every setting has a default that works on one machine with nothing installed; what production
must set itself is refused when it is missing (`Settings.check`).
"""

import secrets
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
LONGEST_REPLY_NAME = 24
"""64 characters may stand before an @ (RFC 5321 §4.5.3.1.1); `+` and our token take 40 of them."""
SHORTEST_LEASE = 60.0
"""A send takes 30 s at most, and writing its answer down 21 s more."""
Rate = Annotated[str, Field(pattern=r"^$|^[1-9][0-9]{0,6}/(second|minute|hour|day)$")]
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Settings(BaseSettings):
    """What the environment decides. Durations are seconds, sizes bytes."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    environment: Literal["development", "test", "production"] = "development"
    database_url: str | None = None
    """`postgresql://…`; absent: PostgreSQL 18 from the wheel, under `var/`."""
    redis_url: str | None = None
    """`redis://`, `rediss://`, `unix://`; absent: Valkey from the wheel, under `var/`."""
    var_dir: Path = ROOT / "var"
    secret_key: SecretStr | None = None
    """Signs sessions and links; absent outside production: made once, kept in `var/secret_key`."""
    public_url: str | None = None
    """How people reach the app from outside, without a trailing slash; absent: the local address."""
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    trusted_proxies: int = Field(0, ge=0, le=10)
    max_body: int = Field(256 * 1024, ge=1024)
    database_pool: int = Field(5, ge=1, le=100)
    statement_timeout: float = Field(15.0, gt=0)

    mail_transport: Literal["outbox", "smtp"] = "outbox"
    """`outbox` keeps every message on screen, so that nothing leaves by accident."""
    smtp_url: str | None = None
    """`smtp://user:password@host:port` or `smtps://…`; STARTTLS is used when it is offered."""
    mail_from: str = "leads@localhost.localdomain"
    dns_server: Annotated[str, Field(pattern=r"^[0-9a-fA-F.:]+:[0-9]{1,5}$")] | None = None
    """`address:port` of the server that knows the records of senders' domains; absent: the machine's."""
    sms_transport: Literal["outbox", "http"] = "outbox"
    """`http` sends through a provider with Twilio's interface; `outbox` only shows."""
    sms_url: str = "https://api.twilio.com"
    """Where that interface is, up to `/2010-04-01`."""
    sms_account: str | None = None
    sms_token: SecretStr | None = None
    sms_idempotent: bool = False
    """The provider sends once what comes twice with the same `Idempotency-Key`, so that a call without an
    answer may be repeated. Twilio does not."""

    mail_rate: Rate = "600/minute"
    """How many e-mails may leave in all, as `number/unit`; blank is no limit. Likewise the three below."""
    supplier_mail_rate: Rate = "120/minute"
    sms_rate: Rate = "120/minute"
    supplier_sms_rate: Rate = "30/minute"
    hook_secret: SecretStr | None = Field(None, min_length=24)
    """Signs what a mail provider reports to `/hooks/mail/<provider>`; absent: nothing is taken there."""
    imap_url: SecretStr | None = None
    """`imaps://user:password@host/INBOX`: the mailbox to which replies, bounces and complaints come; absent:
    they go to the supplier's own address, and nothing is read."""
    reply_address: str | None = None
    """The address of that mailbox, which must also take `name+anything@…`; absent: `MAIL_FROM`."""

    ticker_seconds: float = Field(15.0, gt=0, le=300)
    message_lease: float = Field(120.0, gt=0)
    """How long a claimed message waits for its answer before it is uncertain."""
    log_format: Literal["console", "json"] = "console"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    rate_limits: bool = True
    metrics_token: SecretStr | None = None
    """Bearer token for `/metrics`; absent: only this machine may read it."""

    @model_validator(mode="after")
    def check(self) -> "Settings":
        if self.environment == "production":
            missing = [
                n.upper() for n in ("secret_key", "public_url", "database_url") if not getattr(self, n)
            ]
            if missing:
                raise ValueError(f"production needs {', '.join(missing)} in the environment")
            if self.message_lease < SHORTEST_LEASE:
                raise ValueError(f"MESSAGE_LEASE is at least {SHORTEST_LEASE:.0f} s in production")
        if self.mail_transport == "smtp" and not self.smtp_url:
            raise ValueError("MAIL_TRANSPORT=smtp needs SMTP_URL, for example smtp://mail.example:587")
        if self.sms_transport == "http":
            self._check_sms()
        return self

    def _check_sms(self) -> None:
        missing = [n.upper() for n in ("sms_account", "sms_token") if not getattr(self, n)]
        if missing:
            raise ValueError(f"SMS_TRANSPORT=http needs {' and '.join(missing)} of the provider")
        where = urlsplit(self.sms_url)
        if not where.hostname or where.scheme not in ("http", "https") or where.query or where.fragment:
            raise ValueError("SMS_URL is an address such as https://api.twilio.com")
        if where.scheme == "http" and where.hostname not in LOOPBACK:
            raise ValueError("SMS_URL begins with https://, as the token goes with every message")

    @model_validator(mode="after")
    def check_mailbox(self) -> "Settings":
        if self.imap_url:
            parts = urlsplit(self.imap_url.get_secret_value())
            if parts.scheme not in ("imap", "imaps") or not (parts.hostname and parts.username):
                raise ValueError("IMAP_URL is imaps://user:password@host/INBOX")
            local, _, domain = (self.reply_address or self.mail_from).rpartition("@")
            if not domain or not 1 <= len(local) <= LONGEST_REPLY_NAME:
                raise ValueError(f"REPLY_ADDRESS has 1 to {LONGEST_REPLY_NAME} characters before the @")
        return self

    @property
    def replies_to(self) -> str | None:
        """The address of the mailbox that we read; None when we read none."""
        return (self.reply_address or self.mail_from) if self.imap_url else None

    @property
    def base_url(self) -> str:
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def https(self) -> bool:
        return urlsplit(self.base_url).scheme == "https"

    def signing_key(self) -> str:
        """The configured secret, or the one kept under `var/` (made on first use, mode 0600)."""
        if self.secret_key:
            return self.secret_key.get_secret_value()
        path = self.var_dir / "secret_key"
        if not path.exists():
            self.var_dir.mkdir(parents=True, exist_ok=True)
            fresh = path.with_suffix(f".{secrets.token_hex(4)}")
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_urlsafe(48))
            with suppress(FileExistsError):
                path.hardlink_to(fresh)
            fresh.unlink()
        return path.read_text()
