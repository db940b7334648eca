"""Put tags on a lead and take them off."""

from uuid import UUID

from app.kernel.actor import Actor, Permission
from app.kernel.errors import InvalidInput
from app.kernel.uow import unit_of_work
from app.leads.changing import lock
from app.leads.schemas import MOST_TAGS, TagChange
from app.workflows.alter_lead import Changed, Wish, alter_locked


def tag_lead(actor: Actor, lead_id: UUID, data: TagChange) -> Changed:
    """The lead with these tags more and fewer; others that it has stay. InvalidInput past 30 tags."""
    actor.require(Permission.WRITE_LEADS)
    with unit_of_work(actor.supplier_id) as session:
        lead = lock(session, lead_id)
        return alter_locked(session, actor, lead, Wish({"tags": tagged(lead.tags, data)}))


def tagged(tags: list[str], change: TagChange) -> list[str]:
    """These tags after the change, in the order they were put on."""
    joined = dict.fromkeys([*tags, *change.add])
    kept = [tag for tag in joined if tag not in change.remove]
    if len(kept) > MOST_TAGS:
        raise InvalidInput.of("add", "too_many", f"A lead has at most {MOST_TAGS} tags; take some off first.")
    return kept
