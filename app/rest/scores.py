"""`/api/leads/<id>/score`, and under `/api/lead-scoring` what the scores of all leads say."""

from uuid import UUID

from flask import Blueprint, Response
from sqlalchemy.orm import Session

from app.accounts.access import current_actor
from app.kernel import clock
from app.kernel.db import db
from app.kernel.errors import InvalidInput
from app.rest.answers import answer
from app.rest.door import guard
from app.rest.operation import operation
from app.rest.scoring_rules import BARN, TAG
from app.rest.shapes import scores as shapes
from app.scoring import calibration, distribution, preview, suggestions
from app.scoring.booking_chance import shown_model
from app.scoring.compiler import RuleSet
from app.scoring.history import history
from app.scoring.improving import Chance, chances
from app.scoring.queries import explain

blueprint = guard(Blueprint("api_scores", __name__, url_prefix="/api"))


@blueprint.get("/leads/<uuid:lead_id>/score")
@operation("getLeadScore", tag=TAG, answers={200: shapes.LeadScoreResponse})
def show(lead_id: UUID) -> Response:
    """Explain a lead's score. With what would raise it and how it got there."""
    session, now = db.session(), clock.now()
    found = explain(session, lead_id, now)
    explained = shapes.ScoreExplanation.model_validate(found)
    return answer(
        shapes.LeadScoreResponse(
            **{name: getattr(explained, name) for name in shapes.ScoreExplanation.model_fields},
            chances=[_chance(one) for one in chances(found)],
            history=[shapes.ScoreStep.model_validate(one) for one in history(session, lead_id)],
            booking_chance=_booking(session, found.score),
        )
    )


@blueprint.get("/lead-scoring/distribution")
@operation("getScoreDistribution", tag=TAG, answers={200: shapes.ScoreDistribution})
def spread(query: shapes.DistributionQuery) -> Response:
    """Get how the scores are spread, of all leads or of the open ones."""
    found = distribution.distribution(db.session(), open_only=query.open_only)
    return answer(shapes.ScoreDistribution.model_validate(found))


@blueprint.get("/lead-scoring/calibration")
@operation("getScoreCalibration", tag=TAG, answers={200: shapes.CalibrationResponse})
def calibrate() -> Response:
    """Get how often leads of each range of scores booked. By the newest 20,000 decided leads."""
    found = calibration.calibration(db.session(), clock.now())
    return answer(shapes.CalibrationResponse.model_validate(found))


@blueprint.get("/lead-scoring/suggestions")
@operation("listScoringSuggestions", tag=TAG, answers={200: shapes.SuggestionsResponse})
def suggest() -> Response:
    """List rules that the supplier's own history speaks for."""
    found = suggestions.suggestions(db.session(), clock.now())
    return answer(shapes.SuggestionsResponse.model_validate(found))


@blueprint.post("/lead-scoring/preview")
@operation(
    "previewScoringRule",
    tag=TAG,
    answers={200: shapes.PreviewResponse},
    refuses=(404,),
    example={"rule": BARN},
)
def try_out(body: shapes.PreviewRequest) -> Response:
    """Preview a rule. Nothing is written."""
    session, now = db.session(), clock.now()
    draft = _draft(session, body)
    found = shapes.Preview.model_validate(preview.preview(session, draft, now))
    explained = explain(session, body.lead_id, now, draft) if body.lead_id else None
    return answer(
        shapes.PreviewResponse(
            **{name: getattr(found, name) for name in shapes.Preview.model_fields},
            lead=shapes.ScoreExplanation.model_validate(explained) if explained else None,
        )
    )


def _draft(session: Session, body: shapes.PreviewRequest) -> RuleSet:
    try:
        return preview.proposed(session, current_actor().supplier_id, body.rule, body.rule_id)
    except InvalidInput as error:
        raise error.under({f.field: f"rule.{f.field}" for f in error.fields}) from None


def _chance(found: Chance) -> shapes.ScoreChance:
    return shapes.ScoreChance(
        rule_id=found.line.rule_id,
        rule_name=found.line.rule_name,
        score=found.score,
        gain=found.gain,
        is_loss=found.is_loss,
        hint=found.hint,
    )


def _booking(session: Session, score: int) -> shapes.BookingChance | None:
    model = shown_model(session, clock.now())
    if model is None:
        return None
    return shapes.BookingChance(**vars(model.at(score)), decided=model.n, won=model.won)
