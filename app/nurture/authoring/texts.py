"""The templates that steps may name."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.nurture import EmailTemplate, NurtureSequence, SequenceStep, SmsTemplate, TaskTemplate
from app.nurture.authoring.rows import Written

MOST = 500
"""Offered of one kind."""
KINDS = (EmailTemplate, SmsTemplate, TaskTemplate)


def choosable(session: Session, model: type[Any]) -> list[tuple[UUID, str]]:
    """Templates of that kind with their names, by name; at most 500."""
    by_name = select(model.id, model.name).order_by(func.lower(model.name), model.id).limit(MOST)
    return [(row[0], row[1]) for row in session.execute(by_name)]


def names_of(session: Session, steps: Iterable[Written]) -> dict[UUID, str]:
    """What the templates of these steps are called; three statements at most."""
    wanted: set[UUID | None] = set()
    for step in steps:
        row = step.row
        wanted |= {row.email_template_id, row.sms_template_id, row.task_template_id, *step.variants.values()}
    wanted.discard(None)
    names: dict[UUID, str] = {}
    for model in KINDS if wanted else ():
        found = session.execute(select(model.id, model.name).where(model.id.in_(wanted)))
        names |= {row[0]: row[1] for row in found}
    return names


def step_counts(session: Session, rows: Iterable[NurtureSequence]) -> dict[UUID, int]:
    """How many steps each sequence has published; of one that never was, in its draft."""
    wanted = [row.id for row in rows]
    published = SequenceStep.version == NurtureSequence.published_version
    its = (NurtureSequence.supplier_id == SequenceStep.supplier_id) & (
        NurtureSequence.id == SequenceStep.sequence_id
    )
    counted = (
        select(SequenceStep.sequence_id, func.count())
        .join(NurtureSequence, its)
        .where(SequenceStep.sequence_id.in_(wanted), published)
        .group_by(SequenceStep.sequence_id)
    )
    return {row[0]: row[1] for row in session.execute(counted)} if wanted else {}
