"""`convertLead` and `cancelConversion`: a booking with its value and who earned it, and the way back."""

from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from app.kernel.actor import Permission
from app.models.choices import LeadStatus
from tests.surfaces.graphql.conftest import Caller, Desk

CONVERT = """mutation ($id: UUID!, $input: ConvertLeadInput!) {
    convertLead(id: $id, input: $input) {
        success message errors { field code message } revenueAttributed
        sourceAttributions { source attributionPercentage attributedRevenue }
        conversion { id conversionType conversionValue conversionDate notes attributedRevenue attributionModel
                     cancelledAt credits { sourceName model share amount source { slug } } }
        leadUpdated { leadStatus conversionValue convertedAt statusHistory { toStatus }
                      enrollments { status endReason converted } conversions { conversionType } } } }"""
CANCEL = """mutation ($id: UUID!) {
    cancelConversion(id: $id) {
        success message errors { field code message } conversion { cancelledAt }
        leadUpdated { leadStatus conversionValue convertedAt } } }"""


def convert(ask: Caller, lead_id: UUID, **given: Any) -> dict[str, Any]:
    said = {"conversionType": "booking_confirmed", "conversionValue": "1000"} | given
    return dict(ask(CONVERT, id=str(lead_id), input=said)["convertLead"])


def cancel(ask: Caller, conversion_id: object) -> dict[str, Any]:
    return dict(ask(CANCEL, id=str(conversion_id))["cancelConversion"])


def test_a_booking_wins_the_lead_and_says_who_earned_it(desk: Desk, ask: Caller) -> None:
    told = convert(ask, desk.lead(lead_source="referral"), conversionValue="3200.50", notes="Deposit by June")
    assert (told["success"], told["message"], told["errors"]) == (True, "Conversion recorded.", [])
    assert told["revenueAttributed"] == "3200.50"
    assert told["sourceAttributions"] == [
        {"source": "referral", "attributionPercentage": 100.0, "attributedRevenue": "3200.50"}
    ]
    assert told["conversion"] == told["conversion"] | {
        "conversionType": "booking_confirmed",
        "conversionValue": "3200.50",
        "attributedRevenue": "3200.50",
        "notes": "Deposit by June",
        "cancelledAt": None,
    }
    [credit] = told["conversion"]["credits"]
    assert (credit["model"], credit["share"], credit["amount"]) == ("last_touch", 1, "3200.50")
    lead = told["leadUpdated"]
    assert (lead["leadStatus"], lead["conversionValue"]) == ("won", "3200.50")
    assert lead["convertedAt"] == told["conversion"]["conversionDate"]
    assert lead["statusHistory"][0]["toStatus"] == "won"
    assert lead["enrollments"] == [{"status": "cancelled", "endReason": "won", "converted": True}]


def test_sources_that_are_named_share_it_to_the_cent(desk: Desk, ask: Caller) -> None:
    named = ["Referral", "google_ads", "Instagram"]
    told = convert(ask, desk.lead(), conversionValue="100", attributedSources=named)
    revenues = [part["attributedRevenue"] for part in told["sourceAttributions"]]
    assert revenues == ["33.34", "33.33", "33.33"]
    assert sum(part["attributionPercentage"] for part in told["sourceAttributions"]) == pytest.approx(100)
    assert told["conversion"]["attributionModel"] == "manual"


def test_a_payment_is_a_milestone_and_no_revenue_again(desk: Desk, ask: Caller) -> None:
    lead_id = desk.lead()
    convert(ask, lead_id)
    told = convert(ask, lead_id, conversionType="deposit_paid", conversionValue="300")
    assert (told["revenueAttributed"], told["sourceAttributions"]) == ("0", [])
    assert told["leadUpdated"]["conversionValue"] == "1000.00"
    assert len(told["leadUpdated"]["conversions"]) == 2


def test_a_booking_is_called_off(desk: Desk, ask: Caller) -> None:
    made = convert(ask, desk.lead())
    told = cancel(ask, made["conversion"]["id"])
    assert (told["success"], told["message"]) == (True, "Conversion cancelled.")
    assert told["conversion"]["cancelledAt"] is not None
    assert told["leadUpdated"] == {
        "leadStatus": "negotiation",
        "conversionValue": None,
        "convertedAt": None,
    }


def test_it_is_called_off_once(desk: Desk, ask: Caller, unchanged: Any) -> None:
    made = convert(ask, desk.lead())
    cancel(ask, made["conversion"]["id"])
    with unchanged():
        told = cancel(ask, made["conversion"]["id"])
    assert (told["success"], told["leadUpdated"]) == (False, None)
    assert [error["code"] for error in told["errors"]] == ["CONFLICT"]


def test_a_second_booking_is_a_conflict(desk: Desk, ask: Caller, unchanged: Any) -> None:
    lead_id = desk.lead()
    convert(ask, lead_id)
    with unchanged():
        told = convert(ask, lead_id)
    assert (told["success"], told["conversion"], told["leadUpdated"]) == (False, None, None)
    assert [error["code"] for error in told["errors"]] == ["CONFLICT"]


def test_a_lost_lead_is_reopened_before_it_books(desk: Desk, ask: Caller, unchanged: Any) -> None:
    lead_id = desk.lead()
    desk.change(lead_id, lead_status=LeadStatus.LOST, lost_reason="price")
    with unchanged():
        told = convert(ask, lead_id)
    assert told["errors"][0]["code"] == "CONFLICT"
    assert "reopen" in told["message"]


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"conversionValue": "-1"}, "conversionValue", "greater_than_equal"),
        ({"conversionValue": "12345678901"}, "conversionValue", "decimal_whole_digits"),
        ({"conversionValue": "1.005"}, "conversionValue", "decimal_max_places"),
        ({"conversionDate": "2199-01-01T00:00:00Z"}, "conversionDate", "future"),
        ({"conversionDate": "2026-01-01T00:00:00"}, "conversionDate", "timezone_aware"),
        ({"attributedSources": ["the moon"]}, "attributedSources", "unknown_source"),
        ({"attributedSources": [f"source {n}" for n in range(10_000)]}, "attributedSources", "too_long"),
        ({"notes": "x" * 10_001}, "notes", "string_too_long"),
    ],
)
def test_a_conversion_that_cannot_be_is_named(
    desk: Desk, ask: Caller, unchanged: Any, given: dict[str, Any], field: str, code: str
) -> None:
    lead_id = desk.lead()
    with unchanged():
        told = convert(ask, lead_id, **given)
    assert (told["success"], told["revenueAttributed"], told["sourceAttributions"]) == (False, None, [])
    assert [(error["field"], error["code"]) for error in told["errors"]] == [(field, code)]


def test_a_conversion_has_a_value(desk: Desk, ask: Caller, unchanged: Any) -> None:
    lead_id = desk.lead()
    with unchanged():
        error = ask.refused(CONVERT, id=str(lead_id), input={"conversionType": "booking_confirmed"})
    assert "conversionValue" in error["message"]


def test_who_may_not_book(desk: Desk, ask: Caller, stranger: Caller, unchanged: Any) -> None:
    lead_id, reader = desk.lead(), desk.caller(scopes=[Permission.READ])
    made = convert(ask, desk.lead())["conversion"]["id"]
    with unchanged():
        assert convert(reader, lead_id)["errors"][0]["code"] == "NOT_PERMITTED"
        assert cancel(reader, made)["errors"][0]["code"] == "NOT_PERMITTED"
        booked = [convert(stranger, i) for i in (lead_id, uuid7())]
        cancelled = [cancel(stranger, i) for i in (made, uuid7())]
    for theirs, unknown in (booked, cancelled):
        assert theirs == unknown
        assert theirs["errors"][0]["code"] == "NOT_FOUND"
