"""Workers are killed while they move hundreds of leads to a new version of a sequence: each stands in it
once, at the right step, and no step is taken twice.

`make faults` is the long run: 3,200 leads and 40 kills. FAULT_SEED repeats a run.
"""

import os
import random
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from app.kernel.uow import reading, unit_of_work
from app.models.choices import EnrollmentStatus
from app.models.leads import Lead
from app.models.nurture import Enrollment, NurtureSequence, SequenceStep, StepDecision
from app.nurture.authoring import drafts
from app.nurture.authoring.schemas import StepOrder
from app.workflows import move_enrollments
from app.workflows.publish_and_move import publish_and_move
from tests.cast import House
from tests.factories.crowds import enrolled_crowd
from tests.factories.nurture import rows
from tests.faults.conftest import OwnRedis, Process, eventually
from tests.features.nurture.writing import keys, make, tag, write

KILLS = int(os.environ.get("FAULT_KILLS", "4"))
LEADS = 80 * KILLS
SEED = int(os.environ.get("FAULT_SEED", "20261126"))
LONGEST = 60 + LEADS / 20
"""Seconds; long on purpose."""
QUIET = {"LOG_LEVEL": "ERROR"}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(int(3 * LONGEST) + 120)]

Start = Callable[..., Process]


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture(autouse=True)
def leaves_nothing_due(house: House, context: None) -> Iterator[None]:
    """Else the workers of the next test would take it first."""
    yield
    with unit_of_work(house.supplier_id) as session:
        session.execute(update(Enrollment).values(next_execution_at=None))


def moved(house: House) -> int:
    with reading(house.supplier_id) as session:
        return _moved(session)


def somebody_moves(house: House) -> bool:
    """Has a worker locked leads of its batch, or is nobody left to move?"""
    free = select(Lead.id).with_for_update(key_share=True, skip_locked=True)
    with unit_of_work(house.supplier_id) as session:
        return len(session.scalars(free).all()) < LEADS or _moved(session) == LEADS


def steps_of(house: House, made: UUID, version: int) -> dict[str, UUID]:
    its = (SequenceStep.sequence_id == made, SequenceStep.version == version)
    return {step.step_name: step.id for step in rows(house, SequenceStep, *its)}


def decided(house: House) -> dict[UUID, list[tuple[str, str]]]:
    """By enrollment, each step by its name and what was decided on it."""
    columns = (StepDecision.enrollment_id, SequenceStep.step_name, StepDecision.outcome)
    named = select(*columns).join(SequenceStep, StepDecision.step_id == SequenceStep.id)
    found: dict[UUID, list[tuple[str, str]]] = defaultdict(list)
    with reading(house.supplier_id) as session:
        for enrollment_id, name, outcome in session.execute(named.order_by(StepDecision.decided_at)):
            found[enrollment_id].append((name, outcome))
    return found


def is_through(house: House) -> bool:
    """What is still to come comes at once."""
    live = Enrollment.status == EnrollmentStatus.ACTIVE
    with unit_of_work(house.supplier_id) as session:
        later = update(Enrollment).where(live, Enrollment.next_execution_at > func.now())
        session.execute(later.values(next_execution_at=func.now()))
        return not session.scalar(_count().where(live))


def _moved(session: Session) -> int:
    return session.scalar(_count().where(Enrollment.version == 2)) or 0


def _count() -> Select[int]:
    return select(func.count()).select_from(Enrollment)


def test_each_lead_stands_in_the_new_version_once_whoever_is_killed(
    house: House, start_process: Start, own_redis: OwnRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of them have the first step behind them, before which none is put, and behind which one is."""
    monkeypatch.setattr(move_enrollments, "BATCH", 20)  # here; the workers move 500 at once
    chance, owner = random.Random(SEED), house.owner.actor
    made = make(house, tag("first"), tag("second"), tag("third"), publish=True)
    ahead = _crowd(house, made)
    drafts.add_step(owner, made, write(tag("between")))
    first, second, third, between = keys(house, made)
    drafts.order_steps(owner, made, StepOrder(step_keys=[first, between, second, third]))

    publish_and_move(owner, made)
    for _ in range(KILLS):
        worker = start_process(**QUIET)
        eventually(partial(somebody_moves, house), seconds=LONGEST)
        time.sleep(chance.uniform(0, 0.5))
        worker.send_signal(signal.SIGKILL)
        worker.wait(10)
        move_enrollments.move_enrollments(owner, made, 2)  # its bell may have died with it
    start_process(**QUIET)
    eventually(lambda: moved(house) == LEADS, seconds=LONGEST)

    found, places, told = rows(house, Enrollment), steps_of(house, made, 2), decided(house)
    assert len(found) == len({one.lead_id for one in found}) == LEADS
    assert {one.version for one in found} == {2}
    for one in found:
        stands_at = "Tag second" if one.id in ahead else "Tag first"
        assert one.current_step_id == places[stands_at]
        assert told.get(one.id, []) == ([("Tag between", "skipped")] if one.id in ahead else [])

    start_process("ticker", TICKER_SECONDS="1", **QUIET)
    eventually(partial(is_through, house), seconds=LONGEST)
    whole = [(f"Tag {name}", "done") for name in ("first", "between", "second", "third")]
    for enrollment_id, steps in decided(house).items():
        assert steps == ([("Tag between", "skipped"), *whole[2:]] if enrollment_id in ahead else whole)
    assert Counter(len(lead.tags) for lead in rows(house, Lead)) == {2: LEADS // 2, 4: LEADS // 2}


def _crowd(house: House, sequence_id: UUID) -> set[UUID]:
    """Those that have the first step behind them. Nobody's is due, and no other sequence takes them in."""
    with unit_of_work(house.supplier_id) as session:
        others = update(NurtureSequence).where(NurtureSequence.id != sequence_id)
        session.execute(others.values(is_active=False))
    enrolled_crowd(house, sequence_id, LEADS, datetime.now(UTC))
    second = steps_of(house, sequence_id, 1)["Tag second"]
    with unit_of_work(house.supplier_id) as session:
        session.execute(update(Enrollment).values(next_execution_at=func.now() + timedelta(days=1)))
        ahead = set(session.scalars(select(Enrollment.id).order_by(Enrollment.id).limit(LEADS // 2)))
        its = update(Enrollment).where(Enrollment.id.in_(ahead))
        session.execute(its.values(current_step_id=second, steps_completed=1))
    return ahead
