"""Steps of a version with their variants, as rows: read, copied, compared."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from app.kernel.errors import NotFound
from app.models.nurture import DRAFT, NurtureSequence, SequenceStep, StepVariant

COLUMNS = (
    "step_name",
    "step_type",
    "anchor",
    "delay_amount",
    "delay_unit",
    "send_time",
    "send_days",
    "message_class",
    "email_template_id",
    "sms_template_id",
    "task_template_id",
    "step_content",
    "execution_conditions",
    "branch_conditions",
    "is_active",
    "max_lateness_hours",
    "runs_when_past",
    "needs_approval",
)
"""What a step says; its place is `step_order`."""


@dataclass(frozen=True)
class Written:
    """A step with the templates of its variants by their labels."""

    row: SequenceStep
    variants: dict[str, UUID] = field(default_factory=dict)


def values_of(step: Written) -> dict[str, Any]:
    """What the step says, its variants too."""
    return {name: getattr(step.row, name) for name in COLUMNS} | {"variants": step.variants}


def steps_of(session: Session, sequence_id: UUID, version: int) -> list[Written]:
    """The steps of that version in order; two statements."""
    wanted = (SequenceStep.sequence_id == sequence_id, SequenceStep.version == version)
    rows = session.scalars(select(SequenceStep).where(*wanted).order_by(SequenceStep.step_order)).all()
    found = [Written(row) for row in rows]
    by_id = {one.row.id: one for one in found}
    variants = select(StepVariant).where(StepVariant.step_id.in_(by_id)).order_by(StepVariant.label)
    for variant in session.scalars(variants) if by_id else ():
        by_id[variant.step_id].variants[variant.label] = variant.email_template_id
    return found


def step_of(session: Session, step_key: UUID) -> SequenceStep:
    """The step that is called so, of whichever version; NotFound."""
    found = session.scalars(select(SequenceStep).where(SequenceStep.step_key == step_key).limit(1)).first()
    if found is None:
        raise NotFound("step")
    return found


def edited_steps(session: Session, sequence: NurtureSequence) -> list[Written]:
    """The steps as an editor shows them: the draft if there is one, else what is published."""
    return steps_of(session, sequence.id, DRAFT if sequence.has_draft else sequence.published_version)


def write_draft(
    session: Session, sequence: NurtureSequence, steps: Iterable[Written], *, keeps_keys: bool = True
) -> list[Written]:
    """The same steps as the sequence's draft, under their keys or under new ones."""
    made = [_copy(sequence, step, keeps_keys=keeps_keys) for step in steps]
    session.add_all(step.row for step in made)
    session.flush()
    for step in made:
        put_variants(session, step.row, step.variants)
    return made


def put_variants(session: Session, step: SequenceStep, variants: dict[str, UUID]) -> None:
    session.add_all(
        StepVariant(supplier_id=step.supplier_id, step_id=step.id, label=label, email_template_id=template)
        for label, template in variants.items()
    )
    session.flush()


def _copy(sequence: NurtureSequence, step: Written, *, keeps_keys: bool) -> Written:
    row = SequenceStep(
        supplier_id=sequence.supplier_id,
        id=uuid7(),
        sequence_id=sequence.id,
        version=DRAFT,
        step_key=step.row.step_key if keeps_keys else uuid7(),
        step_order=step.row.step_order,
        **{name: getattr(step.row, name) for name in COLUMNS},
    )
    return Written(row, dict(step.variants))


def branches_of(step: SequenceStep) -> Sequence[dict[str, Any]]:
    """Its branches as they are written, those that can be read."""
    listed = step.branch_conditions.get("branches", [])
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
