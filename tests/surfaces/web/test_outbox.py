"""The outbox: what was sent, what waits, and the letter as the couple sees it."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from app.models.choices import MessageState
from app.models.messaging import Message, MessageEvent
from tests.surfaces.accounts.browser import Browser
from tests.surfaces.web.conftest import NOON, Office
from tests.surfaces.web.test_lead_page import message, words

SUBJECT = re.compile(r'class="couple"[^>]*>([^<]+)</a>')


def letter(lead_id: UUID, number: int, **columns: Any) -> Message:
    given = {"subject": f"Letter {number}", "created_at": NOON - timedelta(hours=number)}
    return message(lead_id, **given | columns)


def test_everybody_who_works_there_reads_it(office: Office) -> None:
    office.add(letter(office.lead(couple_name_bride="Emma"), 1))
    for person in (office.house.owner, office.house.admin, office.house.member, office.house.viewer):
        assert "Letter 1 to Emma, emma@example.com" in words(office.browser(person), "/outbox")
    assert "Letter" not in office.browser(office.house.stranger).get("/outbox").text


def test_a_name_written_from_right_to_left_does_not_turn_what_follows(
    office: Office, browser: Browser
) -> None:
    office.add(letter(office.lead(couple_name_bride="فاطمة"), 1))
    assert "to <bdi>فاطمة</bdi>, emma@example.com" in browser.get("/outbox").text


def test_states_are_told_in_words_of_the_trade(office: Office, browser: Browser) -> None:
    sent = uuid7()
    columns = {"state": MessageState.ACCEPTED, "accepted_at": NOON, "transport": "outbox"}
    office.add(letter(office.lead(), 1, id=sent, **columns))
    assert "emma@example.com Sent 10 Mar 2027, 12:00" in words(browser, "/outbox")
    assert "Sent 10 Mar 2027, 12:00 Attempts" in words(browser, f"/outbox/{sent}")


def test_it_says_so_where_no_message_leaves(office: Office, browser: Browser) -> None:
    sent = uuid7()
    office.add(letter(office.lead(), 1, id=sent, transport="outbox"))
    assert "No mail server is set here" in words(browser, "/outbox")
    assert "no mail server is set" in words(browser, f"/outbox/{sent}")


def test_uncertain_messages_stand_first(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    office.add(letter(lead_id, 1), letter(lead_id, 9, state=MessageState.UNCERTAIN, reason="connection_cut"))
    found = SUBJECT.findall(browser.get("/outbox").text)
    assert found == ["Letter 9", "Letter 1", "Letter 9"]
    shown = words(browser, "/outbox")
    assert "Nobody knows whether these went" in shown
    assert "Connection cut" in shown


def test_it_is_paged_newest_first_and_by_state(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    states = [MessageState.DUE, MessageState.SENDING]
    office.add(*(letter(lead_id, number, state=states[number % 2]) for number in range(5)))
    page = browser.get("/outbox?limit=3").text
    [older] = re.findall(r'href="([^"]+)">Older', page)
    rest = browser.get(older.replace("&amp;", "&")).text
    assert SUBJECT.findall(page) + SUBJECT.findall(rest) == [f"Letter {number}" for number in range(5)]
    assert SUBJECT.findall(browser.get("/outbox?state=sending").text) == ["Letter 1", "Letter 3"]


@pytest.mark.parametrize("query", ["?limit=0", "?limit=101", "?after=x", "?state=lost", "?colour=blue"])
def test_an_address_that_makes_no_sense_is_a_readable_422(browser: Browser, query: str) -> None:
    assert browser.get(f"/outbox{query}").status_code == 422


def test_a_message_shows_its_text_and_what_happened(office: Office, browser: Browser) -> None:
    sent, attack = uuid7(), "<script>alert(1)</script>"
    office.add(letter(office.lead(), 1, id=sent, text_body=f"Dear Emma {attack}", state=MessageState.FAILED))
    office.add(
        MessageEvent(message_id=sent, event_type="claimed", occurred_at=NOON, details={}),
        MessageEvent(
            message_id=sent, event_type="failed", occurred_at=NOON, details={"reason": "mailbox_full"}
        ),
    )
    shown = words(browser, f"/outbox/{sent}")
    assert "What happened Being sent 10 Mar 2027, 12:00 Failed 10 Mar 2027, 12:00, mailbox full" in shown
    assert attack not in browser.get(f"/outbox/{sent}").text


def test_the_letter_is_shown_in_a_frame_that_can_do_nothing(office: Office, browser: Browser) -> None:
    sent = uuid7()
    office.add(
        letter(office.lead(), 1, id=sent, html_body="<p>Dear <b>Emma</b></p><script>alert(1)</script>")
    )
    page = browser.get(f"/outbox/{sent}").text
    assert f'sandbox src="/outbox/{sent}/html"' in page
    framed = browser.get(f"/outbox/{sent}/html")
    assert framed.text.startswith("<p>Dear <b>Emma</b></p>")
    policy = framed.headers["Content-Security-Policy"]
    for part in ("default-src 'none'", "sandbox", "frame-ancestors 'self'", "form-action 'none'"):
        assert part in policy.split("; ")
    assert "script-src" not in policy


def test_a_message_without_html_has_no_frame(office: Office, browser: Browser) -> None:
    sent = uuid7()
    office.add(letter(office.lead(), 1, id=sent, channel="sms", subject=None, html_body=None))
    page = browser.get(f"/outbox/{sent}")
    assert "<iframe" not in page.text
    assert "Text message" in page.text
    assert browser.get(f"/outbox/{sent}/html").status_code == 404


def test_it_costs_the_same_statements_however_long(
    office: Office, browser: Browser, statements: Callable[[], Any]
) -> None:
    office.add(letter(office.lead(), 1))
    with statements() as few:
        browser.get("/outbox")
    office.add(*(letter(office.lead(), number) for number in range(10)))
    with statements() as many:
        browser.get("/outbox")
    assert many == few
    assert len(few) <= 6, few


@pytest.mark.parametrize(
    ("verdict", "state"), [("arrived", MessageState.ACCEPTED), ("send_again", MessageState.DUE)]
)
def test_a_person_says_what_became_of_an_uncertain_one(
    office: Office, browser: Browser, verdict: str, state: MessageState
) -> None:
    sent = uuid7()
    office.add(letter(office.lead(), 1, id=sent, state=MessageState.UNCERTAIN, reason="lease_expired"))
    page = f"/outbox/{sent}"
    assert "It arrived" not in office.browser(office.house.viewer).get(page).text
    assert "It arrived" in browser.get(page).text
    assert "Reason No answer came" in words(browser, page)
    assert browser.post(f"{page}/settle", page=page, verdict=verdict).location == page
    assert "It arrived" not in browser.get(page).text
    assert SUBJECT.findall(browser.get(f"/outbox?state={state}").text) == ["Letter 1"]
    assert browser.post(f"{page}/settle", page="/account", verdict=verdict).status_code == 409


@pytest.mark.parametrize("verdict", ["", "perhaps"])
def test_another_word_settles_nothing(office: Office, browser: Browser, verdict: str) -> None:
    sent = uuid7()
    office.add(letter(office.lead(), 1, id=sent, state=MessageState.UNCERTAIN))
    assert browser.post(f"/outbox/{sent}/settle", page=f"/outbox/{sent}", verdict=verdict).status_code == 422
    assert "It arrived" in browser.get(f"/outbox/{sent}").text
