"""Somebody looked at a quarantined inquiry and found it honest."""

from uuid import UUID

from sqlalchemy import select

from app.capture.spam import NO_NUMBER
from app.kernel import audit, clock
from app.kernel.actor import Actor, Permission, couple
from app.kernel.errors import Conflict, NotFound
from app.kernel.uow import unit_of_work
from app.models.capture import Inquiry
from app.models.choices import InquiryState
from app.workflows.capture_lead import capture


def restore_inquiry(actor: Actor, inquiry_id: UUID) -> UUID:
    """Capture it now, with everything that would have run; the lead's id.

    The reasons stay on the row as its history. NotFound; Conflict when it is not in quarantine (any more),
    or when it is a text message of a sender that is no telephone number.
    """
    actor.require(Permission.WRITE_LEADS)
    with unit_of_work(actor.supplier_id) as session:
        inquiry = session.scalars(select(Inquiry).where(Inquiry.id == inquiry_id).with_for_update()).first()
        if inquiry is None:
            raise NotFound("inquiry")
        if inquiry.state is not InquiryState.QUARANTINED:
            raise Conflict("This inquiry is not in quarantine any more.")
        if NO_NUMBER in inquiry.spam_reasons:
            raise Conflict(
                f"Nobody can answer {inquiry.payload['phone']}. If the text says how to reach them, add a"
                " lead by hand, with that e-mail address or telephone number."
            )
        audit.record(session, actor, "restored", inquiry, audit.Change({"state": inquiry.state}))
        return capture(session, couple(actor.supplier_id), inquiry, clock.now())
