"""Every field that is declared can be read: no column misnamed, no expression that PostgreSQL refuses."""

from uuid import UUID

import pytest
from graphql import GraphQLField, GraphQLObjectType, get_named_type
from uuid_utils.compat import uuid7

from app.graphql.schema import schema
from app.kernel.db import Base
from app.messaging import suppression_list
from app.messaging.senders.domains import DomainWrite, add_domain
from app.messaging.suppression_list import SuppressionCreate
from app.models.choices import Trade
from app.models.leads import Task
from app.models.nurture import EmailTemplate, SmsTemplate, TaskTemplate
from app.models.saved_views import SavedView
from app.nurture.authoring.drafts import add_step
from app.nurture.authoring.schemas import SequenceCreate, StepWrite
from app.scoring.ready_made import take_ready_made
from app.workflows.create_sequence import create_sequence
from tests.factories.nurture import dated_step, make_sequence
from tests.surfaces.graphql.conftest import Caller, Desk

BARN = (
    '{ruleName: "Barn", criteriaField: "wedding_venue", criteriaOperator: contains, criteriaValue: "barn",'
    " scoreAdjustment: 5}"
)
ROOTS = {
    "lead": "lead(id: $id)",
    "leads": "leads(first: 3)",
    "task": "task(id: $id)",
    "rescore": "rescore(id: $id)",
    "emailTemplate": "emailTemplate(id: $id)",
    "smsTemplate": "smsTemplate(id: $id)",
    "taskTemplate": "taskTemplate(id: $id)",
    "templateUses": "templateUses(kind: email)",
    "emailTemplatePreview": 'emailTemplatePreview(template: {name: "x", subject: "x", content: "x"})',
    "smsTemplatePreview": 'smsTemplatePreview(template: {name: "x", content: "x"})',
    "taskTemplatePreview": 'taskTemplatePreview(template: {name: "x", title: "x"})',
    "scoringVersion": "scoringVersion(number: 1)",
    "scoringPreview": f"scoringPreview(rule: {BARN})",
    "scoringDraft": f"scoringDraft(rule: {BARN}, leadId: $id)",
    "suppressionOf": 'suppressionOf(address: "emma@example.com")',
    "senderDomain": "senderDomain(id: $id)",
    "nurtureSequence": "nurtureSequence(id: $id)",
    "sequenceProblems": "sequenceProblems(id: $id)",
    "sequenceDifferences": "sequenceDifferences(id: $id, before: 1)",
    "sequenceMoves": "sequenceMoves(id: $id)",
    "sequenceStatistics": "sequenceStatistics(id: $id)",
    "sequenceDryRun": "sequenceDryRun(id: $id, leadId: $lead)",
    "leadCourses": "leadCourses(leadId: $lead)",
    "weddingMoves": 'weddingMoves(leadId: $lead, weddingDate: "2031-05-01")',
    "analytics": 'analytics(startDate: "2026-01-01", endDate: "2026-01-31")',
}
QUERY = schema.query_type
assert QUERY is not None


def selection(named: GraphQLObjectType, depth: int, around: tuple[GraphQLObjectType, ...] = ()) -> str:
    """All fields of the type; those that are objects as long as `depth` lasts, but of those within one of
    their own type nothing more than that."""
    parts = []
    for name, field in named.fields.items():
        below = get_named_type(field.type)
        if not isinstance(below, GraphQLObjectType):
            parts.append(name)
        elif depth:
            outer = (named, *around)
            inner = "__typename" if below in outer else selection(below, depth - 1, outer)
            parts.append(f"{name}{_page(field)} {{ {inner} }}")
    return " ".join(["__typename", *parts])


def _page(field: GraphQLField) -> str:
    return "(first: 2)" if "first" in field.args else ""


def _sequence(desk: Desk) -> UUID:
    """One that is published and whose draft cannot be."""
    tag = {"step_name": "Tag", "step_type": "tag_assignment", "step_content": '{"add": ["seen"]}'}
    data = {"sequence_name": "Tags", "sequence_type": "nurture", "steps": [tag], "publish": True}
    with desk.app.app_context():
        made = create_sequence(desk.house.owner.actor, SequenceCreate.model_validate(data)).sequence_id
        email = StepWrite.model_validate({"step_name": "Write", "step_type": "email"})
        add_step(desk.house.owner.actor, made, email)
    return made


def _templates(ids: dict[str, UUID]) -> list[Base]:
    return [
        EmailTemplate(id=ids["emailTemplate"], name="x", subject="x", content="x"),
        SmsTemplate(id=ids["smsTemplate"], name="x", content="x"),
        TaskTemplate(id=ids["taskTemplate"], name="x", title="x"),
    ]


@pytest.mark.parametrize("depth", [0, 1, 2, 3])
@pytest.mark.parametrize("root", QUERY.fields)
def test_every_field_can_be_read(desk: Desk, ask: Caller, root: str, depth: int) -> None:
    if root == "weddingMoves":
        with desk.app.app_context():
            make_sequence(desk.house, [dated_step(-2)])
    lead = desk.lead(lead_source="referral", couple_name_bride="Ada", wedding_date="2030-06-01")
    assert QUERY is not None
    named = get_named_type(QUERY.fields[root].type)
    assert isinstance(named, GraphQLObjectType)
    task_id = uuid7()
    task = Task(id=task_id, lead_id=lead, title="Call", assigned_to_user_id=desk.house.member.user_id)
    ids = {name: uuid7() for name in ("emailTemplate", "smsTemplate", "taskTemplate")}
    desk.add(task, SavedView(name="All"), *_templates(ids))
    with desk.app.app_context():
        changed = take_ready_made(desk.house.owner.actor, Trade.FLORIST, instead=False)
        suppression_list.add(desk.house.owner.actor, SuppressionCreate(address="emma@example.com"))
    asked = ROOTS.get(root, root)
    ids |= {"task": task_id, "rescore": changed.rescore_id}
    if root.startswith("senderDomain"):
        with desk.app.app_context():
            ids["senderDomain"] = add_domain(desk.house.owner.actor, DomainWrite(domain="larkspur.example"))
    if root.startswith("sequence") or root == "nurtureSequence":
        ids[root] = _sequence(desk)
    given = {"id": str(ids.get(root, lead)), "lead": str(lead)}
    wanted = ", ".join(f"${name}: UUID!" for name in given if f"${name}" in asked)
    declared = f"query ({wanted})" if wanted else "query"
    found = ask(f"{declared} {{ {asked} {{ {selection(named, depth)} }} }}", **given)
    told = found[root][0] if isinstance(found[root], list) else found[root]
    assert told["__typename"] == named.name
