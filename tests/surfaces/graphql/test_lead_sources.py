"""`leadSources`."""

from decimal import Decimal
from typing import Any

from sqlalchemy import update

from app.kernel.uow import unit_of_work
from app.models.choices import LeadStatus
from app.models.sources import LeadSource
from tests.surfaces.graphql.conftest import Caller, Desk

SUMMARY = """{ leadSources { performanceSummary {
    totalSources bestPerformingSource highestConversionRate lowestCostPerLead } } }"""


def test_the_sources_come_by_name(ask: Caller, statements: Any) -> None:
    with statements() as sent:
        found = ask(
            """{ leadSources { sources {
            sourceName slug sourceCategory totalLeads totalRevenue costPerLead } } }"""
        )
    names = [source["sourceName"] for source in found["leadSources"]["sources"]]
    assert len(names) == 11
    assert names == sorted(names)
    assert found["leadSources"]["sources"][0] == {
        "sourceName": "Directory listing",
        "slug": "directory_listing",
        "sourceCategory": "directory",
        "totalLeads": 0,
        "totalRevenue": "0.00",
        "costPerLead": None,
    }
    assert len(sent) == 1


def test_inactive_sources_are_told_apart(desk: Desk, ask: Caller) -> None:
    desk.lead(lead_source="Aunt Sally")
    found = ask("""{ leadSources { on: sources(isActive: true) { slug } off: sources(isActive: false) { slug }
        all: sources(isActive: null, first: null) { slug } } }""")["leadSources"]
    assert [source["slug"] for source in found["off"]] == ["aunt_sally"]
    assert (len(found["on"]), len(found["all"])) == (11, 12)


def test_nothing_is_best_before_ten_leads(desk: Desk, ask: Caller) -> None:
    for _ in range(9):
        desk.change(desk.lead(lead_source="referral"), lead_status=LeadStatus.WON)
    assert ask(SUMMARY)["leadSources"]["performanceSummary"] == {
        "totalSources": 11,
        "bestPerformingSource": None,
        "highestConversionRate": None,
        "lowestCostPerLead": None,
    }


def test_the_best_source_is_the_one_we_can_be_surest_of(desk: Desk, ask: Caller) -> None:
    """10 of 10 may be luck: its lower bound is 0.72. So is 6 of 10, at 0.31; 1 of 12 is below both."""
    for slug, leads, won in (("referral", 10, 10), ("website", 10, 6), ("instagram", 12, 1)):
        for number in range(leads):
            status = LeadStatus.WON if number < won else LeadStatus.NEW
            desk.change(desk.lead(lead_source=slug), lead_status=status)
    with desk.app.app_context(), unit_of_work(desk.house.supplier_id) as session:
        costs = update(LeadSource).where(LeadSource.slug == "instagram").values(cost_per_lead=Decimal("12.5"))
        session.execute(costs)
    assert ask(SUMMARY)["leadSources"]["performanceSummary"] == {
        "totalSources": 11,
        "bestPerformingSource": "Referral",
        "highestConversionRate": 1,
        "lowestCostPerLead": "12.50",
    }
