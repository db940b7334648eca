"""Sequences in a browser: the builder by keyboard, by drag and without script; and how its pages look."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from app.kernel import clock
from app.models.choices import EnrollmentStatus
from app.models.nurture import EmailTemplate
from app.nurture.authoring import drafts
from app.nurture.ready_made.taking import take_ready_made
from app.workflows.publish_sequence import publish_sequence
from tests.cast import House
from tests.e2e.conftest import Visit
from tests.e2e.test_pictures import seen
from tests.factories.nurture import change, make_lead
from tests.features.nurture.test_statistics import decided, enrolled, sent
from tests.features.nurture.writing import call, email, keys, make, names, patch, steps, tag, template
from tests.surfaces.widget.door import Door

pytestmark = pytest.mark.browser
Visiting = Callable[..., Visit]
PHONE = {"width": 360, "height": 800}


def made(door: Door, house: House, *parts: dict[str, Any], **settings: Any) -> UUID:
    with door.app.app_context():
        return make(house, *parts, **settings)


def draft(door: Door, house: House, one: UUID) -> list[str]:
    with door.app.app_context():
        return names(house, one)


def opened(visit: Visit, house: House, path: str = "/sequences") -> Page:
    page = visit.sign_in(house.owner)
    page.goto(f"{visit.url}{path}")
    return page


def shown(page: Page) -> list[str]:
    return page.locator("[data-rule]").evaluate_all("rows => rows.map((row) => row.dataset.rule)")


def test_arrow_keys_and_buttons_move_a_step(visiting: Visiting, door: Door, house: House) -> None:
    one = made(door, house, tag("a"), tag("b"), tag("c"))
    visit = visiting()
    page = opened(visit, house, f"/sequences/{one}/edit")
    page.get_by_role("button", name="Move Tag a").focus()
    with page.expect_response("**/steps/order"):
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
    expect(page.locator("[data-rule]").nth(2)).to_have_attribute("data-rule", "Tag a")
    expect(page.get_by_role("button", name="Move Tag a")).to_be_focused()
    expect(page.locator(".stop-number").nth(2)).to_have_text("3.")
    assert shown(page) == draft(door, house, one) == ["Tag b", "Tag c", "Tag a"]
    page.get_by_role("button", name="Up: Tag c").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-rule]").nth(0)).to_have_attribute("data-rule", "Tag c")
    expect(page.get_by_role("button", name="Up: Tag c")).to_be_focused()
    assert visit.trouble == []


def test_a_step_is_dragged(visiting: Visiting, door: Door, house: House) -> None:
    one = made(door, house, tag("a"), tag("b"), tag("c"))
    visit = visiting()
    page = opened(visit, house, f"/sequences/{one}/edit")
    last = page.locator("[data-rule]").last.bounding_box()
    handle = page.get_by_role("button", name="Move Tag a").bounding_box()
    assert last
    assert handle
    page.mouse.move(handle["x"] + 8, handle["y"] + 8)
    page.mouse.down()
    page.mouse.move(handle["x"] + 8, last["y"] + last["height"] - 4, steps=12)
    with page.expect_response("**/steps/order"):
        page.mouse.up()
    assert draft(door, house, one) == ["Tag b", "Tag c", "Tag a"]
    assert visit.trouble == []


def test_a_sequence_is_built_and_published_by_keyboard(visiting: Visiting, door: Door, house: House) -> None:
    visit = visiting()
    page = opened(visit, house)
    page.keyboard.press("n")
    page.wait_for_url("**/sequences/new")
    page.get_by_label("Name").fill("Winter fair")
    page.keyboard.press("Enter")
    page.wait_for_url("**/edit")
    for name, points in (("Warm", "5"), ("Warmer", "10")):
        page.keyboard.press("n")
        link = page.get_by_role("link", name="Score")
        link.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_label("Name")).to_be_focused()
        page.keyboard.type(name)
        page.get_by_label("Points").press_sequentially(points)
        expect(page.locator("#preview")).to_contain_text(f"Changes the score by +{points}: Sequence.")
        page.keyboard.press("Enter")
        page.wait_for_url("**/edit#step-*")
    assert shown(page) == ["Warm", "Warmer"]
    page.get_by_role("link", name="Publish").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("It is the first version, with 2 steps.")).to_be_visible()
    page.get_by_role("button", name="Publish version 1").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Version 1 is published.")).to_be_visible()
    assert visit.trouble == []


def test_rows_of_conditions_grow_and_say_what_they_take(visiting: Visiting, door: Door, house: House) -> None:
    one = made(door, house, tag("a"), tag("b"))
    visit = visiting()
    page = opened(visit, house, f"/sequences/{one}/edit")
    page.get_by_role("link", name="Edit: Tag a").click()
    condition, value = page.get_by_label("Condition"), page.get_by_label("Value")
    condition.nth(0).select_option("min_score")
    expect(value.nth(0)).to_have_attribute("placeholder", "A whole number, such as 60")
    value.nth(0).fill("lots")
    expect(page.locator("#preview")).to_contain_text("“Score is at least” takes a whole number")
    value.nth(0).fill("60")
    expect(page.locator("#preview")).to_contain_text("Only if its score is 60 or more")
    condition.nth(1).select_option("has_phone")
    value.nth(1).fill("yes")
    branch = page.get_by_role("group", name="Branch 1")
    branch.get_by_label("Condition").first.select_option("required_status")
    branch.get_by_label("Value").first.fill("New, Contacted")
    branch.get_by_label("Go on with").select_option("2")
    expect(page.locator("#preview")).to_contain_text("If its status is New or Contacted, on to step 2")
    page.get_by_role("button", name="Save in the draft").click()
    expect(page.get_by_text("Only if its score is 60 or more and it has a phone number")).to_be_visible()
    expect(page.locator(".bough-start")).to_have_count(1)
    assert visit.trouble == []


def test_without_script_a_step_is_added_and_moved(visiting: Visiting, door: Door, house: House) -> None:
    one = made(door, house, tag("a"), tag("b"))
    page = opened(visiting(java_script_enabled=False), house, f"/sequences/{one}/edit")
    page.get_by_role("button", name="Down: Tag a").click()
    assert shown(page) == ["Tag b", "Tag a"]
    page.get_by_role("link", name="Add a step", exact=True).click()
    page.get_by_role("link", name="Tags").click()
    page.get_by_label("Name").fill("Warm")
    page.get_by_label("Add", exact=True).fill("warm, June")
    page.get_by_role("button", name="Another condition").click()
    expect(page.get_by_label("Condition")).to_have_count(2)
    for at, (key, value) in enumerate((("min_score", "40"), ("has_email", "yes"))):
        page.get_by_label("Condition").nth(at).select_option(key)
        page.get_by_label("Value").nth(at).fill(value)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("Adds the tags “warm” and “June”.")).to_be_visible()
    page.get_by_role("button", name="Save in the draft").click()
    assert shown(page) == ["Tag b", "Tag a", "Warm"]


def named(house: House, name: str) -> UUID:
    """A template of that name."""
    template_id = template(house, subject=name)
    change(house, EmailTemplate, template_id, name=name)
    return template_id


@pytest.mark.parametrize("script", [True, False])
def test_the_text_of_a_step_is_edited_beside_it(
    visiting: Visiting, door: Door, house: House, script: bool
) -> None:
    with door.app.app_context():
        first, second = (named(house, name) for name in ("Our work", "Our prices"))
        one = make(house, email(first))
    visit = visiting(java_script_enabled=script)
    page = opened(visit, house, f"/sequences/{one}/edit")
    page.get_by_role("link", name="Edit: Write").click()
    page.get_by_label("E-mail", exact=True).select_option(str(second))
    if not script:
        page.get_by_role("button", name="Preview").click()
    seen = page.frame_locator(f"iframe[src*='{second}']")
    expect(seen.get_by_role("heading", name="Our prices")).to_be_visible()
    page.get_by_role("button", name="Save, and edit it").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/templates/email/{second}?*")
    page.get_by_label("Subject").fill("What it costs")
    page.get_by_role("button", name="Save, and back to the step").click()
    expect(page.get_by_role("heading", name="Write", level=1)).to_be_visible()
    expect(seen.get_by_role("heading", name="What it costs")).to_be_visible()
    assert visit.trouble == []


@pytest.fixture
def rich(door: Door, house: House) -> UUID:
    """A sequence with branches and variants, in which leads have been, and a draft of it."""
    with door.app.app_context():
        text, other = (named(house, name) for name in ("A look at what we do", "One wedding, start to end"))
        branches = {
            "branches": [{"if": {"min_score": 60}, "then": 4}, {"if": {"required_tags": ["warm"]}, "then": 5}]
        }
        one = make(
            house,
            email(text, "Thank them", delay_amount=0, message_class="acknowledgement", send_days=[]),
            email(
                text, "A look at our work", delay_amount=2, send_days=[2, 3, 4], branch_conditions=branches,
                variants=[{"label": "B", "email_template_id": other}], needs_approval=True,
            ),
            tag("quiet", delay_amount=3, execution_conditions={"min_days_since_contact": 3}),
            call("Call them", execution_conditions={"has_phone": True}),
            tag("soon", anchor="wedding_date", delay_amount=-30, runs_when_past=True, max_lateness_hours=48),
            tag("off", is_active=False),
            sequence_name="From the autumn fair", publish=True, reentry_after_days=90,
            sequence_description="For couples we met at the fair.", target_lead_status=["new", "contacted"],
            target_lead_sources=["wedding_show"], target_score_range=[40, None],
        )  # fmt: skip
        thank, look, quiet, ring = steps(house, one, 1)[:4]
        for at in range(14):
            ended = {"status": EnrollmentStatus.CANCELLED, "end_reason": "replied", "ended_at": clock.now()}
            over = ended if at % 4 == 0 else {}
            mine = enrolled(house, one, ring if at % 2 else quiet, converted=at % 7 == 0, **over)
            for step in (thank, look):
                decided(house, mine, step, "done")
                acts = ("opened", "clicked", "replied")[: at % 4]
                sent(house, mine, step, *acts, variant="AB"[at % 2] if step is look else None)
            decided(
                house, mine, quiet, "skipped" if at % 3 else "done", "conditions_not_met" if at % 3 else None
            )
        owner = house.owner.actor
        drafts.change_step(owner, one, keys(house, one)[3], patch(delay_amount=2, step_name="Ring them"))
        drafts.remove_step(owner, one, keys(house, one)[5])
        drafts.change_step(owner, one, keys(house, one)[0], patch(delay_amount=1))
    return one


@pytest.mark.parametrize(("size", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_how_it_looks(
    visiting: Visiting, door: Door, house: House, rich: UUID, size: str, scheme: str
) -> None:
    with door.app.app_context():
        lead_id = make_lead(
            house, clock.now(), couple_name_bride="Emma Clarke", wedding_date=date(2027, 6, 12), lead_score=70
        )
        fresh = take_ready_made(house.owner.actor, "venue_nurture").sequence_id
    visit = visiting(size, color_scheme=scheme, bypass_csp=True)
    page = opened(visit, house)
    if size == "phone":
        page.set_viewport_size(PHONE)
    with door.app.app_context():
        look = keys(house, rich)[1]
    for name, path in {
        "list": "", "new": "/new", "ready-made": "/ready-made/venue_welcome", "show": f"/{rich}",
        "edit": f"/{rich}/edit", "types": f"/{rich}/steps/new", "step": f"/{rich}/steps/{look}",
        "task": f"/{rich}/steps/new?step_type=phone_call", "remove": f"/{rich}/steps/{look}/remove",
        "settings": f"/{rich}/settings", "publish": f"/{rich}/publish", "leads": f"/{rich}/leads",
        "versions": f"/{rich}/versions", "version": f"/{rich}/versions/1", "draft": f"/{fresh}",
        "compare": f"/{rich}/compare?first=1&second=0", "try": f"/{rich}/try?lead_id={lead_id}",
        "delete": f"/{rich}/delete", "draft-edit": f"/{fresh}/edit",
    }.items():  # fmt: skip
        page.goto(f"{visit.url}/sequences{path}")
        page.wait_for_load_state("networkidle")
        seen(page, f"sequences-{name}", size, scheme)
    page.goto(f"{visit.url}/sequences/{rich}/steps/new?step_type=sms")
    page.get_by_label("How long").fill("20000")
    page.get_by_role("button", name="Save in the draft").click()
    expect(page.get_by_text("Please check what is marked")).to_be_visible()
    seen(page, "sequences-errors", size, scheme)
    with door.app.app_context():
        drafts.change_step(house.owner.actor, rich, keys(house, rich)[0], patch(delay_amount=0))
        publish_sequence(house.owner.actor, rich)
    page.goto(f"{visit.url}/sequences/{rich}/moves?of=20")
    seen(page, "sequences-moves", size, scheme)


def test_long_words_widen_no_page(visiting: Visiting, door: Door, house: House) -> None:
    long = "W" * 200
    with door.app.app_context():
        text = named(house, long)
        branches = {"branches": [{"if": {"required_tags": [long[:100]]}, "then": 2}]}
        one = make(
            house,
            email(
                text, long, branch_conditions=branches,
                variants=[{"label": "B", "email_template_id": text}],
            ),
            tag(long[:90], execution_conditions={"required_sources": [long], "excluded_tags": [long[:100]]}),
            sequence_name=long, sequence_description=long * 5, target_lead_sources=[long[:100]], publish=True,
        )  # fmt: skip
        drafts.change_step(house.owner.actor, one, keys(house, one)[0], patch(step_name=f"{long}X"))
        lead_id = make_lead(house, clock.now(), couple_name_bride=long)
        look = keys(house, one)[0]
        enrolled(house, one, steps(house, one, 1)[0], next_execution_at=clock.now())
    visit = visiting("phone", bypass_csp=True)
    page = opened(visit, house)
    page.set_viewport_size(PHONE)
    for name, path in {
        "list": "", "show": f"/{one}", "edit": f"/{one}/edit", "step": f"/{one}/steps/{look}",
        "settings": f"/{one}/settings", "publish": f"/{one}/publish", "leads": f"/{one}/leads",
        "versions": f"/{one}/versions", "compare": f"/{one}/compare?first=1&second=0",
        "try": f"/{one}/try?lead_id={lead_id}", "delete": f"/{one}/delete",
    }.items():  # fmt: skip
        page.goto(f"{visit.url}/sequences{path}")
        page.wait_for_load_state("networkidle")
        seen(page, f"sequences-long-{name}", "phone", "light")
