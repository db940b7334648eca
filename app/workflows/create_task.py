"""Something to do about a lead."""

from uuid import UUID

from app.kernel import audit, clock
from app.kernel.actor import Actor, Permission
from app.kernel.uow import unit_of_work
from app.leads.changing import lock, member_who_takes
from app.leads.schemas import TaskCreate
from app.models.lead_facts import refresh_follow_up
from app.models.leads import Task
from app.workflows.follow_leads import follow_leads


def create_task(actor: Actor, lead_id: UUID, data: TaskCreate) -> UUID:
    """The task's id; the lead's next follow-up moves with it. Of nobody in particular, it is for whoever
    looks after the lead. NotFound for an unknown lead, InvalidInput for a member who cannot do it."""
    actor.require(Permission.WRITE_LEADS)
    with unit_of_work(actor.supplier_id) as session:
        lead = lock(session, lead_id)
        if data.assigned_to_user_id:
            member_who_takes(session, data.assigned_to_user_id, "assigned_to_user_id")
        said = data.model_dump()
        said["assigned_to_user_id"] = data.assigned_to_user_id or lead.assigned_to_user_id
        task = Task(supplier_id=lead.supplier_id, lead_id=lead_id, **said)
        session.add(task)
        audit.record(session, actor, "created", task, audit.Change(after={"lead_id": lead_id, **said}))
        refresh_follow_up(session, lead_id)
        follow_leads(session, [lead], clock.now())
        return task.id
