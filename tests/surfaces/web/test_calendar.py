"""The calendar: which days it shows, what stands on them, and how a date is held, released and blocked."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.kernel import clock
from app.kernel.uow import reading
from app.models.capture import DateEntry
from app.models.choices import DateState, LeadStatus
from app.models.leads import Task
from tests.architecture.ledger import ledger
from tests.surfaces.accounts.browser import Browser
from tests.surfaces.accounts.test_settings_pages import PROFILE
from tests.surfaces.web.conftest import NOON, Office
from tests.surfaces.web.test_lead_page import words

JUNE = date(2027, 6, 12)
CELL = re.compile(r'<td class="[^"]*"[^>]*>(.*?)</td>', re.S)
LONG = re.compile(r'<span class="day-long">([^<]+)<')
TAGS = re.compile(r"<[^>]+>")


def cells(browser: Browser, query: str) -> dict[str, str]:
    """What stands in each day of the sheet, by its name."""
    page = browser.get(f"/calendar{query}")
    assert page.status_code == 200, page.text
    found = {}
    for cell in CELL.findall(page.text):
        name, marks = LONG.findall(cell)[0], cell.partition('<ul class="marks">')[2]
        found[name] = " ".join(TAGS.sub(" ", marks).split())
    return found


def entries(office: Office) -> list[DateEntry]:
    with office.app.app_context(), reading(office.house.supplier_id) as session:
        found = list(session.scalars(select(DateEntry)))
        session.expunge_all()
        return found


def test_a_month_shows_its_whole_weeks(office: Office) -> None:
    with clock.at(NOON):
        browser = office.browser()
        days = list(cells(browser, ""))
        assert (days[0], days[-1], len(days)) == ("Monday 1 March", "Sunday 4 April", 35)
        assert 'aria-current="date"' in browser.get("/calendar").text
        assert next(iter(cells(browser, "?on=2027-06-12"))) == "Monday 31 May"


def test_a_week_shows_its_seven_days(office: Office) -> None:
    days = list(cells(office.browser(), "?view=week&on=2027-06-12"))
    assert (days[0], days[-1], len(days)) == ("Monday 7 June", "Sunday 13 June", 7)


def test_the_week_begins_where_the_suppliers_country_begins_it(office: Office) -> None:
    browser = office.browser()
    assert browser.post("/settings", **(PROFILE | {"locale": "en-US"})).status_code == 303
    days = list(cells(browser, "?view=week&on=2027-06-12"))
    assert (days[0], days[-1]) == ("Sunday 6 June", "Saturday 12 June")


def test_a_day_shows_its_state_its_couples_and_what_is_to_do(office: Office) -> None:
    booked = office.lead(couple_name_bride="Rosa", wedding_date=JUNE)
    held = office.lead(couple_name_bride="Ada", wedding_date=JUNE + timedelta(days=1))
    office.lead(couple_name_bride="Emma", wedding_date=JUNE)
    won = office.lead(couple_name_bride="Wilma", wedding_date=JUNE + timedelta(days=2))
    lost = office.lead(couple_name_bride="Lotte", wedding_date=JUNE)
    for _ in range(3):
        office.lead(wedding_date=JUNE + timedelta(days=3))
    office.change(booked, lead_status=LeadStatus.WON)
    office.change(won, lead_status=LeadStatus.WON)
    office.change(lost, lead_status=LeadStatus.LOST)
    evening = datetime(2027, 6, 12, 22, 30, tzinfo=NOON.tzinfo)  # half past eleven in London
    office.add(
        DateEntry(on_date=JUNE, state="booked", lead_id=booked),
        DateEntry(on_date=JUNE + timedelta(days=1), state="held", lead_id=held, held_until=NOON),
        DateEntry(on_date=JUNE - timedelta(days=1), state="blocked", note="Holiday"),
        Task(lead_id=booked, title="Pack the bags", due_at=evening),
        Task(lead_id=lost, title="Of a lost couple", due_at=evening),
        Task(lead_id=booked, title="Done", due_at=evening, completed_at=NOON),
    )
    with clock.at(NOON):
        shown = cells(office.browser(), "?on=2027-06-01")
    assert shown["Friday 11 June"] == "Blocked: Holiday"
    assert shown["Saturday 12 June"] == "Booked: Rosa Emma 23:30 Pack the bags"
    assert shown["Sunday 13 June"] == "Held: Ada"
    assert shown["Monday 14 June"] == "Booked: Wilma"
    assert shown["Tuesday 15 June"] == "3 couples ask"
    assert shown["Thursday 10 June"] == ""


def test_no_day_grows_without_end(office: Office) -> None:
    lead_id = office.lead()
    noon = datetime(2027, 6, 12, 11, tzinfo=NOON.tzinfo)
    office.add(*(Task(lead_id=lead_id, title=f"Task {number}", due_at=noon) for number in range(9)))
    shown = cells(office.browser(), "?on=2027-06-01")["Saturday 12 June"]
    assert shown.count("Task") == 3
    assert shown.endswith("6 more")


def test_a_day_in_full_leads_to_its_leads(office: Office) -> None:
    office.lead(couple_name_bride="Emma", wedding_date=JUNE)
    browser = office.browser()
    page = browser.get("/calendar?day=2027-06-12").text
    assert 'href="/leads?wedding_date_from=2027-06-12&amp;wedding_date_to=2027-06-12"' in page
    assert "Saturday 12 June 2027" in page
    assert "The day is open" in words(browser, "/calendar?day=2027-06-13")


def test_tasks_are_everybodys_or_mine(office: Office) -> None:
    lead_id, noon = office.lead(), datetime(2027, 6, 12, 11, tzinfo=NOON.tzinfo)
    office.add(
        Task(lead_id=lead_id, title="Mine", due_at=noon, assigned_to_user_id=office.house.owner.user_id),
        Task(lead_id=lead_id, title="Theirs", due_at=noon, assigned_to_user_id=office.house.admin.user_id),
    )
    browser = office.browser()
    assert "Theirs" in cells(browser, "?on=2027-06-01")["Saturday 12 June"]
    mine = cells(browser, "?on=2027-06-01&who=mine")["Saturday 12 June"]
    assert "Mine" in mine
    assert "Theirs" not in mine


@pytest.mark.parametrize("query", ["on=june", "on=1969-12-31", "view=year", "day=2027-02-30", "who=x", "x=1"])
def test_an_address_that_makes_no_sense_is_refused(office: Office, query: str) -> None:
    assert office.browser().get(f"/calendar?{query}").status_code == 422


@pytest.mark.parametrize("query", ["on=1970-01-01", "on=2200-12-31", "on=1970-01-01&view=week"])
def test_the_ends_of_time_are_pages_like_others(office: Office, query: str) -> None:
    assert office.browser().get(f"/calendar?{query}").status_code == 200


def test_a_date_is_held_until_an_evening_and_released(office: Office) -> None:
    with clock.at(NOON):
        browser = office.browser()
        lead_id = office.lead(couple_name_bride="Emma", wedding_date=JUNE)
        day = "/calendar?day=2027-06-12"
        assert browser.post(f"/calendar/holds/{lead_id}", page=day, until="2027-03-20").status_code == 303
        [entry] = entries(office)
        assert (entry.on_date, entry.state, entry.lead_id) == (JUNE, DateState.HELD, lead_id)
        assert entry.held_until == datetime(2027, 3, 20, 18, tzinfo=NOON.tzinfo)
        assert "Held Emma until 20 Mar 2027, 18:00 Release" in words(browser, day)
        assert browser.post(f"/calendar/holds/{lead_id}/release", page=day).status_code == 303
        assert entries(office) == []


def test_the_page_of_a_lead_holds_its_date_for_a_week_and_releases_it(office: Office) -> None:
    with clock.at(NOON):
        browser = office.browser()
        lead_id = office.lead(couple_name_bride="Emma", wedding_date=JUNE)
        path = f"/leads/{lead_id}"
        held = office.browser(office.house.viewer).get(path).text
        assert "/calendar/holds" not in held, "a viewer is not offered it"
        page = browser.get(path).text
        assert f'action="/calendar/holds/{lead_id}"' in page
        assert 'name="until" value="2027-03-17"' in page
        answer = browser.client.post(
            f"/calendar/holds/{lead_id}",
            data={"csrf_token": browser.token(path), "until": "2027-03-17"},
            headers={"Referer": f"http://localhost{path}"},
        )
        assert answer.location == path
        [entry] = entries(office)
        assert entry.held_until == datetime(2027, 3, 17, 18, tzinfo=NOON.tzinfo)
        told = words(browser, path)
        assert "The date is held until 17 March." in told
        assert "Held for them Release" in told
        browser.post(f"/calendar/holds/{lead_id}/release", page=path)
        assert entries(office) == []


def test_a_day_is_blocked_and_opened_again(office: Office) -> None:
    browser = office.browser()
    browser.post("/calendar/blocks", page="/calendar", on_date="2027-06-12", note="Holiday")
    [entry] = entries(office)
    assert (entry.on_date, entry.state, entry.note) == (JUNE, DateState.BLOCKED, "Holiday")
    assert "Blocked Holiday Open again" in words(browser, "/calendar?day=2027-06-12")
    browser.post(f"/calendar/blocks/{entry.id}/delete", page="/calendar")
    assert entries(office) == []


def test_what_cannot_be_is_said_on_the_page(office: Office) -> None:
    with clock.at(NOON):
        browser = office.browser()
        lead_id = office.lead(wedding_date=JUNE)
        browser.post("/calendar/blocks", page="/calendar", on_date="2027-06-12")
        before = ledger(office.app, office.house.supplier_id)
        for path, given, said in (
            (f"/calendar/holds/{lead_id}", {"until": "2027-03-20"}, "That day is blocked; open it first."),
            (f"/calendar/holds/{lead_id}", {"until": "2027-03-01"}, "A hold ends in the future"),
            (f"/calendar/holds/{lead_id}/release", {}, "No day is held for this lead."),
        ):
            answer = browser.post(path, page="/calendar", **given)
            assert said in words(browser, answer.location)
        assert ledger(office.app, office.house.supplier_id) == before


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"note": "Fair"}, "on_date", "Give a date, such as 2027-06-12."),
        ({"on_date": "soon", "note": "Fair"}, "on_date", "Give a date, such as 2027-06-12."),
        ({"on_date": "1066-10-14", "note": "Fair"}, "on_date", "greater than or equal to 1970-01-01."),
        ({"on_date": "2027-06-12", "note": "x" * 256}, "note", "This should have at most 255 characters."),
    ],
)
def test_a_day_that_is_none_is_refused_beside_its_field(
    office: Office, given: dict[str, str], field: str, said: str
) -> None:
    answer = office.browser().post("/calendar/blocks", page="/calendar", **given)
    assert answer.status_code == 422
    assert said in answer.text.partition(f'id="{field}-error"')[2].partition("</div>")[0]
    assert f'value="{given["note"]}"' in answer.text, "what was entered stays"
    assert entries(office) == []


def test_a_day_that_is_taken_is_refused_above_the_form(office: Office) -> None:
    browser = office.browser()
    for status, note in ((303, "Holiday"), (422, "Fair")):
        answer = browser.post("/calendar/blocks", page="/calendar", on_date="2027-06-12", note=note)
        assert answer.status_code == status
    assert "That day is blocked; open it first." in answer.text
    assert 'value="Fair"' in answer.text
    assert "June 2027" in answer.text
    assert len(entries(office)) == 1


def test_a_viewer_is_offered_nothing_that_writes(office: Office) -> None:
    office.lead(wedding_date=JUNE)
    page = office.browser(office.house.viewer).get("/calendar?day=2027-06-12").text
    assert "/calendar/holds" not in page
    assert "/calendar/blocks" not in page


def test_it_costs_the_same_statements_however_many(office: Office, statements: Any) -> None:
    lead_id = office.lead(wedding_date=JUNE)
    browser = office.browser()
    with statements() as few:
        browser.get("/calendar?day=2027-06-12")
    for number in range(9):
        office.lead(wedding_date=JUNE)
        office.add(Task(lead_id=lead_id, title=f"Task {number}", due_at=NOON))
    with statements() as many:
        browser.get("/calendar?day=2027-06-12")
    assert len(many) == len(few) <= 10, few
