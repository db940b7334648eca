"""A session with an SMTP server (RFC 5321): connected, encrypted and signed in as its URL says."""

import smtplib
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Timer
from urllib.parse import unquote, urlsplit

CONNECT, TOTAL = 10.0, 30.0
"""Seconds for the connection, and for everything."""


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


@contextmanager
def session(server: Server, *, connect: float = CONNECT, total: float = TOTAL) -> Iterator[smtplib.SMTP]:
    """A connection, greeted, encrypted and signed in as far as offered; cut when the time is up.

    Raises what smtplib raises, and OSError.
    """
    deadline = time.monotonic() + total
    smtp = connected(server, deadline, connect=connect)
    try:
        with limited(smtp, deadline):
            yield smtp
    finally:
        smtp.close()


def connected(server: Server, deadline: float, *, connect: float = CONNECT) -> smtplib.SMTP:
    """A connection as `session` has it, for the caller to close; the deadline is of the monotonic clock."""
    smtp = _connect(server, connect, deadline - time.monotonic())
    try:
        with limited(smtp, deadline):
            smtp.ehlo_or_helo_if_needed()
            if not server.tls and smtp.has_extn("starttls"):
                smtp.starttls(context=server.context())
                smtp.ehlo()
            if server.user:
                smtp.login(server.user, server.password or "")
    except BaseException:
        smtp.close()
        raise
    return smtp


@contextmanager
def limited(smtp: smtplib.SMTP, deadline: float) -> Iterator[None]:
    """Cut the connection if what is done with it is not done by then: a server that trickles would
    otherwise hold us for ever."""
    watch = Timer(max(0.0, deadline - time.monotonic()), _cut, [smtp])
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


def _connect(server: Server, connect: float, total: float) -> smtplib.SMTP:
    host, port, name = server.host, server.port, _own_name()
    connect, total = min(connect, max(total, 0.001)), max(total, 0.001)
    if server.tls:
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(host, port, name, timeout=connect, context=server.context())
    else:
        smtp = smtplib.SMTP(host, port, name, timeout=connect)
    if smtp.sock:
        smtp.sock.settimeout(total)
        # else the end mark waits for the server to acknowledge the text before it (Nagle's algorithm)
        smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return smtp


def _own_name() -> str:
    """For EHLO: our host's name if it is a full one, else an address literal. No look-up: DNS may hang."""
    name = socket.gethostname()
    return name if "." in name else "[127.0.0.1]"


def _cut(smtp: smtplib.SMTP) -> None:
    with suppress(OSError):
        if smtp.sock:
            smtp.sock.shutdown(socket.SHUT_RDWR)
