"""Account mail goes by SMTP when that is set, and a dead mail server stops nobody."""

import socket
from collections.abc import Iterator
from queue import Queue
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask

from app.accounts import mail


class _Inbox:
    def __init__(self) -> None:
        self.received: Queue[Any] = Queue()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.received.put(envelope)
        return "250 OK"


@pytest.fixture
def inbox() -> Iterator[tuple[_Inbox, int]]:
    handler = _Inbox()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = Controller(handler, hostname="127.0.0.1", port=port)
    server.start()
    yield handler, port
    server.stop()


def _by_smtp(app: Flask, monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    smtp = {"mail_transport": "smtp", "smtp_url": f"smtp://127.0.0.1:{port}"}
    monkeypatch.setitem(app.extensions, "settings", app.extensions["settings"].model_copy(update=smtp))


def test_it_arrives_by_smtp(app: Flask, monkeypatch: pytest.MonkeyPatch, inbox: tuple[_Inbox, int]) -> None:
    handler, port = inbox
    _by_smtp(app, monkeypatch, port)
    with app.app_context():
        mail.send("nora@example.com", "Join Röslein", "Grüße\n")
    envelope = handler.received.get(timeout=20)
    assert envelope.rcpt_tos == ["nora@example.com"]
    assert b"Auto-Submitted: auto-generated" in envelope.content
    assert b"Subject: Join =?utf-8?" in envelope.content


def test_a_dead_mail_server_is_not_the_persons_trouble(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        _by_smtp(app, monkeypatch, probe.getsockname()[1])
    with app.app_context():
        mail.send("nora@example.com", "Join", "Hello\n")


def test_a_newline_cannot_smuggle_a_header(app: Flask) -> None:
    with app.app_context():
        mail.send("nora@example.com", "Join\r\nBcc: mallory@example.com", "Hello\n")
        message = next(mail.kept())
    assert message["Subject"] == "Join Bcc: mallory@example.com"
    assert message["Bcc"] is None
