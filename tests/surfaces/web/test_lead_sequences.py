"""A lead's sequences on its page: what is to come, a person's hand in it, and every decision."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from app.kernel import clock
from app.models.messaging import Message
from app.models.nurture import Enrollment
from app.web.reasons import REASONS, why
from app.workflows.run_steps import run_steps
from tests.factories.nurture import dated_step, email_step, enrollment, make_sequence, messages
from tests.surfaces.accounts.browser import Browser
from tests.surfaces.web.conftest import Office
from tests.surfaces.web.test_lead_page import words

TOMORROW = {"delay_amount": 1, "delay_unit": "days"}


@pytest.fixture
def lead_id(office: Office) -> UUID:
    """A lead at the first of six steps, the last of which does not apply to it."""
    with office.app.app_context():
        steps = [email_step(office.house, **TOMORROW, step_name=f"Letter {n}") for n in range(1, 6)]
        steps.append({"step_type": "sms", **TOMORROW, "step_name": "Text"})
        make_sequence(office.house, steps, sequence_name="Courtship")
    return office.lead(couple_name_bride="Anna", couple_name_groom="Ben")


def place(office: Office, lead_id: UUID) -> Enrollment:
    with office.app.app_context():
        return enrollment(office.house, lead_id)


def written(office: Office, lead_id: UUID) -> Message:
    with office.app.app_context():
        return messages(office.house, lead_id)[0]


def work(office: Office) -> None:
    with office.app.app_context():
        run_steps(office.house.supplier_id)


def press(browser: Browser, lead_id: UUID, enrollment_id: UUID, act: str) -> None:
    answer = browser.post(f"/leads/sequences/{enrollment_id}", page=f"/leads/{lead_id}", act=act)
    assert answer.status_code == 303


def press_step(browser: Browser, lead_id: UUID, at: Enrollment, act: str) -> None:
    path = f"/leads/sequences/{at.id}/steps/{at.current_step_id}"
    assert browser.post(path, page=f"/leads/{lead_id}", act=act).status_code == 303


def test_the_page_says_what_will_be_sent_when(office: Office, browser: Browser, lead_id: UUID) -> None:
    shown = words(browser, f"/leads/{lead_id}")
    whole = words(browser, f"/leads/{lead_id}/sequences")
    assert "Courtship Under way" in shown
    assert "Letter 4" in shown
    assert "Letter 5" not in shown
    assert "2 more steps" in shown
    assert "Letter 5" in whole
    assert "Text Skipped: text messages are not set up" in whole
    assert "No decision yet" in whole


def test_what_the_caps_would_move_says_so(office: Office) -> None:
    with office.app.app_context():
        letters = [email_step(office.house, step_name=name) for name in ("First", "Second")]
        sequence = make_sequence(office.house, letters)
    noon = datetime(2031, 3, 5, 12, tzinfo=UTC)
    lead_id = office.lead(noon)
    with clock.at(noon):
        browser = office.browser()
        for path in (f"/leads/{lead_id}", f"/leads/{lead_id}/sequences"):
            shown = words(browser, path)
            assert "6 Mar 2031, 09:00 Second Not 5 Mar 2031, 12:00 : no more messages leave" in shown
        tried = words(browser, f"/sequences/{sequence}/try?lead_id={lead_id}")
    assert "Thursday 6 March, 09:00 2. Second Not 5 Mar 2031, 12:00 : no more messages leave" in tried


def test_a_place_is_paused_and_resumed(office: Office, browser: Browser, lead_id: UUID) -> None:
    at = place(office, lead_id)
    press(browser, lead_id, at.id, "pause")
    shown = words(browser, f"/leads/{lead_id}")
    assert "Paused. The lead keeps its place." in shown
    assert place(office, lead_id).status == "paused"
    press(browser, lead_id, at.id, "resume")
    assert place(office, lead_id).status == "active"


def test_a_step_is_skipped_and_every_decision_is_told(
    office: Office, browser: Browser, lead_id: UUID
) -> None:
    press_step(browser, lead_id, place(office, lead_id), "skip")
    whole = words(browser, f"/leads/{lead_id}/sequences")
    assert "Letter 1 Courtship Skipped somebody skipped it" in whole
    assert place(office, lead_id).steps_skipped == 1


def test_a_step_is_taken_now(office: Office, browser: Browser, lead_id: UUID) -> None:
    press_step(browser, lead_id, place(office, lead_id), "send")
    assert "Taken now." in words(browser, f"/leads/{lead_id}")
    assert written(office, lead_id).sent_by_user_id == office.house.owner.user_id


def test_what_cannot_be_done_is_said(office: Office, browser: Browser, lead_id: UUID) -> None:
    at = place(office, lead_id)
    press_step(browser, lead_id, at, "skip")
    press_step(browser, lead_id, at, "skip")
    assert "at another step of this sequence by now" in words(browser, f"/leads/{lead_id}")
    press(browser, lead_id, at.id, "end")
    press(browser, lead_id, at.id, "pause")
    shown = words(browser, f"/leads/{lead_id}")
    assert "has left this sequence already" in shown
    assert "somebody took the lead out" in shown


def test_a_message_that_waits_for_a_yes_stands_in_the_queue_and_is_sent_or_not(
    office: Office, browser: Browser
) -> None:
    with office.app.app_context():
        steps = [email_step(office.house, subject="Your day", needs_approval=True)]
        make_sequence(office.house, [*steps, email_step(office.house, **TOMORROW)])
    first, second = (office.lead(couple_name_bride=name) for name in ("Anna", "Bea"))
    work(office)
    home = words(browser, "/")
    assert "2 messages for your yes" in home
    assert "Say yes or no: Your day" in home
    assert "waits for your yes" in words(browser, f"/leads/{first}")
    ids = [written(office, lead_id).id for lead_id in (first, second)]
    assert "It waits for your yes" in words(browser, f"/outbox/{ids[0]}")
    for message_id, decision in zip(ids, ("approve", "reject"), strict=True):
        answer = browser.post(f"/leads/messages/{message_id}/decision", page="/", decision=decision)
        assert answer.status_code == 303
    assert [written(office, lead_id).state for lead_id in (first, second)] == ["due", "skipped"]
    assert "Say yes or no" not in words(browser, "/")
    browser.post(f"/leads/messages/{ids[0]}/decision", page="/", decision="reject")
    assert "waits for nobody's yes" in words(browser, "/")


def test_mine_are_those_of_my_leads(office: Office, browser: Browser) -> None:
    with office.app.app_context():
        make_sequence(office.house, [email_step(office.house, needs_approval=True)])
    theirs, mine = office.lead(), office.lead()
    office.change(theirs, assigned_to_user_id=office.house.member.user_id)
    office.change(mine, assigned_to_user_id=office.house.owner.user_id)
    work(office)
    assert words(browser, "/").count("Say yes or no") == 2
    assert words(browser, "/?who=mine").count("Say yes or no") == 1


def test_who_may_not_and_who_is_somebody_else(office: Office, lead_id: UUID) -> None:
    at = place(office, lead_id)
    viewer, stranger = office.browser(office.house.viewer), office.browser(office.house.stranger)
    shown = viewer.get(f"/leads/{lead_id}/sequences").text
    assert "Letter 5" in shown
    assert f"/leads/sequences/{at.id}" not in shown
    paths = (f"/leads/sequences/{at.id}", f"/leads/sequences/{uuid7()}")
    assert viewer.post(paths[0], page="/leads", act="pause").status_code == 403
    answers = [stranger.post(path, page="/leads", act="pause") for path in paths]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].data == answers[1].data


def test_an_act_that_does_not_exist_is_refused(browser: Browser, office: Office, lead_id: UUID) -> None:
    at = place(office, lead_id)
    assert browser.post(f"/leads/sequences/{at.id}", page="/leads", act="explode").status_code == 422
    assert place(office, lead_id).status == "active"


def test_a_code_has_words_and_a_providers_own_is_spelled() -> None:
    assert why("quiet_hours") == REASONS["quiet_hours"]
    assert why("smtp_550_rcpt") == "smtp 550 rcpt"
    assert why(None) == ""


def test_a_wedding_that_moves_says_first_what_moves_with_it(office: Office, browser: Browser) -> None:
    with office.app.app_context():
        step = dated_step(-4, step_name="Go through the day")
        make_sequence(office.house, [step], sequence_name="Soon")
    lead_id = office.lead(wedding_date="2031-06-07")
    before = place(office, lead_id).next_execution_at
    form = {"group": "wedding", "wedding_date": "2031-06-14", "seen": ""}
    asked = browser.post(f"/leads/{lead_id}/details", page=f"/leads/{lead_id}", **form)
    assert asked.status_code == 200
    assert "Go through the day (Soon)" in asked.text
    assert "Save, and move them" in asked.text
    assert place(office, lead_id).next_execution_at == before
    saved = browser.post(f"/leads/{lead_id}/details", page=f"/leads/{lead_id}", **form, moves="seen")
    assert saved.status_code == 303
    moved = place(office, lead_id).next_execution_at
    assert before
    assert moved == before + timedelta(days=7)
