"""Somebody sends a public form: the inquiry is stored, and becomes a lead in the same breath.

If anything after the storing fails, the inquiry stays `received`, the answer is still yes, and the
sweep captures it later: nothing submitted is ever lost.
"""

from dataclasses import dataclass
from uuid import UUID

from app.capture import queries
from app.capture.schemas import Submission
from app.capture.service import take_in
from app.capture.spam import reasons
from app.kernel import clock, public_keys
from app.kernel.actor import couple
from app.kernel.uow import unit_of_work
from app.models.choices import InquiryState
from app.workflows.capture_lead import capture_or_keep


@dataclass(frozen=True)
class Receipt:
    """What became of a submission; `repeated` when its idempotency key was known."""

    inquiry_id: UUID
    state: InquiryState
    repeated: bool


def submit_inquiry(form_key: str, submission: Submission) -> Receipt:
    """Store and capture; committed when this returns. NotFound for an unknown form."""
    supplier_id = public_keys.supplier_of(form_key)
    now = clock.now()
    with unit_of_work(supplier_id) as session:
        form = queries.form_by_key(session, form_key)
        taken = take_in(session, form, submission, suspicions=reasons(submission, now), now=now)
        inquiry = taken.inquiry
        if not taken.repeated and inquiry.state is InquiryState.RECEIVED:
            capture_or_keep(session, couple(supplier_id), inquiry, now)
        return Receipt(inquiry.id, inquiry.state, taken.repeated)
