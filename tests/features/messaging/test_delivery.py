"""A message leaves once, only where allowed, and what came of it is written down."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask, current_app
from sqlalchemy import func, select, text

from app.kernel import clock, jobs
from app.kernel.db import owner_engine
from app.kernel.keyset import Cut
from app.kernel.uow import reading, unit_of_work
from app.messaging import queries
from app.messaging.suppressions import suppress
from app.models.accounts import Supplier
from app.models.choices import (
    Channel,
    InteractionType,
    LeadStatus,
    MessageClass,
    MessageState,
    SuppressionReason,
)
from app.models.leads import Lead, LeadInteraction, Task
from app.models.messaging import Message
from app.models.nurture import Enrollment, NurtureSequence
from app.workflows.deliver_message import deliver_message
from app.workflows.run_step import run_step
from tests.cast import House
from tests.factories.nurture import (
    change,
    decisions,
    email_step,
    enrollment,
    events,
    make_lead,
    make_sequence,
    messages,
    one,
)
from tests.fakes import Mailbox

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)  # a Wednesday, 11:00 in London
NIGHT = datetime(2026, 6, 6, 1, 0, tzinfo=UTC)


def written(house: House, at: datetime = NOW, *, step: dict[str, Any] | None = None, **lead: Any) -> Message:
    """A message that a sequence's step has just written."""
    make_sequence(house, [email_step(house, **(step or {}))])
    lead_id = make_lead(house, at, **lead)
    with clock.at(at):
        run_step(house.supplier_id, enrollment(house, lead_id).id)
    return messages(house, lead_id)[0]


def deliver(house: House, message: Message, at: datetime = NOW) -> Message:
    with clock.at(at):
        deliver_message(house.supplier_id, message.id)
    return one(house, Message, Message.id == message.id)


def test_a_follow_up_reaches_the_mailbox_with_its_way_out(house: House, mailbox: Mailbox) -> None:
    message = deliver(house, written(house, couple_name_bride="Änne", primary_email="anne@example.com"))
    assert (message.state, message.attempts, message.transport) == (MessageState.ACCEPTED, 1, "smtp")
    assert (message.accepted_at, message.provider_id) == (NOW, "2.0.0 OK queued")
    assert events(house, message.id) == ["claimed", "accepted"]

    (mail,) = mailbox.messages
    assert mailbox.recipients == ["anne@example.com"]
    assert mail["Message-ID"] == f"<{message.id}@localhost.localdomain>"
    assert mail["From"] == "Rosewood Photography <leads@localhost.localdomain>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].startswith("<http://localhost/unsubscribe/")
    assert mail["Auto-Submitted"] == "auto-generated"
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "Hello Änne" in plain.get_content()
    assert "<p>Hello Änne</p>" in html.get_content()


def test_it_is_on_the_leads_timeline_and_in_its_counters(house: House) -> None:
    message = deliver(house, written(house))
    entry = one(house, LeadInteraction, LeadInteraction.interaction_type == InteractionType.EMAIL_SENT)
    assert (entry.message_id, entry.sequence_step_id) == (message.id, message.sequence_step_id)
    lead = one(house, Lead)
    assert (lead.first_contact_at, lead.last_contact_at) == (NOW, NOW)
    assert decisions(house, lead.id) == [("done", None)]
    with reading(house.supplier_id) as session:
        entries = select(func.count()).select_from(LeadInteraction)
        counted = session.scalar(entries.where(LeadInteraction.interaction_type != "score_updated"))
    assert lead.total_interactions == counted


def test_an_acknowledgement_needs_no_way_out(house: House, mailbox: Mailbox) -> None:
    deliver(house, written(house, step={"message_class": MessageClass.ACKNOWLEDGEMENT}))
    assert mailbox.messages[0]["List-Unsubscribe"] is None
    assert mailbox.messages[0]["Auto-Submitted"] == "auto-replied"


def test_replies_go_where_the_supplier_says(house: House, mailbox: Mailbox) -> None:
    with unit_of_work(house.supplier_id) as session:
        supplier = session.get_one(Supplier, house.supplier_id)
        supplier.reply_to, supplier.sender_name = "olive@rosewood.example", "Olive, Rosewood"
    deliver(house, written(house))
    assert mailbox.messages[0]["Reply-To"] == "olive@rosewood.example"
    assert mailbox.messages[0]["From"] == '"Olive, Rosewood" <leads@localhost.localdomain>'


def test_odd_names_and_addresses_do_no_harm(house: House, mailbox: Mailbox) -> None:
    with unit_of_work(house.supplier_id) as session:
        session.get_one(Supplier, house.supplier_id).name = 'Rose\r\nBcc: x@example.com "& Sons"'
    lead = {"primary_email": "jürgen@example.com", "couple_name_bride": "Zoë\r\nBcc: y@example.com"}
    deliver(house, written(house, step={"subject": "For {{ couple_names }}"}, **lead))
    (mail,) = mailbox.messages
    assert mailbox.recipients == ["jürgen@example.com"]
    assert mail["Subject"] == "For Zoë Bcc: y@example.com"
    assert mail["From"].addresses[0].display_name == 'Rose Bcc: x@example.com "& Sons"'
    assert mail["Bcc"] is None


def test_the_outbox_keeps_what_would_have_left(house: House) -> None:
    message = deliver(house, written(house))
    assert (message.state, message.transport) == (MessageState.ACCEPTED, "outbox")
    with reading(house.supplier_id) as session:
        page = queries.outbox(session, Cut(10))
        assert [row.id for (row,) in page.rows] == [message.id]
        opened = queries.message(session, message.id)
        assert [event.event_type for event in opened.events] == ["claimed", "accepted"]
        assert "Hello there" in opened.message.text_body


def test_delivering_many_times_at_once_sends_one(app: Flask, house: House, mailbox: Mailbox) -> None:
    message = written(house)

    def go(_: int) -> None:
        with app.app_context(), clock.at(NOW):
            deliver_message(house.supplier_id, message.id)

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(go, range(5)))
    deliver(house, message)
    assert len(mailbox.messages) == 1
    assert events(house, message.id) == ["claimed", "accepted"]


def test_a_temporary_refusal_is_tried_five_times_within_a_day_and_then_has_failed(
    house: House, mailbox: Mailbox
) -> None:
    mailbox.reply = "451 4.3.0 try later"
    message = written(house, step={"message_class": MessageClass.ACKNOWLEDGEMENT})
    moment = NOW
    while message.state is MessageState.DUE:
        moment = max(message.due_at, NOW)
        message = deliver(house, message, moment)
    assert (message.state, message.attempts, message.reason) == (MessageState.FAILED, 5, "smtp_451_data")
    assert moment - NOW <= timedelta(hours=24)
    assert events(house, message.id) == ["claimed", "deferred"] * 4 + ["claimed", "failed"]
    assert decisions(house, message.lead_id) == [("failed", "smtp_451_data")]
    task = one(house, Task)
    assert (task.task_type, task.assigned_to_user_id) == ("message_failed", house.owner.user_id)
    assert one(house, Lead).next_follow_up_at == task.due_at


def test_a_temporary_refusal_that_passes_sends_one(house: House, mailbox: Mailbox) -> None:
    mailbox.rcpt_reply = "450 4.2.0 greylisted"
    message = deliver(house, written(house))
    assert (message.state, message.due_at, message.reason) == (
        MessageState.DUE,
        NOW + timedelta(minutes=1),
        "smtp_450_rcpt",
    )
    assert deliver(house, message).attempts == 1  # not due yet
    mailbox.rcpt_reply = "250 OK"
    message = deliver(house, message, message.due_at)
    assert (message.state, message.attempts, message.reason) == (MessageState.ACCEPTED, 2, None)
    assert len(mailbox.messages) == 1


def test_a_permanent_refusal_fails_at_once_and_somebody_is_told(house: House, mailbox: Mailbox) -> None:
    mailbox.rcpt_reply = "550 5.1.1 no such person"
    message = deliver(house, written(house, assigned_to_user_id=house.member.user_id))
    assert (message.state, message.attempts, message.reason) == (
        MessageState.FAILED,
        1,
        "smtp_550_rcpt_5.1.1",
    )
    assert one(house, Task).assigned_to_user_id == house.member.user_id
    assert enrollment(house, message.lead_id).steps_completed == 0


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"opt_out_date": NOW}, "opted_out"),
        ({"lead_status": LeadStatus.WON}, "lead_won"),
        ({"primary_email": None, "primary_phone": "+447700900123"}, "no_address"),
    ],
)
def test_what_changed_since_it_was_written_still_counts(
    house: House, mailbox: Mailbox, columns: dict[str, Any], reason: str
) -> None:
    message = written(house)
    change(house, Lead, message.lead_id, **columns)
    message = deliver(house, message)
    assert (message.state, message.reason, message.attempts) == (MessageState.SKIPPED, reason, 0)
    assert mailbox.messages == []
    assert decisions(house, message.lead_id) == [("skipped", reason)]


def test_a_corrected_address_is_the_one_used(house: House, mailbox: Mailbox) -> None:
    message = written(house, primary_email="ana@example.com")
    change(house, Lead, message.lead_id, primary_email="anna@example.com")
    assert deliver(house, message).to_address == "anna@example.com"
    assert mailbox.recipients == ["anna@example.com"]


def test_a_suppressed_address_gets_nothing_whatever_its_case(house: House, mailbox: Mailbox) -> None:
    message = written(house, primary_email="anna@example.com")
    with unit_of_work(house.supplier_id) as session:
        suppress(
            session, house.supplier_id, Channel.EMAIL, "Anna@Example.com ", SuppressionReason.HARD_BOUNCE
        )
    assert deliver(house, message).reason == "suppressed_hard_bounce"
    assert mailbox.messages == []


def test_another_suppliers_suppression_is_theirs_alone(house: House) -> None:
    stranger = house.stranger.actor.supplier_id
    with unit_of_work(stranger) as session:
        suppress(session, stranger, Channel.EMAIL, "anna@example.com", SuppressionReason.COMPLAINT)
    assert deliver(house, written(house, primary_email="anna@example.com")).state is MessageState.ACCEPTED


@pytest.mark.parametrize(
    ("hold", "reason"),
    [
        ("lead", "lead_paused"),
        ("sequence", "sequence_off"),
        ("enrollment", "enrollment_paused"),
        ("supplier", "sending_off"),
    ],
)
def test_a_hold_defers_it_and_it_goes_out_afterwards(house: House, hold: str, reason: str) -> None:
    message = written(house)

    def set_hold(held: bool) -> None:
        with unit_of_work(house.supplier_id) as session:
            lead = session.get_one(Lead, (house.supplier_id, message.lead_id))
            taken = session.get_one(Enrollment, (house.supplier_id, message.enrollment_id))
            sequence = session.get_one(NurtureSequence, (house.supplier_id, taken.sequence_id))
            lead.automation_paused = held and hold == "lead"
            sequence.is_active = not (held and hold == "sequence")
            taken.status = "paused" if held and hold == "enrollment" else "active"
            session.get_one(Supplier, house.supplier_id).sending_enabled = not (held and hold == "supplier")

    set_hold(True)
    message = deliver(house, message)
    assert (message.state, message.reason, message.due_at) == (
        MessageState.DUE,
        reason,
        NOW + timedelta(hours=1),
    )
    message = deliver(house, message, message.due_at)
    assert events(house, message.id) == ["deferred"]  # said once
    set_hold(False)
    assert deliver(house, message, message.due_at).state is MessageState.ACCEPTED


def test_a_follow_up_waits_for_the_morning_and_an_acknowledgement_does_not(house: House) -> None:
    follow_up = deliver(house, written(house, NIGHT), NIGHT)
    assert (follow_up.reason, follow_up.due_at) == ("quiet_hours", datetime(2026, 6, 6, 7, 0, tzinfo=UTC))
    answer = written(house, NIGHT, step={"message_class": MessageClass.ACKNOWLEDGEMENT})
    assert deliver(house, answer, NIGHT).state is MessageState.ACCEPTED


def test_a_message_that_is_too_late_is_dropped(house: House) -> None:
    message = written(house)
    assert deliver(house, message, NOW + timedelta(days=8)).reason == "too_late"


def two_rivals(
    house: House, minor: dict[str, Any] | None = None, *, at: datetime = NOW, **major: Any
) -> tuple[Message, Message]:
    """Messages of one lead that are due together: one of a minor sequence, and one of a major."""
    make_sequence(house, [email_step(house, subject="Minor", **(minor or {}))], priority_level=1)
    make_sequence(house, [email_step(house, subject="Major", **major)], priority_level=9)
    with unit_of_work(house.supplier_id) as session:
        session.execute(text("update nurture_sequences set is_active = sequence_name <> 'Welcome'"))
    lead_id = make_lead(house, at)
    with clock.at(at):
        for taken in db_enrollments(house, lead_id):
            run_step(house.supplier_id, taken)
    first, second = sorted(messages(house, lead_id), key=lambda m: m.subject or "", reverse=True)
    return first, second


def test_one_automated_message_a_day_and_the_more_important_goes_first(house: House) -> None:
    minor, major = two_rivals(house)
    assert deliver(house, minor).reason == "daily_cap"
    assert deliver(house, major).state is MessageState.ACCEPTED
    deferred = one(house, Message, Message.id == minor.id)
    assert deferred.due_at == datetime(2026, 6, 4, 8, 0, tzinfo=UTC)  # the step's 09:00 in London
    assert deliver(house, deferred, deferred.due_at).state is MessageState.ACCEPTED


@pytest.mark.parametrize(
    "major", [{"message_class": MessageClass.MARKETING}, {"send_days": [6, 7]}, {"max_lateness_hours": 1}]
)
def test_nobody_waits_for_a_more_important_message_that_does_not_leave_today(
    house: House, major: dict[str, Any]
) -> None:
    """It has no consent, is for another day, or comes too late."""
    minor, other = two_rivals(house, **major)
    at = NOW + timedelta(hours=2)
    assert deliver(house, minor, at).state is MessageState.ACCEPTED
    assert deliver(house, other, at).state is not MessageState.ACCEPTED


def test_a_more_important_message_that_leaves_later_today_still_goes_first(house: House) -> None:
    """At half past seven only the minor one's step may send; the major one may from eight."""
    early = datetime(2026, 6, 3, 6, 30, tzinfo=UTC)
    minor, major = two_rivals(house, at=early, minor={"send_time": "07:00"})
    assert deliver(house, minor, early).reason == "daily_cap"
    eight = datetime(2026, 6, 3, 7, 0, tzinfo=UTC)
    assert deliver(house, major, eight).state is MessageState.ACCEPTED


@pytest.mark.parametrize(("refused", "state"), [(True, MessageState.FAILED), (False, MessageState.SKIPPED)])
def test_whoever_stood_back_for_one_that_does_not_leave_after_all_has_its_day(
    house: House, mailbox: Mailbox, refused: bool, state: MessageState
) -> None:
    """It is refused for good, or its sequence ends between."""
    minor, major = two_rivals(house)
    assert deliver(house, minor).reason == "daily_cap"
    if refused:
        mailbox.reply = "554 5.6.0 not with these words"
    else:
        change(house, Enrollment, major.enrollment_id, status="cancelled", ended_at=NOW)
    assert deliver(house, major).state is state
    assert one(house, Message, Message.id == minor.id).due_at == NOW
    mailbox.reply = "250 2.0.0 OK queued"
    assert deliver(house, minor).state is MessageState.ACCEPTED


def db_enrollments(house: House, lead_id: UUID) -> list[UUID]:
    with reading(house.supplier_id) as session:
        return [row.id for row in session.query(Enrollment).where(Enrollment.lead_id == lead_id)]


def test_three_automated_messages_a_week(house: House) -> None:
    daily = [email_step(house, subject=f"Day {n}") for n in range(4)]
    make_sequence(
        house,
        [
            step | {"delay_amount": n, "delay_unit": "days", "anchor": "enrollment"}
            for n, step in enumerate(daily)
        ],
    )
    lead_id = make_lead(house, NOW)
    sent: list[datetime] = []
    moment = NOW
    while enrollment(house, lead_id).status == "active":
        with clock.at(moment):
            run_step(house.supplier_id, enrollment(house, lead_id).id)
        message = messages(house, lead_id)[-1]
        message = deliver(house, message, max(moment, message.due_at))
        if message.state is MessageState.ACCEPTED:
            assert message.accepted_at
            sent.append(message.accepted_at)
        moment = enrollment(house, lead_id).next_execution_at or message.due_at
    assert [when.day for when in sent] == [3, 4, 5, 10]


def test_the_next_step_is_rung_when_it_is_due_already(house: House, mailbox: Mailbox) -> None:
    at_once = {"delay_amount": 0, "delay_unit": "minutes"}
    make_sequence(house, [email_step(house), email_step(house) | at_once])
    lead_id = make_lead(house, NOW)
    enrolled = enrollment(house, lead_id)
    with clock.at(NOW):
        run_step(house.supplier_id, enrolled.id)
    waiting = jobs.queue("default", current_app.config["REDIS_URL"])
    waiting.empty()
    deliver(house, messages(house, lead_id)[0])
    assert f"run_step-{house.supplier_id}-{enrolled.id}" in waiting.job_ids
    waiting.empty()


def test_a_lease_that_runs_out_at_smtp_is_uncertain_and_not_sent_again(
    house: House, mailbox: Mailbox
) -> None:
    message = written(house)
    lease = NOW + timedelta(minutes=2)
    change(house, Message, message.id, state="sending", attempts=1, transport="smtp", lease_until=lease)
    assert deliver(house, message, NOW + timedelta(minutes=1)).state is MessageState.SENDING
    message = deliver(house, message, lease)
    assert (message.state, message.reason) == (MessageState.UNCERTAIN, "lease_expired")
    deliver(house, message, NOW + timedelta(days=1))
    assert mailbox.messages == []
    assert one(house, Task).task_type == "message_uncertain"
    assert decisions(house, message.lead_id) == [("failed", "lease_expired")]


def test_a_lease_that_runs_out_at_a_transport_that_sends_once_is_taken_up_again(house: House) -> None:
    message = written(house)
    change(house, Message, message.id, state="sending", attempts=1, transport="outbox", lease_until=NOW)
    message = deliver(house, message)
    assert (message.state, message.attempts) == (MessageState.ACCEPTED, 2)


def test_no_database_connection_is_held_while_the_provider_is_called(house: House, mailbox: Mailbox) -> None:
    """And when they are all cut meanwhile, the answer is written down all the same."""
    ours = text(
        "select state, pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid() and application_name = 'wedsync_app'"
    )
    message = written(house)
    states: list[str] = []
    engine = owner_engine(current_app.config["DATABASE_URL"])

    def cut_all() -> None:
        with engine.connect() as connection:
            states.extend(row.state for row in connection.execute(ours))
            connection.commit()

    mailbox.before_reply = cut_all
    assert deliver(house, message).state is MessageState.ACCEPTED
    assert states
    assert "idle in transaction" not in states
