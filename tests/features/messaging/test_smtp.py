"""What the answers of real SMTP servers mean."""

import socket
import ssl
import time
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from app.kernel.smtp import Server
from app.messaging.transports import Accepted, Envelope, Permanent, Temporary, Unknown
from app.messaging.transports.smtp import Smtp
from tests.fakes import rude_server, say_until, smtp_server


def envelope(body: str = "Hello", to: str = "couple@example.com") -> Envelope:
    message = EmailMessage(policy=SMTP)
    message["Subject"] = "Your day"
    message.set_content(body)
    return Envelope("key-1", "leads@supplier.example", to, message.as_bytes())


def test_a_message_that_is_taken_is_accepted_with_the_servers_word() -> None:
    with smtp_server() as mailbox:
        result = Smtp(mailbox.url).send(envelope())
    assert result == Accepted("2.0.0 OK queued")
    assert mailbox.recipients == ["couple@example.com"]
    assert mailbox.messages[0]["Subject"] == "Your day"


def test_lines_that_begin_with_a_dot_arrive_as_they_were() -> None:
    body = ".\r\n..two\r\n.hidden\r\n"
    with smtp_server() as mailbox:
        assert isinstance(Smtp(mailbox.url).send(envelope(body)), Accepted)
    assert mailbox.messages[0].get_content().splitlines() == [".", "..two", ".hidden"]


@pytest.mark.parametrize(
    ("stage", "reply", "expected"),
    [
        ("rcpt", "450 4.2.0 greylisted", Temporary("smtp_450_rcpt")),
        ("rcpt", "550 5.1.1 no such person", Permanent("smtp_550_rcpt_5.1.1")),
        ("rcpt", "550 no such person", Permanent("smtp_550_rcpt")),
        ("data", "451 4.3.0 try later", Temporary("smtp_451_data")),
        ("data", "554 5.7.1 refused", Permanent("smtp_554_data")),
    ],
)
def test_4xx_is_temporary_and_5xx_is_permanent(stage: str, reply: str, expected: object) -> None:
    with smtp_server() as mailbox:
        setattr(mailbox, "rcpt_reply" if stage == "rcpt" else "reply", reply)
        assert Smtp(mailbox.url).send(envelope()) == expected
    assert mailbox.messages == []


@pytest.mark.parametrize("stage", ["EHLO", "MAIL", "RCPT", "DATA", "BODY"])
def test_a_cut_before_the_end_of_data_is_temporary(stage: str) -> None:
    more_than_a_system_buffers = "x\r\n" * 3_000_000
    with rude_server(lambda connection: say_until(connection, stage)) as url:
        result = Smtp(url).send(envelope(more_than_a_system_buffers))
    assert isinstance(result, Temporary)
    assert result.reason.startswith("smtp_cut_")


def test_a_cut_after_the_end_of_data_is_unknown() -> None:
    with rude_server(lambda connection: say_until(connection, "END")) as url:
        result = Smtp(url).send(envelope())
    assert result == Unknown("smtp_unanswered_SMTPServerDisconnected")


def test_a_garbled_answer_to_the_end_of_data_is_unknown() -> None:
    def mumble(connection: socket.socket) -> None:
        say_until(connection, "END")
        connection.sendall(b"what?\r\n")

    with rude_server(mumble) as url:
        assert isinstance(Smtp(url).send(envelope()), Unknown)


def test_nobody_listening_is_temporary() -> None:
    with smtp_server() as mailbox:
        url = mailbox.url
    assert Smtp(url).send(envelope()) == Temporary("smtp_cut_ConnectionRefusedError")


def test_a_server_that_refuses_us_says_nothing_about_the_message() -> None:
    with rude_server(lambda connection: connection.sendall(b"554 go away\r\n")) as url:
        assert Smtp(url).send(envelope()) == Temporary("smtp_554_session")


def test_a_server_that_trickles_is_cut_off_when_the_time_is_up() -> None:
    def trickle(connection: socket.socket) -> None:
        connection.sendall(b"220 ready\r\n")
        while connection.send(b"2"):
            time.sleep(0.05)

    with rude_server(trickle) as url:
        assert isinstance(Smtp(url, total=0.5).send(envelope()), Temporary)


def test_an_address_outside_ascii_needs_a_server_that_can() -> None:
    with smtp_server(enable_SMTPUTF8=False) as mailbox:
        assert Smtp(mailbox.url).send(envelope(to="jürgen@example.com")) == Permanent(
            "smtputf8_not_supported"
        )
    with smtp_server(enable_SMTPUTF8=True) as mailbox:
        assert isinstance(Smtp(mailbox.url).send(envelope(to="jürgen@example.com")), Accepted)
    assert mailbox.recipients == ["jürgen@example.com"]


def test_starttls_is_used_when_it_is_offered(certificate: ssl.SSLContext) -> None:
    with smtp_server(tls_context=certificate, require_starttls=True) as mailbox:
        assert isinstance(Smtp(mailbox.url).send(envelope()), Accepted)
    assert len(mailbox.messages) == 1


def test_a_password_is_not_given_to_a_server_that_cannot_prove_itself(certificate: ssl.SSLContext) -> None:
    with smtp_server(tls_context=certificate) as mailbox:
        result = Smtp(mailbox.url.replace("//", "//me:secret@")).send(envelope())
    assert result == Temporary("smtp_cut_SSLCertVerificationError")
    assert mailbox.messages == []


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example", Server("mail.example", 587, None, None, tls=False)),
        ("smtps://u%40x:p%3Aw@mail.example", Server("mail.example", 465, "u@x", "p:w", tls=True)),
        ("smtp://mail.example:25", Server("mail.example", 25, None, None, tls=False)),
    ],
)
def test_the_server_is_read_from_the_url(url: str, server: Server) -> None:
    assert Server.of(url) == server


@pytest.mark.parametrize("url", ["mail.example:25", "http://mail.example", "smtp://"])
def test_another_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="SMTP_URL"):
        Server.of(url)
