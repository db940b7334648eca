"""`/api/lead-scoring/versions` and `/rescore`: rules as they were, and scores brought up to date."""

from uuid import UUID

from flask import Blueprint, Response, url_for

from app.accounts.access import current_actor
from app.kernel.actor import Permission
from app.kernel.db import db
from app.models.scoring import RuleVersion
from app.rest.answers import answer
from app.rest.door import guard
from app.rest.operation import operation
from app.rest.rules_told import changed, rescore, rules_now
from app.rest.shapes import scoring as shapes
from app.scoring import rules, versions
from app.scoring.rescoring import ask_rescore

blueprint = guard(Blueprint("api_scoring_versions", __name__, url_prefix="/api/lead-scoring"))
TAG = "Lead scoring"


@blueprint.get("/versions")
@operation("listScoringVersions", tag=TAG, answers={200: shapes.ScoringVersionsResponse})
def index(query: shapes.VersionsQuery) -> Response:
    """List the versions of the rules, the newest first."""
    found = versions.listed(db.session(), query.limit, query.before)
    return answer(
        shapes.ScoringVersionsResponse(versions=[shapes.ScoringVersion.model_validate(v) for v in found])
    )


@blueprint.get("/versions/<int:number>")
@operation("getScoringVersion", tag=TAG, answers={200: shapes.ScoringVersionResponse})
def show(number: int) -> Response:
    """Get one version of the rules. It is compared with the one before, and with today."""
    session = db.session()
    version = versions.find(session, number)
    latest = versions.find(session, versions.latest_number(session) or number)
    before = versions.find(session, number - 1) if number > 1 else version
    return answer(
        shapes.ScoringVersionResponse(
            number=version.number,
            summary=version.summary,
            rule_count=version.rule_count,
            created_at=version.created_at,
            changes=_differences(before, version),
            changes_since=_differences(version, latest),
        )
    )


@blueprint.post("/versions/<int:number>/restore")
@operation(
    "restoreScoringRules",
    tag=TAG,
    answers={200: shapes.ScoringRulesChangedResponse},
    permission=Permission.WRITE_RULES,
)
def restore(number: int) -> Response:
    """Have the rules as that version has them. They become a new version."""
    done = rules.go_back(current_actor(), number)
    session = db.session()
    told = rules_now(session) | changed(session, done, f"Rules as in version {number}.")
    return answer(shapes.ScoringRulesChangedResponse(**told))


@blueprint.post("/rescore")
@operation(
    "rescoreLeads",
    tag=TAG,
    answers={200: shapes.Rescore, 202: shapes.Rescore},
    permission=Permission.WRITE_RULES,
)
def again() -> Response:
    """Score every lead again. Many are scored in the background (202); `Location` tells how far it is."""
    found = rescore(db.session(), ask_rescore(current_actor()))
    response = answer(found, 200 if found.is_done else 202)
    response.headers["Location"] = url_for("api_scoring_versions.progress", rescore_id=found.id)
    return response


@blueprint.get("/rescores/<uuid:rescore_id>")
@operation("getRescore", tag=TAG, answers={200: shapes.Rescore})
def progress(rescore_id: UUID) -> Response:
    """Get how far a rescore is. It is remembered for a week."""
    return answer(rescore(db.session(), rescore_id))


def _differences(before: RuleVersion, after: RuleVersion) -> list[shapes.RuleDifference]:
    return [shapes.RuleDifference.model_validate(one) for one in versions.differences(before, after)]
