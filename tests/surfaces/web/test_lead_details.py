"""The details of a lead, changed in place: one group at a time, and never over somebody else's change."""

import re
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from tests.surfaces.accounts.browser import Browser
from tests.surfaces.web.conftest import Office
from tests.surfaces.web.test_lead_page import row, words

GROUPS = {
    "contact": "First partner",
    "wedding": "Wedding date",
    "wishes": "Services",
    "notes": "Requirements",
    "custom": "Own fields",
}
SEEN = re.compile(r'id="(\w+)-seen" name="seen" type="hidden" value="(\w+)"')


def shown(browser: Browser, lead_id: UUID, group: str) -> dict[str, str]:
    """What the open form of that group would post unchanged, as far as hidden fields say."""
    page = browser.get(f"/leads/{lead_id}?edit={group}").text
    return {"group": group, "seen": dict(SEEN.findall(page))[group]}


def save(browser: Browser, lead_id: UUID, hidden: dict[str, str], **said: str) -> Any:
    return browser.post(f"/leads/{lead_id}/details", page=f"/leads/{lead_id}", **hidden, **said)


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_opens_as_a_page_and_for_htmx_alone(office: Office, browser: Browser, group: str) -> None:
    lead_id = office.lead()
    page = browser.get(f"/leads/{lead_id}?edit={group}").text
    assert f'name="group" value="{group}"' in page
    partial = {"HX-Request-Type": "partial"}
    part = browser.client.get(f"/leads/{lead_id}?edit={group}", headers=partial).text
    assert part.lstrip().startswith(f'<section class="details-group" id="{group}"')
    assert GROUPS[group] in part
    closed = browser.client.get(f"/leads/{lead_id}?group={group}", headers=partial).text
    assert 'data-shortcut="e"' in closed
    assert "<form" not in closed


def test_a_viewer_reads_and_gets_no_form(office: Office) -> None:
    lead_id, viewer = office.lead(), office.browser(office.house.viewer)
    page = viewer.get(f"/leads/{lead_id}?edit=wedding").text
    part = viewer.client.get(f"/leads/{lead_id}?edit=wedding", headers={"HX-Request-Type": "partial"}).text
    for text in (page, part):
        assert 'name="group"' not in text
        assert "Not known yet" in text


def test_contact_is_changed_and_read_as_people_write_it(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    said = {"couple_name_bride": " Emma ", "primary_phone": "07400 123456", "primary_email": "E@Example.com"}
    hidden = shown(browser, lead_id, "contact")
    answer = save(browser, lead_id, hidden, preferred_contact_method="phone", **said)
    assert answer.status_code == 303
    assert answer.location == f"/leads/{lead_id}#contact"
    lead = row(office, lead_id)
    assert (lead.couple_name_bride, lead.primary_phone, lead.primary_email) == (
        "Emma",
        "+447400123456",
        "e@example.com",
    )
    page = browser.get(f"/leads/{lead_id}").text
    assert '<a href="tel:+447400123456">07400 123456</a>' in page
    assert 'href="mailto:e@example.com"' in page


def test_what_is_emptied_is_cleared_and_what_stays_changes_nothing(office: Office, browser: Browser) -> None:
    lead_id = office.lead(wedding_date=date(2031, 6, 14), wedding_venue="Ashcombe", estimated_guest_count=80)
    said = {"wedding_date": "2031-06-14", "wedding_venue": "", "estimated_guest_count": "80"}
    save(browser, lead_id, shown(browser, lead_id, "wedding"), **said)
    lead = row(office, lead_id)
    assert (lead.wedding_date, lead.wedding_venue, lead.estimated_guest_count) == (
        date(2031, 6, 14),
        None,
        80,
    )
    save(browser, lead_id, shown(browser, lead_id, "wedding"), **said)
    assert "Nothing was different." in words(browser, f"/leads/{lead_id}")
    assert row(office, lead_id).updated_at == lead.updated_at


def test_services_are_words_with_commas_and_the_range_follows_the_budget(
    office: Office, browser: Browser
) -> None:
    lead_id = office.lead()
    said = {"services_needed": "Album, Second photographer,", "estimated_budget": "3500", "budget_range": ""}
    assert save(browser, lead_id, shown(browser, lead_id, "wishes"), **said).status_code == 303
    lead = row(office, lead_id)
    assert lead.services_needed == ["Album", "Second photographer"]
    assert (lead.estimated_budget, lead.budget_range) == (Decimal(3500), "2500_5000")
    assert 'value="Album, Second photographer"' in browser.get(f"/leads/{lead_id}?edit=wishes").text


def test_what_moved_the_score_is_told(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    page = f"/leads/{lead_id}"
    said = {"estimated_budget": "9000", "budget_range": ""}
    save(browser, lead_id, shown(browser, lead_id, "wishes"), **said)
    assert "Saved. The score moved from 0 to 30." in words(browser, page)
    save(browser, lead_id, shown(browser, lead_id, "notes"), additional_notes="By the sea")
    told = words(browser, page)
    assert "Saved." in told
    assert "The score moved" not in told


def test_own_fields_are_lines(office: Office, browser: Browser) -> None:
    lead_id = office.lead(custom_fields={"pets": "two dogs", "rooms": 3})
    assert "pets: two dogs\nrooms: 3</textarea>" in browser.get(f"/leads/{lead_id}?edit=custom").text
    text = "pets: two dogs\r\nrooms: 4\r\nhas_marquee: true\r\n"
    assert save(browser, lead_id, shown(browser, lead_id, "custom"), custom_fields=text).status_code == 303
    assert row(office, lead_id).custom_fields == {"pets": "two dogs", "rooms": 4, "has_marquee": True}


@pytest.mark.parametrize(
    ("group", "name", "value", "told"),
    [
        ("contact", "primary_email", "nobody", "@"),
        ("contact", "primary_phone", "12", "5 to 20 digits"),
        ("contact", "couple_name_bride", "x" * 256, "255"),
        ("contact", "primary_email", "", "Keep at least an e-mail or a phone number."),
        ("wedding", "wedding_date", "14/06/2031", "Give a date, such as 2027-06-12."),
        ("wedding", "wedding_date", "1066-10-14", "greater than or equal to 1970-01-01."),
        ("wedding", "estimated_guest_count", "-1", "greater than or equal to 0"),
        ("wedding", "estimated_guest_count", "many", "Give a whole number, such as 120."),
        ("wishes", "estimated_budget", "lots", "Give an amount in figures, such as 3500."),
        ("wishes", "estimated_budget", "-5", "greater than or equal to 0"),
        ("wishes", "budget_range", "huge", "Not a valid choice"),
        ("wishes", "services_needed", ",".join(f"s{n}" for n in range(31)), "30"),
        ("notes", "additional_notes", "x" * 10_001, "10000"),
        ("custom", "custom_fields", "no colon", "name: value"),
        ("custom", "custom_fields", "a: 1\na: 2", "stands twice"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_saved(
    office: Office, browser: Browser, group: str, name: str, value: str, told: str
) -> None:
    lead_id = office.lead()
    before = row(office, lead_id)
    kept = {
        "contact": {"primary_email": str(before.primary_email), "preferred_contact_method": "email"},
        "wishes": {"budget_range": ""},
    }
    said = kept.get(group, {}) | {name: value}
    page = save(browser, lead_id, shown(browser, lead_id, group), **said)
    assert page.status_code == 422
    beside = re.search(rf'id="{group}-{name}-error" class="field-error">([^<]+)<', page.text)
    assert beside, f"nothing is said at {group}-{name}"
    assert told in beside[1]
    assert row(office, lead_id).updated_at == before.updated_at


def test_two_people_do_not_overwrite_each_other(office: Office) -> None:
    lead_id = office.lead(wedding_venue="Ashcombe Manor")
    owner, member = office.browser(), office.browser(office.house.member)
    slow, fast = shown(owner, lead_id, "wedding"), shown(member, lead_id, "wedding")
    assert save(member, lead_id, fast, wedding_venue="The Barn", wedding_location="Hove").status_code == 303
    page = save(owner, lead_id, slow, wedding_venue="Town Hall", wedding_location="Hove")
    assert page.status_code == 422
    assert "Somebody changed this while you were writing." in page.text
    assert 'value="Town Hall"' in page.text
    assert "Saved by now: The Barn" in page.text
    assert "Saved by now: Hove" not in page.text, "that is the same"
    assert row(office, lead_id).wedding_venue == "The Barn"
    again = {"group": "wedding", "seen": dict(SEEN.findall(page.text))["wedding"]}
    assert save(owner, lead_id, again, wedding_venue="Town Hall", wedding_location="Hove").status_code == 303
    assert row(office, lead_id).wedding_venue == "Town Hall"


def test_a_change_to_another_group_is_in_nobodys_way(office: Office) -> None:
    lead_id = office.lead()
    owner, member = office.browser(), office.browser(office.house.member)
    slow, fast = shown(owner, lead_id, "wedding"), shown(member, lead_id, "notes")
    assert save(member, lead_id, fast, additional_notes="Peonies").status_code == 303
    assert save(owner, lead_id, slow, wedding_venue="Town Hall").status_code == 303


def test_the_email_of_another_lead_leads_to_comparing_the_two(office: Office, browser: Browser) -> None:
    other = office.lead(primary_email="emma@example.com")
    lead_id = office.lead()
    before = row(office, lead_id).primary_email
    said = {"primary_email": "emma@example.com", "preferred_contact_method": "email"}
    page = save(browser, lead_id, shown(browser, lead_id, "contact"), **said)
    assert page.status_code == 422
    assert f'href="/leads/{lead_id}/merge/{other}"' in page.text
    assert row(office, lead_id).primary_email == before


def test_an_unknown_group_is_refused(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    assert save(browser, lead_id, {"group": "secrets"}).status_code == 422
    assert browser.get(f"/leads/{lead_id}?edit=secrets").status_code == 422


def test_a_viewer_may_not_and_a_stranger_finds_nothing(office: Office) -> None:
    lead_id = office.lead()
    before = row(office, lead_id).updated_at
    said = {"group": "wedding", "wedding_venue": "Mine"}
    viewer, stranger = office.browser(office.house.viewer), office.browser(office.house.stranger)
    assert viewer.post(f"/leads/{lead_id}/details", page="/leads", **said).status_code == 403
    answers = [stranger.post(f"/leads/{one}/details", page="/leads", **said) for one in (lead_id, uuid7())]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].data == answers[1].data
    assert row(office, lead_id).updated_at == before


def test_a_lead_with_only_an_email_does_not_show_it_twice(office: Office, browser: Browser) -> None:
    lead_id = office.lead(primary_email="only@example.com")
    assert words(browser, f"/leads/{lead_id}").count("only@example.com") == 2, "the title and the heading"
    named = office.lead(primary_email="emma@example.com", couple_name_bride="Emma")
    assert "E-mail emma@example.com" in words(browser, f"/leads/{named}")
