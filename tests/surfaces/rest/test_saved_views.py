"""Saved views over REST: made, listed, replaced, deleted, and kept to whom they belong."""

from typing import Any

import pytest
from flask import Flask

from tests.cast import House
from tests.surfaces.accounts.browser import Browser, signed_in
from tests.surfaces.graphql.conftest import Desk
from tests.surfaces.rest.conftest import Program, problem, program

OURS = {"Sec-Fetch-Site": "same-origin"}
SHARED = {
    "name": "Summer",
    "filters": {"tags": ["summer"]},
    "columns": ["couple"],
    "presentation": "cards",
    "is_shared": True,
}


def names(browser: Browser) -> list[str]:
    told = browser.client.get("/api/saved-views").json
    assert told is not None
    return [view["name"] for view in told["saved_views"]]


def test_a_shared_view_is_made_replaced_and_deleted(api: Program, stranger: Program) -> None:
    made = api.post("/saved-views", SHARED)
    assert made.status_code == 201, made.text
    view = made.json["saved_view"]
    assert {name: view[name] for name in SHARED} == SHARED
    address = f"/saved-views/{view['id']}"
    assert api.get(address).json == view
    replaced = api.send("PUT", address, json={"name": "All", "is_shared": True}).json["saved_view"]
    assert (replaced["name"], replaced["filters"], replaced["columns"]) == ("All", {}, [])
    assert api.get("/saved-views").json["saved_views"] == [replaced]
    assert stranger.get("/saved-views").json["saved_views"] == []
    assert api.send("DELETE", address).status_code == 204
    problem(api.get(address), 404)


def test_a_view_of_ones_own_is_nobody_elses(app: Flask, house: House, api: Program) -> None:
    member, admin = signed_in(app, house.member), signed_in(app, house.admin)
    body = SHARED | {"is_shared": False}
    made = member.client.post("/api/saved-views", json=body, headers=OURS)
    assert made.status_code == 201, made.text
    address = f"/api/saved-views/{made.json['saved_view']['id']}"
    assert (names(member), names(admin)) == (["Summer"], [])
    for wrong in ({}, {"name": "Mine"}):
        problem(admin.client.put(address, json=wrong, headers=OURS), 404)
    problem(admin.client.delete(address, headers=OURS), 404)
    assert names(member) == ["Summer"]
    refused = problem(api.post("/saved-views", body), 422)
    assert refused["errors"][0]["field"] == "is_shared"


def test_a_viewer_keeps_views_but_shares_none(app: Flask, house: House, desk: Desk) -> None:
    viewer = signed_in(app, house.viewer)
    problem(viewer.client.post("/api/saved-views", json=SHARED, headers=OURS), 403)
    assert names(viewer) == []
    own = SHARED | {"is_shared": False}
    assert viewer.client.post("/api/saved-views", json=own, headers=OURS).status_code == 201
    assert program(desk).get("/saved-views").json["saved_views"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"is_shared": True}, "name"),
        (SHARED | {"name": "x" * 101}, "name"),
        (SHARED | {"filters": {"shoe_size": 42}}, "filters.shoe_size"),
        (SHARED | {"filters": {"score_min": 101}}, "filters.score_min"),
        (SHARED | {"columns": ["x"] * 31}, "columns"),
    ],
)
def test_a_view_that_cannot_be(api: Program, body: dict[str, Any], field: str) -> None:
    assert problem(api.post("/saved-views", body), 422)["errors"][0]["field"] == field
    assert api.get("/saved-views").json["saved_views"] == []


def test_a_name_is_taken_once(api: Program) -> None:
    api.post("/saved-views", SHARED)
    assert problem(api.post("/saved-views", SHARED), 422)["errors"][0]["field"] == "name"
    assert len(api.get("/saved-views").json["saved_views"]) == 1
