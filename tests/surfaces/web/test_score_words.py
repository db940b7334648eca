"""Why a rule gave its points, as a sentence that a person would say."""

from collections.abc import Iterator
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, g
from uuid_utils.compat import uuid7

from app.kernel.actor import system
from app.models.choices import CriteriaOperator
from app.models.scoring import ScoringRule
from app.scoring.fields import FIELDS
from app.scoring.queries import Line
from app.web.rule_words import rule_sentence
from app.web.score_words import sentence
from app.web.viewer import Viewer

NAMES = {"google_ads": "Google Ads", "google ads": "Google Ads", "referral": "Referral"}


@pytest.fixture(autouse=True)
def viewer(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        g.viewer = Viewer(system(uuid7()), uuid7(), "Olive", "R", ZoneInfo("Europe/London"), "GBP", "en-GB")
        yield


@pytest.mark.parametrize(
    ("field", "operator", "expected", "seen", "matched", "said"),
    [
        ("estimated_budget", "greater_than", "2500", "4200.00", True, "Budget £4,200 is over £2,500"),
        ("estimated_budget", "greater_than", "2_500", "900.50", False, "Budget £900.50 is not over £2,500"),
        ("estimated_budget", "greater_than", "2500", None, False, "Budget is not given"),
        ("estimated_budget", "equals", "4200", "4200.00", True, "Budget is £4,200"),
        ("estimated_budget", "is_set", "", "4200.00", True, "Budget is given: £4,200"),
        ("estimated_budget", "is_set", "", None, False, "Budget is not given"),
        ("estimated_budget", "not_set", "", None, True, "Budget is not given"),
        ("estimated_budget", "not_set", "", "1.00", False, "Budget is given: £1"),
        ("estimated_guest_count", "less_than", "1000", "1200", False, "Guest count 1,200 is not under 1,000"),
        ("days_until_wedding", "between", "1,548", "202", True, "Wedding in 202 days, between 1 and 548"),
        (
            "days_until_wedding",
            "between",
            "1,548",
            "1500",
            False,
            "Wedding in 1,500 days, not between 1 and 548",
        ),
        ("days_until_wedding", "greater_than", "0", "-1", False, "Wedding 1 day ago, not over 0"),
        ("days_until_wedding", "less_than", "30", "0", True, "Wedding today, under 30"),
        ("days_until_wedding", "between", "1,548", None, False, "Wedding date is not given"),
        ("days_until_wedding", "is_set", "", "5", True, "Wedding in 5 days"),
        ("days_since_inquiry", "less_than", "7", "3", True, "Inquired 3 days ago, under 7"),
        ("days_since_last_contact", "greater_than", "7", None, False, "Last contact is not given"),
        (
            *("lead_source", "in_list", "referral,word_of_mouth", "google_ads", False),
            "Source Google Ads is not one of Referral, Word of mouth",
        ),
        ("lead_source", "not_equals", "referral", "Google Ads", True, "Source Google Ads is not Referral"),
        ("lead_source", "not_equals", "referral", "Referral", False, "Source is Referral"),
        ("lead_status", "equals", "proposal_sent", "new", False, "Status New is not Proposal sent"),
        (
            "wedding_date",
            "greater_than",
            "2027-06-01",
            "2027-06-14",
            True,
            "Wedding date 14 Jun 2027 is after 1 Jun 2027",
        ),
        ("wedding_venue", "contains", "barn", "Rose Barn", True, "Venue Rose Barn contains barn"),
        ("wedding_venue", "contains", "{x}", "{0}", False, "Venue {0} does not contain {x}"),
        ("consent_marketing", "equals", "yes", "false", False, "They did not agree to marketing"),
        ("budget_range", "equals", "2500_5000", "2500_5000", True, "Budget range is £2,500 to £5,000"),
        ("date_is_free", "equals", "true", "true", True, "The date is free"),
        ("date_is_free", "equals", "true", "false", False, "The date is taken"),
        ("date_is_free", "equals", "false", None, False, "Wedding date is not given"),
        ("rival_leads", "greater_than", "1", "3", True, "Other leads that day: 3, over 1"),
        ("replies_30d", "greater_than", "0", "0", False, "Replies in 30 days: 0, not over 0"),
        ("human_clicks_30d", "equals", "2", "2", True, "Clicks in 30 days: 2, 2"),
        ("primary_phone", "is_set", "", "+44", True, "Phone is given: +44"),
        ("tags", "contains", "vip", "vip, Local", True, "Tags vip, Local include vip"),
        ("tags", "contains", "vip", "", False, "Tags are not given"),
        ("custom_fields.guests.children", "greater_than", "3", "4", True, "Children 4 is over 3"),
        ("custom_fields.theme", "contains", "boho", "Boho, rustic", True, "Theme Boho, rustic contains boho"),
    ],
)
def test_a_line_is_a_sentence(
    field: str, operator: str, expected: str, seen: str | None, matched: bool, said: str
) -> None:
    line = Line(uuid7(), "R", field, operator, expected, seen, matched, Decimal(0), Decimal(1), Decimal(1))
    assert sentence(line, NAMES) == said


def test_a_line_that_cannot_be_read_says_why() -> None:
    told = ("gone", "is_set", "", None, False, Decimal(0), Decimal(1), Decimal(1))
    line = Line(uuid7(), "R", *told, problem="'gone' is not a field that can be scored.")
    assert sentence(line, NAMES) == "'gone' is not a field that can be scored."


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("estimated_budget", "greater_than", "5000"), "If budget is over £5,000 add 15"),
        (("estimated_budget", "between", "1000,2500.50"), "If budget is between £1,000 and £2,500.50 add 15"),
        (("estimated_guest_count", "less_than", "30"), "If the guest count is under 30 add 15"),
        (
            ("days_until_wedding", "between", "60,548"),
            "If the wedding is between 60 and 548 days away add 15",
        ),
        (("days_until_wedding", "less_than", "0"), "If the wedding is over add 15"),
        (("days_since_inquiry", "greater_than", "14"), "If the inquiry is over 14 days ago add 15"),
        (("wedding_date", "less_than", "2027-06-01"), "If the wedding date is before 1 Jun 2027 add 15"),
        (("wedding_venue", "is_set", ""), "If the venue is given add 15"),
        (("tags", "not_set", ""), "If the tags are not given add 15"),
        (("date_is_free", "equals", "true"), "If the date is free add 15"),
        (("date_is_free", "not_equals", "yes"), "If the date is taken add 15"),
        (("rival_leads", "greater_than", "1"), "If there are over 1 other leads that day add 15"),
        (("replies_30d", "greater_than", "0"), "If there are any replies in 30 days add 15"),
        (("human_clicks_30d", "between", "2,5"), "If there are between 2 and 5 clicks in 30 days add 15"),
        (("lead_source", "in_list", "google_ads,referral"), "If the source is Google Ads or Referral add 15"),
        (("lead_status", "not_equals", "proposal_sent"), "If the status is not Proposal sent add 15"),
        (("budget_range", "in_list", "2500_5000"), "If the budget range is £2,500 to £5,000 add 15"),
        (("services_needed", "contains", "Album"), "If the services include Album add 15"),
        (("wedding_venue", "contains", "{barn}"), "If the venue contains {barn} add 15"),
        (("custom_fields.guests.children", "greater_than", "3"), "If “Children” is over 3 add 15"),
        (("gone", "equals", "x"), "If the gone is x add 15"),
    ],
)
def test_a_rule_is_a_sentence(asked: tuple[str, str, str], said: str) -> None:
    assert rule_sentence(rule(*asked), NAMES) == said


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"score_adjustment": -20}, "take 20 away"),
        ({"score_adjustment": 0}, "add nothing"),
        ({"rule_weight": Decimal("1.50")}, "add 15 × 1.5"),
        ({"half_life_weeks": 4}, "add 15, halving every 4 weeks of silence"),
        (
            {"score_adjustment": -5, "rule_weight": Decimal("0.25"), "half_life_weeks": 1},
            "take 5 × 0.25 away, halving every week of silence",
        ),
    ],
)
def test_what_a_rule_does_is_said(columns: dict[str, object], said: str) -> None:
    one = rule("wedding_venue", "is_set", "", **columns)
    assert rule_sentence(one, NAMES) == f"If the venue is given {said}"


def test_every_field_and_operator_makes_a_sentence() -> None:
    for asked in FIELDS.values():
        for op in asked.operators:
            said = rule_sentence(rule(asked.name, op, "1,2" if op == "between" else "1"), NAMES)
            assert said.startswith("If "), said
            assert "_" not in said, said


def rule(name: str, op: str, value: str, **columns: object) -> ScoringRule:
    given = {"score_adjustment": 15, "rule_weight": Decimal(1), "half_life_weeks": None} | columns
    return ScoringRule(
        criteria_field=name, criteria_operator=CriteriaOperator(op), criteria_value=value, **given
    )
