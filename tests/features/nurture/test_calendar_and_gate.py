"""The calendar of a lead says when messages leave by the gate: hours, caps, consent, over all sequences."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from app.kernel import clock
from app.kernel.uow import reading, unit_of_work
from app.models.accounts import Supplier
from app.models.choices import MessageClass, MessageState
from app.models.leads import Lead
from app.models.messaging import Message
from app.models.nurture import NurtureSequence
from app.workflows.deliver_messages import deliver_messages
from app.workflows.dry_run import dry_run
from app.workflows.lead_courses import lead_courses
from app.workflows.run_steps import run_steps
from tests.cast import House
from tests.factories.nurture import change, email_step, make_lead, make_sequence, messages, rows

NOW = datetime(2026, 6, 5, 10, 0, tzinfo=UTC)  # a Friday, 11:00 in London
Told = list[tuple[str, str, str | None]]


def calendar(house: House, lead_id: UUID, now: datetime = NOW) -> dict[str, Told]:
    """By sequence, each step's name, its day and hour in UTC, and why it waits or is not taken."""
    with reading(house.supplier_id) as session:
        lead = session.get_one(Lead, (house.supplier_id, lead_id))
        found = lead_courses(session, lead, now)
        return {
            one.sequence_name: [
                (p.step.name, f"{p.at:%a %H:%M}" if p.at else "", p.reason or p.wait_reason)
                for p in one.planned
            ]
            for one in found
        }


def both(house: House, *sequences: UUID) -> None:
    """They are all on."""
    for sequence_id in sequences:
        change(house, NurtureSequence, sequence_id, is_active=True)


def test_one_message_a_day_and_three_in_seven_days(house: House) -> None:
    steps = [email_step(house, step_name=name) for name in "ABCDE"]
    make_sequence(house, [email_step(house, message_class=MessageClass.ACKNOWLEDGEMENT), *steps])
    [told] = calendar(house, make_lead(house, NOW)).values()
    assert told == [
        ("Step 1", "Fri 10:00", None),
        ("A", "Fri 10:00", None),
        ("B", "Sat 08:00", "daily_cap"),
        ("C", "Sun 08:00", "daily_cap"),
        ("D", "Fri 08:00", "weekly_cap"),
        ("E", "Sat 08:00", "daily_cap"),
    ]


def test_the_suppliers_caps_and_holidays_count(house: House) -> None:
    make_sequence(house, [email_step(house, step_name=name) for name in "ABC"])
    with unit_of_work(house.supplier_id) as session:
        supplier = session.get_one(Supplier, house.supplier_id)
        supplier.daily_message_cap, supplier.holidays = 2, [NOW.date() + timedelta(1)]
    [told] = calendar(house, make_lead(house, NOW)).values()
    assert [when for _, when, _ in told] == ["Fri 10:00", "Fri 10:00", "Sun 08:00"]


def test_sequences_share_the_caps_and_the_higher_goes_first(house: House) -> None:
    minor = make_sequence(house, [email_step(house)], sequence_name="Minor", priority_level=1)
    major = make_sequence(house, [email_step(house)], sequence_name="Major", priority_level=9)
    both(house, minor, major)
    lead_id = make_lead(house, NOW)
    told = calendar(house, lead_id)
    assert told == {
        "Minor": [("Step 1", "Sat 08:00", "daily_cap")],
        "Major": [("Step 1", "Fri 10:00", None)],
    }
    with clock.at(NOW):  # and so it is
        run_steps(house.supplier_id)
        deliver_messages(house.supplier_id)
    left = {message.state: message.due_at for message in messages(house, lead_id)}
    assert left == {MessageState.ACCEPTED: NOW, MessageState.DUE: datetime(2026, 6, 6, 8, tzinfo=UTC)}
    assert calendar(house, lead_id, NOW + timedelta(hours=1)) == {
        "Minor": [("Step 1", "Sat 08:00", "daily_cap")]
    }


def test_a_dry_run_counts_what_left_and_what_other_sequences_will_send(house: House) -> None:
    tried = make_sequence(house, [email_step(house, step_name="Tried")], reentry_after_days=0)
    other = make_sequence(house, [email_step(house)])
    lead_id = make_lead(house, NOW)

    def told() -> list[tuple[str, str | None]]:
        with reading(house.supplier_id) as session:
            found = dry_run(session, tried, lead_id, None, NOW).occasions
            return [(f"{one.at:%a %H:%M}", one.wait_reason) for one in found]

    assert told() == [("Sat 08:00", "daily_cap")]
    change(house, NurtureSequence, tried, priority_level=10)
    assert told() == [("Fri 10:00", None)]
    both(house, other)
    with clock.at(NOW):
        run_steps(house.supplier_id)
        deliver_messages(house.supplier_id)
    assert [message.state for message in rows(house, Message)] == [MessageState.ACCEPTED]
    assert told() == [("Sat 08:00", "daily_cap")]


def test_what_may_never_leave_is_skipped_with_the_gates_reason(house: House) -> None:
    make_sequence(house, [email_step(house, message_class=MessageClass.MARKETING), email_step(house)])
    [told] = calendar(house, make_lead(house, NOW)).values()
    assert [(name, why) for name, _, why in told] == [("Step 1", "no_marketing_consent"), ("Step 2", None)]
