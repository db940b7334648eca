"""The editor of a rule: what it refuses and where, what it suggests, and what its preview tells."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from app.kernel import clock
from app.scoring.fields import FIELDS
from app.web.scoring.rule_form import OTHER
from tests.surfaces.accounts.browser import Browser
from tests.surfaces.web.conftest import Office
from tests.surfaces.web.test_scoring_rules import add_group, add_rule, names, rules

NEW = "/scoring/rules/new"
GIVEN = {
    "criteria_field": "estimated_budget",
    "criteria_operator": "greater_than",
    "criteria_value": "5000",
    "score_adjustment": "15",
    "is_active": "y",
    "rule_weight": "1",
    "half_life_weeks": "",
    "rule_group_id": "",
    "rule_name": "",
    "rule_description": "",
}
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


def said(answer: TestResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def test_a_rule_is_added_and_called_after_what_it_asks(office: Office, browser: Browser) -> None:
    group_id = add_group(office)
    more = {"rule_weight": "1.5", "half_life_weeks": "4", "rule_group_id": str(group_id)}
    answer = browser.post(NEW, **GIVEN | more)
    assert answer.status_code == 303
    made = rules(office)[-1]
    assert made.rule_name == "Budget is over £5,000"
    assert (made.rule_weight, made.half_life_weeks, made.rule_group_id) == (Decimal("1.50"), 4, group_id)
    assert answer.location.endswith(f"/scoring#rule-{made.id}")


def test_a_rule_is_changed_and_cleared(office: Office, browser: Browser) -> None:
    rule_id = add_rule(office, rule_description="Because", half_life_weeks=4, rule_group_id=add_group(office))
    page = browser.get(f"/scoring/rules/{rule_id}").text
    assert 'value="Big budget"' in page
    assert re.search(r'<option selected value="estimated_budget">Budget</option>', page)
    changed = GIVEN | {"rule_name": "Bigger", "criteria_value": "8_000", "half_life_weeks": ""}
    del changed["is_active"]
    assert browser.post(f"/scoring/rules/{rule_id}", **changed).status_code == 303
    rule = next(one for one in rules(office) if one.id == rule_id)
    assert (rule.rule_name, rule.criteria_value, rule.is_active) == ("Bigger", "8_000", False)
    assert (rule.rule_description, rule.half_life_weeks, rule.rule_group_id) == (None, None, None)


def test_a_field_of_ones_own_is_asked_by_its_path(office: Office, browser: Browser) -> None:
    asked = {"criteria_field": "other", "field_path": "custom_fields.theme", "criteria_operator": "contains"}
    assert browser.post(NEW, **GIVEN | asked | {"criteria_value": "boho"}).status_code == 303
    made = rules(office)[-1]
    assert (made.criteria_field, made.rule_name) == ("custom_fields.theme", "“Theme” contains boho")
    assert 'value="custom_fields.theme"' in browser.get(f"/scoring/rules/{made.id}").text


@pytest.mark.parametrize(
    ("given", "field", "told"),
    [
        ({"criteria_field": "gone"}, "criteria_field", "Not a valid choice."),
        ({"criteria_field": "other", "field_path": "gone"}, "field_path", "'gone' is not a field"),
        ({"criteria_field": "other"}, "field_path", "Please fill this in."),
        ({"criteria_operator": "like"}, "criteria_operator", "Not a valid choice."),
        ({"criteria_operator": "contains"}, "criteria_operator", "contains does not fit it"),
        ({"criteria_value": "lots"}, "criteria_value", "'lots' is not a number."),
        ({"criteria_value": "x" * 1001}, "criteria_value", "1000"),
        ({"criteria_value": "a\x00b"}, "criteria_value", "NUL"),
        ({"criteria_operator": "between", "criteria_value": "9,1"}, "criteria_value", "bounds reversed"),
        ({"criteria_operator": "less_than", "criteria_value": "0"}, "criteria_value", "could ever match"),
        (
            {"criteria_field": "lead_source", "criteria_operator": "equals"},
            "criteria_value",
            "no source called",
        ),
        ({"score_adjustment": "101"}, "score_adjustment", "less than or equal to 100"),
        ({"score_adjustment": ""}, "score_adjustment", "Give a whole number"),
        ({"rule_weight": "10"}, "rule_weight", "9.99"),
        ({"rule_weight": "NaN"}, "rule_weight", "finite"),
        ({"half_life_weeks": "0"}, "half_life_weeks", "greater than or equal to 1"),
        ({"half_life_weeks": "soon"}, "half_life_weeks", "Give a whole number"),
        ({"rule_group_id": str(UUID(int=1))}, "rule_group_id", "Not a valid choice."),
        ({"rule_name": "x" * 256}, "rule_name", "255"),
    ],
)
@pytest.mark.parametrize("is_new", [True, False])
def test_what_cannot_be_is_refused_at_its_field(
    office: Office, browser: Browser, given: dict[str, str], field: str, told: str, is_new: bool
) -> None:
    path = NEW if is_new else f"/scoring/rules/{add_rule(office)}"
    before = [(rule.rule_name, rule.criteria_value) for rule in rules(office)]
    answer = browser.post(path, **GIVEN | given)
    assert answer.status_code == 422
    page = unescape(answer.text)
    assert f'href="#{field}"' in page
    assert told in page
    assert [(rule.rule_name, rule.criteria_value) for rule in rules(office)] == before


def test_a_link_may_suggest_a_rule(office: Office, browser: Browser) -> None:
    page = browser.get(
        f"{NEW}?criteria_field=custom_fields.theme&criteria_value=boho&score_adjustment=10"
    ).text
    assert 'value="custom_fields.theme"' in page
    assert 'value="boho"' in page
    assert browser.get(f"{NEW}?score_adjustment=1000").status_code == 422
    assert browser.get(f"{NEW}?nonsense=1").status_code == 422


def test_the_preview_tells_what_would_move_and_writes_nothing(office: Office, browser: Browser) -> None:
    rich = office.lead(couple_name_bride="Rich", estimated_budget=Decimal(9000))
    office.lead(couple_name_bride="Thrifty", estimated_budget=Decimal(100))
    before = names(office)
    answer = browser.post(NEW, **GIVEN, preview="yes")
    assert answer.status_code == 200
    shown = said(answer)
    assert "If budget is over £5,000 add 15. Called “Budget is over £5,000”." in shown
    assert "Of 2 open leads 1 would go up and 0 down" in shown
    assert f"/leads/{rich}#score" in answer.text
    assert "0 to 20 1 1" in shown
    assert names(office) == before


def test_the_preview_while_typing_is_a_fragment(office: Office, browser: Browser) -> None:
    data: dict[str, Any] = {"csrf_token": browser.token(NEW)} | GIVEN
    answer = browser.client.post(f"{NEW}?preview=yes", data=data, headers=FRAGMENT)
    assert answer.status_code == 200
    assert answer.text.strip().startswith('<div id="preview"')
    refused = browser.client.post(f"{NEW}?preview=yes", data=data | {"criteria_value": "x"}, headers=FRAGMENT)
    assert refused.status_code == 200
    assert "Not yet: Value: 'x' is not a number." in said(refused)


def test_a_preview_costs_the_same_statements_however_many_leads(
    office: Office, browser: Browser, statements: Callable[[], Any]
) -> None:
    data: dict[str, Any] = {"csrf_token": browser.token(NEW)} | GIVEN
    office.lead(estimated_budget=Decimal(9000))
    with statements() as few:
        browser.client.post(f"{NEW}?preview=yes", data=data, headers=FRAGMENT)
    for _ in range(4):
        office.lead(estimated_budget=Decimal(9000))
    with statements() as many:
        browser.client.post(f"{NEW}?preview=yes", data=data, headers=FRAGMENT)
    assert len(many) == len(few) <= 13, many


def test_a_rule_in_force_is_tried_in_its_own_place(office: Office, browser: Browser) -> None:
    rule_id = add_rule(office)
    office.lead(estimated_budget=Decimal(9000))
    shown = said(browser.post(f"/scoring/rules/{rule_id}", **GIVEN, preview="yes"))
    assert "0 would go up and 0 down" in shown


def test_one_lead_is_tested(office: Office, browser: Browser) -> None:
    asked = {"couple_name_bride": "Emma", "estimated_budget": Decimal(9000)}
    first = office.lead(**asked)
    second = office.lead(at=clock.now() + timedelta(minutes=1), **asked)
    shown = said(browser.post(NEW, **GIVEN, preview="yes", lead="emma"))
    assert "Or another one Emma Emma" in shown
    assert "The rule matches: Budget £9,000 is over £5,000." in shown
    page = browser.post(NEW, **GIVEN, preview="yes", lead="emma", lead_id=str(first)).text
    assert re.search(f'value="{first}" checked', page)
    assert not re.search(f'value="{second}" checked', page)
    assert "30 now, 45 by this." in said(browser.post(NEW, **GIVEN, preview="yes", lead=str(second)))


@pytest.mark.parametrize(
    ("words_", "told"), [("nobody", "No lead matches"), (str(UUID(int=1)), "There is no lead with this id.")]
)
def test_a_lead_that_is_not_there_is_said_at_its_field(browser: Browser, words_: str, told: str) -> None:
    answer = browser.post(NEW, **GIVEN, preview="yes", lead=words_)
    assert answer.status_code == 422
    assert 'href="#lead"' in answer.text
    assert told in answer.text


def test_the_operators_are_those_of_the_field(office: Office, browser: Browser) -> None:
    page = browser.get("/scoring/rules/criteria?criteria_field=wedding_date&criteria_operator=less_than").text
    assert '<option selected value="less_than">is before</option>' in page
    assert 'value="contains"' not in page
    choices = browser.get("/scoring/rules/criteria?criteria_field=lead_status").text
    assert '<option value="proposal_sent">Proposal sent</option>' in choices
    sources = browser.get("/scoring/rules/criteria?criteria_field=lead_source").text
    assert '<option value="referral">Referral</option>' in sources
    for nonsense in ("?criteria_field=gone", "?criteria_field=other&field_path=x", ""):
        assert browser.get(f"/scoring/rules/criteria{nonsense}").status_code == 200


def test_every_field_is_offered_once(office: Office, browser: Browser) -> None:
    page = browser.get(NEW).text
    offered = page[page.index('id="criteria_field"') : page.index('id="field_path"')]
    values = re.findall(r'<option [^>]*value="(\w+)"', offered)
    assert sorted(values) == sorted({*values})
    assert set(values) == set(FIELDS) | {OTHER}
    assert "<optgroup" in offered
