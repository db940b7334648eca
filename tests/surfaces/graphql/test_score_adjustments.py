"""Points by hand over GraphQL: given, taken and withdrawn, beside the rules."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from app.kernel import clock
from app.kernel.actor import Permission
from tests.surfaces.graphql.conftest import Caller, Desk
from tests.surfaces.graphql.test_scoring_writes import do, score

TOLD = """success message errors { field code message } adjustmentId oldScore newScore
    lead { id leadScore scoreExplanation { adjustments { id reason points expiresAt } } }"""
GIVE = f"""mutation ($leadId: UUID!, $input: ScoreAdjustmentInput!) {{
    adjustLeadScore(leadId: $leadId, input: $input) {{ {TOLD} }} }}"""
WITHDRAW = f"mutation ($id: UUID!) {{ withdrawScoreAdjustment(id: $id) {{ {TOLD} }} }}"
FAIR = {"points": 15, "reason": "Met at a fair"}


@pytest.fixture
def lead_id(desk: Desk) -> UUID:
    """A lead of no points."""
    return desk.lead(lead_source="fair")


def give(ask: Caller, lead_id: UUID, **changes: Any) -> dict[str, Any]:
    return do(ask, GIVE, leadId=str(lead_id), input=FAIR | changes)


def test_points_count_at_once_until_they_are_withdrawn(ask: Caller, lead_id: UUID) -> None:
    told = give(ask, lead_id)
    assert (told["success"], told["message"], told["errors"]) == (True, "Score adjusted.", [])
    assert (told["oldScore"], told["newScore"], told["lead"]["leadScore"]) == (0, 15, 15)
    assert told["lead"]["scoreExplanation"]["adjustments"] == [
        {"id": told["adjustmentId"], "reason": "Met at a fair", "points": 15, "expiresAt": None}
    ]
    less = give(ask, lead_id, points=-5, expiresAt=(clock.now() + timedelta(days=1)).isoformat())
    assert (less["oldScore"], less["newScore"]) == (15, 10)
    assert less["lead"]["scoreExplanation"]["adjustments"][1]["expiresAt"] is not None
    gone = do(ask, WITHDRAW, id=told["adjustmentId"])
    assert (gone["success"], gone["message"]) == (True, "Adjustment withdrawn.")
    assert (gone["adjustmentId"], gone["oldScore"], gone["newScore"]) == (told["adjustmentId"], 10, 0)
    assert [one["points"] for one in gone["lead"]["scoreExplanation"]["adjustments"]] == [-5]
    again = do(ask, WITHDRAW, id=told["adjustmentId"])
    assert again["errors"][0]["message"] == "No score adjustment with this id."


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"points": 0}, "points", "nothing"),
        ({"points": 101}, "points", "less_than_equal"),
        ({"points": -101}, "points", "greater_than_equal"),
        ({"reason": " "}, "reason", "missing"),
        ({"reason": "x" * 256}, "reason", "string_too_long"),
        ({"expiresAt": "2026-01-01T00:00:00Z"}, "expiresAt", "past"),
        ({"expiresAt": "2050-01-01T00:00:00"}, "expiresAt", "timezone_aware"),
    ],
    ids=["none", "many", "few", "no reason", "long reason", "past", "no zone"],
)
def test_what_cannot_be_given_is_told_at_its_field(
    ask: Caller, lead_id: UUID, wrong: dict[str, Any], field: str, code: str
) -> None:
    told = give(ask, lead_id, **wrong)
    assert (told["success"], told["lead"], told["adjustmentId"]) == (False, None, None)
    assert [(one["field"], one["code"]) for one in told["errors"]] == [(field, code)]
    assert score(ask, lead_id) == 0


def test_anothers_lead_or_points_are_like_nobodys(ask: Caller, stranger: Caller, lead_id: UUID) -> None:
    given = give(ask, lead_id)["adjustmentId"]
    for theirs, unknown in (
        (give(stranger, lead_id), give(stranger, uuid7())),
        (do(stranger, WITHDRAW, id=given), do(stranger, WITHDRAW, id=str(uuid7()))),
    ):
        assert theirs == unknown
        assert theirs["errors"][0]["code"] == "NOT_FOUND"
    assert score(ask, lead_id) == 15


def test_who_may_only_read_gives_nothing_and_takes_nothing(desk: Desk, ask: Caller, lead_id: UUID) -> None:
    given = give(ask, lead_id)["adjustmentId"]
    reader = desk.caller(scopes=[Permission.READ])
    for told in (give(reader, lead_id), do(reader, WITHDRAW, id=given)):
        assert [one["code"] for one in told["errors"]] == ["NOT_PERMITTED"]
    assert score(ask, lead_id) == 15
