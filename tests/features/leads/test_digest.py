"""Each morning, on the supplier's clock, each member is told what the day holds: once, or not at all."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import text as sql

from app.accounts.schemas import Notices
from app.accounts.service import update_notices
from app.kernel import clock, jobs
from app.kernel.uow import unit_of_work
from app.kernel.zones import instant
from app.leads.schemas import Assignment, StatusMove, TaskCreate
from app.models.accounts import Supplier
from app.models.choices import InteractionType, MessageState
from app.models.lead_facts import record_interaction
from app.models.leads import Lead
from app.workflows import sweep as sweeping
from app.workflows.assign_lead import assign_lead
from app.workflows.change_status import change_status
from app.workflows.create_task import create_task
from app.workflows.send_digests import is_morning, send_digests
from app.workflows.sweep import sweep
from tests.cast import Person
from tests.fakes import smtp_server
from tests.features.leads.desk import Desk
from tests.features.leads.team import Team, text
from tests.features.leads.test_assigned_notice import by_smtp, rung

LONDON = ZoneInfo("Europe/London")
DAY = date(2027, 6, 3)
EIGHT = instant(DAY, time(8), LONDON)
BEFORE = EIGHT - timedelta(days=2)


@pytest.fixture(autouse=True)
def a_quiet_house(desk: Desk, team: Team) -> None:
    """Nobody takes leads in turn, and notices of assignment are off."""
    team.only()
    for person in (desk.house.owner, desk.house.admin, desk.house.member):
        team.set(person, wants_notices=False)


def new(desk: Desk, person: Person | None, **said: Any) -> UUID:
    """A lead of that member since two days, who was answered."""
    with clock.at(BEFORE):
        lead_id = desk.lead(**said)
        if person:
            desk.do(assign_lead, desk.house.owner.actor, lead_id, Assignment(user_id=person.user_id))
    return lead_id


def task(desk: Desk, lead_id: UUID, title: str, due_at: datetime, person: Person | None = None) -> UUID:
    user_id = person.user_id if person else None
    data = TaskCreate(title=title, due_at=due_at, assigned_to_user_id=user_id)
    with clock.at(BEFORE):
        return desk.do(create_task, desk.house.owner.actor, lead_id, data)


def wrote(desk: Desk, lead_id: UUID, at: datetime) -> None:
    with desk.app.app_context(), unit_of_work(desk.house.supplier_id) as session:
        lead = session.get_one(Lead, (desk.house.supplier_id, lead_id))
        record_interaction(session, lead, InteractionType.EMAIL_REPLIED, occurred_at=at)


def morning(desk: Desk, team: Team, at: datetime = EIGHT) -> int:
    """The job, and what follows from it; how many digests were noted."""
    with clock.at(at):
        noted = desk.do(send_digests, desk.house.supplier_id)
    team.tell(at)
    return noted


def test_it_says_what_is_due_who_waits_and_what_is_new(desk: Desk, team: Team) -> None:
    member = desk.house.member
    ada = new(desk, member, couple_name_bride="Ada", wedding_date=date(2028, 1, 1))
    bea = new(desk, member, couple_name_bride="Bea")
    task(desk, ada, "Send the price list", EIGHT - timedelta(days=1))
    task(desk, ada, "Call", instant(DAY, time(15, 30), LONDON))
    task(desk, ada, "Tomorrow", instant(DAY + timedelta(days=1), time(0), LONDON))
    wrote(desk, bea, BEFORE + timedelta(hours=1))
    cleo = new(desk, None, couple_name_bride="Cleo")
    with clock.at(EIGHT - timedelta(hours=12)):
        desk.do(assign_lead, desk.house.owner.actor, cleo, Assignment(user_id=member.user_id))
    assert morning(desk, team) == 1
    (letter,) = team.letters(member)
    link = "http://localhost/leads"
    assert (
        letter["Subject"].strip() == "Today at Rosewood Photography: 2 tasks, 1 couple waiting, 1 new couple"
    )
    assert text(letter) == (
        "Hello Member Person,\n\n"
        f"Overdue (1)\n- Send the price list: Ada, since 2 Jun 2027\n  {link}/{ada}\n\n"
        f"Due today (1)\n- Call: Ada, at 15:30\n  {link}/{ada}\n\n"
        f"Waiting for an answer (1)\n- Bea, since 1 Jun 2027\n  {link}/{bea}\n\n"
        f"New to you (1)\n- Cleo\n  {link}/{cleo}\n\n"
        "-- \n"
        "WedSync Leads sends you this because you work with the leads of Rosewood Photography.\n"
        "Choose what you are sent, or nothing: http://localhost/account#e-mails\n"
    )


def test_each_sees_their_own_and_who_manages_what_is_nobodys(desk: Desk, team: Team) -> None:
    theirs, nobodys = new(desk, desk.house.member), new(desk, None)
    task(desk, theirs, "Theirs", EIGHT)
    task(desk, nobodys, "Nobody's", EIGHT)
    task(desk, theirs, "For the admin", EIGHT, desk.house.admin)
    morning(desk, team)
    titles = {"Theirs", "Nobody's", "For the admin"}

    def told(person: Person) -> set[str]:
        return {title for letter in team.letters(person) for title in titles if title in text(letter)}

    assert told(desk.house.member) == {"Theirs"}
    assert told(desk.house.admin) == {"Nobody's", "For the admin"}
    assert told(desk.house.owner) == {"Nobody's"}
    assert told(desk.house.viewer) == set()


def test_what_a_member_left_behind_is_told_to_who_manages(desk: Desk, team: Team) -> None:
    lead_id = new(desk, desk.house.member)
    task(desk, lead_id, "Left behind", EIGHT)
    with desk.app.app_context(), unit_of_work(desk.house.supplier_id) as session:
        session.execute(sql("update tasks set assigned_to_user_id = null"))
    team.set(desk.house.member, is_active=False)
    morning(desk, team)
    assert "Left behind" in text(team.letters(desk.house.owner)[0])
    assert team.letters(desk.house.member) == []


def test_not_on_a_day_without_anything(desk: Desk, team: Team) -> None:
    lead_id = new(desk, desk.house.member)
    task(desk, lead_id, "Next week", EIGHT + timedelta(days=7))
    lost = new(desk, desk.house.member)
    task(desk, lost, "No more", EIGHT)
    with clock.at(BEFORE):
        move = StatusMove(lead_status="lost", lost_reason="price")
        desk.do(change_status, desk.house.owner.actor, lost, move)
    assert morning(desk, team) == 0
    assert team.letters(desk.house.member) == []
    assert team.member(desk.house.member).digest_on == DAY, "and it is not looked for again"


def test_once_a_day_and_again_the_next(desk: Desk, team: Team) -> None:
    task(desk, new(desk, desk.house.member), "Call", EIGHT)
    assert morning(desk, team) == 1
    for minutes in (0, 15, 60, 200):
        assert morning(desk, team, EIGHT + timedelta(minutes=minutes)) == 0
    assert morning(desk, team, EIGHT + timedelta(days=1)) == 1
    assert len(team.letters(desk.house.member)) == 2


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/London", DAY),
        ("Asia/Kolkata", DAY),
        ("Asia/Kathmandu", DAY),
        ("Pacific/Kiritimati", DAY),
        ("Pacific/Pago_Pago", DAY),
        ("America/New_York", date(2027, 3, 14)),  # an hour is missing
        ("America/New_York", date(2027, 11, 7)),  # an hour comes twice
        ("Europe/London", date(2027, 3, 28)),
        ("Australia/Lord_Howe", date(2027, 4, 4)),  # half an hour comes twice
        ("Asia/Beirut", date(2027, 3, 28)),  # midnight is missing
    ],
)
def test_from_eight_to_noon_on_the_suppliers_clock(desk: Desk, team: Team, zone: str, day: date) -> None:
    where = ZoneInfo(zone)
    with desk.app.app_context(), unit_of_work(desk.house.supplier_id) as session:
        session.get_one(Supplier, desk.house.supplier_id).timezone = zone
    eight, noon = (datetime.combine(day, time(hour), where).astimezone(UTC) for hour in (8, 12))
    with clock.at(eight - timedelta(days=9)):
        lead_id = desk.lead()
    with clock.at(eight - timedelta(days=9)):
        desk.do(create_task, desk.actor, lead_id, TaskCreate(title="Call", due_at=eight))
    assert morning(desk, team, eight - timedelta(seconds=1)) == 0
    assert morning(desk, team, noon) == 0
    assert morning(desk, team, eight) == 2, "the owner and the admin, as it is nobody's"
    assert "Due today (1)\n- Call:" in text(team.letters(desk.house.owner)[0])
    assert morning(desk, team, noon - timedelta(seconds=1)) == 0


def test_a_supplier_who_moves_west_has_no_second_one_that_day(desk: Desk, team: Team) -> None:
    task(desk, new(desk, desk.house.member), "Call", EIGHT)
    assert morning(desk, team) == 1
    with desk.app.app_context(), unit_of_work(desk.house.supplier_id) as session:
        session.get_one(Supplier, desk.house.supplier_id).timezone = "America/Los_Angeles"
    assert morning(desk, team, instant(DAY, time(8), ZoneInfo("America/Los_Angeles"))) == 0
    assert len(team.letters(desk.house.member)) == 1


def test_who_switched_it_off_gets_none(desk: Desk, team: Team) -> None:
    task(desk, new(desk, desk.house.member), "Call", EIGHT)
    desk.do(update_notices, desk.house.member.actor, Notices())
    assert morning(desk, team) == 0
    desk.do(update_notices, desk.house.member.actor, Notices(wants_digest=True))
    assert morning(desk, team) == 1, "the same morning"


def test_switched_off_after_it_was_noted_it_is_not_sent(desk: Desk, team: Team) -> None:
    task(desk, new(desk, desk.house.member), "Call", EIGHT)
    with clock.at(EIGHT):
        desk.do(send_digests, desk.house.supplier_id)
    desk.do(update_notices, desk.house.member.actor, Notices())
    team.tell(EIGHT)
    assert team.states(desk.house.member) == [(MessageState.SKIPPED, "nothing_to_tell")]


def test_done_before_it_left_there_is_nothing_to_tell(desk: Desk, team: Team) -> None:
    task(desk, new(desk, desk.house.member), "Call", EIGHT)
    with clock.at(EIGHT):
        desk.do(send_digests, desk.house.supplier_id)
    with desk.app.app_context(), unit_of_work(desk.house.supplier_id) as session:
        session.execute(sql("update tasks set completed_at = :now"), {"now": EIGHT})
        session.execute(sql("update leads set next_follow_up_at = null"))
    team.tell(EIGHT)
    assert team.letters(desk.house.member) == []


def test_a_server_that_is_away_all_day_gets_no_digest_of_yesterday(
    app: Flask, desk: Desk, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    task(desk, new(desk, desk.house.member), "Call", EIGHT)
    with smtp_server() as mailbox:
        by_smtp(app, monkeypatch, mailbox.url)
        mailbox.reply = "451 4.3.0 later"
        morning(desk, team)
        mailbox.reply = "250 2.0.0 OK"
        (notice,) = team.notices(desk.house.member)
        assert notice.state is MessageState.DUE
        team.tell(EIGHT + timedelta(days=1), notice)
        assert mailbox.messages == []
    assert team.states(desk.house.member) == [(MessageState.SKIPPED, "nothing_to_tell")]


def test_run_five_times_at_once_it_is_one_letter(
    app: Flask, desk: Desk, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    task(desk, new(desk, desk.house.member), "Call", EIGHT)
    with smtp_server() as mailbox:
        by_smtp(app, monkeypatch, mailbox.url)
        with ThreadPoolExecutor(5) as pool:
            noted = list(pool.map(lambda _: morning(desk, team), range(5)))
        morning(desk, team)
        assert mailbox.recipients == [desk.house.member.email]
    assert sum(noted) == 1


def test_long_parts_are_cut_and_counted(desk: Desk, team: Team) -> None:
    lead_id = new(desk, desk.house.member)
    for number in range(13):
        task(desk, lead_id, f"Task {number}", EIGHT + timedelta(minutes=number))
    morning(desk, team)
    said = text(team.letters(desk.house.member)[0])
    assert "Due today (13)" in said
    assert said.count("- Task") == 10
    assert "- … and 3 more" in said


def test_notices_of_a_month_ago_go(desk: Desk, team: Team) -> None:
    task(desk, new(desk, desk.house.member), "Call", EIGHT)
    morning(desk, team)
    with desk.app.app_context(), unit_of_work(desk.house.supplier_id) as session:
        session.execute(sql("update notices set created_at = :then"), {"then": EIGHT - timedelta(days=31)})
    assert morning(desk, team, EIGHT + timedelta(days=1)) == 1
    assert [notice.day for notice in team.notices(desk.house.member)] == [DAY + timedelta(days=1)]


@pytest.fixture
def rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounds of the test's own, with the queue's room to themselves."""
    monkeypatch.setattr(sweeping, "KINDS", ())
    monkeypatch.setattr(sweeping, "NIGHTLY", NoRound())
    monkeypatch.setattr(sweeping, "MORNINGS", sweeping.MorningRound(timedelta(minutes=15)))


class NoRound(sweeping.Round):
    def next(self, *_: Any) -> list[UUID]:
        return []


def mornings(app: Flask, desk: Desk, at: datetime) -> int:
    """How often the house was rung by the sweeps of that time, until nobody was left."""
    found = 0
    with app.app_context():
        jobs.queue("background", app.config["REDIS_URL"]).empty()
        while sweep(at)["mornings"]:
            found += rung(app, desk, "background").count(("workers.jobs.leads.send_digests",))
    return found


@pytest.mark.usefixtures("rounds")
def test_the_sweep_rings_every_quarter_of_an_hour_while_it_is_morning_there(app: Flask, desk: Desk) -> None:
    with desk.app.app_context(), unit_of_work(desk.house.supplier_id) as session:
        session.get_one(Supplier, desk.house.supplier_id).timezone = "Asia/Kathmandu"  # 5:45 ahead
    quarter = timedelta(minutes=15)
    eight = instant(DAY, time(8), ZoneInfo("Asia/Kathmandu"))
    assert mornings(app, desk, eight - timedelta(seconds=1)) == 0
    assert mornings(app, desk, eight) == 1
    assert mornings(app, desk, eight + timedelta(minutes=14)) == 0, "rung already"
    assert mornings(app, desk, eight + quarter) == 1, "a bell that was lost is rung again"
    assert mornings(app, desk, eight + timedelta(hours=4)) == 0


@pytest.mark.usefixtures("rounds")
def test_a_zone_that_this_machine_does_not_know_stops_nobody_elses(app: Flask, desk: Desk) -> None:
    with desk.app.app_context(), unit_of_work(desk.house.stranger.actor.supplier_id) as session:
        session.get_one(Supplier, desk.house.stranger.actor.supplier_id).timezone = "Mars/Olympus"
    assert mornings(app, desk, EIGHT) == 1
    with desk.app.app_context(), unit_of_work(desk.house.stranger.actor.supplier_id) as session:
        session.get_one(Supplier, desk.house.stranger.actor.supplier_id).timezone = "Europe/London"


def test_morning_is_four_hours_everywhere() -> None:
    start = datetime(2027, 6, 3, tzinfo=UTC)
    quarters = [start + timedelta(minutes=15 * n) for n in range(96)]
    for zone in ("Asia/Kathmandu", "Australia/Eucla", "America/St_Johns", "UTC"):
        assert sum(is_morning(at, zone) for at in quarters) == 16
