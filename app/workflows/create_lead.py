"""A lead made by staff or by a program."""

from app.kernel import audit, clock
from app.kernel.actor import Actor, Permission
from app.kernel.errors import Duplicate
from app.kernel.uow import unit_of_work
from app.leads import admission
from app.leads.schemas import LeadCreate
from app.models.choices import InteractionType
from app.models.leads import Lead
from app.workflows.admit_lead import Admitted, Arrival, admit_lead


def create_lead(actor: Actor, data: LeadCreate, *, join: bool = False) -> Admitted:
    """Make the lead, scored, assigned and enrolled. Duplicate when the e-mail is known, unless `join`."""
    actor.require(Permission.WRITE_LEADS)
    now = clock.now()
    arrival = Arrival(InteractionType.NOTE_ADDED, "Lead added by hand", channel=actor.kind)
    with unit_of_work(actor.supplier_id) as session:
        known = None if join else admission.find(session, data)
        if known:
            message = f"A lead with the e-mail {data.primary_email} exists; open it, or join this one to it."
            raise Duplicate(message, existing_id=str(known.id))
        admitted = admit_lead(session, actor, data, arrival, now)
        if admitted.joined and not join:
            raise Duplicate("This lead was created a moment ago.", existing_id=str(admitted.lead_id))
        lead = session.get_one(Lead, (actor.supplier_id, admitted.lead_id))
        said = audit.Change(after=data.model_dump(exclude_defaults=True))
        audit.record(session, actor, "joined" if admitted.joined else "created", lead, said)
        return admitted
