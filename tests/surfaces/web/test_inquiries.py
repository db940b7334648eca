"""The inquiries as they came in: those that were put aside, and texts of people we do not know."""

import pytest

from app.kernel import clock
from app.messaging.texts import Text
from app.models.capture import Inquiry
from app.workflows.receive_text import receive_text
from tests.factories.nurture import one
from tests.surfaces.accounts.browser import Browser
from tests.surfaces.web.conftest import NOON, Office
from tests.surfaces.web.test_lead_page import words

PHONE = "+447400123456"


def text(office: Office, sender: str, body: str) -> Inquiry:
    with office.app.app_context(), clock.at(NOON):
        receive_text(office.house.supplier_id, Text(sender, body, "SM1"))
        return one(office.house, Inquiry)


def test_a_text_of_somebody_new_stands_with_its_words_wherever_inquiries_do(office: Office) -> None:
    inquiry = text(office, PHONE, "Are you free on 12 June?")
    with clock.at(NOON):
        browser = office.browser()
        shown = words(browser, "/inquiries")
        assert f"{PHONE}, by text message Are you free on 12 June? Became a lead" in shown
        page = words(browser, f"/leads/{inquiry.lead_id}")
        assert "The couple sent a text message Inquiry by text message Are you free on 12 June?" in page
        queue = words(browser, "/").partition("Do next")[2]
        assert f"{PHONE} Answer their inquiry" in queue
        assert 'href="tel:+447400123456"' in browser.get("/").text


def test_a_text_that_nobody_can_answer_is_read_and_taken_in_by_hand(office: Office, browser: Browser) -> None:
    inquiry = text(office, "VENUE", "Ask for us at rosa@example.com. " * 20)
    page = browser.get("/inquiries?state=quarantined").text
    shown = words(browser, "/inquiries?state=quarantined")
    assert "VENUE, by text message" in shown
    assert "Put aside: sent by nobody who can be answered" in shown
    assert f'<div class="said">{inquiry.payload["message"]}</div>' in page
    assert 'href="/leads/new"' in page
    assert f"/inquiries/{inquiry.id}/restore" not in page
    refused = browser.post(f"/inquiries/{inquiry.id}/restore", page="/account")
    assert refused.status_code == 409
    assert "Nobody can answer VENUE" in refused.text


@pytest.mark.parametrize("who", ["viewer", "member"])
def test_only_who_may_write_takes_in(office: Office, who: str) -> None:
    text(office, PHONE, "http://a.example http://b.example http://c.example")
    page = office.browser(getattr(office.house, who)).get("/inquiries").text
    assert ("Restore" in page) is (who == "member")
    assert "three links or more in the message" in page
