"""Answer a couple by e-mail."""

from uuid import UUID

from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from app.kernel import audit, clock
from app.kernel.actor import Actor, Permission
from app.kernel.errors import Conflict
from app.kernel.uow import unit_of_work
from app.leads.changing import lock
from app.leads.schemas import ReplyCreate
from app.messaging.reach import obstacle
from app.messaging.service import Letter, write_letter
from app.models.leads import Lead
from app.models.messaging import Message


def send_reply(actor: Actor, lead_id: UUID, data: ReplyCreate, message_id: UUID | None = None) -> UUID:
    """The message's id; it leaves at once through the outbox, as class `reply`, and is on the timeline then.

    `message_id`, chosen by whoever asks, makes asking twice the same as once. NotPermitted, NotFound;
    Conflict when no e-mail can reach the couple, or the id is another message's.
    """
    actor.require(Permission.WRITE_LEADS)
    chosen = message_id or uuid7()
    with unit_of_work(actor.supplier_id) as session:
        lead = lock(session, lead_id)
        if problem := obstacle(session, lead):
            raise Conflict(problem)
        letter = Letter(chosen, data.subject, data.body, actor.user_id)
        if write_letter(session, lead, letter, clock.now()):
            _record(session, actor, lead, letter)
        else:
            _check_same(session, lead, chosen)
        return chosen


def _record(session: Session, actor: Actor, lead: Lead, letter: Letter) -> None:
    message = session.get_one(Message, (lead.supplier_id, letter.id))
    told = {"lead_id": lead.id, "to_address": message.to_address, "subject": message.subject}
    audit.record(session, actor, "created", message, audit.Change(after=told))


def _check_same(session: Session, lead: Lead, message_id: UUID) -> None:
    if session.get_one(Message, (lead.supplier_id, message_id)).lead_id != lead.id:
        raise Conflict("This id is another message's; choose a new one.")
