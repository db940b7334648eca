"""Enroll a lead in a sequence because a person says so."""

from uuid import UUID

from app.kernel import clock
from app.kernel.actor import Actor, Permission
from app.kernel.errors import Conflict, InvalidInput
from app.kernel.uow import unit_of_work
from app.leads.changing import lock
from app.models.choices import OPEN_STATUSES
from app.workflows.alter_lead import Changed, enroll_by_hand


def enroll_lead(actor: Actor, lead_id: UUID, sequence_id: UUID) -> Changed:
    """The lead in that sequence. Conflict when it is closed or in it already, or no step is left for it."""
    actor.require(Permission.WRITE_LEADS)
    with unit_of_work(actor.supplier_id) as session:
        lead = lock(session, lead_id)
        if lead.lead_status not in OPEN_STATUSES:
            raise Conflict(f"This lead is {lead.lead_status}; reopen it before it enters a sequence.")
        try:
            return enroll_by_hand(session, actor, lead, sequence_id, clock.now())
        except InvalidInput as error:
            raise error.under({"nurture_sequence_id": "sequence_id"}) from None
