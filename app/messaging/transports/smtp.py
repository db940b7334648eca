"""SMTP (RFC 5321), one connection a message.

What an answer means: 2xx to the end of DATA is accepted, 5xx about the message is permanent, 4xx or a
connection cut before the end of DATA is temporary; a connection cut after the end of DATA was sent and
before its answer is unknown (RFC 5321 §4.5.3.2.6 has this gap), and so is a cut before it that
reaches us only after. A server that refuses us (greeting,
TLS, password) says nothing about the message, so that is temporary whatever the code.
"""

import smtplib
from contextlib import suppress
from select import select

from app.kernel.smtp import CONNECT, TOTAL, Server, session
from app.messaging.transports import Accepted, Envelope, Permanent, Result, Temporary, Unknown

_END = b".\r\n"


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
            with session(self.server, connect=self.connect_seconds, total=self.total_seconds) as smtp:
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


def _stuffed(envelope: Envelope) -> bytes:
    """The message as lines of DATA: CRLF, and a leading dot doubled (RFC 5321 §4.5.2)."""
    data = envelope.message.as_bytes()
    stuffed = b"\r\n".join(b"." + line if line.startswith(b".") else line for line in data.splitlines())
    return stuffed + b"\r\n"


def _expect(code: int, stage: str, family: int) -> None:
    if code // 100 != family:
        raise _Refused(stage, code)
