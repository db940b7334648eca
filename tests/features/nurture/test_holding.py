"""Places that wait while a lead is paused or its sequence is off: they go on at once, or leave together."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from uuid_utils.compat import uuid7

from app.kernel import clock, jobs
from app.kernel.errors import Conflict, NotFound, NotPermitted
from app.leads.schemas import LeadUpdate
from app.models.choices import EnrollmentStatus, StepType
from app.models.leads import Lead
from app.models.nurture import Enrollment, NurtureSequence
from app.nurture.authoring.sequences import delete_sequence, update_sequence
from app.workflows import end_enrollments as ending
from app.workflows import wake_enrollments as waking
from app.workflows.deliver_messages import deliver_messages
from app.workflows.end_enrollments import end_enrollments
from app.workflows.go_on_ending import go_on_ending
from app.workflows.pause_enrollment import pause_enrollment
from app.workflows.remove_sequence import remove_sequence
from app.workflows.run_steps import run_steps
from app.workflows.update_lead import update_lead
from app.workflows.wake_enrollments import wake_enrollments
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
from tests.features.nurture.writing import settings

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)  # a Wednesday, 11:00 in London
LATER = NOW + timedelta(days=1, minutes=20)
TAG = {"step_type": StepType.TAG_ASSIGNMENT, "step_content": '{"add": ["seen"]}'}
TOMORROW = {"delay_amount": 1, "delay_unit": "days", "anchor": "enrollment"}
NEXT = {"delay_amount": 2, "delay_unit": "days"}


@pytest.fixture(autouse=True)
def at_noon(app: Flask) -> Iterator[None]:
    with app.app_context(), clock.at(NOW):
        yield


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The jobs that left after a commit, by name."""
    left: list[str] = []
    monkeypatch.setattr(
        jobs, "send", lambda bells: left.extend(bell.job.rpartition(".")[2] for bell in bells)
    )
    return left


def switch(house: House, sequence_id: UUID, is_on: bool) -> None:
    update_sequence(house.owner.actor, sequence_id, settings(is_active=is_on))


def pause(house: House, lead_id: UUID, paused: bool) -> None:
    update_lead(house.owner.actor, lead_id, LeadUpdate.model_validate({"automation_paused": paused}))


def work(house: House) -> None:
    run_steps(house.supplier_id)
    deliver_messages(house.supplier_id)


def under_way(house: House, steps: list[dict[str, Any]], leads: int = 1) -> tuple[UUID, list[UUID]]:
    sequence_id = make_sequence(house, steps)
    return sequence_id, [make_lead(house, NOW) for _ in range(leads)]


def test_what_fell_due_while_a_lead_was_paused_goes_as_soon_as_it_is_not(
    house: House, rung: list[str]
) -> None:
    _, (lead_id,) = under_way(house, [{**TAG, **TOMORROW}, email_step(house, **NEXT)])
    pause(house, lead_id, True)
    with clock.at(LATER):
        work(house)
        assert enrollment(house, lead_id).next_execution_at == LATER + timedelta(hours=1)
        rung.clear()
        pause(house, lead_id, False)
        assert {"run_steps", "deliver_due"} <= set(rung)
        work(house)
    assert decisions(house, lead_id) == [("done", None)]


def test_what_was_written_before_the_pause_leaves_after_it(house: House) -> None:
    sequence_id, (lead_id,) = under_way(house, [email_step(house)])
    run_steps(house.supplier_id)
    pause(house, lead_id, True)
    deliver_messages(house.supplier_id)
    assert messages(house, lead_id)[0].due_at == NOW + timedelta(hours=1)
    pause(house, lead_id, False)
    deliver_messages(house.supplier_id)
    assert messages(house, lead_id)[0].state == "accepted"
    assert enrollment(house, lead_id).sequence_id == sequence_id


def test_a_place_that_is_paused_itself_stays_so(house: House) -> None:
    _, (lead_id,) = under_way(house, [{**TAG, **TOMORROW}])
    pause_enrollment(house.owner.actor, enrollment(house, lead_id).id)
    pause(house, lead_id, True)
    with clock.at(LATER):
        pause(house, lead_id, False)
        work(house)
    assert (decisions(house, lead_id), enrollment(house, lead_id).status) == ([], EnrollmentStatus.PAUSED)


def test_a_sequence_that_is_on_again_goes_on_at_once_with_all_whom_it_held(
    house: House, rung: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waking, "BATCH", 2)
    sequence_id, leads = under_way(house, [{**TAG, **TOMORROW}, {**TAG, **TOMORROW, "delay_amount": 9}], 5)
    written = make_lead(house, NOW)
    pause_enrollment(house.owner.actor, enrollment(house, leads[4]).id)
    switch(house, sequence_id, False)
    with clock.at(LATER):
        work(house)
        assert {enrollment(house, one).next_execution_at for one in leads[:4]} == {LATER + timedelta(hours=1)}
        rung.clear()
        switch(house, sequence_id, True)
        assert rung == ["wake"]
        rung.clear()
        wake_enrollments(house.supplier_id, sequence_id)
        assert {"run_steps", "deliver_due"} == set(rung)
        work(house)
    assert all(decisions(house, lead_id) == [("done", None)] for lead_id in (*leads[:4], written))
    assert decisions(house, leads[4]) == []


def test_a_message_that_waited_for_its_sequence_leaves_with_it(house: House) -> None:
    sequence_id, (lead_id,) = under_way(house, [email_step(house)])
    run_steps(house.supplier_id)
    switch(house, sequence_id, False)
    deliver_messages(house.supplier_id)
    assert (messages(house, lead_id)[0].reason, messages(house, lead_id)[0].state) == ("sequence_off", "due")
    switch(house, sequence_id, True)
    wake_enrollments(house.supplier_id, sequence_id)
    deliver_messages(house.supplier_id)
    assert messages(house, lead_id)[0].state == "accepted"


def test_whom_a_long_turn_leaves_is_rung_for_and_what_is_off_again_stays(
    house: House, rung: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waking, "BATCH", 1)
    monkeypatch.setattr(waking, "TURN", 2)
    sequence_id, leads = under_way(house, [{**TAG, **TOMORROW}], 3)
    switch(house, sequence_id, False)
    with clock.at(LATER):
        work(house)
        wake_enrollments(house.supplier_id, sequence_id)
        assert "wake" not in rung, "it is off"
        switch(house, sequence_id, True)
        rung.clear()
        wake_enrollments(house.supplier_id, sequence_id)
        assert rung.count("wake") == 1
        still = [one for one in sorted(leads) if enrollment(house, one).next_execution_at != LATER]
        assert still == sorted(leads)[2:]
        wake_enrollments(house.supplier_id, sequence_id, sorted(leads)[1])
        assert enrollment(house, still[0]).next_execution_at == LATER
    wake_enrollments(house.supplier_id, uuid7())  # deleted meanwhile


def test_all_leave_a_sequence_that_is_off_and_their_record_tells_it(
    house: House, rung: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ending, "BATCH", 2)
    sequence_id, leads = under_way(house, [email_step(house, needs_approval=True), TAG], 3)
    run_steps(house.supplier_id)
    with pytest.raises(Conflict, match="switch it off"):
        end_enrollments(house.owner.actor, sequence_id)
    switch(house, sequence_id, False)
    rung.clear()
    done = end_enrollments(house.owner.actor, sequence_id)
    assert (done.ended, done.left, rung) == (2, 1, ["end"])
    go_on_ending(house.supplier_id, sequence_id)
    again = end_enrollments(house.owner.actor, sequence_id)
    assert (again.ended, again.left) == (0, 0)
    for lead_id in leads:
        left = enrollment(house, lead_id)
        assert (left.status, left.end_reason, left.ended_at) == ("cancelled", "sequence_ended", NOW)
        assert decisions(house, lead_id) == [("ended", "sequence_ended")]
        assert [(m.state, m.reason) for m in messages(house, lead_id)] == [("skipped", "enrollment_ended")]
        assert one(house, Lead, Lead.id == lead_id).nurture_sequence_id is None
    row = one(house, NurtureSequence, NurtureSequence.id == sequence_id)
    assert (row.total_enrollments, row.ended_enrollments) == (3, 3)


def test_an_archived_sequence_keeps_nobody_and_one_without_leads_is_gone(house: House) -> None:
    sequence_id, (lead_id,) = under_way(house, [{**TAG, **TOMORROW}])
    done = remove_sequence(house.owner.actor, sequence_id)
    assert (done.archived, done.ended, done.left) == (True, 1, 0)
    assert enrollment(house, lead_id).end_reason == "sequence_ended"
    assert one(house, NurtureSequence, NurtureSequence.id == sequence_id).is_active is False
    fresh = make_sequence(house, [TAG])
    assert remove_sequence(house.owner.actor, fresh).archived is False


def test_ending_stops_when_the_sequence_is_on_again(house: House) -> None:
    sequence_id, (lead_id,) = under_way(house, [{**TAG, **TOMORROW}])
    go_on_ending(house.supplier_id, sequence_id)
    assert enrollment(house, lead_id).status is EnrollmentStatus.ACTIVE
    go_on_ending(house.supplier_id, uuid7())  # deleted meanwhile


def test_three_at_once_end_each_once_and_who_takes_a_step_meanwhile_waits(app: Flask, house: House) -> None:
    sequence_id, leads = under_way(house, [TAG, TAG, TAG], 12)
    change(house, NurtureSequence, sequence_id, is_active=False)
    together = Barrier(3)

    def act(number: int) -> None:
        with app.app_context(), clock.at(NOW):
            together.wait(20)
            if number:
                go_on_ending(house.supplier_id, sequence_id)
            else:
                run_steps(house.supplier_id)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(act, range(3)))
    assert {row.end_reason for row in rows(house, Enrollment)} == {"sequence_ended"}
    assert all(decisions(house, lead_id) == [("ended", "sequence_ended")] for lead_id in leads)
    assert one(house, NurtureSequence, NurtureSequence.id == sequence_id).ended_enrollments == 12


def test_only_who_may_write_sequences_ends_them(house: House) -> None:
    sequence_id, _ = under_way(house, [TAG])
    delete_sequence(house.owner.actor, sequence_id)
    with pytest.raises(NotPermitted):
        end_enrollments(house.member.actor, sequence_id)
    with pytest.raises(NotFound):
        end_enrollments(house.stranger.actor, sequence_id)
