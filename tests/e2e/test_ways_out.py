"""How a couple leaves, chooses, and how the list of addresses looks: phone and desktop, light and dark."""

from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import expect
from uuid_utils.compat import uuid7

from app.kernel import clock
from app.kernel.uow import unit_of_work
from app.messaging.links import preferences_url, unsubscribe_url
from app.messaging.suppressions import suppress
from app.models.choices import Channel, MessageClass, MessageState, SuppressionReason
from app.models.messaging import Message
from tests.cast import House
from tests.e2e.test_pictures import LOOKS, Visiting, seen
from tests.factories.nurture import make_lead

pytestmark = pytest.mark.browser


def sent(house: House) -> UUID:
    """An e-mail to a couple with a phone."""
    now = clock.now()
    lead_id = make_lead(house, now, primary_phone="+447400123456", consent_marketing=True)
    message = Message(
        supplier_id=house.supplier_id, id=uuid7(), lead_id=lead_id, channel=Channel.EMAIL,
        message_class=MessageClass.FOLLOW_UP, state=MessageState.ACCEPTED, to_address="emma@example.com",
        subject="Hello", text_body="Hello", html_body="<p>Hello</p>", due_at=now, accepted_at=now,
    )  # fmt: skip
    with unit_of_work(house.supplier_id) as session:
        session.add(message)
        return message.id


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_a_couple_chooses(app: Flask, house: House, visiting: Visiting, size: str, scheme: str) -> None:
    with app.app_context():
        message_id = sent(house)
        chooses = preferences_url(house.supplier_id, message_id).partition("localhost")[2]
        leaves = unsubscribe_url(house.supplier_id, message_id).partition("localhost")[2]
    visit = visiting(size, color_scheme=scheme, bypass_csp=True, java_script_enabled=True)
    page = visit.page()
    page.goto(f"{visit.url}{chooses}")
    seen(page, "preferences", size, scheme)
    page.get_by_label("Text messages").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_label("Text messages")).not_to_be_checked()
    expect(page.get_by_label("News and offers")).to_be_checked()
    page.get_by_role("button", name="Switch everything off").click()
    expect(page.get_by_label("E-mails about your inquiry")).not_to_be_checked()
    seen(page, "preferences-off", size, scheme)
    page.goto(f"{visit.url}{leaves}")
    seen(page, "unsubscribe", size, scheme)
    page.goto(f"{visit.url}/l/made-up")
    seen(page, "dead-link", size, scheme)


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_the_list_of_addresses(app: Flask, house: House, visiting: Visiting, size: str, scheme: str) -> None:
    with app.app_context(), unit_of_work(house.supplier_id) as session:
        for number, reason in enumerate(SuppressionReason):
            suppress(session, house.supplier_id, Channel.EMAIL, f"couple-{number}@example.com", reason)
    visit = visiting(size, color_scheme=scheme, bypass_csp=True)
    page = visit.sign_in(house.owner)
    page.goto(f"{visit.url}/suppressions")
    seen(page, "suppressions", size, scheme)
    ask = page.get_by_role("region", name="Is an address here?")
    ask.get_by_label("Address").fill("couple-3@example.com")
    ask.get_by_role("button", name="Ask").click()
    expect(page.get_by_text("is on the list since")).to_be_visible()
    seen(page, "suppressions-asked", size, scheme)
    page.get_by_role("link", name="Remove it").click()
    seen(page, "suppressions-remove", size, scheme)
    page.get_by_role("button", name="Take it off the list").click()
    page.goto(f"{visit.url}/suppressions")
    add = page.get_by_role("region", name="Add an address")
    add.get_by_label("Channel").select_option("sms")
    add.get_by_label("Address").fill("020 7946 0958")
    add.get_by_role("button", name="Add").click()
    expect(page.get_by_text("Please check what is marked")).to_be_visible()
    seen(page, "suppressions-wrong", size, scheme)
