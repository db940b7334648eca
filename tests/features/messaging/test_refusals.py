"""A server that refuses a message for its address: that address is not written to again."""

import pytest

from app.kernel.uow import unit_of_work
from app.messaging.claims import lock
from app.messaging.refusals import Refusal, read
from app.models.choices import Channel, InteractionType, MessageClass, MessageState
from app.models.leads import Lead, LeadInteraction, Task
from app.models.messaging import Message, Suppression
from app.workflows.conclude_message import conclude_message
from tests.cast import House
from tests.factories.nurture import change, email_step, make_lead, make_sequence, messages, one, rows
from tests.fakes import Mailbox
from tests.features.messaging.signalling import NOW, sent_to
from tests.features.messaging.test_hooks import text_message


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("smtp_550_rcpt_5.1.1", Refusal.NO_ADDRESS),
        ("smtp_550_rcpt_5.7.1", None),
        ("smtp_552_rcpt_5.2.2", None),
        ("smtp_550_rcpt", None),
        ("smtp_554_data", None),
        ("sms_21614", Refusal.NO_ADDRESS),
        ("sms_21610", Refusal.OPTED_OUT),
        ("sms_30003", None),
        ("too_late", None),
        ("", None),
    ],
)
def test_what_a_reason_says_of_the_address(reason: str, said: Refusal | None) -> None:
    assert read(reason) is said


@pytest.mark.parametrize(
    ("reply", "why"), [("550 5.1.1 no such person", "hard_bounce"), ("550 5.7.1 not from you", None)]
)
def test_an_address_that_the_server_does_not_know(
    house: House, mailbox: Mailbox, reply: str, why: str | None
) -> None:
    mailbox.rcpt_reply = reply
    make_sequence(house, [email_step(house)])
    message = sent_to(house, make_lead(house, NOW))
    assert message.state is MessageState.FAILED
    assert [row.reason for row in rows(house, Suppression)] == ([why] if why else [])
    assert message.bounced_at == (NOW if why else None)
    bounced = rows(house, LeadInteraction, LeadInteraction.interaction_type == InteractionType.EMAIL_BOUNCED)
    assert len(bounced) == (1 if why else 0)
    assert len(rows(house, Task)) == 1, "a person is told, once"


@pytest.mark.parametrize(("reason", "why"), [("sms_21610", "unsubscribed"), ("sms_21211", "hard_bounce")])
def test_a_number_that_gets_no_texts(house: House, reason: str, why: str) -> None:
    lead_id = make_lead(house, NOW, primary_phone="+447400123456")
    message = text_message(house, lead_id, state=MessageState.SENDING, message_class=MessageClass.REPLY)
    change(house, Message, message.id, state=MessageState.FAILED, reason=reason)
    with unit_of_work(house.supplier_id) as session:
        locked = lock(session, message.id)
        assert locked
        conclude_message(session, *locked, MessageState.SENDING, NOW)
    row = one(house, Suppression)
    assert (row.channel, row.reason) == (Channel.SMS, why)
    assert one(house, Lead).opt_out_date is None
    assert len(messages(house, lead_id)) == 1
