"""One supplier's messages leave in turn, one under way at a time, and give way to the others'."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier, Event
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import text

from app.kernel import clock, jobs
from app.kernel.db import db, owner_engine
from app.messaging import claims
from app.messaging import pace as pacing
from app.messaging.transports.smtp import Smtp
from app.models.choices import MessageClass, MessageState
from app.models.leads import Lead
from app.models.messaging import Message
from app.models.nurture import Enrollment
from app.workflows import deliver_messages as workflow
from app.workflows.deliver_messages import deliver_messages
from app.workflows.opt_out import opt_out
from app.workflows.run_steps import run_steps
from tests.cast import House
from tests.factories.nurture import change, email_step, events, make_lead, make_sequence, rows
from tests.fakes import Mailbox

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)


def write(house: House, count: int, **step: Any) -> None:
    """That many messages, due."""
    make_sequence(house, [email_step(house, **step), email_step(house, delay_amount=3, delay_unit="days")])
    for _ in range(count):
        make_lead(house, NOW)
    with clock.at(NOW):
        run_steps(house.supplier_id)


def deliver(house: House, at: datetime = NOW) -> None:
    with clock.at(at):
        deliver_messages(house.supplier_id)


def states(house: House) -> list[str]:
    return sorted(str(message.state) for message in rows(house, Message))


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The jobs that a run leaves behind itself."""
    found: list[str] = []
    monkeypatch.setattr(workflow.jobs, "ring", lambda job, *_, **__: found.append(job))
    return found


@pytest.fixture
def rates(app: Flask) -> Iterator[Any]:
    """Sets rates while the test runs."""
    settings = app.extensions["settings"]

    def set_to(**rates: str) -> None:
        app.extensions["settings"] = settings.model_copy(update=rates)

    yield set_to
    app.extensions["settings"] = settings


def test_all_that_are_due_leave_over_one_connection(house: House, mailbox: Mailbox) -> None:
    write(house, 5)
    deliver(house)
    assert states(house) == ["accepted"] * 5
    assert (len(mailbox.messages), len(mailbox.connections)) == (5, 1)
    assert {tuple(events(house, message.id)) for message in rows(house, Message)} == {("claimed", "accepted")}
    assert all(row.next_execution_at for row in rows(house, Enrollment))


def test_what_may_not_leave_is_written_down_and_the_others_leave(house: House, mailbox: Mailbox) -> None:
    write(house, 4)
    gone, held, *_ = (message.lead_id for message in rows(house, Message))
    change(house, Lead, gone, lead_status="lost")
    change(house, Lead, held, automation_paused=True)
    deliver(house)
    assert states(house) == ["accepted", "accepted", "due", "skipped"]
    assert len(mailbox.messages) == 2


def test_never_more_than_one_is_under_way(app: Flask, house: House, mailbox: Mailbox) -> None:
    """So that a worker that is killed leaves one message behind that nobody knows about."""
    write(house, 4)
    seen: list[list[str]] = []
    mailbox.before_reply = lambda: seen.append(_states_from_outside(app, house))
    deliver(house)
    assert [found.count("sending") for found in seen] == [1, 1, 1, 1]
    assert [found.count("accepted") for found in seen] == [0, 1, 2, 3]


def _states_from_outside(app: Flask, house: House) -> list[str]:
    with owner_engine(app.config["DATABASE_URL"]).connect() as connection:
        connection.execute(text(f"set app.supplier_id = '{house.supplier_id}'"))
        connection.execute(text("set role wedsync_app"))
        return list(connection.scalars(text("select state from messages")))


def test_several_workers_share_them(app: Flask, house: House, mailbox: Mailbox) -> None:
    write(house, 12)
    together = Barrier(4)

    def work(_: int) -> None:
        with app.app_context():
            together.wait(20)
            deliver(house)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert states(house) == ["accepted"] * 12
    assert len({mail["Message-ID"] for mail in mailbox.messages}) == len(mailbox.messages) == 12


def test_a_supplier_has_a_pace_and_the_rest_waits(house: House, mailbox: Mailbox, rates: Any) -> None:
    rates(supplier_mail_rate="3/day")
    write(house, 5)
    deliver(house)
    assert states(house) == ["accepted"] * 3 + ["due"] * 2
    assert {len(events(house, one.id)) for one in rows(house, Message, Message.state == "due")} == {0}
    rates(supplier_mail_rate="")
    deliver(house)
    assert len(mailbox.messages) == 5


def test_one_suppliers_pace_is_not_anothers(house: House, rates: Any) -> None:
    rates(supplier_mail_rate="1/day")
    strangers = house.strangers
    for each in (house, strangers):
        write(each, 2)
        deliver(each)
        assert states(each) == ["accepted", "due"]


def test_a_provider_that_stalls_lets_the_others_go_first(
    house: House, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, rung: list[str]
) -> None:
    monkeypatch.setattr(pacing, "SLOW", 0.05)
    mailbox.before_reply = lambda: time.sleep(0.1)
    write(house, 3)
    rung.clear()
    deliver(house)
    assert states(house) == ["accepted", "due", "due"]
    assert "workers.jobs.messages.deliver_due" not in rung
    deliver(house)
    assert states(house) == ["accepted", "due", "due"], "it rests"
    jobs.connect(current_app.config["REDIS_URL"]).delete(f"stalls:email:{house.supplier_id}")
    deliver(house)
    assert states(house) == ["accepted", "accepted", "due"]


def test_after_its_slice_the_rest_is_rung_for(
    house: House, monkeypatch: pytest.MonkeyPatch, rung: list[str]
) -> None:
    monkeypatch.setattr(workflow, "SLICE", timedelta(0))
    write(house, 2)
    rung.clear()
    deliver(house)
    assert states(house) == ["accepted", "due"]
    assert "workers.jobs.messages.deliver_due" in rung


def test_one_that_cannot_be_put_together_is_put_off_and_the_answer_before_it_is_kept(
    house: House, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one fake: no row of ours makes an e-mail that cannot be built, so one is made to."""
    write(house, 3)
    broken = rows(house, Message)[1]
    build = claims.build

    def burst(message: Message, *more: Any) -> Any:
        if message.id == broken.id:
            raise RuntimeError("burst pipe")
        return build(message, *more)

    monkeypatch.setattr(claims, "build", burst)
    deliver(house)
    assert states(house) == ["accepted", "accepted", "due"]
    assert len(mailbox.messages) == 2
    (left,) = rows(house, Message, Message.id == broken.id)
    assert (left.attempts, left.due_at) == (1, NOW + timedelta(minutes=1))


def test_one_that_cannot_be_put_together_is_not_tried_over_and_over_while_the_provider_rests(
    house: House, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(house, 2)
    _, broken = rows(house, Message)
    redis = jobs.connect(current_app.config["REDIS_URL"])
    mailbox.before_reply = lambda: redis.set(f"stalls:email:{house.supplier_id}", 1, ex=60)
    build, tries = claims.build, []

    def burst(message: Message, *more: Any) -> Any:
        if message.id == broken.id:
            tries.append(message.id)
            raise RuntimeError("burst pipe")
        return build(message, *more)

    monkeypatch.setattr(claims, "build", burst)
    deliver(house)
    assert states(house) == ["accepted", "due"]
    assert len(tries) == 1
    assert len(mailbox.messages) == 1


def test_no_connection_is_held_while_the_provider_is_called(house: House, mailbox: Mailbox) -> None:
    pool: Any = db.engine.pool
    held: list[int] = []
    mailbox.before_reply = lambda: held.append(pool.checkedout())
    write(house, 3)
    deliver(house)
    assert held == [0, 0, 0]


def test_an_opt_out_between_two_is_kept(app: Flask, house: House, mailbox: Mailbox) -> None:
    """While one message is on its way another couple opts out: theirs is not claimed any more."""
    write(house, 2)
    first, second = rows(house, Message)
    done = Event()

    def opt_out_now() -> None:
        if not done.is_set():
            with app.app_context():
                opt_out(house.supplier_id, second.id)
            done.set()

    mailbox.before_reply = opt_out_now
    deliver(house)
    assert [mail["To"] for mail in mailbox.messages] == [first.to_address]
    assert {message.id: message.state for message in rows(house, Message)} == {
        first.id: MessageState.ACCEPTED,
        second.id: MessageState.SKIPPED,
    }


def test_an_acknowledgement_goes_before_what_else_is_due(app: Flask, house: House) -> None:
    queue = jobs.queue("default", app.config["REDIS_URL"])
    queue.empty()
    write(house, 1, message_class=MessageClass.ACKNOWLEDGEMENT)
    (message,) = rows(house, Message)
    assert f"deliver-{house.supplier_id}-{message.id}" in queue.job_ids
    queue.empty()


def test_no_line_is_opened_for_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Smtp) -> None:
        raise AssertionError("opened")

    monkeypatch.setattr(Smtp, "open", refuse)
    deliver(house)
