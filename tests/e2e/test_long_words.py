"""Words without a space, as long as they may be, make no page wider than its screen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.cast import House
from tests.e2e.conftest import Visit
from tests.surfaces.widget.door import Door

pytestmark = pytest.mark.browser
Visiting = Callable[..., Visit]

NAME = "W" * 255
ADDRESS = f"{'m' * 64}@{'w' * 63}.{'w' * 63}.{'w' * 48}.example.com"
FAR_TOO_WIDE = {
    "your_name": NAME,
    "email": ADDRESS,
    "venue": NAME,
    "location": NAME,
    "message": NAME,
    "budget": "9999999999.99",
}


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def first_of(page: Page, address: str) -> None:
    """Open the first entry of a list, once the worker has put one there."""
    page.goto(address)
    for _ in range(60):
        if page.locator("main a.couple").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    page.locator("main a.couple").first.click()
    page.wait_for_url(f"{address}/*")


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_a_couple_of_long_words_widens_no_page(
    visiting: Visiting, door: Door, house: House, size: str
) -> None:
    door.post(door.inquiry(**FAR_TOO_WIDE))
    visit = visiting(size)
    page = visit.sign_in(house.owner)
    wide = []
    for name in ("outbox", "leads"):
        first_of(page, f"{visit.url}/{name}")
        wide += [] if fits(page) else [f"one of {name}"]
    for name in ("", "leads", "inquiries", "outbox"):
        page.goto(f"{visit.url}/{name}")
        wide += [] if fits(page) else [f"/{name}"]
    assert wide == []


def test_an_invitation_to_a_long_address_widens_no_page(visiting: Visiting, house: House) -> None:
    visit = visiting("phone")
    page = visit.sign_in(house.owner)
    page.goto(f"{visit.url}/settings/team")
    page.get_by_label("E-mail").fill(ADDRESS)
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text("is on its way to")).to_be_visible()
    assert fits(page)


def test_on_a_phone_the_words_of_an_inquiry_have_the_line_to_themselves(
    visiting: Visiting, door: Door, house: House
) -> None:
    door.post(door.inquiry(message="We love your work. Is the twelfth of June free?"))
    visit = visiting("phone")
    page = visit.sign_in(house.owner)
    page.goto(f"{visit.url}/inquiries")
    words = page.locator("main .outbox-line > div").first.bounding_box()
    assert words is not None
    assert words["width"] > 300
