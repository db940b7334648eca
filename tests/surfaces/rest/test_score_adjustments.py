"""Points by hand over REST: given, taken and withdrawn, beside the rules."""

from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from app.kernel.actor import Permission
from app.rest.score_adjustments import FAIR
from tests.surfaces.graphql.conftest import Desk
from tests.surfaces.rest.conftest import Program, problem, program


@pytest.fixture
def lead_id(desk: Desk) -> UUID:
    """A lead of no points."""
    return desk.lead(lead_source="fair")


def give(api: Program, lead_id: UUID, **changes: Any) -> Any:
    return api.post(f"/leads/{lead_id}/score/adjustments", FAIR | changes)


def withdraw(api: Program, adjustment_id: object) -> Any:
    return api.send("DELETE", f"/score-adjustments/{adjustment_id}")


def score(api: Program, lead_id: UUID) -> dict[str, Any]:
    return dict(api.get(f"/leads/{lead_id}/score").json)


def test_points_count_at_once_until_they_are_withdrawn(api: Program, lead_id: UUID) -> None:
    answer = give(api, lead_id)
    assert answer.status_code == 201
    told = answer.json
    given = told["adjustment"]
    assert given == {
        "id": given["id"],
        "reason": "Met at a fair",
        "points": 15,
        "expires_at": FAIR["expires_at"],
    }
    assert told == {
        "success": True,
        "adjustment": given,
        "lead_id": str(lead_id),
        "old_score": 0,
        "new_score": 15,
        "message": "Score adjusted.",
    }
    assert score(api, lead_id)["adjustments"] == [given]
    for_good = give(api, lead_id, points=-5, expires_at=None).json
    assert (for_good["new_score"], for_good["adjustment"]["expires_at"]) == (10, None)
    gone = withdraw(api, given["id"])
    assert (gone.status_code, gone.data) == (204, b"")
    assert score(api, lead_id)["stored_score"] == 0
    problem(withdraw(api, given["id"]), 404)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"points": 0}, "points"),
        ({"points": 101}, "points"),
        ({"points": "many"}, "points"),
        ({"reason": ""}, "reason"),
        ({"expires_at": "2026-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "2050-01-01T00:00:00"}, "expires_at"),
        ({"until": "2050-01-01"}, "until"),
    ],
    ids=["none", "many", "no number", "no reason", "past", "no zone", "unknown"],
)
def test_what_cannot_be_given_is_told_at_its_field(
    api: Program, lead_id: UUID, wrong: dict[str, Any], field: str
) -> None:
    told = problem(give(api, lead_id, **wrong), 422)
    assert [error["field"] for error in told["errors"]] == [field]
    assert score(api, lead_id)["adjustments"] == []


def test_one_too_many_is_a_conflict(api: Program, lead_id: UUID) -> None:
    for _ in range(50):
        assert give(api, lead_id, points=1).status_code == 201
    assert "withdraw one first" in problem(give(api, lead_id, points=1), 409)["detail"]


def test_anothers_lead_or_points_are_like_nobodys(api: Program, stranger: Program, lead_id: UUID) -> None:
    given = give(api, lead_id).json["adjustment"]["id"]
    for theirs in (lead_id, uuid7()):
        problem(give(stranger, theirs), 404)
        problem(give(stranger, theirs, points=0), 404)
    for theirs in (given, uuid7()):
        problem(withdraw(stranger, theirs), 404)
    assert score(api, lead_id)["stored_score"] == 15


def test_who_may_only_read_gives_nothing_and_takes_nothing(desk: Desk, api: Program, lead_id: UUID) -> None:
    given = give(api, lead_id).json["adjustment"]["id"]
    reader = program(desk, scopes=[Permission.READ])
    problem(give(reader, lead_id), 403)
    problem(withdraw(reader, given), 403)
    assert score(api, lead_id)["stored_score"] == 15
