"""Reads of templates: one, all of a sort, and which steps use them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import CompoundSelect, and_, false, func, or_, select
from sqlalchemy.orm import Session, defer

from app.kernel.errors import NotFound
from app.messaging.templates.sorts import SORTS, Template
from app.models.choices import EnrollmentStatus
from app.models.nurture import (
    DRAFT,
    MOST_TEMPLATES,
    EmailTemplate,
    Enrollment,
    NurtureSequence,
    SequenceStep,
    SmsTemplate,
    StepVariant,
    TaskTemplate,
)

T = TypeVar("T", EmailTemplate, SmsTemplate, TaskTemplate)
_LONG = ("content", "text_content", "description")


@dataclass(frozen=True)
class Use:
    """A step that names a template: in the draft (`version` 0), in the version in force, or in one that
    leads are still on."""

    sequence_id: UUID
    sequence_name: str
    step_name: str
    version: int


def find(session: Session, model: type[T], template_id: UUID) -> T:
    """The template; NotFound for an unknown id and for another supplier's."""
    found = session.scalar(select(model).where(model.id == template_id))
    if found is None:
        raise NotFound(SORTS[model].called)
    return found


def listed(session: Session, model: type[T]) -> Sequence[T]:
    """All of the sort by name, without their long texts."""
    long = [defer(getattr(model, name), raiseload=True) for name in _LONG if hasattr(model, name)]
    by_name = select(model).options(*long).order_by(func.lower(model.name), model.id)
    return session.scalars(by_name.limit(MOST_TEMPLATES)).all()


def uses(
    session: Session, model: type[Template], template_id: UUID | None = None
) -> Mapping[UUID, list[Use]]:
    """The steps that use each template of the sort, or that one, by sequence, version and place."""
    named = _named(model).subquery()
    place = (NurtureSequence.id, NurtureSequence.sequence_name, SequenceStep.step_name, SequenceStep.version)
    statement = (
        select(named.c.template_id, *place)
        .join(SequenceStep, SequenceStep.id == named.c.step_id)
        .join(NurtureSequence, _OF_SEQUENCE)
        .where(_IN_USE)
        .order_by(NurtureSequence.sequence_name, SequenceStep.version, SequenceStep.step_order)
    )
    if template_id is not None:
        statement = statement.where(named.c.template_id == template_id)
    found = defaultdict[UUID, list[Use]](list)
    for used, *where in session.execute(statement):
        found[used].append(Use(*where))
    return found


def _named(model: type[Template]) -> CompoundSelect[Any]:
    """Which template each step, and each variant of one, names."""
    own = SORTS[model].of_steps
    steps = select(own.label("template_id"), SequenceStep.id.label("step_id")).where(own.is_not(None))
    variants = select(StepVariant.email_template_id, StepVariant.step_id)
    return steps.union(variants if model is EmailTemplate else variants.where(false()))


_OF_SEQUENCE = and_(
    NurtureSequence.supplier_id == SequenceStep.supplier_id, NurtureSequence.id == SequenceStep.sequence_id
)
_LEADS_ON_IT = (
    select(Enrollment.id)
    .where(
        Enrollment.supplier_id == SequenceStep.supplier_id,
        Enrollment.sequence_id == SequenceStep.sequence_id,
        Enrollment.version == SequenceStep.version,
        Enrollment.status.in_((EnrollmentStatus.ACTIVE, EnrollmentStatus.PAUSED)),
    )
    .exists()
)
_IN_USE = or_(
    SequenceStep.version == DRAFT, SequenceStep.version == NurtureSequence.published_version, _LEADS_ON_IT
)
