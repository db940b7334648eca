"""A real IMAP server (pymap) with one mailbox, in a thread of this process."""

import asyncio
import socket
import ssl
import threading
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

from imapclient import IMAPClient
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPService

from tests.fakes import pass_on

USER, PASSWORD = "reply", "s3cret/word"


class PostOffice:
    """The mailbox as a test sees it. `url` is what the app is given."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"imap://{USER}:s3cret%2Fword@127.0.0.1:{port}/INBOX"

    @contextmanager
    def _opened(self) -> Iterator[IMAPClient]:
        with IMAPClient("127.0.0.1", self.port, ssl=False) as client:
            client.login(USER, PASSWORD)
            client.select_folder("INBOX")
            yield client

    def put(self, mail: EmailMessage | bytes, at: datetime) -> int:
        """Let the e-mail arrive at that moment; its UID."""
        raw = mail if isinstance(mail, bytes) else mail.as_bytes()
        with self._opened() as client:
            client.append("INBOX", raw, msg_time=at)
            return max(client.search(["ALL"]))

    def flags(self) -> list[str]:
        """Of each e-mail in order: `seen`, `flagged` or `` for unread."""
        with self._opened() as client:
            found = client.get_flags(client.search(["ALL"])) if client.search(["ALL"]) else {}
            return [_said(found[uid]) for uid in sorted(found)]


def _said(flags: tuple[bytes, ...]) -> str:
    return " ".join(name for name in ("seen", "flagged") if f"\\{name.title()}".encode() in flags)


@contextmanager
def post_office(pem: Path | None = None) -> Iterator[PostOffice]:
    """A server on a free port of this machine; with a certificate and its key it offers STARTTLS."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    loop, ready = asyncio.new_event_loop(), threading.Event()
    stop = asyncio.Event()
    thread = threading.Thread(
        target=loop.run_until_complete, args=[_serve(port, pem, (ready, stop))], daemon=True
    )
    thread.start()
    assert ready.wait(10)
    try:
        yield PostOffice(port)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()


@contextmanager
def behind_tls(office: PostOffice, pem: Path) -> Iterator[str]:
    """The same server behind TLS from the first byte; its `imaps://` URL."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                near, _ = listener.accept()
                inner = context.wrap_socket(near, server_side=True)
            except ssl.SSLError:
                continue  # the caller does not trust us
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", office.port))
            for source, sink in ((inner, far), (far, inner)):
                threading.Thread(target=pass_on, args=[source, sink], daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield office.url.replace("imap://", "imaps://").replace(
            str(office.port), str(listener.getsockname()[1])
        )
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


async def _serve(port: int, pem: Path | None, signs: tuple[threading.Event, asyncio.Event]) -> None:
    parser = ArgumentParser()
    DictBackend.add_subparser("dict", parser.add_subparsers(dest="backend"))
    IMAPService.add_arguments(parser)
    tls = ["--cert", str(pem), "--key", str(pem)] if pem else ["--no-tls"]
    where = ["--host", "127.0.0.1", "--port", str(port), *tls]
    who = ["dict", "--demo-user", USER, "--demo-password", PASSWORD]
    arguments = parser.parse_args([*where, *who])
    arguments.skip_services, arguments.passlib_cfg, arguments.debug = [], None, False
    backend, config = await DictBackend.init(arguments)
    config.apply_context()
    async with AsyncExitStack() as stack:
        await backend.start(stack)
        await IMAPService(backend, config).start(stack)
        signs[0].set()
        await signs[1].wait()
