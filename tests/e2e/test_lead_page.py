"""A lead's page by keyboard and in place: the composer, the details, the bar."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.leads.schemas import LeadCreate
from app.workflows.create_lead import create_lead
from tests.cast import House
from tests.e2e.conftest import Visit
from tests.e2e.test_walking_path import tab_to
from tests.surfaces.widget.door import Door

pytestmark = pytest.mark.browser
Visiting = Callable[..., Visit]


@pytest.fixture
def lead_path(door: Door, house: House) -> str:
    """The page of a lead that a colleague entered."""
    given = {"couple_name_bride": "Emma Clarke", "wedding_venue": "Rose Barn", "lead_source": "website"}
    with door.app.app_context():
        lead = LeadCreate(primary_email="emma.clarke@example.com", **given)
        return f"/leads/{create_lead(house.owner.actor, lead).lead_id}"


def opened(visit: Visit, house: House, path: str) -> Page:
    page = visit.sign_in(house.owner)
    page.goto(f"{visit.url}{path}")
    return page


def test_details_are_changed_in_place_by_keyboard(visiting: Visiting, house: House, lead_path: str) -> None:
    visit = visiting()
    page = opened(visit, house, lead_path)
    page.evaluate("htmx.timeout = () => new Promise((go) => setTimeout(go, 1000))")  # a slow machine
    page.get_by_role("link", name="Edit: Wedding").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Wedding date")).to_be_focused()
    assert page.url.endswith(lead_path), "it opened in place"
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Edit: Wedding")).to_be_focused()
    page.keyboard.press("Enter")
    venue = page.get_by_label("Venue", exact=True)
    expect(venue).to_have_value("Rose Barn")
    venue.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("Town Hall")
    page.keyboard.press("Enter")
    expect(page.locator("#flash")).to_contain_text("Saved.")
    expect(page.locator("#wedding")).to_contain_text("Town Hall")
    assert visit.trouble == []


def test_e_opens_the_details(visiting: Visiting, house: House, lead_path: str) -> None:
    page = opened(visiting(), house, lead_path)
    page.keyboard.press("e")
    expect(page.get_by_label("First partner")).to_be_focused()


def test_a_page_with_an_open_form_came_for_it(visiting: Visiting, house: House, lead_path: str) -> None:
    page = opened(visiting(), house, f"{lead_path}?edit=wedding")
    expect(page.get_by_label("Wedding date")).to_be_focused()


def test_the_composer_is_used_by_keyboard(visiting: Visiting, house: House, lead_path: str) -> None:
    visit = visiting()
    page = opened(visit, house, lead_path)
    tabs = page.get_by_role("navigation", name="What to write")
    tabs.get_by_role("link", name="Call").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Outcome")).to_be_focused()
    expect(tabs.get_by_role("link", name="Call")).to_have_attribute("aria-current", "true")
    page.get_by_label("What was said").focus()
    page.keyboard.type("They love the barn.")
    tab_to(page, "Log call")
    page.keyboard.press("Enter")
    expect(page.locator("#flash")).to_contain_text("Call noted.")
    expect(page.locator("#timeline")).to_contain_text("Olive Owner called")
    expect(page.locator("#timeline")).to_contain_text("They love the barn.")
    assert visit.trouble == []


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_an_email_is_seen_to_leave(visiting: Visiting, house: House, lead_path: str, size: str) -> None:
    visit = visiting(size)
    page = opened(visit, house, f"{lead_path}?compose=email#email-body")
    expect(page.locator("#email-body")).to_be_focused()
    page.get_by_label("Subject").fill("Your day")
    page.locator("#email-body").focus()
    page.keyboard.type("The day is free.")
    page.get_by_role("button", name="Send e-mail").click()
    expect(page.locator("#flash .alert")).to_contain_text("Your e-mail is on its way.")
    expect(page.locator("#flash .alert")).to_be_in_viewport(ratio=1)
    expect(page.locator("#timeline-title")).to_be_in_viewport(ratio=1)
    expect(page.locator("#timeline")).to_contain_text("Olive Owner sent an e-mail", timeout=20_000)
    assert visit.trouble == []


def test_the_menu_stays_in_reach_however_far_down(visiting: Visiting, house: House, lead_path: str) -> None:
    for size in ("phone", "desktop"):
        page = opened(visiting(size), house, lead_path)
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        expect(page.locator(".sidebar .brand")).to_be_in_viewport(ratio=1)


def test_an_email_sent_with_two_clicks_is_one(visiting: Visiting, house: House, lead_path: str) -> None:
    visit = visiting()
    page = opened(visit, house, lead_path)
    page.get_by_role("navigation", name="What to write").get_by_role("link", name="E-mail").click()
    page.get_by_label("Subject").fill("About your day")
    page.get_by_label("Message", exact=True).fill("Dear Emma, yes, it is free.")
    page.get_by_role("button", name="Send e-mail").dblclick()
    expect(page.locator("#flash")).to_contain_text("Your e-mail is on its way.")
    expect(page.locator("#conversation").get_by_text("About your day")).to_have_count(1)
    assert visit.trouble == []


def test_a_choice_saves_itself_and_a_menu_closes_by_escape(
    visiting: Visiting, house: House, lead_path: str
) -> None:
    visit = visiting()
    page = opened(visit, house, lead_path)
    page.get_by_label("Priority").select_option("urgent")
    expect(page.locator("#flash")).to_contain_text("Saved.")
    expect(page.get_by_label("Priority")).to_have_value("urgent")
    menu = page.locator("details.menu").first
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Mark as lost")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Mark as lost")).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()
    assert visit.trouble == []


def test_it_all_works_without_javascript(visiting: Visiting, house: House, lead_path: str) -> None:
    page = opened(visiting(java_script_enabled=False), house, lead_path)
    page.get_by_role("link", name="Edit: Wedding").click()
    page.get_by_label("Venue", exact=True).fill("Town Hall")
    page.locator("#wedding").get_by_role("button", name="Save").click()
    expect(page.locator("#wedding")).to_contain_text("Town Hall")
    page.get_by_role("link", name="Task", exact=True).click()
    page.get_by_label("What is to be done").fill("Send the price list")
    page.get_by_role("button", name="Add task").click()
    page.get_by_role("button", name="Done: Send the price list").click()
    expect(page.locator("#tasks")).to_contain_text("Done just now by Olive Owner")
    page.locator("details.menu summary").first.click()
    page.get_by_role("button", name="Contacted").click()
    expect(page.locator("#flash")).to_contain_text("The lead is contacted now.")
