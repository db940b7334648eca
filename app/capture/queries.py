"""Reads about forms and inquiries."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.kernel.errors import NotFound
from app.models.capture import CaptureForm, Inquiry


def form_by_key(session: Session, key: str) -> CaptureForm:
    """The active form with this public key, among the rows of the supplier in force, with that supplier;
    NotFound otherwise."""
    wanted = select(CaptureForm).where(CaptureForm.key == key, CaptureForm.is_active)
    form = session.scalars(wanted.options(joinedload(CaptureForm.supplier))).first()
    if form is None:
        raise NotFound("form")
    return form


def first_form(session: Session) -> CaptureForm | None:
    """The supplier's oldest active form."""
    return session.scalars(
        select(CaptureForm).where(CaptureForm.is_active).order_by(CaptureForm.id).limit(1)
    ).first()


def inquiry_by_key(session: Session, idempotency_key: str) -> Inquiry | None:
    """The inquiry that was sent with this key, if any."""
    return session.scalars(select(Inquiry).where(Inquiry.idempotency_key == idempotency_key)).first()
