"""How messages leave: a port, and what a provider's answer means.

A transport is called with no transaction open. It returns one of the four results and raises only
for a mistake in our own code.
"""

from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol


@dataclass(frozen=True)
class Envelope:
    """One e-mail for one address. `key` is the message's id: a provider may use it to send once."""

    key: str
    sender: str
    recipient: str
    message: EmailMessage


@dataclass(frozen=True)
class Accepted:
    """The provider has taken it on."""

    provider_id: str


@dataclass(frozen=True)
class Temporary:
    """It was not taken and may be tried again."""

    reason: str


@dataclass(frozen=True)
class Permanent:
    """It was refused for good."""

    reason: str


@dataclass(frozen=True)
class Unknown:
    """It may have been taken: nobody can tell, so it is not sent again by itself."""

    reason: str


Result = Accepted | Temporary | Permanent | Unknown


class Transport(Protocol):
    """`is_idempotent`: the provider sends one key once, so an unanswered call may be repeated."""

    name: str
    is_idempotent: bool

    def send(self, envelope: Envelope) -> Result: ...
