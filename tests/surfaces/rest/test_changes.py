"""Changing a lead: the patch, what follows from it, and two people at once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from app.leads.next_action import NextAction
from app.models.choices import LeadStatus
from tests.cast import House
from tests.surfaces.graphql.conftest import Desk
from tests.surfaces.rest.conftest import Program, problem


def shown(api: Program, lead_id: UUID) -> dict[str, Any]:
    return dict(api.get(f"/leads/{lead_id}").json)


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_what_is_given_changes_what_is_null_clears_and_the_rest_stays(
    api: Program, lead_id: UUID, method: str
) -> None:
    before = shown(api, lead_id)
    body = {"wedding_venue": "Rose Barn", "estimated_budget": 900, "wedding_date": None}
    answer = api.send(method, f"/leads/{lead_id}", json=body)
    assert answer.status_code == 200
    told = answer.json
    assert told is not None
    assert list(told) == ["success", "lead", "score_changes", "automation_changes", "message"]
    assert told["lead"] == shown(api, lead_id)
    changed = {name for name in before if told["lead"][name] != before[name]}
    assert changed - {"updated_at", "lead_score", "total_interactions"} == {*body, "budget_range"}
    assert told["lead"]["wedding_date"] is None
    assert told["lead"]["couple_name_bride"] == "Maya"


def test_the_change_tells_which_rules_moved_the_score(api: Program, lead_id: UUID) -> None:
    before = shown(api, lead_id)
    body = {"estimated_budget": None, "budget_range": None}
    told = api.send("PATCH", f"/leads/{lead_id}", json=body).json
    changes = told["score_changes"]
    assert (changes["old_score"], changes["new_score"]) == (before["lead_score"], told["lead"]["lead_score"])
    moved = sum(one["adjustment"] for one in changes["score_adjustments"])
    assert round(before["lead_score"] + moved) == changes["new_score"] != changes["old_score"]


def test_a_change_to_the_same_values_changes_nothing(api: Program, lead_id: UUID) -> None:
    before = api.get(f"/leads/{lead_id}")
    told = api.send("PATCH", f"/leads/{lead_id}", json={"couple_name_bride": "Maya"})
    assert (told.status_code, told.headers["ETag"]) == (200, before.headers["ETag"])
    assert told.json["lead"] == before.json


def test_who_saw_the_lead_as_it_is_may_change_it(api: Program, lead_id: UUID) -> None:
    tag = api.get(f"/leads/{lead_id}").headers["ETag"]
    first = api.send("PATCH", f"/leads/{lead_id}", json={"tags": ["a"]}, headers={"If-Match": tag})
    assert first.status_code == 200
    again = {"If-Match": first.headers["ETag"]}
    assert api.send("PUT", f"/leads/{lead_id}", json={"tags": ["b"]}, headers=again).status_code == 200


@pytest.mark.parametrize("given", [None, '"of another time"', "W/{}", "rubbish"])
def test_who_saw_another_version_is_told_and_nothing_changes(
    api: Program, desk: Desk, lead_id: UUID, given: str | None
) -> None:
    tag = api.get(f"/leads/{lead_id}").headers["ETag"]
    if given is None:
        desk.change(lead_id, wedding_venue="Rose Barn")
    before = shown(api, lead_id)
    headers = {"If-Match": (given or "{}").format(tag)}
    for method in ("PUT", "PATCH"):
        refused = api.send(method, f"/leads/{lead_id}", json={"tags": ["a"]}, headers=headers)
        assert problem(refused, 412)["code"] == "OUTDATED"
    assert shown(api, lead_id) == before


def test_of_two_who_saw_the_same_version_one_changes_it(api: Program, lead_id: UUID) -> None:
    headers = {"If-Match": api.get(f"/leads/{lead_id}").headers["ETag"]}
    start = Barrier(4)

    def change(number: int) -> int:
        start.wait(10)
        body = {"tags": [f"by {number}"]}
        return api.send("PATCH", f"/leads/{lead_id}", json=body, headers=headers).status_code

    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(change, range(4)))
    assert statuses == [200, 412, 412, 412]
    assert len(shown(api, lead_id)["tags"]) == 1


def test_any_version_will_do_for_a_star_and_one_of_several_is_enough(api: Program, lead_id: UUID) -> None:
    tag = api.get(f"/leads/{lead_id}").headers["ETag"]
    for given in (f'"other", {tag}', "*"):
        body, headers = {"tags": [given[:3]]}, {"If-Match": given}
        answer = api.send("PATCH", f"/leads/{lead_id}", json=body, headers=headers)
        assert answer.status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 422, ""),
        ({"lead_status": "won"}, 422, "value_unknown"),
        ({"lead_status": "lost"}, 422, "lost_reason"),
        ({"lead_status": "lost", "lost_reason": "the moon"}, 422, "lost_reason"),
        ({"lead_status": None}, 422, "lead_status"),
        ({"lead_status": "hopeful"}, 422, "lead_status"),
        ({"lead_score": 100}, 422, "lead_score"),
        ({"primary_email": None}, 422, "primary_email"),
        ({"assigned_to_user_id": str(uuid7())}, 422, "assigned_to_user_id"),
        ({"team_id": str(uuid7())}, 422, "team_id"),
        ({"next_follow_up_at": "2027-01-01T09:00:00"}, 422, "next_follow_up_at"),
        ({"quality_rating": 5.1}, 422, "quality_rating"),
        ({"lead_status": "duplicate"}, 409, None),
    ],
)
def test_a_change_that_cannot_be(
    api: Program, lead_id: UUID, body: dict[str, Any], status: int, field: str | None
) -> None:
    before = shown(api, lead_id)
    refused = problem(api.send("PUT", f"/leads/{lead_id}", json=body), status)
    assert [error["field"] for error in refused.get("errors", [])] == ([] if field is None else [field])
    assert shown(api, lead_id) == before


def test_a_lead_of_nobody_is_told_before_what_is_wrong_with_the_body(
    stranger: Program, lead_id: UUID
) -> None:
    options: list[dict[str, Any]] = [
        {"json": {"tags": ["a"]}},
        {"json": {"shoe_size": 42}},
        {"json": {"tags": ["a"]}, "headers": {"If-Match": '"x"'}},
        {"data": b"{", "content_type": "application/json"},
        {"data": b"x"},
    ]
    for given in options:
        answers = [stranger.send("PATCH", f"/leads/{id}", **given) for id in (lead_id, uuid7())]
        theirs, unknown = ({**problem(one, 404), "request_id": "…"} for one in answers)
        assert theirs == unknown


def test_an_interaction_stands_on_the_timeline_and_asks_for_the_follow_up(
    api: Program, lead_id: UUID
) -> None:
    body = {
        "interaction_type": "phone_call",
        "interaction_subject": "Called about the date",
        "interaction_outcome": "wants an offer",
        "follow_up_date": "2031-01-15T09:00:00+01:00",
    }
    answer = api.post(f"/leads/{lead_id}/interactions", body)
    assert answer.status_code == 201
    told = answer.json
    assert told is not None
    entry, score = told["interaction"], told["new_lead_score"]
    assert (told["success"], type(told["lead_score_updated"])) == (True, bool)
    assert told["next_recommended_action"] in (None, *NextAction)
    assert (entry["interaction_type"], entry["follow_up_required"]) == ("phone_call", True)
    assert entry["follow_up_date"] == "2031-01-15T08:00:00Z"
    assert api.get(f"/leads/{lead_id}/interactions").json["interactions"][0] == entry
    lead = shown(api, lead_id)
    assert (lead["next_follow_up_at"], lead["lead_score"]) == (entry["follow_up_date"], score)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "interaction_type"),
        ({"interaction_type": "score_updated"}, "interaction_type"),
        ({"interaction_type": "telepathy"}, "interaction_type"),
        ({"interaction_type": "note_added"}, "interaction_content"),
        ({"interaction_type": "phone_call", "occurred_at": "2199-01-01T00:00:00Z"}, "occurred_at"),
    ],
)
def test_an_interaction_that_cannot_be(api: Program, lead_id: UUID, body: dict[str, Any], field: str) -> None:
    before = shown(api, lead_id)
    refused = problem(api.post(f"/leads/{lead_id}/interactions", body), 422)
    assert refused["errors"][0]["field"] == field
    assert shown(api, lead_id) == before


def test_a_task_is_made_found_done_opened_moved_and_deleted(api: Program, lead_id: UUID) -> None:
    body = {"title": "Send the offer", "due_at": "2031-01-15T09:00:00Z", "priority": "high"}
    made = api.post(f"/leads/{lead_id}/tasks", body)
    assert made.status_code == 201
    task = made.json["task"]
    assert (task["title"], task["completed_at"]) == ("Send the offer", None)
    assert made.json["next_follow_up_at"] == shown(api, lead_id)["next_follow_up_at"] == body["due_at"]
    assert api.get(f"/leads/{lead_id}/tasks").json["tasks"] == [task]

    def change(**values: Any) -> dict[str, Any]:
        answer = api.send("PATCH", f"/tasks/{task['id']}", json=values)
        assert answer.status_code == 200, answer.text
        return dict(answer.json)

    done = change(is_done=True)
    assert done["task"]["completed_at"].endswith("Z")
    assert done["next_follow_up_at"] is None
    assert api.get("/tasks?state=done").json["tasks"] == [done["task"]]
    assert api.get("/tasks").json["tasks"] == []
    assert change(is_done=False)["task"]["completed_at"] is None
    assert change(due_at="2031-02-01T09:00:00Z")["next_follow_up_at"] == "2031-02-01T09:00:00Z"
    assert api.send("DELETE", f"/tasks/{task['id']}").status_code == 204
    assert api.get("/tasks?state=any").json["pagination"]["total"] == 0
    problem(api.send("DELETE", f"/tasks/{task['id']}"), 404)


def test_tasks_by_whose_they_are_and_when_they_are_due(api: Program, lead_id: UUID, house: House) -> None:
    given: list[tuple[str | None, str | None]] = [
        ("2031-01-02T00:00:00Z", str(house.member.user_id)),
        ("2031-01-01T00:00:00Z", str(house.admin.user_id)),
        (None, str(house.member.user_id)),
    ]
    made = [
        api.post(f"/leads/{lead_id}/tasks", {"title": "x", "due_at": at, "assigned_to_user_id": who})
        for at, who in given
    ]
    second, first, last = (one.json["task"]["id"] for one in made)

    def found(query: str) -> list[str]:
        return [task["id"] for task in api.get(f"/tasks?{query}").json["tasks"]]

    assert found("") == [first, second, last]
    assert found(f"assigned_to={house.member.user_id}") == [second, last]
    assert found("due_before=2031-01-01T12:00:00Z") == [first]
    assert found("assigned_to=nobody") == []
    assert found("limit=1&page=2") == [second]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "title"),
        ({"title": "x", "due_at": "tomorrow"}, "due_at"),
        ({"title": "x", "assigned_to_user_id": str(uuid7())}, "assigned_to_user_id"),
        ({"title": "x" * 256}, "title"),
    ],
)
def test_a_task_that_cannot_be(api: Program, lead_id: UUID, body: dict[str, Any], field: str) -> None:
    refused = problem(api.post(f"/leads/{lead_id}/tasks", body), 422)
    assert refused["errors"][0]["field"] == field
    assert api.get("/tasks?state=any").json["pagination"]["total"] == 0


def test_a_status_ends_what_runs(api: Program, lead_id: UUID) -> None:
    body = {"lead_status": "won", "value_unknown": True}
    told = api.send("PUT", f"/leads/{lead_id}", json=body).json
    assert told["lead"]["lead_status"] == LeadStatus.WON
    assert told["automation_changes"]["sequences_removed"] == ["Welcome"]
    summary = api.get("/leads").json["summary"]
    assert (summary["converted_leads"], summary["conversion_rate"]) == (1, 1.0)
