"""The sweep rings for what is due and nothing else, within bounds, as often as one likes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from rq import Queue
from rq.job import Job
from sqlalchemy import and_, text
from uuid_utils.compat import uuid7

from app.kernel import clock, jobs
from app.kernel.db import NO_SUPPLIER, db, owner_engine
from app.kernel.uow import unit_of_work
from app.models.capture import Inquiry
from app.models.choices import EnrollmentStatus, InquiryChannel, InquiryState
from app.models.messaging import Message
from app.models.nurture import Enrollment
from app.workflows import sweep as workflow
from app.workflows.run_step import run_step
from app.workflows.sweep import sweep
from tests.cast import House
from tests.factories.nurture import change, enrollment, make_lead, messages

NOW = datetime(2001, 6, 3, 10, 0, tzinfo=UTC)
"""Long before anything that other tests leave due."""


QUEUES = ("default", "background")


@pytest.fixture(autouse=True)
def empty_queue(app: Flask) -> Iterator[None]:
    with app.app_context():
        empty(app)
        yield
        empty(app)


def queue(app: Flask, name: str = "default") -> Queue:
    return jobs.queue(name, app.config["REDIS_URL"])


def empty(app: Flask) -> None:
    for name in QUEUES:
        queue(app, name).empty()


def rung(app: Flask, house: House) -> set[tuple[str, str]]:
    """What was rung for that supplier: (job, row), the row blank where a job takes all that are due; not the
    rounds of the hour."""
    found = []
    for waiting in (queue(app, name) for name in QUEUES):
        found += Job.fetch_many(waiting.job_ids, connection=waiting.connection, serializer=waiting.serializer)
    said = ((job.func_name, [*job.args, ""][:2]) for job in found if job)
    return {
        (name.removeprefix("workers.jobs."), row)
        for name, (supplier, row) in said
        if supplier == str(house.supplier_id)
        and name not in (*workflow.HOURLY, "workers.jobs.leads.send_digests")
    }


def test_what_is_due_is_rung_for_and_what_is_not_is_left(app: Flask, house: House) -> None:
    due, later, paused = (make_lead(house, NOW) for _ in range(3))
    change(house, Enrollment, enrollment(house, later).id, next_execution_at=NOW + timedelta(seconds=1))
    change(house, Enrollment, enrollment(house, paused).id, status=EnrollmentStatus.PAUSED)
    queue(app).empty()
    for _ in range(2):
        sweep(NOW)
        assert rung(app, house) == {("steps.run_steps", "")}
    change(house, Enrollment, enrollment(house, due).id, next_execution_at=None)
    queue(app).empty()
    sweep(NOW)
    assert rung(app, house) == set()


def test_messages_that_are_due_and_leases_that_ran_out(app: Flask, house: House) -> None:
    running = {"state": "sending", "lease_until": NOW + timedelta(seconds=1)}
    forgotten = {"state": "sending", "lease_until": NOW}
    ids = []
    for columns in ({"state": "due"}, forgotten, running):
        lead_id = make_lead(house, NOW)
        with clock.at(NOW):
            run_step(house.supplier_id, enrollment(house, lead_id).id)
        ids.append(messages(house, lead_id)[0].id)
        change(house, Message, ids[-1], **columns)
    queue(app).empty()
    sweep(NOW)
    assert rung(app, house) == {("messages.deliver_due", ""), ("messages.deliver", str(ids[1]))}


def inquiry(house: House, state: InquiryState, at: datetime) -> UUID:
    with unit_of_work(house.supplier_id) as session:
        row = Inquiry(
            supplier_id=house.supplier_id,
            channel=InquiryChannel.WIDGET,
            state=state,
            idempotency_key=uuid7().hex,
            payload={},
            received_at=at,
            retry_at=at,
        )
        session.add(row)
        session.flush()
        return row.id


def test_inquiries_that_nobody_captured(app: Flask, house: House) -> None:
    forgotten = inquiry(house, InquiryState.RECEIVED, NOW - timedelta(minutes=1))
    inquiry(house, InquiryState.RECEIVED, NOW + timedelta(seconds=1))  # failed, and waits for its next turn
    inquiry(house, InquiryState.QUARANTINED, NOW - timedelta(minutes=1))
    sweep(NOW)
    assert rung(app, house) == {("inquiries.capture", str(forgotten))}


def test_scores_that_are_stale(app: Flask, house: House) -> None:
    lead_id = make_lead(house, NOW, lead_status="won", score_stale=True)
    sweep(NOW)
    assert rung(app, house) == {("scores.rescore", str(lead_id))}


def test_every_supplier_is_swept(app: Flask, house: House) -> None:
    strangers = house.strangers
    for each in (strangers, house):
        make_lead(each, NOW)
    queue(app).empty()
    sweep(NOW)
    assert rung(app, house) == rung(app, strangers) == {("steps.run_steps", "")}


def test_one_suppliers_many_due_hide_nobodys_single_one(
    app: Flask, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    strangers = house.strangers
    monkeypatch.setattr(workflow, "PROBE", 4)
    for minute in range(6):
        lead_id = make_lead(house, NOW)
        due = NOW - timedelta(minutes=minute + 1)
        change(house, Enrollment, enrollment(house, lead_id).id, next_execution_at=due)
    make_lead(strangers, NOW)  # due last of all
    queue(app).empty()
    sweep(NOW)
    assert rung(app, strangers) == {("steps.run_steps", "")}


def test_with_room_for_a_few_suppliers_the_next_sweep_goes_on_behind_them(
    app: Flask, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workflow, "PROBE", 0)
    ours = Enrollment.supplier_id.in_((house.supplier_id, house.stranger.actor.supplier_id))
    turns = replace(workflow.TURNS[0], last=NO_SUPPLIER, waiting=and_(workflow.TURNS[0].waiting, ours))
    strangers = house.strangers
    for each in (strangers, house):
        make_lead(each, NOW)
    with db.engines["sweeper"].connect() as connection:
        turn = [turns.suppliers(connection, NOW, 1) for _ in range(2)]
    assert sorted(one for found in turn for one in found) == sorted(
        (house.supplier_id, strangers.supplier_id)
    )


def test_a_queue_that_nobody_empties_is_not_filled(
    app: Flask, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workflow, "BATCH", 3)
    for minute in range(5):
        inquiry(house, InquiryState.RECEIVED, NOW - timedelta(minutes=minute))
    for _ in range(4):
        sweep(NOW)
    assert queue(app).count == 3


def test_the_sweep_reads_only_what_says_that_something_is_due(app: Flask) -> None:
    with owner_engine(app.config["DATABASE_URL"]).connect() as connection:
        connection.execute(text("set role wedsync_sweeper"))
        connection.execute(text("select supplier_id, id, due_at from messages"))
        with pytest.raises(Exception, match="permission denied"):
            connection.execute(text("select to_address from messages"))
