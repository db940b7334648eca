"""Calendar feeds: what a subscriber's program reads (RFC 5545), and who gets nothing."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar, Event
from uuid_utils.compat import uuid7
from werkzeug.test import TestResponse

from app.accounts.calendar import make_key, revoke_key
from app.accounts.team import deactivate
from app.kernel import clock, public_keys
from app.models.capture import DateEntry
from app.models.choices import LeadStatus
from app.models.leads import Task
from tests.surfaces.web.conftest import NOON, Office

JUNE = date(2027, 6, 12)
DAY = timedelta(days=1)


def key_of(office: Office, person: Any = None) -> str:
    with office.app.app_context():
        return make_key((person or office.house.owner).actor)


def fetch(office: Office, key: str, **headers: str) -> TestResponse:
    """As a program does that knows nothing but the address."""
    return office.app.test_client().get(f"/calendar/{key}.ics", headers=headers)


def events(office: Office, key: str) -> dict[str, Event]:
    """By what they are called, at noon."""
    with clock.at(NOON):
        answer = fetch(office, key)
    assert answer.status_code == 200, answer.text
    return {str(event["summary"]): event for event in Calendar.from_ical(answer.data).walk("VEVENT")}


def held(lead_id: Any, on: date, until: datetime) -> DateEntry:
    return DateEntry(on_date=on, state="held", lead_id=lead_id, held_until=until)


def test_a_wedding_is_a_whole_day(office: Office) -> None:
    names = {"couple_name_bride": "Emma", "couple_name_groom": "Liam"}
    lead_id = office.lead(**names, wedding_date=JUNE, wedding_venue="Rose Barn")
    entry_id = uuid7()
    office.add(DateEntry(id=entry_id, on_date=JUNE, state="booked", lead_id=lead_id))
    key = key_of(office)
    found = events(office, key)["Wedding: Emma & Liam"]
    with clock.at(NOON):
        text = fetch(office, key).text
    assert "DTSTART;VALUE=DATE:20270612\r\n" in text
    assert "DTEND;VALUE=DATE:20270613\r\n" in text  # exclusive
    assert (str(found["uid"]), str(found["location"])) == (str(entry_id), "Rose Barn")
    assert str(found["url"]).endswith(f"/leads/{lead_id}")
    assert (str(found["status"]), str(found["transp"])) == ("CONFIRMED", "OPAQUE")


def test_held_and_blocked_days_stand_there_and_holds_that_ended_do_not(office: Office) -> None:
    ada, eve = office.lead(couple_name_bride="Ada"), office.lead(couple_name_bride="Eve")
    office.add(
        held(ada, JUNE, NOON + DAY),
        held(eve, JUNE + DAY, NOON),
        DateEntry(on_date=JUNE + 2 * DAY, state="blocked", note="Holiday"),
        DateEntry(on_date=JUNE + 3 * DAY, state="blocked"),
    )
    found = events(office, key_of(office))
    assert set(found) == {"Held: Ada", "Blocked: Holiday", "Blocked"}
    assert str(found["Held: Ada"]["status"]) == "TENTATIVE"


def test_a_won_couple_without_an_entry_in_the_date_book_stands_there_once(office: Office) -> None:
    won = office.lead(couple_name_bride="Wilma", wedding_date=JUNE)
    office.lead(couple_name_bride="Emma", wedding_date=JUNE)
    office.change(won, lead_status=LeadStatus.WON)
    assert set(events(office, key_of(office))) == {"Wedding: Wilma"}
    office.add(DateEntry(on_date=JUNE, state="booked", lead_id=won))
    assert set(events(office, key_of(office))) == {"Wedding: Wilma"}


def test_a_follow_up_is_half_an_hour_in_utc_and_stands_in_the_feed_of_whom_it_is_for(office: Office) -> None:
    lead_id = office.lead(couple_name_bride="Emma")
    lost = office.lead(couple_name_bride="Lotte")
    office.change(lost, lead_status=LeadStatus.LOST)
    me, other = office.house.owner.user_id, office.house.admin.user_id
    due = datetime(2027, 7, 1, 8, 30, 15, tzinfo=UTC)
    for lead, title, person, done in (
        (lead_id, "Mine", me, None),
        (lead_id, "Theirs", other, None),
        (lead_id, "Nobody's", None, None),
        (lead_id, "Done", me, NOON),
        (lost, "Of a lost couple", me, None),
    ):
        office.add(Task(lead_id=lead, title=title, due_at=due, assigned_to_user_id=person, completed_at=done))
    found = events(office, key_of(office))
    assert set(found) == {"Mine: Emma"}
    assert found["Mine: Emma"]["dtstart"].to_ical() == b"20270701T083015Z"
    assert found["Mine: Emma"]["dtend"].to_ical() == b"20270701T090015Z"
    assert set(events(office, key_of(office, office.house.admin))) == {"Theirs: Emma"}


def test_it_reaches_three_months_back_and_two_years_ahead(office: Office) -> None:
    today = NOON.date()
    for days in (-93, -92, 731, 732):
        office.add(DateEntry(on_date=today + days * DAY, state="blocked", note=str(days)))
    assert set(events(office, key_of(office))) == {"Blocked: -92", "Blocked: 731"}


def test_what_is_special_in_the_format_is_escaped_and_long_lines_are_folded(office: Office) -> None:
    note = "a;b,c\\d\ne" + "é" * 100
    office.add(DateEntry(on_date=JUNE, state="blocked", note=note))
    key = key_of(office)
    with clock.at(NOON):
        raw = fetch(office, key).data
    assert b"Blocked: a\\;b\\,c\\\\d\\ne" in raw
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert list(events(office, key)) == [f"Blocked: {note}"]


def test_it_says_nothing_of_a_couple_but_names_and_place(office: Office) -> None:
    lead_id = office.lead(
        primary_email="secret@example.com",
        primary_phone="+44 20 7946 0123",
        wedding_date=JUNE,
        additional_notes="Surprise",
        estimated_budget="4321",
    )
    office.change(lead_id, lead_status=LeadStatus.WON)
    text = fetch(office, key_of(office)).text
    for secret in ("secret@example.com", "7946", "Surprise", "4321"):
        assert secret not in text
    assert "Wedding: A couple" in text


def test_who_has_it_already_is_told_so_until_something_changes(office: Office) -> None:
    lead_id = office.lead(couple_name_bride="Emma", wedding_date=JUNE)
    office.change(lead_id, lead_status=LeadStatus.WON)
    key = key_of(office)
    with clock.at(NOON):
        first = fetch(office, key)
        again = fetch(office, key, If_None_Match=first.headers["ETag"])
        assert (again.status_code, again.data) == (304, b"")
        assert fetch(office, key).data == first.data
        office.change(lead_id, couple_name_bride="Emmeline")
        changed = fetch(office, key, If_None_Match=first.headers["ETag"])
    assert changed.status_code == 200
    assert "Emmeline" in changed.text
    [event] = Calendar.from_ical(changed.data).walk("VEVENT")
    [before] = Calendar.from_ical(first.data).walk("VEVENT")
    assert event["uid"] == before["uid"]
    assert event["dtstamp"].dt == event["last-modified"].dt >= before["dtstamp"].dt


def test_it_is_text_calendar_and_no_cache_of_others_keeps_it(office: Office) -> None:
    answer = fetch(office, key_of(office))
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:")


def test_every_key_that_is_none_gets_the_same_answer(office: Office) -> None:
    house = office.house
    old, revoked, gone = key_of(office), key_of(office, house.admin), key_of(office, house.member)
    key_of(office)  # another for the owner
    with office.app.app_context():
        revoke_key(house.admin.actor)
        deactivate(house.owner.actor, house.member.user_id)
        unknown = public_keys.make(house.supplier_id, random_bytes=16)
        nobodys = public_keys.make(uuid7(), random_bytes=16)
    for kind in ("text/html", "text/calendar"):
        answers = {
            (answer.status_code, answer.text.replace(answer.headers["X-Request-ID"], ""))
            for answer in (
                fetch(office, key, Accept=kind)
                for key in (old, revoked, gone, unknown, nobodys, "x", "x" * 43, "ä" * 43)
            )
        }
        [(status, _)] = answers
        assert status == 404


def test_a_feed_is_the_suppliers_own(office: Office) -> None:
    office.add(DateEntry(on_date=JUNE, state="blocked", note="Holiday"))
    assert events(office, key_of(office, office.house.stranger)) == {}


def test_a_person_makes_the_address_makes_it_anew_and_takes_it_away(office: Office) -> None:
    browser = office.browser(office.house.viewer)
    assert "Make the address" in browser.get("/settings/calendar").text
    addresses = []
    for _ in range(2):
        browser.post("/settings/calendar")
        page = browser.get("/settings/calendar").text
        addresses.append(page.partition('value="http')[2].partition('"')[0].rpartition("/calendar/")[2])
    first, second = (address.removesuffix(".ics") for address in addresses)
    assert fetch(office, first).status_code == 404
    assert fetch(office, second).status_code == 200
    browser.post("/settings/calendar/revoke", page="/settings/calendar")
    assert fetch(office, second).status_code == 404
    assert "Make the address" in browser.get("/settings/calendar").text


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_a_feed_is_only_read(office: Office, method: str) -> None:
    answer = getattr(office.app.test_client(), method)(f"/calendar/{key_of(office)}.ics")
    assert answer.status_code in (400, 405)
