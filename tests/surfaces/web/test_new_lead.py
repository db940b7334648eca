"""A lead written down by hand: somebody called, or came to the stand at a fair."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from tests.surfaces.accounts.browser import Browser
from tests.surfaces.web.conftest import Office
from tests.surfaces.web.test_lead_page import row, words

CALLED = {"lead_source": "wedding_show", "couple_name_bride": "Emma", "primary_phone": "07400 123456"}


def write(browser: Browser, **said: str) -> Any:
    return browser.post("/leads/new", **CALLED | said)


def test_a_lead_is_written_down_and_opened(office: Office, browser: Browser) -> None:
    assert 'href="/leads/new"' in browser.get("/leads").text
    said = {"wedding_date": "2031-06-14", "estimated_budget": "2400", "additional_notes": "By the sea"}
    answer = write(browser, **said)
    assert answer.status_code == 303, answer.text
    lead = row(office, UUID(answer.location.rpartition("/")[2]))
    assert (lead.couple_name_bride, lead.primary_phone, lead.lead_source) == (
        "Emma",
        "+447400123456",
        "wedding_show",
    )
    assert (lead.wedding_date, lead.estimated_budget) == (date(2031, 6, 14), Decimal(2400))
    assert "The lead is written down." in words(browser, answer.location)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("lead_source", "", "Please fill this in."),
        ("lead_source", "no_such", "Not a valid choice."),
        ("couple_name_bride", "x" * 256, "255"),
        ("primary_email", "nobody", "@"),
        ("primary_phone", "12", "5 to 20 digits"),
        ("wedding_date", "14/06/2031", "Give a date, such as 2027-06-12."),
        ("estimated_guest_count", "many", "Give a whole number, such as 120."),
        ("estimated_budget", "lots", "Give an amount in figures, such as 3500."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(browser: Browser, name: str, value: str, told: str) -> None:
    answer = write(browser, **{"additional_notes": "By the sea", name: value})
    assert answer.status_code == 422
    assert told in answer.text.partition(f'id="{name}-error"')[2].partition("</div>")[0]
    assert "By the sea</textarea>" in answer.text, "what was entered stays"


def test_a_lead_can_be_reached(browser: Browser) -> None:
    answer = write(browser, primary_phone="")
    assert answer.status_code == 422
    assert "Give an e-mail or a phone number." in answer.text


def test_a_couple_that_is_known_is_opened_instead(office: Office, browser: Browser) -> None:
    known = office.lead(primary_email="emma@example.com")
    answer = write(browser, primary_email="Emma@example.com")
    assert answer.status_code == 422
    beside = answer.text.partition('id="primary_email-error"')[2].partition("</div>")[0]
    assert "Another lead has this e-mail." in beside
    assert f'href="/leads/{known}"' in answer.text


def test_a_viewer_writes_none_down(office: Office) -> None:
    assert "/leads/new" not in office.browser(office.house.viewer).get("/leads").text
