"""Booking, merging, deleting, and acting on many: the specification's shapes, and what is refused."""

from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from app.kernel.actor import Permission
from tests.surfaces.graphql.conftest import Desk
from tests.surfaces.rest.conftest import Program, problem, program

BOOKING = {"conversion_type": "booking_confirmed", "conversion_value": 4200.5}


def shown(api: Program, lead_id: UUID) -> dict[str, Any]:
    return dict(api.get(f"/leads/{lead_id}").json)


def test_a_booking_tells_what_it_recognises_and_who_earned_it(api: Program, lead_id: UUID) -> None:
    body = BOOKING | {"attributed_sources": ["website", "referral", "instagram"], "notes": "Full day"}
    answer = api.post(f"/leads/{lead_id}/convert", body)
    assert answer.status_code == 201, answer.text
    told = answer.json
    assert told is not None
    assert [*told] == [
        *("success", "conversion", "lead_updated", "revenue_attributed", "source_attributions", "message")
    ]
    assert told["lead_updated"] == shown(api, lead_id)
    assert (told["lead_updated"]["lead_status"], told["lead_updated"]["conversion_value"]) == ("won", 4200.5)
    assert (told["conversion"]["conversion_value"], told["conversion"]["notes"]) == (4200.5, "Full day")
    shares = told["source_attributions"]
    assert {one["source"] for one in shares} == set(body["attributed_sources"])
    assert round(sum(one["attribution_percentage"] for one in shares), 6) == 100
    assert round(sum(one["attributed_revenue"] for one in shares), 2) == told["revenue_attributed"] == 4200.5


def test_a_booking_that_is_called_off_reopens_the_lead(api: Program, lead_id: UUID) -> None:
    made = api.post(f"/leads/{lead_id}/convert", BOOKING).json
    assert made is not None
    told = api.post(f"/conversions/{made['conversion']['id']}/cancel", None).json
    assert told is not None
    assert told["conversion"]["cancelled_at"].endswith("Z")
    assert (told["lead_updated"]["lead_status"], told["lead_updated"]["conversion_value"]) == (
        "negotiation",
        None,
    )
    problem(api.post(f"/conversions/{made['conversion']['id']}/cancel", None), 409)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "conversion_type"),
        (BOOKING | {"conversion_value": -1}, "conversion_value"),
        (BOOKING | {"conversion_value": 1.005}, "conversion_value"),
        (BOOKING | {"conversion_date": "2199-01-01T00:00:00Z"}, "conversion_date"),
        (BOOKING | {"conversion_type": "handshake"}, "conversion_type"),
        (BOOKING | {"attributed_sources": ["no such source"]}, "attributed_sources"),
    ],
)
def test_a_booking_that_cannot_be(api: Program, lead_id: UUID, body: dict[str, Any], field: str) -> None:
    before = shown(api, lead_id)
    refused = problem(api.post(f"/leads/{lead_id}/convert", body), 422)
    assert refused["errors"][0]["field"].startswith(field)
    assert shown(api, lead_id) == before


def test_a_second_booking_is_a_conflict(api: Program, lead_id: UUID) -> None:
    api.post(f"/leads/{lead_id}/convert", BOOKING)
    before = shown(api, lead_id)
    problem(api.post(f"/leads/{lead_id}/convert", BOOKING), 409)
    assert shown(api, lead_id) == before


def test_a_merge_and_its_undoing(api: Program, desk: Desk, lead_id: UUID) -> None:
    other = desk.lead(wedding_venue="Rose Barn")
    before = shown(api, other)
    merged = api.post(f"/leads/{lead_id}/merge", {"loser_id": str(other)})
    assert merged.status_code == 200, merged.text
    told = merged.json
    assert told is not None
    assert (told["winner"], told["loser"]) == (shown(api, lead_id), shown(api, other))
    assert (told["winner"]["wedding_venue"], told["loser"]["lead_status"]) == ("Rose Barn", "duplicate")
    undone = api.post(f"/lead-merges/{told['merge_id']}/undo", None).json
    assert undone is not None
    assert (undone["winner"]["wedding_venue"], undone["loser"]["lead_status"]) == (
        None,
        before["lead_status"],
    )
    problem(api.post(f"/lead-merges/{told['merge_id']}/undo", None), 409)


def test_a_merge_that_cannot_be(api: Program, lead_id: UUID) -> None:
    address = f"/leads/{lead_id}/merge"
    assert problem(api.post(address, {}), 422)["errors"][0]["field"] == "loser_id"
    assert problem(api.post(address, {"loser_id": str(lead_id)}), 422)["errors"][0]["field"] == "loser_id"


def test_a_strangers_lead_in_a_body_is_an_unknown_one(api: Program, desk: Desk, lead_id: UUID) -> None:
    stranger = Desk(desk.app, desk.house)
    theirs = program(stranger, desk.house.stranger.actor)
    own = theirs.post("/leads", {"lead_source": "x", "primary_phone": "+44 20 7946 0958"}).json
    assert own is not None
    own_id = own["lead"]["id"]
    merges = [theirs.post(f"/leads/{own_id}/merge", {"loser_id": str(id)}) for id in (lead_id, uuid7())]
    first, second = ({**problem(one, 404), "request_id": "…"} for one in merges)
    assert first == second
    for action in ({"action": "add_tag", "value": "x"}, {"action": "delete"}):
        told = [
            theirs.post("/leads/bulk", action | {"ids": [str(id)]}).text.replace(str(id), "…")
            for id in (lead_id, uuid7())
        ]
        assert told[0] == told[1]
    assert shown(api, lead_id)["tags"] == []


def test_many_at_once_with_a_result_for_each(api: Program, desk: Desk, lead_id: UUID) -> None:
    unknown = uuid7()
    body = {"action": "add_tag", "value": "summer", "ids": [str(lead_id), str(unknown)]}
    told = api.post("/leads/bulk", body).json
    assert told == {
        "success": False,
        "succeeded": 1,
        "failed": 1,
        "results": [
            {"lead_id": str(lead_id), "success": True, "code": None, "field": None, "message": None},
            {
                "lead_id": str(unknown),
                "success": False,
                "code": "NOT_FOUND",
                "field": None,
                "message": "No lead with this id.",
            },
        ],
    }
    assert shown(api, lead_id)["tags"] == ["summer"]


def test_many_by_a_filter(api: Program, desk: Desk) -> None:
    chosen, other = desk.lead(tags=["summer"]), desk.lead()
    body = {"action": "change_status", "value": "contacted", "filter": {"tags": ["summer"]}}
    told = api.post("/leads/bulk", body).json
    assert told is not None
    assert [one["lead_id"] for one in told["results"]] == [str(chosen)]
    assert [shown(api, id)["lead_status"] for id in (chosen, other)] == ["contacted", "new"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "action"),
        ({"action": "add_tag", "value": "x"}, ""),
        ({"action": "add_tag", "ids": [str(uuid7())]}, ""),
        ({"action": "add_tag", "value": "x", "ids": []}, "ids"),
        ({"action": "add_tag", "value": "x", "ids": [str(uuid7())] * 501}, "ids"),
        ({"action": "assign", "value": "me", "ids": [str(uuid7())]}, "value"),
        ({"action": "explode", "ids": [str(uuid7())]}, "action"),
    ],
)
def test_an_action_that_is_none(api: Program, body: dict[str, Any], field: str) -> None:
    assert problem(api.post("/leads/bulk", body), 422)["errors"][0]["field"] == field


def test_deleting_by_bulk_needs_the_scope_for_it(api: Program, desk: Desk, lead_id: UUID) -> None:
    writes = program(desk, scopes=[Permission.WRITE_LEADS])
    problem(writes.post("/leads/bulk", {"action": "delete", "ids": [str(lead_id)]}), 403)
    assert shown(api, lead_id)["id"] == str(lead_id)


def test_a_lead_is_deleted_as_it_was_seen(api: Program, desk: Desk, lead_id: UUID) -> None:
    tag = api.get(f"/leads/{lead_id}").headers["ETag"]
    desk.change(lead_id, wedding_venue="Rose Barn")
    problem(api.send("DELETE", f"/leads/{lead_id}", headers={"If-Match": tag}), 412)
    tag = api.get(f"/leads/{lead_id}").headers["ETag"]
    gone = api.send("DELETE", f"/leads/{lead_id}", headers={"If-Match": tag})
    assert (gone.status_code, gone.data) == (204, b"")
    problem(api.get(f"/leads/{lead_id}"), 404)
    problem(api.send("DELETE", f"/leads/{lead_id}", headers={"If-Match": tag}), 404)


def test_a_lead_with_a_booking_is_not_deleted(api: Program, lead_id: UUID) -> None:
    api.post(f"/leads/{lead_id}/convert", BOOKING)
    problem(api.send("DELETE", f"/leads/{lead_id}"), 409)
    assert shown(api, lead_id)["lead_status"] == "won"
