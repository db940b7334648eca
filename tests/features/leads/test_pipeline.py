"""The pipeline: a lane a status, with what it counts and is worth."""

from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.kernel.uow import reading
from app.leads.filters import LeadFilters
from app.leads.pipeline import LANES, Lane, lanes, names
from app.models.choices import LeadStatus
from tests.features.leads.desk import Desk

LONDON = ZoneInfo("Europe/London")


def board(desk: Desk, size: int = 10, **filters: Any) -> dict[str, Lane]:
    def found(session: Session) -> dict[str, Lane]:
        kept = lanes(session, LeadFilters(**filters), LONDON, dict.fromkeys(LANES, size))
        session.expunge_all()
        return {lane.status: lane for lane in kept}

    return desk.ask(found)


def test_every_lane_is_there_from_left_to_right(desk: Desk) -> None:
    desk.lead()
    assert list(board(desk)) == [*LANES]


def test_a_lane_counts_and_sums_all_and_holds_the_first(desk: Desk) -> None:
    made = [desk.lead(estimated_budget=Decimal(budget)) for budget in (1000, 2000, 3500)]
    lane = board(desk, size=2)[LeadStatus.NEW]
    assert (lane.count, lane.value) == (3, Decimal(6500))
    assert [lead.id for lead in lane.leads] == made[:0:-1]


def test_a_won_lane_is_worth_its_bookings(desk: Desk) -> None:
    desk.book(desk.lead(estimated_budget=Decimal(9000)))
    lane = board(desk)[LeadStatus.WON]
    [lead] = lane.leads
    assert lane.value == lead.conversion_value != Decimal(9000)


def test_filters_hold_in_every_lane(desk: Desk) -> None:
    kept = desk.lead(tags=["barn"])
    desk.lead()
    found = board(desk, tags=["barn"])
    assert [lead.id for lead in found[LeadStatus.NEW].leads] == [kept]
    assert found[LeadStatus.NEW].count == 1
    assert board(desk, status=[LeadStatus.LOST])[LeadStatus.NEW].count == 0


def test_the_sort_holds_in_a_lane_with_those_without_a_date_last(desk: Desk) -> None:
    none = desk.lead()
    late = desk.lead(wedding_date="2031-01-01")
    soon = desk.lead(wedding_date="2030-01-01")
    lane = board(desk, sort_by="wedding_date", sort_order="asc")[LeadStatus.NEW]
    assert [lead.id for lead in lane.leads] == [soon, late, none]


def test_leads_are_called_by_their_names(desk: Desk) -> None:
    known = desk.lead(couple_name_bride="Emma")
    with desk.app.app_context(), reading(desk.house.stranger.actor.supplier_id) as session:
        assert names(session, [known]) == {}
    assert desk.ask(lambda session: names(session, [known, desk.house.supplier_id])) == {known: "Emma"}
