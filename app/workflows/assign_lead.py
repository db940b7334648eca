"""Give a lead to somebody."""

from uuid import UUID

from app.kernel.actor import Actor, Permission
from app.kernel.errors import InvalidInput
from app.kernel.uow import unit_of_work
from app.leads.schemas import Assignment
from app.workflows.alter_lead import Changed, Wish, alter_lead


def assign_lead(actor: Actor, lead_id: UUID, data: Assignment) -> Changed:
    """The lead is looked after by that member and team, who is told; what is absent stays, null is nobody."""
    actor.require(Permission.WRITE_LEADS)
    given = data.model_dump(exclude_unset=True)
    values = {"assigned_to_user_id" if name == "user_id" else name: value for name, value in given.items()}
    try:
        with unit_of_work(actor.supplier_id) as session:
            return alter_lead(session, actor, lead_id, Wish(values))
    except InvalidInput as error:
        raise error.under({"assigned_to_user_id": "user_id"}) from None
