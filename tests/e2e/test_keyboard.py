"""Keys: through lists, to pages, the palette and its help; never while somebody types."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.kernel import clock
from app.kernel.uow import unit_of_work
from app.models.leads import Task
from tests.cast import House
from tests.e2e.conftest import Visit
from tests.factories.nurture import make_lead
from tests.surfaces.widget.door import Door

pytestmark = pytest.mark.browser
Visiting = Callable[..., Visit]
FOCUSED = "document.activeElement.textContent.trim()"


@pytest.fixture
def desk(visiting: Visiting, door: Door, house: House) -> Page:
    """The owner's task list, with three tasks."""
    with door.app.app_context():
        lead_id = make_lead(house, clock.now(), couple_name_bride="Emma Clarke")
        with unit_of_work(house.supplier_id) as session:
            for title in ("First", "Second", "Third"):
                session.add(
                    Task(supplier_id=house.supplier_id, lead_id=lead_id, title=title, due_at=clock.now())
                )
    visit = visiting()
    page = visit.sign_in(house.owner)
    page.goto(f"{visit.url}/tasks")
    return page


def focused(page: Page) -> str:
    return str(page.evaluate(FOCUSED))


def test_j_and_k_go_through_the_rows_and_enter_opens_one(desk: Page) -> None:
    seen = []
    for key in ("j", "j", "j", "j", "k"):
        desk.keyboard.press(key)
        seen.append(focused(desk))
    assert seen == ["First", "Second", "Third", "Third", "Second"]
    desk.keyboard.press("Enter")
    expect(desk.get_by_label("What is to be done")).to_have_value("Second")


def test_g_and_a_letter_go_to_a_page(desk: Page) -> None:
    for letter, heading in (("c", "In your own calendar"), ("t", "Add a task"), ("d", "All leads")):
        desk.keyboard.press("g")
        desk.keyboard.press(letter)
        expect(desk.get_by_role("link", name=heading)).to_be_visible()


def test_a_letter_alone_goes_nowhere(desk: Page) -> None:
    desk.keyboard.press("c")
    desk.keyboard.press("g")
    desk.keyboard.press("x")
    desk.keyboard.press("l")
    assert desk.url.endswith("/tasks")


def test_a_key_that_a_page_offers_is_pressed(desk: Page) -> None:
    desk.keyboard.press("n")
    expect(desk.get_by_role("heading", name="Add a task")).to_be_visible()


def test_keys_that_are_typed_are_text(desk: Page) -> None:
    desk.goto(desk.url + "/new")
    desk.evaluate("document.activeElement.blur()")
    desk.keyboard.press("/")
    desk.keyboard.type("jk?gd/e")
    field = desk.get_by_label("Couple", exact=True)
    expect(field).to_have_value("jk?gd/e")
    expect(field).to_be_focused()


def test_keys_with_a_modifier_are_the_browsers(desk: Page) -> None:
    for key in ("Control+j", "Alt+j", "Meta+j"):
        desk.keyboard.press(key)
    assert focused(desk) != "First"


def test_help_says_the_keys_and_turns_them_off(desk: Page) -> None:
    desk.keyboard.press("?")
    dialog = desk.get_by_role("dialog", name="Keyboard")
    expect(dialog).to_contain_text("Next and previous row")
    dialog.get_by_label("Keys without Ctrl are on").uncheck()
    desk.keyboard.press("Escape")
    desk.keyboard.press("j")
    assert focused(desk) != "First"
    desk.reload()
    desk.keyboard.press("j")
    assert focused(desk) != "First"
    desk.keyboard.press("Control+k")
    expect(desk.get_by_role("dialog", name="Find")).to_be_visible()


def test_the_palette_finds_a_couple_and_opens_it(desk: Page) -> None:
    desk.keyboard.press("Control+k")
    field = desk.get_by_role("combobox", name="Find a couple")
    expect(field).to_be_focused()
    desk.keyboard.type("clar")
    option = desk.get_by_role("option", name="Emma Clarke")
    expect(option).to_have_attribute("aria-selected", "true")
    assert field.get_attribute("aria-activedescendant") == option.get_attribute("id")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", level=1, name="Emma Clarke")).to_be_visible()


def test_the_palette_goes_to_pages_by_arrow_and_enter(desk: Page) -> None:
    desk.get_by_role("button", name="Find").click()
    expect(desk.get_by_role("option", name="Dashboard")).to_have_attribute("aria-selected", "true")
    desk.keyboard.press("ArrowUp")
    expect(desk.get_by_role("option", name="Your name and password")).to_have_attribute(
        "aria-selected", "true"
    )
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("ArrowDown")
    expect(desk.get_by_role("option", name="Leads", exact=True)).to_have_attribute("aria-selected", "true")
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/leads")


def test_escape_gives_the_page_back(desk: Page) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press("Control+k")
    expect(desk.get_by_role("option", name="Dashboard")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("dialog", name="Find")).to_be_hidden()
    assert focused(desk) == "First"


def test_arrows_go_through_the_days_of_the_calendar(desk: Page) -> None:
    desk.goto(desk.url.replace("/tasks", "/calendar?on=2027-06-01"))
    desk.locator("[data-cell]").first.focus()
    for key, day in (
        ("ArrowRight", "Tuesday 1 June"),
        ("ArrowDown", "Tuesday 8 June"),
        ("ArrowUp", "Tuesday 1 June"),
        ("ArrowLeft", "Monday 31 May"),
    ):
        desk.keyboard.press(key)
        assert focused(desk).startswith(day)


def test_a_new_inquiry_stands_in_the_queue_within_seconds_and_leaves_the_focus(
    visiting: Visiting, door: Door, house: House
) -> None:
    door.post(door.inquiry(your_name="Emma Clarke"))
    visit = visiting()
    page = visit.sign_in(house.owner)
    page.goto(visit.url)
    queue = page.get_by_role("region", name="Do next")
    link = queue.get_by_role("link", name="Emma Clarke", exact=True)
    link.focus()
    door.post(door.inquiry(your_name="Rosa Adler", email="rosa@example.com"))
    expect(queue.get_by_role("link", name="Rosa Adler", exact=True)).to_be_visible(timeout=10_000)
    expect(page.get_by_role("region", name="Latest inquiries")).to_contain_text("Rosa Adler")
    expect(link).to_be_focused()
    assert visit.trouble == []
