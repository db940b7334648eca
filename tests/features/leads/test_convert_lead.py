"""A couple books and pays, or calls it off."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import update as update_sources
from uuid_utils.compat import uuid7

from app.conversions.schemas import ConvertLead
from app.kernel import clock
from app.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted
from app.kernel.schema import validate
from app.kernel.uow import unit_of_work
from app.leads.date_book import hold
from app.leads.schemas import DateHold, StatusMove
from app.models.capture import Touchpoint
from app.models.choices import LeadStatus, TouchpointKind
from app.models.sources import LeadSource
from app.workflows.cancel_conversion import cancel_conversion
from app.workflows.change_status import change_status
from app.workflows.convert_lead import convert_lead
from app.workflows.merge_leads import merge_leads
from app.workflows.update_lead import update_lead
from tests.features.leads.desk import Desk, update


def touch(desk: Desk, lead_id: object, slug: str, at: datetime) -> None:
    source = desk.select("select id from lead_sources where slug = :slug", slug=slug)[0][0]
    with desk.app.app_context(), unit_of_work(desk.house.supplier_id) as session:
        ids = {"supplier_id": desk.house.supplier_id, "lead_id": lead_id, "source_id": source}
        session.add(Touchpoint(**ids, kind=TouchpointKind.VISIT, occurred_at=at))


def test_a_booking_wins_the_lead_with_its_value_and_books_the_day(desk: Desk) -> None:
    lead_id = desk.lead(wedding_date="2028-06-10", lead_source="Referral")
    converted = desk.book(lead_id, "3200.50")
    lead = desk.row(lead_id)
    assert converted.revenue_attributed == Decimal("3200.50")
    assert (lead.lead_status, lead.conversion_value) == (LeadStatus.WON, Decimal("3200.50"))
    assert desk.select("select on_date, state from date_entries") == [(date(2028, 6, 10), "booked")]
    assert desk.select("select converted_leads, total_revenue from lead_sources where slug = 'referral'") == [
        (1, Decimal("3200.50"))
    ]


def days(desk: Desk) -> list[tuple[str, str]]:
    rows = desk.select("select on_date, state from date_entries order by on_date")
    return [(str(on), state) for on, state in rows]


def held(desk: Desk, on: str) -> UUID:
    """A lead with its day held."""
    lead_id = desk.lead(wedding_date=on)
    desk.do(hold, desk.actor, lead_id, DateHold(until=clock.now() + timedelta(days=5)))
    return lead_id


def test_of_two_days_held_for_merged_leads_the_wedding_day_is_booked_and_the_other_given_back(
    desk: Desk,
) -> None:
    lead_id, repeat = held(desk, "2028-06-10"), held(desk, "2028-05-01")
    desk.do(merge_leads, desk.actor, lead_id, repeat)
    assert days(desk) == [("2028-05-01", "held"), ("2028-06-10", "held")]
    desk.book(lead_id)
    assert days(desk) == [("2028-06-10", "booked")]


def test_a_booking_called_off_gives_its_day_back_and_keeps_another_that_is_held(desk: Desk) -> None:
    lead_id = desk.lead(wedding_date="2028-06-10")
    converted = desk.book(lead_id)
    desk.do(merge_leads, desk.actor, lead_id, held(desk, "2028-05-01"))
    desk.do(cancel_conversion, desk.actor, converted.conversion_id)
    assert days(desk) == [("2028-05-01", "held")]


def test_the_booked_day_follows_the_wedding_date(desk: Desk) -> None:
    lead_id = desk.lead(wedding_date="2028-06-10")
    desk.book(lead_id)
    desk.do(update_lead, desk.actor, lead_id, update(wedding_date="2028-07-07"))
    assert days(desk) == [("2028-07-07", "booked")]
    desk.do(update_lead, desk.actor, lead_id, update(wedding_date=None))
    assert days(desk) == []
    desk.do(update_lead, desk.actor, lead_id, update(wedding_date="2028-08-08"))
    assert days(desk) == [("2028-08-08", "booked")]


def test_the_day_of_a_lead_that_is_won_without_a_value_is_booked_too(desk: Desk) -> None:
    lead_id = desk.lead(wedding_date="2028-06-10")
    desk.do(change_status, desk.actor, lead_id, StatusMove(lead_status=LeadStatus.WON, value_unknown=True))
    assert days(desk) == [("2028-06-10", "booked")]
    desk.do(change_status, desk.actor, lead_id, StatusMove(lead_status=LeadStatus.QUALIFIED))
    assert days(desk) == []


def test_a_live_sequence_led_to_it_and_ends(desk: Desk) -> None:
    desk.book(desk.lead())
    assert desk.select("select status, end_reason, converted from lead_nurture_enrollments") == [
        ("cancelled", "won", True)
    ]
    assert desk.select("select conversion_rate from nurture_sequences") == [(100,)]


def test_the_last_touch_of_the_year_before_earns_it(desk: Desk) -> None:
    now = datetime(2027, 3, 1, tzinfo=UTC)
    with clock.at(now):
        lead_id = desk.lead(lead_source="Referral")
        for slug, days in (("instagram", 400), ("google_ads", 20), ("website", 2)):
            touch(desk, lead_id, slug, now - timedelta(days=days))
        touch(desk, lead_id, "facebook_ads", now + timedelta(days=1))
        converted = desk.book(lead_id, "1000")
    assert [(one.source, one.attribution_percentage) for one in converted.attributions] == [("website", 100)]
    row = desk.select(
        "select first_touch_source, last_touch_source, touch_points_count from lead_conversions"
    )
    assert row == [("google_ads", "website", 2)]


def test_without_a_touch_the_leads_own_source_earns_it(desk: Desk) -> None:
    converted = desk.book(desk.lead(lead_source="Referral"), "1000")
    assert [(one.source, one.attributed_revenue) for one in converted.attributions] == [("referral", 1000)]


def test_sources_that_a_person_names_share_it_to_the_cent(desk: Desk) -> None:
    named = ["Referral", "google_ads", "Instagram", "referral"]
    converted = desk.book(desk.lead(), "100", attributed_sources=named)
    amounts = [one.attributed_revenue for one in converted.attributions]
    assert amounts == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]
    assert sum(one.attribution_percentage for one in converted.attributions) == 100
    assert desk.select("select distinct model from conversion_credits order by 1") == [
        ("last_touch",),
        ("manual",),
    ]


def test_the_contract_after_the_booking_and_the_payments_recognise_nothing(desk: Desk) -> None:
    lead_id = desk.lead()
    desk.book(lead_id, "3000")
    for kind, value in (("contract_signed", "3000"), ("deposit_paid", "750"), ("full_payment", "2250")):
        assert desk.book(lead_id, value, conversion_type=kind).revenue_attributed == 0
    assert desk.row(lead_id).conversion_value == 3000
    paid = desk.select("select count(*) from lead_interactions where interaction_type = 'payment_received'")
    assert paid == [(2,)]


def test_a_deposit_alone_wins_the_lead_and_its_value_follows_with_the_booking(desk: Desk) -> None:
    lead_id = desk.lead()
    desk.book(lead_id, "500", conversion_type="deposit_paid")
    first = desk.row(lead_id)
    assert (first.lead_status, first.conversion_value) == (LeadStatus.WON, None)
    assert desk.miscounted() == []
    desk.book(lead_id, "2000")
    assert desk.row(lead_id).conversion_value == 2000


def test_a_source_earns_more_than_one_booking_can_be_worth(desk: Desk) -> None:
    with desk.app.app_context(), unit_of_work(desk.house.supplier_id) as session:
        session.execute(update_sources(LeadSource).values(commission_rate=Decimal("0.15")))
    for _ in range(2):
        desk.book(desk.lead(), "9999999999.99")
    assert desk.select("select sum(total_revenue) from lead_sources") == [(Decimal("19999999999.98"),)]
    assert desk.select("select distinct commission_amount from lead_conversions") == [
        (Decimal("1500000000.00"),)
    ]


def test_a_second_booking_is_refused_and_counted_once(desk: Desk) -> None:
    lead_id = desk.lead()
    desk.book(lead_id, "3000")
    with pytest.raises(Conflict, match="booking confirmed already"):
        desk.book(lead_id, "3000")
    assert desk.select("select count(*) from lead_conversions") == [(1,)]


@pytest.mark.parametrize("status", ["lost", "spam"])
def test_a_closed_lead_is_reopened_first(desk: Desk, status: str) -> None:
    lead_id = desk.lead()
    said = {"lost_reason": "price"} if status == "lost" else {}
    gone = validate(StatusMove, {"lead_status": status} | said)
    desk.do(change_status, desk.actor, lead_id, gone)
    with pytest.raises(Conflict, match="reopen it"):
        desk.book(lead_id)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"conversion_value": "-1"}, "conversion_value"),
        ({"conversion_value": "12345678901.00"}, "conversion_value"),
        ({"conversion_value": None}, "conversion_value"),
        ({"conversion_date": "2999-01-01T00:00:00Z"}, "conversion_date"),
        ({"attributed_sources": ["Nowhere"]}, "attributed_sources"),
        ({"conversion_type": "maybe"}, "conversion_type"),
    ],
)
def test_bad_input_names_its_field_and_nothing_is_booked(
    desk: Desk, said: dict[str, object], field: str
) -> None:
    lead_id = desk.lead()
    with pytest.raises(InvalidInput) as refused:
        desk.book(lead_id, **said)
    assert refused.value.fields[0].field == field
    assert desk.row(lead_id).lead_status is LeadStatus.NEW


def test_cancelled_it_counts_no_more_and_the_lead_is_in_negotiation(desk: Desk) -> None:
    lead_id = desk.lead(wedding_date="2028-06-10")
    booked = desk.book(lead_id)
    assert desk.do(cancel_conversion, desk.actor, booked.conversion_id) == lead_id
    lead = desk.row(lead_id)
    assert (lead.lead_status, lead.conversion_value) == (LeadStatus.NEGOTIATION, None)
    assert desk.select("select count(*) from date_entries") == [(0,)]
    assert desk.select("select converted from lead_nurture_enrollments") == [(False,)]
    with pytest.raises(Conflict, match="cancelled already"):
        desk.do(cancel_conversion, desk.actor, booked.conversion_id)


def test_a_cancelled_payment_leaves_the_booking(desk: Desk) -> None:
    lead_id = desk.lead()
    desk.book(lead_id, "3000")
    paid = desk.book(lead_id, "500", conversion_type="deposit_paid")
    desk.do(cancel_conversion, desk.actor, paid.conversion_id)
    lead = desk.row(lead_id)
    assert (lead.lead_status, lead.conversion_value) == (LeadStatus.WON, 3000)


def test_strangers_and_viewers_book_nothing(desk: Desk) -> None:
    lead_id = desk.lead()
    booked = desk.book(desk.lead())
    data = validate(ConvertLead, {"conversion_type": "booking_confirmed", "conversion_value": "1"})
    for actor, error in ((desk.house.stranger.actor, NotFound), (desk.house.viewer.actor, NotPermitted)):
        with pytest.raises(error):
            desk.do(convert_lead, actor, lead_id, data)
        with pytest.raises(error):
            desk.do(cancel_conversion, actor, booked.conversion_id)
    with pytest.raises(NotFound):
        desk.do(convert_lead, desk.actor, uuid7(), data)
