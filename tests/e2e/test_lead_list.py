"""The list of leads in a browser: moving cards, changing cells, choosing several, and polls meanwhile."""

import gzip
from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, Response, expect

from app.kernel.uow import reading
from app.models.leads import Lead
from tests.cast import House
from tests.e2e.conftest import Visit, barriers
from tests.surfaces.web.conftest import Office
from tests.surfaces.widget.door import Door

pytestmark = pytest.mark.browser
Visiting = Callable[..., Visit]


@pytest.fixture
def office(app: Flask, house: House) -> Office:
    return Office(app, house)


def status_of(office: Office, lead_id: UUID) -> str:
    with office.app.app_context(), reading(office.house.supplier_id) as session:
        return str(session.get_one(Lead, (office.house.supplier_id, lead_id)).lead_status)


def open_at(visit: Visit, house: House, path: str) -> Page:
    page = visit.sign_in(house.owner)
    page.goto(f"{visit.url}{path}")
    return page


def tile(page: Page, couple: str) -> Locator:
    return page.locator(".tile").filter(has_text=couple)


def lane(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name)


def middle(place: Locator) -> tuple[float, float]:
    box = place.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + min(box["height"] / 2, 120)


def test_a_card_is_dragged_to_another_lane_and_the_move_undone(
    visiting: Visiting, office: Office, house: House
) -> None:
    lead_id = office.lead(couple_name_bride="Emma")
    visit = visiting()
    page = open_at(visit, house, "/leads?view=pipeline")
    page.mouse.move(*middle(tile(page, "Emma").locator(".tile-end")))
    page.mouse.down()
    page.mouse.move(*middle(lane(page, "Qualified")), steps=8)
    page.mouse.up()
    expect(page.get_by_text("Emma moved to qualified.")).to_be_visible()
    expect(lane(page, "Qualified").locator(".tile")).to_have_count(1)
    expect(lane(page, "New").get_by_text("Nobody here")).to_be_visible()
    assert status_of(office, lead_id) == "qualified"
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Emma moved to new.")).to_be_visible()
    expect(lane(page, "New").locator(".tile")).to_have_count(1)
    assert status_of(office, lead_id) == "new"
    assert visit.trouble == []


def test_a_card_is_dragged_by_its_handle_with_a_finger(
    visiting: Visiting, office: Office, house: House
) -> None:
    lead_id = office.lead(couple_name_bride="Emma")
    visit = visiting(has_touch=True)
    page = open_at(visit, house, "/leads?view=pipeline")
    touch = page.context.new_cdp_session(page)

    def send(kind: str, *points: tuple[float, float]) -> None:
        places = [{"x": x, "y": y} for x, y in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    (x, y), (to_x, to_y) = middle(tile(page, "Emma").locator("[data-move]")), middle(lane(page, "Contacted"))
    send("touchStart", (x, y))
    for part in range(1, 9):
        send("touchMove", (x + (to_x - x) * part / 8, y + (to_y - y) * part / 8))
    send("touchEnd")
    expect(page.get_by_text("Emma moved to contacted.")).to_be_visible()
    assert status_of(office, lead_id) == "contacted"
    assert visit.trouble == []


def test_the_arrow_keys_move_a_card_and_keep_the_focus(
    visiting: Visiting, office: Office, house: House
) -> None:
    lead_id = office.lead(couple_name_bride="Emma")
    visit = visiting()
    page = open_at(visit, house, "/leads?view=pipeline")
    handle = page.get_by_role("button", name="Move Emma")
    handle.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("Emma moved to contacted.")).to_be_visible()
    expect(lane(page, "Contacted").get_by_role("button", name="Move Emma")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("Emma moved to qualified.")).to_be_visible()
    expect(lane(page, "Qualified").get_by_role("button", name="Move Emma")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(lane(page, "Contacted").get_by_role("button", name="Move Emma")).to_be_focused()
    assert status_of(office, lead_id) == "contacted"
    assert visit.trouble == []


def test_a_card_dropped_on_lost_asks_for_the_reason(visiting: Visiting, office: Office, house: House) -> None:
    lead_id = office.lead(couple_name_bride="Emma")
    office.change(lead_id, lead_status="negotiation")
    visit = visiting(bypass_csp=True)
    page = open_at(visit, house, "/leads?view=pipeline&status=negotiation&status=won&status=lost")
    page.mouse.move(*middle(tile(page, "Emma").locator(".tile-end")))
    page.mouse.down()
    page.mouse.move(*middle(lane(page, "Lost")), steps=8)
    page.mouse.up()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Status")).to_have_value("lost")
    assert barriers(page) == []
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("Choose why the lead was lost.")).to_be_visible()
    assert status_of(office, lead_id) == "negotiation"
    dialog.get_by_label("Why was it lost?").select_option("price")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    expect(lane(page, "Lost").locator(".tile")).to_have_count(1)
    assert status_of(office, lead_id) == "lost"


def test_a_card_that_somebody_else_moved_meanwhile_goes_back(
    visiting: Visiting, office: Office, house: House
) -> None:
    lead_id = office.lead(couple_name_bride="Emma")
    page = open_at(visiting(), house, "/leads?view=pipeline")
    page.route("**/leads?*seen=*", lambda route: route.abort())
    office.change(lead_id, lead_status="negotiation")
    page.get_by_role("button", name="Move Emma").press("ArrowRight")
    expect(page.get_by_role("dialog").get_by_text("Somebody changed this meanwhile")).to_be_visible()
    expect(lane(page, "New").locator(".tile")).to_have_count(1)
    assert status_of(office, lead_id) == "negotiation"


def test_a_cell_is_changed_with_the_keyboard(visiting: Visiting, office: Office, house: House) -> None:
    lead_id = office.lead(couple_name_bride="Emma")
    visit = visiting()
    page = open_at(visit, house, "/leads")
    link = page.get_by_role("link", name="New change the status")
    link.press("Enter")
    choice = page.get_by_role("group", name="Emma").get_by_label("Status")
    expect(choice).to_be_focused()
    page.keyboard.press("Escape")
    expect(choice).to_have_count(0)
    expect(link).to_be_focused()
    link.press("Enter")
    choice.select_option("contacted")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_role("link", name="Contacted change the status")).to_be_focused()
    assert status_of(office, lead_id) == "contacted"
    assert visit.trouble == []


def test_keys_walk_the_list_tick_and_edit(visiting: Visiting, office: Office, house: House) -> None:
    for name in ("Emma", "Sophie"):
        office.lead(couple_name_bride=name)
    visit = visiting()
    page = open_at(visit, house, "/leads")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Emma", exact=True)).to_be_focused()
    page.keyboard.press("x")
    expect(page.get_by_label("Choose Emma")).to_be_checked()
    expect(page.get_by_text("1 chosen")).to_be_visible()
    page.keyboard.press("e")
    expect(page.get_by_role("group", name="Emma").get_by_label("Status")).to_be_focused()
    assert visit.trouble == []


def test_a_new_inquiry_appears_and_disturbs_nothing(visiting: Visiting, door: Door, house: House) -> None:
    office = Office(door.app, house)
    for name in ("Emma", "Sophie"):
        office.lead(couple_name_bride=name)
    visit = visiting()
    page = open_at(visit, house, "/leads")
    page.get_by_label("Choose Emma").check()
    row = page.get_by_role("row").filter(has_text="Sophie")
    row.get_by_role("link", name="change the priority").click()
    choice = row.get_by_label("Priority")
    choice.select_option("urgent")
    page.locator("#display summary").click()
    door.post(door.inquiry(your_name="Hannah Live"))
    expect(page.get_by_role("link", name="Hannah Live")).to_be_visible(timeout=7000)
    expect(page.get_by_label("Choose Emma")).to_be_checked()
    expect(page.get_by_text("1 chosen")).to_be_visible()
    expect(choice).to_have_value("urgent")
    expect(page.locator("#display")).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    row.get_by_role("button", name="Save").click()
    expect(row.get_by_role("link", name="Urgent change the priority")).to_be_visible()
    assert visit.trouble == []


def test_several_are_chosen_and_tagged(visiting: Visiting, office: Office, house: House) -> None:
    for name in ("Emma", "Sophie", "Hannah"):
        office.lead(couple_name_bride=name)
    visit = visiting(bypass_csp=True)
    page = open_at(visit, house, "/leads")
    expect(page.locator("#bulk")).to_be_hidden()
    page.get_by_label("Choose all on this page").check()
    expect(page.get_by_text("3 chosen")).to_be_visible()
    page.get_by_label("Choose Sophie").uncheck()
    expect(page.get_by_text("2 chosen")).to_be_visible()
    assert barriers(page) == []
    page.locator("#bulk summary").filter(has_text="Tag").click()
    page.locator("#bulk").get_by_label("Tag", exact=True).fill("barn")
    page.get_by_role("button", name="Add tag").click()
    expect(page.get_by_role("heading", name="2 leads done")).to_be_visible()
    page.get_by_role("link", name="Back to the leads").click()
    page.goto(f"{visit.url}/leads?tags=barn")
    expect(page.locator(".couple")).to_have_text(["Hannah", "Emma"])


def test_filters_and_chips_change_the_list_and_the_address(
    visiting: Visiting, office: Office, house: House
) -> None:
    office.lead(couple_name_bride="Emma")
    office.change(office.lead(couple_name_bride="Sophie"), lead_status="contacted")
    visit = visiting()
    page = open_at(visit, house, "/leads")
    page.locator("#find summary").filter(has_text="Status").click()
    page.get_by_label("Contacted").check()
    expect(page.locator(".couple")).to_have_text(["Sophie"])
    assert page.url.endswith("/leads?status=contacted")
    page.get_by_role("link", name="Contacted take this filter away").click()
    expect(page.locator(".couple")).to_have_text(["Sophie", "Emma"])
    expect(page.locator("#find").get_by_label("Contacted")).not_to_be_checked()
    page.locator("#display summary").click()
    page.get_by_label("Source", exact=True).uncheck()
    expect(page.get_by_role("columnheader", name="Source")).to_have_count(0)
    expect(page.locator("#display")).to_have_attribute("open", "")
    page.reload()
    expect(page.get_by_role("columnheader", name="Source")).to_have_count(0)
    assert visit.trouble == []


def test_an_endless_list_goes_on_as_one_scrolls_and_stays_while_leads_arrive(
    visiting: Visiting, office: Office, house: House
) -> None:
    for number in range(30):
        office.lead(couple_name_bride=f"Couple {number}")
    visit = visiting()
    page = open_at(visit, house, "/leads?paging=endless")
    page.keyboard.press("End")
    expect(page.locator(".couple")).to_have_count(30)
    office.lead(couple_name_bride="Late")
    expect(page.get_by_role("link", name="Something changed")).to_be_visible(timeout=7000)
    expect(page.locator(".couple")).to_have_count(30)
    page.get_by_role("link", name="Something changed").click()
    expect(page.locator(".couple").first).to_have_text("Late")
    assert visit.trouble == []


def test_without_javascript_leads_are_found_changed_and_tagged(
    visiting: Visiting, office: Office, house: House
) -> None:
    lead_id = office.lead(couple_name_bride="Emma")
    office.change(office.lead(couple_name_bride="Sophie"), lead_status="contacted")
    page = open_at(visiting(java_script_enabled=False), house, "/leads")
    page.locator("#find summary").filter(has_text="Status").click()
    page.locator("#find").get_by_label("New", exact=True).check()
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".couple")).to_have_text(["Emma"])
    page.get_by_role("link", name="New change the status").click()
    page.get_by_label("Status").select_option("lost")
    page.get_by_label("Why was it lost?").select_option("price")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Emma moved to lost.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    assert status_of(office, lead_id) == "new"
    page.get_by_label("Choose Emma").check()
    page.locator("#bulk summary").filter(has_text="Tag").click()
    page.locator("#bulk").get_by_label("Tag", exact=True).fill("barn")
    page.get_by_role("button", name="Add tag").click()
    expect(page.get_by_role("heading", name="1 lead done")).to_be_visible()


def test_the_first_page_is_light_and_stands_still(visiting: Visiting, office: Office, house: House) -> None:
    for _ in range(25):
        office.lead(couple_name_bride="Emma", couple_name_groom="Tom", primary_phone="020 7946 0958")
    visit = visiting()
    page = visit.sign_in(house.owner)
    sent: dict[str, int] = {}

    def weigh(response: Response) -> None:
        sent[response.url] = len(gzip.compress(response.body()))

    page.on("response", weigh)
    page.add_init_script(
        "self.shifts = 0; new PerformanceObserver((list) => { for (const one of list.getEntries())"
        " self.shifts += one.value; }).observe({type: 'layout-shift', buffered: true});"
    )
    page.goto(f"{visit.url}/leads", wait_until="networkidle")
    assert sum(sent.values()) < 150_000, sent
    assert page.evaluate("self.shifts") < 0.01


def test_enter_in_the_tag_of_the_bar_tags_and_does_nothing_else(
    visiting: Visiting, house: House, office: Office
) -> None:
    lead_id = office.lead(couple_name_bride="Emma Clarke")
    page = open_at(visiting(), house, "/leads")
    page.locator("[data-pick-all]").check()
    page.locator("#bulk summary", has_text="Tag").click()
    page.locator("#bulk-tag").fill("summer")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/leads/bulk" in address or "done" in address)
    with office.app.app_context(), reading(office.house.supplier_id) as session:
        assert session.get_one(Lead, (office.house.supplier_id, lead_id)).tags == ["summer"]


def test_what_the_bar_opens_is_within_a_phones_screen(
    visiting: Visiting, house: House, office: Office
) -> None:
    office.lead(couple_name_bride="Emma Clarke")
    page = open_at(visiting("phone"), house, "/leads")
    page.locator(".pick").first.check()
    for menu in page.locator("#bulk summary").all():
        menu.click()
        expect(page.locator("#bulk details[open] .menu-panel")).to_be_in_viewport(ratio=1)
