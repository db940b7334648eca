"""The pages of templates: the list with its uses, the editor, the preview, copying and deleting."""

from typing import Any

import pytest
from flask import Flask
from uuid_utils.compat import uuid7
from werkzeug.test import TestResponse

from app.messaging.templates.schemas import EmailTemplateWrite
from app.messaging.templates.service import create_template
from app.models.nurture import EmailTemplate
from tests.cast import House
from tests.factories.nurture import make_sequence, one
from tests.surfaces.accounts.browser import Browser
from tests.surfaces.web.conftest import Office

HELLO: dict[str, Any] = {"subject": "For {{ first_names }}", "content": "<p>Hello {{ bride_name }}</p>"}


def post(browser: Browser, path: str, given: dict[str, Any]) -> TestResponse:
    return browser.post(path, page="/templates/task/new", **given)


@pytest.fixture
def owner(office: Office) -> Browser:
    return office.browser()


@pytest.fixture
def template_id(app: Flask, house: House) -> str:
    with app.app_context():
        data = EmailTemplateWrite(name="Spring", **HELLO)
        return str(create_template(house.owner.actor, EmailTemplate, data))


def test_the_list_says_where_each_is_used(
    app: Flask, house: House, template_id: str, office: Office, owner: Browser
) -> None:
    with app.app_context():
        step = {"step_type": "email", "email_template_id": template_id, "step_name": "Hello"}
        make_sequence(house, [step], sequence_name="Spring fair")
    page = owner.get("/templates").text
    assert "Used by “Spring fair” (Hello)" in page
    assert f"/templates/email/{template_id}/delete" in page
    assert f"/templates/email/{template_id}" not in office.browser(house.member).get("/templates").text


@pytest.mark.parametrize(
    ("sort", "given"),
    [
        ("email", HELLO),
        ("sms", {"content": "Hi"}),
        ("task", {"title": "Call", "due_in_days": "2", "priority": "high"}),
    ],
)
def test_one_of_each_sort_is_added_and_changed(owner: Browser, sort: str, given: dict[str, Any]) -> None:
    made = post(owner, f"/templates/{sort}/new", {"name": f"New {sort}"} | given)
    assert made.status_code == 303
    shown = owner.get(made.location)
    assert f"New {sort}" in shown.text
    saved = post(owner, made.location, {"name": f"Newer {sort}"} | given)
    assert (saved.status_code, saved.location) == (303, made.location)
    assert f"Newer {sort}" in owner.get("/templates").text


def test_what_is_wrong_is_said_at_its_field(owner: Browser) -> None:
    refused = post(
        owner, "/templates/email/new", {"name": "x"} | HELLO | {"content": "<p>\n{{ lead_score }}"}
    )
    assert refused.status_code == 422
    assert "Line 2: &#39;lead_score&#39; is internal" in refused.text
    assert "{{ lead_score }}" in refused.text  # what was written is still there


def test_lines_end_as_in_a_file(app: Flask, house: House, template_id: str, owner: Browser) -> None:
    given = {"name": "Spring"} | HELLO | {"content": "<p>\r\nHello</p>"}
    post(owner, f"/templates/email/{template_id}", given)
    with app.app_context():
        assert one(house, EmailTemplate, EmailTemplate.id == template_id).content == "<p>\nHello</p>"


def test_the_preview_is_a_document_of_its_own(office: Office, owner: Browser) -> None:
    from_lead = office.lead(couple_name_bride="Änne Quill")
    given = {"name": "x"} | HELLO
    for words in ("Quill", str(from_lead)):
        seen = post(owner, "/templates/email/preview", given | {"lead": words})
        assert seen.status_code == 200
        assert "<h1>For Änne</h1>" in seen.text
        assert "Hello Änne Quill" in seen.text
        assert seen.headers["Content-Security-Policy"].endswith("sandbox")
    assert "Hello Maya Patel" in post(owner, "/templates/email/preview", given).text
    assert (
        "No lead matches" in post(owner, "/templates/email/preview", given | {"lead": "nobody at all"}).text
    )


@pytest.mark.parametrize(
    ("sort", "given", "label"),
    [
        ("email", {"subject": "LOOP", "content": "x"}, "Subject"),
        ("email", {"subject": "x", "content": "x", "text_content": "LOOP"}, "Plain text"),
        ("sms", {"content": "LOOP"}, "Text"),
        ("task", {"title": "LOOP"}, "Title of the task"),
        ("task", {"title": "x", "description": "LOOP"}, "Description"),
    ],
)
def test_what_only_this_lead_makes_too_much_is_said_at_its_field(
    office: Office, owner: Browser, sort: str, given: dict[str, str], label: str
) -> None:
    crowd = office.lead(estimated_guest_count=100_000)
    loop = "{% for guest in (1..guest_count) %}x{% endfor %}."
    given = {name: text.replace("LOOP", loop) for name, text in given.items()}
    task = {"due_in_days": "1", "priority": "high"} if sort == "task" else {}
    seen = post(owner, f"/templates/{sort}/preview", {"name": "x", "lead": str(crowd)} | given | task)
    assert f"<li>{label}: Line 1: its loops have too many turns" in seen.text


@pytest.mark.parametrize(
    "lead", ["\x00", "a\x00b", "0198a0de-0000-7000-8000-000000000000", "' or 1=1 --", "x" * 5_000]
)
def test_a_lead_that_is_none_is_said(owner: Browser, lead: str) -> None:
    seen = post(owner, "/templates/email/preview", {"name": "x", "lead": lead} | HELLO)
    assert (seen.status_code, "<li>Preview for: " in seen.text) == (200, True)


def test_what_is_too_large_is_said_in_the_frame(owner: Browser) -> None:
    """The page that says so may stand in it, and on its own."""
    huge = {"name": "x", "subject": "x", "content": "x" * 5_000_000}
    seen = post(owner, "/templates/email/preview", huge)
    assert (seen.status_code, "Shorten it" in seen.text) == (413, True)
    assert "frame-ancestors 'self'" in seen.headers["Content-Security-Policy"]
    saved = post(owner, "/templates/email/new", huge)
    assert (saved.status_code, "Shorten it" in saved.text) == (413, True)
    assert "frame-ancestors 'none'" in saved.headers["Content-Security-Policy"]


def test_the_preview_says_what_is_wrong_and_what_it_costs(owner: Browser) -> None:
    wrong = post(owner, "/templates/email/preview", {"name": "", "subject": "a", "content": "{{ x }}"})
    assert "Not yet" in wrong.text
    text = post(owner, "/templates/sms/preview", {"name": "x", "content": "Hi \u2019"})
    assert "1 part, 27 characters" in text.text
    assert "only 70 fit in a part with them: \u2019" in text.text
    task = post(
        owner, "/templates/task/preview", {"name": "x", "title": "Call {{ groom_name }}", "due_in_days": "1"}
    )
    assert "<h1>Call Leo Brandt</h1>" in task.text


def test_one_is_copied_and_deleted(template_id: str, owner: Browser) -> None:
    copied = post(owner, f"/templates/email/{template_id}/copy", {})
    assert "Spring (copy)" in owner.get(copied.location).text
    assert "No sequence uses it" in owner.get(f"/templates/email/{template_id}/delete").text
    assert post(owner, f"/templates/email/{template_id}/delete", {}).status_code == 303
    assert owner.get(f"/templates/email/{template_id}").status_code == 404


def test_one_in_use_is_not_deleted(app: Flask, house: House, template_id: str, owner: Browser) -> None:
    with app.app_context():
        step = {"step_type": "email", "email_template_id": template_id}
        make_sequence(house, [step], sequence_name="Spring fair")
    assert "Take it out of there first" in owner.get(f"/templates/email/{template_id}/delete").text
    post(owner, f"/templates/email/{template_id}/delete", {})
    page = owner.get("/templates").text
    assert "“Spring” is used by “Spring fair”" in page


def test_an_unknown_sort_is_no_page(owner: Browser) -> None:
    assert owner.get("/templates/fax/new").status_code == 404
    assert owner.get(f"/templates/sms/{uuid7()}").status_code == 404
