"""Bad days of the e-mails to members: told once, or known to be unsure."""

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import update

from app.accounts import team
from app.accounts.schemas import Availability
from app.kernel.uow import unit_of_work
from app.leads.schemas import Assignment
from app.models.accounts import Membership
from app.models.choices import MessageState
from app.models.leads import Lead
from app.models.notices import Notice
from app.workflows.assign_lead import assign_lead
from tests.cast import House
from tests.factories.nurture import make_lead, one, rows
from tests.fakes import Mailbox, rude_server, say_until
from tests.faults.conftest import OwnRedis, Process, eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

Start = Callable[..., Process]


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@pytest.fixture
def give(house: House, own_redis: OwnRedis) -> Callable[[], None]:
    """The owner gives the member a lead, and no bell waits but that of the notice.

    Nobody has a digest today: in the morning the ticker would send those, too.
    """
    lead_id = make_lead(house, datetime.now(UTC))
    with unit_of_work(house.supplier_id) as session:
        session.execute(update(Membership).values(wants_digest=False))
    own_redis.client.flushall()
    to_member = Assignment(user_id=house.member.user_id)
    return lambda: assign_lead(house.owner.actor, lead_id, to_member) and None


def notice(house: House) -> Notice:
    return one(house, Notice)


def told(house: House, mailbox: Mailbox) -> int:
    """How many e-mails reached the member; the ticker also finds what other tests left due."""
    return mailbox.recipients.count(house.member.email)


def test_a_worker_killed_in_the_middle_of_a_send_tells_no_second_time(
    house: House, mailbox: Mailbox, start_process: Start, give: Callable[[], None]
) -> None:
    go_on = threading.Event()
    mailbox.before_reply = lambda: bool(go_on.wait(30)) and None
    worker = start_process(MESSAGE_LEASE="2")
    give()
    assert mailbox.arrived.wait(30)
    worker.send_signal(signal.SIGKILL)
    worker.wait(10)
    go_on.set()
    assert notice(house).state == MessageState.SENDING

    start_process(MESSAGE_LEASE="2")
    start_process("ticker", MESSAGE_LEASE="2")
    eventually(lambda: notice(house).state == MessageState.UNCERTAIN)
    assert (notice(house).reason, notice(house).attempts) == ("lease_expired", 1)
    assert told(house, mailbox) == 1


def test_a_worker_killed_before_the_text_was_over_is_known_as_unsure(
    house: House, mailbox: Mailbox, start_process: Start, give: Callable[[], None]
) -> None:
    half_way, hang_up = threading.Event(), threading.Event()

    def take_half(connection: socket.socket) -> None:
        say_until(connection, "BODY")
        half_way.set()
        hang_up.wait(30)

    with rude_server(take_half) as url:
        worker = start_process(SMTP_URL=url, MESSAGE_LEASE="2")
        give()
        assert half_way.wait(30)
        worker.send_signal(signal.SIGKILL)
        worker.wait(10)
        hang_up.set()
    start_process(MESSAGE_LEASE="2")
    start_process("ticker", MESSAGE_LEASE="2")
    eventually(lambda: notice(house).state == MessageState.UNCERTAIN)
    assert told(house, mailbox) == 0


def test_a_bell_that_was_lost_is_found_by_the_ticker_and_told_once(
    house: House, mailbox: Mailbox, own_redis: OwnRedis, start_process: Start, give: Callable[[], None]
) -> None:
    give()
    own_redis.client.flushall()
    for _ in range(2):
        start_process()
        start_process("ticker", TICKER_SECONDS="0.2")
    eventually(lambda: notice(house).state == MessageState.ACCEPTED)
    assert told(house, mailbox) == 1


def test_leads_that_nobody_has_go_to_the_member_who_comes_back(
    house: House, mailbox: Mailbox, start_process: Start
) -> None:
    for person in (house.owner, house.admin, house.member):
        team.set_availability(house.owner.actor, person.user_id, Availability())
    leads = [make_lead(house, datetime.now(UTC)) for _ in range(3)]
    start_process()
    start_process("ticker")
    back = Availability(takes_leads=True, capacity=10)
    team.set_availability(house.owner.actor, house.member.user_id, back)
    mine = Lead.assigned_to_user_id == house.member.user_id
    eventually(lambda: {lead.id for lead in rows(house, Lead, mine)} >= set(leads))
    eventually(lambda: told(house, mailbox))
