"""What a mail provider reports, in a JSON of ours, signed as Standard Webhooks has it.

See https://github.com/standard-webhooks/standard-webhooks: `webhook-id`, `webhook-timestamp` and
`webhook-signature`, HMAC-SHA-256 of `id.timestamp.body` in base64 behind `v1,`.
"""

import hmac
import re
from base64 import b64encode
from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from app.kernel.errors import NotAuthenticated
from app.kernel.schema import Instant, Schema, ShortText
from app.messaging.agents import Visit
from app.messaging.signals import Signal
from app.models.choices import MessageEventType

TOLERANCE = timedelta(minutes=5)
"""An older (or newer) report is refused: it may be one that somebody kept."""
MOST_EVENTS = 500
_ID = re.compile(r"<?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:@[^<>]*)?>?", re.IGNORECASE)


def _message_id(written: str) -> str:
    found = _ID.fullmatch(written.strip())
    if not found:
        raise ValueError("this is no Message-ID of ours: <uuid@domain>")
    return found.group(1)


class Report(Schema):
    """One event. `id` is the provider's name of it, the same whenever it is told."""

    id: Annotated[str, Field(min_length=1, max_length=200)]
    type: Literal["delivered", "bounced", "complained", "unsubscribed", "opened", "clicked"]
    message_id: Annotated[str, Field(max_length=400), AfterValidator(_message_id)]
    """The Message-ID we sent it under; its part before the @ is enough."""
    occurred_at: Instant | None = None
    permanent: bool = False
    """Of a bounce: the address will never work."""
    reason: ShortText | None = None
    url: Annotated[str, Field(max_length=2_000)] | None = None
    """Of a click: where it led."""
    user_agent: Annotated[str, Field(max_length=500)] | None = None
    """Of an open or a click; without it we take it for a machine's."""

    @property
    def message(self) -> UUID:
        return UUID(self.message_id)

    def signal(self, provider: str, now: datetime) -> Signal:
        said = {"reason": self.reason, "url": self.url, "provider": provider}
        is_visit = self.type in ("opened", "clicked")
        return Signal(
            MessageEventType(self.type),
            min(self.occurred_at or now, now),
            key=f"{provider}:{self.id}",
            visit=Visit(agent=self.user_agent or "") if is_visit else None,
            is_permanent=self.permanent,
            source=f"report of {provider}",
            details={name: value for name, value in said.items() if value},
        )


class Reports(Schema):
    """What is posted."""

    events: Annotated[list[Report], Field(min_length=1, max_length=MOST_EVENTS)]


def sign(secret: str, name: str, timestamp: str, body: bytes) -> str:
    """What `webhook-signature` says for that id, time (seconds) and body."""
    content = f"{name}.{timestamp}.".encode() + body
    return "v1," + b64encode(hmac.digest(secret.encode(), content, "sha256")).decode()


def check(secret: str, headers: tuple[str, str, str], body: bytes, now: datetime) -> None:
    """NotAuthenticated unless one of the signatures is right, and the time is now; `headers` are id,
    timestamp and signature."""
    name, timestamp, signatures = headers
    known = sign(secret, name, timestamp, body)
    given = [one for one in signatures.split(" ")[:10] if one]
    if not name or not any(hmac.compare_digest(known.encode(), one.encode()) for one in given):
        raise NotAuthenticated("The signature is not right: HMAC-SHA-256 of id.timestamp.body.")
    if not timestamp.isdecimal() or len(timestamp) > 12:
        raise NotAuthenticated("webhook-timestamp is in whole seconds.")
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        raise NotAuthenticated("This report is too old; send it anew, with the present time.")
