"""Move a lead to another status."""

from uuid import UUID

from app.kernel.actor import Actor, Permission
from app.kernel.uow import unit_of_work
from app.leads.schemas import StatusMove
from app.workflows.alter_lead import Changed, Wish, alter_lead


def change_status(actor: Actor, lead_id: UUID, data: StatusMove) -> Changed:
    """The lead in that status, with history; closing it ends its sequences, reopening a won one cancels
    its bookings. InvalidInput or Conflict, as `leads.lifecycle.check` says, when it may not go there."""
    actor.require(Permission.WRITE_LEADS)
    with unit_of_work(actor.supplier_id) as session:
        return alter_lead(session, actor, lead_id, Wish(data.model_dump(exclude_unset=True)))
