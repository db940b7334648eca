"""The timeline of a lead: filters in the address, days, and what the header says beside it."""

import re
from datetime import date, timedelta

import pytest
from uuid_utils.compat import uuid7

from app.kernel import clock
from app.models.capture import DateEntry, Inquiry
from app.models.choices import InteractionType as Kind
from app.models.leads import LeadInteraction
from tests.surfaces.accounts.browser import Browser
from tests.surfaces.web.conftest import NOON, Office
from tests.surfaces.web.test_lead_page import entry, message, words

PARTIAL = {"HX-Request-Type": "partial"}


def test_a_filter_is_a_link_and_shows_only_its_kinds(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    office.add(
        entry(lead_id, 1),
        entry(lead_id, 2, interaction_type=Kind.PHONE_CALL, interaction_content="Rang them"),
    )
    page = browser.get(f"/leads/{lead_id}?show=talks").text
    assert "Rang them" in page
    assert "Entry 001" not in page
    assert re.search(r'show=talks#timeline"[^>]*aria-current="true"', page)
    part = browser.client.get(f"/leads/{lead_id}?show=notes", headers=PARTIAL).text
    assert part.lstrip().startswith('<section class="card" id="timeline"')
    assert "Entry 001" in part
    assert "Rang them" not in part


def test_older_entries_keep_the_filter(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    office.add(*(entry(lead_id, number) for number in range(25)))
    first = browser.get(f"/leads/{lead_id}?show=notes").text
    [older] = re.findall(r'hx-get="(/leads/[^"]+after=[^"]+)"', first)
    assert "show=notes" in older
    second = browser.client.get(older.replace("&amp;", "&"), headers=PARTIAL).text
    assert re.findall(r"Entry (\d{3})", second) == [f"{number:03}" for number in range(20, 25)]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Kind.PAYMENT_RECEIVED, {"amount": "1e400"}),
        (Kind.PAYMENT_RECEIVED, {"amount": "-1e5000"}),
        (Kind.PAYMENT_RECEIVED, {"amount": "NaN"}),
        (Kind.MEETING_SCHEDULED, {"planned_for": "0001-01-01T00:00:00+14:00"}),
        (Kind.MEETING_SCHEDULED, {"planned_for": "9999-12-31T23:59:00-14:00"}),
        (Kind.MEETING_SCHEDULED, {"planned_for": "soon"}),
    ],
)
def test_what_a_program_wrote_that_is_no_sum_and_no_time_is_shown_as_it_is(
    office: Office, browser: Browser, kind: Kind, said: dict[str, str]
) -> None:
    lead_id = office.lead()
    office.add(entry(lead_id, 1, interaction_type=kind, interaction_metadata=said))
    page = browser.get(f"/leads/{lead_id}")
    assert page.status_code == 200
    [shown] = said.values()
    assert shown in page.text


def test_nothing_of_a_kind_says_so(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    shown = words(browser, f"/leads/{lead_id}?show=business")
    assert "Nothing of this kind yet. Show everything" in shown


@pytest.mark.parametrize("query", ["show=gossip", "after=x", "limit=0", "limit=101", "colour=red", "edit=x"])
def test_what_the_page_does_not_have_is_refused(office: Office, browser: Browser, query: str) -> None:
    assert browser.get(f"/leads/{office.lead()}?{query}").status_code == 422


def test_days_are_the_suppliers_and_each_is_named_once(office: Office, browser: Browser) -> None:
    lead_id = office.lead(at=NOON)
    office.add(
        *(
            LeadInteraction(
                lead_id=lead_id,
                interaction_type=Kind.NOTE_ADDED,
                interaction_content=f"Entry {number:03}",
                occurred_at=NOON - timedelta(minutes=number),
            )
            for number in range(25)
        )
    )
    first = browser.get(f"/leads/{lead_id}?show=notes").text
    [older] = re.findall(r'hx-get="(/leads/[^"]+after=[^"]+)"', first)
    second = browser.client.get(older.replace("&amp;", "&"), headers=PARTIAL).text
    assert re.findall(r'class="story-day">([^<]+)<', first) == ["Wednesday 10 March 2027"]
    assert re.findall(r'class="story-day">([^<]+)<', second) == [], "the day goes on"


def test_today_and_yesterday_are_called_so(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    yesterday = clock.now() - timedelta(days=1)
    said = {"interaction_type": Kind.NOTE_ADDED, "interaction_content": "x", "occurred_at": yesterday}
    office.add(LeadInteraction(lead_id=lead_id, **said))
    days = re.findall(r'class="story-day">([^<]+)<', browser.get(f"/leads/{lead_id}").text)
    assert days == ["Today", "Yesterday"]


def test_the_header_says_whether_the_day_is_free_and_who_else_wants_it(
    office: Office, browser: Browser
) -> None:
    day = date(2031, 6, 14)
    lead_id = office.lead(wedding_date=day)
    assert "14 Jun 2031" in words(browser, f"/leads/{lead_id}")
    assert re.search(r"in [\d,]+ days Free", words(browser, f"/leads/{lead_id}"))
    rivals = [office.lead(wedding_date=day, couple_name_bride=f"Rival {n}") for n in range(6)]
    office.add(DateEntry(on_date=day, state="held", lead_id=rivals[0]))
    page = browser.get(f"/leads/{lead_id}").text
    shown = words(browser, f"/leads/{lead_id}")
    assert "Held for another couple 6 other open leads want this day" in shown
    assert f'<a href="/leads/{rivals[0]}">for another couple</a>' in page
    assert "wedding_date_from=2031-06-14&amp;wedding_date_to=2031-06-14" in page, "all of them, on the list"
    assert "Held for them" in words(browser, f"/leads/{rivals[0]}")


def test_the_next_action_is_said_with_a_button_that_begins_it(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    office.change(lead_id, awaiting_reply_since=clock.now() - timedelta(hours=2))
    page = browser.get(f"/leads/{lead_id}")
    assert "They inquired, and nobody has answered yet. 2 hours ago" in words(browser, f"/leads/{lead_id}")
    assert f'href="/leads/{lead_id}?compose=email#composer"' in page.text
    viewer = office.browser(office.house.viewer)
    assert "compose=email" not in viewer.get(f"/leads/{lead_id}").text


def test_what_the_couple_sent_can_be_read(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    sent = {"your_name": "Emma Clarke", "message": "Is the <b>14th</b> free?"}
    office.add(Inquiry(lead_id=lead_id, channel="widget", idempotency_key=uuid7().hex, payload=sent))
    assert "Name Emma Clarke Message Is the <b>14th</b> free?" in words(browser, f"/leads/{lead_id}")


def test_an_answer_to_a_message_shows_what_the_couple_wrote(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    sent_id = uuid7()
    office.add(message(lead_id, id=sent_id))
    office.add(
        entry(
            lead_id, 1, interaction_type=Kind.EMAIL_SENT, message_id=sent_id, interaction_subject="Thank you"
        ),
        entry(
            lead_id,
            2,
            interaction_type=Kind.EMAIL_REPLIED,
            message_id=sent_id,
            interaction_subject="Re: Thank you",
            interaction_content="Yes, we would love to meet.",
        ),
    )
    shown = words(browser, f"/leads/{lead_id}")
    assert "Re: Thank you Yes, we would love to meet. The message it answers" in shown
    assert shown.count("Dear Emma, we have it.") == 1
