"""Real servers with a script: an SMTP server that accepts, refuses, cuts or stalls as a test asks."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailbox:
    """What an SMTP server took. `reply` is the answer to the end of DATA; `before_reply` runs before it."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.raw: list[bytes] = []
        """The messages byte for byte."""
        self.recipients: list[str] = []
        self.senders: list[str] = []
        self.connections: set[Any] = set()
        """Of the messages taken: who sent them, by connection."""
        self.reply = "250 2.0.0 OK queued"
        self.rcpt_reply = "250 2.1.5 OK"
        self.before_reply: Callable[[], None] = lambda: None
        self.stall: Callable[[str], float] = lambda _address: 0
        """Seconds that the answer to a message for that address takes."""
        self.arrived = threading.Event()
        self.url = ""

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[Any]
    ) -> str:
        if self.rcpt_reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.rcpt_reply

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        parsed = message_from_bytes(bytes(envelope.content or b""), policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        if self.reply.startswith("2"):
            self.messages.append(parsed)
            self.raw.append(bytes(envelope.content or b""))
            self.recipients += envelope.rcpt_tos
            self.senders.append(str(envelope.mail_from))
            self.connections.add(session.peer)
        self.arrived.set()
        await server.loop.run_in_executor(None, self.before_reply)
        await asyncio.sleep(max(map(self.stall, envelope.rcpt_tos)))
        return self.reply


@contextmanager
def smtp_server(**options: Any) -> Iterator[Mailbox]:
    """An SMTP server on a free port of this machine, with what it took."""
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=_free_port(), **options)
    controller.start()
    mailbox.url = f"smtp://127.0.0.1:{controller.port}"
    try:
        yield mailbox
    finally:
        controller.stop(no_assert=True)


@contextmanager
def rude_server(speak: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that does with each connection what `speak` says, and then hangs up; its `smtp://` URL.

    It takes little in advance, so that what it does not read is not sent either.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    stopped = threading.Event()

    def serve() -> None:
        while not stopped.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                speak(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"smtp://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        stopped.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(2)


def say_until(connection: socket.socket, stage: str) -> None:
    """Answer as an SMTP server does up to `stage`: a command's first word, or `END` for the end mark."""
    lines = connection.makefile("rwb")
    lines.write(b"220 ready\r\n")
    lines.flush()
    in_data = False
    for raw in lines:
        word = raw.strip().upper()
        if in_data:
            if stage == "BODY":
                return
            if raw == b".\r\n":
                if stage == "END":
                    return
                in_data = False
                lines.write(b"250 taken\r\n")
        elif word.startswith(stage.encode()):
            return
        elif word.startswith(b"DATA"):
            in_data = True
            lines.write(b"354 go on\r\n")
        else:
            lines.write(b"250 fine\r\n")
        lines.flush()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Line:
    """A wire to a server that a test may cut and mend: listens on a port and passes bytes on."""

    def __init__(self, target: tuple[str, int] | str) -> None:
        self.target = target
        self.port = _free_port()
        self._listener: socket.socket | None = None
        self._open: list[socket.socket] = []

    def mend(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._serve, args=[self._listener], daemon=True).start()

    def cut(self) -> None:
        for each in (self._listener, *self._open):
            if each:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
                each.close()
        self._listener, self._open = None, []

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            far = self._reach()
            self._open += [near, far]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=pass_on, args=[source, sink], daemon=True).start()

    def _reach(self) -> socket.socket:
        if isinstance(self.target, tuple):
            return socket.create_connection(self.target)
        far = socket.socket(socket.AF_UNIX)
        far.connect(self.target)
        return far


def pass_on(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
