"""Saved views: named filters of the lead list, one's own or everybody's."""

from typing import Any

import pytest
from flask import Flask
from uuid_utils.compat import uuid7

from app.kernel.actor import Permission
from tests.cast import House, Person
from tests.surfaces.accounts.browser import Browser, signed_in
from tests.surfaces.graphql.conftest import Caller, Desk

VIEW = "savedView { id name filter orderBy columns presentation isShared owner { fullName } }"
ERRORS = "success message errors { field code message }"
CREATE = f"mutation ($input: SavedViewInput!) {{ createSavedView(input: $input) {{ {ERRORS} {VIEW} }} }}"
UPDATE = f"""mutation ($id: UUID!, $input: SavedViewInput!) {{
    updateSavedView(id: $id, input: $input) {{ {ERRORS} {VIEW} }} }}"""
DELETE = f"mutation ($id: UUID!) {{ deleteSavedView(id: $id) {{ {ERRORS} savedViewId }} }}"
VIEWS = "{ savedViews { id name isShared } }"


class Asking:
    """A member who asks from our own page."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    def __call__(self, query: str, **variables: Any) -> Any:
        body = {"query": query, "variables": variables}
        answer = self.browser.client.post("/graphql", json=body, headers={"Sec-Fetch-Site": "same-origin"})
        assert answer.json is not None
        assert "errors" not in answer.json, answer.json["errors"]
        return answer.json["data"]


def person(app: Flask, who: Person) -> Asking:
    return Asking(signed_in(app, who))


@pytest.fixture
def owner(app: Flask, house: House) -> Asking:
    return person(app, house.owner)


@pytest.fixture
def viewer(app: Flask, house: House) -> Asking:
    return person(app, house.viewer)


def create(ask: Any, name: str, **given: Any) -> dict[str, Any]:
    return dict(ask(CREATE, input={"name": name} | given)["createSavedView"])


def names(ask: Any) -> list[str]:
    return [view["name"] for view in ask(VIEWS)["savedViews"]]


def test_a_view_is_kept_and_can_be_asked_with(desk: Desk, owner: Asking) -> None:
    given = {"status": ["new", "qualified"], "scoreMin": 20, "unassigned": True, "search": "barn"}
    order = {"by": "lead_score", "direction": "asc"}
    shown = {"columns": ["couple"], "presentation": "cards"}
    told = create(owner, "Barns", filter=given, orderBy=order, **shown)
    assert (told["success"], told["message"], told["errors"]) == (True, "View saved.", [])
    view = told["savedView"]
    assert view == view | {
        "name": "Barns",
        "filter": given,
        "orderBy": order,
        **shown,
        "isShared": False,
        "owner": {"fullName": "Olive Owner"},
    }
    asked = "query ($f: LeadFilter, $o: LeadOrder) { leads(filter: $f, orderBy: $o) { filtersApplied } }"
    assert owner(asked, f=view["filter"], o=view["orderBy"])["leads"]["filtersApplied"] == given


def test_without_a_filter_it_shows_all(owner: Asking) -> None:
    view = create(owner, "All")["savedView"]
    assert (view["filter"], view["columns"]) == ({}, [])
    assert view["orderBy"] == {"by": "created_at", "direction": "desc"}


def test_everybody_sees_what_is_shared_and_nobody_what_is_not(
    owner: Asking, viewer: Asking, ask: Caller, stranger: Caller
) -> None:
    create(owner, "Mine")
    create(owner, "Ours", isShared=True)
    create(viewer, "Yours")
    assert names(owner) == ["Mine", "Ours"]
    assert names(viewer) == ["Ours", "Yours"]
    assert names(ask) == ["Ours"], "a program has none of its own"
    assert names(stranger) == []


def test_a_program_shares_its_views(ask: Caller, owner: Asking, unchanged: Any) -> None:
    with unchanged():
        told = create(ask, "Ours")
    assert [(error["field"], error["code"]) for error in told["errors"]] == [("isShared", "no_owner")]
    assert create(ask, "Ours", isShared=True)["success"] is True
    assert names(owner) == ["Ours"]


def test_a_view_is_saved_anew_as_a_whole(owner: Asking) -> None:
    view = create(owner, "Barns", filter={"search": "barn"}, columns=["couple"])["savedView"]
    told = owner(UPDATE, id=view["id"], input={"name": "Mills"})["updateSavedView"]
    assert told["success"] is True
    assert told["savedView"] == view | {"name": "Mills", "filter": {}, "columns": []}


def test_a_view_is_deleted(owner: Asking) -> None:
    view = create(owner, "Barns")["savedView"]
    told = owner(DELETE, id=view["id"])["deleteSavedView"]
    assert (told["success"], told["savedViewId"]) == (True, view["id"])
    assert names(owner) == []


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"name": ""}, "name", "missing"),
        ({"name": "x" * 101}, "name", "string_too_long"),
        ({"name": "Taken"}, "name", "taken"),
        ({"filter": {"scoreMin": 101}}, "filter.scoreMin", "less_than_equal"),
        ({"filter": {"scoreMin": 50, "scoreMax": 40}}, "filter", "value_error"),
        ({"filter": {"tags": ["x"] * 10_000}}, "filter.tags", "too_long"),
        ({"columns": ["x"] * 10_000}, "columns", "too_long"),
    ],
)
def test_a_view_that_cannot_be_is_named(
    owner: Asking, unchanged: Any, given: dict[str, Any], field: str, code: str
) -> None:
    create(owner, "Taken")
    with unchanged():
        told = owner(CREATE, input={"name": "New"} | given)["createSavedView"]
    assert (told["success"], told["savedView"]) == (False, None)
    assert [(error["field"], error["code"]) for error in told["errors"]] == [(field, code)]


def test_a_sort_that_does_not_exist_is_no_request(ask: Caller, unchanged: Any) -> None:
    with unchanged():
        error = ask.refused(CREATE, input={"name": "New", "orderBy": {"by": "mood"}})
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "mood" in error["message"]


def test_a_viewer_shares_nothing_and_alters_nothing_shared(
    owner: Asking, viewer: Asking, unchanged: Any
) -> None:
    shared = create(owner, "Ours", isShared=True)["savedView"]["id"]
    with unchanged():
        told = [
            create(viewer, "Also ours", isShared=True),
            viewer(UPDATE, id=shared, input={"name": "Mine"})["updateSavedView"],
            viewer(DELETE, id=shared)["deleteSavedView"],
        ]
    assert [answer["errors"][0]["code"] for answer in told] == ["NOT_PERMITTED"] * 3


def test_anothers_view_is_answered_like_an_unknown_one(
    owner: Asking, viewer: Asking, stranger: Caller, desk: Desk, unchanged: Any
) -> None:
    """A colleague's own and another supplier's alike."""
    own = create(owner, "Mine")["savedView"]["id"]
    with unchanged():
        for ask in (viewer, stranger):
            for document, given in ((UPDATE, {"input": {"name": "New", "isShared": True}}), (DELETE, {})):
                told = [ask(document, id=str(i), **given) for i in (own, uuid7())]
                assert told[0] == told[1]
                [payload] = told[0].values()
                assert payload["success"] is False
    reader = desk.caller(scopes=[Permission.READ])
    assert reader(DELETE, id=own)["deleteSavedView"]["errors"][0]["code"] == "NOT_FOUND"
