"""What the scores are worth: their spread, whether they tell who books, and rules that history suggests."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any
from uuid import UUID

import pytest

from app.kernel import clock
from app.leads.schemas import StatusMove
from app.models.choices import LeadStatus
from app.workflows.change_status import change_status
from tests.surfaces.accounts.browser import Browser
from tests.surfaces.web.conftest import Office
from tests.surfaces.web.test_scoring_rules import add_group, add_rule, rules, words


def decide(office: Office, lead_id: UUID, status: LeadStatus) -> None:
    move = {"lost_reason": "price"} if status is LeadStatus.LOST else {"value_unknown": True}
    with office.app.app_context():
        change_status(office.house.owner.actor, lead_id, StatusMove(lead_status=status, **move))


@pytest.fixture
def decided(office: Office) -> Office:
    """Couples with a big budget who mostly booked, and others who mostly did not."""
    for place in range(35):
        is_usual = place < 30
        rich, poor = office.lead(estimated_budget=Decimal(9000)), office.lead(estimated_budget=Decimal(500))
        decide(office, rich, LeadStatus.WON if is_usual else LeadStatus.LOST)
        decide(office, poor, LeadStatus.LOST if is_usual else LeadStatus.WON)
    return office


def test_without_leads_nothing_is_claimed(browser: Browser) -> None:
    shown = words(browser, "/scoring/insight")
    assert "No open lead yet" in shown
    assert "Too few leads are decided to tell" in shown
    assert "there are 0 won and 0 lost" in shown
    assert "It takes 30 won and 30 lost leads to learn it." in shown


def test_the_spread_is_that_of_open_leads_or_of_all(office: Office, browser: Browser) -> None:
    office.lead(estimated_budget=Decimal(9000))
    decide(office, office.lead(), LeadStatus.LOST)
    assert "1 open lead, on average 30.0, median 30.0" in words(browser, "/scoring/insight")
    everybody = words(browser, "/scoring/insight?leads=all")
    assert "2 leads, on average 15.0, median 15.0" in everybody
    assert "0 to 20 1 50.0%" in everybody
    assert browser.get("/scoring/insight?leads=some").status_code == 422


def test_history_tells_and_suggests(decided: Office, browser: Browser) -> None:
    shown = words(browser, "/scoring/insight")
    assert "Higher scores book more often" in shown
    assert "35 of 70 decided leads booked" in shown
    assert "30 of 35 85.7% 7" in shown
    assert "Learnt from 70 decided leads, of which 35 booked" in shown
    assert "Of such leads 85.7% booked (30 of 35), of the others 14.3% (5 of 35)" in shown
    assert "A rule of yours says so" in shown, "the starting rules ask about the budget"


def test_insight_costs_the_same_statements_however_much_was_decided(
    decided: Office, browser: Browser, statements: Callable[[], Any]
) -> None:
    with statements() as some:
        browser.get("/scoring/insight")
    decide(decided, decided.lead(estimated_budget=Decimal(9000)), LeadStatus.WON)
    with statements() as more:
        browser.get("/scoring/insight")
    assert len(more) == len(some) <= 18, more


def test_a_suggestion_opens_the_editor(decided: Office, browser: Browser) -> None:
    for rule in rules(decided):
        assert browser.post(f"/scoring/rules/{rule.id}/delete").status_code == 303
    page = unescape(browser.get("/scoring/insight").text)
    links = re.findall(r'href="(/scoring/rules/new\?[^"]+)"', page)
    assert links
    editor = browser.get(links[0])
    assert editor.status_code == 200
    assert '<option selected value="estimated_budget">' in editor.text
    assert 'name="score_adjustment" required type="number" value="30"' in editor.text


def test_the_booking_probability_stands_beside_the_score_where_it_is_wanted(
    decided: Office, browser: Browser
) -> None:
    lead = f"/leads/{decided.lead(estimated_budget=Decimal(9000))}"
    assert "Books with" not in words(browser, lead)
    answer = browser.post("/scoring/booking-chance", page="/scoring/insight", shown="yes")
    assert answer.status_code == 303
    shown = words(browser, lead)
    assert re.search(r"Books with [5-9]\d\.\d%, likely", shown), shown[:1500]
    assert "Leads of such a score booked with a probability of" in shown
    browser.post("/scoring/booking-chance", page="/scoring/insight", shown="no")
    assert "Books with" not in words(browser, lead)


def test_the_switch_is_for_those_who_manage(office: Office, browser: Browser) -> None:
    assert browser.post("/scoring/booking-chance", page="/scoring/insight", shown="x").status_code == 422
    viewer = office.browser(office.house.viewer)
    assert viewer.post("/scoring/booking-chance", page="/account", shown="yes").status_code == 403
    assert "Show it beside the scores" not in words(viewer, "/scoring/insight")


def test_the_lead_explains_groups_fading_and_what_would_raise_it(office: Office, browser: Browser) -> None:
    group_id = add_group(office, "Interest", most_points=20)
    asked = {"criteria_field": "wedding_venue", "criteria_operator": "is_set", "criteria_value": ""}
    add_rule(office, "Venue", rule_group_id=group_id, score_adjustment=24, half_life_weeks=1, **asked)
    add_rule(office, "Guests", criteria_field="estimated_guest_count", criteria_value="50")
    lead_id = office.lead(at=clock.now() - timedelta(days=8), wedding_venue="Barn")
    shown = words(browser, f"/leads/{lead_id}")
    assert "Interest together at most 20" in shown
    assert "Venue Venue is given: Barn +12 of +24, fades" in shown
    assert "Not matched: Guest count is not given 0 of +15" in shown
    raise_it = shown[shown.index("What would raise this lead") :]
    assert "Guests Guest count is not given. Ask how many guests they expect. +15 to 27" in raise_it
    assert "How the score moved From 0 → 20 the lead changed" in shown
    add_rule(office, "Also", rule_group_id=group_id, score_adjustment=5, **asked)
    shown = words(browser, f"/leads/{lead_id}")
    assert "From 20 → 17 the rules changed" in shown
    assert "Venue +24 → +12" in shown
    assert "Also 0 → +5" in shown
    add_rule(office, "More", rule_group_id=group_id, score_adjustment=5, **asked)
    assert "Stops at its most +22 together counts +20 -2" in words(browser, f"/leads/{lead_id}")


def test_a_score_leads_to_why(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    for path in ("/", "/leads", "/leads?view=cards", "/leads?view=pipeline"):
        assert f"/leads/{lead_id}#score" in browser.get(path).text, path
