"""The inquiries of a supplier as a list: everything that ever came in, newest first."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.kernel.keyset import Cut, Order, Page, fetch
from app.models.capture import CaptureForm, Inquiry
from app.models.choices import InquiryState

NEWEST = Order("received", Inquiry.received_at, Inquiry.id)


def page(session: Session, state: InquiryState | None, cut: Cut) -> Page[tuple[Inquiry, str | None]]:
    """One page of those in `state` (None: of all), each with the name of its form."""
    statement = select(Inquiry, CaptureForm.name).outerjoin(
        CaptureForm, (CaptureForm.supplier_id == Inquiry.supplier_id) & (CaptureForm.id == Inquiry.form_id)
    )
    return fetch(session, statement.where(Inquiry.state == state) if state else statement, NEWEST, cut)


def quarantined(session: Session) -> int:
    """How many wait in quarantine for somebody to look at them."""
    waiting = select(func.count()).where(Inquiry.state == InquiryState.QUARANTINED)
    return session.scalar(waiting.select_from(Inquiry)) or 0
