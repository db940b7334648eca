"""Rules and groups over REST, as the specification has them: written, ordered, taken, put back."""

from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from app.kernel.actor import Permission
from tests.surfaces.graphql.conftest import Desk
from tests.surfaces.rest.conftest import Program, problem, program

RULES, GROUPS = "/lead-scoring/rules", "/lead-scoring/groups"
BARN = {
    "rule_name": "A barn",
    "criteria_field": "wedding_venue",
    "criteria_operator": "contains",
    "criteria_value": "barn",
    "score_adjustment": 12,
}


@pytest.fixture
def barn(desk: Desk) -> UUID:
    """A lead in a barn, of no points otherwise."""
    return desk.lead(lead_source="fair", wedding_venue="Rose Barn")


def score(api: Program, lead_id: UUID) -> int:
    return int(api.get(f"/leads/{lead_id}").json["lead_score"])


def made(api: Program, **changes: Any) -> dict[str, Any]:
    answer = api.post(RULES, BARN | changes)
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


def test_the_list_is_that_of_the_specification(api: Program) -> None:
    made(api, is_active=False, rule_weight=1.5)
    told = api.get(RULES).json
    assert told.keys() == {"rules", "total_rules", "active_rules"}
    assert (told["total_rules"], told["active_rules"]) == (4, 3)
    rule = told["rules"][-1]
    assert rule == rule | BARN | {
        "criteria_type": "wedding_details",
        "rule_weight": 1.5,
        "is_active": False,
        "rule_description": None,
        "rule_order": 3,
        "problem": None,
    }


def test_a_rule_is_made_changed_and_deleted_and_scores_at_once(api: Program, barn: UUID) -> None:
    told = made(api, half_life_weeks=4)
    assert (told["success"], told["version"], told["message"]) == (True, 2, "Rule added.")
    assert told["rescore"] == told["rescore"] | {"total": 1, "done": 1, "changed": 1, "is_done": True}
    address = f"{RULES}/{told['rule']['id']}"
    assert (api.get(address).json, score(api, barn)) == (told["rule"], 12)
    changed = api.send("PATCH", address, json={"score_adjustment": 20, "half_life_weeks": None}).json
    assert changed["rule"]["half_life_weeks"] is None
    assert score(api, barn) == 20
    same = api.send("PATCH", address, json={"score_adjustment": 20}).json
    assert (same["message"], same["version"], same["rescore"]) == ("Nothing changed.", None, None)
    assert api.send("DELETE", address).status_code == 204
    assert score(api, barn) == 0
    problem(api.get(address), 404)


def test_the_order_is_one_of_display(api: Program) -> None:
    rule_id = made(api)["rule"]["id"]
    told = api.post(f"{RULES}/order", {"rule_ids": [rule_id]}).json
    assert told["rules"][0]["id"] == rule_id
    assert (told["version"], told["rescore"]) == (3, None)
    unknown = problem(api.post(f"{RULES}/order", {"rule_ids": [str(uuid7())]}), 422)
    assert unknown["errors"][0]["field"] == "rule_ids"


def test_a_group_bounds_its_rules(api: Program, barn: UUID) -> None:
    answer = api.post(GROUPS, {"group_name": "Venue", "most_points": 8})
    assert answer.status_code == 201
    group = answer.json["group"]
    address = f"{GROUPS}/{group['id']}"
    assert api.get(GROUPS).json == {"groups": [group]}
    assert api.get(address).json == group
    made(api, rule_group_id=group["id"])
    assert score(api, barn) == 8
    wider = api.send("PUT", address, json={"group_name": "Venue"}).json
    assert (wider["group"]["most_points"], score(api, barn)) == (None, 12)
    taken = problem(api.post(GROUPS, {"group_name": "venue"}), 422)
    assert (taken["errors"][0]["field"], taken["errors"][0]["code"]) == ("group_name", "taken")
    assert api.send("DELETE", address).status_code == 204
    assert api.get(RULES).json["rules"][-1]["rule_group_id"] is None


def test_the_fields_that_can_be_scored(api: Program) -> None:
    fields = {field["name"]: field for field in api.get("/lead-scoring/fields").json["fields"]}
    rating = fields["quality_rating"]
    assert (rating["label"], rating["kind"], rating["low"], rating["high"]) == (
        "Quality rating",
        "number",
        1.0,
        5.0,
    )
    assert fields["lead_status"]["criteria_type"] == "behavioral"
    assert "won" in fields["lead_status"]["choices"]


def test_a_ready_made_set_is_taken_and_put_back(api: Program) -> None:
    sets = {one["trade"]: one for one in api.get("/lead-scoring/ready-made").json["sets"]}
    told = api.post("/lead-scoring/ready-made", {"trade": "venue", "instead": True}).json
    assert told["total_rules"] == sets["venue"]["count"]
    back = api.post("/lead-scoring/versions/1/restore", None).json
    assert (back["total_rules"], back["version"]) == (3, 3)
    problem(api.post("/lead-scoring/ready-made", {"trade": "other"}), 404)
    wrong = problem(api.post("/lead-scoring/ready-made", {"trade": "baker"}), 422)
    assert wrong["errors"][0]["field"] == "trade"


def test_the_versions_tell_what_became_of_each_rule(api: Program) -> None:
    rule_id = made(api)["rule"]["id"]
    api.send("PATCH", f"{RULES}/{rule_id}", json={"score_adjustment": 40})
    listed = api.get("/lead-scoring/versions?limit=2").json["versions"]
    assert [(one["number"], one["summary"], one["rule_count"]) for one in listed] == [
        (3, "Changed “A barn”", 4),
        (2, "Added “A barn”", 4),
    ]
    assert [v["number"] for v in api.get("/lead-scoring/versions?before=2").json["versions"]] == [1]
    told = api.get("/lead-scoring/versions/2").json
    assert told["changes"] == [{"kind": "added", "rule_name": "A barn", "changed": []}]
    assert told["changes_since"] == [
        {"kind": "changed", "rule_name": "A barn", "changed": ["score_adjustment"]}
    ]
    assert api.get("/lead-scoring/versions/1").json["changes"] == []
    for number in ("4", "0", str(10**30), "x"):
        problem(api.get(f"/lead-scoring/versions/{number}"), 404)
        problem(api.post(f"/lead-scoring/versions/{number}/restore", None), 404)
    assert problem(api.get("/lead-scoring/versions?limit=101"), 422)["errors"][0]["field"] == "limit"


def test_all_leads_are_scored_again(
    desk: Desk, api: Program, stranger: Program, barn: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = api.post("/lead-scoring/rescore", None)
    assert (few.status_code, few.json["is_done"]) == (200, True)
    monkeypatch.setattr("app.scoring.rescoring.MOST_AT_ONCE", 0)
    many = api.post("/lead-scoring/rescore", None)
    assert (many.status_code, many.json["is_done"], many.json["done"]) == (202, False, 0)
    address = many.headers["Location"].removeprefix("/api")
    assert api.get(address).json == many.json
    problem(stranger.get(address), 404)


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"criteria_field": "shoe_size"}, "criteria_field", "'shoe_size' is not a field"),
        ({"criteria_field": "estimated_budget", "criteria_operator": "less_than", "criteria_value": "0"},
         "criteria_value", "no lead could ever match"),
        ({"criteria_operator": "resembles"}, "criteria_operator", "equals"),
        ({"score_adjustment": 101}, "score_adjustment", "100"),
        ({"rule_group_id": str(uuid7())}, "rule_group_id", "no such group"),
        ({"colour": "red"}, "colour", "not permitted"),
    ],
    ids=["field", "never", "operator", "points", "group", "unknown"],
)  # fmt: skip
def test_a_rule_that_cannot_be_is_told_why(
    api: Program, wrong: dict[str, Any], field: str, said: str
) -> None:
    [error] = problem(api.post(RULES, BARN | wrong), 422)["errors"]
    assert error["field"] == field
    assert said in error["message"]
    assert api.get(RULES).json["total_rules"] == 3


def test_who_may_not_write_rules_reads_them(desk: Desk) -> None:
    reader = program(desk, scopes=[Permission.READ, Permission.WRITE_LEADS])
    for path, body in (
        (RULES, BARN),
        (GROUPS, {"group_name": "Venue"}),
        ("/lead-scoring/ready-made", {"trade": "venue"}),
        ("/lead-scoring/rescore", None),
    ):
        problem(reader.post(path, body), 403)
    assert reader.get(RULES).json["total_rules"] == 3


def test_a_rule_is_added_once_under_a_key(api: Program) -> None:
    told = [api.post(RULES, BARN, Idempotency_Key="barn").json for _ in range(2)]
    assert told[0] == told[1]
    assert api.get(RULES).json["total_rules"] == 4
