"""Who is given a new lead: the source's own person, else the next in turn who is there and has room."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from app.kernel import clock
from app.kernel.actor import Role
from app.kernel.uow import unit_of_work
from app.leads.schemas import StatusMove
from app.models.accounts import Supplier
from app.models.sources import LeadSource
from app.workflows.change_status import change_status
from tests.cast import Person
from tests.features.leads.desk import Desk
from tests.features.leads.team import Team

NOW = datetime(2027, 6, 3, 10, tzinfo=UTC)
CLOSED = StatusMove(lead_status="lost", lost_reason="price")


def new(desk: Desk, at: datetime = NOW, **said: Any) -> UUID:
    with clock.at(at):
        return desk.lead(**said)


def default_of_website(desk: Desk, person: Person) -> None:
    with desk.app.app_context(), unit_of_work(desk.house.supplier_id) as session:
        session.execute(
            update(LeadSource)
            .where(LeadSource.slug == "website")
            .values(auto_assign_to_user_id=person.user_id)
        )


def test_each_in_turn(desk: Desk, team: Team) -> None:
    people = {desk.house.owner.user_id, desk.house.admin.user_id, desk.house.member.user_id}
    has = [team.who_has(new(desk, NOW + timedelta(minutes=n))) for n in range(6)]
    assert set(has) == people
    assert has[:3] == has[3:]


@pytest.mark.parametrize(
    "why",
    [{"is_active": False}, {"takes_leads": False}, {"role": Role.VIEWER}, {"capacity": 0}],
    ids=["left", "takes none", "only reads", "no room"],
)
def test_who_cannot_is_passed_over(desk: Desk, team: Team, why: dict[str, Any]) -> None:
    other = team.hire()
    team.only(desk.house.member, other)
    team.set(other, **why)
    assert {team.who_has(new(desk)) for _ in range(3)} == {desk.house.member.user_id}


@pytest.mark.parametrize(
    ("at", "is_away"),
    [
        (datetime(2027, 6, 9, 10, tzinfo=UTC), False),
        (datetime(2027, 6, 9, 22, 59, tzinfo=UTC), False),
        (datetime(2027, 6, 9, 23, 1, tzinfo=UTC), True),  # in London the 10th has begun
        (datetime(2027, 6, 12, 22, 59, tzinfo=UTC), True),
        (datetime(2027, 6, 12, 23, 1, tzinfo=UTC), False),
    ],
)
def test_an_absence_is_whole_days_of_the_supplier(
    desk: Desk, team: Team, at: datetime, is_away: bool
) -> None:
    team.only(desk.house.member)
    team.set(desk.house.member, absent_from=date(2027, 6, 10), absent_until=date(2027, 6, 12))
    assert (team.who_has(new(desk, at)) is None) == is_away


def test_the_days_are_those_of_the_suppliers_zone(desk: Desk, team: Team) -> None:
    team.only(desk.house.member)
    team.set(desk.house.member, absent_from=date(2027, 6, 10), absent_until=date(2027, 6, 10))
    with desk.app.app_context(), unit_of_work(desk.house.supplier_id) as session:
        session.get_one(Supplier, desk.house.supplier_id).timezone = "Pacific/Auckland"
    assert team.who_has(new(desk, datetime(2027, 6, 9, 11, 59, tzinfo=UTC))) is not None
    assert team.who_has(new(desk, datetime(2027, 6, 9, 12, 1, tzinfo=UTC))) is None


def test_a_capacity_counts_open_leads_alone(desk: Desk, team: Team) -> None:
    team.only(desk.house.member)
    team.set(desk.house.member, capacity=2)
    first = new(desk)
    assert [team.who_has(new(desk)) for _ in range(2)] == [desk.house.member.user_id, None]
    with clock.at(NOW):
        desk.do(change_status, desk.actor, first, CLOSED)
    assert team.who_has(new(desk)) == desk.house.member.user_id


def test_the_sources_own_person_comes_first_and_the_round_when_they_are_away(desk: Desk, team: Team) -> None:
    own = team.hire(takes_leads=True)
    default_of_website(desk, own)
    assert {team.who_has(new(desk)) for _ in range(3)} == {own.user_id}
    team.set(own, absent_from=NOW.date(), absent_until=NOW.date())
    people = {desk.house.owner.user_id, desk.house.admin.user_id, desk.house.member.user_id}
    assert {team.who_has(new(desk, NOW + timedelta(minutes=n))) for n in range(3)} == people


@pytest.mark.parametrize("is_default", [False, True], ids=["in turn", "of the source"])
def test_inquiries_at_once_never_exceed_a_capacity(desk: Desk, team: Team, is_default: bool) -> None:
    if is_default:
        default_of_website(desk, desk.house.member)
    team.only(desk.house.member)
    team.set(desk.house.member, capacity=3)

    def arrive(_: int) -> UUID:
        return desk.lead()

    with ThreadPoolExecutor(8) as pool:
        leads = list(pool.map(arrive, range(16)))
    has = [team.who_has(lead_id) for lead_id in leads]
    assert has.count(desk.house.member.user_id) == 3
    assert has.count(None) == 13


def test_inquiries_at_once_go_to_different_people(desk: Desk, team: Team) -> None:
    for person in (desk.house.owner, desk.house.admin, desk.house.member):
        team.set(person, capacity=2)

    with ThreadPoolExecutor(6) as pool:
        leads = list(pool.map(lambda _: desk.lead(), range(9)))
    has = [team.who_has(lead_id) for lead_id in leads]
    assert sorted(has.count(one) for one in set(has)) == [2, 2, 2, 3]
    assert has.count(None) == 3


def test_it_stands_on_the_timeline(desk: Desk, team: Team) -> None:
    team.only(desk.house.member)
    lead_id = new(desk)
    assert team.handovers(lead_id) == [(None, str(desk.house.member.user_id))]
    team.only()
    assert team.handovers(new(desk)) == []
