"""One lead's page: everything known about the couple, why they score so, and the note."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from uuid_utils.compat import uuid7

from app.kernel import clock
from app.kernel.uow import reading, unit_of_work
from app.models.accounts import Supplier
from app.models.capture import Inquiry
from app.models.choices import InteractionType as Kind
from app.models.leads import Lead, LeadInteraction, StatusHistory, Task
from app.models.messaging import Message
from app.models.nurture import Enrollment
from app.models.scoring import ScoreAdjustment
from tests.surfaces.accounts.browser import Browser
from tests.surfaces.web.conftest import NOON, Office

TAGS = re.compile(r"<[^>]+>")


def words(browser: Browser, path: str) -> str:
    """What a person reads on that page, in one line."""
    page = browser.get(path)
    assert page.status_code == 200, page.text
    return " ".join(unescape(TAGS.sub(" ", page.text)).split()).replace(" ,", ",")


def entry(lead_id: UUID, number: int, **columns: Any) -> LeadInteraction:
    given = {"interaction_type": Kind.NOTE_ADDED, "interaction_content": f"Entry {number:03}"} | columns
    return LeadInteraction(lead_id=lead_id, occurred_at=NOON - timedelta(days=number), **given)


def message(lead_id: UUID, **columns: Any) -> Message:
    given = {
        "id": uuid7(),
        "channel": "email",
        "message_class": "acknowledgement",
        "to_address": "emma@example.com",
        "subject": "Thank you",
        "html_body": "<p>Dear <b>Emma</b></p>",
        "text_body": "Dear Emma, we have it.",
        "due_at": NOON,
    }
    return Message(lead_id=lead_id, **given | columns)


def test_everybody_who_works_there_sees_it_and_who_may_write_gets_the_note(office: Office) -> None:
    lead_id, house = office.lead(couple_name_bride="Emma"), office.house
    for person, writes in (
        (house.owner, True),
        (house.admin, True),
        (house.member, True),
        (house.viewer, False),
    ):
        page = office.browser(person).get(f"/leads/{lead_id}")
        assert page.status_code == 200
        assert ("Add note" in page.text) is writes


def test_another_suppliers_lead_answers_like_an_unknown_one(office: Office) -> None:
    lead_id = office.lead(couple_name_bride="Emma")
    stranger = office.browser(office.house.stranger)
    for path in ("/leads/{}", "/outbox/{}", "/outbox/{}/html"):
        theirs, unknown = stranger.get(path.format(lead_id)), stranger.get(path.format(uuid7()))
        assert theirs.status_code == unknown.status_code == 404
        assert theirs.data == unknown.data
    assert stranger.get("/leads/not-an-id").data == unknown.data


def test_the_score_is_explained_rule_by_rule_and_adds_up(office: Office, browser: Browser) -> None:
    soon = clock.now().date() + timedelta(days=200)
    lead_id = office.lead(estimated_budget=Decimal(4000), wedding_date=soon, lead_source="website")
    office.add(ScoreAdjustment(lead_id=lead_id, points=-5, reason="Rude on the phone"))
    shown = words(browser, f"/leads/{lead_id}")
    assert "Why 55 points" in shown
    assert "Budget over 2,500 Budget £4,000 is over £2,500 +30" in shown
    assert "Wedding within 18 months Wedding in 200 days, between 1 and 548 +25" in shown
    assert "Source Website is not one of Referral, Word of mouth 0 of +20" in shown
    assert "Rude on the phone -5" in shown
    assert "Sum +50" in shown
    assert "Score rounded, 0 to 100 50" in shown
    assert "the score on the list, 55, follows in the night" in shown


def test_the_timeline_is_newest_first_and_goes_on(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    office.add(*(entry(lead_id, number) for number in range(25)))
    first = browser.get(f"/leads/{lead_id}").text
    [older] = re.findall(r'hx-get="(/leads/[^"]+after=[^"]+)"', first)
    second = browser.client.get(older, headers={"HX-Request-Type": "partial"}).text
    found = re.findall(r"Entry (\d{3})", first) + re.findall(r"Entry (\d{3})", second)
    assert found == [f"{number:03}" for number in range(25)]
    assert "Show older" not in second
    assert "<html" not in second
    assert "<html" in browser.get(older).text, "the same link is a page of its own without JavaScript"


def test_an_email_on_the_timeline_can_be_read(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    sent = uuid7()
    office.add(message(lead_id, id=sent))
    office.add(entry(lead_id, 1, interaction_type=Kind.EMAIL_SENT, interaction_content=None, message_id=sent))
    shown = words(browser, f"/leads/{lead_id}")
    assert "An e-mail went out by itself E-mail to emma@example.com Dear Emma, we have it." in shown


def test_times_are_the_suppliers_and_so_is_the_money(office: Office, browser: Browser) -> None:
    lead_id = office.lead(estimated_budget=Decimal("3500.50"), wedding_date=date(2031, 7, 4))
    office.add(Task(lead_id=lead_id, title="Call", due_at=NOON.replace(month=7)))
    with office.app.app_context(), unit_of_work(office.house.supplier_id) as session:
        supplier = session.get_one(Supplier, office.house.supplier_id)
        supplier.timezone, supplier.currency, supplier.locale = "America/New_York", "USD", "en-US"
    shown = words(browser, f"/leads/{lead_id}")
    assert "Due Jul 10, 2027, 8:00 AM" in shown
    assert "$3,500.50" in shown
    assert "Jul 4, 2031" in shown


def test_a_visit_shows_where_the_couple_came_from(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    context = {
        "first": {"utm_source": "google", "utm_campaign": "june", "referrer": "javascript:alert(1)"},
        "last": {"landing_page": "https://rosewood.example/<b>"},
    }
    office.add(
        Inquiry(lead_id=lead_id, channel="widget", idempotency_key=uuid7().hex, payload={}, context=context)
    )
    shown = words(browser, f"/leads/{lead_id}")
    assert "First visit UTM source google UTM campaign june Referrer javascript:alert(1)" in shown
    assert "Last visit Landing page https://rosewood.example/<b>" in shown
    assert 'href="javascript:' not in browser.get(f"/leads/{lead_id}").text


def test_the_sequence_says_when_its_next_step_comes(office: Office, browser: Browser) -> None:
    shown = words(browser, f"/leads/{office.lead()}")
    assert re.search(r"Welcome Under way \d+ \w+ \d{4}, \d\d:\d\d [\w ]+", shown), shown


def test_the_follow_up_is_a_task_and_else_the_sequence_is_named(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    for due, said in ((timedelta(days=2, minutes=1), "in 2 days"), (-timedelta(minutes=1), "any moment")):
        with office.app.app_context(), unit_of_work(office.house.supplier_id) as session:
            session.scalars(select(Enrollment)).one().next_execution_at = clock.now() + due
        shown = words(browser, f"/leads/{lead_id}")
        assert f"Next follow-up None No task; the sequence goes on {said}" in shown
    office.change(lead_id, automation_paused=True)
    assert "Next follow-up None Nothing is due" in words(browser, f"/leads/{lead_id}")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("under_1000", "Under £1,000"),
        ("2500_5000", "£2,500 to £5,000"),
        ("10000_plus", "£10,000 or more"),
    ],
)
def test_a_range_of_the_budget_is_money(office: Office, browser: Browser, code: str, said: str) -> None:
    lead_id = office.lead()
    office.change(lead_id, budget_range=code)
    assert f"Budget range {said} " in words(browser, f"/leads/{lead_id}")


def test_what_people_write_cannot_carry_markup(office: Office, browser: Browser) -> None:
    attack = "<script>alert(1)</script>"
    lead_id = office.lead(
        couple_name_bride=attack,
        wedding_venue=attack,
        additional_notes=attack,
        specific_requirements=attack,
        tags=[attack],
        services_needed=[attack],
        source_details={"referrer_name": attack},
    )
    office.add(
        entry(lead_id, 1, interaction_content=attack, interaction_subject=attack),
        Task(lead_id=lead_id, title=attack, due_at=NOON),
        StatusHistory(lead_id=lead_id, to_status="new", reason=attack),
        message(lead_id, subject=attack, text_body=attack),
    )
    page = browser.get(f"/leads/{lead_id}").text
    assert attack not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 12


def post_note(browser: Browser, lead_id: UUID, content: str) -> Any:
    return browser.post(
        f"/leads/{lead_id}/entries", page=f"/leads/{lead_id}", kind="note", interaction_content=content
    )


def row(office: Office, lead_id: UUID) -> Lead:
    with office.app.app_context(), reading(office.house.supplier_id) as session:
        found = session.get_one(Lead, (office.house.supplier_id, lead_id))
        session.refresh(found)
        session.expunge(found)
        return found


def test_a_note_is_on_the_timeline_with_its_author(office: Office) -> None:
    lead_id = office.lead()
    before = row(office, lead_id)
    member = office.browser(office.house.member)
    answer = post_note(member, lead_id, "  They love peonies.\nCall on Friday. ")
    assert answer.status_code == 303
    shown = words(member, answer.location.partition("#")[0])
    assert "Note added." in shown
    assert "Member Person wrote a note They love peonies. Call on Friday." in shown
    after = row(office, lead_id)
    assert after.total_interactions == before.total_interactions + 1
    assert after.last_contact_at == before.last_contact_at, "a note is no contact"
    assert after.updated_at > before.updated_at


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "Please fill this in."),
        (" \n ", "Please fill this in."),
        ("x" * 10_001, "10000"),
        ("a\x00b", "NUL"),
    ],
)
def test_a_wrong_note_is_shown_again_with_what_is_wrong(
    office: Office, browser: Browser, content: str, said: str
) -> None:
    lead_id = office.lead()
    before = row(office, lead_id).total_interactions
    page = post_note(browser, lead_id, content)
    assert page.status_code == 422
    assert said in page.text
    assert 'aria-invalid="true"' in page.text or said == "NUL"
    assert row(office, lead_id).total_interactions == before


def test_a_viewer_may_not_write_a_note(office: Office) -> None:
    lead_id = office.lead()
    before = row(office, lead_id).total_interactions
    viewer = office.browser(office.house.viewer)
    answer = viewer.post(f"/leads/{lead_id}/entries", page="/leads", kind="note", interaction_content="Hello")
    assert answer.status_code == 403
    assert "Not allowed" in answer.text
    assert row(office, lead_id).total_interactions == before


def test_a_note_for_another_suppliers_lead_finds_no_lead(office: Office) -> None:
    lead_id = office.lead()
    before = row(office, lead_id).total_interactions
    stranger = office.browser(office.house.stranger)
    answers = [
        stranger.post(f"/leads/{wanted}/entries", page="/leads", kind="note", interaction_content="Hello")
        for wanted in (lead_id, uuid7())
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].data == answers[1].data
    assert row(office, lead_id).total_interactions == before


def test_a_note_needs_the_token_of_its_form(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    answer = browser.client.post(
        f"/leads/{lead_id}/entries", data={"kind": "note", "interaction_content": "Hello"}
    )
    assert answer.status_code == 400
    assert "This request is not right" in answer.text


def test_the_page_costs_the_same_statements_however_much_happened(
    office: Office, browser: Browser, statements: Callable[[], Any]
) -> None:
    lead_id = office.lead()
    with statements() as few:
        browser.get(f"/leads/{lead_id}")
    letters = [uuid7() for _ in range(5)]
    office.add(*(message(lead_id, id=letter) for letter in letters))
    office.add(
        *(
            entry(lead_id, n, user_id=office.house.member.user_id, message_id=letters[n % 5])
            for n in range(15)
        ),
        *(Task(lead_id=lead_id, title="Call", due_at=NOON) for _ in range(5)),
        *(StatusHistory(lead_id=lead_id, to_status="new") for _ in range(5)),
    )
    with statements() as many:
        browser.get(f"/leads/{lead_id}")
    assert many == few
    assert len(few) <= 31, few
