"""How a lead is handled on its page: status, people, judgement, tags, automation, sequences, deletion."""

import re
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from uuid_utils.compat import uuid7

from app.kernel.uow import reading
from app.models.leads import Lead, StatusHistory
from app.models.nurture import Enrollment
from tests.factories.nurture import email_step, make_sequence
from tests.surfaces.accounts.browser import Browser
from tests.surfaces.web.conftest import Office
from tests.surfaces.web.test_lead_details import SEEN
from tests.surfaces.web.test_lead_page import row, words

WRITES = {
    "status": {"lead_status": "contacted"},
    "handling": {"assigned_to_user_id": "", "priority_level": "high", "quality_rating": ""},
    "tags": {"add": "June"},
    "automation": {"paused": "yes"},
    "sequences": {"nurture_sequence_id": str(uuid7())},
    "delete": {},
}


def post(browser: Browser, lead_id: UUID, what: str, **said: str) -> Any:
    return browser.post(f"/leads/{lead_id}/{what}", page=f"/leads/{lead_id}", **said)


def how_many(office: Office, model: Any) -> int:
    with office.app.app_context(), reading(office.house.supplier_id) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.parametrize("what", WRITES)
def test_a_viewer_may_not_and_a_stranger_finds_nothing(office: Office, what: str) -> None:
    lead_id = office.lead()
    before = row(office, lead_id).updated_at
    viewer, stranger = office.browser(office.house.viewer), office.browser(office.house.stranger)
    assert viewer.post(f"/leads/{lead_id}/{what}", page="/leads", **WRITES[what]).status_code == 403
    paths = [f"/leads/{one}/{what}" for one in (lead_id, uuid7())]
    answers = [stranger.post(path, page="/leads", **WRITES[what]) for path in paths]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].data == answers[1].data
    assert row(office, lead_id).updated_at == before
    assert "Move to" not in words(viewer, f"/leads/{lead_id}")


def test_a_status_is_moved_with_one_button(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    assert post(browser, lead_id, "status", lead_status="proposal_sent").status_code == 303
    assert row(office, lead_id).lead_status == "proposal_sent"
    shown = words(browser, f"/leads/{lead_id}")
    assert "The lead is proposal sent now." in shown
    assert "Olive Owner moved the lead from New to Proposal sent" in shown


def test_lost_asks_for_a_reason_of_the_supplier(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    page = browser.get(f"/leads/{lead_id}").text
    [reason, *_] = re.findall(r'<option value="(\w+)">', page.partition('id="status-lost_reason"')[2])
    for wrong in ("", "bored"):
        answer = post(browser, lead_id, "status", lead_status="lost", lost_reason=wrong)
        assert answer.status_code == 422
        assert 'id="status-lost_reason-error"' in answer.text
        assert "with one of" not in answer.text, "codes are for programs"
        assert re.search(r'<details class="menu" open>', answer.text)
        assert row(office, lead_id).lead_status == "new"
    said = {"lost_reason": reason, "lost_details": "Found us too dear."}
    assert post(browser, lead_id, "status", lead_status="lost", **said).status_code == 303
    assert "This lead is lost. Reopen it when they come back." in words(browser, f"/leads/{lead_id}")
    assert "Found us too dear." in words(browser, f"/leads/{lead_id}")
    assert post(browser, lead_id, "status", lead_status="contacted").status_code == 303
    assert row(office, lead_id).lost_reason is None


def test_won_needs_a_value_or_the_word_that_it_is_unknown(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    answer = post(browser, lead_id, "status", lead_status="won")
    assert answer.status_code == 422
    assert "say that the value is unknown" in answer.text
    assert row(office, lead_id).lead_status == "new"
    assert post(browser, lead_id, "status", lead_status="won", value_unknown="y").status_code == 303
    assert "Value unknown" in words(browser, f"/leads/{lead_id}")
    assert "Reopening cancels its bookings." in words(browser, f"/leads/{lead_id}")


def test_a_status_that_is_none_changes_nothing(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    moves = how_many(office, StatusHistory)
    for said in ({}, {"lead_status": "married"}, {"lead_status": "duplicate"}):
        assert post(browser, lead_id, "status", **said).status_code == 422
    assert how_many(office, StatusHistory) == moves


def handled(browser: Browser, lead_id: UUID, **said: str) -> Any:
    seen = dict(SEEN.findall(browser.get(f"/leads/{lead_id}").text))["handling"]
    return post(browser, lead_id, "handling", seen=seen, **WRITES["handling"] | said)


def test_people_and_judgement_are_chosen_together(office: Office, browser: Browser) -> None:
    lead_id, member = office.lead(), office.house.member
    said = {"assigned_to_user_id": str(member.user_id), "quality_rating": "4.5"}
    assert handled(browser, lead_id, **said).status_code == 303
    lead = row(office, lead_id)
    assert (lead.assigned_to_user_id, lead.priority_level) == (member.user_id, "high")
    assert lead.quality_rating == Decimal("4.5")
    shown = words(browser, f"/leads/{lead_id}")
    assert "with Member Person" in shown
    assert "Olive Owner gave the lead to Member Person" in shown
    assert handled(browser, lead_id, assigned_to_user_id=str(office.house.owner.user_id)).status_code == 303
    assert "Olive Owner took over the lead" in words(browser, f"/leads/{lead_id}")
    assert handled(browser, lead_id).status_code == 303
    assert "Olive Owner let go of the lead" in words(browser, f"/leads/{lead_id}")


def test_a_viewer_looks_after_no_lead(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    before = row(office, lead_id).assigned_to_user_id
    answer = handled(browser, lead_id, assigned_to_user_id=str(office.house.viewer.user_id))
    assert answer.status_code == 422
    assert row(office, lead_id).assigned_to_user_id == before


def test_two_people_do_not_overwrite_each_others_choice(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    seen = dict(SEEN.findall(browser.get(f"/leads/{lead_id}").text))["handling"]
    office.change(lead_id, priority_level="urgent")
    page = post(browser, lead_id, "handling", seen=seen, **WRITES["handling"])
    assert page.status_code == 422
    assert "Saved by now: Urgent priority" in page.text
    assert row(office, lead_id).priority_level == "urgent"


def test_tags_are_added_and_taken_off(office: Office, browser: Browser) -> None:
    lead_id = office.lead(tags=["Barn"])
    assert post(browser, lead_id, "tags", add="June, Outdoor").status_code == 303
    assert row(office, lead_id).tags == ["Barn", "June", "Outdoor"]
    assert post(browser, lead_id, "tags", remove="Barn").status_code == 303
    assert row(office, lead_id).tags == ["June", "Outdoor"]
    assert "Olive Owner changed the tags : -Barn" in words(browser, f"/leads/{lead_id}")
    for wrong in ({"add": " , "}, {"add": "x" * 101}, {"add": ",".join(f"t{n}" for n in range(31))}):
        assert post(browser, lead_id, "tags", **wrong).status_code == 422
    assert row(office, lead_id).tags == ["June", "Outdoor"]


def test_automation_is_paused_and_resumed(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    assert post(browser, lead_id, "automation", paused="yes").status_code == 303
    assert row(office, lead_id).automation_paused
    assert "Resume automation" in words(browser, f"/leads/{lead_id}")
    assert post(browser, lead_id, "automation", paused="no").status_code == 303
    assert not row(office, lead_id).automation_paused
    assert post(browser, lead_id, "automation", paused="perhaps").status_code == 422


def test_a_lead_is_enrolled_by_hand_once(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    with office.app.app_context():
        step = email_step(office.house)
        sequence_id = make_sequence(office.house, [step], sequence_name="Fair", target_lead_status=["won"])
    assert post(browser, lead_id, "sequences", nurture_sequence_id=str(sequence_id)).status_code == 303
    assert "Fair Under way" in words(browser, f"/leads/{lead_id}")
    assert f'value="{sequence_id}"' not in browser.get(f"/leads/{lead_id}").text
    entered = how_many(office, Enrollment)
    for wrong in (str(sequence_id), str(uuid7()), ""):
        assert post(browser, lead_id, "sequences", nurture_sequence_id=wrong).status_code == 422
    assert how_many(office, Enrollment) == entered


def test_deleting_asks_first_and_is_for_admins(office: Office) -> None:
    lead_id = office.lead(couple_name_bride="Emma")
    member, admin = office.browser(office.house.member), office.browser(office.house.admin)
    assert f"/leads/{lead_id}/delete" not in member.get(f"/leads/{lead_id}").text
    assert member.get(f"/leads/{lead_id}/delete").status_code == 403
    assert post(member, lead_id, "delete").status_code == 403
    assert "Delete Emma?" in words(admin, f"/leads/{lead_id}/delete")
    assert row(office, lead_id).couple_name_bride == "Emma"
    answer = post(admin, lead_id, "delete")
    assert (answer.status_code, answer.location) == (303, "/leads")
    assert "Emma was deleted." in words(admin, "/leads")
    assert admin.get(f"/leads/{lead_id}").status_code == 404


def test_a_lead_with_a_booking_is_not_deleted(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    booked = {"conversion_type": "booking_confirmed", "conversion_value": "900"}
    assert post(browser, lead_id, "convert", **booked).status_code == 303
    assert post(browser, lead_id, "delete").status_code == 303
    assert "cancel the booking first" in words(browser, f"/leads/{lead_id}")
    assert how_many(office, Lead) == 1
