"""Whether the day that a couple wants is free, and who else wants it."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask

from app.kernel.uow import reading, unit_of_work
from app.leads.availability import Availability, availability, rivals
from app.models.capture import DateEntry
from app.models.choices import DateState, LeadStatus
from app.models.leads import Lead
from tests.cast import House
from tests.factories.nurture import make_lead

DAY = date(2031, 6, 14)
NOW = datetime.now(UTC)


def enter(house: House, state: DateState, lead_id: UUID | None = None, **columns: object) -> None:
    with unit_of_work(house.supplier_id) as session:
        session.add(
            DateEntry(supplier_id=house.supplier_id, on_date=DAY, state=state, lead_id=lead_id, **columns)
        )


def seen(house: House, lead_id: UUID) -> Availability:
    with reading(house.supplier_id) as session:
        return availability(session, session.get_one(Lead, (house.supplier_id, lead_id)))


def test_a_day_that_nobody_has_is_open(app: Flask, house: House) -> None:
    with app.app_context():
        assert seen(house, make_lead(house, NOW, wedding_date=DAY)) == Availability("open", 0, None)


def test_without_a_date_nothing_is_known(app: Flask, house: House) -> None:
    with app.app_context():
        lead_id = make_lead(house, NOW)
        assert seen(house, lead_id) == Availability("unknown")
        with reading(house.supplier_id) as session:
            assert rivals(session, session.get_one(Lead, (house.supplier_id, lead_id))) == []


@pytest.mark.parametrize("state", [DateState.HELD, DateState.BOOKED])
def test_it_says_whom_the_day_is_for(app: Flask, house: House, state: DateState) -> None:
    with app.app_context():
        lead_id, other = (make_lead(house, NOW, wedding_date=DAY) for _ in range(2))
        enter(house, state, other)
        assert seen(house, lead_id) == Availability(str(state), 1, other)
        assert seen(house, other) == Availability(str(state), 1, other)


def test_a_booking_says_more_than_a_hold_and_ones_own_hold_more_than_anothers(
    app: Flask, house: House
) -> None:
    with app.app_context():
        lead_id, other, third = (make_lead(house, NOW, wedding_date=DAY) for _ in range(3))
        enter(house, DateState.HELD, other)
        enter(house, DateState.HELD, lead_id)
        assert seen(house, lead_id) == Availability("held", 2, lead_id)
        enter(house, DateState.BLOCKED)
        assert seen(house, lead_id) == Availability("blocked", 2, None)
        enter(house, DateState.BOOKED, third)
        assert seen(house, lead_id) == Availability("booked", 2, third)


def test_a_hold_that_ran_out_holds_nothing(app: Flask, house: House) -> None:
    with app.app_context():
        lead_id, other = (make_lead(house, NOW, wedding_date=DAY) for _ in range(2))
        enter(house, DateState.HELD, other, held_until=datetime.now(UTC) - timedelta(minutes=1))
        assert seen(house, lead_id).state == "open"


def test_rivals_are_the_open_leads_of_that_day_and_ours_alone(app: Flask, house: House) -> None:
    with app.app_context():
        lead_id = make_lead(house, NOW, wedding_date=DAY)
        low, high = (make_lead(house, NOW, wedding_date=DAY, lead_score=score) for score in (10, 90))
        make_lead(house, NOW, wedding_date=DAY, lead_status=LeadStatus.LOST)
        make_lead(house, NOW, wedding_date=DAY + timedelta(1))
        with unit_of_work(house.stranger.actor.supplier_id) as session:
            supplier_id = house.stranger.actor.supplier_id
            session.add(
                Lead(supplier_id=supplier_id, lead_source="x", primary_email="a@b.example", wedding_date=DAY)
            )
        assert seen(house, lead_id).rivals == 2
        with reading(house.supplier_id) as session:
            lead = session.get_one(Lead, (house.supplier_id, lead_id))
            assert [one.id for one in rivals(session, lead)] == [high, low]
            assert [one.id for one in rivals(session, lead, most=1)] == [high]
