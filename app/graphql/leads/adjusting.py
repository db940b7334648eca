"""Points by hand, beside the rules: `adjustLeadScore`, `withdrawScoreAdjustment`."""

from uuid import UUID

import strawberry

from app.graphql.context import Info
from app.graphql.declare import mutation, value
from app.graphql.leads.types import Lead
from app.graphql.payload import Payload, row_of
from app.graphql.read import Rows
from app.models import leads as models
from app.scoring.schemas import AdjustmentWrite
from app.workflows.adjust_score import Adjusted, adjust_score, withdraw_adjustment


@value
class ScoreAdjustmentPayload(Payload):
    """The lead and its score before and since; it is kept between 0 and 100, so it may stay as it was."""

    adjustment_id: UUID | None = None
    lead: Rows | None = strawberry.field(graphql_type=Lead | None, default=None)
    old_score: int | None = None
    new_score: int | None = None


@value
class AdjustmentMutations:
    @mutation
    def adjust_lead_score(self, info: Info, lead_id: UUID, input: AdjustmentWrite) -> ScoreAdjustmentPayload:
        """Give a lead points, or take some away, for what no rule sees. They count at once, and stay when
        it is scored again."""
        return _told(adjust_score(info.context.actor, lead_id, input), "Score adjusted.")

    @mutation
    def withdraw_score_adjustment(self, info: Info, id: UUID) -> ScoreAdjustmentPayload:
        """Let points that a person or a sequence gave count no more."""
        return _told(withdraw_adjustment(info.context.actor, id), "Adjustment withdrawn.")


def _told(done: Adjusted, message: str) -> ScoreAdjustmentPayload:
    return ScoreAdjustmentPayload(
        success=True,
        message=message,
        adjustment_id=done.adjustment_id,
        lead=row_of(models.Lead, done.lead_id),
        old_score=done.old_score,
        new_score=done.new_score,
    )
