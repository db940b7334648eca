"""`analytics(startDate, endDate)`: figures computed from the facts, in the supplier's calendar."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.kernel.uow import reading
from app.models.choices import LeadStatus as Status
from app.models.leads import StatusHistory
from app.models.sources import LeadSource, SourceCost
from tests.surfaces.graphql.conftest import Caller, Desk

MARCH = {"start": "2026-03-01", "end": "2026-03-31"}
METRICS = """query ($start: Date!, $end: Date!) { analytics(startDate: $start, endDate: $end) { metrics {
    leadsCreated leadsQualified leadsConverted leadsLost conversionRate conversionRateInterval { low high }
    averageLeadScore averageDaysToConversion totalConversionValue } } }"""
FUNNEL = """query ($start: Date!, $end: Date!) { analytics(startDate: $start, endDate: $end) {
    funnelAnalysis { stage count percentage dropOffRate } } }"""
TRENDS = """query ($start: Date!, $end: Date!) { analytics(startDate: $start, endDate: $end) {
    trends { date leadsCreated leadsConverted conversionValue } } }"""
SOURCES = """query ($start: Date!, $end: Date!) { analytics(startDate: $start, endDate: $end) {
    sourcePerformance { sourceName leadsCount conversionRate conversionRateInterval { low }
        costPerLead revenueGenerated roi } } }"""


def march(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def moved(desk: Desk, lead: UUID, *statuses: Status, at: datetime) -> None:
    """The lead went through these statuses and stands in the last."""
    for status in statuses:
        desk.add(StatusHistory(lead_id=lead, to_status=status, changed_at=at))
    desk.change(lead, lead_status=statuses[-1])


@pytest.fixture
def season(desk: Desk) -> list[UUID]:
    """Four leads of March that count, two that do not, one of April."""
    won, lost, jumped, new, spam, copy = (desk.lead(march(day)) for day in (1, 1, 2, 31, 5, 6))
    april = desk.lead(datetime(2026, 4, 1, 12, tzinfo=UTC))
    moved(desk, won, Status.CONTACTED, Status.QUALIFIED, Status.WON, at=march(11))
    desk.change(won, converted_at=march(11), conversion_value=Decimal("2500.50"), lead_score=80)
    moved(desk, lost, Status.CONTACTED, Status.LOST, at=march(4))
    moved(desk, jumped, Status.PROPOSAL_SENT, at=march(9))
    desk.change(spam, lead_status=Status.SPAM, lead_score=100)
    desk.change(copy, lead_status=Status.DUPLICATE, duplicate_of_id=won)
    moved(desk, april, Status.WON, at=datetime(2026, 4, 2, tzinfo=UTC))
    desk.change(april, converted_at=datetime(2026, 4, 2, tzinfo=UTC), conversion_value=Decimal(900))
    for lead in (lost, jumped, new):
        desk.change(lead, lead_score=20)
    return [won, lost, jumped, new]


def test_the_figures_are_those_of_the_leads_created_in_the_period(ask: Caller, season: list[UUID]) -> None:
    found = ask(METRICS, **MARCH)["analytics"]["metrics"]
    interval = found.pop("conversionRateInterval")
    assert found == {
        "leadsCreated": 4,
        "leadsQualified": 2,
        "leadsConverted": 1,
        "leadsLost": 1,
        "conversionRate": 0.25,
        "averageLeadScore": 35.0,
        "averageDaysToConversion": 10.0,
        "totalConversionValue": "2500.50",
    }
    assert 0.045 < interval["low"] < 0.047
    assert 0.69 < interval["high"] < 0.71


def test_without_leads_rates_are_unknown_and_not_zero(ask: Caller) -> None:
    assert ask(METRICS, **MARCH)["analytics"]["metrics"] == {
        "leadsCreated": 0,
        "leadsQualified": 0,
        "leadsConverted": 0,
        "leadsLost": 0,
        "conversionRate": None,
        "conversionRateInterval": None,
        "averageLeadScore": None,
        "averageDaysToConversion": None,
        "totalConversionValue": "0.00",
    }


def test_the_funnel_counts_leads_that_ever_reached_a_stage_or_a_later_one(
    ask: Caller, season: list[UUID]
) -> None:
    found = ask(FUNNEL, **MARCH)["analytics"]["funnelAnalysis"]
    assert [
        (stage["stage"], stage["count"], stage["percentage"], stage["dropOffRate"]) for stage in found
    ] == [
        ("new", 4, 100, None),
        ("contacted", 3, 75, 0.25),
        ("qualified", 2, 50, pytest.approx(1 / 3)),
        ("proposal_sent", 2, 50, 0),
        ("negotiation", 1, 25, 0.5),
        ("won", 1, 25, 0),
    ]


def test_the_funnel_of_nobody_has_no_shares(ask: Caller) -> None:
    found = ask(FUNNEL, **MARCH)["analytics"]["funnelAnalysis"]
    assert {(stage["count"], stage["percentage"], stage["dropOffRate"]) for stage in found} == {
        (0, None, None)
    }


def test_the_trend_has_every_day_and_counts_by_the_day_it_happened(ask: Caller, season: list[UUID]) -> None:
    trend = ask(TRENDS, **MARCH)["analytics"]["trends"]
    assert [day["date"] for day in trend] == [date(2026, 3, day).isoformat() for day in range(1, 32)]
    told = {
        day["date"]: (day["leadsCreated"], day["leadsConverted"], day["conversionValue"]) for day in trend
    }
    assert told["2026-03-01"] == (2, 0, "0.00")
    assert told["2026-03-11"] == (0, 1, "2500.50")
    assert told["2026-03-05"] == (0, 0, "0.00")


def test_a_day_is_the_suppliers(desk: Desk, ask: Caller) -> None:
    """Half past eleven at night UTC is the next day in London's summer."""
    desk.lead(datetime(2026, 6, 30, 23, 30, tzinfo=UTC))
    for day, leads in (("2026-06-30", 0), ("2026-07-01", 1)):
        assert ask(METRICS, start=day, end=day)["analytics"]["metrics"]["leadsCreated"] == leads
        assert ask(TRENDS, start=day, end=day)["analytics"]["trends"][0]["leadsCreated"] == leads


def source(desk: Desk, slug: str) -> UUID:
    with desk.app.app_context(), reading(desk.house.supplier_id) as session:
        return session.execute(select(LeadSource.id).where(LeadSource.slug == slug)).scalar_one()


def cost(desk: Desk, slug: str, amount: str, start: date, end: date) -> None:
    desk.add(
        SourceCost(source_id=source(desk, slug), amount=Decimal(amount), period_start=start, period_end=end)
    )


def test_a_source_is_told_with_its_cost_and_what_it_earned(desk: Desk, ask: Caller) -> None:
    paid = [desk.lead(march(3), lead_source="google_ads") for _ in range(2)]
    free = desk.lead(march(3), lead_source="referral")
    for lead, value in ((paid[0], "1000"), (free, "700")):
        moved(desk, lead, Status.WON, at=march(4))
        desk.change(lead, converted_at=march(4), conversion_value=Decimal(value))
    desk.change(desk.lead(march(3)), lead_source_id=None)
    cost(desk, "google_ads", "310", date(2026, 3, 1), date(2026, 3, 31))
    cost(desk, "google_ads", "61", date(2026, 3, 1), date(2026, 4, 30))
    cost(desk, "instagram", "50", date(2026, 3, 31), date(2026, 3, 31))
    cost(desk, "facebook_ads", "50", date(2026, 4, 1), date(2026, 4, 1))
    cost(desk, "referral", "0", date(2026, 3, 1), date(2026, 3, 1))

    found = {row["sourceName"]: row for row in ask(SOURCES, **MARCH)["analytics"]["sourcePerformance"]}
    assert list(found) == ["Google Ads", "Referral", "unknown", "Instagram"]
    google = found["Google Ads"]
    assert google.pop("conversionRateInterval")["low"] > 0
    assert google == {
        "sourceName": "Google Ads",
        "leadsCount": 2,
        "conversionRate": 0.5,
        "costPerLead": "170.50",
        "revenueGenerated": "1000.00",
        "roi": pytest.approx((1000 - 341) / 341),
    }
    assert (found["Referral"]["costPerLead"], found["Referral"]["roi"]) == ("0.00", None)
    assert (found["unknown"]["costPerLead"], found["unknown"]["roi"]) == (None, None)
    instagram = found["Instagram"]
    assert (instagram["leadsCount"], instagram["conversionRate"], instagram["costPerLead"]) == (0, None, None)
    assert instagram["roi"] == -1


def test_another_supplier_sees_its_own_figures(ask: Caller, stranger: Caller, season: list[UUID]) -> None:
    assert stranger(METRICS, **MARCH)["analytics"]["metrics"]["leadsCreated"] == 0
    assert stranger(SOURCES, **MARCH)["analytics"]["sourcePerformance"] == []


def test_only_what_is_selected_is_computed(ask: Caller, statements: Any) -> None:
    with statements() as sent:
        found = ask("""{ analytics(startDate: "2026-03-01", endDate: "2026-03-02") {
            dateRange { startDate endDate } } }""")
    assert found["analytics"]["dateRange"] == {"startDate": "2026-03-01", "endDate": "2026-03-02"}
    assert not any("leads" in statement for statement in sent)
    with statements() as sent:
        ask(METRICS, **MARCH)
    assert sum("FROM leads" in statement for statement in sent) == 1


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        ("2026-03-02", "2026-03-01", "endDate"),
        ("2020-01-01", "2026-01-01", "endDate"),
        ("1900-01-01", "1900-01-02", "startDate"),
        ("9999-12-30", "9999-12-31", "startDate"),
    ],
)
def test_a_period_out_of_bounds_is_named(ask: Caller, start: str, end: str, field: str) -> None:
    error = ask.refused(METRICS, start=start, end=end)
    assert error["extensions"]["fields"][0]["field"] == field


@pytest.mark.parametrize("start", ["", "yesterday", "2026-02-30", "2026-03-01T00:00:00", 20260301, None])
def test_a_day_that_is_none_is_no_request(ask: Caller, start: Any) -> None:
    assert ask.refused(METRICS, start=start, end="2026-03-01")["extensions"]["code"] == "BAD_USER_INPUT"
