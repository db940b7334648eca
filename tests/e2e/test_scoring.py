"""Scoring in a browser: the order by drag and by keyboard, the switch, the live preview; and how it looks."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from app.accounts.service import show_booking_chance
from app.kernel import clock
from app.kernel.uow import reading
from app.leads.schemas import LeadCreate
from app.scoring.groups import create_group
from app.scoring.ready_made import take_ready_made
from app.scoring.rules import create_rule, in_order
from app.scoring.schemas import GroupWrite, RuleWrite
from app.workflows.create_lead import create_lead
from tests.cast import House
from tests.e2e.conftest import Visit
from tests.e2e.test_pictures import seen
from tests.features.scoring.past import decided
from tests.surfaces.widget.door import Door

pytestmark = pytest.mark.browser
Visiting = Callable[..., Visit]


def add_rule(door: Door, house: House, name: str, **columns: Any) -> UUID:
    asked = {"criteria_field": "wedding_venue", "criteria_operator": "is_set", "score_adjustment": 12}
    with door.app.app_context():
        made = create_rule(house.owner.actor, RuleWrite(rule_name=name, **asked | columns)).id
    assert made
    return made


def add_lead(door: Door, house: House, **columns: Any) -> UUID:
    given = {"lead_source": "website", "primary_phone": "07400 123456"} | columns
    with door.app.app_context():
        return create_lead(house.owner.actor, LeadCreate(**given)).lead_id


def history() -> list[dict[str, Any]]:
    """Couples of half a year ago: those who would spend more mostly booked."""
    began = clock.now() - timedelta(days=200)
    return [
        {
            "created_at": began + timedelta(days=place),
            "estimated_budget": Decimal(1000 * (place % 9 + 1)),
            "won": place % 9 > 4 if place % 5 else place % 2 == 0,
            "scores": [(0, place % 9 * 11)],
        }
        for place in range(120)
    ]


def order(door: Door, house: House) -> list[str]:
    with door.app.app_context(), reading(house.supplier_id) as session:
        return [rule.rule_name for rule in session.scalars(in_order())]


def shown(page: Page) -> list[str]:
    return page.locator("[data-rule]").evaluate_all("rows => rows.map((row) => row.dataset.rule)")


def opened(visit: Visit, house: House, path: str = "/scoring") -> Page:
    page = visit.sign_in(house.owner)
    page.goto(f"{visit.url}{path}")
    return page


def test_the_arrow_keys_move_a_rule(visiting: Visiting, door: Door, house: House) -> None:
    before = order(door, house)
    visit = visiting()
    page = opened(visit, house)
    handle = page.get_by_role("button", name=f"Move {before[0]}")
    handle.focus()
    with page.expect_response("**/rules/order"):
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
    wanted = [before[1], before[2], before[0], *before[3:]]
    expect(page.locator("[data-rule]").nth(2)).to_have_attribute("data-rule", before[0])
    assert shown(page) == order(door, house) == wanted
    expect(page.get_by_role("button", name=f"Move {before[0]}")).to_be_focused()
    assert visit.trouble == []


def test_a_rule_is_dragged(visiting: Visiting, door: Door, house: House) -> None:
    before = order(door, house)
    visit = visiting()
    page = opened(visit, house)
    last = page.locator("[data-rule]").last.bounding_box()
    handle = page.get_by_role("button", name=f"Move {before[0]}").bounding_box()
    assert last
    assert handle
    page.mouse.move(handle["x"] + 8, handle["y"] + 8)
    page.mouse.down()
    page.mouse.move(handle["x"] + 8, last["y"] + last["height"] - 4, steps=12)
    with page.expect_response("**/rules/order"):
        page.mouse.up()
    assert order(door, house) == [*before[1:], before[0]]
    page.get_by_role("button", name=f"Move {before[1]}").hover()
    page.mouse.down()
    page.mouse.move(handle["x"] + 8, last["y"] + last["height"] - 4, steps=12)
    page.keyboard.press("Escape")
    page.mouse.up()
    assert shown(page) == [*before[1:], before[0]], "Escape puts it back"
    assert visit.trouble == []


def test_buttons_move_and_switch_and_keep_the_focus(visiting: Visiting, door: Door, house: House) -> None:
    before = order(door, house)
    visit = visiting()
    page = opened(visit, house)
    page.get_by_role("button", name=f"Down: {before[0]}").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-rule]").nth(1)).to_have_attribute("data-rule", before[0])
    expect(page.get_by_role("button", name=f"Down: {before[0]}")).to_be_focused()
    switch = page.get_by_role("switch", name=before[0])
    switch.focus()
    page.keyboard.press("Space")
    expect(switch).to_have_attribute("aria-checked", "false")
    expect(switch).to_be_focused()
    assert visit.trouble == []


def test_without_script_the_same_is_done(visiting: Visiting, door: Door, house: House) -> None:
    before = order(door, house)
    page = opened(visiting(java_script_enabled=False), house)
    expect(page.get_by_role("button", name="Move ")).to_have_count(0)
    page.get_by_role("button", name=f"Down: {before[0]}").click()
    assert shown(page)[1] == before[0]
    page.get_by_role("link", name="Add a rule").click()
    page.get_by_label("Field", exact=True).select_option("other")
    page.get_by_label("Path of the field").fill("custom_fields.theme")
    page.get_by_label("Comparison").select_option("contains")
    page.get_by_label("Value", exact=True).fill("boho")
    page.get_by_label("Points").fill("7")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("If “Theme” contains boho add 7.")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    assert shown(page)[-1] == "“Theme” contains boho"


def test_the_preview_follows_what_is_typed(visiting: Visiting, door: Door, house: House) -> None:
    add_lead(door, house, couple_name_bride="Emma Clarke", estimated_budget=Decimal(9000))
    visit = visiting()
    page = opened(visit, house, "/scoring/rules/new")
    page.get_by_label("Field", exact=True).select_option("wedding_date")
    expect(page.get_by_label("Comparison").locator("option").first).to_have_text("is after")
    page.get_by_label("Field", exact=True).select_option("estimated_budget")
    expect(page.get_by_label("Comparison").locator("option").first).to_have_text("is over")
    page.get_by_label("Value", exact=True).fill("5000")
    page.get_by_label("Points").press_sequentially("15")
    expect(page.get_by_text("If budget is over £5,000 add 15.")).to_be_visible()
    expect(page.locator("#preview")).to_contain_text("1 would go up")
    page.get_by_label("Test against one lead").fill("emma")
    expect(page.locator("#preview")).to_contain_text("The rule matches: Budget £9,000 is over £5,000.")
    page.get_by_label("Value", exact=True).fill("lots")
    expect(page.locator("#preview")).to_contain_text("'lots' is not a number.")
    expect(page.get_by_label("Value", exact=True)).to_be_focused()
    assert visit.trouble == []


@pytest.mark.parametrize(("size", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_how_it_looks(visiting: Visiting, door: Door, house: House, size: str, scheme: str) -> None:
    with door.app.app_context():
        take_ready_made(house.owner.actor, "photographer", instead=True)
        create_group(house.owner.actor, GroupWrite(group_name="Money", least_points=-20, most_points=40))
    rule_id = add_rule(door, house, "Said a venue", rule_weight=Decimal("1.5"), rule_description="They plan.")
    add_rule(door, house, "Off for now", is_active=False, half_life_weeks=4)
    add_lead(door, house, couple_name_bride="Rosa", wedding_venue="Barn", estimated_budget=Decimal(900))
    said = {"couple_name_bride": "Emma Clarke", "wedding_venue": "Ashcombe Manor", "estimated_budget": "9000"}
    lead_id = add_lead(door, house, **said, primary_email="emma@example.com")
    with door.app.app_context():
        decided(house, history())
        show_booking_chance(house.owner.actor, True)
    visit = visiting(size, color_scheme=scheme, bypass_csp=True)
    page = opened(visit, house)
    for name, path in {
        "rules": "", "versions": "/versions", "version": "/versions/2", "insight": "/insight",
        "sets": "/ready-made", "set": "/ready-made/venue", "group": "/groups/new",
        "delete": f"/rules/{rule_id}/delete",
    }.items():  # fmt: skip
        page.goto(f"{visit.url}/scoring{path}")
        seen(page, f"scoring-{name}", size, scheme)
    page.goto(f"{visit.url}/scoring/rules/{rule_id}")
    page.get_by_label("Test against one lead").fill("emma")
    expect(page.locator("#preview")).to_contain_text("The rule matches")
    seen(page, "scoring-rule", size, scheme)
    page.get_by_label("Points").fill("1000")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Please check what is marked")).to_be_visible()
    seen(page, "scoring-errors", size, scheme)
    page.goto(f"{visit.url}/leads/{lead_id}")
    seen(page, "scoring-lead", size, scheme)


def test_long_words_widen_no_page(visiting: Visiting, door: Door, house: House) -> None:
    long = "W" * 100
    with door.app.app_context():
        group_id = create_group(house.owner.actor, GroupWrite(group_name=long)).id
    asked = {"criteria_operator": "contains", "criteria_value": long * 2, "rule_group_id": group_id}
    rule_id = add_rule(door, house, long * 2, rule_description=long * 3, **asked)
    add_rule(door, house, long, criteria_field=f"custom_fields.{'w' * 64}", score_adjustment=100)
    lead_id = add_lead(door, house, couple_name_bride=long * 2, wedding_venue=long * 2)
    visit = visiting("phone", bypass_csp=True)
    page = opened(visit, house)
    for path in ("", "/versions", "/versions/2", f"/rules/{rule_id}/delete", f"/groups/{group_id}/delete"):
        page.goto(f"{visit.url}/scoring{path}")
        seen(page, f"scoring-long{path.replace('/', '-')[:9]}", "phone", "light")
    page.goto(f"{visit.url}/scoring/rules/{rule_id}")
    page.get_by_label("Test against one lead").fill(str(lead_id))
    expect(page.locator("#preview")).to_contain_text("The rule matches")
    seen(page, "scoring-long-rule", "phone", "light")
    page.goto(f"{visit.url}/leads/{lead_id}")
    seen(page, "scoring-long-lead", "phone", "light")
