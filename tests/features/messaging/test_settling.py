"""What nobody knows about is settled by a person; what cannot be put together is tried again, then told."""

from datetime import timedelta
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, NotFound, NotPermitted
from app.kernel.uow import unit_of_work
from app.messaging.claims import lock, record
from app.messaging.transports import Accepted, Permanent
from app.models.accounts import AuditEntry
from app.models.choices import InteractionType, MessageState
from app.models.leads import Lead, LeadInteraction, Task
from app.models.messaging import Message
from app.workflows.opt_out import opt_out
from app.workflows.settle_message import Verdict, settle_message
from tests.cast import House
from tests.factories.nurture import change, events, one
from tests.fakes import Mailbox
from tests.features.messaging.test_delivery import NOW, deliver, written

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def uncertain(house: House, mailbox: Mailbox) -> Message:
    """A message whose worker never came back."""
    message = written(house)
    change(house, Message, message.id, state="sending", attempts=1, transport="smtp", lease_until=NOW)
    return deliver(house, message)


def settle(actor: Actor, message_id: UUID, verdict: Verdict) -> None:
    with clock.at(LATER):
        settle_message(actor, message_id, verdict)


def now_is(house: House, message: Message) -> MessageState:
    return one(house, Message, Message.id == message.id).state


def test_what_arrived_is_contact_and_its_task_is_done(
    house: House, uncertain: Message, mailbox: Mailbox
) -> None:
    settle(house.member.actor, uncertain.id, Verdict.ARRIVED)
    message, task, lead = one(house, Message), one(house, Task), one(house, Lead)
    assert (message.state, message.accepted_at) == (MessageState.ACCEPTED, LATER)
    assert (task.task_type, task.completed_at, lead.next_follow_up_at) == ("message_uncertain", LATER, None)
    assert lead.first_contact_at == LATER
    assert one(house, LeadInteraction, LeadInteraction.interaction_type == InteractionType.EMAIL_SENT)
    assert one(house, AuditEntry, AuditEntry.table_name == "messages").action == "settled"
    assert mailbox.messages == []


def test_sent_again_it_leaves_once_under_the_same_id(
    house: House, uncertain: Message, mailbox: Mailbox
) -> None:
    settle(house.member.actor, uncertain.id, Verdict.SEND_AGAIN)
    assert one(house, Task).completed_at is None, "not before it has left"
    deliver(house, uncertain, LATER)
    assert deliver(house, uncertain, LATER).state is MessageState.ACCEPTED
    (mail,) = mailbox.messages
    assert mail["Message-ID"] == f"<{uncertain.id}@localhost.localdomain>"
    assert events(house, uncertain.id) == ["uncertain", "deferred", "claimed", "accepted"]
    assert one(house, Task).completed_at == LATER


def test_sent_again_it_still_goes_only_where_that_is_allowed(
    house: House, uncertain: Message, mailbox: Mailbox
) -> None:
    settle(house.member.actor, uncertain.id, Verdict.SEND_AGAIN)
    with clock.at(LATER):
        opt_out(house.supplier_id, uncertain.id)
    assert deliver(house, uncertain, LATER).state is MessageState.SKIPPED
    assert mailbox.messages == []


@pytest.mark.parametrize("verdict", Verdict)
def test_it_is_settled_once(house: House, uncertain: Message, verdict: Verdict) -> None:
    settle(house.member.actor, uncertain.id, Verdict.ARRIVED)
    with pytest.raises(Conflict, match="known by now"):
        settle(house.member.actor, uncertain.id, verdict)
    assert now_is(house, uncertain) is MessageState.ACCEPTED


def test_not_by_everybody(house: House, uncertain: Message) -> None:
    with pytest.raises(NotPermitted):
        settle(house.viewer.actor, uncertain.id, Verdict.ARRIVED)
    for message_id in (uncertain.id, uuid7()):
        with pytest.raises(NotFound, match="No message with this id"):
            settle(house.stranger.actor, message_id, Verdict.ARRIVED)
    assert now_is(house, uncertain) is MessageState.UNCERTAIN


def test_an_answer_that_comes_late_spares_the_couple_a_second_one(
    house: House, uncertain: Message, mailbox: Mailbox
) -> None:
    settle(house.member.actor, uncertain.id, Verdict.SEND_AGAIN)
    answer(house, uncertain, attempt=1, result=Accepted("250 OK"))
    deliver(house, uncertain, LATER)
    assert now_is(house, uncertain) is MessageState.ACCEPTED
    assert mailbox.messages == []


def test_an_answer_to_an_earlier_attempt_says_nothing_of_a_later_one(house: House) -> None:
    message = written(house)
    change(house, Message, message.id, state="sending", attempts=2, transport="smtp", lease_until=LATER)
    answer(house, message, attempt=1, result=Permanent("smtp_550_rcpt"))
    assert now_is(house, message) is MessageState.SENDING
    answer(house, message, attempt=2, result=Accepted("250 OK"))
    assert now_is(house, message) is MessageState.ACCEPTED


def answer(house: House, message: Message, attempt: int, result: Accepted | Permanent) -> None:
    """A worker comes back with what the provider said of that attempt."""
    with unit_of_work(house.supplier_id) as session:
        locked = lock(session, message.id)
        assert locked is not None
        record(session, locked[1], attempt, result, LATER)


def test_what_cannot_be_put_together_is_tried_five_times_and_then_told(
    house: House, mailbox: Mailbox
) -> None:
    """Here: an address that no header can hold."""
    message = written(house)
    with unit_of_work(house.supplier_id) as session:
        row = session.get_one(Message, (house.supplier_id, message.id))
        row.enrollment_id, row.to_address = None, "anne@example.com\nBcc: mallory@example.com"
    tried = []
    for _ in range(6):
        message = deliver(house, message, message.due_at)
        tried.append((message.state, message.attempts))
    assert tried == [(MessageState.DUE, n) for n in (1, 2, 3, 4)] + [(MessageState.FAILED, 5)] * 2
    assert message.reason is not None
    assert "ValueError" in message.reason
    assert one(house, Task).task_type == "message_failed"
    assert mailbox.messages == []
