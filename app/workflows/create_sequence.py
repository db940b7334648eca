"""Make a sequence, with its steps and published if that is asked for."""

from app.kernel.actor import Actor
from app.kernel.uow import unit_of_work
from app.nurture.authoring.desk import Edited, edited
from app.nurture.authoring.publishing import publish
from app.nurture.authoring.schemas import SequenceCreate
from app.nurture.authoring.sequences import create
from app.workflows.messaging_told import asked


def create_sequence(actor: Actor, data: SequenceCreate) -> Edited:
    """The new sequence; all of it or, with InvalidInput or Conflict, nothing."""
    with unit_of_work(actor.supplier_id) as session:
        desk = create(session, actor, data)
        if data.publish:
            publish(desk, asked(session, actor.supplier_id))
        return edited(desk)
