"""A couple wrote back, or wants nothing more on a channel: some sequences are over by that."""

from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from app.models.choices import Channel, StepType
from app.models.leads import Lead
from app.models.nurture import Enrollment, NurtureSequence, SequenceStep
from app.nurture.claims import LIVE
from app.nurture.progress import IN_ORDER, end

_BY_MAIL = or_(
    SequenceStep.step_type == StepType.EMAIL, SequenceStep.email_template_id.is_not(None)
)  # a text message may have an e-mail that stands in for it
_BY_TEXT = SequenceStep.step_type == StepType.SMS


def end_on_reply(session: Session, lead: Lead, replied_at: datetime, now: datetime) -> list[str]:
    """End the live enrollments of a locked lead that end on a reply and began before it; their names."""
    waited = (NurtureSequence.ends_on_reply.is_(True), Enrollment.enrollment_date <= replied_at)
    return _end(session, lead, waited, "replied", now)


def end_unreachable(session: Session, lead: Lead, channel: Channel, now: datetime) -> list[str]:
    """End the live enrollments of a locked lead whose messages all go by that channel; their names."""
    uses, other = (_BY_MAIL, _BY_TEXT) if channel is Channel.EMAIL else (_BY_TEXT, _BY_MAIL)
    return _end(session, lead, (_has(uses), ~_has(other)), "opted_out", now)


def _has(step: ColumnElement[bool]) -> ColumnElement[bool]:
    """The enrollment's version has such a step."""
    its = (
        SequenceStep.supplier_id == Enrollment.supplier_id,
        SequenceStep.sequence_id == Enrollment.sequence_id,
        SequenceStep.version == Enrollment.version,
    )
    return exists().where(*its, step)


def _end(
    session: Session, lead: Lead, which: tuple[ColumnElement[bool], ...], reason: str, now: datetime
) -> list[str]:
    live = (
        select(Enrollment)
        .join(Enrollment.sequence)
        .where(Enrollment.lead_id == lead.id, Enrollment.status.in_(LIVE), *which)
        .order_by(*IN_ORDER)
        .with_for_update(key_share=True, of=Enrollment)
        .execution_options(populate_existing=True)
    )
    return [end(session, lead, enrollment, reason, now) for enrollment in session.scalars(live).all()]
