"""Rows of sequences and steps as the engine reads them."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from uuid import UUID

from pydantic import ValidationError

from app.models.choices import MessageClass, StepType
from app.models.nurture import NurtureSequence, SequenceStep, TaskTemplate
from app.nurture.engine.actions import (
    Action,
    AdjustScore,
    ChangeStatus,
    ChangeTags,
    MakeTask,
    SendEmail,
    SendSms,
    Unreadable,
    Variant,
)
from app.nurture.engine.facts import Branch, Sequence, Step, Targets, Timing
from app.nurture.schemas import BRANCHES, ScoreContent, StatusContent, TagsContent, TaskContent, is_json

TaskTemplates = Mapping[UUID, TaskTemplate]
Variants = dict[UUID, list[tuple[str, UUID]]]
"""By step, the label and template of each further text."""
WORTH_TAKING = {MessageClass.ACKNOWLEDGEMENT: timedelta(days=2)}
"""How long after it was due a message is still welcome, unless its step says; a week for the others."""


def read_sequence(
    row: NurtureSequence, steps: Iterable[SequenceStep], tasks: TaskTemplates, variants: Variants
) -> Sequence:
    """The sequence with its steps in order. Never raises: a step that makes no sense is `Unreadable`."""
    ordered = sorted(steps, key=lambda step: step.step_order)
    return Sequence(
        steps=tuple(_read_step(step, tasks, variants.get(step.id, [])) for step in ordered),
        targets=read_targets(row),
        is_live=row.is_active,
        ends_on_reply=row.ends_on_reply,
        halts_on_failure=row.halts_on_failure,
    )


def read_targets(row: NurtureSequence) -> Targets:
    """Whom the sequence takes in; sources by any of their names, in lower case."""
    least, most = (*row.target_score_range, None, None)[:2]
    return Targets(
        conditions=row.trigger_conditions,
        statuses=frozenset(row.target_lead_status),
        sources=frozenset(source.lower() for source in row.target_lead_sources),
        least_score=least,
        most_score=most,
    )


def _read_step(row: SequenceStep, tasks: TaskTemplates, variants: list[tuple[str, UUID]]) -> Step:
    timing = Timing(
        delay=row.delay_amount,
        unit=row.delay_unit,
        anchor=row.anchor,
        send_time=row.send_time,
        send_days=frozenset(row.send_days),
    )
    try:
        branches = tuple(
            Branch(branch.conditions, branch.then)
            for branch in BRANCHES.validate_python(row.branch_conditions.get("branches", []))
        )
        action = _read_action(row, tasks, variants)
    except ValidationError as error:
        branches, action = (), Unreadable(str(error))
    return Step(
        id=row.id,
        key=row.step_key,
        order=row.step_order,
        name=row.step_name,
        action=action,
        timing=timing,
        conditions=row.execution_conditions,
        branches=branches,
        is_active=row.is_active,
        max_lateness=_max_lateness(row),
        runs_when_past=row.runs_when_past,
        needs_approval=row.needs_approval,
    )


def _max_lateness(row: SequenceStep) -> timedelta | None:
    if row.max_lateness_hours is not None:
        return timedelta(hours=row.max_lateness_hours)
    if row.step_type not in (StepType.EMAIL, StepType.SMS):
        return None
    return WORTH_TAKING.get(row.message_class, timedelta(days=7))


def _read_action(row: SequenceStep, tasks: TaskTemplates, variants: list[tuple[str, UUID]]) -> Action:
    match row.step_type:
        case StepType.EMAIL:
            others = tuple(Variant(label, template_id) for label, template_id in variants)
            return SendEmail(row.email_template_id, row.message_class, others)
        case StepType.SMS:
            return SendSms(row.sms_template_id, row.message_class, row.email_template_id)
        case StepType.PHONE_CALL | StepType.TASK_CREATION:
            return _read_task(row, tasks)
        case StepType.SCORE_ADJUSTMENT:
            return AdjustScore(**ScoreContent.model_validate_json(row.step_content or "{}").model_dump())
        case StepType.STATUS_CHANGE:
            return ChangeStatus(StatusContent.model_validate_json(row.step_content or "{}").status)
        case StepType.TAG_ASSIGNMENT:
            tags = TagsContent.model_validate_json(row.step_content or "{}")
            return ChangeTags(frozenset(tags.add), frozenset(tags.remove))


def _read_task(row: SequenceStep, tasks: TaskTemplates) -> MakeTask:
    """The template's task, else the one written in the step, else one named after the step."""
    template = tasks.get(row.task_template_id) if row.task_template_id else None
    if template:
        return MakeTask(
            row.step_type, template.title, template.description, template.due_in_days, template.priority
        )
    content = (row.step_content or "").strip()
    if is_json(content):
        said = TaskContent.model_validate_json(content)
    else:
        said = TaskContent.model_validate({"description": row.step_content})
    usual = 0 if row.step_type is StepType.PHONE_CALL else 1
    return MakeTask(
        row.step_type,
        said.title or row.step_name,
        said.description,
        usual if said.due_in_days is None else said.due_in_days,
        said.priority,
        said.assigned_to,
    )
