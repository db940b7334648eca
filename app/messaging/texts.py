"""Text messages from couples, and what providers report of ours, in the words of Twilio's interface."""

import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.messaging.refusals import SMS_LASTING, SMS_OPTED_OUT
from app.messaging.signals import Signal
from app.models.choices import MessageEventType

STOP = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit"})
START = frozenset({"start", "unstop"})
_ARRIVED, _LOST = frozenset({"delivered", "read"}), frozenset({"undelivered", "failed"})
_NAMED = "sms:"
MOST = 10_000
"""Characters of what a text says, the note about its pictures with them."""


class Wish(StrEnum):
    STOP = "stop"
    START = "start"


@dataclass(frozen=True)
class Text:
    """A text message of a couple; `key` is the provider's name of it."""

    sender: str
    body: str
    key: str
    files: int = 0

    @property
    def name(self) -> str:
        """Ours of it, which no other inquiry and no other signal has."""
        return f"{_NAMED}{self.key}"

    @classmethod
    def named(cls, name: str, sender: str, body: str) -> "Text":
        """The one of that name."""
        return cls(sender, body, name.removeprefix(_NAMED))

    @property
    def wish(self) -> Wish | None:
        """What the couple wants if that is all it says; the words that carriers know (CTIA)."""
        word = self.body.strip().strip(".!\"' ").casefold()
        if word in STOP:
            return Wish.STOP
        return Wish.START if word in START else None

    @property
    def said(self) -> str:
        """Its words as the database keeps them, without NUL and halves of characters."""
        note = f"\n\n(Pictures that came with it: {self.files}.)" if self.files else ""
        words = self.body.replace("\x00", "").encode(errors="replace").decode()
        return (words[: MOST - len(note)] + note).strip()


def sign(token: str, url: str, fields: Mapping[str, Sequence[str]]) -> str:
    """`X-Twilio-Signature`: HMAC-SHA1, in base64, of the address and the posted fields in their order."""
    posted = "".join(name + value for name in sorted(fields) for value in sorted(set(fields[name])))
    return b64encode(hmac.digest(token.encode(), (url + posted).encode(), "sha1")).decode()


def message_id(written: str) -> UUID:
    """The message that a call back names. ValueError when it is none."""
    return UUID(written)


def report(status: str, key: str, code: str, at: datetime) -> Signal | None:
    """What a status says about a message of ours; None for one on its way."""
    name = f"sms:{key}:{status}"
    if status in _ARRIVED:
        return Signal(MessageEventType.DELIVERED, at, key=name)
    if status not in _LOST:
        return None
    if code == SMS_OPTED_OUT:
        return Signal(MessageEventType.UNSUBSCRIBED, at, key=name, source="STOP to the provider")
    reason = f"the provider says {status}" + (f", error {code}" if code else "")
    return Signal(
        MessageEventType.BOUNCED, at, key=name, is_permanent=code in SMS_LASTING, details={"reason": reason}
    )
