"""Write a note on a lead's timeline."""

from uuid import UUID

from app.kernel import audit, clock
from app.kernel.actor import Actor, Permission
from app.kernel.errors import NotFound
from app.kernel.uow import unit_of_work
from app.leads.schemas import NoteCreate
from app.models.choices import InteractionType
from app.models.lead_facts import record_interaction
from app.models.leads import Lead
from app.scoring.service import rescore


def add_note(actor: Actor, lead_id: UUID, note: NoteCreate) -> UUID:
    """The new timeline entry's id. A note counts as an interaction but not as contact; the score follows.

    NotPermitted for a viewer, NotFound for an unknown lead.
    """
    actor.require(Permission.WRITE_LEADS)
    now = clock.now()
    with unit_of_work(actor.supplier_id) as session:
        lead = session.get(Lead, (actor.supplier_id, lead_id))
        if lead is None:
            raise NotFound("lead")
        entry = record_interaction(
            session,
            lead,
            InteractionType.NOTE_ADDED,
            occurred_at=now,
            content=note.content,
            user_id=actor.user_id,
        )
        audit.record(
            session, actor, "created", entry, audit.Change(after={"lead_id": lead_id, **note.model_dump()})
        )
        rescore(session, lead_id, now)
        return entry.id
