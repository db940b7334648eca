"""`/api/leads/<id>/score/adjustments` and `/api/score-adjustments`: points by hand, beside the rules."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response

from app.accounts.access import current_actor
from app.kernel.actor import Permission
from app.kernel.db import db
from app.rest.answers import answer, nothing
from app.rest.door import guard
from app.rest.operation import operation
from app.rest.scoring_rules import TAG
from app.rest.shapes import scores as shapes
from app.scoring.queries import find_adjustment
from app.scoring.schemas import AdjustmentWrite
from app.workflows.adjust_score import adjust_score, withdraw_adjustment

blueprint = guard(Blueprint("api_score_adjustments", __name__, url_prefix="/api"))
WRITES: Any = {"tag": TAG, "permission": Permission.WRITE_LEADS}
FAIR = {"points": 15, "reason": "Met at a fair", "expires_at": "2037-06-12T22:00:00Z"}


@blueprint.post("/leads/<uuid:lead_id>/score/adjustments")
@operation(
    "adjustLeadScore",
    **WRITES,
    answers={201: shapes.ScoreAdjustmentResponse},
    example=FAIR,
)
def give(lead_id: UUID, body: AdjustmentWrite) -> Response:
    """Give a lead points, or take some away. They count at once, and stay when it is scored again."""
    done = adjust_score(current_actor(), lead_id, body)
    given = find_adjustment(db.session(), done.adjustment_id)
    return answer(
        shapes.ScoreAdjustmentResponse(
            adjustment=shapes.ScoreAdjustment.model_validate(given),
            lead_id=lead_id,
            old_score=done.old_score,
            new_score=done.new_score,
            message="Score adjusted.",
        ),
        201,
    )


@blueprint.delete("/score-adjustments/<uuid:adjustment_id>")
@operation("withdrawScoreAdjustment", **WRITES, answers={204: None})
def withdraw(adjustment_id: UUID) -> Response:
    """Withdraw points that a person or a sequence gave. They count no more."""
    withdraw_adjustment(current_actor(), adjustment_id)
    return nothing()
