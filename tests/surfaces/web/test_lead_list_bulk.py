"""One action on many leads from the list: what it asks for, what it did to each, and what it refuses."""

import re
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7
from werkzeug.test import TestResponse

from app.kernel.uow import reading
from app.models.leads import Lead
from tests.surfaces.accounts.browser import Browser
from tests.surfaces.web.conftest import Office


def bulk(browser: Browser, action: str, ids: list[UUID], **said: Any) -> TestResponse:
    return browser.post("/leads/bulk", page="/leads", action=action, ids=[str(one) for one in ids], **said)


def column(office: Office, name: str, ids: list[UUID]) -> list[Any]:
    with office.app.app_context(), reading(office.house.supplier_id) as session:
        rows = [session.get(Lead, (office.house.supplier_id, one)) for one in ids]
        return [getattr(row, name) if row else None for row in rows]


def test_each_action_is_done_to_all_that_were_ticked(office: Office, browser: Browser) -> None:
    ids = [office.lead(), office.lead()]
    member = office.house.member.user_id
    assert bulk(browser, "assign", ids, assignee=str(member)).status_code == 200
    assert column(office, "assigned_to_user_id", ids) == [member, member]
    assert bulk(browser, "assign", ids, assignee="nobody").status_code == 200
    assert column(office, "assigned_to_user_id", ids) == [None, None]
    bulk(browser, "change_status", ids, lead_status="contacted")
    assert column(office, "lead_status", ids) == ["contacted", "contacted"]
    bulk(browser, "add_tag", ids, tag="barn")
    assert column(office, "tags", ids) == [["barn"], ["barn"]]
    bulk(browser, "remove_tag", ids, tag="barn")
    assert column(office, "tags", ids) == [[], []]


def test_every_lead_is_told_what_became_of_it(office: Office, browser: Browser) -> None:
    good = office.lead(couple_name_bride="Emma")
    bad = office.lead(couple_name_bride="Sophie")
    office.change(bad, tags=[f"tag {number}" for number in range(30)])
    gone = uuid7()
    page = bulk(browser, "add_tag", [good, bad, gone], tag="barn", here="/leads?status=new").text
    failed, done = page.split('id="done"')
    assert "1 done, 2 not" in page
    assert f'href="/leads/{bad}"' in failed
    assert "A lead has at most 30 tags" in failed
    assert "A lead that is gone" in failed
    assert "No lead with this id." in failed
    assert f'href="/leads/{good}"' in done
    assert "Emma" in done
    assert 'href="/leads?status=new"' in page


@pytest.mark.parametrize(
    ("action", "said", "asked"),
    [
        ("assign", {}, "Please choose."),
        ("change_status", {}, "Please choose."),
        ("change_status", {"lead_status": "lost"}, "Say why they were lost."),
        ("change_status", {"lead_status": "won"}, "Confirm, or open each lead"),
        ("add_tag", {"tag": " "}, "Please write a tag."),
        ("enroll", {}, "Please choose."),
        ("enroll", {"sequence": "none"}, "Give the id of a member or a sequence."),
        ("change_status", {"lead_status": "asleep"}, "This should be"),
        ("add_tag", {"tag": "x" * 101}, "100"),
        ("dance", {}, "Choose what to do with them."),
    ],
)
def test_what_is_missing_or_wrong_is_asked_for_and_nothing_is_done(
    office: Office, browser: Browser, action: str, said: dict[str, str], asked: str
) -> None:
    lead_id = office.lead(couple_name_bride="Emma")
    answer = bulk(browser, action, [lead_id], **said)
    assert answer.status_code == 422, answer.text
    assert asked in answer.text
    assert "Emma" in answer.text
    assert f'name="ids" value="{lead_id}"' in answer.text
    assert column(office, "lead_status", [lead_id]) == ["new"]
    assert column(office, "tags", [lead_id]) == [[]]


def test_the_page_that_asks_goes_on_where_the_bar_stopped(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    asked = bulk(browser, "change_status", [lead_id], lead_status="lost", here="/leads?status=new").text
    hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', asked)
    answer = browser.client.post(
        "/leads/bulk", data=dict(hidden) | {"lead_status": "lost", "lost_reason": "price"}
    )
    assert answer.status_code == 200
    assert column(office, "lost_reason", [lead_id]) == ["price"]


def test_nothing_ticked_is_said(browser: Browser) -> None:
    answer = bulk(browser, "assign", [], assignee="nobody")
    assert answer.status_code == 422
    assert "Tick at least one lead first." in answer.text


def test_all_that_match_are_meant_across_the_pages(office: Office, browser: Browser) -> None:
    matching = [office.lead(couple_name_bride=f"Barn {number}", tags=["barn"]) for number in range(3)]
    other = office.lead()
    page = bulk(
        browser, "add_tag", matching[:1], scope="all", here="/leads?tags=barn&limit=1", tag="vip"
    ).text
    assert "3 leads done" in page
    assert "Barn 2" in page
    assert column(office, "tags", [*matching, other]) == [["barn", "vip"]] * 3 + [[]]


def test_a_deletion_is_confirmed_first(office: Office, browser: Browser) -> None:
    ids = [office.lead(couple_name_bride="Emma"), office.lead(couple_name_bride="Sophie")]
    asked = bulk(browser, "delete", ids)
    assert asked.status_code == 200
    assert "Delete 2 leads" in asked.text
    assert "Emma" in asked.text
    assert None not in column(office, "lead_status", ids)
    done = bulk(browser, "delete", ids, confirmed="yes")
    assert "2 leads done" in done.text
    assert "Emma" in done.text
    assert f'href="/leads/{ids[0]}"' not in done.text
    assert column(office, "lead_status", ids) == [None, None]


def test_a_deletion_of_all_that_match_names_them_and_takes_no_others(
    office: Office, browser: Browser
) -> None:
    ids = [office.lead(couple_name_bride=name, tags=["barn"]) for name in ("Emma", "Sophie")]
    asked = bulk(browser, "delete", ids[:1], scope="all", here="/leads?tags=barn").text
    assert "Delete 2 leads" in asked
    assert "Emma" in asked
    assert "Sophie" in asked
    late = office.lead(couple_name_bride="Hannah", tags=["barn"])
    hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', asked)
    said = {name: [value for key, value in hidden if key == name] for name, _ in hidden}
    done = browser.client.post("/leads/bulk", data=said).text
    assert "2 leads done" in done
    assert "Sophie" in done
    assert column(office, "lead_status", [*ids, late]) == [None, None, "new"]
    assert "No lead matches any more" in bulk(browser, "delete", [], scope="all", here="/leads?tags=x").text


def test_who_may_not_delete_is_refused(office: Office) -> None:
    lead_id = office.lead()
    member = office.browser(office.house.member)
    assert "Delete" not in member.get("/leads").text
    assert bulk(member, "delete", [lead_id], confirmed="yes").status_code == 403
    viewer = office.browser(office.house.viewer)
    assert bulk(viewer, "add_tag", [lead_id], tag="x").status_code == 403
    assert column(office, "lead_status", [lead_id]) == ["new"]
    assert column(office, "tags", [lead_id]) == [[]]


def test_leads_of_others_are_not_there(office: Office) -> None:
    lead_id = office.lead(couple_name_bride="Emma")
    stranger = office.browser(office.house.stranger)
    page = bulk(stranger, "add_tag", [lead_id], tag="mine").text
    assert "No lead with this id." in page
    assert "Emma" not in page
    assert column(office, "tags", [lead_id]) == [[]]


def test_too_many_at_once_are_refused(office: Office, browser: Browser) -> None:
    answer = bulk(browser, "add_tag", [uuid7() for _ in range(501)], tag="x")
    assert answer.status_code == 422
    assert "500" in answer.text
