"""The sweep rings for what is due and nothing else, within bounds, as often as one likes."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from rq import Queue
from rq.job import Job
from sqlalchemy import text
from uuid_utils.compat import uuid7

from app.kernel import clock, jobs
from app.kernel.db import owner_engine
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
    """What was rung for that supplier: (job, row); not the round for the nightly scores, which has no row."""
    found = []
    for waiting in (queue(app, name) for name in QUEUES):
        found += Job.fetch_many(waiting.job_ids, connection=waiting.connection, serializer=waiting.serializer)
    pairs = (
        (job.func_name.removeprefix("workers.jobs."), job.args) for job in found if job and len(job.args) == 2
    )
    return {(name, row) for name, (supplier, row) in pairs if supplier == str(house.supplier_id)}


def test_what_is_due_is_rung_for_and_what_is_not_is_left(app: Flask, house: House) -> None:
    due, later, paused = (make_lead(house, NOW) for _ in range(3))
    change(house, Enrollment, enrollment(house, later).id, next_execution_at=NOW + timedelta(seconds=1))
    change(house, Enrollment, enrollment(house, paused).id, status=EnrollmentStatus.PAUSED)
    queue(app).empty()
    for _ in range(2):
        sweep(NOW)
        assert rung(app, house) == {("steps.run_step", str(enrollment(house, due).id))}


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
    assert rung(app, house) == {("messages.deliver", str(message_id)) for message_id in ids[:2]}


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
    strangers = House(house.stranger.actor.supplier_id, *([house.stranger] * 5))
    theirs, ours = (enrollment(each, make_lead(each, NOW)).id for each in (strangers, house))
    queue(app).empty()
    sweep(NOW)
    assert rung(app, house) == {("steps.run_step", str(ours))}
    assert rung(app, strangers) == {("steps.run_step", str(theirs))}


def test_a_queue_that_nobody_empties_is_not_filled(
    app: Flask, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workflow, "BATCH", 3)
    for _ in range(5):
        make_lead(house, NOW)
    queue(app).empty()
    for _ in range(4):
        sweep(NOW)
    assert queue(app).count == 3


def test_the_sweep_reads_only_what_says_that_something_is_due(app: Flask) -> None:
    with owner_engine(app.config["DATABASE_URL"]).connect() as connection:
        connection.execute(text("set role wedsync_sweeper"))
        connection.execute(text("select supplier_id, id, due_at from messages"))
        with pytest.raises(Exception, match="permission denied"):
            connection.execute(text("select to_address from messages"))
