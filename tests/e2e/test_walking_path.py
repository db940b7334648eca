"""The main job, end to end: from a couple's keyboard to the answer in the outbox and the owner's page."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.cast import House
from tests.e2e.conftest import Visit, picture
from tests.surfaces.widget.door import Door

pytestmark = pytest.mark.browser
Visiting = Callable[..., Visit]


def type_into(page: Page, label: str, text: str) -> None:
    """Tab on to the field and type, no faster than fingers: who needs under two seconds is a program."""
    tab_to(page, label)
    page.keyboard.type(text, delay=30)


def tab_to(page: Page, label: str) -> None:
    target = page.get_by_label(label, exact=True).or_(page.get_by_role("button", name=label))
    for _ in range(40):
        if target.evaluate("e => e.getRootNode().activeElement === e"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach '{label}'")


def write_an_inquiry(page: Page) -> None:
    type_into(page, "Your name", "Emma Clarke")
    type_into(page, "Your partner's name", "Liam Jones")
    type_into(page, "E-mail", "emma.clarke@example.com")
    type_into(page, "Wedding date", "06122027")
    type_into(page, "Venue", "Rose Barn")
    page.keyboard.press("Tab")
    type_into(page, "Budget In GBP", "£3,500")
    tab_to(page, "Album")
    page.keyboard.press("Space")
    type_into(page, "Your message", "We love your work. Is our day free?")
    tab_to(page, "Send")
    page.keyboard.press("Enter")


def until_shown(page: Page, region: str, text: str) -> None:
    """Load the page again until that part of it says so; the worker has 40 tries of a second."""
    for _ in range(40):
        if page.get_by_label(region, exact=True).get_by_text(text).count():
            return
        page.wait_for_timeout(1000)
        page.reload()
    raise AssertionError(f"'{text}' never appeared on {page.url}:\n{page.locator('main').inner_text()}")


def test_an_inquiry_goes_all_the_way(visiting: Visiting, door: Door, house: House) -> None:
    couple = visiting()
    page = couple.page()
    page.goto(f"{couple.url}/demo-site/?form={door.key}&utm_source=instagram&utm_campaign=spring")
    page.wait_for_function("localStorage.getItem('wedsync.first')")
    page.get_by_role("link", name="Contact").press("Enter")
    expect(page.get_by_role("heading", name="Tell us about your day")).to_be_visible()
    write_an_inquiry(page)
    expect(page.get_by_text("Thank you. We have your message")).to_be_focused()
    picture(page, "walk-1-thanks")
    assert couple.trouble == []

    owner = visiting()
    page = owner.sign_in(house.owner)
    page.goto(f"{owner.url}/leads")
    row = page.get_by_role("row").filter(has_text="Emma Clarke")
    expect(row).to_contain_text("Instagram")
    picture(page, "walk-2-leads")
    row.get_by_role("link", name="Emma Clarke").first.click()
    expect(page.get_by_role("heading", name="Why 55 points")).to_be_visible()
    expect(page.get_by_text("Rose Barn").first).to_be_visible()

    page.goto(f"{owner.url}/outbox")
    until_shown(page, "Messages", "Sent")
    expect(page.get_by_text("emma.clarke@example.com").first).to_be_visible()
    picture(page, "walk-3-outbox")
    page.go_back()
    until_shown(page, "Timeline", "An e-mail went out by itself")
    picture(page, "walk-4-lead")
    assert owner.trouble == []
