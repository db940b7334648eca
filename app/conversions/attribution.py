"""Dividing a booking's value among sources. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from app.kernel.money import split
from app.models.choices import AttributionModel

_WHOLE = Decimal(10_000)
"""Split into cents, this gives shares of six places."""


@dataclass(frozen=True)
class Touch:
    """A source that had to do with the booking."""

    source_id: UUID | None
    slug: str


@dataclass(frozen=True)
class Credit:
    """One source's part under one model. The parts of a model sum exactly to 1 and to the value."""

    model: AttributionModel
    source_id: UUID | None
    source_name: str
    share: Decimal
    amount: Decimal


def credit(model: AttributionModel, value: Decimal, touches: Sequence[Touch]) -> list[Credit]:
    """Equal parts of `value` for each of these sources, in cents, by largest remainder."""
    equal = [Decimal(1)] * len(touches)
    amounts, shares = split(value, equal), split(_WHOLE, equal)
    return [
        Credit(model, touch.source_id, touch.slug, share / _WHOLE, amount)
        for touch, share, amount in zip(touches, shares, amounts, strict=True)
    ]
