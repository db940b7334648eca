"""Leads, sequences and what became of them, straight from the models; committed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select, update
from uuid_utils.compat import uuid7

from app.kernel.db import Base, db
from app.kernel.uow import reading, unit_of_work
from app.models.choices import DelayUnit, MessageClass, SequenceType, StepType
from app.models.leads import Lead
from app.models.messaging import Message, MessageEvent
from app.models.nurture import EmailTemplate, Enrollment, NurtureSequence, SequenceStep, StepDecision
from app.nurture.service import enroll_matching
from tests.cast import House

T = TypeVar("T", bound=Base)


def make_lead(house: House, now: datetime, **columns: Any) -> UUID:
    """A new lead, enrolled wherever it fits."""
    fresh: dict[str, Any] = {"lead_source": "website", "primary_email": f"couple-{uuid7().hex}@example.com"}
    with unit_of_work(house.supplier_id) as session:
        lead = Lead(supplier_id=house.supplier_id, created_at=now, **(fresh | columns))
        session.add(lead)
        enroll_matching(session, lead, now)
        return lead.id


def make_sequence(house: House, steps: Sequence[dict[str, Any]], **columns: Any) -> UUID:
    """A sequence of these steps, the only active one; each step goes at once unless it says otherwise."""
    fresh: dict[str, Any] = {
        "sequence_name": f"Sequence {uuid7().hex}",
        "sequence_type": SequenceType.NURTURE,
    }
    with unit_of_work(house.supplier_id) as session:
        session.execute(update(NurtureSequence).values(is_active=False))
        sequence = NurtureSequence(supplier_id=house.supplier_id, **(fresh | columns))
        session.add(sequence)
        session.flush()
        for order, step in enumerate(steps, start=1):
            plain: dict[str, Any] = {
                "step_order": order,
                "step_name": f"Step {order}",
                "delay_amount": 0,
                "delay_unit": DelayUnit.MINUTES,
                "send_days": [],
            }
            row = SequenceStep(supplier_id=house.supplier_id, sequence_id=sequence.id, **(plain | step))
            session.add(row)
        return sequence.id


def email_step(house: House, *, subject: str = "Hello", **step: Any) -> dict[str, Any]:
    """A step that sends an e-mail of its own template; a follow-up unless it says otherwise."""
    with unit_of_work(house.supplier_id) as session:
        content = step.pop("content", "<p>Hello {{ couple_names }}</p>")
        template = EmailTemplate(
            supplier_id=house.supplier_id, name=f"Template {uuid7().hex}", subject=subject, content=content
        )
        session.add(template)
        session.flush()
        fresh = {"step_type": StepType.EMAIL, "email_template_id": template.id}
    return fresh | {"message_class": MessageClass.FOLLOW_UP} | step


def dated_step(weeks: int, **step: Any) -> dict[str, Any]:
    """A call that many weeks after the wedding; before it, if they are negative."""
    when = {"anchor": "wedding_date", "delay_amount": weeks, "delay_unit": DelayUnit.WEEKS}
    return {"step_type": StepType.PHONE_CALL, **when, **step}


def one(house: House, model: type[T], *where: Any) -> T:
    """The only row of this supplier that fits."""
    with reading(house.supplier_id) as session:
        row = session.scalars(select(model).where(*where)).one()
        db.session.expunge_all()
        return row


def rows(house: House, model: type[T], *where: Any) -> list[T]:
    """The rows that fit, oldest first."""
    with reading(house.supplier_id) as session:
        found = list(session.scalars(select(model).where(*where).order_by(model.id)))
        db.session.expunge_all()
        return found


def enrollment(house: House, lead_id: UUID) -> Enrollment:
    return one(house, Enrollment, Enrollment.lead_id == lead_id)


def messages(house: House, lead_id: UUID) -> list[Message]:
    return rows(house, Message, Message.lead_id == lead_id)


def decisions(house: House, lead_id: UUID) -> list[tuple[str, str | None]]:
    """What was decided for the lead, in order: (outcome, reason)."""
    mine = select(Enrollment.id).where(Enrollment.lead_id == lead_id)
    found = rows(house, StepDecision, StepDecision.enrollment_id.in_(mine))
    return [(row.outcome, row.reason) for row in found]


def events(house: House, message_id: UUID) -> list[str]:
    """What happened to the message, in order."""
    return [str(row.event_type) for row in rows(house, MessageEvent, MessageEvent.message_id == message_id)]


def change(house: House, model: type[T], row_id: UUID, **columns: Any) -> None:
    with unit_of_work(house.supplier_id) as session:
        session.execute(update(model).where(model.id == row_id).values(**columns))
