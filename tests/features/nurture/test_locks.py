"""Two at the same couples and sequences: whoever comes second waits, and nobody is turned away."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier, Event
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from app.kernel import clock
from app.kernel.db import db
from app.kernel.uow import unit_of_work
from app.leads.schemas import StatusMove
from app.models.accounts import LOST_REASONS
from app.models.choices import EnrollmentStatus, StepType
from app.models.leads import Lead
from app.models.nurture import Enrollment, NurtureSequence
from app.nurture.claims import claim_due
from app.workflows.change_status import change_status
from app.workflows.opt_out import opt_out
from app.workflows.pause_enrollment import pause_enrollment
from app.workflows.run_step import run_step
from app.workflows.run_steps import run_steps
from tests.cast import House
from tests.factories.nurture import email_step, make_lead, make_sequence, messages, one, rows

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)


def test_a_couple_opts_out_while_another_comes_in(app: Flask, house: House) -> None:
    """Both touch the same sequences, whose order by age is not that by name."""
    for name in ("Second by name", "First by name"):
        make_sequence(house, [email_step(house)], sequence_name=name)
    with unit_of_work(house.supplier_id) as session:
        session.execute(update(NurtureSequence).values(is_active=NurtureSequence.sequence_name != "Welcome"))
    start = Barrier(2)

    def leave(lead_id: UUID) -> None:
        with app.app_context():
            for row in rows(house, Enrollment, Enrollment.lead_id == lead_id):
                with clock.at(NOW):
                    run_step(house.supplier_id, row.id)
            message = messages(house, lead_id)[0]
            start.wait(10)
            opt_out(house.supplier_id, message.id)

    def come(_lead_id: UUID) -> None:
        with app.app_context():
            start.wait(10)
            make_lead(house, NOW)

    for _ in range(15):
        lead_id = make_lead(house, NOW)
        with ThreadPoolExecutor(2) as pool:
            done = [pool.submit(each, lead_id) for each in (leave, come)]
            assert [future.exception(30) for future in done] == [None, None]
        ended = rows(house, Enrollment, Enrollment.lead_id == lead_id)
        assert {row.status for row in ended} == {EnrollmentStatus.CANCELLED}


TAG = {"step_type": StepType.TAG_ASSIGNMENT, "step_content": '{"add": ["seen"]}'}


def moved(house: House, enrollment_id: UUID, winner: UUID) -> Any:
    """What a merge does to the enrollment."""
    return update(Enrollment).where(Enrollment.id == enrollment_id).values(lead_id=winner)


def winner_and_loser(house: House) -> tuple[UUID, Enrollment]:
    """A lead that is in no sequence, and another one's enrollment."""
    winner = make_lead(house, NOW, lead_status="lost")
    make_sequence(house, [TAG, TAG])
    loser = make_lead(house, NOW)
    return winner, one(house, Enrollment, Enrollment.lead_id == loser)


def pause(house: House, mine: Enrollment) -> None:
    pause_enrollment(house.owner.actor, mine.id)
    assert one(house, Enrollment).status is EnrollmentStatus.PAUSED


def take(house: House, mine: Enrollment) -> None:
    run_step(house.supplier_id, mine.id)
    assert one(house, Enrollment).end_reason == "lead_lost", "the winner is"


@pytest.mark.parametrize("act", [pause, take])
def test_who_waits_for_a_merge_goes_on_with_the_winner(
    app: Flask, house: House, act: Callable[[House, Enrollment], None]
) -> None:
    winner, mine = winner_and_loser(house)
    is_locked = Event()

    def merge() -> None:
        with app.app_context(), unit_of_work(house.supplier_id) as session:
            session.scalars(select(Lead).order_by(Lead.id).with_for_update()).all()
            is_locked.set()
            time.sleep(0.5)  # until the other waits for the loser
            session.execute(moved(house, mine.id, winner))

    def follow() -> None:
        is_locked.wait()
        with app.app_context(), clock.at(NOW):
            act(house, mine)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(merge), pool.submit(follow)]:
            done.result()
    assert one(house, Enrollment).lead_id == winner


def test_a_batch_leaves_what_was_merged_while_it_was_found_to_the_next(app: Flask, house: House) -> None:
    winner, mine = winner_and_loser(house)

    def merge() -> None:
        with app.app_context(), unit_of_work(house.supplier_id) as session:
            session.execute(moved(house, mine.id, winner))

    merges = [merge]

    def once(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if merges and "next_execution_at <=" in statement:
            with ThreadPoolExecutor(1) as pool:
                pool.submit(merges.pop()).result()

    event.listen(db.engine, "after_cursor_execute", once)
    try:
        with unit_of_work(house.supplier_id) as session:
            assert claim_due(session, NOW, frozenset(), most=5) == []
    finally:
        event.remove(db.engine, "after_cursor_execute", once)
    with clock.at(NOW):
        run_steps(house.supplier_id)
    assert one(house, Enrollment).end_reason == "lead_lost"


def test_two_leads_that_cross_between_the_same_sequences_at_once_both_do(app: Flask, house: House) -> None:
    """One is lost and the other is spam: each leaves the sequence that the other one enters."""
    courted = make_sequence(house, [TAG], target_lead_status=["new", "spam"])
    asleep = make_sequence(house, [TAG], target_lead_status=["contacted", "lost"])
    with unit_of_work(house.supplier_id) as session:
        session.execute(update(NurtureSequence).where(NurtureSequence.id == courted).values(is_active=True))
    pairs = {make_lead(house, NOW): "lost", make_lead(house, NOW, lead_status="contacted"): "spam"}
    start = Barrier(2)

    def cross(lead_id: UUID, status: str) -> None:
        said = {"lead_status": status} | ({"lost_reason": LOST_REASONS[0]} if status == "lost" else {})
        with app.app_context(), clock.at(NOW):
            start.wait(10)
            change_status(house.owner.actor, lead_id, StatusMove.model_validate(said))

    def dawdle(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        """Whoever has moved one counter takes their time before the next."""
        if statement.startswith("UPDATE nurture_sequences"):
            time.sleep(0.5)

    event.listen(db.engine, "after_cursor_execute", dawdle)
    try:
        with ThreadPoolExecutor(2) as pool:
            done = [pool.submit(cross, *pair) for pair in pairs.items()]
            assert [future.exception(30) for future in done] == [None, None]
    finally:
        event.remove(db.engine, "after_cursor_execute", dawdle)
    found = {row.id: (row.total_enrollments, row.ended_enrollments) for row in rows(house, NurtureSequence)}
    assert (found[courted], found[asleep]) == ((2, 1), (2, 1))
