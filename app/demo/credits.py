"""Which source earned how much of a booking: BEHAVIOUR §6, every model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from app.kernel.money import split
from app.models.choices import AttributionModel as Model

WINDOW = timedelta(days=365)
HALF_LIFE = timedelta(days=7)
_WHOLE = Decimal(10_000)
"""Split into cents, this gives shares of six places."""

Touch = tuple[datetime, str]
"""When, and the source's slug."""
Weights = Sequence[float]


@dataclass(frozen=True)
class Credit:
    """One source's part under one model. The parts of a model sum exactly to 1 and to the value."""

    model: Model
    slug: str
    share: Decimal
    amount: Decimal


def credit(value: Decimal, touches: Sequence[Touch], converted_at: datetime, fallback: str) -> list[Credit]:
    """All models' credits. Without a touch in the year before, `fallback` has everything."""
    counted = sorted(touch for touch in touches if timedelta(0) <= converted_at - touch[0] <= WINDOW)
    counted = counted or [(converted_at, fallback)]
    ages = [converted_at - at for at, _ in counted]
    slugs = [slug for _, slug in counted]
    return [
        part for model, weigh in MODELS.items() for part in _parts(model, value, slugs, weigh(ages, slugs))
    ]


def _parts(model: Model, value: Decimal, slugs: list[str], weights: Weights) -> list[Credit]:
    earned: dict[str, Decimal] = {}
    for slug, weight in zip(slugs, weights, strict=True):
        if weight:
            earned[slug] = earned.get(slug, Decimal(0)) + Decimal(weight)
    by = list(earned.values())
    amounts, shares = split(value, by), split(_WHOLE, by)
    return [Credit(model, slug, shares[i] / _WHOLE, amounts[i]) for i, slug in enumerate(earned)]


def _position(count: int) -> Weights:
    if count < 3:
        return [1.0] * count
    return [0.4, *[0.2 / (count - 2)] * (count - 2), 0.4]


def _named_once(slugs: list[str]) -> Weights:
    return [float(slug not in slugs[:i]) for i, slug in enumerate(slugs)]


MODELS: dict[Model, Callable[[list[timedelta], list[str]], Weights]] = {
    Model.FIRST_TOUCH: lambda ages, _: [1.0] + [0.0] * (len(ages) - 1),
    Model.LAST_TOUCH: lambda ages, _: [0.0] * (len(ages) - 1) + [1.0],
    Model.LINEAR: lambda ages, _: [1.0] * len(ages),
    Model.TIME_DECAY: lambda ages, _: [2 ** -(age / HALF_LIFE) for age in ages],
    Model.POSITION_BASED: lambda ages, _: _position(len(ages)),
    Model.MANUAL: lambda _, slugs: _named_once(slugs),
}
"""Manual: here the team named every source that was touched, each as much as the next."""
