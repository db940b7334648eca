"""What each step type does, once, and how an enrollment moves on."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask, current_app
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.kernel import clock
from app.kernel.db import owner_engine
from app.kernel.uow import unit_of_work
from app.models.accounts import Membership, Supplier
from app.models.choices import EnrollmentStatus, InteractionType, LeadStatus, Priority, SequenceType, StepType
from app.models.leads import Lead, LeadInteraction, StatusHistory, Task
from app.models.nurture import Enrollment, NurtureSequence, SequenceStep, StepDecision
from app.models.scoring import ScoreAdjustment
from app.models.sources import LeadSource
from app.nurture.engine.decide import decide
from app.nurture.service import enroll_matching
from app.workflows import take_steps as taking
from app.workflows.deliver_message import deliver_message
from app.workflows.run_step import run_step
from tests.cast import House
from tests.factories.nurture import (
    change,
    decisions,
    email_step,
    enrollment,
    make_lead,
    make_sequence,
    messages,
    one,
    rows,
)

CUT = text(
    "select pg_terminate_backend(pid) from pg_stat_activity"
    " where datname = current_database() and pid <> pg_backend_pid() and application_name = 'wedsync_app'"
)
NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)  # a Wednesday, 11:00 in London


def content(kind: StepType, **said: Any) -> dict[str, Any]:
    return {"step_type": kind, "step_content": json.dumps(said)}


def run(house: House, lead_id: UUID, at: datetime = NOW) -> Enrollment:
    with clock.at(at):
        run_step(house.supplier_id, enrollment(house, lead_id).id)
    return enrollment(house, lead_id)


def deliver(house: House, lead_id: UUID, at: datetime = NOW) -> None:
    with clock.at(at):
        for message in messages(house, lead_id):
            deliver_message(house.supplier_id, message.id)


def test_the_welcome_sequence_from_inquiry_to_the_end(house: House) -> None:
    lead_id = make_lead(house, NOW, couple_name_bride="Anna", couple_name_groom="Ben")
    waiting = run(house, lead_id)
    assert waiting.next_execution_at is None  # until the acknowledgement is out
    deliver(house, lead_id)

    after_first = enrollment(house, lead_id)
    assert after_first.next_execution_at == datetime(2026, 6, 4, 8, 0, tzinfo=UTC)  # Thursday 09:00 in London
    thursday = after_first.next_execution_at
    after_call = run(house, lead_id, thursday)
    task = one(house, Task)
    assert (task.title, task.task_type, task.due_at) == ("Call Anna & Ben", "phone_call", thursday)
    assert one(house, Lead).next_follow_up_at == thursday

    monday = datetime(2026, 6, 8, 8, 0, tzinfo=UTC)  # three days on is a Sunday
    assert after_call.next_execution_at == monday
    run(house, lead_id, monday)
    deliver(house, lead_id, monday)
    done = enrollment(house, lead_id)
    assert (done.status, done.end_reason, done.ended_at) == ("completed", "all_steps_done", monday)
    assert (done.steps_completed, done.completion_rate) == (3, 100)
    assert decisions(house, lead_id) == [("done", None)] * 3
    assert [m.subject for m in messages(house, lead_id)] == [
        "Thank you for your message",
        "Your plans for your special day",
    ]
    assert one(house, NurtureSequence).completion_rate == 100
    assert one(house, Lead).nurture_sequence_id is None


def test_a_score_step_adds_points_that_the_score_shows(house: House) -> None:
    make_sequence(
        house,
        [content(StepType.SCORE_ADJUSTMENT, points=17, reason="Opened the brochure", expires_in_days=10)],
    )
    lead_id = make_lead(house, NOW)
    run(house, lead_id)
    added = one(house, ScoreAdjustment)
    assert (added.points, added.reason, added.expires_at) == (
        17,
        "Opened the brochure",
        NOW + timedelta(days=10),
    )
    assert one(house, Lead).lead_score == 17


def test_a_task_calls_who_gave_no_name_as_our_pages_do(house: House) -> None:
    make_sequence(house, [content(StepType.TASK_CREATION, title="Call {{ couple_names }}")])
    lead_id = make_lead(
        house, NOW, couple_name_bride=None, couple_name_groom=None, primary_email="anna@example.com"
    )
    run(house, lead_id)
    assert one(house, Task).title == "Call anna@example.com"


@pytest.mark.parametrize(
    ("kind", "said", "title", "days"),
    [
        (StepType.TASK_CREATION, {}, "A step", 1),
        (StepType.PHONE_CALL, {}, "A step", 0),
        (StepType.TASK_CREATION, {"title": "Ring", "due_in_days": 0}, "Ring", 0),
        (StepType.PHONE_CALL, {"due_in_days": 3}, "A step", 3),
    ],
)
def test_what_a_task_does_not_say(house: House, kind: StepType, said: Any, title: str, days: int) -> None:
    make_sequence(house, [content(kind, **said) | {"step_name": "A step"}])
    run(house, make_lead(house, NOW))
    task = one(house, Task)
    assert (task.title, task.due_at) == (title, NOW + timedelta(days))


@pytest.mark.parametrize("left", [False, True])
def test_a_task_is_for_whom_its_step_names_while_they_are_there(house: House, left: bool) -> None:
    make_sequence(house, [content(StepType.TASK_CREATION, assigned_to=str(house.member.user_id))])
    lead_id = make_lead(house, NOW, assigned_to_user_id=house.admin.user_id)
    if left:
        with unit_of_work(house.supplier_id) as session:
            session.get_one(Membership, (house.supplier_id, house.member.user_id)).is_active = False
    run(house, lead_id)
    assert one(house, Task).assigned_to_user_id == (house.admin if left else house.member).user_id


def test_a_status_step_moves_an_open_lead_and_says_so(house: House) -> None:
    make_sequence(house, [content(StepType.STATUS_CHANGE, status="contacted")])
    lead_id = make_lead(house, NOW)
    run(house, lead_id)
    assert one(house, Lead).lead_status is LeadStatus.CONTACTED
    moved = one(house, StatusHistory)
    assert (moved.from_status, moved.to_status, moved.reason) == ("new", "contacted", "sequence")
    assert one(house, LeadInteraction, LeadInteraction.interaction_type == InteractionType.STATUS_CHANGED)


def test_a_lead_that_a_step_qualifies_counts_once_for_its_source(house: House) -> None:
    steps = [content(StepType.STATUS_CHANGE, status=s) for s in ("proposal_sent", "contacted", "qualified")]
    make_sequence(house, steps)
    source = one(house, LeadSource, LeadSource.slug == "website")
    lead_id = make_lead(house, NOW, lead_source_id=source.id)
    run(house, lead_id)
    assert one(house, Lead).lead_status is LeadStatus.QUALIFIED
    assert one(house, LeadSource, LeadSource.id == source.id).qualified_leads == 1


def test_a_status_step_never_wins_a_lead(house: House) -> None:
    make_sequence(house, [content(StepType.STATUS_CHANGE, status="won")])
    lead_id = make_lead(house, NOW)
    run(house, lead_id)
    assert one(house, Lead).lead_status is LeadStatus.NEW
    assert decisions(house, lead_id) == [("skipped", "transition_not_allowed")]


def test_a_tag_step_adds_and_removes(house: House) -> None:
    make_sequence(house, [content(StepType.TAG_ASSIGNMENT, add=["warm", "vip"], remove=["cold"])])
    lead_id = make_lead(house, NOW, tags=["cold", "vip"])
    run(house, lead_id)
    assert one(house, Lead).tags == ["vip", "warm"]


def test_a_task_step_takes_its_words_from_the_step(house: House) -> None:
    make_sequence(
        house,
        [
            content(
                StepType.TASK_CREATION,
                title="Send {{ couple_names }} prices",
                due_in_days=2,
                priority="urgent",
            )
        ],
    )
    lead_id = make_lead(house, NOW, couple_name_bride="Anna", assigned_to_user_id=house.member.user_id)
    run(house, lead_id)
    task = one(house, Task)
    assert (task.title, task.priority) == ("Send Anna prices", Priority.URGENT)
    assert (task.due_at, task.assigned_to_user_id) == (NOW + timedelta(days=2), house.member.user_id)


def test_a_task_step_without_content_is_named_after_the_step(house: House) -> None:
    make_sequence(
        house,
        [{"step_type": StepType.PHONE_CALL, "step_name": "Ring them", "step_content": "Ask for the date."}],
    )
    lead_id = make_lead(house, NOW)
    run(house, lead_id)
    assert (one(house, Task).title, one(house, Task).description) == ("Ring them", "Ask for the date.")


def test_an_sms_step_is_skipped_and_says_why(house: House) -> None:
    make_sequence(house, [{"step_type": StepType.SMS}])
    lead_id = make_lead(house, NOW, primary_phone="+447700900123")
    assert run(house, lead_id).completion_rate == 0
    assert decisions(house, lead_id) == [("skipped", "sms_not_configured")]


def test_a_lead_without_address_skips_the_email_and_goes_on_at_once(house: House) -> None:
    make_sequence(house, [email_step(house), content(StepType.TAG_ASSIGNMENT, add=["called"])])
    lead_id = make_lead(house, NOW, primary_email=None, primary_phone="+447700900123")
    ended = run(house, lead_id)
    assert decisions(house, lead_id) == [("skipped", "no_email"), ("done", None)]
    assert (ended.steps_completed, ended.steps_skipped, ended.completion_rate) == (1, 1, 100)


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ({"content": "{{ lead_score }}"}, "template_error"),
        ({"content": "{% for i in (1..100000000) %}x{% endfor %}"}, "template_error"),
        ({"subject": "{% if"}, "template_error"),
        ({"email_template_id": None}, "template_missing"),
    ],
)
def test_an_email_that_cannot_be_rendered_has_failed_and_is_not_sent(
    house: House, template: dict[str, Any], reason: str
) -> None:
    make_sequence(house, [email_step(house, **template)])
    lead_id = make_lead(house, NOW)
    ended = run(house, lead_id)
    assert messages(house, lead_id) == []
    assert decisions(house, lead_id) == [("failed", reason)]
    assert (ended.status, ended.steps_completed, ended.completion_rate) == ("completed", 0, 0)


def test_a_failure_halts_the_sequence_that_says_so(house: House) -> None:
    make_sequence(
        house,
        [content(StepType.SCORE_ADJUSTMENT, points="many"), content(StepType.TAG_ASSIGNMENT, add=["after"])],
        halts_on_failure=True,
    )
    lead_id = make_lead(house, NOW)
    ended = run(house, lead_id)
    assert (ended.status, ended.end_reason) == (EnrollmentStatus.FAILED, "step_failed")
    assert decisions(house, lead_id) == [("failed", "unreadable_step")]
    assert one(house, Lead).tags == []


def test_somebody_is_told_of_a_step_that_failed(house: House) -> None:
    make_sequence(house, [email_step(house, step_name="Brochure", content="{{ nonsense }}")])
    lead_id = make_lead(house, NOW, couple_name_bride="Anna")
    run(house, lead_id)
    task = one(house, Task)
    assert (task.title, task.task_type) == ("Brochure did not work for Anna", "step_failed")
    assert task.assigned_to_user_id == house.owner.user_id
    assert one(house, Lead).next_follow_up_at == NOW


def test_the_lead_names_the_sequence_it_is_in(house: House) -> None:
    welcome = one(house, NurtureSequence).id
    lead_id = make_lead(house, NOW)
    make_sequence(house, [content(StepType.TAG_ASSIGNMENT, add=["x"])])
    with unit_of_work(house.supplier_id) as session:
        enroll_matching(session, session.get_one(Lead, (house.supplier_id, lead_id)), NOW)
    assert one(house, Lead).nurture_sequence_id == welcome
    change(house, Lead, lead_id, opt_out_date=NOW)
    for taken in rows(house, Enrollment):
        with clock.at(NOW):
            run_step(house.supplier_id, taken.id)
    assert one(house, Lead).nurture_sequence_id is None


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"lead_status": LeadStatus.WON}, "lead_won"),
        ({"lead_status": LeadStatus.LOST}, "lead_lost"),
        ({"lead_status": LeadStatus.SPAM}, "lead_spam"),
        ({"opt_out_date": NOW}, "opted_out"),
    ],
)
def test_a_lead_that_is_gone_ends_the_enrollment_with_a_code(
    house: House, columns: dict[str, Any], reason: str
) -> None:
    lead_id = make_lead(house, NOW)
    change(house, Lead, lead_id, **columns)
    ended = run(house, lead_id)
    assert (ended.status, ended.end_reason) == (EnrollmentStatus.CANCELLED, reason)
    assert messages(house, lead_id) == []
    entry = one(house, LeadInteraction, LeadInteraction.interaction_type == InteractionType.SEQUENCE_ENDED)
    assert entry.interaction_outcome == reason


def test_a_paused_lead_keeps_its_place_and_goes_on_when_resumed(house: House) -> None:
    lead_id = make_lead(house, NOW)
    change(house, Lead, lead_id, automation_paused=True)
    held = run(house, lead_id)
    assert (held.status, held.next_execution_at) == (EnrollmentStatus.ACTIVE, NOW + timedelta(hours=1))
    change(house, Lead, lead_id, automation_paused=False)
    run(house, lead_id, NOW + timedelta(hours=1))
    assert len(messages(house, lead_id)) == 1
    assert decisions(house, lead_id) == []


def test_a_step_that_is_not_due_is_not_taken(house: House) -> None:
    lead_id = make_lead(house, NOW)
    run(house, lead_id, NOW - timedelta(seconds=1))
    assert messages(house, lead_id) == []


def test_a_holiday_moves_the_call(house: House) -> None:
    with unit_of_work(house.supplier_id) as session:
        session.get_one(Supplier, house.supplier_id).holidays = [date(2026, 6, 4)]
    lead_id = make_lead(house, NOW)
    run(house, lead_id)
    deliver(house, lead_id)
    assert enrollment(house, lead_id).next_execution_at == datetime(2026, 6, 5, 8, 0, tzinfo=UTC)


def test_running_many_times_at_once_has_the_effect_of_once(app: Flask, house: House) -> None:
    steps = [
        content(StepType.SCORE_ADJUSTMENT, points=5),
        content(StepType.TASK_CREATION, title="One task"),
        email_step(house),
    ]
    make_sequence(house, steps)
    lead_id = make_lead(house, NOW)
    enrollment_id = enrollment(house, lead_id).id

    def go(_: int) -> None:
        with app.app_context(), clock.at(NOW):
            run_step(house.supplier_id, enrollment_id)

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(go, range(5)))
    assert len(rows(house, ScoreAdjustment)) == len(rows(house, Task)) == len(messages(house, lead_id)) == 1
    assert decisions(house, lead_id) == [("done", None), ("done", None)]
    assert enrollment(house, lead_id).steps_completed == 2


def test_an_unexpected_error_is_written_down_and_tried_again_five_times(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one fake: no input of ours makes the engine's shell raise, so it is made to."""

    def burst(*_: Any, **__: Any) -> None:
        raise RuntimeError("burst pipe")

    monkeypatch.setattr(taking, "follow_leads", burst)
    make_sequence(house, [content(StepType.TAG_ASSIGNMENT, add=["wet"])])
    lead_id = make_lead(house, NOW)
    moments = [NOW]
    while enrollment(house, lead_id).status is EnrollmentStatus.ACTIVE:
        after = run(house, lead_id, moments[-1])
        moments.append(after.next_execution_at or moments[-1])
    assert decisions(house, lead_id) == [("retry", "error")] * 4 + [("failed", "tries_used_up")]
    assert moments[4] - NOW <= timedelta(hours=24)
    assert one(house, Lead).tags == []
    assert "burst pipe" in rows(house, StepDecision)[0].details["problem"]


def test_the_sequences_rates_equal_a_recount(house: House) -> None:
    steps = [
        content(StepType.TAG_ASSIGNMENT, add=["a"]),
        {"step_type": StepType.SMS},
        {**email_step(house), "delay_amount": 1, "delay_unit": "days"},
    ]
    sequence_id = make_sequence(house, steps)
    finished, won, live = (make_lead(house, NOW) for _ in range(3))
    for lead_id in (finished, won, live):
        run(house, lead_id)
    tomorrow = enrollment(house, finished).next_execution_at
    assert tomorrow
    run(house, finished, tomorrow)
    deliver(house, finished, tomorrow)
    change(house, Lead, won, lead_status=LeadStatus.WON)
    change(house, Enrollment, enrollment(house, won).id, converted=True)
    run(house, won, tomorrow)
    make_lead(house, tomorrow)
    sequence = one(house, NurtureSequence, NurtureSequence.id == sequence_id)
    assert sequence.total_enrollments == 4
    assert enrollment(house, finished).completion_rate == 100  # tag and e-mail; the SMS did not apply
    assert enrollment(house, won).completion_rate == 50
    assert sequence.completion_rate == 75  # the mean of the two that ended
    assert sequence.conversion_rate == 50  # of the same two


def test_a_sequence_for_booked_couples_runs_on(house: House) -> None:
    make_sequence(
        house,
        [content(StepType.TAG_ASSIGNMENT, add=["booked"])],
        target_lead_status=["won"],
        sequence_type=SequenceType.PRE_WEDDING,
    )
    lead_id = make_lead(house, NOW, lead_status=LeadStatus.WON)
    run(house, lead_id)
    assert one(house, Lead).tags == ["booked"]


def test_a_published_step_never_changes_for_those_under_way(house: House) -> None:
    sequence_id = make_sequence(house, [content(StepType.TAG_ASSIGNMENT, add=["old"])])
    lead_id = make_lead(house, NOW)
    with unit_of_work(house.supplier_id) as session:
        session.execute(
            text("update nurture_sequences set published_version = 2 where id = :id"), {"id": sequence_id}
        )
        plain = {"step_order": 1, "step_name": "New", "delay_amount": 0, "delay_unit": "minutes"}
        step = content(StepType.TAG_ASSIGNMENT, add=["new"])
        session.add(
            SequenceStep(supplier_id=house.supplier_id, sequence_id=sequence_id, version=2, **plain, **step)
        )
    run(house, lead_id)
    assert one(house, Lead).tags == ["old"]


def test_a_database_that_goes_away_is_no_fault_of_the_step(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stays due and no attempt is counted: the sweep finds it when the database is back."""
    make_sequence(house, [content(StepType.TASK_CREATION, title="Call")])
    lead_id = make_lead(house, NOW)
    before = enrollment(house, lead_id).next_execution_at
    owner = owner_engine(current_app.config["DATABASE_URL"])

    def decide_and_be_cut(*facts: Any) -> Any:
        with owner.begin() as connection:
            connection.execute(CUT)
        return decide(*facts)

    with monkeypatch.context() as cut:
        cut.setattr(taking, "decide", decide_and_be_cut)
        with pytest.raises(OperationalError):
            run(house, lead_id)
    assert (decisions(house, lead_id), rows(house, Task)) == ([], [])
    assert enrollment(house, lead_id).next_execution_at == before
    run(house, lead_id)
    assert one(house, Task).title == "Call"
