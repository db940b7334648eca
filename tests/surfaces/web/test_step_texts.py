"""The templates of a step: seen beside its form, edited from there, and back to the step."""

from html import unescape
from uuid import UUID

import pytest

from tests.features.nurture.writing import email, keys, sms_template, steps, tag, template
from tests.surfaces.accounts.browser import Browser
from tests.surfaces.web.conftest import Office
from tests.surfaces.web.test_sequences import made, said
from tests.surfaces.web.test_sequences_editor import PLAIN

MAIL = PLAIN | {"step_type": "email", "message_class": "follow_up"}


@pytest.fixture
def letter(office: Office) -> UUID:
    with office.app.app_context():
        return template(office.house, "<p>Dear {{ first_names }}</p>", "About {{ wedding_venue }}")


def editor(office: Office, one: UUID) -> str:
    with office.app.app_context():
        return f"/sequences/{one}/steps/{keys(office.house, one)[0]}"


def test_a_step_shows_its_texts_filled_in(office: Office, browser: Browser, letter: UUID) -> None:
    with office.app.app_context():
        other, text = template(office.house), sms_template(office.house, "Hello {{ first_names }}")
    variants = [{"label": "B", "email_template_id": other}]
    page = browser.get(editor(office, made(office, email(letter, variants=variants)))).text
    assert page.count("<iframe") == 2
    for one in (letter, other):
        assert f'src="/templates/email/{one}/seen"' in page
    assert "None is chosen" in said(browser.get(editor(office, made(office, email(None)))))
    frame = browser.get(f"/templates/email/{letter}/seen")
    assert "sandbox" in frame.headers["Content-Security-Policy"]
    assert "Dear Maya &amp;amp; Leo" in frame.text
    assert "<h1>About " in frame.text
    assert "Hello Maya &amp; Leo" in browser.get(f"/templates/sms/{text}/seen").text


def test_a_saved_text_that_is_wrong_says_so(office: Office, browser: Browser) -> None:
    with office.app.app_context():
        wrong = template(office.house, "<p>{{ lead_score }}</p>")
    shown = said(browser.get(f"/templates/email/{wrong}/seen"))
    assert "Not yet Text: " in shown
    assert "is internal" in shown


def test_the_text_is_edited_and_the_step_is_there_again(
    office: Office, browser: Browser, letter: UUID
) -> None:
    one = made(office, email(letter))
    step = editor(office, one)
    answer = browser.post(step, **MAIL, email_template_id=str(letter), open="email_template_id")
    assert (answer.status_code, answer.location.partition("?")[0]) == (303, f"/templates/email/{letter}")
    page = browser.get(answer.location)
    assert f'href="{step}"' in page.text
    assert "Save, and back to the step" in page.text
    wrong = browser.post(answer.location, name="Letter", subject="", content="<p>Hi</p>")
    assert wrong.status_code == 422
    assert "Save, and back to the step" in wrong.text
    saved = browser.post(answer.location, name="Letter", subject="Now", content="<p>Hi</p>")
    assert (saved.status_code, saved.location) == (303, step)
    assert "“Letter” is saved" in said(browser.get(step))
    with office.app.app_context():
        assert steps(office.house, one)[0].row.step_name == "Next"


def test_a_text_is_written_for_a_step_that_has_none(office: Office, browser: Browser) -> None:
    one = made(office, tag())
    answer = browser.post(
        f"/sequences/{one}/steps/new",
        page=f"/sequences/{one}/steps/new?step_type=email",
        **MAIL,
        step_order="1",
        email_template_id="",
        open="email_template_id",
    )
    assert answer.location.startswith("/templates/email/new?")
    saved = browser.post(answer.location, name="Fresh", subject="Now", content="<p>Hi</p>")
    address, _, fresh = saved.location.partition("?email_template_id=")
    assert address == editor(office, one)
    page = unescape(browser.get(saved.location).text)
    assert f'<option selected value="{fresh}">Fresh</option>' in page
    assert f'src="/templates/email/{fresh}/seen"' in page
    browser.post(saved.location, **MAIL, email_template_id=str(fresh))
    with office.app.app_context():
        assert steps(office.house, one)[0].row.email_template_id == UUID(fresh)


def test_a_step_that_is_wrong_is_not_left(office: Office, browser: Browser, letter: UUID) -> None:
    step = editor(office, made(office, email(letter)))
    answer = browser.post(
        step, **MAIL | {"step_name": ""}, email_template_id=str(letter), open="email_template_id"
    )
    assert answer.status_code == 422


@pytest.mark.parametrize("query", ["sequence_id=x", "field=name", "field=variant_A"])
def test_an_address_that_names_no_step_is_refused(browser: Browser, query: str) -> None:
    assert browser.get(f"/templates/email/new?{query}").status_code == 422
