"""The list of leads: who is on it, in which order, on which page."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import pytest

from app.kernel.paging import Position, encode
from app.models.choices import LeadStatus, Priority
from app.models.conversions import Conversion
from tests.surfaces.accounts.browser import Browser
from tests.surfaces.web.conftest import NOON, Office

COUPLE = re.compile(r'class="couple"[^>]*>([^<]+)</a>')
SOME = UUID(int=1)
NEXT = re.compile(r'href="([^"]+)"[^>]*>Next ')
PREVIOUS = re.compile(r'href="([^"]+)"[^>]*><svg[^>]*>.*?</svg> Previous')


def couples(browser: Browser, query: str = "") -> list[str]:
    """The names on that page, from the top."""
    page = browser.get(f"/leads{query}")
    assert page.status_code == 200, page.text
    return COUPLE.findall(page.text)


def test_everybody_who_works_there_sees_the_list(office: Office) -> None:
    office.lead(couple_name_bride="Emma")
    for person in (office.house.owner, office.house.admin, office.house.member, office.house.viewer):
        assert couples(office.browser(person)) == ["Emma"]


def test_another_suppliers_leads_are_not_on_it(office: Office) -> None:
    office.lead(couple_name_bride="Emma")
    stranger = office.browser(office.house.stranger)
    assert couples(stranger) == []
    assert "Your first inquiry will appear here" in stranger.get("/leads").text


def test_a_row_shows_what_the_dashboard_of_the_specification_shows(office: Office, browser: Browser) -> None:
    lead_id = office.lead(
        couple_name_bride="Emma Hughes",
        couple_name_groom="Tom Patel",
        primary_email="emma@example.com",
        primary_phone="+44 20 7946 0123",
        wedding_date=date(2028, 6, 17),
        wedding_venue="Hedsor House",
        estimated_budget=Decimal("3500"),
        lead_source="google_ads",
    )
    office.change(lead_id, lead_status="proposal_sent", next_follow_up_at=NOON - timedelta(days=900))
    page = browser.get("/leads").text
    for shown in (
        "Emma Hughes &amp; Tom Patel",
        "17 Jun 2028",
        "Hedsor House",
        "Proposal sent",
        "Google Ads",
        "£3,500<",
        "Overdue",
        'href="mailto:emma@example.com"',
        'href="tel:+442079460123"',
        f'href="/leads/{lead_id}"',
    ):
        assert shown in page


def test_what_is_unknown_is_said_so(office: Office, browser: Browser) -> None:
    office.lead(couple_name_bride="Emma")
    page = browser.get("/leads").text
    assert "To be decided" in page
    assert "Not specified" in page


def test_a_closed_lead_is_never_overdue(office: Office, browser: Browser) -> None:
    late = NOON - timedelta(days=900)
    won = office.lead(couple_name_bride="Won")
    office.add(Conversion(lead_id=won, conversion_type="booking_confirmed", conversion_value=Decimal(1)))
    office.change(won, lead_status="won", next_follow_up_at=late)
    assert "Overdue" not in browser.get("/leads").text


def test_names_cannot_carry_markup(office: Office, browser: Browser) -> None:
    office.lead(couple_name_bride="<script>alert(1)</script>", couple_name_groom='"><img src=x>')
    page = browser.get("/leads").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#34;&gt;&lt;img src=x&gt;" in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?status=contacted", {"Contacted"}),
        ("?status=contacted&status=new", {"Contacted", "Cheap", "Rich"}),
        ("?priority=urgent", {"Contacted"}),
        ("?source=google_ads", {"Rich"}),
        ("?source=Google+Ads", {"Rich"}),
        ("?score_min=20", {"Rich"}),
        ("?score_max=19", {"Contacted", "Cheap"}),
        ("?search=HEDSOR+rich", {"Rich"}),
        ("?search=100%25", set()),
        ("?wedding_date_from=2030-01-01&wedding_date_to=2030-12-31", {"Cheap"}),
        ("?created_from=2027-03-10&created_to=2027-03-10", {"Cheap"}),
        ("?tags=summer&tags=winter", {"Cheap"}),
        ("?assigned_to=nobody", {"Rich"}),
        ("?status=&search=&sort_by=", {"Contacted", "Cheap", "Rich"}),
    ],
)
def test_filters_leave_what_they_name(
    office: Office, browser: Browser, query: str, expected: set[str]
) -> None:
    contacted = office.lead(couple_name_bride="Contacted")
    office.change(contacted, lead_status=LeadStatus.CONTACTED, priority_level=Priority.URGENT, lead_score=3)
    cheap = office.lead(at=NOON, couple_name_bride="Cheap", wedding_date=date(2030, 5, 4), tags=["summer"])
    office.change(cheap, lead_score=19)
    rich = office.lead(couple_name_bride="Rich", lead_source="google_ads", wedding_venue="Hedsor House")
    office.change(rich, lead_score=20, assigned_to_user_id=None)
    assert set(couples(browser, query)) == expected


def test_spam_and_duplicates_are_left_out_until_asked_for(office: Office, browser: Browser) -> None:
    office.lead(couple_name_bride="Emma")
    office.change(office.lead(couple_name_bride="Pills"), lead_status=LeadStatus.SPAM)
    assert couples(browser) == ["Emma"]
    assert couples(browser, "?status=spam") == ["Pills"]
    assert "<strong>1</strong> lead" in browser.get("/leads").text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?sort_by=wedding_date&sort_order=asc", ["Early", "Late", "B", "A"]),
        ("?sort_by=wedding_date&sort_order=desc", ["Late", "Early", "A", "B"]),
    ],
)
def test_leads_without_a_date_come_last_in_both_directions(
    office: Office, browser: Browser, query: str, expected: list[str]
) -> None:
    office.lead(couple_name_bride="B")
    office.lead(couple_name_bride="Early", wedding_date=date(2028, 1, 1))
    office.lead(couple_name_bride="A")
    office.lead(couple_name_bride="Late", wedding_date=date(2029, 1, 1))
    found = couples(browser, query)
    assert found[:2] == expected[:2]
    assert sorted(found[2:]) == ["A", "B"]


@pytest.mark.parametrize("sort", ["created_at", "lead_score", "wedding_date", "next_follow_up", "updated_at"])
@pytest.mark.parametrize("order", ["asc", "desc"])
def test_pages_show_every_lead_once_forwards_and_back(
    office: Office, browser: Browser, sort: str, order: str
) -> None:
    for number in range(7):
        dated = {"wedding_date": date(2028, 1, 1 + number // 2)} if number < 4 else {}
        office.lead(couple_name_bride=f"Couple {number}", **dated)
    whole = couples(browser, f"?sort_by={sort}&sort_order={order}")
    address, forwards = f"/leads?sort_by={sort}&sort_order={order}&limit=3", []
    pages = []
    while address:
        page = browser.get(address).text
        pages.append(COUPLE.findall(page))
        forwards += pages[-1]
        found = NEXT.search(page)
        address = found[1].replace("&amp;", "&") if found else ""
    assert forwards == whole
    assert len(set(whole)) == 7
    back = PREVIOUS.search(page)
    assert back
    assert couples(browser, back[1].replace("&amp;", "&").removeprefix("/leads")) == pages[-2]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("?limit=0", "limit"),
        ("?limit=-1", "limit"),
        ("?limit=101", "limit"),
        ("?limit=ten", "limit"),
        ("?after=forged", "after"),
        (f"?after={encode(Position('-lead_score', 5, SOME))}", "after"),
        (f"?after={encode(Position('-created_at', 'yesterday', SOME))}", "after"),
        (f"?before={encode(Position('-created_at', '2027-01-01', SOME))}", "after"),
        ("?sort_by=shoe_size", "sort_by"),
        ("?sort_order=sideways", "sort_order"),
        ("?status=asleep", "status"),
        ("?assigned_to=me", "assigned_to"),
        ("?score_min=101", "score_min"),
        ("?score_min=50&score_max=40", "The lowest score, 50, is above the highest, 40"),
        ("?created_from=0001-01-01", "created_from"),
        ("?search=a%00b", "NUL"),
        (f"?search={'x' * 101}", "search"),
        ("?" + "&".join(f"source={n}" for n in range(51)), "source"),
        ("?colour=blue", "colour"),
    ],
)
def test_an_address_that_makes_no_sense_is_a_readable_422(browser: Browser, query: str, named: str) -> None:
    page = browser.get(f"/leads{query}")
    assert page.status_code == 422
    assert "is not valid" in page.text
    assert named in page.text
    assert 'href="/leads"' in page.text


def test_a_search_that_finds_nothing_offers_the_whole_list(office: Office, browser: Browser) -> None:
    office.lead(couple_name_bride="Emma")
    page = browser.get("/leads?search=zzz").text
    assert "No lead matches" in page
    assert "Show all leads" in page


def test_an_empty_list_says_how_to_get_the_first_inquiry(browser: Browser) -> None:
    page = browser.get("/leads").text
    assert "Your first inquiry will appear here" in page
    assert "/demo-site/contact?form=" in page


def test_the_summary_covers_every_page(office: Office, browser: Browser) -> None:
    for budget in (1000, 2000, 3500):
        office.change(office.lead(estimated_budget=Decimal(budget)), lead_score=budget // 100)
    office.change(office.lead(estimated_budget=Decimal(9000)), lead_status=LeadStatus.LOST, lead_score=15)
    page = " ".join(browser.get("/leads?limit=1").text.split())
    assert "<strong>4</strong> leads · 3 open · 4 new this week · average score 20 · pipeline £6,500" in page


def test_htmx_gets_the_table_alone_and_the_address_to_show(office: Office, browser: Browser) -> None:
    office.lead(couple_name_bride="Emma")
    fragment = browser.client.get("/leads?search=&status=new&source=", headers={"HX-Request-Type": "partial"})
    assert fragment.text.lstrip().startswith('<section id="leads"')
    assert fragment.headers["HX-Push-Url"] == "/leads?status=new"
    there = {"HX-Request-Type": "partial", "HX-Current-URL": "http://localhost/leads?status=new"}
    again = browser.client.get("/leads?status=new&search=", headers=there)
    assert "HX-Push-Url" not in again.headers, "back would lead to the same"


def test_htmx_gets_an_error_into_the_table(browser: Browser) -> None:
    answer = browser.client.get("/leads?limit=0", headers={"HX-Request-Type": "partial"})
    assert answer.status_code == 422
    assert answer.text.lstrip().startswith('<div class="alert')
    assert answer.headers["HX-Reswap"] == "innerHTML"


def test_a_poll_hears_nothing_until_something_changed(office: Office, browser: Browser) -> None:
    lead_id = office.lead(couple_name_bride="Emma")

    def poll() -> tuple[int, str, Any]:
        [address] = re.findall(r'data-poll hx-get="([^"]+)"', browser.get("/leads?status=new").text)
        office_address = unquote(address.replace("&amp;", "&")).replace("+00:00", "%2B00:00")
        answer = browser.client.get(office_address, headers={"HX-Request-Type": "partial"})
        return answer.status_code, office_address, answer

    status, address, _ = poll()
    assert status == 204
    office.change(lead_id, couple_name_bride="Sophie")
    answer = browser.client.get(address, headers={"HX-Request-Type": "partial"})
    assert answer.status_code == 200
    assert "Sophie" in answer.text
    assert "HX-Push-Url" not in answer.headers


def test_the_list_costs_the_same_statements_however_long(
    office: Office, browser: Browser, statements: Callable[[], Any]
) -> None:
    office.lead(couple_name_bride="One")
    with statements() as few:
        browser.get("/leads")
    for _ in range(12):
        office.lead(lead_source="referral")
    with statements() as many:
        browser.get("/leads")
    assert many == few
    assert len(few) <= 10, few
