"""Due steps per second of one worker, beside RQ's own rate and the mail server's; the ticker; lateness."""

import os
import smtplib
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any
from unittest import mock
from uuid import UUID, uuid4

import psycopg
from flask import Flask
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy import text

from app import create_app
from app.kernel import clock, jobs
from app.kernel.uow import unit_of_work
from app.models.choices import MessageClass, SequenceType, StepType
from app.models.nurture import EmailTemplate, NurtureSequence, SequenceStep
from app.supervisor import choose_port
from app.workflows.deliver_messages import deliver_messages
from app.workflows.open_supplier import open_supplier
from app.workflows.run_steps import run_steps
from app.workflows.sweep import sweep
from bench.house import OWNER, House, opened
from bench.report import Table

STEPS = 2_000
CROWD, SEQUENCES = 10_000, 100
"""Leads that wait in each of so many sequences."""
RATE, SPAN = 100, 60
"""Steps that fall due each second, and for how many seconds."""
HEAD = ("what", "ours", "beside it", "share or ratio")
SINK = """
import sys, time
from aiosmtpd.controller import Controller
class Sink:
    async def handle_DATA(self, server, session, envelope):
        return "250 OK"
Controller(Sink(), hostname="127.0.0.1", port=int(sys.argv[1])).start()
time.sleep(3600)
"""
NOTE = """\
{steps:,} leads of one supplier, each due for one step, taken by one process in batches as a worker does:
leads and facts are read, the step is decided on, its effect and the decision are written, the lead is moved
on and scored by {rules} rules. Beside the steps stand jobs that do nothing, by RQ's own worker on the same
Redis, a job each. Beside the e-mails (written in batches; each recorded as sent in the transaction that
claims the next) stands the same text sent to the same server over one connection by smtplib alone. The
ticker's sweep is the median of 50, with {waiting:,} enrollments that wait and none that is due, beside
one with {few:,} that wait. Lateness is that of {rate} steps a second over {span} s, spread over 20 suppliers,
with one worker and a ticker every second; the ticker's default is every 15 s, and a step can be as late
as that.
"""
CONTENT = {
    StepType.SCORE_ADJUSTMENT: '{"points": 5}',
    StepType.TAG_ASSIGNMENT: '{"add": ["seen"]}',
    StepType.TASK_CREATION: '{"title": "Call {{ couple_names }}"}',
}
_LEADS = text("""
    insert into leads
        (supplier_id, id, lead_source, couple_name_bride, primary_email, lead_status, created_at)
    select :supplier, gen_random_uuid(), 'website', 'Anna', :name || n || '@example.com', 'new', :at
    from generate_series(1, :count) n""")
_ENROLLMENTS = text("""
    insert into lead_nurture_enrollments
        (supplier_id, id, lead_id, sequence_id, version, enrollment_date, current_step_id, next_execution_at)
    select :supplier, gen_random_uuid(), l.id, :sequence, 1, due.at, :step, due.at
    from (select id, row_number() over () as n from leads where primary_email like :name || '%') l
    cross join lateral (select :at + make_interval(secs => :gap * (l.n - 1)) as at) due""")


_CROWD = """
    insert into lead_nurture_enrollments
        (supplier_id, id, lead_id, sequence_id, version, enrollment_date, current_step_id, next_execution_at)
    select s.supplier_id, gen_random_uuid(), l.id, s.sequence_id, 1, %(at)s, s.id, %(at)s
    from nurture_sequence_steps s join leads l using (supplier_id)
    where s.sequence_id = any(%(sequences)s) and l.primary_email like 'crowd-%%'"""


def measure(_seconds: float) -> Table:
    with opened() as house:
        no_rates = dict.fromkeys(("mail_rate", "supplier_mail_rate"), "")
        settings = house.settings.model_copy(update=no_rates)
        app = create_app(settings)
        with app.app_context():
            idle = _noop_rate(app)
            rows = [_row(f"{kind.value} steps/s", _steps(house.supplier_id, kind), idle) for kind in CONTENT]
        rows += _mails(house)
    with opened() as house, create_app(house.settings).app_context():
        rows.append(_ticks(house))
    with opened() as house:
        rows.append(_lateness(house))
    note = NOTE.format(steps=STEPS, rules=7, waiting=CROWD * SEQUENCES, few=1_000, rate=RATE, span=SPAN)
    return Table(HEAD, rows, note)


def _row(what: str, ours: float, floor: float) -> tuple[str, ...]:
    return (what, f"{ours:,.0f}", f"{floor:,.0f}", f"{ours / floor:.2f}")


def _noop() -> None:
    """What RQ's worker does in a job that does nothing."""


def _noop_rate(app: Flask) -> float:
    queue = Queue("bench", connection=jobs.connect(app.config["REDIS_URL"]), serializer=JSONSerializer)
    for _ in range(STEPS):
        queue.enqueue_call("bench.nurture._noop", result_ttl=0)
    worker = SimpleWorker([queue], connection=queue.connection, serializer=JSONSerializer)
    worker.log_result_lifespan = False
    began = time.perf_counter()
    worker.work(burst=True, logging_level="CRITICAL")
    return STEPS / (time.perf_counter() - began)


def _sequence(supplier_id: UUID, **step: Any) -> tuple[UUID, UUID]:
    """A published sequence of one step, the only one that takes leads in; (sequence, step)."""
    with unit_of_work(supplier_id) as session:
        session.execute(text("update nurture_sequences set is_active = false"))
        row = NurtureSequence(
            supplier_id=supplier_id, sequence_name=uuid4().hex, sequence_type=SequenceType.NURTURE
        )
        session.add(row)
        session.flush()
        plain = {"step_order": 1, "step_name": "Step", "delay_amount": 0, "delay_unit": "minutes"}
        one = SequenceStep(supplier_id=supplier_id, sequence_id=row.id, **(plain | step))
        session.add(one)
        session.flush()
        return row.id, one.id


def _enroll(supplier_id: UUID, where: tuple[UUID, UUID], count: int, at: datetime, gap: float = 0) -> None:
    """New leads at that step; the first is due at `at`, each other `gap` seconds after the one before."""
    sequence_id, step_id = where
    values = {
        "supplier": supplier_id,
        "sequence": sequence_id,
        "step": step_id,
        "name": f"{sequence_id.hex}-",
    }
    with unit_of_work(supplier_id) as session:
        session.execute(text("set local statement_timeout = 0"))
        session.execute(_LEADS, values | {"count": count, "at": at})
        session.execute(_ENROLLMENTS, values | {"at": at, "gap": gap})


def _left(supplier_id: UUID, table: str, waiting: str) -> int:
    with unit_of_work(supplier_id) as session:
        return session.scalar(text(f"select count(*) from {table} where {waiting}")) or 0


def _steps(supplier_id: UUID, kind: StepType) -> float:
    _enroll(
        supplier_id, _sequence(supplier_id, step_type=kind, step_content=CONTENT[kind]), STEPS, clock.now()
    )
    return STEPS / _until_done(run_steps, supplier_id, "lead_nurture_enrollments", "status = 'active'")


def _until_done(work: Any, supplier_id: UUID, table: str, waiting: str) -> float:
    """Seconds until nothing waits."""
    began = time.perf_counter()
    while _left(supplier_id, table, waiting):
        work(supplier_id)
    return time.perf_counter() - began


def _mails(house: House) -> Iterator[tuple[str, ...]]:
    with _sink(house) as port:
        changed = {"mail_transport": "smtp", "smtp_url": f"smtp://127.0.0.1:{port}"}
        no_rates = dict.fromkeys(("mail_rate", "supplier_mail_rate"), "")
        app = create_app(house.settings.model_copy(update=changed | no_rates))
        with app.app_context():
            supplier_id = house.supplier_id
            template = _template(supplier_id)
            answer = {"message_class": MessageClass.ACKNOWLEDGEMENT, "email_template_id": template}
            where = _sequence(supplier_id, step_type=StepType.EMAIL, **answer)
            _enroll(supplier_id, where, STEPS, clock.now())
            due = "next_execution_at is not null and status = 'active'"
            house.ask("analyze")  # as autovacuum does where work goes on for longer
            written = STEPS / _until_done(run_steps, supplier_id, "lead_nurture_enrollments", due)
            house.ask("analyze")
            sent = STEPS / _until_done(deliver_messages, supplier_id, "messages", "state = 'due'")
            with unit_of_work(supplier_id) as session:
                body = session.scalar(text("select html_body from messages limit 1")) or ""
        raw = _raw(port, body)
        both = 1 / (1 / written + 1 / sent)
        yield _row("e-mails/s written and sent", both, raw)
        yield _row("of which: written/s", written, raw)
        yield _row("of which: sent/s", sent, raw)


def _template(supplier_id: UUID) -> UUID:
    with unit_of_work(supplier_id) as session:
        words = "<p>Hello {{ couple_names }},</p><p>Thank you for your message about {{ wedding_date }}.</p>"
        row = EmailTemplate(supplier_id=supplier_id, name=uuid4().hex, subject="Your day", content=words)
        session.add(row)
        session.flush()
        return row.id


@contextmanager
def _sink(house: House) -> Iterator[int]:
    """A mail server of its own process that takes everything; its port."""
    port = choose_port(house.settings.model_copy(update={"port": 0})).port
    process = subprocess.Popen([sys.executable, "-c", SINK, str(port)])
    try:
        _connected(port).quit()
        yield port
    finally:
        process.kill()
        process.wait()


def _connected(port: int) -> smtplib.SMTP:
    for _ in range(200):
        try:
            return smtplib.SMTP("127.0.0.1", port, timeout=10)
        except OSError:
            time.sleep(0.05)
    raise TimeoutError("the mail server does not come up")


def _raw(port: int, body: str) -> float:
    """What the server takes of such texts a second, over one connection."""
    smtp = _connected(port)
    letter = EmailMessage(policy=SMTP)
    letter["From"], letter["To"], letter["Subject"] = "a@example.com", "b@example.com", "Your day"
    letter.set_content(body, subtype="html")
    wire = letter.as_bytes()
    began = time.perf_counter()
    for _ in range(STEPS):
        smtp.sendmail("a@example.com", ["b@example.com"], wire)
    took = time.perf_counter() - began
    smtp.quit()
    return STEPS / took


def _ticks(house: House) -> tuple[str, ...]:
    supplier_id, next_year = house.supplier_id, clock.now() + timedelta(days=365)
    tag = {"step_type": StepType.TAG_ASSIGNMENT, "step_content": '{"add": ["a"]}'}
    _enroll(supplier_id, _sequence(supplier_id, **tag), 1_000, next_year)
    few = _tick()
    with unit_of_work(supplier_id) as session:
        crowd = {"supplier": supplier_id, "name": "crowd-", "count": CROWD, "at": next_year}
        session.execute(_LEADS, crowd)
    sequences = [_sequence(supplier_id, **tag)[0] for _ in range(SEQUENCES)]
    with psycopg.connect(house.libpq, autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")  # no foreign key is looked up
        placed = connection.execute(_CROWD, {"at": next_year, "sequences": sequences}).rowcount
        assert placed == CROWD * SEQUENCES
        connection.execute("analyze lead_nurture_enrollments")
    many = _tick()
    return ("a sweep with none due", f"{many:.1f} ms", f"{few:.1f} ms", f"{many / few:.2f}")


def _tick() -> float:
    """Milliseconds of the median sweep; the first, which rings the hour's round, is left out."""
    sweep(clock.now())
    taken = []
    for _ in range(50):
        began = time.perf_counter()
        sweep(clock.now())
        taken.append(1000 * (time.perf_counter() - began))
    return statistics.median(taken)


def _another(number: int) -> UUID:
    fields = {"name": f"Bench {number}", "email": f"owner-{number}@example.com"}
    return open_supplier(OWNER.model_copy(update=fields)).supplier_id


def _lateness(house: House) -> tuple[str, ...]:
    suppliers = 20
    app = create_app(house.settings)
    with app.app_context():
        ids = [house.supplier_id, *(_another(n) for n in range(1, suppliers))]
        begin = datetime.now(UTC) + timedelta(seconds=30)
        for place, supplier_id in enumerate(ids):
            where = _sequence(
                supplier_id, step_type=StepType.TAG_ASSIGNMENT, step_content='{"add": ["seen"]}'
            )
            first = begin + timedelta(seconds=place / RATE)
            _enroll(supplier_id, where, RATE * SPAN // suppliers, first, suppliers / RATE)
        with mock.patch.dict(os.environ, TICKER_SECONDS="1"), house.running("worker", "ticker"):
            time.sleep(max(0.0, (begin - datetime.now(UTC)).total_seconds()) + SPAN + 30)
        late: list[float] = []
        for supplier_id in ids:
            with unit_of_work(supplier_id) as session:
                late += session.scalars(
                    text("""select extract(epoch from d.decided_at - e.enrollment_date)::float8
                            from step_decisions d join lead_nurture_enrollments e
                              on e.supplier_id = d.supplier_id and e.id = d.enrollment_id""")
                )
    if len(late) != RATE * SPAN:
        raise RuntimeError(f"{len(late)} of {RATE * SPAN} steps were taken")
    cut = statistics.quantiles(late, n=100)
    return (f"lateness at {RATE} due/s: p99", f"{cut[98]:.2f} s", f"p50 {cut[49]:.2f} s", "")
