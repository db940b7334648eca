"""Bad days of worker, ticker, Redis and PostgreSQL: every message leaves once or says why not."""

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.engine import make_url
from uuid_utils.compat import uuid7

from app.capture.schemas import InquiryForm, Submission
from app.kernel.db import owner_engine
from app.kernel.uow import unit_of_work
from app.models.capture import CaptureForm, Inquiry
from app.models.choices import InquiryChannel, MessageClass, MessageState
from app.models.leads import Lead
from app.settings import Settings
from app.workflows.submit_inquiry import submit_inquiry
from tests.cast import House
from tests.factories.nurture import (
    change,
    email_step,
    enrollment,
    events,
    make_lead,
    make_sequence,
    messages,
    one,
    rows,
)
from tests.fakes import Line, Mailbox, rude_server, say_until
from tests.faults.conftest import OwnRedis, Process, eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

Start = Callable[..., Process]


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def new_lead(house: House) -> UUID:
    return make_lead(house, datetime.now(UTC))


def inquire(house: House) -> UUID:
    """A couple sends the supplier's form; the lead it became."""
    form = InquiryForm(your_name="Anna", email=f"anna-{uuid7().hex}@example.com")
    submission = Submission(form=form, idempotency_key=uuid7().hex)
    receipt = submit_inquiry(one(house, CaptureForm).key, submission)
    lead_id = one(house, Inquiry, Inquiry.id == receipt.inquiry_id).lead_id
    assert lead_id
    return lead_id


def state_of(house: House, lead_id: UUID) -> str | None:
    found = messages(house, lead_id)
    return found[0].state if found else None


def received(house: House, mailbox: Mailbox) -> list[str]:
    """To whom of this supplier's leads mail came; the ticker also finds what other tests left due."""
    ours = {lead.primary_email for lead in rows(house, Lead)}
    return sorted(address for address in mailbox.recipients if address in ours)


def test_an_inquiry_is_acknowledged_by_the_worker(
    house: House, mailbox: Mailbox, start_process: Start
) -> None:
    start_process()
    lead_id = inquire(house)
    eventually(lambda: state_of(house, lead_id) == MessageState.ACCEPTED)
    assert received(house, mailbox) == [one(house, Lead).primary_email]
    assert "Thank you for your message" in [mail["Subject"] for mail in mailbox.messages]
    assert enrollment(house, lead_id).steps_completed == 1


def test_an_inquiry_that_nobody_captured_becomes_a_lead_and_is_acknowledged(
    house: House, mailbox: Mailbox, start_process: Start
) -> None:
    with unit_of_work(house.supplier_id) as session:
        inquiry = Inquiry(
            supplier_id=house.supplier_id,
            channel=InquiryChannel.WIDGET,
            idempotency_key=uuid7().hex,
            payload={"your_name": "Anna", "email": f"anna-{uuid7().hex}@example.com"},
            received_at=datetime.now(UTC) - timedelta(minutes=5),
            retry_at=datetime.now(UTC) - timedelta(minutes=5),
        )
        session.add(inquiry)
    start_process()
    start_process("ticker")
    eventually(lambda: one(house, Inquiry).lead_id)
    eventually(lambda: received(house, mailbox) == [one(house, Lead).primary_email])


def test_a_worker_killed_in_the_middle_of_a_send_sends_no_second_email(
    house: House, mailbox: Mailbox, start_process: Start
) -> None:
    go_on = threading.Event()
    mailbox.before_reply = lambda: bool(go_on.wait(30)) and None
    worker = start_process(MESSAGE_LEASE="2")
    lead_id = new_lead(house)
    assert mailbox.arrived.wait(30)
    worker.send_signal(signal.SIGKILL)
    worker.wait(10)
    go_on.set()
    assert state_of(house, lead_id) == MessageState.SENDING

    start_process(MESSAGE_LEASE="2")
    start_process("ticker", MESSAGE_LEASE="2")
    eventually(lambda: state_of(house, lead_id) == MessageState.UNCERTAIN)
    (message,) = messages(house, lead_id)
    assert len(received(house, mailbox)) == 1
    assert (message.reason, message.attempts) == ("lease_expired", 1)
    assert events(house, message.id) == ["claimed", "uncertain"]


def test_a_worker_killed_while_the_text_goes_over_sends_no_second_email(
    house: House, mailbox: Mailbox, start_process: Start
) -> None:
    half_way, hang_up = threading.Event(), threading.Event()

    def take_half(connection: socket.socket) -> None:
        say_until(connection, "BODY")
        half_way.set()
        hang_up.wait(30)

    with rude_server(take_half) as url:
        worker = start_process(SMTP_URL=url, MESSAGE_LEASE="2")
        lead_id = new_lead(house)
        assert half_way.wait(30)
        worker.send_signal(signal.SIGKILL)
        worker.wait(10)
        hang_up.set()
    start_process(MESSAGE_LEASE="2")
    start_process("ticker", MESSAGE_LEASE="2")
    eventually(lambda: state_of(house, lead_id) == MessageState.UNCERTAIN)
    assert received(house, mailbox) == []


def test_a_worker_told_to_stop_finishes_its_send(
    house: House, mailbox: Mailbox, start_process: Start
) -> None:
    go_on = threading.Event()
    mailbox.before_reply = lambda: bool(go_on.wait(30)) and None
    worker = start_process()
    lead_id = new_lead(house)
    assert mailbox.arrived.wait(30)
    worker.send_signal(signal.SIGTERM)
    threading.Timer(0.5, go_on.set).start()
    assert worker.wait(20) == 0
    assert state_of(house, lead_id) == MessageState.ACCEPTED


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("arguments", [(), ("ticker",)])
def test_an_idle_process_stops_when_told(
    start_process: Start, own_redis: OwnRedis, arguments: tuple[str, ...], number: signal.Signals
) -> None:
    process = start_process(*arguments, LOG_LEVEL="INFO")
    if arguments:
        eventually(lambda: "started" in process.said())
    else:
        eventually(lambda: _worker_states(own_redis) == [b"idle"])
    process.send_signal(number)
    assert process.wait(10) == 0


def _worker_states(own_redis: OwnRedis) -> list[bytes | None]:
    keys = own_redis.client.smembers("rq:workers")
    return [own_redis.client.hget(key, "state") for key in keys]


def test_what_was_rung_while_redis_was_away_goes_out_after_its_return(
    house: House, mailbox: Mailbox, own_redis: OwnRedis, start_process: Start
) -> None:
    worker, ticker = start_process(), start_process("ticker")
    first = new_lead(house)
    eventually(lambda: state_of(house, first) == MessageState.ACCEPTED)
    own_redis.kill()
    lead_id = inquire(house)  # the doorbell is lost; the inquiry is not
    assert state_of(house, lead_id) is None
    own_redis.start()
    eventually(lambda: state_of(house, lead_id) == MessageState.ACCEPTED)
    assert len(received(house, mailbox)) == 2
    assert worker.poll() is None
    assert ticker.poll() is None


def test_the_worker_and_the_ticker_start_without_redis_and_wait_for_it(
    house: House, own_redis: OwnRedis, start_process: Start
) -> None:
    own_redis.kill()
    worker, ticker = start_process(), start_process("ticker")
    eventually(lambda: "redis_lost" in worker.said())
    eventually(lambda: "sweep_failed" in ticker.said())
    lead_id = new_lead(house)
    own_redis.start()
    eventually(lambda: state_of(house, lead_id) == MessageState.ACCEPTED)
    assert worker.poll() is None
    assert ticker.poll() is None


def test_redis_emptied_again_and_again_loses_nothing(
    house: House, mailbox: Mailbox, own_redis: OwnRedis, start_process: Start
) -> None:
    start_process()
    start_process("ticker")
    leads = []
    for _ in range(10):
        leads.append(new_lead(house))
        own_redis.client.flushall()
    eventually(lambda: all(state_of(house, lead_id) == MessageState.ACCEPTED for lead_id in leads))
    assert received(house, mailbox) == sorted(messages(house, lead_id)[0].to_address for lead_id in leads)


def test_connections_to_postgresql_cut_in_between_are_made_again(
    app: Flask, house: House, start_process: Start
) -> None:
    worker, ticker = start_process(), start_process("ticker")
    first = new_lead(house)
    eventually(lambda: state_of(house, first) == MessageState.ACCEPTED)
    with owner_engine(app.config["DATABASE_URL"]).connect() as connection:
        others = (
            "datname = current_database() and application_name like 'wedsync%' and pid <> pg_backend_pid()"
        )
        connection.execute(text(f"select pg_terminate_backend(pid) from pg_stat_activity where {others}"))
    for engine in app.extensions["sqlalchemy"].engines.values():
        engine.dispose()
    second = new_lead(house)
    eventually(lambda: state_of(house, second) == MessageState.ACCEPTED)
    assert worker.poll() is None
    assert ticker.poll() is None


def test_postgresql_gone_for_a_while_stops_nobody(
    settings: Settings, house: House, mailbox: Mailbox, start_process: Start
) -> None:
    url = make_url(settings.database_url or "")
    directory = url.query.get("host")
    socket_path = f"{directory}/.s.PGSQL.{url.query.get('port', 5432)}"
    line = Line(socket_path if directory else (url.host or "", url.port or 5432))
    line.mend()
    through = url.set(host="127.0.0.1", port=line.port, query={}).render_as_string(hide_password=False)
    worker, ticker = (start_process(*which, DATABASE_URL=through) for which in ((), ("ticker",)))
    first = new_lead(house)
    eventually(lambda: state_of(house, first) == MessageState.ACCEPTED)
    line.cut()
    second = new_lead(house)
    eventually(lambda: "sweep_failed" in ticker.said())
    eventually(lambda: "job_postponed" in worker.said())
    line.mend()
    eventually(lambda: state_of(house, second) == MessageState.ACCEPTED)
    assert len(received(house, mailbox)) == 2
    assert worker.poll() is None
    assert ticker.poll() is None
    line.cut()


def test_several_workers_and_tickers_at_once_send_each_message_once(
    house: House, mailbox: Mailbox, start_process: Start
) -> None:
    for _ in range(2):
        start_process()
        start_process("ticker", TICKER_SECONDS="0.2")
    make_sequence(house, [email_step(house, message_class=MessageClass.ACKNOWLEDGEMENT)])
    leads = [new_lead(house) for _ in range(20)]
    eventually(lambda: all(state_of(house, lead_id) == MessageState.ACCEPTED for lead_id in leads))
    assert len(received(house, mailbox)) == len(set(received(house, mailbox))) == 20


def test_a_stale_score_is_renewed_by_the_sweep(house: House, start_process: Start) -> None:
    lead_id = new_lead(house)
    change(house, Lead, lead_id, score_stale=True)
    start_process()
    start_process("ticker")
    eventually(lambda: not one(house, Lead, Lead.id == lead_id).score_stale)


def test_an_unknown_queue_is_refused_in_one_line(start_process: Start) -> None:
    process = start_process("nonsense")
    assert process.wait(30) == 1
    assert (
        process.said().strip().splitlines()[-1]
        == "wedsync: no queue named nonsense; there is: default, background"
    )
