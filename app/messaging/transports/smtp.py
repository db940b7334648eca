"""SMTP (RFC 5321), one connection a message.

What an answer means: 2xx to the end of DATA is accepted, 5xx about the message is permanent, 4xx or a
connection cut before the end of DATA is temporary; a connection cut after the end of DATA was sent and
before its answer is unknown (RFC 5321 §4.5.3.2.6 has this gap). A server that refuses us (greeting,
TLS, password) says nothing about the message, so that is temporary whatever the code.
"""

import smtplib
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from select import select
from threading import Timer
from urllib.parse import unquote, urlsplit

from app.messaging.transports import Accepted, Envelope, Permanent, Result, Temporary, Unknown

CONNECT, TOTAL = 10.0, 30.0
"""Seconds for the connection, and for everything."""
_END = b".\r\n"


@dataclass(frozen=True)
class Server:
    """Where and as whom. With a password, or by `smtps`, the certificate is verified; otherwise
    encryption is opportunistic (RFC 7435): better than none, and no worse than what is offered."""

    host: str
    port: int
    user: str | None
    password: str | None
    tls: bool

    @classmethod
    def of(cls, url: str) -> "Server":
        """From `smtp://user:password@host:port` or `smtps://…`. ValueError for anything else."""
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("SMTP_URL is smtp://user:password@host:port or smtps://…")
        tls = parts.scheme == "smtps"
        user, password = (unquote(part) if part else None for part in (parts.username, parts.password))
        return cls(parts.hostname, parts.port or (465 if tls else 587), user, password, tls)

    def context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if not (self.tls or self.user):
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


class _Refused(Exception):
    """A reply that ends the attempt; `permanent` when it is about the message, not about us."""

    def __init__(self, stage: str, code: int) -> None:
        super().__init__(f"smtp_{code}_{stage}")
        self.permanent = 500 <= code < 600
        self.garbled = not 400 <= code < 600


class Smtp:
    """Sends through one server; the SMTP port of `transports`."""

    name = "smtp"
    is_idempotent = False

    def __init__(self, url: str, *, connect: float = CONNECT, total: float = TOTAL) -> None:
        self.server = Server.of(url)
        self.connect_seconds = connect
        self.total_seconds = total

    def send(self, envelope: Envelope) -> Result:
        ended = False
        try:
            with self._session() as smtp:
                _introduce(smtp, envelope)
                smtp.send(_stuffed(envelope))
                _expect_silence(smtp)
                ended = True  # from the first byte of the end mark on, the server may have it all
                smtp.send(_END)
                code, reply = smtp.getreply()
                _expect(code, "data", 2)
                _say_goodbye(smtp)
                return Accepted(reply.decode(errors="replace")[:255])
        except _Refused as refusal:
            if ended and refusal.garbled:
                return Unknown(str(refusal))
            return Permanent(str(refusal)) if refusal.permanent else Temporary(str(refusal))
        except smtplib.SMTPNotSupportedError:
            return Permanent("smtputf8_not_supported")
        except smtplib.SMTPResponseException as error:
            return Temporary(f"smtp_{error.smtp_code}_session")
        except (smtplib.SMTPException, OSError) as error:
            reason = f"smtp_{'unanswered' if ended else 'cut'}_{type(error).__name__}"
            return Unknown(reason) if ended else Temporary(reason)

    @contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        """A connection, greeted, encrypted and signed in as far as offered; cut when the time is up."""
        deadline = time.monotonic() + self.total_seconds
        smtp = self._connect()
        watch = Timer(max(0.0, deadline - time.monotonic()), _cut, [smtp])
        watch.daemon = True
        watch.start()
        try:
            smtp.ehlo_or_helo_if_needed()
            if not self.server.tls and smtp.has_extn("starttls"):
                smtp.starttls(context=self.server.context())
                smtp.ehlo()
            if self.server.user:
                smtp.login(self.server.user, self.server.password or "")
            yield smtp
        finally:
            watch.cancel()
            smtp.close()

    def _connect(self) -> smtplib.SMTP:
        host, port, name = self.server.host, self.server.port, _own_name()
        if self.server.tls:
            context = self.server.context()
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port, name, timeout=self.connect_seconds, context=context
            )
        else:
            smtp = smtplib.SMTP(host, port, name, timeout=self.connect_seconds)
        if smtp.sock:
            smtp.sock.settimeout(self.total_seconds)
        return smtp


def _own_name() -> str:
    """For EHLO: our host's name if it is a full one, else an address literal. No look-up: DNS may hang."""
    name = socket.gethostname()
    return name if "." in name else "[127.0.0.1]"


def _introduce(smtp: smtplib.SMTP, envelope: Envelope) -> None:
    """MAIL, RCPT and DATA up to the point where the text may follow."""
    options = () if envelope.recipient.isascii() else ("SMTPUTF8",)
    _expect(smtp.mail(envelope.sender, options)[0], "mail", 2)
    _expect(smtp.rcpt(envelope.recipient)[0], "rcpt", 2)
    _expect(smtp.docmd("DATA")[0], "data", 3)


def _expect_silence(smtp: smtplib.SMTP) -> None:
    """A server that speaks or hangs up before the end mark will not take it: do not send the mark."""
    if smtp.sock and select([smtp.sock], [], [], 0)[0]:
        raise smtplib.SMTPServerDisconnected("before the end of DATA")


def _say_goodbye(smtp: smtplib.SMTP) -> None:
    """Without waiting for the answer: the message is theirs already."""
    with suppress(smtplib.SMTPException, OSError):
        smtp.send(b"QUIT\r\n")


def _cut(smtp: smtplib.SMTP) -> None:
    """Time is up: a server that trickles would otherwise hold us for ever."""
    with suppress(OSError):
        if smtp.sock:
            smtp.sock.shutdown(socket.SHUT_RDWR)


def _stuffed(envelope: Envelope) -> bytes:
    """The message as lines of DATA: CRLF, and a leading dot doubled (RFC 5321 §4.5.2)."""
    data = envelope.message.as_bytes()
    stuffed = b"\r\n".join(b"." + line if line.startswith(b".") else line for line in data.splitlines())
    return stuffed + b"\r\n"


def _expect(code: int, stage: str, family: int) -> None:
    if code // 100 != family:
        raise _Refused(stage, code)
