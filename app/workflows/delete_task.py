"""Take a task away that was never meant to be done."""

from uuid import UUID

from app.kernel import audit, clock
from app.kernel.actor import Actor, Permission
from app.kernel.uow import unit_of_work
from app.leads.changing import lock_with_lead
from app.models.lead_facts import refresh_follow_up
from app.models.leads import Task
from app.workflows.follow_leads import follow_leads


def delete_task(actor: Actor, task_id: UUID) -> UUID:
    """The id of the lead it was about. NotFound for an unknown task."""
    actor.require(Permission.WRITE_LEADS)
    with unit_of_work(actor.supplier_id) as session:
        lead, task = lock_with_lead(session, Task, task_id)
        gone = {"lead_id": lead.id, "title": task.title, "due_at": task.due_at}
        audit.record(session, actor, "deleted", task, audit.Change(before=gone))
        session.delete(task)
        refresh_follow_up(session, lead.id)
        follow_leads(session, [lead], clock.now())
        return lead.id
