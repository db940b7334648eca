"""The stub: takes every message and keeps it on screen, so that nothing leaves by accident."""

from app.messaging.transports import Accepted, Envelope, Result


class Outbox:
    """The message's row is the outbox; there is nothing to do and nothing that could happen twice."""

    name = "outbox"
    is_idempotent = True

    def send(self, envelope: Envelope) -> Result:
        return Accepted(envelope.key)
