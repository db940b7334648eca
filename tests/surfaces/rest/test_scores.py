"""Scores over REST: why a lead has its own, how all are spread, what a draft would do."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from uuid_utils.compat import uuid7

from app.accounts.service import show_booking_chance
from tests.cast import House
from tests.features.scoring.past import decided
from tests.surfaces.graphql.conftest import Desk
from tests.surfaces.rest.conftest import Program, problem
from tests.surfaces.rest.test_scoring_rules import BARN, made

PREVIEW = "/lead-scoring/preview"


@pytest.fixture
def barn(desk: Desk) -> UUID:
    return desk.lead(lead_source="fair", wedding_venue="Rose Barn")


@pytest.fixture
def past(app: Flask, house: House) -> None:
    """Of 40 couples with a venue 30 booked, of 40 others 5."""
    with app.app_context():
        venue, other = {"wedding_venue": "Rose Barn", "scores": [(0, 90)]}, {"scores": [(0, 10)]}
        decided(house, [venue | {"won": place < 30} for place in range(40)])
        decided(house, [other | {"won": place < 5} for place in range(40)])


def test_a_score_is_explained(api: Program, stranger: Program, barn: UUID) -> None:
    made(api)
    told = api.get(f"/leads/{barn}/score").json
    assert (told["score"], told["total"], told["stored_score"]) == (12, 12.0, 12)
    [line] = [line for line in told["rules"] if line["matched"]]
    assert (line["rule_name"], line["seen"], line["points"]) == ("A barn", "Rose Barn", 12.0)
    assert told["chances"][0] == told["chances"][0] | {
        "rule_name": "Budget over 2,500",
        "gain": 30,
        "hint": "Ask what they plan to spend.",
    }
    [step] = told["history"]
    assert (step["old_score"], step["new_score"], step["cause"]) == (0, 12, "rules")
    assert step["moved"] == [{"name": "A barn", "before": 0.0, "after": 12.0}]
    assert told["booking_chance"] is None
    problem(stranger.get(f"/leads/{barn}/score"), 404)
    problem(api.get(f"/leads/{uuid7()}/score"), 404)


def test_the_chance_of_a_booking_is_there_when_the_supplier_shows_it(
    app: Flask, house: House, api: Program, barn: UUID, past: None
) -> None:
    assert api.get(f"/leads/{barn}/score").json["booking_chance"] is None
    with app.app_context():
        show_booking_chance(house.owner.actor, True)
    chance = api.get(f"/leads/{barn}/score").json["booking_chance"]
    assert (chance["decided"], chance["won"]) == (80, 35)
    assert 0 < chance["low"] < chance["probability"] < chance["high"] < 0.5


def test_the_distribution_has_the_ranges_of_the_specification(desk: Desk, api: Program) -> None:
    for points in (5, 90):
        desk.change(desk.lead(), lead_score=points)
    desk.change(desk.lead(), lead_score=50, lead_status="lost")
    told = api.get("/lead-scoring/distribution").json
    assert [(one["range"], one["count"]) for one in told["ranges"]] == [
        ("0-20", 1), ("21-40", 0), ("41-60", 1), ("61-80", 0), ("81-100", 1)
    ]  # fmt: skip
    assert (told["total"], told["median"]) == (3, 50.0)
    assert api.get("/lead-scoring/distribution?open_only=true").json["average"] == 47.5
    wrong = problem(api.get("/lead-scoring/distribution?open_only=perhaps"), 422)
    assert wrong["errors"][0]["field"] == "open_only"


def test_history_speaks(api: Program, past: None) -> None:
    told = api.get("/lead-scoring/calibration").json
    assert (told["decided"], told["won"]) == (80, 35)
    assert told["bands"][4] == told["bands"][4] | {"low": 81, "high": 100, "decided": 40, "rate": 0.75}
    assert told["verdict"].startswith("Higher scores book more often")
    found = api.get("/lead-scoring/suggestions").json
    assert (found["won"], found["lost"], found["needed"]) == (35, 45, 30)
    [one] = [one for one in found["found"] if one["rule"]["criteria_field"] == "wedding_venue"]
    assert (one["with_fact"]["decided"], one["difference"], one["is_covered"]) == (40, 0.625, False)
    assert 0 < one["interval"]["low"] < one["interval"]["high"] < 1


def test_a_suggestion_can_be_taken_as_it_is(api: Program, past: None) -> None:
    suggested = api.get("/lead-scoring/suggestions").json["found"][0]["rule"]
    rule = made(api, **suggested)["rule"]
    assert rule == rule | suggested


def test_without_a_past_nothing_is_told_of_it(api: Program, barn: UUID) -> None:
    assert api.get("/lead-scoring/calibration").json["verdict"].startswith("Too few leads are decided")
    assert api.get("/lead-scoring/suggestions").json == {"won": 0, "lost": 0, "needed": 30, "found": []}


def test_a_preview_tells_what_would_move_and_writes_nothing(api: Program, barn: UUID) -> None:
    told = api.post(PREVIEW, {"rule": BARN, "lead_id": str(barn)}).json
    assert (told["total"], told["up"], told["down"]) == (1, 1, 0)
    assert (told["before"]["average"], told["after"]["average"]) == (0.0, 12.0)
    assert told["movers"][0] == told["movers"][0] | {"lead_id": str(barn), "before": 0, "after": 12}
    assert (told["lead"]["score"], told["lead"]["stored_score"]) == (12, 0)
    assert api.get("/lead-scoring/rules").json["total_rules"] == 3
    rule_id = made(api)["rule"]["id"]
    lower = {"rule": BARN | {"score_adjustment": 5}, "rule_id": rule_id}
    told = api.post(PREVIEW, lower).json
    assert (told["movers"][0]["before"], told["movers"][0]["after"], told["lead"]) == (12, 5, None)


@pytest.mark.parametrize(
    ("wrong", "status", "field"),
    [
        ({}, 422, "rule"),
        ({"rule": BARN | {"criteria_field": "shoe_size"}}, 422, "rule.criteria_field"),
        ({"rule": BARN | {"criteria_value": ""}}, 422, "rule.criteria_value"),
        ({"rule": BARN | {"score_adjustment": 101}}, 422, "rule.score_adjustment"),
        ({"rule": BARN, "rule_id": str(uuid7())}, 404, None),
        ({"rule": BARN, "lead_id": str(uuid7())}, 404, None),
    ],
    ids=["none", "field", "value", "points", "no such rule", "no such lead"],
)
def test_a_draft_that_cannot_be_is_told_why(
    api: Program, wrong: dict[str, Any], status: int, field: str | None
) -> None:
    told = problem(api.post(PREVIEW, wrong), status)
    assert [error["field"] for error in told.get("errors", [])] == ([field] if field else [])


def test_anothers_rule_or_lead_in_a_preview_is_like_nobodys(
    api: Program, stranger: Program, barn: UUID
) -> None:
    rule_id = made(api)["rule"]["id"]
    for given in ({"rule_id": rule_id}, {"lead_id": str(barn)}):
        problem(stranger.post(PREVIEW, {"rule": BARN} | given), 404)
