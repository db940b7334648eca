"""Saved views: whose they are, who may change them, and how many there may be."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from uuid_utils.compat import uuid7

from app.kernel.errors import AppError, Conflict, InvalidInput, NotFound, NotPermitted
from app.kernel.schema import validate
from app.kernel.uow import reading, unit_of_work
from app.leads.schemas import SavedViewWrite
from app.leads.views import MOST_VIEWS, create_view, delete_view, update_view, views
from app.models.saved_views import SavedView
from tests.cast import House, Person


class Shelf:
    """The saved views of a house."""

    def __init__(self, app: Flask, house: House) -> None:
        self.app, self.house = app, house

    def put(self, person: Person, name: str, **said: Any) -> UUID:
        with self.app.app_context():
            return create_view(person.actor, view_of(name, **said))

    def change(self, person: Person, view_id: UUID, name: str, **said: Any) -> None:
        with self.app.app_context():
            update_view(person.actor, view_id, view_of(name, **said))

    def drop(self, person: Person, view_id: UUID) -> None:
        with self.app.app_context():
            delete_view(person.actor, view_id)

    def seen_by(self, person: Person) -> list[str]:
        with self.app.app_context(), reading(person.actor.supplier_id) as session:
            return [one.name for one in views(session, person.user_id)]

    def row(self, view_id: UUID) -> SavedView:
        with self.app.app_context(), reading(self.house.supplier_id) as session:
            found = session.get_one(SavedView, (self.house.supplier_id, view_id))
            session.expunge(found)
            return found


def view_of(name: str, **said: Any) -> SavedViewWrite:
    return validate(SavedViewWrite, {"name": name, **said})


@pytest.fixture
def shelf(app: Flask, house: House) -> Shelf:
    return Shelf(app, house)


def test_a_view_keeps_filters_sort_columns_and_presentation(shelf: Shelf, house: House) -> None:
    filters = {"status": ["new"], "score_min": 20, "sort_by": "lead_score"}
    made = shelf.put(house.member, "Hot", filters=filters, columns=["status", "score"], presentation="cards")
    row = shelf.row(made)
    assert row.presentation == "cards"
    assert (row.name, row.filters, row.columns) == ("Hot", filters, ["status", "score"])
    assert row.user_id == house.member.user_id


def test_people_see_their_own_views_and_the_shared_ones_by_name(shelf: Shelf, house: House) -> None:
    shelf.put(house.member, "mine")
    shelf.put(house.owner, "Hers")
    shelf.put(house.owner, "All", is_shared=True)
    assert shelf.seen_by(house.member) == ["All", "mine"]
    assert shelf.seen_by(house.owner) == ["All", "Hers"]
    assert shelf.seen_by(house.stranger) == []


def test_a_viewer_keeps_own_views_and_shares_none(shelf: Shelf, house: House) -> None:
    own = shelf.put(house.viewer, "Mine")
    shared = shelf.put(house.member, "All", is_shared=True)
    for refused in (
        lambda: shelf.put(house.viewer, "Ours", is_shared=True),
        lambda: shelf.change(house.viewer, own, "Mine", is_shared=True),
        lambda: shelf.change(house.viewer, shared, "Renamed", is_shared=True),
        lambda: shelf.change(house.viewer, shared, "All"),
        lambda: shelf.drop(house.viewer, shared),
    ):
        with pytest.raises(NotPermitted):
            refused()
    assert shelf.seen_by(house.viewer) == ["All", "Mine"]
    assert shelf.row(shared).user_id is None


def test_a_view_is_renamed_shared_and_taken_back(shelf: Shelf, house: House) -> None:
    made = shelf.put(house.member, "Mine")
    shelf.change(house.member, made, "Ours", is_shared=True, filters={"search": "barn"})
    assert shelf.seen_by(house.owner) == ["Ours"]
    assert shelf.row(made).filters == {"search": "barn"}
    shelf.change(house.owner, made, "Hers")
    assert shelf.seen_by(house.member) == []
    assert shelf.seen_by(house.owner) == ["Hers"]


def test_a_deleted_view_is_gone(shelf: Shelf, house: House) -> None:
    made = shelf.put(house.member, "Mine")
    shelf.drop(house.member, made)
    assert shelf.seen_by(house.member) == []


def test_views_of_others_are_not_there(shelf: Shelf, house: House) -> None:
    made = shelf.put(house.member, "Mine")
    said: list[str] = []
    for person, view_id in ((house.owner, made), (house.stranger, made), (house.owner, uuid7())):
        for act in (lambda p, v: shelf.change(p, v, "Taken"), shelf.drop):
            with pytest.raises(NotFound) as refused:
                act(person, view_id)
            said.append(refused.value.message)
    assert set(said) == {"No saved view with this id."}
    assert shelf.seen_by(house.member) == ["Mine"]


def test_a_name_is_given_once(shelf: Shelf, house: House) -> None:
    shelf.put(house.owner, "Hot", is_shared=True)
    other = shelf.put(house.member, "Cold")
    for refused in (lambda: shelf.put(house.member, "hot"), lambda: shelf.change(house.member, other, "HOT")):
        with pytest.raises(InvalidInput) as error:
            refused()
        assert [problem.field for problem in error.value.fields] == ["name"]
    shelf.change(house.member, other, "cold")
    assert shelf.seen_by(house.member) == ["cold", "Hot"]


def test_a_person_has_at_most_a_hundred(shelf: Shelf, house: House) -> None:
    with shelf.app.app_context(), unit_of_work(house.supplier_id) as session:
        session.add_all(
            SavedView(supplier_id=house.supplier_id, user_id=house.member.user_id, name=f"View {number}")
            for number in range(MOST_VIEWS)
        )
    with pytest.raises(Conflict) as full:
        shelf.put(house.member, "One more")
    assert "100" in full.value.message
    assert len(shelf.seen_by(house.member)) == MOST_VIEWS
    shelf.put(house.owner, "Hers")


@pytest.mark.parametrize("name", ["", "x" * 101, "a\x00b"])
def test_a_name_has_bounds(name: str) -> None:
    with pytest.raises(AppError):
        view_of(name)
