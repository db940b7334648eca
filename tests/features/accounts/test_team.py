"""Roles, leaving, teams and availability; there is always an owner."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from uuid_utils.compat import uuid7

from app.accounts import queries, team
from app.accounts.schemas import Availability, RoleChange, TeamName
from app.kernel.actor import Actor, Role
from app.kernel.errors import AppError, Conflict, InvalidInput, NotFound, NotPermitted
from app.kernel.keyset import Cut
from app.kernel.schema import validate
from app.kernel.uow import reading, unit_of_work
from app.models.accounts import Membership, Team
from tests.cast import House, Person


def _member(app: Flask, house: House, person: Person) -> Membership:
    with app.app_context(), reading(house.supplier_id) as session:
        _, member = queries.member(session, person.user_id)
        session.expunge(member)
        return member


def _team(app: Flask, actor: Actor, name: str) -> UUID:
    with app.app_context():
        return team.create_team(actor, TeamName(name=name))


def test_an_owner_makes_an_owner(app: Flask, house: House) -> None:
    with app.app_context():
        team.change_role(house.owner.actor, house.member.user_id, RoleChange(role=Role.OWNER))
    assert _member(app, house, house.member).role is Role.OWNER


def test_an_admin_neither_makes_nor_touches_owners(app: Flask, house: House) -> None:
    with app.app_context():
        with pytest.raises(NotPermitted, match="owner"):
            team.change_role(house.admin.actor, house.member.user_id, RoleChange(role=Role.OWNER))
        with pytest.raises(NotPermitted, match="owner"):
            team.change_role(house.admin.actor, house.owner.user_id, RoleChange(role=Role.MEMBER))
        with pytest.raises(NotPermitted, match="owner"):
            team.deactivate(house.admin.actor, house.owner.user_id)
    assert _member(app, house, house.member).role is Role.MEMBER
    assert _member(app, house, house.owner).is_active


def test_the_last_owner_stays(app: Flask, house: House) -> None:
    with app.app_context():
        with pytest.raises(Conflict, match="last owner"):
            team.change_role(house.owner.actor, house.owner.user_id, RoleChange(role=Role.ADMIN))
        with pytest.raises(Conflict, match="last owner"):
            team.deactivate(house.owner.actor, house.owner.user_id)
        team.change_role(house.owner.actor, house.admin.user_id, RoleChange(role=Role.OWNER))
        team.deactivate(house.owner.actor, house.owner.user_id)
    assert not _member(app, house, house.owner).is_active


def test_who_left_comes_back_in_the_role_they_had(app: Flask, house: House) -> None:
    with app.app_context():
        team.deactivate(house.admin.actor, house.member.user_id)
        with reading(house.supplier_id) as session:
            assert house.member.user_id not in {one.id for one in queries.people(session) if one.is_active}
        team.reactivate(house.admin.actor, house.member.user_id)
    member = _member(app, house, house.member)
    assert (member.is_active, member.role) == (True, Role.MEMBER)


def test_members_are_listed_in_pages_by_name(app: Flask, house: House) -> None:
    with app.app_context(), reading(house.supplier_id) as session:
        seen, after = [], None
        while True:
            page = queries.member_page(session, Cut(size=3, after=after))
            seen += [user.full_name for user, _ in page.rows]
            after = page.next
            if after is None:
                break
    assert seen == ["Admin Person", "Member Person", "Olive Owner", "Viewer Person"]


def test_availability_is_set_whole(app: Flask, house: House) -> None:
    team_id = _team(app, house.owner.actor, "Venue visits")
    away = Availability(
        team_id=team_id, capacity=5, absent_from=date(2027, 7, 1), absent_until=date(2027, 7, 14)
    )
    with app.app_context():
        team.set_availability(house.admin.actor, house.member.user_id, away)
        with reading(house.supplier_id) as session:
            assert [(row.name, size) for row, size in queries.teams(session)] == [("Venue visits", 1)]
    member = _member(app, house, house.member)
    assert (member.team_id, member.capacity, member.takes_leads) == (team_id, 5, False)
    assert (member.absent_from, member.absent_until) == (date(2027, 7, 1), date(2027, 7, 14))


def test_a_team_of_another_supplier_is_no_team(app: Flask, house: House) -> None:
    foreign = _team(app, house.stranger.actor, "Theirs")
    with app.app_context(), pytest.raises(NotFound, match="No team"):
        team.set_availability(house.owner.actor, house.member.user_id, Availability(team_id=foreign))
    assert _member(app, house, house.member).team_id is None


def test_teams_have_names_of_their_own(app: Flask, house: House) -> None:
    first, second = _team(app, house.owner.actor, "North"), _team(app, house.owner.actor, "South")
    with app.app_context():
        with pytest.raises(InvalidInput, match="already"):
            team.create_team(house.owner.actor, TeamName(name="North"))
        with pytest.raises(InvalidInput, match="already"):
            team.rename_team(house.owner.actor, second, TeamName(name="North"))
        team.rename_team(house.owner.actor, first, TeamName(name="North"))
        team.rename_team(house.owner.actor, second, TeamName(name="East"))
        with reading(house.supplier_id) as session:
            assert [row.name for row, _ in queries.teams(session)] == ["East", "North"]


def test_deleting_a_team_keeps_its_people(app: Flask, house: House) -> None:
    team_id = _team(app, house.owner.actor, "Brief")
    with app.app_context():
        team.set_availability(house.owner.actor, house.member.user_id, Availability(team_id=team_id))
        team.delete_team(house.owner.actor, team_id)
    member = _member(app, house, house.member)
    assert (member.is_active, member.team_id) == (True, None)


def test_a_strangers_people_and_teams_are_as_unknown_as_none(app: Flask, house: House) -> None:
    team_id = _team(app, house.owner.actor, "Ours")
    attempts = {
        house.member.user_id: lambda id_: team.change_role(
            house.stranger.actor, id_, RoleChange(role=Role.VIEWER)
        ),
        house.viewer.user_id: lambda id_: team.deactivate(house.stranger.actor, id_),
        house.admin.user_id: lambda id_: team.set_availability(house.stranger.actor, id_, Availability()),
        team_id: lambda id_: team.delete_team(house.stranger.actor, id_),
    }
    with app.app_context():
        for known, attempt in attempts.items():
            assert _refusal(attempt, known) == _refusal(attempt, uuid7())
    assert _member(app, house, house.member).role is Role.MEMBER
    assert _member(app, house, house.viewer).is_active


def _refusal(attempt: object, row_id: UUID) -> tuple[type[AppError], str]:
    assert callable(attempt)
    with pytest.raises(NotFound) as refused:
        attempt(row_id)
    return refused.type, refused.value.message


@pytest.mark.parametrize(
    "data",
    [
        {"absent_from": "2027-01-02"},
        {"absent_from": "2027-01-02", "absent_until": "2027-01-01"},
        {"capacity": -1},
        {"capacity": 10_001},
        {"team_id": "not-an-id"},
    ],
)
def test_an_impossible_availability_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        validate(Availability, data)


def test_two_teams_of_one_name_at_once_are_one(app: Flask, house: House) -> None:
    """The second waits for the first to commit, and is told then."""
    with ThreadPoolExecutor() as pool, app.app_context():
        with unit_of_work(house.supplier_id) as session:
            session.add(Team(supplier_id=house.supplier_id, name="Weekends"))
            session.flush()
            late = pool.submit(_team, app, house.owner.actor, "Weekends")
            wait([late], timeout=0.5)
        with pytest.raises(InvalidInput, match="a team of this name"):
            late.result()


def test_a_name_that_is_taken_meanwhile_renames_nothing(app: Flask, house: House) -> None:
    team_id = _team(app, house.owner.actor, "Weekdays")

    def rename() -> None:
        with app.app_context():
            team.rename_team(house.owner.actor, team_id, TeamName(name="Weekends"))

    with ThreadPoolExecutor() as pool, app.app_context():
        with unit_of_work(house.supplier_id) as session:
            session.add(Team(supplier_id=house.supplier_id, name="Weekends"))
            session.flush()
            late = pool.submit(rename)
            wait([late], timeout=0.5)
        with pytest.raises(InvalidInput, match="a team of this name"):
            late.result()
