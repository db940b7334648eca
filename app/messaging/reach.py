"""Can a person's e-mail reach the couple? What a page says before anybody writes one."""

from sqlalchemy.orm import Session

from app.messaging.suppressions import reason_for
from app.models.choices import Channel, LeadStatus, SuppressionReason
from app.models.leads import Lead

_BARRED = {
    SuppressionReason.HARD_BOUNCE: "An e-mail to {} came back as undeliverable. Correct the address first.",
    SuppressionReason.COMPLAINT: "The couple marked an e-mail to {} as spam, so no e-mail goes there.",
    SuppressionReason.MANUAL: "Somebody here put {} on the list of addresses that get no e-mail.",
    SuppressionReason.ERASED: "The data of {} were erased at its owner's wish, so no e-mail goes there.",
}
"""As the gate has it: an unsubscribed couple may still be answered by a person."""


def obstacle(session: Session, lead: Lead) -> str | None:
    """Why no person can e-mail the lead, in a sentence that says what to do; None when one can."""
    if lead.lead_status is LeadStatus.DUPLICATE:
        return "This lead was merged into another one; write from that one's page."
    if not lead.primary_email:
        return "No e-mail address is known. Add one to the contact details, or call."
    reason = reason_for(session, lead.supplier_id, Channel.EMAIL, lead.primary_email)
    return _BARRED[reason].format(lead.primary_email) if reason in _BARRED else None
