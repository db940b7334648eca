"""The operator's mailbox over IMAP (RFC 9051), to which replies, bounces and complaints come.

An e-mail is unread until what follows from it is committed. One that nobody can make sense of is flagged,
stays unread for a person, and is not looked at again.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from imapclient import FLAGGED, SEEN, IMAPClient
from imapclient.exceptions import IMAPClientError

from app.kernel.smtp import TOTAL, Server

MOST_BYTES = 500_000
"""Of one e-mail are read; what stands behind them are files."""
FAILURES = (IMAPClientError, OSError)
"""What a server that is away, or refuses us, raises."""
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Place:
    """The server, as whom, and which of its folders. The certificate is verified."""

    server: Server
    folder: str

    @classmethod
    def of(cls, url: str) -> "Place":
        """From `imaps://user:password@host/INBOX`, or `imap://` with STARTTLS; without encryption only on
        this machine. ValueError for anything else."""
        parts = urlsplit(url)
        if parts.scheme not in ("imap", "imaps") or not parts.hostname or not parts.username:
            raise ValueError("IMAP_URL is imaps://user:password@host/INBOX")
        tls = parts.scheme == "imaps"
        user, password = unquote(parts.username), unquote(parts.password or "")
        server = Server(parts.hostname, parts.port or (993 if tls else 143), user, password, tls)
        return cls(server, unquote(parts.path.strip("/")) or "INBOX")


class Letter(NamedTuple):
    """The first `MOST_BYTES` of an e-mail, and when the server took it in: its own date is anybody's."""

    raw: bytes
    at: datetime


class Mailbox:
    """An open folder."""

    def __init__(self, client: IMAPClient) -> None:
        self._client = client

    def unread(self, most: int) -> list[int]:
        """The oldest unread e-mails that are not set aside, by their UID."""
        return sorted(self._client.search(["UNSEEN", "UNFLAGGED"]))[:most]

    def fetch(self, uid: int) -> Letter | None:
        """The e-mail as it came; None when somebody else has moved it."""
        found = self._client.fetch([uid], ["INTERNALDATE", f"BODY.PEEK[]<0.{MOST_BYTES}>"]).get(uid)
        return Letter(found[b"BODY[]<0>"], found[b"INTERNALDATE"]) if found else None

    def done(self, uid: int) -> None:
        self._client.add_flags([uid], [SEEN], silent=True)

    def set_aside(self, uid: int) -> None:
        self._client.add_flags([uid], [FLAGGED], silent=True)


@contextmanager
def opened(place: Place) -> Iterator[Mailbox]:
    """The folder, signed in. Raises one of `FAILURES`."""
    server = place.server
    client = IMAPClient(
        server.host,
        server.port,
        ssl=server.tls,
        ssl_context=server.context() if server.tls else None,
        timeout=TOTAL,
    )
    client.normalise_times = False
    try:
        if not server.tls and client.has_capability("STARTTLS"):
            client.starttls(server.context())
        elif not server.tls and server.host not in LOOPBACK:
            raise OSError("the mailbox's server offers no encryption")
        client.login(server.user, server.password)
        client.select_folder(place.folder)
        yield Mailbox(client)
        client.logout()
    except BaseException:
        with suppress(*FAILURES):
            client.shutdown()
        raise
