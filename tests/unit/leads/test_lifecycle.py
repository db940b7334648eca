"""Which moves between statuses there are."""

from itertools import product

import pytest

from app.kernel.errors import Conflict, InvalidInput
from app.leads.lifecycle import Move, check
from app.models.choices import OPEN_STATUSES, LeadStatus

REASONS = ("price", "other")
PAIRS = [(before, after) for before, after in product(LeadStatus, LeadStatus) if before is not after]
CLOSED = {LeadStatus.WON, LeadStatus.LOST, LeadStatus.SPAM}


def allowed(before: LeadStatus, after: LeadStatus) -> bool:
    if before in OPEN_STATUSES:
        return after in OPEN_STATUSES | CLOSED
    return before in CLOSED and after in OPEN_STATUSES


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_open_leads_go_anywhere_but_to_duplicate_and_closed_ones_come_back(
    before: LeadStatus, after: LeadStatus
) -> None:
    move = Move(before, after, is_booked=True, lost_reason="price")
    if allowed(before, after):
        check(move, REASONS)
    else:
        with pytest.raises(Conflict, match=f"{before} to {after}"):
            check(move, REASONS)


def test_won_wants_a_booking_or_the_word_that_its_value_is_unknown() -> None:
    with pytest.raises(InvalidInput) as refused:
        check(Move(LeadStatus.NEW, LeadStatus.WON), REASONS)
    assert refused.value.fields[0].code == "value_missing"
    check(Move(LeadStatus.NEW, LeadStatus.WON, is_booked=True), REASONS)
    check(Move(LeadStatus.NEW, LeadStatus.WON, value_unknown=True), REASONS)


@pytest.mark.parametrize(("reason", "code"), [(None, "reason_missing"), ("mood", "unknown_reason")])
def test_lost_wants_one_of_the_suppliers_reasons_and_names_them(reason: str | None, code: str) -> None:
    with pytest.raises(InvalidInput, match="price, other") as refused:
        check(Move(LeadStatus.NEW, LeadStatus.LOST, lost_reason=reason), REASONS)
    assert refused.value.fields[0].code == code
