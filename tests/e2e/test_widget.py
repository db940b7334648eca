"""The widget in a real browser: on a stranger's strict page, by keyboard, on bad connections."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from app.models.choices import InquiryState
from tests.e2e.conftest import Visit
from tests.e2e.strangers import strangers_page
from tests.surfaces.widget.door import Door

pytestmark = pytest.mark.browser
Visiting = Callable[..., Visit]


def contact(visit: Visit, door: Door, query: str = "") -> Page:
    """The demo website's contact page with the form drawn."""
    page = visit.page()
    page.goto(f"{visit.url}/demo-site/contact?form={door.key}{query}")
    expect(page.get_by_role("heading", name="Tell us about your day")).to_be_visible()
    return page


def fill(page: Page) -> None:
    page.get_by_label("Your name").fill("Emma Clarke")
    page.get_by_label("E-mail", exact=True).fill("emma@example.com")


def press_send(page: Page) -> None:
    page.wait_for_timeout(2100)  # nobody fills a form faster
    page.get_by_role("button", name="Send").click()


def test_it_works_on_another_origin_under_a_strict_policy(visiting: Visiting, door: Door) -> None:
    visit = visiting()
    with strangers_page(visit.url, door.key) as address:
        page = visit.page()
        page.goto(address)
        fill(page)
        button = page.get_by_role("button", name="Send")
        assert button.evaluate("b => getComputedStyle(b).backgroundColor") == "rgb(140, 47, 73)", (
            "its own styles"
        )
        press_send(page)
        expect(page.get_by_text("Thank you. We have your message")).to_be_visible()
    assert visit.trouble == []
    assert door.inquiries()[0].state is InquiryState.CAPTURED
    assert visit.context.cookies() == []


def test_first_and_last_touch_travel_with_the_inquiry(visiting: Visiting, door: Door) -> None:
    visit = visiting()
    page = visit.page()
    page.goto(f"{visit.url}/demo-site/?form={door.key}&utm_source=instagram&utm_campaign=spring")
    page.wait_for_function("localStorage.getItem('wedsync.first')")
    page.goto(f"{visit.url}/demo-site/?form={door.key}&gclid=abc123")
    page.wait_for_function("localStorage.getItem('wedsync.last').includes('abc123')")
    page = contact(visit, door)
    fill(page)
    press_send(page)
    expect(page.get_by_text("Thank you. We have your message")).to_be_visible()
    context = door.inquiries()[0].context
    assert context["first"]["utm_source"] == "instagram"
    assert context["first"]["utm_campaign"] == "spring"
    assert context["last"]["gclid"] == "abc123"
    assert "utm_source" not in context["last"]
    assert context["first"]["at"] < context["last"]["at"]


def test_errors_stand_beside_their_fields_and_take_the_focus(visiting: Visiting, door: Door) -> None:
    page = contact(visiting(), door)
    page.get_by_role("button", name="Send").click()
    name, email = page.get_by_label("Your name"), page.get_by_label("E-mail", exact=True)
    expect(name).to_be_focused()
    expect(name).to_have_attribute("aria-invalid", "true")
    fill(page)
    email.fill("emma@")
    page.get_by_label("Budget").fill("lots")
    press_send(page)
    expect(email).to_be_focused()
    expect(page.get_by_role("status")).to_have_text("Please check what is marked.")
    assert "@-sign" in str(
        email.evaluate("e => e.getRootNode().getElementById(e.getAttribute('aria-describedby')).textContent")
    )
    expect(page.get_by_text("Give an amount in figures")).to_be_visible()
    expect(name).not_to_have_attribute("aria-invalid", "true")
    assert door.inquiries() == []


def test_an_inquiry_sent_offline_is_kept_and_sent_on_the_next_visit(visiting: Visiting, door: Door) -> None:
    visit = visiting()
    page = contact(visit, door)
    fill(page)
    visit.context.set_offline(True)
    press_send(page)
    expect(page.get_by_role("status")).to_contain_text("kept on this device")
    page.close()
    assert door.inquiries() == []
    visit.context.set_offline(False)
    again = visit.page()
    again.goto(f"{visit.url}/demo-site/contact?form={door.key}")
    expect(again.get_by_text("Thank you. We have your message")).to_be_visible()
    [inquiry] = door.inquiries()
    assert inquiry.payload["your_name"] == "Emma Clarke"
    assert again.evaluate(f"localStorage.getItem('wedsync.unsent.{door.key}')") is None


def test_it_is_sent_by_itself_when_the_connection_returns(visiting: Visiting, door: Door) -> None:
    visit = visiting()
    page = contact(visit, door)
    fill(page)
    visit.context.set_offline(True)
    press_send(page)
    expect(page.get_by_role("status")).to_contain_text("kept on this device")
    visit.context.set_offline(False)
    expect(page.get_by_text("Thank you. We have your message")).to_be_visible()
    assert len(door.inquiries()) == 1


def test_an_answer_lost_on_the_way_does_not_double_the_inquiry(visiting: Visiting, door: Door) -> None:
    visit = visiting()
    page = contact(visit, door)
    statuses: list[int] = []

    def lose_the_first(route: Route) -> None:
        answer = route.fetch()
        statuses.append(answer.status)
        route.abort() if len(statuses) == 1 else route.fulfill(response=answer)

    page.route("**/inquiries", lose_the_first)
    fill(page)
    press_send(page)
    expect(page.get_by_text("Thank you. We have your message")).to_be_visible()
    assert statuses == [201, 200]
    assert len(door.inquiries()) == 1


def test_it_waits_as_long_as_the_server_asks(visiting: Visiting, door: Door) -> None:
    page = contact(visiting(), door)
    answers = iter([429, 503])

    def busy(route: Route) -> None:
        status = next(answers, None)
        route.continue_() if status is None else route.fulfill(status=status, headers={"Retry-After": "1"})

    page.route("**/inquiries", busy)
    fill(page)
    press_send(page)
    expect(page.get_by_text("Thank you. We have your message")).to_be_visible(timeout=20_000)
    assert len(door.inquiries()) == 1


def test_a_kept_inquiry_with_a_worn_out_token_gets_a_new_one(visiting: Visiting, door: Door) -> None:
    visit = visiting()
    page = contact(visit, door)
    body = door.inquiry() | {"token": door.token(age=90_000)}
    page.evaluate(
        "([name, body]) => localStorage.setItem(name, JSON.stringify(body))",
        [f"wedsync.unsent.{door.key}", body],
    )
    page.reload()
    expect(page.get_by_text("Thank you. We have your message")).to_be_visible()
    assert door.inquiries()[0].state is InquiryState.CAPTURED


def test_spoilt_visit_marks_never_cost_an_inquiry(visiting: Visiting, door: Door) -> None:
    visit = visiting()
    page = contact(visit, door)
    page.evaluate("localStorage.setItem('wedsync.first', '\"spoilt\"')")
    page.reload()
    fill(page)
    press_send(page)
    expect(page.get_by_text("Thank you. We have your message")).to_be_visible()
    assert len(door.inquiries()) == 1


def test_a_browser_without_storage_can_write_too(visiting: Visiting, door: Door) -> None:
    visit = visiting()
    visit.context.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('blocked') }})"
    )
    page = contact(visit, door)
    fill(page)
    press_send(page)
    expect(page.get_by_text("Thank you. We have your message")).to_be_visible()
    assert len(door.inquiries()) == 1


def test_without_script_the_hosted_page_does_the_same(visiting: Visiting, door: Door) -> None:
    visit = visiting("phone", java_script_enabled=False)
    page = visit.page()
    page.goto(f"{visit.url}/demo-site/contact?form={door.key}")
    page.get_by_role("link", name="Send us an inquiry").click()
    fill(page)
    page.get_by_label("Album").check()
    press_send(page)
    expect(page.get_by_role("heading", name="Sent to Rosewood Photography")).to_be_visible()
    [inquiry] = door.inquiries()
    assert inquiry.state is InquiryState.CAPTURED
    assert inquiry.payload["services"] == ["Album"]
