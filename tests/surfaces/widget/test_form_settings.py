"""The page where a supplier sets its form up: what it saves is what couples see, and where they may."""

import re
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select

from app.kernel.uow import reading
from app.models.accounts import AuditEntry
from app.models.capture import CaptureForm
from app.models.privacy import ConsentEvent
from tests.cast import House
from tests.surfaces.accounts.browser import signed_in
from tests.surfaces.widget.door import Door

PAGE = "/settings/inquiry-form"
SAID = {
    "heading": "Ask for your date",
    "services": "Photography\nFilm\n\n Film ",
    "thanks": "We answer today.",
    "consent_wording": "You may answer me.",
    "allowed_origins": "https://www.rosewood.example/contact\nFloristik-Müller.example",
}


def form_of(app: Flask, house: House) -> CaptureForm:
    with app.app_context(), reading(house.supplier_id) as session:
        row = session.scalars(select(CaptureForm)).one()
        session.expunge(row)
        return row


def audited(app: Flask, house: House) -> list[str]:
    with app.app_context(), reading(house.supplier_id) as session:
        return list(session.scalars(select(AuditEntry.table_name).where(AuditEntry.action != "opened")))


def test_what_is_saved_is_what_couples_see(app: Flask, house: House, door: Door) -> None:
    browser = signed_in(app, house.admin)
    assert browser.post(PAGE, **SAID).status_code == 303
    row = form_of(app, house)
    assert row.services == ["Photography", "Film"]
    assert row.allowed_origins == ["https://www.rosewood.example", "https://xn--floristik-mller-9vb.example"]
    drawn = door.client.get(f"/f/{door.key}/config").get_json()
    assert (drawn["heading"], drawn["thanks"]) == ("Ask for your date", "We answer today.")
    services = next(field for field in drawn["fields"] if field["name"] == "services")
    assert services["choices"] == ["Photography", "Film"]
    assert "Ask for your date" in door.client.get(f"/f/{door.key}").text
    assert audited(app, house) == ["capture_forms"]


def test_only_the_listed_websites_may_post(app: Flask, house: House, door: Door) -> None:
    signed_in(app, house.owner).post(PAGE, **SAID)
    ours = door.post(door.inquiry(), headers={"Origin": "https://www.rosewood.example"})
    theirs = door.post(door.inquiry(), headers={"Origin": "https://elsewhere.example"})
    assert (ours.status_code, theirs.status_code) == (201, 403)


def test_the_lines_to_paste_work(app: Flask, house: House, door: Door) -> None:
    page = signed_in(app, house.owner).get(PAGE).text
    shown = re.search(r"<textarea[^>]*readonly[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert shown
    lines = unescape(shown[1])
    script, link = re.findall(r'(?:src|href)="http://localhost(/[^"]+)"', lines)
    assert f'data-form="{door.key}"' in lines
    assert door.client.get(script).content_type.startswith("text/javascript")
    assert "Tell us about your day" in door.client.get(link).text


def test_other_words_of_consent_are_another_version_in_the_ledger(
    app: Flask, house: House, door: Door
) -> None:
    door.post(door.inquiry(consent_data_processing=True))
    browser = signed_in(app, house.owner)
    browser.post(PAGE, **SAID)
    browser.post(PAGE, **SAID | {"heading": "The same words of consent"})
    door.post(door.inquiry(consent_data_processing=True))
    with app.app_context(), reading(house.supplier_id) as session:
        versions = session.scalars(select(ConsentEvent.wording_version).order_by(ConsentEvent.occurred_at))
        assert list(versions) == ["1", "2"]


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("heading", "", "heading-error"),
        ("heading", "x" * 101, "at most 100 characters"),
        ("thanks", "x" * 501, "at most 500 characters"),
        ("thanks", "nul\x00", "NUL"),
        ("consent_wording", " ", "consent_wording-error"),
        ("services", "Film\n" + "x" * 101, "Line 2: "),
        ("services", "\n".join(f"Service {i}" for i in range(31)), "at most 30 items"),
        ("allowed_origins", "www.example.com\nnot a website", "Line 2: not a website is not the address"),
        ("allowed_origins", "https://evil.example;script-src *", "is not the address"),
        ("allowed_origins", "javascript:alert(1)", "is not the address"),
        ("allowed_origins", "https://user@evil.example", "is not the address"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_written(
    app: Flask, house: House, field: str, value: str, told: str
) -> None:
    before = form_of(app, house).updated_at
    answer = signed_in(app, house.owner).post(PAGE, **SAID | {field: value})
    assert answer.status_code == 422
    assert f"{field}-error" in answer.text
    assert told in answer.text
    assert form_of(app, house).updated_at == before
    assert audited(app, house) == []


def test_who_may_not_manage_the_business_may_not_change_the_form(app: Flask, house: House) -> None:
    before = form_of(app, house).updated_at
    for person in (house.member, house.viewer):
        browser = signed_in(app, person)
        assert browser.get(PAGE).status_code == 403
        assert browser.post(PAGE, page="/account", **SAID).status_code == 403
    assert form_of(app, house).updated_at == before
