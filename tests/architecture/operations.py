"""Everything that can be asked for, read from the URL map and the schema."""

import re
from collections.abc import Iterator

from flask import Flask
from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    get_named_type,
    is_required_argument,
)

from app.graphql.schema import schema
from tests.surfaces.graphql.test_everything import selection

CREATE = '{leadSource: "website", primaryPhone: "+44 20 7946 0958"}'
RULE = '{ruleName: "Mail", criteriaField: "primary_email", criteriaOperator: is_set, scoreAdjustment: 5}'
STEP = '{stepName: "Call", stepType: phone_call}'
SEQUENCE = '{sequenceName: "<new_name>", sequenceType: nurture}'
EMAIL = '{name: "<new_name>", subject: "Hi {{ couple_names }}", content: "Hello"}'
ARGUMENTS = {
    "Mutation.addInteraction(input)": "{interactionType: phone_call}",
    "Mutation.addInteraction(leadId)": '"<lead_id>"',
    "Mutation.addSuppression(input)": '{address: "<new_name>@example.com"}',
    "Mutation.addSequenceStep(input)": STEP,
    "Mutation.addSequenceStep(sequenceId)": '"<sequence_id>"',
    "Mutation.addSenderDomain(input)": '{domain: "<new_name>.example"}',
    "Mutation.adjustLeadScore(input)": '{points: 5, reason: "Met at a fair"}',
    "Mutation.adjustLeadScore(leadId)": '"<lead_id>"',
    "Mutation.assignLead(id)": '"<lead_id>"',
    "Mutation.assignLead(input)": "{userId: null}",
    "Mutation.bulkUpdateLeads(input)": '{action: add_tag, value: "barn", ids: ["<lead_id>"]}',
    "Mutation.cancelConversion(id)": '"<conversion_id>"',
    "Mutation.changeLeadStatus(id)": '"<lead_id>"',
    "Mutation.changeLeadStatus(input)": "{leadStatus: qualified}",
    "Mutation.checkSenderDomain(id)": '"<domain_id>"',
    "Mutation.completeTask(id)": '"<task_id>"',
    "Mutation.convertLead(id)": '"<lead_id>"',
    "Mutation.convertLead(input)": '{conversionType: booking_confirmed, conversionValue: "100"}',
    "Mutation.copyNurtureSequence(id)": '"<sequence_id>"',
    "Mutation.copyNurtureSequence(input)": '{sequenceName: "<new_name>"}',
    "Mutation.copyEmailTemplate(id)": '"<email_template_id>"',
    "Mutation.copySmsTemplate(id)": '"<sms_template_id>"',
    "Mutation.copyTaskTemplate(id)": '"<task_template_id>"',
    "Mutation.createEmailTemplate(input)": EMAIL,
    "Mutation.createLead(input)": CREATE,
    "Mutation.createNurtureSequence(input)": SEQUENCE,
    "Mutation.createSavedView(input)": '{name: "<new_name>", isShared: true}',
    "Mutation.createScoringGroup(input)": '{groupName: "<new_name>"}',
    "Mutation.createScoringRule(input)": RULE,
    "Mutation.createSmsTemplate(input)": '{name: "<new_name>", content: "Hello"}',
    "Mutation.createTask(input)": '{title: "Call"}',
    "Mutation.createTask(leadId)": '"<lead_id>"',
    "Mutation.createTaskTemplate(input)": '{name: "<new_name>", title: "Call"}',
    "Mutation.deleteEmailTemplate(id)": '"<email_template_id>"',
    "Mutation.deleteLead(id)": '"<lead_id>"',
    "Mutation.deleteNurtureSequence(id)": '"<sequence_id>"',
    "Mutation.deleteSavedView(id)": '"<shared_view_id>"',
    "Mutation.deleteScoringGroup(id)": '"<group_id>"',
    "Mutation.deleteScoringRule(id)": '"<rule_id>"',
    "Mutation.deleteSmsTemplate(id)": '"<sms_template_id>"',
    "Mutation.decideMessage(decision)": "approve",
    "Mutation.decideMessage(id)": '"<held_id>"',
    "Mutation.endEnrollment(id)": '"<enrollment_id>"',
    "Mutation.endEnrollments(sequenceId)": '"<off_id>"',
    "Mutation.pauseEnrollment(id)": '"<enrollment_id>"',
    "Mutation.resumeEnrollment(id)": '"<enrollment_id>"',
    "Mutation.sendStepNow(enrollmentId)": '"<enrollment_id>"',
    "Mutation.skipStep(enrollmentId)": '"<enrollment_id>"',
    "Mutation.deleteTask(id)": '"<task_id>"',
    "Mutation.discardSequenceDraft(id)": '"<sequence_id>"',
    "Mutation.deleteTaskTemplate(id)": '"<task_template_id>"',
    "Mutation.enrollLead(id)": '"<lead_id>"',
    "Mutation.enrollLead(sequenceId)": '"<sequence_id>"',
    "Mutation.mergeLeads(loserId)": '"<other_id>"',
    "Mutation.mergeLeads(winnerId)": '"<lead_id>"',
    "Mutation.moveEnrollments(sequenceId)": '"<sequence_id>"',
    "Mutation.moveEnrollments(version)": "1",
    "Mutation.orderScoringRules(input)": '{ruleIds: ["<rule_id>"]}',
    "Mutation.orderSequenceSteps(input)": '{stepKeys: ["<step_id>"]}',
    "Mutation.orderSequenceSteps(sequenceId)": '"<sequence_id>"',
    "Mutation.publishNurtureSequence(id)": '"<sequence_id>"',
    "Mutation.removeSequenceStep(sequenceId)": '"<sequence_id>"',
    "Mutation.removeSequenceStep(stepKey)": '"<step_id>"',
    "Mutation.reopenTask(id)": '"<task_id>"',
    "Mutation.removeSenderDomain(id)": '"<domain_id>"',
    "Mutation.removeSuppression(id)": '"<suppression_id>"',
    "Mutation.restoreScoringRules(version)": "<number>",
    "Mutation.sendReply(input)": '{subject: "Your day", body: "June is free."}',
    "Mutation.sendReply(leadId)": '"<lead_id>"',
    "Mutation.setBookingChance(shown)": "true",
    "Mutation.tagLead(id)": '"<lead_id>"',
    "Mutation.tagLead(input)": '{add: ["barn"]}',
    "Mutation.takeReadyMadeRules(trade)": "florist",
    "Mutation.takeReadyMadeSequence(key)": '"venue_welcome"',
    "Mutation.undoMerge(id)": '"<merge_id>"',
    "Mutation.updateBranding(input)": '{senderName: "<new_name>"}',
    "Mutation.updateEmailTemplate(id)": '"<email_template_id>"',
    "Mutation.updateEmailTemplate(input)": '{subject: "Hello"}',
    "Mutation.updateLead(id)": '"<lead_id>"',
    "Mutation.updateLead(input)": '{weddingVenue: "Rose Barn"}',
    "Mutation.updateNurtureSequence(id)": '"<sequence_id>"',
    "Mutation.updateNurtureSequence(input)": "{priorityLevel: 3}",
    "Mutation.updateSavedView(id)": '"<shared_view_id>"',
    "Mutation.updateSavedView(input)": '{name: "<new_name>", isShared: true}',
    "Mutation.updateScoringGroup(id)": '"<group_id>"',
    "Mutation.updateScoringGroup(input)": '{groupName: "<new_name>"}',
    "Mutation.updateScoringRule(id)": '"<rule_id>"',
    "Mutation.updateScoringRule(input)": "{scoreAdjustment: 7}",
    "Mutation.updateSequenceStep(input)": '{stepName: "<new_name>"}',
    "Mutation.updateSequenceStep(sequenceId)": '"<sequence_id>"',
    "Mutation.updateSequenceStep(stepKey)": '"<step_id>"',
    "Mutation.updateSmsTemplate(id)": '"<sms_template_id>"',
    "Mutation.updateSmsTemplate(input)": '{content: "Hello again"}',
    "Mutation.updateTask(id)": '"<task_id>"',
    "Mutation.updateTask(input)": "{priority: high}",
    "Mutation.updateTaskTemplate(id)": '"<task_template_id>"',
    "Mutation.updateTaskTemplate(input)": '{title: "Call again"}',
    "Mutation.withdrawScoreAdjustment(id)": '"<adjustment_id>"',
    "Query.analytics(endDate)": '"2026-01-31"',
    "Query.analytics(startDate)": '"2026-01-01"',
    "Query.emailTemplate(id)": '"<email_template_id>"',
    "Query.emailTemplatePreview(template)": EMAIL,
    "Query.lead(id)": '"<lead_id>"',
    "Query.nurtureSequence(id)": '"<sequence_id>"',
    "Query.rescore(id)": '"<rescore_id>"',
    "Query.scoringDraft(leadId)": '"<lead_id>"',
    "Query.leadCourses(leadId)": '"<lead_id>"',
    "Query.weddingMoves(leadId)": '"<lead_id>"',
    "Query.scoringDraft(rule)": RULE,
    "Query.scoringPreview(rule)": RULE,
    "Query.scoringVersion(number)": "<number>",
    "Query.suppressionOf(address)": '"<suppressed>"',
    "Query.senderDomain(id)": '"<domain_id>"',
    "Query.sequenceDifferences(before)": "1",
    "Query.sequenceDifferences(id)": '"<sequence_id>"',
    "Query.sequenceDryRun(id)": '"<sequence_id>"',
    "Query.sequenceDryRun(leadId)": '"<lead_id>"',
    "Query.sequenceMoves(id)": '"<sequence_id>"',
    "Query.sequenceProblems(id)": '"<sequence_id>"',
    "Query.sequenceStatistics(id)": '"<sequence_id>"',
    "Query.smsTemplate(id)": '"<sms_template_id>"',
    "Query.smsTemplatePreview(template)": '{name: "<new_name>", content: "Hello"}',
    "Query.task(id)": '"<task_id>"',
    "Query.taskTemplate(id)": '"<task_template_id>"',
    "Query.taskTemplatePreview(template)": '{name: "<new_name>", title: "Call"}',
    "Query.templateUses(kind)": "email",
}
"""A value, as GraphQL writes it, for each argument that must be given; ids as `Targets` names them."""
BESIDE = {
    "SavedViewInput": 'name: "<new_name>", isShared: true, ',
    "BulkUpdateInput": 'action: add_tag, value: "barn", ',
    "ScoringRuleInput": f"{RULE[1:-1]}, ",
    "NurtureSequenceInput": f"{SEQUENCE[1:-1]}, ",
    "SequenceStepInput": 'stepName: "Write", stepType: email, ',
    "StepVariantInput": 'label: "B", ',
    "TaskCreateInput": 'title: "Call", ',
}
"""What an input says beside an id in it, where it must say more."""


def routes(app: Flask) -> set[str]:
    """`METHOD /path/<name>` of every address, but what Flask answers by itself (HEAD, OPTIONS)."""
    return {
        f"{method} {re.sub('<[a-z]+:', '<', rule.rule)}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"} or {"OPTIONS"}
    }


def fields() -> dict[str, GraphQLField]:
    """`Type.field` of everything that the schema can be asked for."""
    return {f"{named}.{name}": field for named in _objects() for name, field in named.fields.items()}


def root_fields() -> dict[str, GraphQLField]:
    roots = [
        str(root) for root in (schema.query_type, schema.mutation_type, schema.subscription_type) if root
    ]
    return {name: field for name, field in fields().items() if name.partition(".")[0] in roots}


def document(name: str, field: GraphQLField, given: dict[str, str] | None = None, depth: int = 1) -> str:
    """The operation that asks for this root field, with what it needs and all it has down to `depth`."""
    needed = {a: _value(name, a) for a, of in field.args.items() if is_required_argument(of)}
    needed |= ({"first": "2"} if "first" in field.args else {}) | (given or {})
    arguments = ", ".join(f"{argument}: {value}" for argument, value in needed.items())
    root, _, plain = name.partition(".")
    kind = get_named_type(field.type)
    assert isinstance(kind, GraphQLObjectType), f"{name} has no fields"
    below = selection(kind, depth) if root == "Query" else f"{selection(kind, 0)} errors {{ code }}"
    return f"{root.lower()} {{ {plain}{f'({arguments})' if arguments else ''} {{ {below} }} }}"


def _value(name: str, argument: str) -> str:
    known = ARGUMENTS.get(f"{name}({argument})")
    assert known, f"{name} needs `{argument}`: say a value for it in {__name__}.ARGUMENTS"
    return known


def id_arguments() -> Iterator[tuple[str, str, str]]:
    """(field, argument, its value with `{id}` in it) wherever a field takes an id, also deep in an input."""
    for name, field in sorted(fields().items()):
        for argument, of in field.args.items():
            for value in _ids_in(of):
                yield name, argument, value


def _ids_in(of: GraphQLArgument | GraphQLInputField, seen: tuple[str, ...] = ()) -> Iterator[str]:
    kind = get_named_type(of.type)
    is_list = str(of.type).startswith("[")
    if str(kind) in ("UUID", "ID"):
        yield '["{id}"]' if is_list else '"{id}"'
    elif isinstance(kind, GraphQLInputObjectType) and kind.name not in seen:
        for name, below in kind.fields.items():
            for value in _ids_in(below, (*seen, kind.name)):
                inner = "{" + BESIDE.get(kind.name, "") + f"{name}: {value}" + "}"
                yield f"[{inner}]" if is_list else inner


def _objects() -> list[GraphQLObjectType]:
    kinds = schema.type_map.values()
    return [k for k in kinds if isinstance(k, GraphQLObjectType) and not k.name.startswith("__")]
