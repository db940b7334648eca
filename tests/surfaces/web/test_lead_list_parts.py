"""One action on many leads in parts: how far it is, what is still to be done, and what became of each."""

import re
from typing import Any
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from tests.surfaces.accounts.browser import Browser
from tests.surfaces.web.conftest import Office
from tests.surfaces.web.test_lead_list_bulk import bulk, column

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
MANY = 55


def rest_of(answer: TestResponse) -> dict[str, list[str]]:
    """What the form on the page would send."""
    found: dict[str, list[str]] = {}
    form = answer.text.partition('hx-trigger="load, submit"')[2].partition("</form>")[0]
    for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form):
        found.setdefault(name, []).append(value.replace("&amp;", "&"))
    return found


def go_on(browser: Browser, answer: TestResponse, **said: Any) -> TestResponse:
    return browser.client.post("/leads/bulk", data=rest_of(answer) | said, headers=HTMX)


@pytest.fixture
def many(office: Office) -> list[UUID]:
    return [office.lead(couple_name_bride=f"Couple {number}") for number in range(MANY)]


def test_the_page_says_how_far_it_is_and_sends_the_rest(
    office: Office, browser: Browser, many: list[UUID]
) -> None:
    page = bulk(browser, "add_tag", many, tag="barn", in_parts="yes", here="/leads?status=new")
    assert page.status_code == 200
    assert "<h1" in page.text
    assert "Tag 55 leads" in page.text
    assert ">50 of 55 done</label>" in page.text
    assert 'value="50" max="55"' in page.text
    assert rest_of(page)["ids"] == [str(one) for one in many[50:]]
    assert column(office, "tags", many) == [["barn"]] * 50 + [[]] * 5
    end = go_on(browser, page)
    assert end.status_code == 200
    assert "<h1" not in end.text
    assert "55 leads done" in end.text
    assert "Couple 54" in end.text
    assert "Couple 49" not in end.text
    assert "bulk-continue" not in end.text
    assert 'href="/leads?status=new" autofocus' in end.text
    assert column(office, "tags", many) == [["barn"]] * MANY


def test_a_change_that_moves_leads_out_of_the_filter_skips_none(
    office: Office, browser: Browser, many: list[UUID]
) -> None:
    page = bulk(
        browser, "change_status", many[:1], scope="all", here="/leads?status=new", lead_status="lost",
        lost_reason="price", in_parts="yes",
    )  # fmt: skip
    assert "scope" not in rest_of(page)
    assert "55 leads done" in go_on(browser, page).text
    assert set(column(office, "lead_status", many)) == {"lost"}
    assert set(column(office, "lost_reason", many)) == {"price"}


def test_what_failed_is_told_with_its_part_and_counted_to_the_end(
    office: Office, browser: Browser, many: list[UUID]
) -> None:
    for bad in (many[3], many[52]):
        office.change(bad, tags=[f"tag {number}" for number in range(30)])
    page = bulk(browser, "add_tag", many, tag="barn", in_parts="yes")
    assert "Couple 3" in page.text.partition('id="bulk-failed"')[2].partition('id="done"')[0]
    end = go_on(browser, page).text
    assert "53 done, 2 not" in end
    failed = end.partition('hx-target="#bulk-failed"')[2].partition('hx-target="#bulk-done"')[0]
    assert "Couple 52" in failed
    assert "Couple 3<" not in failed


def test_few_are_told_at_once_and_without_script_all_are(
    office: Office, browser: Browser, many: list[UUID]
) -> None:
    few = bulk(browser, "add_tag", many[:50], tag="few", in_parts="yes").text
    assert "50 leads done" in few
    assert "<progress" not in few
    every = bulk(browser, "add_tag", many, tag="every").text
    assert "55 leads done" in every
    assert "<progress" not in every
    assert column(office, "tags", many[50:]) == [["every"]] * 5


def test_what_is_asked_for_first_is_done_in_parts_then(
    office: Office, browser: Browser, many: list[UUID]
) -> None:
    asked = bulk(browser, "delete", many, in_parts="yes").text
    assert '<input type="hidden" name="in_parts" value="yes">' in asked
    page = bulk(browser, "delete", many, in_parts="yes", confirmed="yes")
    assert "Delete 55 leads" in page.text
    assert column(office, "lead_status", many) == [None] * 50 + ["new"] * 5
    assert "55 leads done" in go_on(browser, page).text
    assert column(office, "lead_status", many) == [None] * MANY


def test_a_part_whose_answer_was_lost_is_sent_again(
    office: Office, browser: Browser, many: list[UUID]
) -> None:
    page = bulk(browser, "delete", many, in_parts="yes", confirmed="yes")
    assert "55 leads done" in go_on(browser, page).text
    again = go_on(browser, page, again="yes").text
    assert "55 leads done" in again
    assert "No lead with this id." not in again
    page = bulk(browser, "add_tag", many, tag="x", in_parts="yes")
    assert "0 of 55 done, 50 not" in page.text
    assert page.text.count("No lead with this id.") == 50


def test_who_may_no_more_is_told_so_beside_the_form(office: Office, many: list[UUID]) -> None:
    member = office.browser(office.house.member)
    page = bulk(member, "add_tag", many, tag="barn", in_parts="yes")
    refused = member.client.post(
        "/leads/bulk", data=rest_of(page) | {"action": "delete", "confirmed": "yes"}, headers=HTMX
    )
    assert refused.status_code == 403
    assert "Not allowed" in refused.text
    assert "Start again" not in refused.text
    assert 'hx-status:4xx="target:#bulk-trouble"' in page.text
