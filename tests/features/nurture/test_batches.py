"""One supplier's due steps, a batch a transaction: the same as one by one, whoever else is at it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event, select

from app.kernel import clock
from app.kernel.db import db
from app.kernel.uow import unit_of_work
from app.models.choices import EnrollmentStatus, LeadStatus, StepType
from app.models.leads import Lead, StatusHistory, Task
from app.models.messaging import Message
from app.models.nurture import Enrollment, NurtureSequence, StepDecision
from app.models.scoring import ScoreAdjustment
from app.nurture import effects
from app.workflows import run_step as single
from app.workflows import run_steps as workflow
from app.workflows.run_steps import run_steps
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

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)


def take(house: House, at: datetime = NOW) -> None:
    with clock.at(at):
        run_steps(house.supplier_id)


def all_kinds(house: House) -> list[dict[str, Any]]:
    later = {"delay_amount": 1, "delay_unit": "minutes", "send_time": "00:00"}
    return [
        {"step_type": StepType.TAG_ASSIGNMENT, "step_content": '{"add": ["seen"]}'},
        {"step_type": StepType.SCORE_ADJUSTMENT, "step_content": '{"points": 5}', **later},
        {
            "step_type": StepType.TASK_CREATION,
            "step_content": '{"title": "Call {{ couple_names }}"}',
            **later,
        },
        {"step_type": StepType.STATUS_CHANGE, "step_content": '{"status": "contacted"}', **later},
        email_step(house, **later),
    ]


def test_every_kind_of_step_is_taken_for_all_who_are_due(house: House) -> None:
    sequence_id = make_sequence(house, all_kinds(house))
    leads = [make_lead(house, NOW, couple_name_bride=name) for name in ("Anna", "Bea", "Cleo")]
    at = NOW
    for _ in range(5):
        take(house, at)
        at += timedelta(minutes=2)
    for lead_id in leads:
        assert decisions(house, lead_id) == [("done", None)] * 4
        assert [message.state for message in messages(house, lead_id)] == ["due"]
    assert {(lead.lead_status, tuple(lead.tags)) for lead in rows(house, Lead)} == {("contacted", ("seen",))}
    assert [row.points for row in rows(house, ScoreAdjustment)] == [5, 5, 5]
    assert sorted(task.title for task in rows(house, Task)) == ["Call Anna", "Call Bea", "Call Cleo"]
    assert len(rows(house, StatusHistory, StatusHistory.reason == "sequence")) == 3
    assert one(house, NurtureSequence, NurtureSequence.id == sequence_id).total_enrollments == 3


def test_a_batch_costs_few_statements_however_many_are_in_it(house: House) -> None:
    """Reading ones, that is: what happens to each is written for each."""
    make_sequence(house, [{"step_type": StepType.SCORE_ADJUSTMENT, "step_content": '{"points": 1}'}] * 2)

    def statements(leads: int) -> int:
        for _ in range(leads):
            make_lead(house, NOW)
        counted: list[str] = []

        def count(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if statement.lstrip().lower().startswith(("select", "with")):
                counted.append(statement)

        event.listen(db.engine, "before_cursor_execute", count)
        try:
            with clock.at(NOW):
                workflow._batch(house.supplier_id)
        finally:
            event.remove(db.engine, "before_cursor_execute", count)
        with unit_of_work(house.supplier_id) as session:
            for row in session.scalars(select(Enrollment)):
                row.next_execution_at = NOW + timedelta(days=900)
        return len(counted)

    few, many = statements(2), statements(20)
    assert many <= few + 2


def test_two_due_enrollments_of_one_lead_are_taken_one_after_the_other(house: House) -> None:
    tag = {"step_type": StepType.TAG_ASSIGNMENT, "step_content": '{"add": ["a"]}'}
    ids = [make_sequence(house, [tag]) for _ in range(2)]
    with unit_of_work(house.supplier_id) as session:
        for row in session.scalars(select(NurtureSequence).where(NurtureSequence.id.in_(ids))):
            row.is_active = True
    lead_id = make_lead(house, NOW)
    take(house)
    assert sorted(decisions(house, lead_id), key=str) == [("done", None), ("skipped", "tags_unchanged")]


def test_what_cannot_be_taken_holds_up_no_other(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one fake: no input of ours makes an effect raise, so it is made to for one of the leads."""
    make_sequence(house, [{"step_type": StepType.TAG_ASSIGNMENT, "step_content": '{"add": ["dry"]}'}])
    good, bad, better = (make_lead(house, NOW) for _ in range(3))
    carry_out = effects._change_tags

    def burst(session: Any, place: Any, effect: Any, now: datetime) -> None:
        if place.lead.id == bad:
            raise RuntimeError("burst pipe")
        carry_out(session, place, effect, now)

    monkeypatch.setattr(effects, "_change_tags", burst)
    take(house)
    assert decisions(house, good) == decisions(house, better) == [("done", None)]
    assert decisions(house, bad) == [("retry", "error")]
    assert enrollment(house, bad).next_execution_at == NOW + timedelta(minutes=1)


def test_what_cannot_even_be_put_down_as_failed_holds_up_no_other(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two fakes: no input of ours makes either raise."""
    make_sequence(house, [{"step_type": StepType.TAG_ASSIGNMENT, "step_content": '{"add": ["dry"]}'}])
    bad, good = (make_lead(house, NOW) for _ in range(2))
    change(house, Enrollment, enrollment(house, bad).id, next_execution_at=NOW - timedelta(minutes=1))
    carry_out = effects._change_tags

    def burst(*said: Any) -> None:
        if said[1].lead.id == bad:
            raise RuntimeError("burst pipe")
        carry_out(*said)

    def burst_again(*_: Any) -> None:
        raise RuntimeError("and nowhere to write it down")

    monkeypatch.setattr(effects, "_change_tags", burst)
    monkeypatch.setattr(single, "postpone", burst_again)
    monkeypatch.setattr(workflow, "BATCH", 1)  # so that the next batch would begin with the bad one again
    take(house)
    assert (decisions(house, good), decisions(house, bad)) == ([("done", None)], [])
    assert enrollment(house, bad).next_execution_at == NOW + timedelta(hours=1)


def test_five_workers_at_once_take_each_step_once(app: Flask, house: House) -> None:
    make_sequence(house, all_kinds(house)[:3])
    leads = [make_lead(house, NOW) for _ in range(30)]
    together = Barrier(5)

    def work(_: int) -> None:
        with app.app_context(), clock.at(NOW):
            together.wait(20)
            run_steps(house.supplier_id)

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(work, range(5)))
    found = rows(house, StepDecision)
    assert len(found) == len({(row.enrollment_id, row.step_id) for row in found}) == 30
    assert {row.lead_id for row in rows(house, Enrollment)} == set(leads)


def test_after_its_slice_the_rest_waits_behind_the_others(
    app: Flask, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workflow, "BATCH", 2)
    monkeypatch.setattr(workflow, "SLICE", timedelta(0))
    rung: list[tuple[str, UUID]] = []
    monkeypatch.setattr(workflow.jobs, "ring", lambda job, supplier_id: rung.append((job, supplier_id)))
    make_sequence(house, [{"step_type": StepType.TAG_ASSIGNMENT, "step_content": '{"add": ["a"]}'}])
    with pytest.MonkeyPatch.context() as quiet:
        quiet.setattr(workflow.jobs, "ring", lambda *_: None)
        for _ in range(3):
            make_lead(house, NOW)
    take(house)
    assert len(rows(house, StepDecision)) == 2
    assert rung == [("workers.jobs.steps.run_steps", house.supplier_id)]
    rung.clear()
    take(house)
    take(house)
    assert len(rows(house, StepDecision)) == 3
    assert rung == [("workers.jobs.steps.run_steps", house.supplier_id)]  # the last, empty turn rings no more


def test_who_leaves_by_it_is_counted_once_for_its_sequence(house: House) -> None:
    sequence_id = make_sequence(
        house, [{"step_type": StepType.TAG_ASSIGNMENT, "step_content": '{"add": ["a"]}'}]
    )
    for _ in range(4):
        make_lead(house, NOW)
    lost = make_lead(house, NOW)
    change(house, Lead, lost, lead_status=LeadStatus.LOST)
    take(house)
    sequence = one(house, NurtureSequence, NurtureSequence.id == sequence_id)
    assert (sequence.total_enrollments, sequence.ended_enrollments) == (5, 5)
    assert sequence.completion_rate == 80
    assert {row.status for row in rows(house, Enrollment)} == {
        EnrollmentStatus.COMPLETED,
        EnrollmentStatus.CANCELLED,
    }


def test_a_step_that_waits_for_a_yes_writes_a_message_that_waits(house: House) -> None:
    make_sequence(house, [email_step(house, needs_approval=True)])
    lead_id = make_lead(house, NOW)
    take(house)
    (message,) = messages(house, lead_id)
    assert (message.state, enrollment(house, lead_id).next_execution_at) == ("held", None)


def test_a_message_is_worth_sending_as_long_as_its_step(house: House) -> None:
    make_sequence(house, [email_step(house, max_lateness_hours=6)])
    lead_id = make_lead(house, NOW)
    take(house, NOW + timedelta(hours=5))
    assert one(house, Message, Message.lead_id == lead_id).not_after == NOW + timedelta(hours=6)
    late = make_lead(house, NOW)
    take(house, NOW + timedelta(hours=7))
    assert (decisions(house, late), messages(house, late)) == ([("skipped", "too_late")], [])
