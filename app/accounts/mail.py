"""Account mail: reset links, invitations, notices to members. Plain text, and never part of a lead's history.

By SMTP when `mail_transport` is `smtp`; otherwise each message becomes a file under
`var/account-mail/`, which the account mail page shows outside production, so that nothing leaves by accident.
"""

import smtplib
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import format_datetime, make_msgid
from pathlib import Path
from threading import Thread
from typing import Any

import structlog
from flask import current_app
from flask_security.mail_util import EmailValidateException, MailUtil
from pydantic import TypeAdapter, ValidationError
from uuid_utils.compat import uuid7

from app.kernel import clock
from app.kernel.schema import Email
from app.kernel.smtp import Server, session
from app.settings import Settings

log = structlog.get_logger(__name__)

KEPT = 50
"""How many recent messages the page shows."""
MOST_KEPT = 500
"""How many files stay."""


_Email: TypeAdapter[str] = TypeAdapter(Email)
_SEVEN_BIT = policy.default.clone(cte_type="7bit")
"""What every mail server takes."""


class SecurityMail(MailUtil):
    """Flask-Security's mail, sent our way, and its addresses, in our normal form."""

    def send_mail(self, template: str, subject: str, recipient: Any, *rendered: Any, **_: Any) -> None:
        _sender, body, _html = rendered
        send(recipient, str(subject), body)

    def normalize(self, email: str) -> str:
        try:
            return _Email.validate_python(email.strip())
        except ValidationError:
            raise EmailValidateException("This is not an e-mail address.") from None

    def validate(self, email: str) -> str:
        return self.normalize(email)


def mailbox(given: str) -> str:
    """The one form of all spellings of an address; what is no address comes back in lower case, cut."""
    try:
        return _Email.validate_python(given.strip())
    except ValidationError:
        return given.strip().lower()[:254]


def send(recipient: str, subject: str, text: str) -> None:
    """Send, without waiting for the mail server: a delay must not tell whether an account exists.

    A message the server refuses is logged and lost; the person asks again.
    """
    settings: Settings = current_app.extensions["settings"]
    message = compose(settings.mail_from, recipient, subject, text)
    if settings.mail_transport == "smtp":
        Thread(target=_deliver, args=(message, settings.smtp_url), daemon=False).start()
    else:
        keep(message.as_bytes())


def kept() -> Iterator[EmailMessage]:
    """The messages kept on this machine, newest first."""
    paths = sorted(_folder(current_app.extensions["settings"]).glob("*.eml"), reverse=True)[:KEPT]
    for path in paths:
        yield BytesParser(EmailMessage, policy=policy.default).parsebytes(path.read_bytes())


def compose(sender: str, recipient: str, subject: str, text: str, key: str | None = None) -> EmailMessage:
    """The e-mail; its Message-ID is made of `key`, or new. A line break in the subject is a space."""
    message = EmailMessage(policy=_SEVEN_BIT)
    message["From"], message["To"], message["Subject"] = sender, recipient, " ".join(subject.split())
    message["Date"] = format_datetime(clock.now())
    domain = sender.rpartition("@")[2]
    message["Message-ID"] = f"<{key}@{domain}>" if key else make_msgid(domain=domain)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def _folder(settings: Settings) -> Path:
    return settings.var_dir / "account-mail"


def keep(content: bytes) -> None:
    """Make the e-mail a file on this machine instead; the oldest go when there are many. Raises OSError."""
    folder = _folder(current_app.extensions["settings"])
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in sorted(folder.glob("*.eml"))[: -MOST_KEPT + 1]:
        old.unlink(missing_ok=True)
    (folder / f"{uuid7().hex}.eml").write_bytes(content)


def _deliver(message: EmailMessage, smtp_url: str) -> None:
    try:
        with session(Server.of(smtp_url)) as server:
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        log.error("account_mail_lost", subject=message["Subject"], reason=str(error))
