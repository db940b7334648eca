"""The list of inquiries, and the button that takes one out of quarantine."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select
from uuid_utils.compat import uuid7

from app.kernel.actor import Actor, couple
from app.kernel.errors import Conflict, NotFound, NotPermitted
from app.kernel.uow import reading
from app.models.accounts import AuditEntry
from app.models.choices import InquiryState
from app.models.nurture import Enrollment
from app.workflows.restore_inquiry import restore_inquiry
from tests.cast import House
from tests.surfaces.accounts.browser import signed_in
from tests.surfaces.widget.door import Door


def quarantined(door: Door, **form: str) -> UUID:
    answer = door.post(door.inquiry(**form) | {"website": "https://pills.example"})
    return UUID(answer.json["inquiryId"])


def restore(door: Door, actor: Actor, inquiry_id: UUID) -> UUID:
    with door.app.app_context():
        return restore_inquiry(actor, inquiry_id)


def test_restoring_runs_everything_that_would_have_run(door: Door, house: House) -> None:
    inquiry_id = quarantined(door)
    assert door.leads() == 0
    lead_id = restore(door, house.member.actor, inquiry_id)

    [inquiry] = door.inquiries()
    assert inquiry.state is InquiryState.CAPTURED
    assert inquiry.lead_id == lead_id
    assert inquiry.spam_reasons == ["honeypot"], "why it was put aside stays known"
    with door.app.app_context(), reading(door.supplier_id) as session:
        enrolled = session.scalar(select(func.count()).where(Enrollment.lead_id == lead_id))
        noted = session.scalars(select(AuditEntry.action).where(AuditEntry.row_id == inquiry_id)).all()
    assert enrolled == 1
    assert noted == ["restored"]


def test_it_is_restored_once(door: Door, house: House) -> None:
    inquiry_id = quarantined(door)
    restore(door, house.owner.actor, inquiry_id)
    with pytest.raises(Conflict):
        restore(door, house.owner.actor, inquiry_id)
    assert door.leads() == 1


def test_who_may_not_write_may_not_restore(door: Door, house: House) -> None:
    inquiry_id = quarantined(door)
    for actor in (house.viewer.actor, couple(house.supplier_id)):
        with pytest.raises(NotPermitted):
            restore(door, actor, inquiry_id)
    assert door.leads() == 0


def test_another_suppliers_inquiry_is_unknown(door: Door, house: House) -> None:
    for inquiry_id in (quarantined(door), uuid7()):
        with pytest.raises(NotFound, match="No inquiry with this id"):
            restore(door, house.stranger.actor, inquiry_id)
    assert door.inquiries()[0].state is InquiryState.QUARANTINED


def test_the_page_shows_all_and_says_why_one_was_put_aside(app: Flask, door: Door, house: House) -> None:
    door.post(door.inquiry(your_name="Honest Couple"))
    quarantined(door, your_name="<b>Bold</b>")
    page = signed_in(app, house.viewer).get("/inquiries").text
    assert "Honest Couple" in page
    assert "&lt;b&gt;Bold&lt;/b&gt;" in page
    assert "filled in a field that people do not see" in page
    assert "Restore" not in page, "a viewer only looks"


def test_the_page_says_where_the_form_is(app: Flask, door: Door, house: House) -> None:
    for person, may_set_it_up in ((house.owner, True), (house.viewer, False)):
        page = signed_in(app, person).get("/inquiries").text
        assert f'href="/f/{door.key}"' in page
        assert ('href="/settings/inquiry-form"' in page) is may_set_it_up


def test_the_page_filters_by_state(app: Flask, door: Door, house: House) -> None:
    door.post(door.inquiry(your_name="Honest Couple"))
    quarantined(door, your_name="Odd Couple")
    browser = signed_in(app, house.owner)
    page = browser.get("/inquiries?state=quarantined").text
    assert "Odd Couple" in page
    assert "Honest Couple" not in page
    assert browser.get("/inquiries?state=strange").status_code == 422


def test_one_click_restores_and_leads_to_the_lead(app: Flask, door: Door, house: House) -> None:
    inquiry_id = quarantined(door, your_name="Odd Couple")
    browser = signed_in(app, house.member)
    answer = browser.post(f"/inquiries/{inquiry_id}/restore", page="/inquiries")
    assert answer.status_code == 303
    assert "Odd Couple" in browser.get(answer.location).text
    assert browser.post(f"/inquiries/{inquiry_id}/restore", page="/inquiries").status_code == 409


def test_a_post_from_elsewhere_restores_nothing(app: Flask, door: Door, house: House) -> None:
    inquiry_id = quarantined(door)
    answer = signed_in(app, house.member).client.post(f"/inquiries/{inquiry_id}/restore")
    assert answer.status_code == 400
    assert door.leads() == 0


def test_nobody_sees_it_without_signing_in(door: Door) -> None:
    assert door.client.get("/inquiries").status_code == 302


def test_long_lists_come_in_pages(app: Flask, door: Door, house: House) -> None:
    for number in range(3):
        door.post(door.inquiry(your_name=f"Couple {number}"))
    browser = signed_in(app, house.owner)
    first = browser.get("/inquiries?limit=2").text
    assert ("Couple 2" in first, "Couple 1" in first, "Couple 0" in first) == (True, True, False)
    older = first.split("pager")[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
    assert "Couple 0" in browser.get(older).text
