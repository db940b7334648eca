"""What every answer to a change of the rules says."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.rest.shapes import scoring as shapes
from app.scoring import rules
from app.scoring.changing import RulesChanged
from app.scoring.rescoring import progress


def rules_now(session: Session) -> dict[str, Any]:
    """All rules, as the specification's ScoringRulesResponse has them."""
    found = [shapes.rule(row) for row in rules.listed(session)]
    return {
        "rules": found,
        "total_rules": len(found),
        "active_rules": sum(rule.is_active for rule in found),
    }


def changed(session: Session, done: RulesChanged, message: str) -> dict[str, Any]:
    """The number of the rules, and how far the scores are."""
    return {
        "version": done.version,
        "rescore": rescore(session, done.rescore_id) if done.rescore_id else None,
        "message": message if done.version else "Nothing changed.",
    }


def rescore(session: Session, rescore_id: UUID) -> shapes.Rescore:
    """How far it is; NotFound."""
    return shapes.Rescore.model_validate(progress(session, rescore_id))
