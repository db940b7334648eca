"""The editor of a template: the preview follows what is typed, a click puts a word in; and how it looks."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import expect

from tests.cast import House
from tests.e2e.conftest import Visit, barriers, picture
from tests.e2e.test_pictures import LOOKS

pytestmark = pytest.mark.browser
Visiting = Callable[..., Visit]


def test_the_preview_follows_what_is_typed(house: House, visiting: Visiting) -> None:
    visit = visiting()
    page = visit.sign_in(house.owner)
    page.goto(f"{visit.url}/templates/email/new")
    page.get_by_label("Name", exact=True).fill("Spring")
    page.get_by_label("Subject").fill("For ")
    page.get_by_role("button", name="Insert first_names").click()
    expect(page.get_by_label("Subject")).to_have_value("For {{ first_names }}")
    page.get_by_label("Text", exact=True).fill("<p>Hello <b>{{ bride_name }}</b></p>")
    seen = page.frame_locator("iframe[name=seen]")
    expect(seen.get_by_role("heading")).to_have_text("For Maya & Leo")
    mail = seen.frame_locator("iframe")
    expect(mail.get_by_text("Maya Patel", exact=True)).to_be_visible()
    assert (
        mail.locator("body").evaluate("body => getComputedStyle(body).backgroundColor") != "rgba(0, 0, 0, 0)"
    )
    page.get_by_label("Text", exact=True).fill("<p>{{ lead_score }}</p>")
    expect(seen.get_by_text("'lead_score' is internal")).to_be_visible()
    assert visit.trouble == []


def test_the_preview_needs_no_script(house: House, visiting: Visiting) -> None:
    visit = visiting(java_script_enabled=False)
    page = visit.sign_in(house.owner)
    page.goto(f"{visit.url}/templates/sms/new")
    page.get_by_label("Name", exact=True).fill("Spring")
    page.get_by_label("Text", exact=True).fill("Hello {{ first_names }}")
    page.get_by_role("button", name="Preview").click()
    expect(page.frame_locator("iframe[name=seen]").get_by_text("Hello Maya & Leo")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Spring")).to_be_visible()


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_how_it_looks(app: Flask, house: House, visiting: Visiting, size: str, scheme: str) -> None:
    visit = visiting(size, color_scheme=scheme, bypass_csp=True)
    page = visit.sign_in(house.owner)
    page.goto(f"{visit.url}/templates")
    picture(page, f"templates-{size}-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert barriers(page) == []
    page.get_by_role("link", name="Following up on your inquiry").first.click()
    expect(page.frame_locator("iframe[name=seen]").get_by_role("heading")).to_be_visible()
    picture(page, f"template-{size}-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert barriers(page) == []
