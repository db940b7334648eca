"""What a person does to a lead's place in a sequence."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from uuid_utils.compat import uuid7

from app.kernel import clock
from app.kernel.db import Base
from app.kernel.errors import Conflict, NotFound, NotPermitted
from app.kernel.uow import reading
from app.models.choices import EnrollmentStatus, MessageState
from app.models.leads import Lead
from app.models.messaging import Message
from app.models.nurture import Enrollment, NurtureSequence, StepDecision
from app.workflows.begin_day import begin_day
from app.workflows.decide_message import Decision, decide_message
from app.workflows.deliver_messages import deliver_messages
from app.workflows.end_enrollment import end_enrollment
from app.workflows.pause_enrollment import pause_enrollment
from app.workflows.resume_enrollment import resume_enrollment
from app.workflows.run_steps import run_steps
from app.workflows.send_step_now import send_step_now
from app.workflows.skip_step import skip_step
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

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)  # a Wednesday, 11:00 in London
NIGHT = datetime(2026, 6, 3, 22, 0, tzinfo=UTC)
TOMORROW = {"delay_amount": 1, "delay_unit": "days"}
ON, OFF = {"is_active": True}, {"is_active": False}


@pytest.fixture(autouse=True)
def at_noon(app: Flask) -> Iterator[None]:
    with app.app_context(), clock.at(NOW):
        yield


def enter(house: House, *steps: dict[str, Any], **sequence: Any) -> Enrollment:
    make_sequence(house, steps or [email_step(house, **TOMORROW), email_step(house, **TOMORROW)], **sequence)
    return enrollment(house, make_lead(house, NOW))


def work(house: House, at: datetime) -> None:
    with clock.at(at):
        run_steps(house.supplier_id)
        deliver_messages(house.supplier_id)


def audited(house: House) -> list[str]:
    log = Base.metadata.tables["audit_log"]
    with reading(house.supplier_id) as session:
        return list(session.scalars(select(log.c.action).order_by(log.c.id)))


def test_a_paused_place_is_held_and_resumed_where_it_was(house: House) -> None:
    place = enter(house)
    for _ in range(2):
        pause_enrollment(house.member.actor, place.id)
    paused = enrollment(house, place.lead_id)
    assert (paused.status, paused.paused_at) == (EnrollmentStatus.PAUSED, NOW)
    work(house, NOW + timedelta(days=4))
    assert messages(house, place.lead_id) == []

    sunday = datetime(2026, 6, 7, 12, 0, tzinfo=UTC)
    with clock.at(sunday):
        for _ in range(2):
            resume_enrollment(house.member.actor, place.id)
    resumed = enrollment(house, place.lead_id)
    assert (resumed.status, resumed.paused_at, resumed.current_step_id) == (
        "active",
        None,
        place.current_step_id,
    )
    assert resumed.next_execution_at == sunday
    assert audited(house).count("paused") == audited(house).count("resumed") == 1


def test_what_fell_due_meanwhile_comes_in_its_window(house: House) -> None:
    place = enter(house, email_step(house, **TOMORROW, send_time="09:00", send_days=[1, 2, 3, 4, 5]))
    pause_enrollment(house.member.actor, place.id)
    with clock.at(datetime(2026, 6, 6, 21, 0, tzinfo=UTC)):  # Saturday night
        resume_enrollment(house.member.actor, place.id)
    assert enrollment(house, place.lead_id).next_execution_at == datetime(2026, 6, 8, 8, 0, tzinfo=UTC)


def test_a_message_that_is_written_waits_with_the_pause(house: House) -> None:
    place = enter(house, email_step(house))
    with clock.at(NOW):
        run_steps(house.supplier_id)
    pause_enrollment(house.member.actor, place.id)
    deliver_messages(house.supplier_id)
    (message,) = messages(house, place.lead_id)
    assert (message.state, message.reason) == ("due", "enrollment_paused")
    resume_enrollment(house.member.actor, place.id)
    deliver_messages(house.supplier_id)
    assert messages(house, place.lead_id)[0].state == "accepted"


def test_a_step_is_skipped_and_the_next_one_comes(house: House) -> None:
    place = enter(house)
    assert place.current_step_id
    skip_step(house.member.actor, place.id, place.current_step_id)
    after = enrollment(house, place.lead_id)
    assert (decisions(house, place.lead_id), after.steps_skipped) == ([("skipped", "skipped_by_hand")], 1)
    assert after.current_step_id != place.current_step_id
    with pytest.raises(Conflict, match="at another step"):
        skip_step(house.member.actor, place.id, place.current_step_id)


@pytest.mark.parametrize("held", [False, True])
def test_skipping_a_step_whose_message_is_written_keeps_it_from_leaving(house: House, held: bool) -> None:
    place = enter(house, email_step(house, needs_approval=held), email_step(house, **TOMORROW))
    assert place.current_step_id
    run_steps(house.supplier_id)
    skip_step(house.member.actor, place.id, place.current_step_id)
    deliver_messages(house.supplier_id)
    (message,) = messages(house, place.lead_id)
    assert (message.state, message.reason) == ("skipped", "skipped_by_hand")
    assert decisions(house, place.lead_id) == [("skipped", "skipped_by_hand")]


def test_a_message_that_is_leaving_cannot_be_skipped(house: House) -> None:
    place = enter(house, email_step(house))
    assert place.current_step_id
    run_steps(house.supplier_id)
    change(house, Message, messages(house, place.lead_id)[0].id, state=MessageState.SENDING)
    with pytest.raises(Conflict, match="leaving this very moment"):
        skip_step(house.member.actor, place.id, place.current_step_id)


@pytest.mark.parametrize("act", [skip_step, send_step_now])
def test_what_nobody_knows_about_is_settled_first(house: House, act: Callable[..., Any]) -> None:
    place = enter(house, email_step(house))
    run_steps(house.supplier_id)
    change(house, Message, messages(house, place.lead_id)[0].id, state=MessageState.UNCERTAIN)
    before = audited(house)
    with pytest.raises(Conflict, match="Nobody knows whether its message left"):
        act(house.member.actor, place.id, place.current_step_id)
    assert audited(house) == before


def test_sent_now_whatever_the_hour(house: House) -> None:
    place = enter(house)
    assert place.current_step_id
    with clock.at(NIGHT):
        send_step_now(house.member.actor, place.id, place.current_step_id)
        deliver_messages(house.supplier_id)
    (message,) = messages(house, place.lead_id)
    assert (message.state, message.sent_by_user_id) == ("accepted", house.member.user_id)
    assert events(house, message.id) == ["approved", "claimed", "accepted"]
    assert decisions(house, place.lead_id) == [("done", None)]


def test_sent_now_still_respects_an_opt_out_of_the_address(house: House) -> None:
    place = enter(house)
    assert place.current_step_id
    send_step_now(house.member.actor, place.id, place.current_step_id)
    change(house, Lead, place.lead_id, opt_out_date=NOW)
    deliver_messages(house.supplier_id)
    assert [(m.state, m.reason) for m in messages(house, place.lead_id)] == [("skipped", "opted_out")]


def test_a_message_that_waits_for_the_morning_can_be_sent_now(house: House) -> None:
    place = enter(house, email_step(house))
    assert place.current_step_id
    with clock.at(NIGHT):
        work(house, NIGHT)
        assert messages(house, place.lead_id)[0].reason == "quiet_hours"
        send_step_now(house.member.actor, place.id, place.current_step_id)
        deliver_messages(house.supplier_id)
    assert messages(house, place.lead_id)[0].state == "accepted"


def test_a_step_that_does_not_apply_says_so_and_stays(house: House) -> None:
    place = enter(house, email_step(house, **TOMORROW, execution_conditions={"required_tags": ["vip"]}))
    assert place.current_step_id
    with pytest.raises(Conflict, match="now: conditions not met"):
        send_step_now(house.member.actor, place.id, place.current_step_id)
    assert enrollment(house, place.lead_id).next_execution_at == place.next_execution_at
    pause_enrollment(house.member.actor, place.id)
    with pytest.raises(Conflict, match="paused"):
        send_step_now(house.member.actor, place.id, place.current_step_id)


def test_the_lead_leaves_and_what_waits_is_not_sent(house: House) -> None:
    place = enter(house, email_step(house, needs_approval=True))
    run_steps(house.supplier_id)
    end_enrollment(house.member.actor, place.id)
    ended = enrollment(house, place.lead_id)
    assert (ended.status, ended.end_reason) == (EnrollmentStatus.CANCELLED, "ended_by_hand")
    assert [(m.state, m.reason) for m in messages(house, place.lead_id)] == [("skipped", "enrollment_ended")]
    with pytest.raises(Conflict, match=r"already \(ended by hand\)"):
        end_enrollment(house.member.actor, place.id)
    assert one(house, NurtureSequence, NurtureSequence.is_active).ended_enrollments == 1


def test_a_yes_lets_a_held_message_leave_and_a_no_lets_the_sequence_go_on(house: House) -> None:
    place = enter(house, email_step(house, needs_approval=True), email_step(house, needs_approval=True))
    run_steps(house.supplier_id)
    deliver_messages(house.supplier_id)
    (first,) = messages(house, place.lead_id)
    assert (first.state, events(house, first.id)) == ("held", ["held"])
    decide_message(house.member.actor, first.id, Decision.APPROVE)
    deliver_messages(house.supplier_id)
    assert events(house, first.id) == ["held", "approved", "claimed", "accepted"]
    with pytest.raises(Conflict, match="nobody's yes"):
        decide_message(house.member.actor, first.id, Decision.REJECT)

    run_steps(house.supplier_id)
    second = messages(house, place.lead_id)[1]
    decide_message(house.member.actor, second.id, Decision.REJECT)
    assert decisions(house, place.lead_id) == [("done", None), ("skipped", "rejected")]
    assert enrollment(house, place.lead_id).status is EnrollmentStatus.COMPLETED


def test_a_yes_at_night_waits_for_the_morning(house: House) -> None:
    place = enter(house, email_step(house, needs_approval=True))
    run_steps(house.supplier_id)
    with clock.at(NIGHT):
        decide_message(house.member.actor, messages(house, place.lead_id)[0].id, Decision.APPROVE)
        deliver_messages(house.supplier_id)
    (message,) = messages(house, place.lead_id)
    assert (message.state, message.due_at) == ("due", datetime(2026, 6, 4, 8, 0, tzinfo=UTC))


def test_a_message_that_nobody_decides_on_is_dropped_once_it_is_late(house: House) -> None:
    place = enter(house, email_step(house, needs_approval=True, max_lateness_hours=5), email_step(house))
    run_steps(house.supplier_id)
    with clock.at(NOW + timedelta(hours=5)):
        begin_day(house.supplier_id)
    (message,) = messages(house, place.lead_id)
    assert message.state == "held"
    with clock.at(NOW + timedelta(hours=6)):
        begin_day(house.supplier_id)
        begin_day(house.supplier_id)
    (message,) = messages(house, place.lead_id)
    assert (message.state, message.reason) == ("skipped", "too_late")
    assert events(house, message.id) == ["held", "skipped"]
    assert decisions(house, place.lead_id) == [("skipped", "too_late")]
    assert enrollment(house, place.lead_id).next_execution_at, "and the sequence goes on"


def test_who_may_not_write_leads_may_do_none_of_it(house: House) -> None:
    place = enter(house)
    assert place.current_step_id
    for act in (pause_enrollment, resume_enrollment, end_enrollment):
        with pytest.raises(NotPermitted):
            act(house.viewer.actor, place.id)
        for nobody in (uuid7(), place.id):
            with pytest.raises(NotFound):
                act(house.stranger.actor, nobody)
    for at_step in (skip_step, send_step_now):
        with pytest.raises(NotPermitted):
            at_step(house.viewer.actor, place.id, place.current_step_id)
    with pytest.raises(NotPermitted):
        decide_message(house.viewer.actor, uuid7(), Decision.APPROVE)
    with pytest.raises(NotFound):
        decide_message(house.stranger.actor, uuid7(), Decision.APPROVE)


def test_who_was_paused_for_weeks_gets_nothing_stale_and_goes_on(house: House) -> None:
    """A follow-up is welcome for a week after it was due; time that it was held counts."""
    place = enter(house)
    pause_enrollment(house.member.actor, place.id)
    later = NOW + timedelta(days=21)
    with clock.at(later):
        resume_enrollment(house.member.actor, place.id)
    assert enrollment(house, place.lead_id).due_at == place.due_at
    work(house, later + timedelta(minutes=1))
    assert (decisions(house, place.lead_id), messages(house, place.lead_id)) == (
        [("skipped", "too_late")],
        [],
    )
    assert enrollment(house, place.lead_id).next_execution_at == datetime(2026, 6, 25, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("model", "held", "free"),
    [(Lead, {"automation_paused": True}, {"automation_paused": False}), (NurtureSequence, OFF, ON)],
)
def test_looking_at_it_while_it_is_held_makes_it_no_less_late(
    house: House, model: type[Lead | NurtureSequence], held: dict[str, Any], free: dict[str, Any]
) -> None:
    place = enter(house)
    row_id = place.lead_id if model is Lead else place.sequence_id
    change(house, model, row_id, **held)
    for days in range(1, 20):
        work(house, NOW + timedelta(days=days))
    assert (decisions(house, place.lead_id), messages(house, place.lead_id)) == ([], [])
    change(house, model, row_id, **free)
    work(house, NOW + timedelta(days=20))
    assert decisions(house, place.lead_id) == [("skipped", "too_late")]
    with reading(house.supplier_id) as session:
        (row,) = session.scalars(select(StepDecision))
        assert row.lateness_seconds > timedelta(days=18).total_seconds()


def test_a_person_may_still_send_what_would_be_too_late(house: House) -> None:
    place = enter(house)
    pause_enrollment(house.member.actor, place.id)
    with clock.at(NOW + timedelta(days=21)):
        resume_enrollment(house.member.actor, place.id)
        send_step_now(house.member.actor, place.id, place.current_step_id)
        deliver_messages(house.supplier_id)
    assert [message.state for message in messages(house, place.lead_id)] == ["accepted"]
