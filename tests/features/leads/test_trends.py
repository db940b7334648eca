"""The last twelve weeks in figures: which week a lead counts in, and what of it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import insert
from uuid_utils.compat import uuid7

from app.kernel.uow import reading, unit_of_work
from app.leads.trends import Lately, Week, lately, weeks
from app.models.choices import LeadStatus
from app.models.leads import Lead
from tests.cast import House

NOON = datetime(2027, 3, 10, 12, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")
MONDAY = datetime(2027, 3, 8, 5, tzinfo=UTC)
"""Midnight in New York."""
COLUMNS = (*("converted_at", "conversion_value", "estimated_budget", "first_response_at"),)


def put(house: House, *leads: dict[str, Any]) -> None:
    made = [
        {"supplier_id": house.supplier_id, "id": uuid7(), "primary_email": f"{uuid7().hex}@example.com"}
        | {"lead_source": "website", "created_at": NOON, "lead_status": LeadStatus.NEW, "lead_score": 0}
        | dict.fromkeys(COLUMNS) | lead
        for lead in leads
    ]  # fmt: skip
    with unit_of_work(house.supplier_id) as session:
        session.execute(insert(Lead), made)


def read(house: House) -> tuple[list[Week], Lately]:
    with reading(house.supplier_id) as session:
        return weeks(session, NEW_YORK, NOON), lately(session, NEW_YORK, NOON)


def test_without_leads_there_are_twelve_empty_weeks(app: Flask, house: House) -> None:
    with app.app_context():
        found, month = read(house)
    assert [week.monday for week in found] == [date(2026, 12, 21) + timedelta(weeks=n) for n in range(12)]
    assert {(week.leads, week.won, week.revenue, week.conversion_rate) for week in found} == {(0, 0, 0, None)}
    assert month == Lately(0, Decimal(0), 0, None)


def test_a_week_begins_on_monday_of_the_suppliers_zone(app: Flask, house: House) -> None:
    with app.app_context():
        put(house, {"created_at": MONDAY}, {"created_at": MONDAY - timedelta(seconds=1)})
        put(house, {"created_at": MONDAY - timedelta(weeks=11)})
        put(house, {"created_at": MONDAY - timedelta(weeks=11, seconds=1)})
        found, _ = read(house)
    assert [week.leads for week in found] == [1, *[0] * 9, 1, 1]


def test_a_week_counts_its_leads_and_what_was_won_in_it(app: Flask, house: House) -> None:
    hours, won = timedelta(hours=1), {"lead_status": LeadStatus.WON}
    with app.app_context():
        put(
            house,
            {"lead_score": 40, "estimated_budget": 1000, "first_response_at": NOON + 2 * hours},
            {"lead_score": 60, "first_response_at": NOON + 4 * hours},
            won | {"lead_score": 80, "estimated_budget": 500, "converted_at": NOON, "conversion_value": 900},
            {"lead_status": LeadStatus.SPAM, "lead_score": 99, "first_response_at": NOON},
            won | {"created_at": NOON - timedelta(days=400), "converted_at": NOON, "conversion_value": 100},
            won | {"created_at": NOON - timedelta(days=400), "converted_at": MONDAY - timedelta(days=8)},
        )
        found, month = read(house)
    week = found[-1]
    assert (week.leads, week.won_of_them, week.average_score) == (3, 1, Decimal(60))
    assert (week.pipeline_value, week.median_response) == (Decimal(1000), 3 * hours)
    assert (week.won, week.revenue) == (2, Decimal(1000))
    assert (found[-3].won, found[-3].revenue) == (1, Decimal(0))
    assert month == Lately(2, Decimal(1000), 2, 3 * hours)


def test_a_month_begins_on_its_first_in_the_suppliers_zone(app: Flask, house: House) -> None:
    first = datetime(2027, 3, 1, 5, tzinfo=UTC)
    won = {"lead_status": LeadStatus.WON, "conversion_value": 100, "created_at": first - timedelta(days=90)}
    with app.app_context():
        put(house, won | {"converted_at": first}, won | {"converted_at": first - timedelta(seconds=1)})
        put(house, won | {"lead_status": LeadStatus.LOST, "converted_at": first})
        assert read(house)[1].won == 1


def test_another_suppliers_weeks_are_not_ours(app: Flask, house: House) -> None:
    with app.app_context():
        put(house, {})
        with reading(house.stranger.actor.supplier_id) as session:
            assert sum(week.leads for week in weeks(session, NEW_YORK, NOON)) == 0
