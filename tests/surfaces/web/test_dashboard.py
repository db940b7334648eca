"""The first page: figures over every lead, what came in, what is due; and the door for everybody else."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask.testing import FlaskClient

from app.kernel import clock
from app.models.choices import LeadStatus
from app.models.conversions import Conversion
from app.models.leads import Task
from tests.surfaces.accounts.browser import Browser
from tests.surfaces.web.conftest import NOON, Office
from tests.surfaces.web.test_lead_page import words


def test_somebody_who_is_not_signed_in_finds_the_way_in(client: FlaskClient) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert 'href="/login"' in page.text
    assert 'href="/sign-up"' in page.text
    for promise in ("Nothing is lost", "Answered in seconds", "A score you can read", "Where they came from"):
        assert promise in page.text
    assert "Dashboard" not in page.text


def test_everybody_who_works_there_sees_it(office: Office) -> None:
    for person in (office.house.owner, office.house.admin, office.house.member, office.house.viewer):
        shown = words(office.browser(person), "/")
        assert "Rosewood Photography" in shown
        assert shown.count("Your first inquiry will appear here") == 1


def test_figures_cover_every_lead_but_spam_and_duplicates(office: Office) -> None:
    statuses = [LeadStatus.WON, LeadStatus.NEW, LeadStatus.NEW, LeadStatus.LOST, LeadStatus.SPAM]
    with clock.at(NOON):
        browser = office.browser()
        for number, status in enumerate(statuses):
            age = timedelta(days=number)  # Wednesday, Tuesday, Monday, Sunday, Saturday
            lead_id = office.lead(at=NOON - age, estimated_budget=Decimal(1000) if number < 4 else Decimal(9))
            if status is LeadStatus.WON:
                office.add(
                    Conversion(
                        lead_id=lead_id, conversion_type="booking_confirmed", conversion_value=Decimal(900)
                    )
                )
            office.change(lead_id, lead_status=status, lead_score=number * 10)
        office.lead(at=NOON - timedelta(days=30))
        shown = words(browser, "/")
    assert "Leads 5 3 new this week" in shown
    assert "Conversion rate 20.0% 1 won of 5, likely 3.6% to 62.4%" in shown
    assert "Pipeline £2,000 3 open, 1 without a budget" in shown
    assert "Average score 12" in shown


def test_the_week_begins_on_the_suppliers_monday(office: Office) -> None:
    monday = NOON - timedelta(days=2, hours=12)
    with clock.at(NOON):
        browser = office.browser()
        office.lead(at=monday)
        office.lead(at=monday - timedelta(seconds=1))
        assert "Leads 2 1 new this week" in words(browser, "/")


def test_tasks_that_are_overdue_or_due_today_stand_there(office: Office) -> None:
    with clock.at(NOON):
        browser = office.browser()
        lead_id = office.lead(couple_name_bride="Emma")
        closed = office.lead()
        office.add(
            Task(lead_id=lead_id, title="Tonight", due_at=NOON + timedelta(hours=11)),
            Task(lead_id=lead_id, title="Yesterday", due_at=NOON - timedelta(days=1)),
            Task(lead_id=lead_id, title="Tomorrow", due_at=NOON + timedelta(hours=12)),
            Task(lead_id=lead_id, title="Finished", due_at=NOON, completed_at=NOON),
            Task(lead_id=closed, title="Of a lost couple", due_at=NOON),
        )
        office.change(closed, lead_status=LeadStatus.LOST)
        due = words(browser, "/").partition("Due and overdue")[2]
    assert "Yesterday Emma, overdue, 9 Mar 2027, 12:00" in due
    assert due.index("Yesterday") < due.index("Tonight")
    for absent in ("Tomorrow", "Finished", "Of a lost couple"):
        assert absent not in due


def test_it_costs_the_same_statements_however_many(
    office: Office, browser: Browser, statements: Callable[[], Any]
) -> None:
    office.lead()
    with statements() as few:
        browser.get("/")
    for _ in range(9):
        office.lead()
    with statements() as many:
        browser.get("/")
    assert many == few
    assert len(few) <= 7, few
