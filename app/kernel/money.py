"""Money is a Decimal in the supplier's currency (ISO 4217), never a float."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def quantize(amount: Decimal) -> Decimal:
    """To two places, half up."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def split(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Shares of `amount` by weight, in cents, that sum to it exactly.

    Largest remainder method (Hamilton): round every share down, then hand the missing cents to the
    largest fractions, the earlier one first on a tie. Weights are not negative and not all zero.
    """
    total = sum(weights)
    if total <= 0 or min(weights) < 0:
        raise ValueError("weights must be non-negative and not all zero")
    exact = [amount * weight / total for weight in weights]
    shares = [share.quantize(CENT, ROUND_DOWN) for share in exact]
    missing = int((amount - sum(shares)) / CENT)
    by_remainder = sorted(range(len(shares)), key=lambda i: (shares[i] - exact[i], i))
    for i in by_remainder[:missing]:
        shares[i] += CENT
    return shares
