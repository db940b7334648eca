"""A stored inquiry becomes a lead or joins one: the second half of taking it in."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.capture.service import lead_fields
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.schema import validate
from app.kernel.uow import savepoint, unit_of_work
from app.leads.schemas import LeadCreate
from app.models.capture import CaptureForm, Inquiry, Touchpoint
from app.models.choices import InquiryChannel, InquiryState, InteractionType, TouchpointKind
from app.models.sources import LeadSource
from app.sources.recognise import KnownSource, recognise
from app.sources.service import resolve
from app.workflows.admit_lead import Arrival, admit_lead
from app.workflows.capture_text import capture_text

log = structlog.get_logger(__name__)

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=15), timedelta(hours=6)
"""Between attempts at an inquiry that cannot be captured: doubled each time, up to the longest."""
LONGEST_COURTSHIP = timedelta(days=365)
"""How long before the inquiry a first visit is believed."""


def capture_lead(actor: Actor, inquiry_id: UUID) -> UUID | None:
    """Capture a `received` inquiry; the lead's id, or None when it is not waiting (any more) or failed again.

    May be called twice or at once: the inquiry's row is locked, and only one finds it waiting.
    """
    now = clock.now()
    with unit_of_work(actor.supplier_id) as session:
        waiting = (Inquiry.id == inquiry_id, Inquiry.state == InquiryState.RECEIVED)
        inquiry = session.scalars(select(Inquiry).where(*waiting).with_for_update(skip_locked=True)).first()
        return capture_or_keep(session, actor, inquiry, now) if inquiry else None


def capture_or_keep(session: Session, actor: Actor, inquiry: Inquiry, now: datetime) -> UUID | None:
    """Capture in a savepoint. On any failure keep the inquiry waiting, say why, and wait longer each time."""
    supplier_id, inquiry_id = inquiry.supplier_id, inquiry.id
    try:
        with savepoint(session):
            return capture(session, actor, inquiry, now)
    except Exception as error:
        log.exception("capture_deferred", supplier_id=str(supplier_id), inquiry_id=str(inquiry_id))
        kept = session.get_one(Inquiry, (supplier_id, inquiry_id))
        kept.error = f"{type(error).__name__}: {error}"[:1000]
        kept.attempts += 1
        kept.retry_at = now + min(LONGEST_WAIT, FIRST_WAIT * 2 ** (kept.attempts - 1))
        return None


def capture(session: Session, actor: Actor, inquiry: Inquiry, now: datetime) -> UUID:
    """The building block: the inquiry becomes a lead or joins one, whose id it is."""
    of_its_kind = capture_text if inquiry.channel is InquiryChannel.SMS else _capture_form
    inquiry.lead_id = of_its_kind(session, actor, inquiry, now)
    inquiry.state, inquiry.captured_at, inquiry.error = InquiryState.CAPTURED, now, None
    return inquiry.lead_id


def _capture_form(session: Session, actor: Actor, inquiry: Inquiry, now: datetime) -> UUID:
    """Source by the visit's marks, the lead, and a touchpoint for each touch."""
    form = session.get(CaptureForm, (inquiry.supplier_id, inquiry.form_id)) if inquiry.form_id else None
    sources = session.scalars(select(LeadSource)).all()
    first, last = _sources(inquiry, form, sources)
    data = validate(LeadCreate, lead_fields(inquiry, last))
    arrival = Arrival(
        InteractionType.FORM_SUBMITTED,
        f"Inquiry through {form.name if form else inquiry.channel}",
        inquiry.channel,
        form.consent_version if form else None,
        {"inquiry_id": str(inquiry.id), "source": last},
        sources,
    )
    lead_id = admit_lead(session, actor, data, arrival, now).lead_id
    for slug, kind, occurred_at, details in _touches(inquiry, first, last):
        source = resolve(session, inquiry.supplier_id, slug, sources)
        session.add(
            Touchpoint(
                supplier_id=inquiry.supplier_id,
                lead_id=lead_id,
                source_id=source.id,
                inquiry_id=inquiry.id,
                kind=kind,
                occurred_at=occurred_at,
                details=details,
            )
        )
    return lead_id


def _sources(
    inquiry: Inquiry, form: CaptureForm | None, sources: Sequence[LeadSource]
) -> tuple[str | None, str]:
    """Slugs of the first and the last touch; the last falls back on the form's source, then the website."""
    known = [KnownSource(source.slug, source.utm_parameters) for source in sources]
    first = recognise(inquiry.context.get("first", {}), known)
    last = recognise(inquiry.context.get("last", {}), known) or first
    of_form = next((source.slug for source in sources if form and source.id == form.source_id), None)
    return first, last or of_form or "website"


Touch = tuple[str, TouchpointKind, datetime, dict[str, Any]]


def _touches(inquiry: Inquiry, first: str | None, last: str) -> Iterator[Touch]:
    """The visit that first brought them, when it told a source, and the form itself."""
    visit = inquiry.context.get("first", {})
    if first and visit != inquiry.context.get("last"):
        yield first, TouchpointKind.VISIT, _instant(visit.get("at"), inquiry.received_at), visit
    yield last, TouchpointKind.FORM, inquiry.received_at, inquiry.context.get("last", {})


def _instant(said: str | None, latest: datetime) -> datetime:
    """The visitor's own clock is a claim: unreadable, naive, future or over a year old means `latest`."""
    try:
        said_at = datetime.fromisoformat(said or "")
        moment = said_at.astimezone(UTC) if said_at.tzinfo else latest
    except (ValueError, OverflowError):
        return latest
    return moment if latest - LONGEST_COURTSHIP <= moment <= latest else latest
