"""A person answers a couple by e-mail."""

from uuid import UUID

import pytest
from sqlalchemy import select
from uuid_utils.compat import uuid7

from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, NotFound, NotPermitted
from app.kernel.uow import reading, unit_of_work
from app.leads.schemas import ReplyCreate
from app.messaging.suppressions import suppress
from app.models.accounts import AuditEntry
from app.models.choices import Channel, InteractionType, LeadStatus, MessageState, SuppressionReason
from app.models.leads import Lead, LeadInteraction
from app.models.messaging import Message
from app.workflows.opt_out import opt_out
from app.workflows.send_reply import send_reply
from tests.cast import House
from tests.factories.nurture import change, make_lead, messages, one
from tests.fakes import Mailbox
from tests.features.messaging.test_delivery import NOW, deliver

BODY = "Dear Emma,\n\n<b>yes</b>, the 14th is free & yours.\nSee you there.\n\n{{ couple_names }}"


def reply(actor: Actor, lead_id: UUID, body: str = BODY, message_id: UUID | None = None) -> UUID:
    with clock.at(NOW):
        return send_reply(actor, lead_id, ReplyCreate(subject="Re: Your day", body=body), message_id)


def written(house: House, lead_id: UUID) -> list[str | None]:
    return [message.subject for message in messages(house, lead_id)]


def test_it_leaves_as_it_was_written_and_counts_as_the_answer(house: House, mailbox: Mailbox) -> None:
    lead_id = make_lead(house, NOW, primary_email="emma@example.com", awaiting_reply_since=NOW)
    message_id = reply(house.member.actor, lead_id)
    message = one(house, Message, Message.id == message_id)
    assert (message.message_class, message.to_address) == ("reply", "emma@example.com")
    assert message.sent_by_user_id == house.member.user_id
    assert message.text_body.startswith(BODY)
    assert "<p>&lt;b&gt;yes&lt;/b&gt;, the 14th is free &amp; yours.<br>See" in str(message.html_body)
    assert "<p>{{ couple_names }}</p>" in str(message.html_body), "a person's words are no template"
    assert "unsubscribe" not in str(message.html_body)
    assert deliver(house, message).state is MessageState.ACCEPTED
    [sent] = mailbox.messages
    assert (sent["To"], sent["Subject"], sent["Auto-Submitted"]) == ("emma@example.com", "Re: Your day", None)
    entry = one(house, LeadInteraction, LeadInteraction.interaction_type == InteractionType.EMAIL_SENT)
    assert (entry.user_id, entry.message_id) == (house.member.user_id, message_id)
    lead = one(house, Lead, Lead.id == lead_id)
    assert lead.awaiting_reply_since is None
    assert lead.first_response_at is not None
    audited = one(house, AuditEntry, AuditEntry.row_id == message_id)
    assert (audited.actor_id, audited.action) == (house.member.user_id, "created")


def test_sent_twice_from_one_form_it_is_one_message(house: House) -> None:
    lead_id, chosen = make_lead(house, NOW), uuid7()
    assert {reply(house.member.actor, lead_id, message_id=chosen) for _ in range(2)} == {chosen}
    assert written(house, lead_id) == ["Re: Your day"]
    other = make_lead(house, NOW)
    with pytest.raises(Conflict, match="another message's"):
        reply(house.member.actor, other, message_id=chosen)
    assert written(house, other) == []


def test_a_couple_that_unsubscribed_may_still_be_answered(house: House, mailbox: Mailbox) -> None:
    lead_id = make_lead(house, NOW, primary_email="emma@example.com")
    first = reply(house.member.actor, lead_id)
    opt_out(house.supplier_id, first)
    assert deliver(house, one(house, Message, Message.id == first)).state is MessageState.ACCEPTED


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (SuppressionReason.HARD_BOUNCE, "came back as undeliverable"),
        (SuppressionReason.COMPLAINT, "as spam"),
        (SuppressionReason.MANUAL, "list of addresses"),
        (SuppressionReason.ERASED, "erased"),
    ],
)
def test_an_address_that_nothing_reaches_is_said_before(
    house: House, reason: SuppressionReason, said: str
) -> None:
    lead_id = make_lead(house, NOW, primary_email="emma@example.com")
    with unit_of_work(house.supplier_id) as session:
        suppress(session, house.supplier_id, Channel.EMAIL, "emma@example.com", reason)
    with pytest.raises(Conflict, match=said):
        reply(house.member.actor, lead_id)
    assert written(house, lead_id) == []


def test_without_an_address_there_is_no_e_mail(house: House) -> None:
    lead_id = make_lead(house, NOW, primary_email=None, primary_phone="+447400123456")
    with pytest.raises(Conflict, match="No e-mail address is known"):
        reply(house.member.actor, lead_id)
    assert written(house, lead_id) == []


def test_a_merged_lead_is_written_to_from_its_winner(house: House) -> None:
    winner, loser = make_lead(house, NOW), make_lead(house, NOW)
    change(house, Lead, loser, lead_status=LeadStatus.DUPLICATE, duplicate_of_id=winner)
    with pytest.raises(Conflict, match="merged into another"):
        reply(house.member.actor, loser)
    assert written(house, loser) == []


def test_only_who_writes_leads_answers_and_only_their_own(house: House) -> None:
    lead_id = make_lead(house, NOW)
    with pytest.raises(NotPermitted):
        reply(house.viewer.actor, lead_id)
    for unknown in (lead_id, uuid7()):
        with pytest.raises(NotFound):
            reply(house.stranger.actor, unknown)
    with reading(house.supplier_id) as session:
        assert session.scalars(select(Message)).all() == []
