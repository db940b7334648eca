"""Why a rule gave its points, as a sentence that a person would say."""

from collections.abc import Iterator
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, g
from uuid_utils.compat import uuid7

from app.kernel.actor import system
from app.scoring.queries import Line
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
        ("wedding_venue", "contains", "barn", "Rose Barn", True, "Wedding venue Rose Barn contains barn"),
        ("wedding_venue", "contains", "{x}", "{0}", False, "Wedding venue {0} does not contain {x}"),
        ("consent_marketing", "equals", "yes", "false", False, "Agreed to marketing No is not Yes"),
        ("budget_range", "equals", "2500_5000", "2500_5000", True, "Budget range is £2,500 to £5,000"),
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
