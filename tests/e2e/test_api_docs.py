"""The page of the REST API: it shows every operation and sends what is tried out, as whoever is signed in."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.rest.openapi import document
from tests.cast import House
from tests.e2e.conftest import Visit, picture
from tests.surfaces.widget.door import Door

pytestmark = pytest.mark.browser


def try_out(page: Page, name: str) -> None:
    """Open the operation, send it as its example says, and wait for the answer."""
    block = page.locator(f"[id$='-{name}']")
    block.locator("button.opblock-summary-control").click()
    block.get_by_role("button", name="Execute").click()
    expect(block.locator(".live-responses-table")).to_be_visible()


@pytest.mark.parametrize(("size", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_trying_it_out(
    visiting: Callable[..., Visit], house: House, door: Door, size: str, scheme: str
) -> None:
    visit = visiting(size, color_scheme=scheme)
    page = visit.sign_in(house.owner)
    elsewhere: list[str] = []
    page.on("request", lambda asked: elsewhere.append(asked.url) if visit.url not in asked.url else None)
    page.goto(f"{visit.url}/api/docs")
    operations = sum(len(methods) for methods in document(door.app)["paths"].values())
    expect(page.locator(".opblock")).to_have_count(operations)
    picture(page, f"page-api-{size}-{scheme}")
    try_out(page, "createLead")
    try_out(page, "listLeads")
    expect(page.locator("[id$='-listLeads'] .live-responses-table")).to_contain_text("maya@example.com")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert [url for url in elsewhere if not url.startswith(("data:", "blob:"))] == []
    assert visit.trouble == []
