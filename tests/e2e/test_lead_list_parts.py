"""Many leads at once in a browser: how far it is, a part that does not arrive, and the end."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect
from sqlalchemy import any_, func, literal, select

from app.kernel import clock
from app.kernel.uow import reading
from app.models.leads import Lead
from tests.cast import House
from tests.e2e.conftest import Visit, barriers, picture
from tests.factories.nurture import make_lead
from tests.surfaces.web.conftest import Office

pytestmark = pytest.mark.browser
Visiting = Callable[..., Visit]
MANY = 120


@pytest.fixture
def office(app: Flask, house: House) -> Office:
    return Office(app, house)


@pytest.fixture
def full_list(office: Office, house: House) -> Office:
    with office.app.app_context():
        for number in range(MANY):
            make_lead(house, clock.now(), couple_name_bride=f"Couple {number}")
    return office


def tagged(office: Office, tag: str) -> int:
    with office.app.app_context(), reading(office.house.supplier_id) as session:
        having = select(func.count()).select_from(Lead).where(literal(tag) == any_(Lead.tags))
        return session.scalar(having) or 0


def tag_all(page: Page, url: str, tag: str) -> None:
    """Tag all that match, by the bar below the list."""
    page.goto(f"{url}/leads")
    page.locator(".pick").first.check()
    page.get_by_label(f"all {MANY} that match").check()
    page.locator("#bulk summary").filter(has_text="Tag").click()
    page.locator("#bulk-tag").fill(tag)
    page.get_by_role("button", name="Add tag").click()


@pytest.mark.parametrize(("size", "scheme"), [("phone", "dark"), ("desktop", "light")])
def test_all_that_match_are_tagged_while_the_page_says_how_far_it_is(
    visiting: Visiting, full_list: Office, house: House, size: str, scheme: str
) -> None:
    visit = visiting(size, color_scheme=scheme, bypass_csp=True)
    page = visit.sign_in(house.owner)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route) if route.request.headers.get("hx-request") else route.continue_()

    page.route("**/leads/bulk", hold)
    tag_all(page, visit.url, "barn")
    progress = page.get_by_role("progressbar", name="50 of 120 done")
    expect(progress).to_have_attribute("value", "50")
    expect(page.get_by_role("heading", name="Tag 120 leads")).to_be_visible()
    expect(page.get_by_role("button", name="Continue")).to_be_visible()
    expect(page.get_by_role("heading", name="Not done")).to_be_hidden()
    assert tagged(full_list, "barn") == 50
    assert barriers(page) == []
    picture(page, f"bulk-progress-{size}-{scheme}")
    held.pop().continue_()
    expect(page.get_by_role("progressbar", name="100 of 120 done")).to_be_visible()
    assert page.title() == "Tag 120 leads · WedSync Leads"
    held.pop().continue_()
    expect(page.locator("[aria-live=polite]").filter(has_text="120 leads done")).to_be_visible()
    expect(page.get_by_role("heading", name="120 leads done")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0)
    expect(page.get_by_role("link", name="Back to the leads")).to_be_focused()
    expect(page.locator("#bulk-done li")).to_have_count(MANY)
    assert page.title() == "120 leads done · WedSync Leads"
    assert tagged(full_list, "barn") == MANY
    assert barriers(page) == []
    picture(page, f"bulk-result-{size}-{scheme}")
    assert held == []
    assert visit.trouble == []


@pytest.mark.parametrize(("size", "scheme"), [("phone", "dark"), ("desktop", "light")])
def test_a_part_that_does_not_arrive_is_continued(
    visiting: Visiting, full_list: Office, house: House, size: str, scheme: str
) -> None:
    with full_list.app.app_context(), reading(house.supplier_id) as session:
        bad = session.scalars(select(Lead.id).where(Lead.couple_name_bride == "Couple 100")).one()
    full_list.change(bad, tags=[f"tag {number}" for number in range(30)])
    page = (visit := visiting(size, color_scheme=scheme, bypass_csp=True)).sign_in(house.owner)
    answers: list[Callable[[Route], None]] = [
        lambda route: route.abort(),
        lambda route: route.fulfill(status=503, body="<p role='alert'>Back in a moment</p>"),
    ]

    def answer(route: Route) -> None:
        is_part = "hx-request" in route.request.headers
        (answers.pop(0) if is_part and answers else Route.continue_)(route)

    page.route("**/leads/bulk", answer)
    tag_all(page, visit.url, "barn")
    on = page.get_by_role("button", name="Continue")
    expect(page.get_by_text("49 of 120 done, 1 not")).to_be_visible()
    expect(page.get_by_text("A lead has at most 30 tags")).to_be_visible()
    page.wait_for_function("() => !document.querySelector('.htmx-request')")
    on.click()
    expect(page.get_by_text("Back in a moment")).to_be_visible()
    expect(page.get_by_text("49 of 120 done, 1 not")).to_be_visible()
    assert barriers(page) == []
    picture(page, f"bulk-trouble-{size}-{scheme}")
    on.click()
    expect(page.get_by_role("heading", name="119 done, 1 not")).to_be_visible()
    expect(page.locator("#bulk-done li")).to_have_count(MANY - 1)
    expect(page.locator("#bulk-failed li")).to_have_count(1)
    expect(page.get_by_role("link", name="Back to the leads")).to_be_focused()
    assert tagged(full_list, "barn") == MANY - 1
    assert barriers(page) == []
    picture(page, f"bulk-failures-{size}-{scheme}")
