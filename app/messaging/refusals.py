"""What a refusal says about the address: that it will never work, or that its owner wants nothing. Pure."""

import re
from enum import StrEnum

_LASTING = re.compile(r"5\.(?:0\.0|1\.(?:[0-6]|10)|2\.1|4\.4)")
"""RFC 3463: the address will never work. A full mailbox, or a refusal of us, is no fault of the address."""
_AT_RECIPIENT = re.compile(r"smtp_5\d\d_rcpt_(\S+)")
SMS_LASTING = frozenset({"21211", "21614", "30005", "30006"})
"""Error codes of numbers that will never get a text: https://www.twilio.com/docs/api/errors."""
SMS_OPTED_OUT = "21610"
"""The number answered STOP to the provider itself."""


class Refusal(StrEnum):
    NO_ADDRESS = "no_address"
    OPTED_OUT = "opted_out"


def is_lasting(status: str) -> bool:
    """Does this enhanced status code say that the address will never work?"""
    return bool(_LASTING.fullmatch(status))


def read(reason: str) -> Refusal | None:
    """What the reason's code of a failed message says about its address; None when that is nothing."""
    found = _AT_RECIPIENT.fullmatch(reason)
    if found:
        return Refusal.NO_ADDRESS if is_lasting(found.group(1)) else None
    code = reason.removeprefix("sms_") if reason.startswith("sms_") else ""
    if code == SMS_OPTED_OUT:
        return Refusal.OPTED_OUT
    return Refusal.NO_ADDRESS if code in SMS_LASTING else None
