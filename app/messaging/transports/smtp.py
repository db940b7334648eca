"""SMTP (RFC 5321), one connection for many messages.

What an answer means: 2xx to the end of DATA is accepted, 5xx about the message is permanent, 4xx or a
connection cut before the end of DATA is temporary; a connection cut after the end of DATA was sent and
before its answer is unknown (RFC 5321 §4.5.3.2.6 has this gap), and so is a cut before it that
reaches us only after. A server that refuses us (greeting,
TLS, password) says nothing about the message, so that is temporary whatever the code.

A connection that carried messages before may be closed by now, or the server may have had enough of it. So
what goes wrong on it up to MAIL, when nothing of the message was handed over, goes wrong once: the message
takes a new connection, whose word counts. One whose state is in doubt is never used again.
"""

import re
import smtplib
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from select import select

from app.kernel.smtp import CONNECT, TOTAL, Server, connected, limited
from app.messaging.transports import (
    Accepted,
    Envelope,
    Line,
    Permanent,
    Result,
    Temporary,
    Transport,
    Unknown,
)

_END = b".\r\n"
_STATUS = re.compile(rb"(5\.\d{1,3}\.\d{1,3})(?=\s|$)")


class _Refused(Exception):
    """A reply that ends the attempt; `permanent` when it is about the message, not about us."""

    def __init__(self, stage: str, code: int, status: str = "") -> None:
        super().__init__(f"smtp_{code}_{stage}" + (f"_{status}" if status else ""))
        self.permanent = 500 <= code < 600
        self.garbled = not 400 <= code < 600


class Smtp(Transport):
    """Sends through one server; the SMTP port of `transports`. `total` seconds are for each message."""

    name = "smtp"
    is_idempotent = False

    def __init__(self, url: str, *, connect: float = CONNECT, total: float = TOTAL) -> None:
        self.server = Server.of(url)
        self.connect_seconds = connect
        self.total_seconds = total

    @contextmanager
    def open(self) -> Iterator[Line]:
        line = _SmtpLine(self)
        try:
            yield line
        finally:
            line.say_goodbye()


class _SmtpLine:
    """The connection that is open now, if any."""

    def __init__(self, transport: Smtp) -> None:
        self._transport = transport
        self._smtp: smtplib.SMTP | None = None
        self._in_mail = False
        """The server still has MAIL of a message that it then refused."""

    def send(self, envelope: Envelope) -> Result:
        ended = False
        deadline = time.monotonic() + self._transport.total_seconds
        try:
            smtp = self._begin(envelope, deadline)
            with limited(smtp, deadline):
                _expect_recipient(*smtp.rcpt(envelope.recipient))
                _expect(smtp.docmd("DATA")[0], "data", 3)
                smtp.send(_stuffed(envelope.content))
                _expect_silence(smtp)
                ended = True  # from the first byte of the end mark on, the server may have it all
                smtp.send(_END)
                code, reply = smtp.getreply()
                _expect(code, "data", 2)
                return Accepted(reply.decode(errors="replace")[:255])
        except _Refused as refusal:
            self._in_mail = True
            if refusal.garbled:
                self._hang_up()
            if ended and refusal.garbled:
                return Unknown(str(refusal))
            return Permanent(str(refusal)) if refusal.permanent else Temporary(str(refusal))
        except smtplib.SMTPNotSupportedError:
            return Permanent("smtputf8_not_supported")
        except smtplib.SMTPResponseException as error:
            self._hang_up()
            return Temporary(f"smtp_{error.smtp_code}_session")
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            reason = f"smtp_{'unanswered' if ended else 'cut'}_{type(error).__name__}"
            return Unknown(reason) if ended else Temporary(reason)
        except BaseException:
            self._hang_up()
            raise

    def say_goodbye(self) -> None:
        """Without waiting for the answer: the messages are theirs already."""
        if self._smtp:
            with suppress(smtplib.SMTPException, OSError):
                self._smtp.send(b"QUIT\r\n")
        self._hang_up()

    def _begin(self, envelope: Envelope, deadline: float) -> smtplib.SMTP:
        """Say MAIL: over the connection that is open, if the server still listens there."""
        if self._smtp:
            with suppress(_Refused, smtplib.SMTPException, OSError):
                return self._say_mail(self._smtp, envelope, deadline)
            self._hang_up()
        transport = self._transport
        self._smtp = connected(transport.server, deadline, connect=transport.connect_seconds)
        return self._say_mail(self._smtp, envelope, deadline)

    def _say_mail(self, smtp: smtplib.SMTP, envelope: Envelope, deadline: float) -> smtplib.SMTP:
        with limited(smtp, deadline):
            _expect_silence(smtp)
            if self._in_mail:
                _expect(smtp.rset()[0], "rset", 2)
                self._in_mail = False
            options = () if envelope.recipient.isascii() else ("SMTPUTF8",)
            _expect(smtp.mail(envelope.sender, options)[0], "mail", 2)
        return smtp

    def _hang_up(self) -> None:
        if self._smtp:
            self._smtp.close()
        self._smtp, self._in_mail = None, False


def _expect_silence(smtp: smtplib.SMTP) -> None:
    """A server that speaks or hangs up when it is our turn will not take it: do not go on."""
    if smtp.sock and select([smtp.sock], [], [], 0)[0]:
        raise smtplib.SMTPServerDisconnected("out of turn")


def _stuffed(content: bytes) -> bytes:
    """The message as lines of DATA: CRLF, and a leading dot doubled (RFC 5321 §4.5.2)."""
    lines = (b"." + line if line.startswith(b".") else line for line in content.splitlines())
    return b"\r\n".join(lines) + b"\r\n"


def _expect_recipient(code: int, reply: bytes) -> None:
    """A refusal for good keeps its enhanced status code (RFC 3463): is the address the matter?"""
    if code // 100 != 2:
        found = _STATUS.match(reply)
        raise _Refused("rcpt", code, found.group(1).decode() if found else "")


def _expect(code: int, stage: str, family: int) -> None:
    if code // 100 != family:
        raise _Refused(stage, code)
