"""Which sequences take a lead in, and how often."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.kernel.uow import reading, unit_of_work
from app.messaging.liquid import problems
from app.models.choices import EnrollmentStatus, InteractionType, LeadStatus, StepType
from app.models.leads import Lead, LeadInteraction
from app.models.nurture import EmailTemplate, Enrollment, NurtureSequence, SequenceStep, TaskTemplate
from app.nurture.ready_made.seeding import seed
from app.nurture.service import enroll_matching
from tests.cast import House
from tests.factories.nurture import change, enrollment, make_lead, make_sequence, one, rows

NOW = datetime(2026, 6, 5, 22, 30, tzinfo=UTC)  # a Friday night in London
TAGGED = [{"step_type": StepType.TAG_ASSIGNMENT, "step_content": '{"add": ["seen"]}'}]


def again(house: House, lead_id: object, now: datetime) -> list[str]:
    with unit_of_work(house.supplier_id) as session:
        return enroll_matching(session, session.get_one(Lead, (house.supplier_id, lead_id)), now)


def test_every_supplier_starts_with_a_welcome_sequence(house: House) -> None:
    welcome = one(house, NurtureSequence)
    steps = rows(house, SequenceStep)
    assert (welcome.sequence_name, welcome.is_active) == ("Welcome", True)
    assert [step.step_type for step in sorted(steps, key=lambda s: s.step_order)] == [
        "email",
        "phone_call",
        "email",
    ]


def test_the_starting_templates_can_be_published(house: House) -> None:
    for template in rows(house, EmailTemplate):
        assert problems(template.subject) + problems(template.content) == []
    for task in rows(house, TaskTemplate):
        assert problems(task.title) + problems(task.description or "") == []


def test_seeding_twice_changes_nothing(house: House) -> None:
    with unit_of_work(house.supplier_id) as session:
        seed(session, house.supplier_id)
        assert session.scalar(select(func.count()).select_from(SequenceStep)) == 3
        assert session.scalar(select(func.count()).select_from(EmailTemplate)) == 2


def test_a_new_lead_is_enrolled_and_its_first_step_is_due_at_once_in_the_night(house: House) -> None:
    lead_id = make_lead(house, NOW)
    taken = enrollment(house, lead_id)
    assert (taken.status, taken.next_execution_at) == (EnrollmentStatus.ACTIVE, NOW)
    assert one(house, Lead).nurture_sequence_id == taken.sequence_id
    assert one(house, NurtureSequence).total_enrollments == 1
    entry = one(house, LeadInteraction)
    assert (entry.interaction_type, entry.interaction_subject) == (
        InteractionType.SEQUENCE_ENROLLED,
        "Welcome",
    )
    assert one(house, Lead).total_interactions == 1


@pytest.mark.parametrize("status", [LeadStatus.CONTACTED, LeadStatus.WON, LeadStatus.SPAM])
def test_a_lead_that_does_not_fit_is_left_alone(house: House, status: LeadStatus) -> None:
    make_lead(house, NOW, lead_status=status)
    assert rows(house, Enrollment) == []


@pytest.mark.parametrize(
    ("columns", "fits"),
    [
        ({"target_lead_sources": ["Website"]}, True),
        ({"target_lead_sources": ["referral"]}, False),
        ({"target_score_range": [0, 10]}, True),
        ({"target_score_range": [None, 10]}, True),
        ({"target_score_range": [1, None]}, False),
        ({"trigger_conditions": {"has_phone": True}}, False),
        ({"is_active": False}, False),
    ],
)
def test_targets_and_triggers_decide(house: House, columns: dict[str, object], fits: bool) -> None:
    make_sequence(house, TAGGED, **columns)
    lead_id = make_lead(house, NOW)
    assert bool(rows(house, Enrollment, Enrollment.lead_id == lead_id)) is fits


def test_a_sequence_without_a_step_to_take_enrolls_nobody(house: House) -> None:
    make_sequence(house, [])
    make_lead(house, NOW)
    assert rows(house, Enrollment) == []


def test_one_live_enrollment_a_lead_and_sequence(house: House) -> None:
    lead_id = make_lead(house, NOW)
    assert again(house, lead_id, NOW) == []
    assert len(rows(house, Enrollment)) == 1


def test_at_most_one_even_when_two_enroll_at_once(app: Flask, house: House) -> None:
    make_sequence(house, TAGGED, target_lead_status=["new"], reentry_after_days=0)
    lead_id = make_lead(house, NOW, lead_status=LeadStatus.CONTACTED)
    change(house, Lead, lead_id, lead_status=LeadStatus.NEW)

    def enroll(_: int) -> list[str]:
        with app.app_context():
            return again(house, lead_id, NOW)

    with ThreadPoolExecutor(4) as pool:
        names = [name for enrolled in pool.map(enroll, range(4)) for name in enrolled]
    assert len(names) == len(rows(house, Enrollment)) == 1
    assert one(house, NurtureSequence, NurtureSequence.is_active).total_enrollments == 1


@pytest.mark.parametrize(
    ("after_days", "later", "returns"),
    [(None, 400, False), (0, 0, False), (0, 1 / 24, True), (30, 29, False), (30, 30, True)],
)
def test_reentry_is_never_after_n_days_or_always(
    house: House, after_days: int | None, later: float, returns: bool
) -> None:
    """Always is an hour later at the soonest, so that a sequence cannot make a lead run in circles."""
    make_sequence(house, TAGGED, reentry_after_days=after_days)
    lead_id = make_lead(house, NOW)
    change(house, Enrollment, enrollment(house, lead_id).id, status=EnrollmentStatus.COMPLETED, ended_at=NOW)
    assert bool(again(house, lead_id, NOW + timedelta(days=later))) is returns


def test_another_suppliers_sequences_take_no_part(house: House) -> None:
    make_lead(house, NOW)
    with reading(house.stranger.actor.supplier_id) as session:
        assert session.scalar(select(func.count()).select_from(Enrollment)) == 0
