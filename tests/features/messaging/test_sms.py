"""What the answers of a provider of text messages mean."""

import socket
import time
from base64 import b64encode
from collections.abc import Iterator

import pytest

from app.messaging.transports import Accepted, Envelope, Permanent, Temporary, Unknown
from app.messaging.transports.sms import OPTED_OUT, Provider, Sms
from tests.fakes import rude_server
from tests.sms_provider import SmsProvider, sms_provider

TEXT = Envelope("key-1", "+447700900123", "+447700900456", "Grüße & 50 % off 🎉".encode())


@pytest.fixture
def provider() -> Iterator[SmsProvider]:
    with sms_provider() as running:
        yield running


def sms(url: str, *, total: float = 5.0, is_idempotent: bool = False) -> Sms:
    return Sms(Provider(url, "AC1/2", "s3cret:", is_idempotent), total=total)


def error(code: int) -> dict[str, object]:
    return {"code": code, "message": "No.", "more_info": "https://…", "status": 400}


def test_a_message_that_is_taken_is_accepted_with_the_providers_name_for_it(provider: SmsProvider) -> None:
    assert sms(provider.url).send(TEXT) == Accepted("SM1")
    (call,) = provider.calls
    assert call.path == "/2010-04-01/Accounts/AC1%2F2/Messages.json"
    assert call.form == {"To": "+447700900456", "From": "+447700900123", "Body": "Grüße & 50 % off 🎉"}
    assert call.headers["Authorization"] == "Basic " + b64encode(b"AC1/2:s3cret:").decode()
    assert call.headers["Idempotency-Key"] == "key-1"


def test_many_messages_take_one_connection(provider: SmsProvider) -> None:
    with sms(provider.url).open() as line:
        assert [line.send(TEXT) for _ in range(4)] == [Accepted(f"SM{number}") for number in range(1, 5)]
        provider.answer = (400, error(21211))
        assert line.send(TEXT) == Permanent("sms_21211")
    assert {call.connection for call in provider.calls} == {1}


def test_a_provider_that_closed_the_connection_between_two_is_called_again(provider: SmsProvider) -> None:
    provider.hangs_up_after = True
    with sms(provider.url).open() as line:
        for number in range(1, 4):
            assert line.send(TEXT) == Accepted(f"SM{number}")
            time.sleep(0.05)
    assert [call.connection for call in provider.calls] == [1, 2, 3]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ((400, error(21211)), Permanent("sms_21211")),
        ((400, error(21610)), Permanent(OPTED_OUT)),
        ((403, error(21408)), Permanent("sms_21408")),
        ((400, b"what?"), Permanent("sms_400")),
        ((201, {"sid": "SM1", "status": "failed", "error_code": 30006}), Permanent("sms_30006")),
        ((401, error(20003)), Temporary("sms_20003")),
        ((400, error(21606)), Temporary("sms_21606")),
        ((401, b""), Temporary("sms_401")),
        ((404, b"<h1>Not here</h1>"), Temporary("sms_404")),
        ((429, error(20429)), Temporary("sms_20429")),
        ((429, b""), Temporary("sms_429")),
        ((503, b""), Temporary("sms_503")),
        ((307, b""), Temporary("sms_307")),
        ((500, error(20500)), Temporary("sms_20500")),
    ],
)
def test_what_an_answer_means(provider: SmsProvider, answer: tuple[int, object], expected: object) -> None:
    provider.answer = answer
    assert sms(provider.url).send(TEXT) == expected


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((500, b"oops"), "sms_500"),
        ((504, b""), "sms_504"),
        ((200, b"<p>Welcome to the hotel's network</p>"), "sms_unreadable"),
        ((201, b"[" * 60_000), "sms_unreadable"),
        ((201, {"sid": None}), "sms_unreadable"),
        (None, "sms_unanswered_RemoteDisconnected"),
    ],
)
def test_what_nobody_knows_is_unknown_unless_the_provider_sends_one_key_once(
    provider: SmsProvider, answer: tuple[int, object] | None, reason: str
) -> None:
    provider.answer = answer
    assert sms(provider.url).send(TEXT) == Unknown(reason)
    assert sms(provider.url, is_idempotent=True).send(TEXT) == Temporary(reason)


def test_a_provider_that_stalls_is_cut_off_and_nobody_knows(provider: SmsProvider) -> None:
    provider.seconds = 1
    assert isinstance(sms(provider.url, total=0.3).send(TEXT), Unknown)


def test_a_provider_that_trickles_is_cut_off(provider: SmsProvider) -> None:
    def trickle(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 201 Created\r\n")
        while connection.send(b"x-a: b\r\n"):
            time.sleep(0.05)

    with rude_server(trickle) as url:
        started = time.monotonic()
        assert isinstance(sms(url.replace("smtp", "http"), total=0.5).send(TEXT), Unknown)
    assert time.monotonic() - started < 3


def test_a_call_cut_before_its_end_was_handed_over_is_temporary() -> None:
    longer_than_a_system_buffers = Envelope("key-1", "+1", "+2", b"x" * 9_000_000)

    def hang_up(connection: socket.socket) -> None:
        connection.recv(100)

    with rude_server(hang_up) as url:
        result = sms(url.replace("smtp", "http")).send(longer_than_a_system_buffers)
    assert isinstance(result, Temporary)
    assert result.reason.startswith("sms_cut_")


def test_nobody_listening_is_temporary(provider: SmsProvider) -> None:
    with sms_provider() as gone:
        url = gone.url
    assert sms(url).send(TEXT) == Temporary("sms_cut_ConnectionRefusedError")
