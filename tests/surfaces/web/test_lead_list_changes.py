"""One thing about a lead changed from the list; moves and their undoing; with htmx and without."""

import json
import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from uuid_utils.compat import uuid7
from werkzeug.test import TestResponse

from app.accounts.service import add_member
from app.kernel.actor import Role
from app.kernel.uow import reading, unit_of_work
from app.models.leads import Lead
from tests.surfaces.accounts.browser import Browser
from tests.surfaces.web.conftest import Office

PARTIAL = {"HX-Request-Type": "partial"}
HIDDEN = re.compile(r'type="hidden" name="(\w+)" value="([^"]*)"')


def lead_of(office: Office, lead_id: UUID) -> Lead:
    with office.app.app_context(), reading(office.house.supplier_id) as session:
        found = session.get_one(Lead, (office.house.supplier_id, lead_id))
        session.expunge(found)
        return found


def form(browser: Browser, lead_id: UUID, field: str) -> str:
    answer = browser.client.get(f"/leads/{lead_id}/change/{field}", headers=PARTIAL)
    assert answer.status_code == 200, answer.text
    return answer.text


def save(browser: Browser, lead_id: UUID, field: str, **said: Any) -> TestResponse:
    """Open the form in its cell, enter `said` and save."""
    hidden = dict(HIDDEN.findall(form(browser, lead_id, field)))
    address = f"/leads/{lead_id}/change/{field}"
    return browser.client.post(address, data=hidden | said, headers=PARTIAL)


@pytest.mark.parametrize(
    ("field", "said", "kept"),
    [
        ("status", {"lead_status": "contacted"}, ("lead_status", "contacted")),
        ("priority", {"priority_level": "urgent"}, ("priority_level", "urgent")),
        ("assignee", {"assigned_to_user_id": ""}, ("assigned_to_user_id", None)),
        (
            "follow_up",
            {"next_follow_up_at": "2027-07-01T09:30"},
            ("next_follow_up_at", datetime(2027, 7, 1, 8, 30, tzinfo=UTC)),
        ),
    ],
)
def test_a_field_is_changed_in_its_cell(
    office: Office, browser: Browser, field: str, said: dict[str, str], kept: tuple[str, Any]
) -> None:
    lead_id = office.lead()
    answer = save(browser, lead_id, field, **said)
    assert answer.status_code == 200, answer.text
    assert json.loads(answer.headers["HX-Trigger"]) == {"lead-saved": {"id": str(lead_id), "field": field}}
    assert 'hx-target="#toast"' in answer.text
    assert getattr(lead_of(office, lead_id), kept[0]) == kept[1]


def test_an_assignee_is_somebody_who_takes_leads(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    html = form(browser, lead_id, "assignee")
    assert "Member Person" in html
    assert "Viewer Person" not in html
    viewer_id = str(office.house.viewer.user_id)
    refused = save(browser, lead_id, "assignee", assigned_to_user_id=viewer_id)
    assert refused.status_code == 422
    assert "A viewer looks after no leads" in refused.text
    assert lead_of(office, lead_id).assigned_to_user_id != office.house.viewer.user_id


def test_a_lost_lead_needs_its_reason_there_and_then(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    refused = save(browser, lead_id, "status", lead_status="lost")
    assert refused.status_code == 422
    assert "Choose why the lead was lost." in refused.text
    assert 'aria-describedby="lost_reason-error"' in refused.text
    assert lead_of(office, lead_id).lead_status == "new"
    assert save(browser, lead_id, "status", lead_status="lost", lost_reason="price").status_code == 200
    assert lead_of(office, lead_id).lost_reason == "price"


def test_a_won_lead_needs_its_value_or_the_word_that_it_is_unknown(office: Office, browser: Browser) -> None:
    lead_id, other = office.lead(), office.lead()
    refused = save(browser, lead_id, "status", lead_status="won")
    assert refused.status_code == 422
    assert "Enter what they booked for, or tick that the value is not known." in refused.text
    wrong = save(browser, lead_id, "status", lead_status="won", conversion_value="a lot")
    assert wrong.status_code == 422
    assert 'aria-describedby="conversion_value-error conversion_value-help"' in wrong.text
    assert lead_of(office, lead_id).lead_status == "new"
    assert save(browser, lead_id, "status", lead_status="won", conversion_value="3500").status_code == 200
    assert lead_of(office, lead_id).conversion_value == 3500
    assert save(browser, other, "status", lead_status="won", value_unknown="y").status_code == 200
    assert lead_of(office, other).lead_status == "won"


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    hidden = dict(HIDDEN.findall(form(browser, lead_id, "priority")))
    office.change(lead_id, priority_level="urgent")
    address = f"/leads/{lead_id}/change/priority"
    answer = browser.client.post(address, data=hidden | {"priority_level": "low"}, headers=PARTIAL)
    assert answer.status_code == 422
    assert "Somebody changed this meanwhile" in answer.text
    assert lead_of(office, lead_id).priority_level == "urgent"


def test_another_field_that_changed_meanwhile_is_in_nobodys_way(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    hidden = dict(HIDDEN.findall(form(browser, lead_id, "priority")))
    office.change(lead_id, wedding_venue="Rose Barn")
    address = f"/leads/{lead_id}/change/priority"
    assert (
        browser.client.post(address, data=hidden | {"priority_level": "low"}, headers=PARTIAL).status_code
        == 200
    )
    assert lead_of(office, lead_id).priority_level == "low"


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("priority", {"priority_level": "very"}),
        ("status", {"lead_status": "asleep"}),
        ("status", {"lead_status": "duplicate"}),
        ("assignee", {"assigned_to_user_id": "me"}),
        ("assignee", {"assigned_to_user_id": str(UUID(int=7))}),
        ("follow_up", {"next_follow_up_at": "tomorrow"}),
        ("follow_up", {"next_follow_up_at": "9999-01-01T09:00"}),
    ],
)
def test_a_wrong_value_is_told_and_changes_nothing(
    office: Office, browser: Browser, field: str, said: dict[str, str]
) -> None:
    lead_id = office.lead()
    before = lead_of(office, lead_id).updated_at
    answer = save(browser, lead_id, field, **said)
    assert answer.status_code == 422
    assert "field-error" in answer.text
    assert lead_of(office, lead_id).updated_at == before


def test_without_javascript_the_form_is_a_page_that_leads_back(office: Office, browser: Browser) -> None:
    lead_id = office.lead(couple_name_bride="Emma")
    address, list_address = f"/leads/{lead_id}/change/status", "/leads?status=new&view=cards"
    referrer = {"Referer": f"http://localhost{list_address}"}
    html = browser.client.get(address, headers=referrer).text
    assert "<h1" in html
    assert 'href="/leads?status=new&amp;view=cards"' in html
    hidden = dict(HIDDEN.findall(html))
    hidden["back"] = list_address
    answer = browser.client.post(address, data=hidden | {"lead_status": "contacted"})
    assert (answer.status_code, answer.location) == (303, list_address)
    told = browser.get(answer.location).text
    assert "<bdi>Emma</bdi> moved to contacted." in told
    assert "Undo" in told
    assert "moved to contacted" not in browser.get(list_address).text


def test_a_move_is_told_of_to_nobody_of_another_business(office: Office, browser: Browser) -> None:
    house, other = office.house, office.house.stranger.actor.supplier_id
    with office.app.app_context(), unit_of_work(other) as session:
        add_member(session, other, house.owner.user_id, Role.OWNER)
    lead_id = office.lead(couple_name_bride="Emma")
    address = f"/leads/{lead_id}/change/status"
    hidden = dict(HIDDEN.findall(browser.get(address).text))
    browser.client.post(address, data=hidden | {"lead_status": "contacted"})
    browser.post(f"/account/businesses/{other}", page="/account/businesses")
    assert "Emma" not in browser.get("/leads").text


@pytest.mark.parametrize("back", ["https://evil.example/leads", "//evil.example/leads", "/logout", ""])
def test_the_way_back_never_leaves_the_list(office: Office, browser: Browser, back: str) -> None:
    lead_id = office.lead()
    address = f"/leads/{lead_id}/change/priority"
    hidden = dict(HIDDEN.findall(browser.get(address).text))
    answer = browser.client.post(address, data=hidden | {"priority_level": "low", "back": back})
    assert (answer.status_code, answer.location) == (303, "/leads")


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ({}, {"lead_status": "contacted"}),
        ({}, {"lead_status": "lost", "lost_reason": "price"}),
        ({}, {"lead_status": "won", "value_unknown": "y"}),
        ({"lead_status": "lost", "lost_reason": "price", "lost_details": "Too dear"}, {"lead_status": "new"}),
        ({"lead_status": "won", "value_unknown": "y"}, {"lead_status": "negotiation"}),
    ],
)
def test_a_move_is_undone(
    office: Office, browser: Browser, first: dict[str, str], then: dict[str, str]
) -> None:
    lead_id = office.lead()
    if first:
        assert save(browser, lead_id, "status", **first).status_code == 200
    before = lead_of(office, lead_id)
    moved = save(browser, lead_id, "status", **then)
    assert lead_of(office, lead_id).lead_status == then["lead_status"]
    undo = dict(HIDDEN.findall(moved.text))
    answer = browser.client.post(f"/leads/{lead_id}/change/status", data=undo, headers=PARTIAL)
    assert answer.status_code == 200, answer.text
    after = lead_of(office, lead_id)
    for name in ("lead_status", "lost_reason", "lost_details"):
        assert getattr(after, name) == getattr(before, name)
    assert "data-undo" not in answer.text


def test_a_move_that_cancelled_a_booking_offers_no_undo(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    save(browser, lead_id, "status", lead_status="won", conversion_value="3500")
    moved = save(browser, lead_id, "status", lead_status="negotiation")
    assert moved.status_code == 200
    assert "data-undo" not in moved.text


def test_an_undo_after_somebody_elses_move_is_refused(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    moved = save(browser, lead_id, "status", lead_status="contacted")
    undo = dict(HIDDEN.findall(moved.text))
    office.change(lead_id, lead_status="qualified")
    answer = browser.client.post(f"/leads/{lead_id}/change/status", data=undo, headers=PARTIAL)
    assert answer.status_code == 422
    assert lead_of(office, lead_id).lead_status == "qualified"


def test_a_dialog_opens_with_the_status_that_is_meant(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    html = browser.client.get(f"/leads/{lead_id}/change/status?to=lost", headers=PARTIAL).text
    assert '<option selected value="lost">' in html
    nonsense = browser.client.get(f"/leads/{lead_id}/change/status?to=asleep", headers=PARTIAL).text
    assert '<option selected value="new">' in nonsense


def test_a_viewer_changes_nothing(office: Office) -> None:
    lead_id = office.lead()
    viewer = office.browser(office.house.viewer)
    assert viewer.get(f"/leads/{lead_id}/change/priority").status_code == 403
    token = viewer.token("/leads")
    answer = viewer.client.post(
        f"/leads/{lead_id}/change/priority", data={"csrf_token": token, "priority_level": "low"}
    )
    assert answer.status_code == 403
    assert lead_of(office, lead_id).priority_level == "medium"


def test_a_field_without_a_form_and_a_lead_that_is_not_ours_are_not_there(
    app: Flask, office: Office, browser: Browser
) -> None:
    lead_id = office.lead()
    stranger = office.browser(office.house.stranger)
    answers = [
        browser.get(f"/leads/{lead_id}/change/shoe_size"),
        browser.get(f"/leads/{uuid7()}/change/status"),
        stranger.get(f"/leads/{lead_id}/change/status"),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
