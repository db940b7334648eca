"""Who writes beside a lead or about a member keeps nobody from taking the next inquiry in."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.kernel import clock
from app.kernel.uow import unit_of_work
from app.leads.changing import lock
from app.leads.schemas import LeadCreate, StatusMove, TaskCreate, TaskUpdate
from app.models.choices import InteractionType, LeadStatus
from app.models.leads import Lead, LeadInteraction, StatusHistory, Task
from app.workflows.alter_lead import Wish, alter_locked
from app.workflows.change_status import change_status
from app.workflows.create_lead import create_lead
from app.workflows.create_task import create_task
from app.workflows.merge_leads import merge_leads
from app.workflows.update_task import update_task
from tests.cast import House

Maker = Callable[..., UUID]


@pytest.fixture
def make(app: Flask, house: House) -> Iterator[Maker]:
    """Makes a lead in a transaction of its own, and does not wait for long."""
    with app.app_context(), ThreadPoolExecutor(1) as pool:

        def made(**said: Any) -> UUID:
            with app.app_context():
                data = LeadCreate(lead_source="website", **said)
                return create_lead(house.owner.actor, data, join=True).lead_id

        yield lambda **said: pool.submit(made, **said).result(5)


@contextmanager
def unfinished(house: House, row: LeadInteraction | Task) -> Iterator[None]:
    """While the block runs, somebody has written this row and not committed yet."""
    with unit_of_work(house.supplier_id) as session:
        session.add(row)
        session.flush()
        yield


def test_a_couple_writes_again_while_a_note_on_them_is_being_saved(house: House, make: Maker) -> None:
    lead_id = make(primary_email="ada@example.com")
    note = LeadInteraction(
        supplier_id=house.supplier_id,
        lead_id=lead_id,
        interaction_type=InteractionType.NOTE_ADDED,
        occurred_at=clock.now(),
    )
    with unfinished(house, note):
        assert make(primary_email="ada@example.com") == lead_id


def test_whose_turn_it_is_does_not_lose_it_by_a_new_task(house: House, make: Maker) -> None:
    members = [assignee(house, make(primary_phone=f"020 7946 000{n}")) for n in range(3)]
    assert len(set(members)) == 3
    other = make(primary_phone="020 7946 0009")
    task = Task(supplier_id=house.supplier_id, lead_id=other, title="Call", assigned_to_user_id=members[1])
    assert assignee(house, other) == members[0]
    with unfinished(house, task):
        made = make(primary_phone="020 7946 0010")
    assert assignee(house, made) == members[1]


def until_waiting(session: Session, count: int) -> None:
    """Until so many transactions wait for a row that another one has."""
    waits = text("select count(*) from pg_locks where not granted and locktype in ('transactionid', 'tuple')")
    end = time.monotonic() + 30
    while session.execute(waits).scalar_one() < count:
        assert time.monotonic() < end, f"not {count} wait"
        time.sleep(0.02)


def test_a_task_is_found_though_its_lead_is_merged_away_meanwhile(
    app: Flask, house: House, make: Maker
) -> None:
    loser, winner = (make(primary_phone=f"020 7946 000{n}") for n in range(2))
    owner = house.owner.actor
    task_id = create_task(owner, loser, TaskCreate(title="Call them"))

    def within_app(act: Callable[..., Any], *given: Any) -> Any:
        with app.app_context():
            return act(owner, *given)

    with ThreadPoolExecutor(2) as pool:
        with unit_of_work(house.supplier_id) as session:
            lock(session, winner)
            merging = pool.submit(
                within_app, merge_leads, winner, loser
            )  # has the loser, waits for the winner
            until_waiting(session, 1)
            done = TaskUpdate.model_validate({"is_done": True})
            changing = pool.submit(within_app, update_task, task_id, done)  # waits for the loser
            until_waiting(session, 2)
        merging.result(30)
        assert changing.result(30).lead_id == winner


def assignee(house: House, lead_id: UUID) -> UUID | None:
    with unit_of_work(house.supplier_id) as session:
        return session.get_one(Lead, (house.supplier_id, lead_id)).assigned_to_user_id


def test_history_tells_in_which_order_a_lead_changed(app: Flask, house: House, make: Maker) -> None:
    lead_id, owner = make(primary_phone="020 7946 0000"), house.owner.actor

    def move(status: str) -> None:
        with app.app_context():
            change_status(owner, lead_id, StatusMove.model_validate({"lead_status": status}))

    with ThreadPoolExecutor(1) as pool, unit_of_work(house.supplier_id) as session:
        lead = lock(session, lead_id)
        waiting = pool.submit(move, "contacted")
        until_waiting(session, 1)
        alter_locked(session, owner, lead, Wish({"lead_status": LeadStatus.QUALIFIED}))
        session.commit()
        waiting.result(30)
    with unit_of_work(house.supplier_id) as session:
        last = select(StatusHistory.to_status).where(StatusHistory.lead_id == lead_id)
        last = last.order_by(StatusHistory.changed_at.desc(), StatusHistory.id.desc()).limit(1)
        assert session.scalar(last) == session.get_one(Lead, (house.supplier_id, lead_id)).lead_status
