"""Bad days of a supplier who writes to many couples: nothing lost, nothing twice, nothing after an opt-out.

`make faults` is the long run: 10,000 messages and 40 kills. FAULT_SEED repeats a run.
"""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.kernel import clock
from app.kernel.errors import Conflict
from app.kernel.uow import reading, unit_of_work
from app.messaging.signals import Signal
from app.models.accounts import Supplier
from app.models.choices import (
    MessageClass,
    MessageEventType,
    MessageState,
    StepType,
)
from app.models.leads import Lead, Task
from app.models.messaging import Message
from app.models.nurture import Enrollment, NurtureSequence, SmsTemplate
from app.workflows.begin_day import begin_day
from app.workflows.delete_lead import delete_lead
from app.workflows.deliver_messages import deliver_messages
from app.workflows.evaluate_leads import evaluate_leads
from app.workflows.opt_out import opt_out
from app.workflows.pause_enrollment import pause_enrollment
from app.workflows.record_signal import record_signal
from app.workflows.run_steps import run_steps
from tests.cast import House
from tests.factories.crowds import enrolled_crowd
from tests.factories.nurture import email_step, make_lead, make_sequence, rows
from tests.fakes import Mailbox
from tests.faults.conftest import OwnRedis, Process, eventually
from tests.faults.cutting import cutting
from tests.sms_provider import SmsProvider, sms_provider

MESSAGES = int(os.environ.get("FAULT_MESSAGES", "120"))
KILLS = int(os.environ.get("FAULT_KILLS", "4"))
SEED = int(os.environ.get("FAULT_SEED", "20261126"))
LONGEST_TURN = 10 + MESSAGES // 100
"""Rounds of jobs."""
LONGEST = 60 + MESSAGES / 5
"""Seconds; long on purpose."""
NO_RATES = dict.fromkeys(("MAIL_RATE", "SUPPLIER_MAIL_RATE", "SMS_RATE", "SUPPLIER_SMS_RATE"), "")
QUIET = {"LOG_LEVEL": "ERROR", "MESSAGE_LEASE": "2", **NO_RATES}
OPEN = (MessageState.DUE, MessageState.SENDING)

ANSWER = MessageClass.ACKNOWLEDGEMENT
"""Leaves at any hour."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(int(3 * LONGEST) + 120)]

Start = Callable[..., Process]


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def provider() -> Iterator[SmsProvider]:
    with sms_provider() as running:
        yield running


class Crew:
    """Workers and a ticker that are killed and started again, and Redis with them."""

    def __init__(self, start: Start, own_redis: OwnRedis, **environment: str) -> None:
        self.start, self.redis, self.environment = start, own_redis, QUIET | environment
        self.random = random.Random(SEED)
        self.people = [self._hire("worker"), self._hire("worker"), self._hire("ticker")]
        self.kills = 0

    def _hire(self, kind: str) -> tuple[str, Process]:
        return kind, self.start(*(["ticker"] if kind == "ticker" else []), **self.environment)

    def kill_one(self) -> None:
        self.kills += 1
        if self.random.random() < 0.25:
            self.redis.kill()
            self.redis.start()
            return
        kind, process = self.people.pop(self.random.randrange(len(self.people)))
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        self.people.append(self._hire(kind))


def counts(house: House) -> Counter[str]:
    with reading(house.supplier_id) as session:
        found = session.execute(select(Message.state, func.count()).group_by(Message.state))
        return Counter({str(state): count for state, count in found})


def hurry(house: House) -> None:
    """What waits for its next try waits no longer."""
    with unit_of_work(house.supplier_id) as session:
        waiting = update(Message).where(Message.state == MessageState.DUE, Message.due_at > func.now())
        session.execute(waiting.values(due_at=func.now()))


def is_done(house: House) -> bool:
    hurry(house)
    with reading(house.supplier_id) as session:
        due = select(func.count()).select_from(Enrollment).where(Enrollment.next_execution_at <= func.now())
        steps = session.scalar(due.where(Enrollment.status == "active"))
    return not steps and not sum(counts(house)[state] for state in OPEN)


def hurt(crew: Crew, house: House) -> None:
    """Kill them, one at random after the other, while the work goes on; and wait until it is done."""
    for _ in range(KILLS):
        time.sleep(crew.random.uniform(0.3, 1.5))
        crew.kill_one()
        hurry(house)
    eventually(lambda: is_done(house), seconds=LONGEST)


def test_a_provider_that_knows_keys_gets_each_message_whoever_is_killed(
    house: House, provider: SmsProvider, start_process: Start, own_redis: OwnRedis
) -> None:
    _make_it_noon(house)
    with unit_of_work(house.supplier_id) as session:
        session.get_one(Supplier, house.supplier_id).sms_number = "+447700900123"
        template = SmsTemplate(supplier_id=house.supplier_id, name="Thanks", content="Thank you.")
        session.add(template)
        session.flush()
        step = {"step_type": StepType.SMS, "sms_template_id": template.id, "message_class": ANSWER}
    enrolled_crowd(house, make_sequence(house, [step]), MESSAGES, datetime.now(UTC))
    crew = Crew(
        start_process,
        own_redis,
        SMS_TRANSPORT="http",
        SMS_URL=provider.url,
        SMS_ACCOUNT="AC1",
        SMS_TOKEN="secret",
        SMS_IDEMPOTENT="1",
    )
    hurt(crew, house)
    assert counts(house) == {"accepted": MESSAGES}
    sent = {call.headers["Idempotency-Key"] for call in provider.calls}
    assert sent == {str(message.id) for message in rows(house, Message)}, "one key a message, on every try"
    assert {row.status for row in rows(house, Enrollment)} == {"completed"}


def test_plain_smtp_cut_at_random_bytes_sends_nothing_twice(
    house: House, mailbox: Mailbox, start_process: Start, own_redis: OwnRedis
) -> None:
    step = email_step(house, message_class=ANSWER)
    enrolled_crowd(house, make_sequence(house, [step]), MESSAGES, datetime.now(UTC))
    with cutting(mailbox.url, SEED, 0.4) as wire:
        crew = Crew(start_process, own_redis, SMTP_URL=wire.url)
        hurt(crew, house)
        faults = wire.cuts + crew.kills
    found = counts(house)
    assert wire.cuts > 0, "a wire that was never cut shows nothing"
    assert found["accepted"] + found["uncertain"] + found["failed"] == MESSAGES
    assert found["failed"] == 0
    assert found["uncertain"] <= faults

    got = Counter(str(mail["Message-ID"]) for mail in mailbox.messages)
    ours = {f"<{message.id}@localhost.localdomain>": message.state for message in rows(house, Message)}
    twice = {key: count for key, count in got.items() if count > 1 and key in ours}
    assert not twice
    lost = [key for key, state in ours.items() if state == "accepted" and key not in got]
    assert not lost
    listed = [task for task in rows(house, Task) if task.task_type == "message_uncertain"]
    assert len(listed) == found["uncertain"], "each one is somebody's task"


def test_nothing_is_claimed_after_an_opt_out_a_pause_a_bounce_or_an_erasure(
    app: Flask, house: House, mailbox: Mailbox, start_process: Start, own_redis: OwnRedis
) -> None:
    """Each act on its own couple, at a moment of its own, while two workers send."""
    _make_it_noon(house)
    enrolled_crowd(house, make_sequence(house, [email_step(house)]), MESSAGES, datetime.now(UTC))
    crew = Crew(start_process, own_redis)
    chance, acts = random.Random(SEED), 0
    kept: dict[UUID, str] = {}
    """Messages that had not been claimed when the act on their couple was over."""
    eventually(lambda: sum(counts(house).values()) >= MESSAGES // 4, seconds=LONGEST)
    for message in chance.sample(rows(house, Message), min(60, MESSAGES // 4)):
        act = chance.choice(["opt_out", "pause", "bounce", "erase"])
        _act(house, message, act)
        acts += 1
        for left in rows(house, Message, Message.id == message.id):
            if left.state not in (MessageState.SENDING, MessageState.ACCEPTED):
                kept[message.id] = act
        time.sleep(chance.uniform(0, 0.02))
    eventually(lambda: counts(house)["accepted"] + len(kept) + acts >= MESSAGES, seconds=LONGEST)
    got = {str(mail["Message-ID"]) for mail in mailbox.messages}
    assert not [act for key, act in kept.items() if f"<{key}@localhost.localdomain>" in got]
    assert acts >= 40 or MESSAGES < 200
    assert crew.kills == 0


def _act(house: House, message: Message, act: str) -> None:
    now = datetime.now(UTC)
    if act == "opt_out":
        opt_out(house.supplier_id, message.id)
    elif act == "pause" and message.enrollment_id:
        with suppress(Conflict):  # its last step was taken before
            pause_enrollment(house.member.actor, message.enrollment_id)
    elif act == "bounce":
        signal_ = Signal(MessageEventType.BOUNCED, now, is_permanent=True)
        record_signal(house.supplier_id, message.id, signal_)
    elif act == "erase":
        delete_lead(house.owner.actor, message.lead_id)


def _make_it_noon(house: House) -> None:
    """A zone in which it is about noon, as follow-ups and text messages leave by day."""
    ahead = 12 - datetime.now(UTC).hour
    with unit_of_work(house.supplier_id) as session:
        zone = f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"
        session.get_one(Supplier, house.supplier_id).timezone = zone


def test_work_resumes_whenever_redis_is_emptied(
    house: House, mailbox: Mailbox, start_process: Start, own_redis: OwnRedis
) -> None:
    Crew(start_process, own_redis)
    for _ in range(max(3, KILLS // 2)):
        lead_id = make_lead(house, datetime.now(UTC))
        own_redis.client.flushall()
        eventually(partial(_is_answered, house, lead_id), seconds=30)


def _is_answered(house: House, lead_id: UUID) -> bool:
    return any(m.state == "accepted" for m in rows(house, Message, Message.lead_id == lead_id))


def test_each_job_run_several_times_at_once_is_run_once(app: Flask, house: House, mailbox: Mailbox) -> None:
    chance = random.Random(SEED)
    tag = {"step_type": StepType.TAG_ASSIGNMENT, "step_content": '{"add": ["a"]}', "delay_unit": "minutes"}
    points = {"step_type": StepType.SCORE_ADJUSTMENT, "step_content": '{"points": 5}'}
    email = email_step(house, message_class=ANSWER)
    now = datetime.now(UTC)
    enrolled_crowd(house, make_sequence(house, [tag, points, email]), MESSAGES // 4, now)
    jobs = (run_steps, deliver_messages, evaluate_leads, begin_day)
    settings = app.extensions["settings"]
    app.extensions["settings"] = settings.model_copy(
        update={"mail_transport": "smtp", "smtp_url": mailbox.url}
    )

    def work(job: Callable[[UUID], Any], at: datetime) -> None:
        with app.app_context(), clock.at(at):
            job(house.supplier_id)

    with ThreadPoolExecutor(8) as pool:
        for turn in range(8):
            at = now + timedelta(days=turn // 2)
            for _ in range(LONGEST_TURN):  # a job gives way to other suppliers' after a while
                several = [job for job in jobs for _ in range(chance.randint(2, 5))]
                chance.shuffle(several)
                for future in [pool.submit(work, job, at) for job in several]:
                    future.result(120)
                if not _is_due(house, at):
                    break
    app.extensions["settings"] = settings
    assert counts(house) == {"accepted": MESSAGES // 4}
    assert len(mailbox.messages) == len({mail["Message-ID"] for mail in mailbox.messages}) == MESSAGES // 4
    assert {row.steps_completed for row in rows(house, Enrollment)} == {3}
    assert {tuple(lead.tags) for lead in rows(house, Lead)} == {("a",)}


def _is_due(house: House, at: datetime) -> bool:
    steps = rows(house, Enrollment, Enrollment.status == "active", Enrollment.next_execution_at <= at)
    return bool(steps or rows(house, Message, Message.state == MessageState.DUE, Message.due_at <= at))


def test_one_supplier_whose_provider_stalls_keeps_nobody_waiting(
    house: House, mailbox: Mailbox, start_process: Start, own_redis: OwnRedis
) -> None:
    """One worker; who stalls has the older and far more messages. `make faults` has it stall 30 s."""
    seconds = 30 if MESSAGES >= 10_000 else 6
    mailbox.stall = lambda address: seconds if address.endswith("@slow.example") else 0
    others = house.strangers
    step = {"message_class": ANSWER}
    stalling = make_sequence(house, [email_step(house, **step)])
    enrolled_crowd(house, stalling, 40, datetime.now(UTC), domain="slow.example")
    start_process(**QUIET | {"MESSAGE_LEASE": "120"})
    start_process("ticker", **QUIET)
    eventually(lambda: counts(house)["sending"], seconds=LONGEST)
    began = datetime.now(UTC)
    enrolled_crowd(others, make_sequence(others, [email_step(others, **step)]), 20, began)
    eventually(lambda: counts(others)["accepted"] == 20, seconds=120)
    waited = sorted(row.accepted_at - began for row in rows(others, Message) if row.accepted_at)
    print(f"p95 of the others' delay: {waited[int(len(waited) * 0.95) - 1].total_seconds():.1f} s")
    assert counts(house)["accepted"] <= 3 + 90 / seconds, "it stalls, so it cannot have had many"


def test_after_six_hours_down_nothing_is_too_late_at_night_or_in_one_burst(
    app: Flask, house: House, mailbox: Mailbox
) -> None:
    """Due at ten in the morning; everything comes back at four, and for another supplier at nine at night."""
    settings = app.extensions["settings"]
    app.extensions["settings"] = settings.model_copy(
        update={
            "mail_transport": "smtp",
            "smtp_url": mailbox.url,
            "supplier_mail_rate": "20/minute",
        }
    )
    due = datetime(2026, 6, 3, 9, 0, tzinfo=UTC)  # ten in London
    prompt, patient = email_step(house, max_lateness_hours=4), email_step(house, max_lateness_hours=48)
    for step in (prompt, patient):
        enrolled_crowd(house, make_sequence(house, [step]), 30, due)
    with unit_of_work(house.supplier_id) as session:
        session.execute(update(NurtureSequence).values(is_active=True))
    night = datetime(2026, 6, 3, 20, 30, tzinfo=UTC)
    with clock.at(due + timedelta(hours=6)):
        run_steps(house.supplier_id)
        for _ in range(3):
            deliver_messages(house.supplier_id)
    assert counts(house) == {"accepted": 20, "due": 10}, "no burst, and what is too late is not written"
    with clock.at(night):
        deliver_messages(house.supplier_id)
    app.extensions["settings"] = settings
    assert len(mailbox.messages) == 20, "nothing at night"
    left = rows(house, Message, Message.state == MessageState.DUE)
    assert {message.reason for message in left} <= {"quiet_hours", None}
    assert all(message.not_after and message.due_at <= message.not_after for message in left)
    late = [row for row in rows(house, Enrollment) if row.steps_skipped]
    assert len(late) == 30
