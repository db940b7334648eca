"""Account mail goes by SMTP when that is set, and a dead mail server stops nobody."""

import socket
import ssl
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult
from flask import Flask

from app.accounts import mail
from tests.fakes import Mailbox, smtp_server

WAIT = 20
"""Seconds: a thread sends, so that nobody waits for the mail server."""


def _by_smtp(app: Flask, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    smtp = {"mail_transport": "smtp", "smtp_url": url}
    monkeypatch.setitem(app.extensions, "settings", app.extensions["settings"].model_copy(update=smtp))


def _arrived(mailbox: Mailbox) -> Any:
    assert mailbox.arrived.wait(WAIT)
    return mailbox.messages[0]


def test_it_arrives_by_smtp(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with smtp_server() as mailbox, app.app_context():
        _by_smtp(app, monkeypatch, mailbox.url)
        mail.send("nora@example.com", "Join Röslein", "Grüße\n")
        message = _arrived(mailbox)
    assert mailbox.recipients == ["nora@example.com"]
    assert (message["Auto-Submitted"], message["Subject"]) == ("auto-generated", "Join Röslein")


def test_it_is_encrypted_when_that_is_offered(
    app: Flask, monkeypatch: pytest.MonkeyPatch, certificate: ssl.SSLContext
) -> None:
    with smtp_server(tls_context=certificate, require_starttls=True) as mailbox, app.app_context():
        _by_smtp(app, monkeypatch, mailbox.url)
        mail.send("nora@example.com", "Join", "Hello\n")
        assert _arrived(mailbox)["Subject"] == "Join"


def test_a_password_is_not_given_to_a_server_that_cannot_prove_itself(
    app: Flask, certificate: ssl.SSLContext
) -> None:
    given: list[Any] = []

    def note(*tried: Any) -> AuthResult:
        given.append(tried)
        return AuthResult(success=True)

    with smtp_server(tls_context=certificate, authenticator=note) as mailbox, app.app_context():
        message = mail.compose("leads@example.com", "nora@example.com", "Join", "Hello\n")
        mail._deliver(message, mailbox.url.replace("//", "//me:secret@"))
    assert given == []
    assert mailbox.messages == []


def test_a_dead_mail_server_is_not_the_persons_trouble(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        _by_smtp(app, monkeypatch, f"smtp://127.0.0.1:{probe.getsockname()[1]}")
    with app.app_context():
        mail.send("nora@example.com", "Join", "Hello\n")


def test_a_newline_cannot_smuggle_a_header(app: Flask) -> None:
    with app.app_context():
        mail.send("nora@example.com", "Join\r\nBcc: mallory@example.com", "Hello\n")
        message = next(mail.kept())
    assert message["Subject"] == "Join Bcc: mallory@example.com"
    assert message["Bcc"] is None
