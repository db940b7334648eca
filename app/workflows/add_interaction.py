"""Write down what happened between team and couple."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.kernel import audit, clock
from app.kernel.actor import Actor, Permission
from app.kernel.errors import InvalidInput
from app.kernel.uow import unit_of_work
from app.kernel.zones import zone
from app.leads.changing import lock
from app.leads.follow_up import TITLE, follow_up, next_morning
from app.leads.next_action import NextAction
from app.leads.schemas import InteractionCreate
from app.leads.situation import recommended
from app.models.accounts import Supplier
from app.models.choices import InteractionType
from app.models.lead_facts import record_interaction, refresh_follow_up
from app.models.leads import Lead, LeadInteraction
from app.workflows.follow_leads import follow_leads


@dataclass(frozen=True)
class Added:
    """The new entry, the lead's score before and after it, and what to do next."""

    interaction_id: UUID
    old_score: int
    new_score: int
    next_action: NextAction | None


def add_interaction(actor: Actor, lead_id: UUID, data: InteractionCreate) -> Added:
    """The entry stands on the timeline; counters, score and follow-up move with it.

    NotPermitted for a viewer, NotFound for an unknown lead, InvalidInput for what has not happened yet.
    """
    actor.require(Permission.WRITE_LEADS)
    now = clock.now()
    with unit_of_work(actor.supplier_id) as session:
        lead = lock(session, lead_id)
        old_score = lead.lead_score
        entry = _write(session, actor, lead, data, now)
        if data.follow_up_required or data.follow_up_date:
            entry.follow_up_required = True
            entry.follow_up_date = _remind(session, lead, data, now)
        said = data.model_dump(exclude_defaults=True)
        audit.record(session, actor, "created", entry, audit.Change(after={"lead_id": lead_id, **said}))
        follow_leads(session, [lead], now)
        session.refresh(lead)
        return Added(entry.id, old_score, lead.lead_score, recommended(session, lead, now))


def _write(
    session: Session, actor: Actor, lead: Lead, data: InteractionCreate, now: datetime
) -> LeadInteraction:
    at = data.occurred_at or now
    if at > now:
        raise InvalidInput.of(
            "occurred_at", "future", "This lies in the future; make a task for what is still to come."
        )
    if data.interaction_type is InteractionType.NOTE_ADDED and data.interaction_content is None:
        raise InvalidInput.of("interaction_content", "missing", "A note says something: write its text.")
    return record_interaction(
        session,
        lead,
        data.interaction_type,
        occurred_at=at,
        subject=data.interaction_subject,
        content=data.interaction_content,
        metadata=data.interaction_metadata,
        outcome=data.interaction_outcome,
        user_id=actor.user_id,
    )


def _remind(session: Session, lead: Lead, data: InteractionCreate, now: datetime) -> datetime:
    """A task for the follow-up; when it is due."""
    where = zone(session.get_one(Supplier, lead.supplier_id).timezone)
    due_at = data.follow_up_date or next_morning(now, where)
    session.add(follow_up(lead, due_at, data.interaction_subject or TITLE))
    refresh_follow_up(session, lead.id)
    return due_at
