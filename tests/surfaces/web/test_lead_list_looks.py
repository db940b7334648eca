"""List, cards and pipeline of the same leads; columns, chips, paging; and what the address says of it."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.surfaces.accounts.browser import Browser
from tests.surfaces.web.conftest import Office

COUPLE = re.compile(r'class="couple"[^>]*>([^<]+)</a>')
PARTIAL = {"HX-Request-Type": "partial"}


def page(browser: Browser, query: str = "") -> str:
    answer = browser.get(f"/leads{query}")
    assert answer.status_code == 200, answer.text
    return answer.text


def headings(html: str) -> list[str]:
    """The heads of the columns beside the couple."""
    found = re.findall(r'<th scope="col" class="cell-[^"]+"[^>]*>(?:<a[^>]*>)?([^<]*)', html)
    return [text.strip() for text in found if text.strip() not in ("", "Couple")]


def lane(html: str, status: str) -> str:
    return html.split(f'id="lane-{status}"')[1].split("</section>")[0]


@pytest.mark.parametrize("look", ["list", "cards", "pipeline"])
def test_every_look_shows_the_leads_that_the_filters_leave(
    office: Office, browser: Browser, look: str
) -> None:
    office.lead(couple_name_bride="Emma", tags=["barn"])
    office.lead(couple_name_bride="Sophie")
    html = page(browser, f"?tags=barn&view={look}")
    assert COUPLE.findall(html) == ["Emma"]
    assert "<strong>1</strong> lead" in html


def test_the_pipeline_has_a_lane_a_status_with_count_and_value(office: Office, browser: Browser) -> None:
    office.lead(couple_name_bride="Emma", estimated_budget=Decimal(3500))
    office.change(office.lead(estimated_budget=Decimal(1000)), lead_status="contacted")
    html = page(browser, "?view=pipeline")
    assert "Emma" in lane(html, "new")
    assert "£3,500" in lane(html, "new")
    assert "£1,000" in lane(html, "contacted")
    assert "Nobody here" in lane(html, "lost")


def test_a_lane_is_lengthened_by_its_link(office: Office, browser: Browser) -> None:
    for _ in range(17):
        office.lead()
    short = page(browser, "?view=pipeline")
    assert len(COUPLE.findall(lane(short, "new"))) == 15
    [more] = re.findall(r'href="([^"]+)"[^>]*>Show more', short)
    long = browser.get(more.replace("&amp;", "&")).text
    assert len(COUPLE.findall(lane(long, "new"))) == 17
    assert "Show more" not in long


def test_the_usual_columns_are_left_out_of_the_address(office: Office, browser: Browser) -> None:
    office.lead()
    usual = headings(page(browser))
    assert usual == ["Wedding", "Status", "Priority", "Score", "Source", "Budget", "Assigned", "Follow-up"]
    chosen = "&".join(f"columns={name}" for name in ("follow_up", "wedding", "status", "priority"))
    fewer = page(browser, f"?{chosen}")
    assert headings(fewer) == ["Wedding", "Status", "Priority", "Follow-up"]
    assert "columns=wedding" in fewer.split('name="here" value="')[1].split('"')[0]
    assert "columns=" not in page(browser).split('name="here" value="')[1].split('"')[0]


def test_every_column_shows_something_of_a_lead(office: Office, browser: Browser) -> None:
    office.lead(
        couple_name_bride="Emma",
        primary_email="emma@example.com",
        primary_phone="020 7946 0958",
        estimated_guest_count=120,
        tags=["barn"],
    )
    columns = ("contact", "guests", "tags", "last_contact", "created", "updated")
    html = page(browser, "?" + "&".join(f"columns={name}" for name in columns))
    for shown in ("emma@example.com", "020 7946 0958", ">120<", "barn</span>", "Never", "just now"):
        assert shown in html


def test_a_head_sorts_and_turns_the_sort_round(office: Office, browser: Browser) -> None:
    office.lead()
    html = page(browser)
    assert "sort_by=lead_score&amp;sort_order=desc" in html
    sorted_by_score = page(browser, "?sort_by=lead_score")
    assert 'aria-sort="descending"' in sorted_by_score
    assert "sort_by=lead_score&amp;sort_order=asc" in sorted_by_score


def test_each_filter_in_force_is_a_chip_that_takes_it_away(office: Office, browser: Browser) -> None:
    office.lead(couple_name_bride="Emma", tags=["barn"], wedding_date=date(2030, 6, 1))
    query = (
        "?search=emma&status=new&status=won&source=website&tags=barn&priority=medium&score_min=0"
        f"&assigned_to={office.house.owner.user_id}&wedding_date_from=2030-01-01&wedding_date_to=2030-12-31"
    )
    html = page(browser, query)
    chips = {
        text: address.replace("&amp;", "&")
        for address, text in re.findall(r'class="chip" href="([^"]+)"[^>]*>([^<]+) <svg', html)
    }
    assert list(chips) == [
        *("“emma”", "New", "Won", "Website", "Medium priority", "#barn", "With Olive Owner"),
        *("Score from 0", "Wedding 1 Jan 2030 to 31 Dec 2030"),
    ]
    assert "status=won" in chips["New"]
    assert "status=new" not in chips["New"]
    assert "wedding_date" not in chips["Wedding 1 Jan 2030 to 31 Dec 2030"]
    assert 'href="/leads" hx-get' in html


def test_filters_are_ticked_as_they_stand(office: Office, browser: Browser) -> None:
    html = page(browser, "?status=new&status=won&priority=high&created_from=2027-01-01&tags=barn")
    ticked = set(re.findall(r'name="(\w+)" value="([^"]*)" checked', html))
    assert {("status", "new"), ("status", "won"), ("priority", "high"), ("tags", "barn")} <= ticked
    assert 'name="created_from"  value="2027-01-01"' in html


def test_the_page_size_and_the_way_of_paging_stay_in_the_address(office: Office, browser: Browser) -> None:
    for number in range(4):
        office.lead(couple_name_bride=f"Couple {number}")
    html = page(browser, "?limit=3&paging=endless")
    [on] = re.findall(r'id="more-rows">.*?href="([^"]+)"', html, re.S)
    assert 'class="pager"' not in html
    assert "limit=3" in on
    assert "paging=endless" in on
    more = browser.client.get(on.replace("&amp;", "&"), headers=PARTIAL | {"HX-Target": "tr#more-rows"})
    assert more.text.lstrip().startswith('<tr id="lead-')
    assert COUPLE.findall(more.text) == ["Couple 0"]
    assert "more-rows" not in more.text
    assert "HX-Push-Url" not in more.headers


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?status=asleep", "There is no “asleep”. Choose from: new, contacted, qualified, proposal_sent, "),
        ("?status=new&status=&status=asleep", "There is no “asleep”"),
        ("?priority=very", "There is no “very”. Choose from: low, medium"),
        ("?sort_by=shoe_size", "There is no “shoe_size”"),
        ("?view=map", "There is no “map”. Choose from: list, cards, pipeline."),
        ("?columns=shoe", "There is no “shoe”. Choose from: wedding, status"),
        ("?paging=never", "There is no “never”"),
        ("?assigned_to=me", "Nobody here is “me”"),
        ("?wedding_date_from=soon", "Give a date, such as 2027-06-12."),
        ("?score_min=-1", "This should be greater than or equal to 0."),
        ("?colour=blue", "This page has no filter called &#39;colour&#39;"),
    ],
)
def test_a_wrong_address_is_explained_in_words(browser: Browser, query: str, said: str) -> None:
    answer = browser.get(f"/leads{query}")
    assert answer.status_code == 422
    assert said in answer.text
    assert "Input should" not in answer.text
    assert "status.0" not in answer.text


def test_htmx_is_told_which_filter_is_wrong(browser: Browser) -> None:
    answer = browser.client.get("/leads?score_min=101", headers=PARTIAL)
    assert answer.status_code == 422
    assert "Lowest score: This should be less than or equal to 100." in answer.text


def test_a_phone_has_its_spaces(office: Office, browser: Browser) -> None:
    office.lead(primary_email=None, primary_phone="+44 20 7946 0958", couple_name_bride="Home")
    office.lead(primary_email=None, primary_phone="+33 1 42 68 53 00", couple_name_bride="Abroad")
    html = page(browser)
    assert 'href="tel:+442079460958">020 7946 0958<' in html
    assert 'href="tel:+33142685300">+33 1 42 68 53 00<' in html


def test_a_lead_with_an_address_alone_shows_it_once(office: Office, browser: Browser) -> None:
    office.lead(primary_email="only@example.com")
    for look in ("list", "cards"):
        html = page(browser, f"?view={look}")
        assert len(re.findall(r">\s*only@example\.com\s*<", html)) == 1
        assert 'href="mailto:only@example.com"' in html


def test_a_viewer_is_offered_nothing_to_change(office: Office) -> None:
    office.lead(couple_name_bride="Emma")
    for look in ("list", "cards", "pipeline"):
        html = page(office.browser(office.house.viewer), f"?view={look}")
        assert "Emma" in html
        assert "/change/" not in html
        assert 'name="ids"' not in html
        assert "/leads/bulk" not in html


@pytest.mark.parametrize("look", ["list", "cards", "pipeline"])
def test_a_look_costs_the_same_statements_however_many_leads(
    office: Office, browser: Browser, statements: Callable[[], Any], look: str
) -> None:
    office.lead()
    with statements() as few:
        page(browser, f"?view={look}")
    for _ in range(9):
        office.lead(lead_source="referral")
    with statements() as many:
        page(browser, f"?view={look}")
    assert len(many) == len(few) <= 10, few


def test_a_poll_that_finds_nothing_new_costs_little(
    office: Office, browser: Browser, statements: Callable[[], Any]
) -> None:
    office.lead()
    [address] = re.findall(r'data-poll hx-get="([^"]+)"', page(browser))
    with statements() as sent:
        assert browser.client.get(address.replace("&amp;", "&"), headers=PARTIAL).status_code == 204
    assert len(sent) <= 4, sent


def test_the_page_is_small(office: Office, browser: Browser) -> None:
    """25 leads and every icon: what is sent without packing, in bytes."""
    for _ in range(25):
        office.lead(couple_name_bride="Emma", couple_name_groom="Tom", primary_phone="020 7946 0958")
    assert len(page(browser)) < 92_000
