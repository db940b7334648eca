"""Which moves between statuses there are."""

from itertools import product

import pytest

from app.kernel.errors import Conflict, InvalidInput
from app.leads.lifecycle import Move, check, check_loss
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


@pytest.mark.parametrize(
    ("status", "values", "field", "code"),
    [
        (LeadStatus.LOST, {"lost_reason": None}, "lost_reason", "reason_missing"),
        (LeadStatus.LOST, {"lost_reason": "mood"}, "lost_reason", "unknown_reason"),
        (LeadStatus.NEW, {"lost_reason": "price"}, "lost_reason", "not_lost"),
        (LeadStatus.WON, {"lost_details": "Too dear"}, "lost_details", "not_lost"),
    ],
)
def test_a_lost_lead_keeps_a_reason_and_no_other_lead_gets_one(
    status: LeadStatus, values: dict[str, str | None], field: str, code: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_loss(status, values, REASONS)
    assert [(problem.field, problem.code) for problem in refused.value.fields] == [(field, code)]


def test_a_reason_is_corrected_and_nothing_is_cleared_where_nothing_is() -> None:
    check_loss(LeadStatus.LOST, {"lost_reason": "other", "lost_details": None}, REASONS)
    check_loss(LeadStatus.NEW, {"lost_reason": None, "tags": []}, REASONS)
