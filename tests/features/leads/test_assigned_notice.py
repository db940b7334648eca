"""Whoever is given a lead by somebody else is told by e-mail, once, if they want to know."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from rq.job import Job

from app.accounts.schemas import Notices
from app.accounts.service import update_notices
from app.kernel import clock, jobs
from app.kernel.schema import validate
from app.kernel.uow import unit_of_work
from app.leads.schemas import Assignment, BulkUpdate, StatusMove
from app.models.choices import MessageState
from app.models.leads import Lead
from app.workflows import sweep as sweeping
from app.workflows.assign_lead import assign_lead
from app.workflows.bulk_update_leads import bulk_update_leads
from app.workflows.change_status import change_status
from app.workflows.delete_lead import delete_lead
from app.workflows.tell_member import tell_member
from tests.cast import Person
from tests.fakes import Mailbox, smtp_server
from tests.features.leads.desk import Desk
from tests.features.leads.team import Team, text

NOW = datetime(2027, 6, 3, 10, tzinfo=UTC)
TOLD = (MessageState.ACCEPTED, None)
NOTHING = (MessageState.SKIPPED, "nothing_to_tell")


@pytest.fixture(autouse=True)
def at_work(desk: Desk, team: Team) -> None:
    """Nobody takes leads in turn, so that each test gives its own."""
    team.only()
    desk.actor = desk.house.owner.actor


@pytest.fixture
def mailbox(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    with smtp_server() as box:
        by_smtp(app, monkeypatch, box.url)
        yield box


def by_smtp(app: Flask, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    smtp = {"mail_transport": "smtp", "smtp_url": url}
    monkeypatch.setitem(app.extensions, "settings", app.extensions["settings"].model_copy(update=smtp))


def new(desk: Desk, **said: Any) -> UUID:
    with clock.at(NOW):
        return desk.lead(**said)


def give(desk: Desk, lead_id: UUID, person: Person | None, at: datetime = NOW) -> None:
    with clock.at(at):
        desk.do(assign_lead, desk.actor, lead_id, Assignment(user_id=person.user_id if person else None))


def test_the_letter_says_who_when_whence_and_what_next(desk: Desk, team: Team) -> None:
    said = {"couple_name_bride": "Anna", "couple_name_groom": "Ben", "wedding_date": date(2028, 5, 6)}
    lead_id = new(desk, estimated_budget="5000", lead_source="referral", **said)
    give(desk, lead_id, desk.house.member)
    team.tell(NOW)
    (letter,) = team.letters(desk.house.member)
    assert letter["Subject"] == "Yours to look after: Anna & Ben"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert text(letter) == (
        "Hello Member Person,\n\n"
        "This couple is now yours to look after at Rosewood Photography:\n\n"
        "Anna & Ben\n"
        "  Wedding: 6 May 2028\n"
        "  Came by: Referral\n"
        "  Score: 75 of 100\n"
        f"  http://localhost/leads/{lead_id}\n\n"
        "-- \n"
        "WedSync Leads sends you this because leads of Rosewood Photography are given to you.\n"
        "Choose what you are sent, or nothing: http://localhost/account#e-mails\n"
    )
    assert team.states(desk.house.member) == [TOLD]


def test_a_lead_that_came_is_told_to_whose_turn_it_was(desk: Desk, team: Team) -> None:
    team.only(desk.house.member)
    lead_id = new(desk)
    team.tell(NOW)
    (letter,) = team.letters(desk.house.member)
    assert f"http://localhost/leads/{lead_id}" in text(letter)
    assert "Next: Ask for their wedding date" in text(letter)


def test_who_takes_a_lead_needs_no_telling(desk: Desk, team: Team) -> None:
    lead_id = new(desk)
    give(desk, lead_id, desk.house.owner)
    give(desk, lead_id, None)
    assert team.notices() == []
    assert [to for _, to in team.handovers(lead_id)] == [str(desk.house.owner.user_id), None]


def test_switched_off_there_is_none(desk: Desk, team: Team) -> None:
    desk.do(update_notices, desk.house.member.actor, Notices(wants_digest=True))
    give(desk, new(desk), desk.house.member)
    assert team.notices() == []
    desk.do(update_notices, desk.house.member.actor, Notices(wants_notices=True))
    give(desk, new(desk), desk.house.member)
    desk.do(update_notices, desk.house.member.actor, Notices())
    team.tell(NOW)
    assert team.states(desk.house.member) == [NOTHING], "what waits is not sent either"
    assert team.letters(desk.house.member) == []


def test_what_is_no_longer_theirs_to_see_is_not_told(desk: Desk, team: Team) -> None:
    moved, closed, gone = (new(desk) for _ in range(3))
    for lead_id in (moved, closed, gone):
        give(desk, lead_id, desk.house.member)
    give(desk, moved, desk.house.admin)
    with clock.at(NOW):
        lost = StatusMove(lead_status="lost", lost_reason="price")
        desk.do(change_status, desk.actor, closed, lost)
        desk.do(delete_lead, desk.actor, gone)
    team.tell(NOW)
    assert team.states(desk.house.member) == [NOTHING, NOTHING]
    assert team.letters(desk.house.member) == []
    assert len(team.letters(desk.house.admin)) == 1


@pytest.mark.parametrize("why", [{"is_active": False}, {"role": "viewer"}], ids=["left", "only reads"])
def test_who_left_meanwhile_is_not_told(desk: Desk, team: Team, why: dict[str, Any]) -> None:
    give(desk, new(desk), desk.house.member)
    team.set(desk.house.member, **why)
    team.tell(NOW)
    assert team.states(desk.house.member) == [NOTHING]


def test_many_at_once_go_in_one_letter_and_those_of_the_next_minute_in_another(
    desk: Desk, team: Team
) -> None:
    first = [new(desk) for _ in range(25)]
    give_all(desk, first, desk.house.member, NOW)
    team.tell(NOW)
    (letter,) = team.letters(desk.house.member)
    assert letter["Subject"] == "25 couples to look after"
    assert text(letter).count("http://localhost/leads/") == 20
    assert "… and 5 more: http://localhost/leads" in text(letter)
    second = [new(desk) for _ in range(3)]
    soon = NOW + timedelta(seconds=30)
    give_all(desk, second, desk.house.member, soon)
    team.tell(soon)
    assert len(team.letters(desk.house.member)) == 1, "not yet"
    team.tell(NOW + timedelta(seconds=61))
    assert [one["Subject"] for one in team.letters(desk.house.member)][1:] == ["3 couples to look after"]
    assert set(team.states(desk.house.member)) == {TOLD}


def give_all(desk: Desk, leads: list[UUID], person: Person, at: datetime) -> None:
    said = {"action": "assign", "ids": [str(one) for one in leads], "value": str(person.user_id)}
    with clock.at(at):
        desk.do(bulk_update_leads, desk.actor, validate(BulkUpdate, said))


def test_what_a_couple_wrote_does_not_look_like_ours(desk: Desk, team: Team) -> None:
    lead_id = new(desk, couple_name_bride="Ada")
    with desk.app.app_context(), unit_of_work(desk.house.supplier_id) as session:
        lead = session.get_one(Lead, (desk.house.supplier_id, lead_id))
        lead.couple_name_bride = "Ada\n\nClick\r\nBcc: x"
    give(desk, lead_id, desk.house.member)
    team.tell(NOW)
    (letter,) = team.letters(desk.house.member)
    assert letter["Subject"] == "Yours to look after: Ada Click Bcc: x"
    assert "\nAda Click Bcc: x\n" in text(letter)


def test_the_job_run_five_times_at_once_sends_one(desk: Desk, team: Team, mailbox: Mailbox) -> None:
    give(desk, new(desk), desk.house.member)
    (notice,) = team.notices(desk.house.member)

    def tell(_: int) -> None:
        with desk.app.app_context(), clock.at(NOW):
            tell_member(desk.house.supplier_id, notice.id)

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(tell, range(5)))
    tell(5)
    assert mailbox.recipients == [desk.house.member.email]
    (message,) = mailbox.messages
    assert message["Message-ID"] == f"<{notice.id}@localhost.localdomain>"
    assert team.states(desk.house.member) == [TOLD]


def test_a_server_that_says_later_is_asked_again_and_not_for_ever(
    desk: Desk, team: Team, mailbox: Mailbox
) -> None:
    give(desk, new(desk), desk.house.member)
    mailbox.reply = "451 4.3.0 later"
    at = NOW
    for pause in (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=2), timedelta(hours=20)):
        team.tell(at)
        (notice,) = team.notices(desk.house.member)
        assert (notice.state, notice.due_at) == (MessageState.DUE, at + pause)
        team.tell(at + pause - timedelta(seconds=1))
        at += pause
    team.tell(at)
    assert team.states(desk.house.member) == [(MessageState.FAILED, "smtp_451_data")]
    assert mailbox.messages == []


def test_a_server_that_comes_back_gets_it(desk: Desk, team: Team, mailbox: Mailbox) -> None:
    give(desk, new(desk), desk.house.member)
    mailbox.reply = "451 4.3.0 later"
    team.tell(NOW)
    mailbox.reply = "250 2.0.0 OK"
    team.tell(NOW + timedelta(minutes=1))
    assert mailbox.recipients == [desk.house.member.email]
    assert team.states(desk.house.member) == [TOLD]


def test_refused_for_good_it_is_not_tried_again(desk: Desk, team: Team, mailbox: Mailbox) -> None:
    give(desk, new(desk), desk.house.member)
    mailbox.rcpt_reply = "550 5.1.1 unknown"
    team.tell(NOW)
    assert team.states(desk.house.member) == [(MessageState.FAILED, "smtp_550_rcpt_5.1.1")]


def test_a_letter_that_cannot_be_written_is_put_off(
    desk: Desk, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(desk, new(desk), desk.house.member)
    with monkeypatch.context() as broken:
        broken.setattr("app.workflows.tell_member.letters.assigned", lambda *_: 1 / 0)
        team.tell(NOW)
    assert team.states(desk.house.member) == [(MessageState.DUE, "ZeroDivisionError")]
    team.tell(NOW + timedelta(minutes=1))
    assert team.states(desk.house.member) == [TOLD]


def rung(app: Flask, desk: Desk, queue: str = "default") -> list[tuple[str, str]]:
    """(job, row) that was rung for the house since the last look."""
    with app.app_context():
        waiting = jobs.queue(queue, app.config["REDIS_URL"])
        found = Job.fetch_many(waiting.job_ids, connection=waiting.connection, serializer=waiting.serializer)
        waiting.empty()
    ours = str(desk.house.supplier_id)
    return [(job.func_name, *job.args[1:]) for job in found if job and job.args[0] == ours]


def test_a_bell_that_was_lost_is_rung_by_the_sweep(
    app: Flask, desk: Desk, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung(app, desk)
    long_ago = datetime(2001, 6, 3, 10, tzinfo=UTC)
    with clock.at(long_ago):
        lead_id = desk.lead()
    give(desk, lead_id, desk.house.member, long_ago)
    (notice,) = team.notices(desk.house.member)
    bell = ("workers.jobs.notices.tell", str(notice.id))
    assert bell in rung(app, desk), "at once"
    monkeypatch.setattr(sweeping, "NIGHTLY", sweeping.Round())
    with app.app_context():
        sweeping.sweep(long_ago)
        assert bell in rung(app, desk)
        team.tell(long_ago)
        sweeping.sweep(long_ago)
        assert bell not in rung(app, desk)


def test_somebody_of_another_house_is_told_nothing(desk: Desk, team: Team) -> None:
    give(desk, new(desk), desk.house.member)
    (notice,) = team.notices()
    with desk.app.app_context(), clock.at(NOW):
        tell_member(desk.house.stranger.actor.supplier_id, notice.id)
    assert team.states(desk.house.member) == [(MessageState.DUE, None)]


def test_a_member_changes_their_own_alone(desk: Desk, team: Team) -> None:
    desk.do(update_notices, desk.house.member.actor, Notices())
    assert not team.member(desk.house.member).wants_digest
    assert team.member(desk.house.admin).wants_digest
