"""How a lead's page looks with its forms open, kept for people to look at; and what axe says of it."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from playwright.sync_api import expect

from app.conversions.schemas import ConvertLead
from app.kernel import clock
from app.kernel.zones import zone
from app.leads.schemas import Assignment, InteractionCreate, LeadCreate, StatusMove, TaskCreate
from app.models.choices import ConversionType, InteractionType, LeadStatus
from app.workflows.add_interaction import add_interaction
from app.workflows.assign_lead import assign_lead
from app.workflows.change_status import change_status
from app.workflows.convert_lead import convert_lead
from app.workflows.create_lead import create_lead
from app.workflows.create_task import create_task
from tests.cast import House
from tests.e2e.conftest import Visit
from tests.e2e.test_pictures import LOOKS, seen
from tests.surfaces.widget.door import Door

pytestmark = pytest.mark.browser
Visiting = Callable[..., Visit]


def busy_lead(door: Door, house: House) -> tuple[UUID, UUID]:
    """A lead with a history, and another that may be the same couple."""
    owner, member = house.owner.actor, house.member
    said = {"lead_source": "website", "primary_phone": "07400 123456", "wedding_venue": "Ashcombe Manor"}
    day = clock.now().astimezone(zone("Europe/London")).date() + timedelta(days=214)
    names = {"couple_name_bride": "Emma Clarke", "couple_name_groom": "Alexander Thompson"}
    with door.app.app_context():
        given = LeadCreate(
            primary_email="emma.clarke@example.com", wedding_date=day, estimated_budget=Decimal(3500),
            services_needed=["Photography", "Album"], tags=["Barn", "June"], **names, **said,
        )  # fmt: skip
        lead_id = create_lead(owner, given).lead_id
        other = LeadCreate(couple_name_bride="Em Clarke", wedding_date=day, **said)
        twin = create_lead(owner, other).lead_id
        change_status(owner, lead_id, StatusMove(lead_status=LeadStatus.QUALIFIED))
        assign_lead(owner, lead_id, Assignment(user_id=member.user_id))
        call = InteractionCreate(
            interaction_type=InteractionType.PHONE_CALL, interaction_outcome="answered",
            interaction_content="They want reportage, no long group session.",
            interaction_metadata={"minutes": 12}, follow_up_date=clock.now() + timedelta(days=2),
        )  # fmt: skip
        add_interaction(member.actor, lead_id, call)
        create_task(owner, lead_id, TaskCreate(title="Send the price list", due_at=clock.now()))
    return lead_id, twin


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_a_leads_page(visiting: Visiting, door: Door, house: House, size: str, scheme: str) -> None:
    lead_id, _ = busy_lead(door, house)
    visit = visiting(size, color_scheme=scheme, bypass_csp=True)
    page = visit.sign_in(house.owner)
    page.goto(f"{visit.url}/leads/{lead_id}")
    expect(page.get_by_role("heading", name="Perhaps the same couple")).to_be_visible()
    seen(page, "lead", size, scheme)


@pytest.mark.parametrize(("size", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_its_forms_and_what_they_lead_to(
    visiting: Visiting, door: Door, house: House, size: str, scheme: str
) -> None:
    lead_id, twin = busy_lead(door, house)
    visit = visiting(size, color_scheme=scheme, bypass_csp=True)
    page = visit.sign_in(house.owner)
    here = f"{visit.url}/leads/{lead_id}"
    for kind, group in (("call", "contact"), ("email", "wedding"), ("meeting", "wishes"), ("task", "custom")):
        page.goto(f"{here}?compose={kind}&edit={group}")
        seen(page, f"lead-{kind}-{group}", size, scheme)
    page.get_by_label("What is to be done").fill(" ")
    page.get_by_role("button", name="Add task").click()
    expect(page.get_by_text("Please check what is marked")).to_be_visible()
    seen(page, "lead-errors", size, scheme)
    page.locator("details.menu summary").first.click()
    seen(page, "lead-menu", size, scheme)
    for path in ("convert", "delete", f"merge/{twin}"):
        page.goto(f"{here}/{path}")
        seen(page, f"lead-{path.partition('/')[0]}", size, scheme)
    with door.app.app_context():
        booked = {"conversion_type": ConversionType.BOOKING_CONFIRMED, "conversion_value": Decimal(3200)}
        convert_lead(house.owner.actor, lead_id, ConvertLead(**booked))
    page.goto(here)
    seen(page, "lead-won", size, scheme)
    page = visiting(size, color_scheme=scheme, bypass_csp=True).sign_in(house.viewer)
    page.goto(here)
    seen(page, "lead-viewer", size, scheme)


@pytest.mark.parametrize(("size", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_points_by_hand_by_keyboard(
    visiting: Visiting, door: Door, house: House, size: str, scheme: str
) -> None:
    lead_id, _ = busy_lead(door, house)
    visit = visiting(size, color_scheme=scheme, bypass_csp=True)
    page = visit.sign_in(house.owner)
    page.goto(f"{visit.url}/leads/{lead_id}")
    page.get_by_text("Give or take points").press("Enter")
    page.get_by_label("Points", exact=True).fill("-5")
    page.get_by_label("What for").fill("They want it much cheaper than anybody could do it, and tomorrow")
    page.get_by_label("Until", exact=True).fill("2020-01-01")
    page.get_by_label("What for").press("Enter")
    expect(page.get_by_text("name a later time").first).to_be_visible()
    seen(page, "lead-points-refused", size, scheme)
    page.get_by_label("Until", exact=True).fill("2090-01-01")
    page.get_by_label("What for").press("Enter")
    withdraw = page.get_by_role("button", name="Withdraw: They want it")
    expect(withdraw).to_be_visible()
    seen(page, "lead-points", size, scheme)
    withdraw.press("Enter")
    expect(withdraw).to_have_count(0)
