"""How it looks, kept for people to look at: phone and desktop, light and dark; and what axe says of it."""

import os
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from app.accounts.calendar import make_key
from app.kernel import clock
from app.kernel.uow import unit_of_work
from app.leads import date_book
from app.leads.schemas import DateBlock, DateHold, TaskCreate
from app.models.leads import Lead
from app.workflows.create_task import create_task
from tests.cast import House
from tests.e2e.conftest import Visit, barriers, picture
from tests.factories.nurture import make_lead
from tests.surfaces.widget.door import Door

pytestmark = pytest.mark.browser
Visiting = Callable[..., Visit]

SETTINGS = (
    "settings",
    "settings/sending",
    "settings/inquiry-form",
    "settings/team",
    "settings/api-keys",
    "settings/calendar",
    "account",
    "account/sessions",
    "account/businesses",
)
LEADS = (
    "leads",
    "leads?view=cards",
    "leads?view=pipeline",
    "leads?status=new&tags=barn",
    "leads/new",
    "leads/views",
)
TWICE = (
    "[...document.querySelectorAll('[id]')].map(e => e.id).filter((id, at, all) => all.indexOf(id) !== at)"
)
"""An id that stands twice ties a label or a link to the wrong thing; axe does not mind."""
LOOKS = [("desktop", "light"), ("phone", "dark")]
"""Each size and each scheme once; `LOOKS=all` makes all four pictures of a page."""
if os.environ.get("LOOKS") == "all":
    LOOKS += [("desktop", "dark"), ("phone", "light")]


STICKING_OUT = """[...document.querySelectorAll(".card")]
    .filter((card) => card.scrollWidth > card.clientWidth + 1).map((card) => card.outerHTML.slice(0, 200))"""


def seen(page: Page, name: str, size: str, scheme: str) -> None:
    """Keep the picture; the page must fit the screen's width and shut nobody out."""
    picture(page, f"{name}-{size}-{scheme}")
    assert page.evaluate(STICKING_OUT) == [], f"{name} has a card that is too narrow for what is in it"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
        f"{name} is wider than a {size}"
    )
    page.evaluate("scrollTo({top: 0, behavior: 'instant'})")  # under the bar on top is no barrier
    assert barriers(page) == []
    assert page.evaluate(TWICE) == [], f"an id stands twice on {name}"


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_the_hosted_page(visiting: Visiting, door: Door, size: str, scheme: str) -> None:
    visit = visiting(size, color_scheme=scheme, bypass_csp=True)
    page = visit.page()
    page.goto(f"{visit.url}/f/{door.key}")
    seen(page, "hosted", size, scheme)
    page.get_by_label("Your name").fill("Emma Clarke")
    page.get_by_label("Budget").fill("lots")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Please check what is marked")).to_be_visible()
    seen(page, "hosted-errors", size, scheme)
    page.goto(f"{visit.url}/f/{door.key}/thanks")
    seen(page, "hosted-thanks", size, scheme)
    page.goto(f"{visit.url}/f/{'x' * 32}")
    seen(page, "hosted-unknown", size, scheme)


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_the_demo_website_with_the_widget(visiting: Visiting, door: Door, size: str, scheme: str) -> None:
    visit = visiting(size, color_scheme=scheme, bypass_csp=True)
    page = visit.page()
    page.goto(f"{visit.url}/demo-site/?form={door.key}")
    seen(page, "demo-home", size, scheme)
    page.get_by_role("link", name="Contact").click()
    expect(page.get_by_role("heading", name="Tell us about your day")).to_be_visible()
    seen(page, "widget", size, scheme)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Please check what is marked")).to_be_visible()
    seen(page, "widget-errors", size, scheme)


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_the_list_of_inquiries(visiting: Visiting, door: Door, house: House, size: str, scheme: str) -> None:
    door.post(door.inquiry(message="We love your work. Is the twelfth of June free?"))
    door.post(door.inquiry(your_name="gLoRiOuSbUy", message="http://a.example " * 4) | {"website": "x"})
    visit = visiting(size, color_scheme=scheme, bypass_csp=True)
    page = visit.sign_in(house.owner)
    page.goto(f"{visit.url}/inquiries")
    seen(page, "inquiries", size, scheme)


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_the_work_of_a_day(visiting: Visiting, door: Door, house: House, size: str, scheme: str) -> None:
    now, june = clock.now(), date(2027, 6, 12)
    quiet = {"last_contact_at": now - timedelta(days=20), "couple_name_bride": "Ada Lindqvist"}
    with door.app.app_context():
        asks = [make_lead(house, now, wedding_date=june, couple_name_bride=name) for name in ("Emma", "Rosa")]
        cold = make_lead(house, now - timedelta(days=30), primary_phone="+442079460123", **quiet)
        date_book.hold(house.owner.actor, asks[0], DateHold(until=now + timedelta(days=2)))
        date_book.block(house.owner.actor, DateBlock(on_date=date(2027, 6, 20), note="Holiday in Portugal"))
        for days, title in ((-1, "Send the price list"), (0, "Call them back"), (2, "Ask about the venue")):
            due = TaskCreate(title=title, due_at=now + timedelta(days=days, hours=1), priority="high")
            task_id = create_task(house.owner.actor, cold, due)
        make_key(house.owner.actor)
    door.post(door.inquiry(your_name="Olivia Marsh", phone="07400 123456"))
    visit = visiting(size, color_scheme=scheme, bypass_csp=True)
    page = visit.sign_in(house.owner)
    for name, path in {
        "dashboard": "", "tasks": "tasks", "task-new": "tasks/new?search=emma",
        "task-form": f"tasks/{task_id}",
        "calendar-month": "calendar?day=2027-06-12", "calendar-week": "calendar?view=week&on=2027-06-12",
        "calendar-empty": "calendar?on=2029-01-01", "calendar-feed": "settings/calendar",
    }.items():  # fmt: skip
        page.goto(f"{visit.url}/{path}")
        seen(page, name, size, scheme)
    page.goto(f"{visit.url}/tasks")
    page.get_by_label("Later: Call them back").click()
    picture(page, f"tasks-later-{size}-{scheme}")
    page.keyboard.press("Control+k")
    page.keyboard.type("em")
    expect(page.get_by_role("option", name="Olivia Marsh")).to_be_visible()
    seen(page, "palette", size, scheme)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    seen(page, "keys", size, scheme)


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_every_page_of_who_is_signed_in(
    visiting: Visiting, door: Door, house: House, size: str, scheme: str
) -> None:
    said = {"partner_name": "Alexander Thompson", "phone": "07400 123456", "wedding_date": "2027-09-24"}
    said |= {"message": "We love your work. Is that day free?", "budget": "3500", "venue": "Ashcombe Manor"}
    door.post(door.inquiry(**said))
    with door.app.app_context(), unit_of_work(house.supplier_id) as session:
        session.execute(update(Lead).values(lead_status="proposal_sent", next_follow_up_at=clock.now()))
    visit = visiting(size, color_scheme=scheme, bypass_csp=True)
    page = visit.page()
    for path in ("login", "sign-up", "reset"):
        page.goto(f"{visit.url}/{path}")
        seen(page, f"door-{path}", size, scheme)
    page = visit.sign_in(house.owner)
    for name in ("", *LEADS, "outbox", "leads?q=1", *SETTINGS):
        page.goto(f"{visit.url}/{name}")
        seen(page, f"page-{name.replace('/', '-').replace('?', '-') or 'home'}", size, scheme)
    for names in ("leads", "outbox"):
        page.goto(f"{visit.url}/{names}")
        page.locator("main a.couple").first.click()
        page.wait_for_url(f"**/{names}/*")
        seen(page, f"page-{names}-one", size, scheme)
    page.goto(f"{visit.url}/graphql")
    expect(page.get_by_role("link", name="Back to leads")).to_be_visible()
    expect(page.locator(".graphiql-container")).to_be_visible()
    picture(page, f"page-graphql-{size}-{scheme}")
