"""What comes back about a message changes what happens next, once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask

from app.kernel import clock
from app.messaging.agents import Visit
from app.messaging.signals import Signal
from app.models.choices import (
    EnrollmentStatus,
    InteractionType,
    LeadStatus,
    MessageEventType,
    MessageState,
    SuppressionReason,
)
from app.models.leads import Lead, LeadInteraction, StatusHistory, Task
from app.models.messaging import Message, MessageEvent, Suppression
from app.models.nurture import Enrollment
from app.models.privacy import ConsentEvent
from app.scoring.rules import create_rule
from app.scoring.schemas import RuleWrite
from app.workflows.delete_lead import delete_lead
from app.workflows.deliver_message import deliver_message
from app.workflows.opt_out import opt_out
from app.workflows.record_signal import record_signal
from app.workflows.run_step import run_step
from tests.cast import House
from tests.factories.nurture import (
    change,
    email_step,
    enrollment,
    events,
    make_lead,
    make_sequence,
    messages,
    one,
    rows,
)
from tests.fakes import Mailbox
from tests.features.messaging.signalling import NOW, sent, sent_to, tell
from tests.unit.messaging.test_agents import CHROME

LATER = NOW + timedelta(hours=2)
Kind = MessageEventType
HARD = {"is_permanent": True, "details": {"reason": "550 5.1.1 no such user"}}


def entries(house: House, kind: InteractionType) -> list[LeadInteraction]:
    return rows(house, LeadInteraction, LeadInteraction.interaction_type == kind)


def all_at_once(app: Flask, *acts: Callable[[], object]) -> list[object]:
    """Each in a thread of its own, let go at the same moment."""
    together = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        with app.app_context(), clock.at(LATER):
            together.wait()
            return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_delivered_is_noted_and_nothing_follows(house: House) -> None:
    message = sent(house)
    before = one(house, Lead).total_interactions
    assert tell(house, message, Kind.DELIVERED, LATER, key="d-1")
    assert events(house, message.id)[-1] == "delivered"
    assert one(house, Lead).total_interactions == before


def test_a_reply_waits_for_an_answer_and_ends_the_sequence(house: House) -> None:
    message = sent(house)
    assert tell(house, message, Kind.REPLIED, LATER, key="<a@b>", subject="Re: First", text="Yes please!")
    lead, mine = one(house, Lead), one(house, Enrollment)
    assert (lead.awaiting_reply_since, lead.last_contact_at) == (LATER, LATER)
    assert (mine.status, mine.end_reason) == (EnrollmentStatus.CANCELLED, "replied")
    [entry] = entries(house, InteractionType.EMAIL_REPLIED)
    assert (entry.interaction_subject, entry.interaction_content) == ("Re: First", "Yes please!")
    assert (entry.message_id, entry.occurred_at) == (message.id, LATER)
    assert one(house, Message).replied_at == LATER


def test_a_sequence_that_goes_on_after_a_reply_goes_on(house: House) -> None:
    message = sent(house, ends_on_reply=False)
    tell(house, message, Kind.REPLIED, LATER, text="Yes!")
    assert one(house, Enrollment).status is EnrollmentStatus.ACTIVE
    assert one(house, Lead).awaiting_reply_since == LATER


def test_two_replies_are_two_entries_and_one_told_twice_is_one(house: House) -> None:
    message = sent(house)
    assert tell(house, message, Kind.REPLIED, LATER, key="<1@b>", text="Yes!")
    assert not tell(house, message, Kind.REPLIED, LATER, key="<1@b>", text="Yes!")
    assert tell(house, message, Kind.REPLIED, LATER + timedelta(minutes=1), key="<2@b>", text="And when?")
    assert len(entries(house, InteractionType.EMAIL_REPLIED)) == 2
    lead = one(house, Lead)
    assert (lead.awaiting_reply_since, one(house, Message).replied_at) == (LATER, LATER)


def test_a_reply_that_comes_before_the_next_claim_stops_it(house: House, mailbox: Mailbox) -> None:
    message = sent(house)
    tomorrow = NOW + timedelta(days=1)
    with clock.at(tomorrow):
        run_step(house.supplier_id, enrollment(house, message.lead_id).id)
        second = messages(house, message.lead_id)[1]
        tell(house, message, Kind.REPLIED, tomorrow, text="We have booked somebody.")
        deliver_message(house.supplier_id, second.id)
    after = one(house, Message, Message.id == second.id)
    assert (after.state, after.reason) == (MessageState.SKIPPED, "enrollment_ended")
    assert len(mailbox.messages) == 1


def test_a_hard_bounce_suppresses_and_tells_a_person_once(house: House) -> None:
    message = sent(house)
    assert tell(house, message, Kind.BOUNCED, LATER, key="b-1", **HARD)
    assert tell(house, message, Kind.BOUNCED, LATER + timedelta(hours=1), key="b-2", **HARD)
    assert one(house, Suppression).reason == SuppressionReason.HARD_BOUNCE
    assert one(house, Message).bounced_at == LATER
    task = one(house, Task)
    assert task.task_type == "address_bounced"
    assert task.assigned_to_user_id == house.owner.user_id
    assert "550 5.1.1 no such user" in str(task.description)
    assert message.to_address in task.title
    assert one(house, Lead).next_follow_up_at == LATER
    [entry] = entries(house, InteractionType.EMAIL_BOUNCED)
    assert entry.interaction_content == "550 5.1.1 no such user"
    assert [e.details["permanent"] for e in rows(house, MessageEvent, MessageEvent.event_type == "bounced")]
    assert one(house, Enrollment).status is EnrollmentStatus.ACTIVE, "calls and tasks go on"


def test_nothing_goes_to_an_address_that_bounced(house: House, mailbox: Mailbox) -> None:
    message = sent(house)
    tell(house, message, Kind.BOUNCED, LATER, **HARD)
    with clock.at(NOW + timedelta(days=1)):
        run_step(house.supplier_id, enrollment(house, message.lead_id).id)
        second = messages(house, message.lead_id)[1]
        deliver_message(house.supplier_id, second.id)
    assert one(house, Message, Message.id == second.id).reason == "suppressed_hard_bounce"
    assert len(mailbox.messages) == 1


def test_a_soft_bounce_is_noted_alone(house: House) -> None:
    message = sent(house)
    assert tell(house, message, Kind.BOUNCED, LATER, details={"reason": "452 4.2.2 mailbox full"})
    assert events(house, message.id)[-1] == "bounced"
    assert rows(house, Suppression) == rows(house, Task) == []
    assert one(house, Message).bounced_at is None


def test_an_address_that_unsubscribed_and_bounces_is_one_that_bounced(house: House) -> None:
    message = sent(house)
    opt_out(house.supplier_id, message.id)
    tell(house, message, Kind.BOUNCED, LATER, **HARD)
    assert one(house, Suppression).reason == SuppressionReason.HARD_BOUNCE
    opt_out(house.supplier_id, message.id)
    assert one(house, Suppression).reason == SuppressionReason.HARD_BOUNCE


@pytest.mark.parametrize(
    ("kind", "reason", "ending", "entry"),
    [
        (Kind.COMPLAINED, "complaint", "complained", InteractionType.EMAIL_COMPLAINED),
        (Kind.UNSUBSCRIBED, "unsubscribed", "opted_out", InteractionType.UNSUBSCRIBED),
    ],
)
def test_who_objects_gets_nothing_more(
    house: House, kind: MessageEventType, reason: str, ending: str, entry: InteractionType
) -> None:
    message = sent(house)
    for key in ("one", "two"):
        assert tell(house, message, kind, LATER, key=key, source="feedback loop")
    assert one(house, Suppression).reason == reason
    lead, mine = one(house, Lead), one(house, Enrollment)
    assert (lead.opt_out_date, lead.consent_marketing) == (LATER, False)
    assert (mine.status, mine.end_reason) == (EnrollmentStatus.CANCELLED, ending)
    assert len(entries(house, entry)) == 1
    ledger = one(house, ConsentEvent)
    assert (ledger.given, ledger.source, ledger.address) == (False, "feedback loop", message.to_address)
    assert events(house, message.id).count(str(kind)) == 2


def test_the_score_moves_with_it_and_opens_a_sequence(house: House) -> None:
    rule = {
        "rule_name": "Reads", "criteria_field": "email_opens", "criteria_operator": "greater_than",
        "criteria_value": "0", "score_adjustment": 30,
    }  # fmt: skip
    create_rule(house.owner.actor, RuleWrite(**rule))
    message = sent(house)
    score = one(house, Lead).lead_score
    make_sequence(house, [email_step(house)], target_score_range=[score + 20, None], sequence_name="Warm")
    tell(house, message, Kind.OPENED, LATER, visit=Visit(agent=CHROME))
    assert one(house, Lead).lead_score >= score + 30
    assert len(rows(house, Enrollment)) == 2


def test_a_lead_that_is_lost_may_still_write(house: House) -> None:
    message = sent(house)
    change(house, Lead, message.lead_id, lead_status=LeadStatus.LOST)
    assert tell(house, message, Kind.REPLIED, LATER, text="We changed our minds.")
    assert one(house, Lead).awaiting_reply_since == LATER
    assert rows(house, StatusHistory) == []


def test_the_same_report_five_times_at_once_counts_once(app: Flask, house: House) -> None:
    message = sent(house)
    for kind, said in (
        (Kind.REPLIED, {"text": "Yes!"}),
        (Kind.BOUNCED, HARD),
        (Kind.COMPLAINED, {}),
        (Kind.DELIVERED, {}),
    ):
        signal = Signal(kind, LATER, key=f"same-{kind}", **said)
        act = lambda signal=signal: record_signal(house.supplier_id, message.id, signal)  # noqa: E731
        assert sorted(all_at_once(app, *[act] * 5)) == [False] * 4 + [True]
        assert events(house, message.id).count(str(kind)) == 1
    assert len(entries(house, InteractionType.EMAIL_REPLIED)) == len(rows(house, Suppression)) == 1
    assert len(rows(house, Task)) == len(rows(house, ConsentEvent)) == 1


def test_a_reply_and_an_opt_out_at_the_same_moment_both_count(app: Flask, house: House) -> None:
    for _ in range(5):
        message = sent(house)
        reply = Signal(Kind.REPLIED, LATER, key="r", text="No, thank you.")
        all_at_once(
            app,
            lambda message=message, reply=reply: record_signal(house.supplier_id, message.id, reply),
            lambda message=message: opt_out(house.supplier_id, message.id),
        )
        lead = one(house, Lead, Lead.id == message.lead_id)
        assert (lead.opt_out_date, lead.awaiting_reply_since) == (LATER, LATER)
        mine = enrollment(house, message.lead_id)
        assert mine.status is EnrollmentStatus.CANCELLED
        assert mine.end_reason in ("replied", "opted_out")
        ended = [e for e in entries(house, InteractionType.SEQUENCE_ENDED) if e.lead_id == message.lead_id]
        assert len(ended) == 1


@pytest.mark.parametrize("kind", [Kind.COMPLAINED, Kind.BOUNCED])
def test_a_report_during_a_claim_comes_before_or_after_it(
    app: Flask, house: House, mailbox: Mailbox, kind: MessageEventType
) -> None:
    make_sequence(house, [email_step(house), email_step(house)])
    for _ in range(5):
        message = sent_to(house, make_lead(house, NOW))
        tomorrow = NOW + timedelta(days=1)
        with clock.at(tomorrow):
            run_step(house.supplier_id, enrollment(house, message.lead_id).id)
        second = messages(house, message.lead_id)[1]
        change(house, Message, second.id, due_at=NOW, not_after=None)
        change(house, Message, message.id, accepted_at=NOW - timedelta(days=2))  # no cap stands in its way
        before = len(mailbox.messages)
        signal = Signal(kind, LATER, is_permanent=True)
        all_at_once(
            app,
            lambda message=message, signal=signal: record_signal(house.supplier_id, message.id, signal),
            lambda second=second: deliver_message(house.supplier_id, second.id),
        )
        after = one(house, Message, Message.id == second.id)
        if len(mailbox.messages) > before:
            assert after.state is MessageState.ACCEPTED
        else:
            assert (after.state, after.attempts) == (MessageState.SKIPPED, 0)


def test_a_message_of_a_deleted_lead_tells_nothing(house: House) -> None:
    message = sent(house)
    delete_lead(house.owner.actor, message.lead_id)
    for kind in (Kind.DELIVERED, Kind.REPLIED, Kind.BOUNCED, Kind.COMPLAINED):
        assert not tell(house, message, kind, LATER, is_permanent=True)
    assert rows(house, Suppression) == []


def test_a_message_of_another_supplier_is_not_there(house: House) -> None:
    message = sent(house)
    signal = Signal(Kind.COMPLAINED, LATER)
    assert not record_signal(house.stranger.actor.supplier_id, message.id, signal)
    assert one(house, Lead).opt_out_date is None
