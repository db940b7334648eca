"""Public forms, and taking inquiries in: everything that was sent, before anything is made of it."""

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from app.capture.queries import first_form, inquiry_by_key
from app.capture.schemas import FormSettings, InquiryForm, Submission
from app.capture.spam import reasons_of_text
from app.kernel import audit, public_keys
from app.kernel.actor import Actor, Permission
from app.kernel.errors import NotFound
from app.kernel.uow import unit_of_work
from app.models.capture import CaptureForm, Inquiry
from app.models.choices import InquiryChannel, InquiryState


def seed(session: Session, supplier_id: UUID, services: list[str]) -> CaptureForm:
    """The form a new supplier starts with; the one it has when there is one."""
    form = first_form(session)
    if form is None:
        form = CaptureForm(
            supplier_id=supplier_id,
            key=public_keys.make(supplier_id),
            name="Website inquiry",
            services=services,
            consent_wording="You may use these details to answer my inquiry.",
        )
        session.add(form)
        session.flush()
    return form


def change_form(actor: Actor, data: FormSettings) -> None:
    """Set the supplier's form up. Other words of consent are another version, which the ledger names.

    NotFound when no form is active.
    """
    actor.require(Permission.MANAGE_SUPPLIER)
    values = data.model_dump()
    for name in ("services", "allowed_origins"):
        values[name] = list(dict.fromkeys(values[name]))
    with unit_of_work(actor.supplier_id) as session:
        form = first_form(session)
        if form is None:
            raise NotFound("form")
        if form.consent_wording != data.consent_wording:
            values["consent_version"] = str(int(form.consent_version) + 1)
        audit.update(session, actor, form, values)


@dataclass(frozen=True)
class Taken:
    """The inquiry that stands for a submission; `repeated` when it was here before, word for word."""

    inquiry: Inquiry
    repeated: bool


def take_in(
    session: Session, form: CaptureForm, submission: Submission, *, suspicions: list[str], now: datetime
) -> Taken:
    """Store the submission. The same key with the same words is a repeat, and the first one stands.

    The same key with other words is another inquiry (a page sent again after "back"): it is stored
    under a key of its own, made from the words, so that it too is taken in once.
    """
    payload = submission.form.model_dump(mode="json", exclude_none=True)
    for key in (submission.idempotency_key, _key_of(submission.idempotency_key, payload)):
        row = insert(Inquiry).values(
            supplier_id=form.supplier_id,
            id=uuid7(),
            channel=submission.channel,
            state=InquiryState.QUARANTINED if suspicions else InquiryState.RECEIVED,
            form_id=form.id,
            idempotency_key=key,
            payload=payload,
            context=_context(submission),
            spam_reasons=suspicions,
            received_at=now,
            retry_at=now,
        )
        fresh = session.scalars(row.on_conflict_do_nothing().returning(Inquiry)).first()
        if fresh:
            return Taken(fresh, repeated=False)
        known = inquiry_by_key(session, key)
        if known and known.payload == payload:
            return Taken(known, repeated=True)
    raise RuntimeError("two inquiries with other words under one key that was made from the words")


def take_in_text(
    session: Session, supplier_id: UUID, key: str, form: dict[str, str], now: datetime
) -> Inquiry | None:
    """Store a text message, in the words of the form as far as it says them: `phone` and `message`. None when
    it is known by its key, in which there is a colon, so that no sender of a form meets it."""
    suspicions = reasons_of_text(form["phone"], form["message"])
    row = insert(Inquiry).values(
        supplier_id=supplier_id,
        id=uuid7(),
        channel=InquiryChannel.SMS,
        state=InquiryState.QUARANTINED if suspicions else InquiryState.RECEIVED,
        idempotency_key=key,
        payload=form,
        spam_reasons=suspicions,
        received_at=now,
        retry_at=now,
    )
    return session.scalars(row.on_conflict_do_nothing().returning(Inquiry)).first()


def _key_of(key: str, payload: dict[str, Any]) -> str:
    """The dot cannot be in a sender's key, so nobody else's key is met."""
    words = json.dumps(payload, sort_keys=True).encode()
    return f"{key[:80]}.{sha256(words).hexdigest()[:19]}"


def _context(submission: Submission) -> dict[str, Any]:
    visit = submission.visit.model_dump(exclude_none=True)
    seen = {"ip_address": submission.ip_address, "user_agent": submission.user_agent}
    return {**{k: v for k, v in visit.items() if v}, **{k: v for k, v in seen.items() if v}}


def lead_fields(inquiry: Inquiry, source: str) -> dict[str, Any]:
    """What the form said, in the names of the lead. The message becomes the lead's notes."""
    form = InquiryForm.model_validate(inquiry.payload)
    return {
        "lead_source": source,
        "source_details": {k: v for k, v in inquiry.context.items() if k in ("first", "last")},
        "couple_name_bride": form.your_name,
        "couple_name_groom": form.partner_name,
        "primary_email": form.email,
        "primary_phone": form.phone,
        "wedding_date": form.wedding_date,
        "wedding_venue": form.venue,
        "wedding_location": form.location,
        "estimated_guest_count": form.guest_count,
        "estimated_budget": form.budget,
        "services_needed": form.services,
        "additional_notes": form.message,
        "consent_marketing": form.consent_marketing,
        "consent_data_processing": form.consent_data_processing,
    }
