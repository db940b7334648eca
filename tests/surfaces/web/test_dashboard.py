"""The first page: figures over every lead, what came in, what is due; and the door for everybody else."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask.testing import FlaskClient

from app.kernel import clock
from app.models.capture import DateEntry
from app.models.choices import LeadStatus
from app.models.conversions import Conversion
from app.models.leads import Task
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


def test_what_is_to_do_stands_there_with_its_act(office: Office) -> None:
    with clock.at(NOON):
        browser = office.browser()
        waiting = office.lead(couple_name_bride="Rosa", primary_phone="+44 20 7946 0123")
        lead_id = office.lead(couple_name_bride="Emma")
        office.change(waiting, awaiting_reply_since=NOON - timedelta(days=2))
        office.change(lead_id, awaiting_reply_since=None, first_response_at=NOON)
        office.add(
            Task(lead_id=lead_id, title="Tonight", due_at=NOON + timedelta(hours=11)),
            Task(lead_id=lead_id, title="Yesterday", due_at=NOON - timedelta(days=1)),
            Task(lead_id=lead_id, title="Tomorrow", due_at=NOON + timedelta(hours=12)),
        )
        page = browser.get("/").text
        shown = words(browser, "/").partition("Do next")[2].partition("Latest inquiries")[0]
    assert "1 reply, 2 tasks" in shown
    assert "Rosa Answer their inquiry · waiting 2 days Write" in shown
    assert "Emma Yesterday · overdue, 9 Mar 2027, 12:00 Done" in shown
    assert shown.index("Rosa") < shown.index("Yesterday") < shown.index("Tonight")
    assert "Tomorrow" not in shown.replace("Tomorrow at 9", "")
    assert f'href="/leads/{waiting}?compose=email#email-body"' in page
    assert 'href="tel:+442079460123"' in page


def test_what_is_mine_is_asked_for_by_address(office: Office) -> None:
    mine = office.lead(couple_name_bride="Rosa")
    theirs = office.lead(couple_name_bride="Emma")
    for lead_id, person in ((mine, office.house.owner), (theirs, office.house.admin)):
        office.change(lead_id, awaiting_reply_since=NOON, assigned_to_user_id=person.user_id)
    browser = office.browser()
    queue = words(browser, "/?who=mine").partition("Latest inquiries")[0]
    assert "Rosa Answer" in queue
    assert "Emma Answer" not in queue
    assert browser.get("/?who=them").status_code == 422
    assert "Nothing waits for you" in words(office.browser(office.house.member), "/?who=mine")


def test_the_queue_has_pages(office: Office) -> None:
    for number in range(3):
        lead_id = office.lead(couple_name_bride=f"Couple {number}")
        office.change(lead_id, awaiting_reply_since=NOON - timedelta(hours=number))
    browser = office.browser()
    first = browser.get("/?limit=2").text
    [onward] = re.findall(r'href="([^"]+)"[^>]*>Next ', first)
    second = browser.get(onward.replace("&amp;", "&")).text
    queue = re.compile(r'id="do-reply-([0-9a-f-]+)"')
    assert len(queue.findall(first)) == 2
    assert len(queue.findall(second)) == 1
    assert not set(queue.findall(first)) & set(queue.findall(second))


def test_a_hold_that_ends_soon_is_confirmed_or_released_there(office: Office) -> None:
    with clock.at(NOON):
        browser = office.browser()
        lead_id = office.lead(couple_name_bride="Emma", wedding_date=date(2028, 6, 17))
        office.change(lead_id, awaiting_reply_since=None, first_response_at=NOON)
        until = NOON + timedelta(days=2)
        office.add(DateEntry(on_date=date(2028, 6, 17), state="held", lead_id=lead_id, held_until=until))
        assert "Emma Confirm or release their date · 17 Jun 2028, hold ends in 2 days Release" in words(
            browser, "/"
        )
        assert browser.post(f"/calendar/holds/{lead_id}/release", page="/").status_code == 303
        assert "Confirm or release" not in words(browser, "/")


def test_a_viewer_is_offered_nothing_that_writes(office: Office) -> None:
    lead_id = office.lead(couple_name_bride="Emma", primary_phone="+44 20 7946 0123")
    office.change(lead_id, awaiting_reply_since=NOON)
    office.add(Task(lead_id=lead_id, title="Call them", due_at=NOON))
    with clock.at(NOON):
        page = office.browser(office.house.viewer).get("/").text
    assert "Call them" in page
    for absent in ("/complete", "/snooze", "compose=email"):
        assert absent not in page


def test_a_page_that_polls_gets_the_work_when_something_changed(office: Office) -> None:
    with clock.at(NOON):
        browser = office.browser()
        office.lead(couple_name_bride="Emma")
        poll = re.search(r'data-poll hx-get="([^"]+)"', browser.get("/").text)
        assert poll
        address = poll[1].replace("&amp;", "&")
        fragment = {"HX-Request": "true", "HX-Request-Type": "partial"}
        assert browser.client.get(address, headers=fragment).status_code == 204
        office.lead(couple_name_bride="Rosa")
        answer = browser.client.get(address, headers=fragment)
    assert answer.status_code == 200
    assert "Rosa" in answer.text
    assert "<html" not in answer.text
    assert "Key figures" not in answer.text


def test_time_alone_brings_the_work_anew(office: Office) -> None:
    """A task falls due and a couple goes cold without any write."""
    with clock.at(NOON):
        browser = office.browser()
        poll = re.search(r'data-poll hx-get="([^"]+)"', browser.get("/").text)
    assert poll
    with clock.at(NOON + timedelta(minutes=5)):
        assert browser.get(poll[1].replace("&amp;", "&")).status_code == 200


def test_who_is_signed_out_is_sent_to_sign_in_by_a_poll(client: FlaskClient) -> None:
    answer = client.get("/?seen=x", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/login")


def test_how_it_goes_stands_in_a_table_too(office: Office) -> None:
    with clock.at(NOON):
        browser = office.browser()
        answered = office.lead(at=NOON - timedelta(days=7))
        office.change(answered, first_response_at=NOON - timedelta(days=7) + timedelta(hours=3))
        won = office.lead(at=NOON - timedelta(days=8))
        office.change(won, lead_status=LeadStatus.WON, converted_at=NOON, conversion_value=Decimal(900))
        page = browser.get("/").text
        shown = words(browser, "/")
    assert page.count('class="sparkline"') == 6
    assert page.count('<th scope="row">') == 12
    assert "Won this month £900 1 booking" in shown
    assert "First answer 3 hours median of 1 in twelve weeks" in shown
    assert "8 Mar 2027 0 0 None £0 £900 (1) None" in shown
    assert "1 Mar 2027 2 1 (50.0%)" in shown


def test_it_costs_the_same_statements_however_many(office: Office, statements: Callable[[], Any]) -> None:
    """Who, the supplier, the mark, the queue, its counts, the latest, three of figures; twice the tenancy."""
    office.lead()
    with clock.at(NOON):
        browser = office.browser()
        with statements() as few:
            browser.get("/")
        for _ in range(9):
            office.lead()
        with statements() as many:
            browser.get("/")
    assert len(many) == len(few)
    assert len(few) <= 11, few
