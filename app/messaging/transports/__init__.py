"""How messages leave: a port, and what a provider's answer means.

A transport is called with no transaction open. It opens a line that carries one message after the other; each
comes back with one of the four results. It raises only for a mistake in our own code.
"""

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Envelope:
    """One message for one address. `key` is the message's id: a provider may use it to send once.

    `content` is an Internet Message (RFC 5322), or the words of a text message in UTF-8. Sender and recipient
    are e-mail addresses, or telephone numbers (E.164).
    """

    key: str
    sender: str
    recipient: str
    content: bytes


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


class Line(Protocol):
    """A connection to the provider, made for the first message and used for those after it."""

    def send(self, envelope: Envelope) -> Result: ...


class Transport(ABC):
    """`is_idempotent`: the provider sends one key once, so an unanswered call may be repeated."""

    name: str
    is_idempotent: bool

    @abstractmethod
    def open(self) -> AbstractContextManager[Line]:
        """A line for as many messages as there are; it hangs up at the end."""

    def send(self, envelope: Envelope) -> Result:
        """One message, over a line of its own."""
        with self.open() as line:
            return line.send(envelope)
