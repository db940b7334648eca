"""Settings that cannot work are refused at the start, with what to do."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.settings import Settings

SMS: dict[str, Any] = {"sms_transport": "http", "sms_account": "AC1", "sms_token": "s3cr3t"}


def test_text_messages_are_only_shown_unless_a_provider_is_named() -> None:
    assert Settings().sms_transport == "outbox"
    assert Settings(**SMS).sms_url == "https://api.twilio.com"


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"sms_token": None}, "SMS_TRANSPORT=http needs SMS_TOKEN"),
        ({"sms_token": None, "sms_account": None}, "needs SMS_ACCOUNT and SMS_TOKEN"),
        ({"sms_url": "api.twilio.com"}, "SMS_URL is an address such as https://api.twilio.com"),
        ({"sms_url": "https://api.twilio.com?a=b"}, "SMS_URL is an address"),
        ({"sms_url": "http://sms.example"}, "SMS_URL begins with https://"),
    ],
)
def test_a_provider_needs_an_address_an_account_and_a_token(given: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        Settings(**(SMS | given))


def test_a_gateway_on_this_machine_needs_no_encryption() -> None:
    assert Settings(**SMS, sms_url="http://127.0.0.1:9000/gateway").sms_url.endswith("/gateway")


def test_the_token_is_not_shown() -> None:
    assert "s3cr3t" not in repr(Settings(**SMS))
