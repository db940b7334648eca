"""Change what is known of a lead."""

from uuid import UUID

from app.kernel.actor import Actor, Permission
from app.kernel.uow import unit_of_work
from app.leads.schemas import LeadUpdate
from app.leads.versions import UNSEEN, Seen
from app.workflows.alter_lead import Changed, Wish, alter_lead


def update_lead(actor: Actor, lead_id: UUID, data: LeadUpdate, seen: Seen = UNSEEN) -> Changed:
    """The lead with these changes, scored and enrolled anew, in one transaction.

    Values that it has already change nothing and are no error (docs/adr/0008). NotFound; InvalidInput when
    no field is named or a value cannot be; Duplicate for an e-mail of another lead; Outdated by `seen`;
    Conflict for a status it may not take.
    """
    actor.require(Permission.WRITE_LEADS)
    with unit_of_work(actor.supplier_id) as session:
        return alter_lead(session, actor, lead_id, Wish(data.changes(), seen=seen))
