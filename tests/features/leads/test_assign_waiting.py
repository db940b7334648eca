"""Leads that nobody looks after find somebody as soon as one is there, and leave whoever left."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from app.accounts import team as service
from app.accounts.schemas import Availability, RoleChange, TeamName
from app.kernel import clock
from app.kernel.actor import Role
from app.kernel.schema import validate
from app.kernel.uow import unit_of_work
from app.leads.schemas import Assignment, InteractionCreate, StatusMove, TaskCreate, TaskUpdate
from app.models.leads import Lead
from app.workflows.add_interaction import add_interaction
from app.workflows.assign_lead import assign_lead
from app.workflows.assign_waiting import assign_waiting
from app.workflows.change_status import change_status
from app.workflows.create_task import create_task
from app.workflows.update_task import update_task
from tests.cast import Person
from tests.features.leads.desk import Desk
from tests.features.leads.team import Team
from tests.features.leads.test_assigned_notice import rung
from tests.features.leads.test_assignment import default_of_website

NOW = datetime(2027, 6, 3, 10, tzinfo=UTC)
BELL = ("workers.jobs.leads.assign_waiting",)
LOST = StatusMove(lead_status="lost", lost_reason="price")


@pytest.fixture(autouse=True)
def nobody_takes_leads(team: Team) -> None:
    team.only()


def new(desk: Desk, minutes: int = 0, **said: Any) -> UUID:
    with clock.at(NOW + timedelta(minutes=minutes)):
        return desk.lead(**said)


def assign(desk: Desk, at: datetime = NOW + timedelta(hours=1)) -> int:
    with clock.at(at):
        return desk.do(assign_waiting, desk.house.supplier_id)


def give(desk: Desk, lead_id: UUID, person: Person) -> None:
    with clock.at(NOW):
        desk.do(assign_lead, desk.house.owner.actor, lead_id, Assignment(user_id=person.user_id))


def test_the_oldest_first_in_turn_as_far_as_there_is_room(desk: Desk, team: Team) -> None:
    one, other = team.hire(capacity=1), team.hire(capacity=2)
    team.only()
    leads = [new(desk, minutes) for minutes in (3, 1, 2, 0)]
    team.only(one, other)
    assert assign(desk) == 3
    has = [team.who_has(lead_id) for lead_id in leads]
    assert has[0] is None, "the youngest"
    assert sorted(has[1:], key=str) == sorted([one.user_id, other.user_id, other.user_id], key=str)
    assert has[3] != has[1], "in turn"
    assert assign(desk) == 0


def test_it_stands_on_the_timeline_and_they_are_told_in_one_letter(desk: Desk, team: Team) -> None:
    leads = [new(desk, minutes) for minutes in range(3)]
    team.only(desk.house.member)
    assert assign(desk) == 3
    assert {*map(tuple, (team.handovers(one) for one in leads))} == {
        ((None, str(desk.house.member.user_id)),)
    }
    team.tell(NOW + timedelta(hours=1))
    assert [one["Subject"] for one in team.letters(desk.house.member)] == ["3 couples to look after"]


def test_nobody_is_there_and_they_stay_where_the_owner_sees_them(desk: Desk, team: Team) -> None:
    leads = [new(desk) for _ in range(2)]
    assert assign(desk) == 0
    assert [team.who_has(one) for one in leads] == [None, None]
    assert [team.handovers(one) for one in leads] == [[], []]


def test_closed_leads_are_left_alone(desk: Desk, team: Team) -> None:
    lead_id = new(desk)
    with clock.at(NOW):
        desk.do(change_status, desk.actor, lead_id, LOST)
    team.only(desk.house.member)
    assert assign(desk) == 0
    assert team.who_has(lead_id) is None


def test_the_sources_own_person_and_then_the_team_come_first(desk: Desk, team: Team) -> None:
    own = team.hire()
    team_id = desk.do(service.create_team, desk.house.owner.actor, TeamName(name="Barns"))
    mate = team.hire(team_id=team_id)
    team.only()
    default_of_website(desk, own)
    of_source, of_team = new(desk), new(desk, lead_source="referral")
    with clock.at(NOW):
        desk.do(assign_lead, desk.house.owner.actor, of_team, Assignment(team_id=team_id))
    team.only(own, mate, desk.house.member, desk.house.admin)
    assert assign(desk) == 2
    assert (team.who_has(of_source), team.who_has(of_team)) == (own.user_id, mate.user_id)


def test_an_absence_that_ends_is_noticed_within_the_hour(desk: Desk, team: Team) -> None:
    team.only(desk.house.member)
    team.set(desk.house.member, absent_from=date(2027, 6, 1), absent_until=date(2027, 6, 4))
    lead_id = new(desk)
    assert assign(desk, datetime(2027, 6, 4, 22, 59, tzinfo=UTC)) == 0
    assert assign(desk, datetime(2027, 6, 4, 23, 0, tzinfo=UTC)) == 1
    assert team.who_has(lead_id) == desk.house.member.user_id


def test_run_five_times_at_once_each_lead_is_given_once_and_no_capacity_exceeded(
    desk: Desk, team: Team
) -> None:
    leads = [new(desk, minutes) for minutes in range(12)]
    people = [team.hire(capacity=3) for _ in range(3)]
    team.only(*people)
    with ThreadPoolExecutor(5) as pool:
        given = sum(pool.map(lambda _: assign(desk), range(5)))
    assign(desk)  # what one left because another was at it
    has = [team.who_has(one) for one in leads]
    assert [has.count(person.user_id) for person in people] == [3, 3, 3]
    assert given <= 9
    assert sorted(len(team.handovers(one)) for one in leads) == [0, 0, 0] + [1] * 9
    assert len(team.notices()) == 9


def test_a_lead_that_somebody_works_on_is_not_waited_for(desk: Desk, team: Team) -> None:
    held, free = new(desk), new(desk, 1)
    team.only(desk.house.member)
    with (
        ThreadPoolExecutor(1) as pool,
        desk.app.app_context(),
        unit_of_work(desk.house.supplier_id) as session,
    ):
        session.get_one(Lead, (desk.house.supplier_id, held), with_for_update=True)
        assert pool.submit(assign, desk).result(10) == 1
    assert (team.who_has(held), team.who_has(free)) == (None, desk.house.member.user_id)
    assert assign(desk) == 1


def test_what_a_member_leaves_behind_goes_to_the_others(desk: Desk, team: Team) -> None:
    leaver = team.hire()
    team.only()
    leads = [new(desk, minutes) for minutes in range(2)]
    lost = new(desk)
    for lead_id in (*leads, lost):
        give(desk, lead_id, leaver)
    with clock.at(NOW):
        desk.do(change_status, desk.actor, lost, LOST)
        tasks = [desk.do(create_task, desk.actor, one, TaskCreate(title="Call")) for one in (*leads, lost)]
        done = desk.do(create_task, desk.actor, leads[0], TaskCreate(title="Done"))
        desk.do(update_task, leaver.actor, done, validate(TaskUpdate, {"is_done": True}))
    heir = team.hire()
    team.only(heir)
    desk.do(service.deactivate, desk.house.owner.actor, leaver.user_id)
    assert assign(desk) == 2
    assert [team.who_has(one) for one in (*leads, lost)] == [heir.user_id, heir.user_id, leaver.user_id]
    assert team.handovers(leads[0])[-1] == (str(leaver.user_id), str(heir.user_id))
    assert [who_does(desk, one) for one in (*tasks, done)] == [heir.user_id] * 2 + [None, leaver.user_id]


def who_does(desk: Desk, task_id: UUID) -> UUID | None:
    return desk.select("select assigned_to_user_id from tasks where id = :id", id=task_id)[0][0]


@pytest.mark.parametrize("by_role", [False, True], ids=["left", "only reads"])
def test_with_nobody_there_they_become_nobodys_and_tasks_too(desk: Desk, team: Team, by_role: bool) -> None:
    leads = [new(desk, minutes) for minutes in range(2)]
    for lead_id in leads:
        give(desk, lead_id, desk.house.member)
    with clock.at(NOW):
        task = desk.do(create_task, desk.house.owner.actor, leads[0], TaskCreate(title="Call"))
    if by_role:
        desk.do(
            service.change_role,
            desk.house.owner.actor,
            desk.house.member.user_id,
            RoleChange(role=Role.VIEWER),
        )
    else:
        desk.do(service.deactivate, desk.house.owner.actor, desk.house.member.user_id)
    assert assign(desk) == 0
    assert [team.who_has(one) for one in leads] == [None, None]
    assert team.handovers(leads[1])[-1] == (str(desk.house.member.user_id), None)
    assert who_does(desk, task) is None
    assert assign(desk) == 0
    assert len(team.handovers(leads[1])) == 2, "once"


def test_a_lost_lead_that_comes_back_does_not_stay_with_somebody_who_left(desk: Desk, team: Team) -> None:
    lead_id = new(desk, primary_email="again@example.com")
    give(desk, lead_id, desk.house.member)
    with clock.at(NOW):
        desk.do(change_status, desk.house.owner.actor, lead_id, LOST)
    desk.do(service.deactivate, desk.house.owner.actor, desk.house.member.user_id)
    assign(desk)
    assert team.who_has(lead_id) == desk.house.member.user_id, "who had it stays known"
    with clock.at(NOW + timedelta(hours=1)):
        desk.do(change_status, desk.house.owner.actor, lead_id, StatusMove(lead_status="contacted"))
    team.only(desk.house.admin)
    assert assign(desk) == 1
    assert team.who_has(lead_id) == desk.house.admin.user_id


def test_the_score_follows(desk: Desk, team: Team) -> None:
    """`desk` recounts; a rule about the timeline is asked again."""
    with desk.app.app_context(), unit_of_work(desk.house.supplier_id) as session:
        session.execute(
            text(
                "update lead_scoring_rules set criteria_field = 'total_interactions',"
                " criteria_operator = 'greater_than', criteria_value = '2', criteria_type = 'engagement'"
            )
        )
    lead_id = new(desk)
    before = desk.row(lead_id)
    team.only(desk.house.member)
    assign(desk)
    after = desk.row(lead_id)
    assert (before.total_interactions, after.total_interactions) == (2, 3)
    assert after.lead_score > before.lead_score


def test_the_bell_is_rung_when_somebody_may_have_room(app: Flask, desk: Desk, team: Team) -> None:
    owner, member = desk.house.owner.actor, desk.house.member.user_id
    lead_id, other = new(desk), new(desk)
    give(desk, lead_id, desk.house.member)
    rung(app, desk)
    note = validate(InteractionCreate, {"interaction_type": "note_added", "interaction_content": "Hm"})
    with clock.at(NOW):
        desk.do(add_interaction, owner, lead_id, note)
        desk.do(change_status, owner, other, LOST)
        assert BELL not in rung(app, desk), "nobody had it"
        desk.do(change_status, owner, lead_id, LOST)
    assert BELL in rung(app, desk), "a lead was closed"
    deeds = (
        lambda: service.set_availability(owner, member, Availability(takes_leads=True)),
        lambda: service.change_role(owner, member, RoleChange(role=Role.ADMIN)),
        lambda: service.deactivate(owner, member),
        lambda: service.reactivate(owner, member),
    )
    for deed in deeds:
        desk.do(deed)
        assert BELL in rung(app, desk)
