"""`/api/lead-scoring/rules`, its fields, and ready-made rules."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response

from app.accounts.access import current_actor
from app.kernel.actor import Permission
from app.kernel.db import db
from app.rest.answers import answer, nothing
from app.rest.door import guard
from app.rest.examples import SAMPLE_ID
from app.rest.operation import operation
from app.rest.rules_told import changed, rules_now
from app.rest.shapes import scoring as shapes
from app.scoring import rules
from app.scoring.changing import RulesChanged
from app.scoring.fields import FIELDS
from app.scoring.ready_made import READY_MADE, take_ready_made
from app.scoring.schemas import RuleOrder, RulePatch, RuleWrite

blueprint = guard(Blueprint("api_scoring_rules", __name__, url_prefix="/api/lead-scoring"))
TAG = "Lead scoring"
WRITES: Any = {"tag": TAG, "permission": Permission.WRITE_RULES}
BARN = {
    "rule_name": "A barn",
    "criteria_field": "wedding_venue",
    "criteria_operator": "contains",
    "criteria_value": "barn",
    "score_adjustment": 10,
}


@blueprint.get("/rules")
@operation("listScoringRules", tag=TAG, answers={200: shapes.ScoringRulesResponse})
def index() -> Response:
    """List all scoring rules, in display order."""
    return answer(shapes.ScoringRulesResponse(**rules_now(db.session())))


@blueprint.post("/rules")
@operation("createScoringRule", **WRITES, answers={201: shapes.ScoringRuleResponse}, example=BARN)
def create(body: RuleWrite) -> Response:
    """Add a scoring rule. One that cannot be read, or that no lead could ever match, is refused."""
    done = rules.create_rule(current_actor(), body)
    assert done.id is not None, "a new rule has an id"
    return _told(done.id, done, "Rule added.", 201)


@blueprint.post("/rules/order")
@operation(
    "orderScoringRules",
    **WRITES,
    answers={200: shapes.ScoringRulesChangedResponse},
    example={"rule_ids": [SAMPLE_ID]},
)
def order(body: RuleOrder) -> Response:
    """Put the rules in order. No score depends on it."""
    return _all(rules.order_rules(current_actor(), body), "Rules put in order.")


@blueprint.get("/rules/<uuid:rule_id>")
@operation("getScoringRule", tag=TAG, answers={200: shapes.LeadScoringRule})
def show(rule_id: UUID) -> Response:
    """Get one scoring rule."""
    return answer(shapes.rule(rules.find_rule(db.session(), rule_id)))


@blueprint.patch("/rules/<uuid:rule_id>")
@operation(
    "updateScoringRule",
    **WRITES,
    answers={200: shapes.ScoringRuleResponse},
    example={"score_adjustment": 15, "is_active": True},
)
def update(rule_id: UUID, body: RulePatch) -> Response:
    """Change a scoring rule. What is absent stays; null clears."""
    return _told(rule_id, rules.update_rule(current_actor(), rule_id, body), "Rule changed.", 200)


@blueprint.delete("/rules/<uuid:rule_id>")
@operation("deleteScoringRule", **WRITES, answers={204: None})
def delete(rule_id: UUID) -> Response:
    """Delete a scoring rule. Versions remember it; the scores follow."""
    rules.delete_rule(current_actor(), rule_id)
    return nothing()


@blueprint.get("/fields")
@operation("listScoringFields", tag=TAG, answers={200: shapes.ScoringFieldsResponse})
def fields() -> Response:
    """List what a rule may ask about. Paths into `custom_fields` and `source_details` may be asked, too."""
    found = [shapes.ScoringField.model_validate(one) for one in FIELDS.values()]
    return answer(shapes.ScoringFieldsResponse(fields=found))


@blueprint.get("/ready-made")
@operation("listReadyMadeRules", tag=TAG, answers={200: shapes.ReadyMadeResponse})
def ready_made() -> Response:
    """List sets of rules to begin with."""
    found = [shapes.ReadyMadeRules.model_validate(one) for one in READY_MADE.values()]
    return answer(shapes.ReadyMadeResponse(sets=found))


@blueprint.post("/ready-made")
@operation(
    "takeReadyMadeRules",
    **WRITES,
    answers={200: shapes.ScoringRulesChangedResponse},
    refuses=(404,),
    example={"trade": "photographer"},
)
def take(body: shapes.TakeReadyMade) -> Response:
    """Take a set of rules, behind one's own or instead of them."""
    return _all(take_ready_made(current_actor(), body.trade, instead=body.instead), "Rules taken.")


def _told(rule_id: UUID, done: RulesChanged, message: str, status: int) -> Response:
    session = db.session()
    row = rules.find_rule(session, rule_id)
    return answer(
        shapes.ScoringRuleResponse(rule=shapes.rule(row), **changed(session, done, message)), status
    )


def _all(done: RulesChanged, message: str) -> Response:
    session = db.session()
    told = rules_now(session) | changed(session, done, message)
    return answer(shapes.ScoringRulesChangedResponse(**told))
