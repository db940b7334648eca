"""The list of sequences, new ones, and one sequence with what became of its leads."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select
from werkzeug.test import TestResponse

from app.kernel.uow import reading, unit_of_work
from app.models.choices import EnrollmentStatus
from app.models.nurture import NurtureSequence
from tests.features.nurture.test_statistics import NOW, decided, enrolled, sent
from tests.features.nurture.writing import call, email, make, sequence, steps, tag, template
from tests.surfaces.accounts.browser import Browser
from tests.surfaces.web.conftest import Office

HIDDEN = {"target_lead_sources": ["nowhere"]}


def said(answer: TestResponse) -> str:
    """What a reader sees, in one line."""
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", answer.text, flags=re.S)
    return re.sub(r" ([.,;:”])", r"\1", " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split()))


def made(office: Office, *parts: dict[str, Any], **settings: Any) -> UUID:
    with office.app.app_context():
        return make(office.house, *parts, **settings)


def of_name(office: Office, name: str) -> NurtureSequence:
    with office.app.app_context(), reading(office.house.supplier_id) as session:
        found = session.scalars(select(NurtureSequence).where(NurtureSequence.sequence_name == name)).one()
        session.expunge_all()
        return found


def test_all_sequences_with_what_they_came_to(office: Office, browser: Browser) -> None:
    made(office, tag(), sequence_name="Autumn fair", publish=True, **HIDDEN)
    made(office, tag(), tag("b"), sequence_name="Not yet")
    shown = said(browser.get("/sequences"))
    assert "Autumn fair On Nurture · 1 step Entered 0 Under way 0 Completion" in shown
    assert "Not yet Never published Nurture · 2 steps" in shown
    assert "Welcome On Welcome · 3 steps" in shown


def test_without_any_the_ready_made_ones_are_offered(office: Office, browser: Browser) -> None:
    with office.app.app_context(), unit_of_work(office.house.supplier_id) as session:
        session.execute(delete(NurtureSequence))
    page = browser.get("/sequences")
    assert "No sequence yet" in page.text
    assert "/sequences/ready-made/" in page.text
    assert "/sequences/ready-made/" not in office.browser(office.house.viewer).get("/sequences").text


def test_the_list_costs_the_same_however_many_there_are(
    office: Office, browser: Browser, statements: Callable[[], Any]
) -> None:
    browser.get("/sequences")
    with statements() as few:
        browser.get("/sequences")
    for _ in range(3):
        made(office, tag(), publish=True, **HIDDEN)
    with statements() as many:
        browser.get("/sequences")
    assert len(many) == len(few)


def test_an_empty_one_is_begun(office: Office, browser: Browser) -> None:
    answer = browser.post("/sequences/new", sequence_name="Winter", sequence_type="pre_wedding")
    assert answer.status_code == 303
    row = of_name(office, "Winter")
    assert answer.location.endswith(f"/sequences/{row.id}/edit")
    assert (row.published_version, row.sequence_type) == (0, "pre_wedding")
    assert "No step yet" in browser.get(f"/sequences/{row.id}/edit").text
    for given, told in (
        ({"sequence_name": " "}, "Please fill this in."),
        ({"sequence_name": "winter"}, "already"),
    ):
        refused = browser.post("/sequences/new", sequence_type="nurture", **given)
        assert refused.status_code == 422
        assert told in unescape(refused.text)


def test_a_ready_made_one_is_read_and_taken(office: Office, browser: Browser) -> None:
    offered = set(re.findall(r"/sequences/ready-made/(\w+)", browser.get("/sequences/new").text))
    assert len(offered) == 6
    for key in offered:
        assert browser.get(f"/sequences/ready-made/{key}").status_code == 200
    shown = said(browser.get("/sequences/ready-made/venue_nurture"))
    assert "Takes in a lead when its status is Contacted or Qualified. Each lead is in it once." in shown
    assert "If its score is 60 or more, on to step 4, “Stay in touch: call them”" in shown
    assert "Day 11, 10:00, Tue to Thu" in shown
    answer = browser.post("/sequences/ready-made/venue_nurture")
    assert answer.status_code == 303
    assert of_name(office, "Stay in touch").has_draft
    assert browser.get("/sequences/ready-made/gone").status_code == 404
    assert "/sequences/ready-made/florist_welcome" in browser.get("/sequences/new?trade=florist").text
    assert browser.get("/sequences/new?trade=gone").status_code == 422


def test_the_steps_are_a_timeline_in_words(office: Office, browser: Browser) -> None:
    with office.app.app_context():
        text = template(office.house)
    one = made(
        office,
        email(text, "Thank", delay_amount=0, message_class="acknowledgement", send_days=[]),
        call("Ring", execution_conditions={"has_phone": True}, send_days=[2, 3, 4]),
        tag("warm", delay_amount=2, branch_conditions={"branches": [{"if": {"min_score": 60}, "then": 4}]}),
        tag("late", delay_amount=1, delay_unit="weeks", needs_approval=False, is_active=False),
        tag("soon", anchor="wedding_date", delay_amount=-30, runs_when_past=True),
        publish=True,
        target_score_range=[40, None],
    )
    shown = said(browser.get(f"/sequences/{one}"))
    assert "1. Thank Day 0, at once Sends the e-mail “Template" in shown
    assert "2. Ring Day 1, 09:00, Tue to Thu Makes a call: “Ring”." in shown
    assert "Only if it has a phone number; otherwise it is skipped" in shown
    assert "If its score is 60 or more, on to step 4, “Tag late”" in shown
    assert "4. Tag late Off Day 10, 09:00, Mon to Fri" in shown
    assert "5. Tag soon 30 days before the wedding, 09:00, Mon to Fri Adds the tag “soon”." in shown
    assert "Takes in an open lead when its score is 40 or more. Each lead is in it once." in shown
    assert "0 leads there are fit now" in shown


def test_how_many_leads_fit_now(office: Office, browser: Browser) -> None:
    office.lead()
    one = made(office, tag(), publish=True, target_lead_status=["new"])
    assert "1 lead there is fits now and is not in it." in said(browser.get(f"/sequences/{one}"))


def test_one_that_was_never_published_shows_its_draft(office: Office, browser: Browser) -> None:
    one = made(office, tag())
    shown = said(browser.get(f"/sequences/{one}"))
    assert "It was never published, so it takes nobody in." in shown
    assert "1. Tag seen" in shown
    assert "fit now" not in shown


def test_what_became_of_each_step(office: Office, browser: Browser) -> None:
    with office.app.app_context():
        text, other = template(office.house), template(office.house)
        house = office.house
        variants = [{"label": "B", "email_template_id": other}]
        one = make(house, email(text, variants=variants), tag("b"), publish=True, **HIDDEN)
        write, mark = steps(house, one, 1)
        for label, seen, booked in (
            ("A", ("opened",), False),
            ("A", (), False),
            ("B", ("opened", "replied"), True),
        ):
            mine = enrolled(house, one, mark, converted=booked)
            decided(house, mine, write, "done")
            decided(house, mine, mark, "done")
            sent(house, mine, write, *seen, variant=label)
        ended = {"status": EnrollmentStatus.CANCELLED, "end_reason": "replied", "ended_at": NOW}
        decided(house, enrolled(house, one, mark, **ended), mark, "skipped", "no_email")
    page = browser.get(f"/sequences/{one}")
    assert f"/templates/email/{text}" in page.text
    shown = said(page)
    assert "Entered 4" in shown
    assert "Under way 3" in shown
    assert "Booked 25.0% 1 of 4, likely 4.6% to 69.9%" in shown
    assert "Sent 3 Opened 66.7% 2 of 3 20.8% to 93.9% Clicked 0.0% 0 of 3" in shown
    assert "B Template" in shown
    assert "3 leads stand here · 3 done · 1 skipped: the lead has no e-mail address" in shown
    assert "booked after it: 33.3% 1 of 3, likely 6.1% to 79.2%" in shown
    assert "Reason Leads They replied 1" in shown
    assert "All figures as a table" in shown


def test_the_page_costs_the_same_however_many_leads(
    office: Office, browser: Browser, statements: Callable[[], Any]
) -> None:
    one = made(office, tag("a"), tag("b"), publish=True, **HIDDEN)
    with office.app.app_context():
        first = steps(office.house, one, 1)[0]
    browser.get(f"/sequences/{one}")
    with statements() as few:
        browser.get(f"/sequences/{one}")
    with office.app.app_context():
        for _ in range(4):
            decided(office.house, enrolled(office.house, one, first), first, "done")
    with statements() as many:
        browser.get(f"/sequences/{one}")
    assert len(many) == len(few)


def test_it_is_switched_off_and_on_copied_and_deleted(office: Office, browser: Browser) -> None:
    one = made(office, tag(), publish=True, sequence_name="Fair", **HIDDEN)
    page = f"/sequences/{one}"
    for is_on in (False, True):
        assert browser.post(f"{page}/switch", page=page).status_code == 303
        with office.app.app_context():
            assert sequence(office.house, one).is_active is is_on
    assert browser.post(f"{page}/copy", page=page).status_code == 303
    assert of_name(office, "Copy of Fair").has_draft
    assert "No lead has been in it." in browser.get(f"{page}/delete").text
    assert browser.post(f"{page}/delete").status_code == 303
    assert browser.get(page).status_code == 404


def test_one_that_leads_were_in_is_kept(office: Office, browser: Browser) -> None:
    one = made(office, tag(), publish=True)
    office.lead()
    assert browser.post(f"/sequences/{one}/delete").status_code == 303
    assert "switched off and kept" in said(browser.get("/sequences"))
    with office.app.app_context():
        assert not sequence(office.house, one).is_active


def test_who_is_in_it_by_status_reason_and_step(office: Office, browser: Browser) -> None:
    with office.app.app_context():
        house = office.house
        one = make(house, tag("a"), publish=True, **HIDDEN)
        (a,) = steps(house, one, 1)
        enrolled(house, one, a)
        ended = {"status": EnrollmentStatus.CANCELLED, "end_reason": "lead_lost", "ended_at": NOW}
        enrolled(house, one, a, **ended)
        for _ in range(25):
            enrolled(house, one, a, status=EnrollmentStatus.FAILED, ended_at=NOW)
    page = f"/sequences/{one}/leads"
    first = browser.get(page)
    assert "27 leads, the newest first" in said(first)
    assert f"{page}?page=2" in first.text
    assert len(re.findall(r'class="couple" href="/leads/[0-9a-f-]+#sequences"', first.text)) == 25
    assert len(re.findall(r'class="couple"', browser.get(f"{page}?page=2").text)) == 2
    for query, count in (
        ("status=active", 1),
        ("reason=lead_lost", 1),
        ("reason=failed", 25),
        ("reason=gone", 0),
    ):
        assert f"{count} lead{'' if count == 1 else 's'} of 27" in said(browser.get(f"{page}?{query}"))
    with office.app.app_context():
        key = steps(office.house, one, 1)[0].row.step_key
    assert "1 lead of 27" in said(browser.get(f"{page}?step={key}"))
    assert "The lead is lost" in said(browser.get(f"{page}?reason=lead_lost"))
    for bad in ("status=gone", "page=0", "page=5000", "step=x", "nonsense=1", "reason=" + "x" * 101):
        assert browser.get(f"{page}?{bad}").status_code == 422


def test_a_viewer_reads_and_writes_nothing(office: Office) -> None:
    one = made(office, tag(), publish=True, **HIDDEN)
    viewer = office.browser(office.house.viewer)
    for path in ("", f"/{one}", f"/{one}/leads", f"/{one}/versions", f"/{one}/versions/1", f"/{one}/try"):
        page = viewer.get(f"/sequences{path}")
        assert page.status_code == 200, path
        assert f"/sequences/{one}/edit" not in page.text
    assert viewer.get(f"/sequences/{one}/edit").status_code == 403


@pytest.mark.parametrize(
    "path", ["", "/edit", "/leads", "/publish", "/settings", "/try", "/versions", "/moves", "/steps/new"]
)
def test_of_another_supplier_there_is_nothing(browser: Browser, path: str) -> None:
    assert browser.get(f"/sequences/{UUID(int=1)}{path}").status_code == 404
