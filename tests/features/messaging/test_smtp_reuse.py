"""Many messages over one SMTP connection: each is sent once, whatever happens between two of them."""

import random
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from app.messaging.transports import Accepted, Envelope, Permanent, Result, Temporary, Unknown
from app.messaging.transports.smtp import Smtp
from tests.fakes import rude_server, say_until, smtp_server


def envelope(number: int, to: str = "couple@example.com") -> Envelope:
    message = EmailMessage(policy=SMTP)
    message["Subject"] = f"Message {number}"
    message.set_content("Hello\r\n.\r\n")
    return Envelope(f"key-{number}", "leads@supplier.example", to, message.as_bytes())


def send_all(url: str, most: int, total: float = 5.0) -> list[Result]:
    with Smtp(url, total=total).open() as line:
        return [line.send(envelope(number)) for number in range(most)]


class Server:
    """Takes messages as `answer` has it, and knows how often it saw the end of each.

    `answer(command, seen)` is the reply to a command's first word, or to `END`; None hangs up. `seen` is how
    many messages this server took before.
    """

    def __init__(self, answer: Callable[[str, int], bytes | None]) -> None:
        self.answer = answer
        self.taken: list[str] = []
        self.connections = 0

    def speak(self, connection: socket.socket) -> None:
        self.connections += 1
        lines = connection.makefile("rb")
        connection.sendall(b"220 ready\r\n")
        subject = None
        for raw in lines:
            word = raw.strip().decode().partition(" ")[0].partition(":")[0].upper()
            if subject is not None:
                subject = raw.decode().strip() if raw.startswith(b"Subject") else subject
                if raw != b".\r\n":
                    continue
                self.taken.append(subject)
                subject, word = None, "END"
            said = self.answer(word, len(self.taken))
            if said is None:
                return
            connection.sendall(said)
            if word == "DATA" and said.startswith(b"3"):
                subject = ""
            if said.startswith(b"421"):
                return

    @contextmanager
    def running(self) -> Iterator[str]:
        with rude_server(self.speak) as url:
            yield url


def polite(word: str, _taken: int = 0) -> bytes:
    return b"354 go on\r\n" if word == "DATA" else b"250 fine\r\n"


def test_many_messages_take_one_connection() -> None:
    with smtp_server() as mailbox:
        results = send_all(mailbox.url, 5)
    assert [type(result) for result in results] == [Accepted] * 5
    assert [mail["Subject"] for mail in mailbox.messages] == [f"Message {number}" for number in range(5)]
    assert len(mailbox.connections) == 1


def test_a_server_that_ends_the_talk_between_two_messages_gets_the_next_by_a_new_connection() -> None:
    goodbye = b"250 taken\r\n421 that is enough\r\n"
    server = Server(lambda word, _: goodbye if word == "END" else polite(word))
    with server.running() as url, Smtp(url, total=5).open() as line:
        for number in range(3):
            assert line.send(envelope(number)) == Accepted("taken")
            time.sleep(0.05)  # so that the server's word has arrived
    assert server.taken == [f"Subject: Message {number}" for number in range(3)]
    assert server.connections == 3


def test_an_answer_too_many_is_not_taken_for_that_to_the_next_message() -> None:
    server = Server(lambda word, _: b"250 taken\r\n250 hm?\r\n" if word == "END" else polite(word))
    with server.running() as url:
        assert [type(result) for result in send_all(url, 3)] == [Accepted, Temporary, Accepted]
    assert server.taken == ["Subject: Message 0", "Subject: Message 2"]


def test_a_server_that_hangs_up_in_silence_is_called_again() -> None:
    def hang_up_after_one(connection: socket.socket) -> None:
        with suppress(StopIteration):
            Server(one_only).speak(connection)

    def one_only(word: str, taken: int) -> bytes | None:
        return None if word == "MAIL" and taken else polite(word)

    with rude_server(hang_up_after_one) as url:
        results = send_all(url, 3)
    assert results == [Accepted("fine")] * 3


@pytest.mark.parametrize(
    "reply", [b"421 enough\r\n", b"452 4.5.3 too many\r\n", b"554 no more\r\n", b"?\r\n"]
)
def test_a_server_that_has_had_enough_at_mail_is_called_again_once(reply: bytes) -> None:
    served: list[int] = []

    def per_connection(connection: socket.socket) -> None:
        mails = []

        def answer(word: str, _: int) -> bytes:
            if word == "MAIL":
                mails.append(1)
                return reply if len(mails) > 1 else polite(word)
            return polite(word)

        served.append(1)
        Server(answer).speak(connection)

    with rude_server(per_connection) as url:
        assert send_all(url, 2) == [Accepted("fine")] * 2
    assert len(served) == 2


def test_what_a_new_connection_says_counts() -> None:
    server = Server(lambda word, taken: b"550 not you\r\n" if word == "MAIL" and taken else polite(word))
    with server.running() as url:
        assert send_all(url, 3) == [Accepted("fine"), Permanent("smtp_550_mail"), Permanent("smtp_550_mail")]
    assert len(server.taken) == 1


def test_a_refused_recipient_does_not_disturb_the_next_message() -> None:
    with smtp_server() as mailbox, Smtp(mailbox.url).open() as line:
        first = line.send(envelope(1))
        mailbox.rcpt_reply = "550 5.1.1 nobody"
        second = line.send(envelope(2))
        mailbox.rcpt_reply, mailbox.reply = "250 OK", "451 later"
        third = line.send(envelope(3))
        mailbox.reply = "250 taken"
        fourth = line.send(envelope(4))
    assert (type(first), second, third) == (
        Accepted,
        Permanent("smtp_550_rcpt_5.1.1"),
        Temporary("smtp_451_data"),
    )
    assert fourth == Accepted("taken")
    assert [mail["Subject"] for mail in mailbox.messages] == ["Message 1", "Message 4"]
    assert len(mailbox.connections) == 1


def test_a_cut_after_the_end_mark_is_unknown_and_the_next_message_takes_a_new_connection() -> None:
    server = Server(lambda word, taken: None if word == "END" and taken == 2 else polite(word))
    with server.running() as url:
        first, second, third = send_all(url, 3)
    assert (type(first), type(second), type(third)) == (Accepted, Unknown, Accepted)
    assert server.taken == [f"Subject: Message {number}" for number in range(3)]


def test_a_server_that_is_gone_is_not_asked_again_and_again_for_one_message() -> None:
    calls: list[int] = []

    def greet_and_go(connection: socket.socket) -> None:
        calls.append(1)
        say_until(connection, "MAIL")

    with rude_server(greet_and_go) as url:
        assert [type(result) for result in send_all(url, 2)] == [Temporary] * 2
    assert len(calls) == 2


def test_each_message_has_the_whole_time() -> None:
    def slowly(word: str, _: int) -> bytes:
        if word == "END":
            time.sleep(0.4)
        return polite(word)

    with Server(slowly).running() as url:
        assert send_all(url, 3, total=0.8) == [Accepted("fine")] * 3


def test_a_server_that_stalls_on_a_used_connection_is_cut_off_and_nobody_knows() -> None:
    def stall(word: str, taken: int) -> bytes:
        if word == "END" and taken == 2:
            time.sleep(1)
        return polite(word)

    with Server(stall).running() as url:
        first, second = send_all(url, 2, total=0.4)
    assert (type(first), type(second)) == (Accepted, Unknown)


@pytest.mark.parametrize("seed", range(60))
def test_a_cut_at_any_byte_loses_nothing_and_doubles_nothing(seed: int) -> None:
    """Three messages over a wire that breaks once, anywhere. What is said about each is true."""
    left = [random.Random(seed).randrange(1, 1_500)]
    server = Server(polite)

    class Brittle:
        def __init__(self, wire: socket.socket) -> None:
            self.wire = wire

        def makefile(self, _mode: str) -> Iterator[bytes]:
            line = b""
            while byte := self.wire.recv(1):
                left[0] -= 1
                if left[0] == 0:
                    return
                line += byte
                if byte == b"\n":
                    yield line
                    line = b""

        def sendall(self, data: bytes) -> None:
            left[0] -= len(data)
            if left[0] + len(data) > 0 >= left[0]:
                raise ConnectionResetError
            self.wire.sendall(data)

    with rude_server(lambda wire: server.speak(Brittle(wire))) as url:  # type: ignore[arg-type]
        results = send_all(url, 3)
    times = Counter(server.taken)
    for number, result in enumerate(results):
        taken = times[f"Subject: Message {number}"]
        assert taken == 1 if isinstance(result, Accepted) else taken <= 1
        assert taken == 0 if isinstance(result, Temporary) else not isinstance(result, Permanent)
    assert sum(not isinstance(result, Accepted) for result in results) <= 1
