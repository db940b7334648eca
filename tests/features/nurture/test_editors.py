"""Many changes of a sequence, one after the other and at once: places, branches and leads stay whole."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.kernel import clock
from app.kernel.errors import AppError, Conflict
from app.kernel.uow import reading
from app.models.nurture import Enrollment, NurtureSequence, SequenceStep, SequenceVersion
from app.nurture.authoring import drafts, sequences
from app.nurture.authoring.schemas import StepOrder
from app.workflows.go_on_moving import go_on_moving
from app.workflows.publish_sequence import publish_sequence
from app.workflows.run_step import run_step
from tests.cast import House
from tests.factories.nurture import change, make_lead, rows
from tests.features.nurture.writing import keys, make, patch, sequence, steps, tag, write

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)
ACTS = st.lists(
    st.tuples(st.sampled_from(["add", "remove", "order", "branch"]), st.integers(0, 6), st.integers(0, 6)),
    min_size=1,
    max_size=8,
)


def targets(house: House, made: UUID) -> dict[UUID, list[UUID]]:
    """Where each step's branches lead, by the steps' keys."""
    found = steps(house, made)
    by_order = {step.row.step_order: step.row.step_key for step in found}
    return {
        step.row.step_key: [by_order[b["then"]] for b in step.row.branch_conditions.get("branches", [])]
        for step in found
    }


def act(house: House, made: UUID, what: str, one: int, other: int) -> None:
    """One change of the draft; what it may not do it leaves."""
    owner, there = house.owner.actor, keys(house, made)
    here = there[one % len(there)] if there else made
    if what == "add":
        drafts.add_step(owner, made, write(tag(step_order=one + 1)))
    elif what == "remove" and there:
        drafts.remove_step(owner, made, here)
    elif what == "order" and there:
        drafts.order_steps(owner, made, StepOrder(step_keys=[here, there[other % len(there)]]))
    elif what == "branch" and len(there) > 1 and one % len(there) != other % len(there):
        branch = {"branches": [{"if": {"min_score": other}, "then": other % len(there) + 1}]}
        drafts.change_step(owner, made, here, patch(branch_conditions=branch))


@given(acts=ACTS)
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_places_stay_whole_and_branches_lead_where_they_led(
    house: House, acts: list[tuple[str, int, int]]
) -> None:
    made = make(house, tag("a"), tag("b"), tag("c"))
    for what, one, other in acts:
        before = targets(house, made)
        try:
            act(house, made, what, one, other)
        except Conflict:
            assert targets(house, made) == before
        after = targets(house, made)
        assert [step.row.step_order for step in steps(house, made)] == list(range(1, len(after) + 1))
        if what != "branch":
            assert all(before[key] == led for key, led in after.items() if key in before)
    sequences.delete_sequence(house.owner.actor, made)


def together(app: Flask, *work: Any) -> list[Exception]:
    """Run them at once; what of our own errors they raised."""

    def run(one: Any) -> Exception | None:
        with app.app_context(), clock.at(NOW):
            try:
                one()
            except AppError as error:
                return error
        return None

    with ThreadPoolExecutor(len(work)) as pool:
        return [error for error in pool.map(run, work) if error]


def test_publishing_twice_at_once_makes_one_version(app: Flask, house: House) -> None:
    made = make(house, tag("a"))
    assert together(app, *[lambda: publish_sequence(house.owner.actor, made)] * 3) == []
    assert len(rows(house, SequenceVersion, SequenceVersion.sequence_id == made)) == 1
    assert len(steps(house, made, 1)) == 1


def test_one_of_those_who_saw_the_same_is_let_through(app: Flask, house: House) -> None:
    made = make(house, tag("a"))
    seen = sequence(house, made).revision
    work = [lambda: drafts.add_step(house.owner.actor, made, write(tag("b")), seen)] * 4
    errors = together(app, *work)
    assert [type(error).__name__ for error in errors] == ["Outdated"] * 3
    assert len(steps(house, made)) == 2


def test_a_lead_that_enters_while_a_version_is_published_stands_at_a_step_of_its_own(
    app: Flask, house: House
) -> None:
    for _ in range(4):
        made = make(house, tag("a"), publish=True)
        drafts.add_step(house.owner.actor, made, write(tag("b", step_order=1)))
        enter = [lambda: make_lead(house, NOW)] * 3
        assert together(app, *enter, lambda made=made: publish_sequence(house.owner.actor, made)) == []
        with reading(house.supplier_id) as session:
            pairs = session.execute(
                select(Enrollment.version, SequenceStep.version)
                .join(SequenceStep, SequenceStep.id == Enrollment.current_step_id)
                .where(Enrollment.sequence_id == made)
            ).all()
        assert len(pairs) == 3
        assert all(own == of_step for own, of_step in pairs)


def test_a_sequence_that_is_deleted_while_leads_enter_is_gone_or_kept(app: Flask, house: House) -> None:
    for _ in range(4):
        made = make(house, tag("a"), publish=True)
        enter = [lambda: make_lead(house, NOW)] * 3
        together(app, *enter, lambda made=made: sequences.delete_sequence(house.owner.actor, made))
        entered = rows(house, Enrollment, Enrollment.sequence_id == made)
        kept = rows(house, NurtureSequence, NurtureSequence.id == made)
        assert bool(entered) is bool(kept)


@pytest.mark.slow
def test_leads_that_are_moved_while_they_take_steps_take_each_once(app: Flask, house: House) -> None:
    made = make(house, tag("a"), tag("b", delay_amount=0), tag("c"), publish=True)
    for _ in range(6):
        make_lead(house, NOW)
    due = [one.id for one in rows(house, Enrollment, Enrollment.sequence_id == made)]
    for one in due:
        change(house, Enrollment, one, next_execution_at=NOW)
    drafts.add_step(house.owner.actor, made, write(tag("new", step_order=2)))
    publish_sequence(house.owner.actor, made)
    runs = [lambda one=one: run_step(house.supplier_id, one) for one in due]
    moves = [lambda: go_on_moving(house.supplier_id, made)] * 3
    assert together(app, *runs, *moves) == []
    go_on_moving(house.supplier_id, made)  # who took a step meanwhile stood elsewhere
    for one in rows(house, Enrollment, Enrollment.sequence_id == made):
        with reading(house.supplier_id) as session:
            step = session.get_one(SequenceStep, (house.supplier_id, one.current_step_id))
            assert step.version == one.version == 2
