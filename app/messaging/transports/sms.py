"""Text messages over HTTP, by the interface that Twilio made common: one form posted for each message.

What an answer means: 2xx with the message's `sid` is accepted. The provider's error code, or else 400, says
whether the message or we are the matter: about the message (a number that gets none, a couple that answered
STOP) is permanent; about us (sign-in, account, too many at once) says nothing about the message, so it is
temporary whatever the status. A call cut before its last byte was handed over is temporary; one without an
answer, or with one that nobody can read, is unknown, unless the provider sends one key only once.
"""

import http.client
import json
import socket
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from select import select
from threading import Timer
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

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

CONNECT, TOTAL = 10.0, 30.0
"""Seconds for the connection, and for each message."""
OPTED_OUT = "sms_21610"
"""The reason of a message to somebody who answered STOP: the provider keeps a list of its own."""
_ABOUT_US = frozenset({14107, 20001, 20003, 20005, 20403, 20404, 20429, 20503, 21603, 21606, 21611, 21659})
"""Error codes of account, sender's number and queue: https://www.twilio.com/docs/api/errors."""
_NOT_TAKEN = frozenset({401, 402, 403, 404, 405, 407, 408, 421, 425, 429, 503})
"""Statuses by which nothing was taken and that are not about the message (RFC 9110, RFC 6585)."""
_MOST_READ = 65_536


@dataclass(frozen=True)
class Provider:
    """Where to post, as whom, and whether it sends one key once."""

    url: str
    account: str
    token: str
    is_idempotent: bool = False
    reports_to: str | None = None
    """Where it tells what became of a message, which is named behind it."""


class Sms(Transport):
    """Sends through one provider; the SMS port of `transports`."""

    name = "sms"

    def __init__(self, provider: Provider, *, connect: float = CONNECT, total: float = TOTAL) -> None:
        self.is_idempotent = provider.is_idempotent
        self.connect_seconds, self.total_seconds = connect, total
        where = urlsplit(provider.url)
        self._is_tls = where.scheme == "https"
        self._host, self._port = where.hostname or "", where.port
        account = quote(provider.account, safe="")
        self.reports_to = provider.reports_to
        self.path = f"{where.path.rstrip('/')}/2010-04-01/Accounts/{account}/Messages.json"
        signed = b64encode(f"{provider.account}:{provider.token}".encode()).decode()
        self.headers = {
            "Authorization": f"Basic {signed}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
            "User-Agent": "wedsync-leads",
        }

    @contextmanager
    def open(self) -> Iterator[Line]:
        line = _HttpLine(self)
        try:
            yield line
        finally:
            line.hang_up()

    def connect(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self._is_tls else http.client.HTTPConnection
        connection = kind(self._host, self._port, timeout=self.connect_seconds)
        connection.connect()
        connection.sock.settimeout(self.total_seconds)
        return connection


class _HttpLine:
    """The connection that is open now, if any."""

    def __init__(self, transport: Sms) -> None:
        self._transport = transport
        self._http: http.client.HTTPConnection | None = None

    def send(self, envelope: Envelope) -> Result:
        handed_over = False
        deadline = time.monotonic() + self._transport.total_seconds
        try:
            connection = self._connection()
            with _limited(connection, deadline):
                self._post(connection, envelope)
                handed_over = True
                answer = connection.getresponse()
                said = answer.read(_MOST_READ)
            if answer.will_close or not answer.isclosed():
                self.hang_up()
            return self._sure(_meaning(answer.status, said))
        except (OSError, http.client.HTTPException) as error:
            self.hang_up()
            if not handed_over:
                return Temporary(f"sms_cut_{type(error).__name__}")
            return self._sure(Unknown(f"sms_unanswered_{type(error).__name__}"))
        except BaseException:
            self.hang_up()
            raise

    def hang_up(self) -> None:
        if self._http:
            self._http.close()
        self._http = None

    def _connection(self) -> http.client.HTTPConnection:
        """The one that is open, unless the provider has closed it by now; else a new one."""
        sock = self._http.sock if self._http else None
        if sock is None or select([sock], [], [], 0)[0]:
            self.hang_up()
        self._http = self._http or self._transport.connect()
        return self._http

    def _post(self, connection: http.client.HTTPConnection, envelope: Envelope) -> None:
        form = {"To": envelope.recipient, "From": envelope.sender, "Body": envelope.content.decode()}
        if self._transport.reports_to:
            form["StatusCallback"] = f"{self._transport.reports_to}?message={envelope.key}"
        headers = {**self._transport.headers, "Idempotency-Key": envelope.key}
        connection.request("POST", self._transport.path, urlencode(form).encode(), headers)

    def _sure(self, result: Result) -> Result:
        """What nobody knows may simply be tried again with a provider that sends one key once."""
        if isinstance(result, Unknown) and self._transport.is_idempotent:
            return Temporary(result.reason)
        return result


def _meaning(status: int, said: bytes) -> Result:
    fields = _fields(said)
    if status < 300:
        return _taken(fields) if status >= 200 else Unknown(f"sms_{status}")
    code = fields.get("code")
    known = isinstance(code, int) and 10_000 <= code <= 99_999
    reason = f"sms_{code if known else status}"
    if known and code not in _ABOUT_US and 400 <= status < 500 and status != 429:
        return Permanent(reason)
    if known or status in _NOT_TAKEN or status < 400:
        return Temporary(reason)
    return Permanent(reason) if status < 500 else Unknown(reason)


def _taken(fields: dict[str, Any]) -> Result:
    if fields.get("status") in ("failed", "undelivered"):
        return Permanent(f"sms_{fields.get('error_code') or 'failed'}"[:255])
    sid = fields.get("sid")
    return Accepted(sid[:255]) if isinstance(sid, str) and sid else Unknown("sms_unreadable")


def _fields(said: bytes) -> dict[str, Any]:
    try:
        found = json.loads(said)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


@contextmanager
def _limited(connection: http.client.HTTPConnection, deadline: float) -> Iterator[None]:
    """Cut the connection at the deadline: a provider that trickles would otherwise hold us for ever."""
    watch = Timer(max(0.0, deadline - time.monotonic()), _cut, [connection.sock])
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


def _cut(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
