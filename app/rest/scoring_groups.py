"""`/api/lead-scoring/groups`: what bounds the points of several rules together."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response

from app.accounts.access import current_actor
from app.kernel.actor import Permission
from app.kernel.db import db
from app.rest.answers import answer, nothing
from app.rest.door import guard
from app.rest.operation import operation
from app.rest.rules_told import changed
from app.rest.shapes import scoring as shapes
from app.scoring import groups
from app.scoring.changing import RulesChanged
from app.scoring.schemas import GroupWrite

blueprint = guard(Blueprint("api_scoring_groups", __name__, url_prefix="/api/lead-scoring/groups"))
TAG = "Lead scoring"
WRITES: Any = {"tag": TAG, "permission": Permission.WRITE_RULES}
INTEREST = {"group_name": "Interest", "least_points": 0, "most_points": 20}


@blueprint.get("")
@operation("listScoringGroups", tag=TAG, answers={200: shapes.ScoringGroupsResponse})
def index() -> Response:
    """List the groups of rules, by name."""
    found = [shapes.ScoringGroup.model_validate(row) for row in groups.groups(db.session())]
    return answer(shapes.ScoringGroupsResponse(groups=found))


@blueprint.post("")
@operation("createScoringGroup", **WRITES, answers={201: shapes.ScoringGroupResponse}, example=INTEREST)
def create(body: GroupWrite) -> Response:
    """Add a group of rules. Rules stand in it by their `rule_group_id`."""
    done = groups.create_group(current_actor(), body)
    assert done.id is not None, "a new group has an id"
    return _told(done.id, done, "Group added.", 201)


@blueprint.get("/<uuid:group_id>")
@operation("getScoringGroup", tag=TAG, answers={200: shapes.ScoringGroup})
def show(group_id: UUID) -> Response:
    """Get one group of rules."""
    return answer(shapes.ScoringGroup.model_validate(groups.find_group(db.session(), group_id)))


@blueprint.put("/<uuid:group_id>")
@operation("updateScoringGroup", **WRITES, answers={200: shapes.ScoringGroupResponse}, example=INTEREST)
def update(group_id: UUID, body: GroupWrite) -> Response:
    """Replace a group of rules. A bound that is absent it has no more."""
    return _told(group_id, groups.update_group(current_actor(), group_id, body), "Group changed.", 200)


@blueprint.delete("/<uuid:group_id>")
@operation("deleteScoringGroup", **WRITES, answers={204: None})
def delete(group_id: UUID) -> Response:
    """Delete a group of rules. Its rules stay, without its bounds."""
    groups.delete_group(current_actor(), group_id)
    return nothing()


def _told(group_id: UUID, done: RulesChanged, message: str, status: int) -> Response:
    session = db.session()
    group = shapes.ScoringGroup.model_validate(groups.find_group(session, group_id))
    return answer(shapes.ScoringGroupResponse(group=group, **changed(session, done, message)), status)
