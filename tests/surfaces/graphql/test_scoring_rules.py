"""`scoringRules`."""

from decimal import Decimal
from typing import Any

from app.models.choices import CriteriaOperator, CriteriaType
from app.models.scoring import ScoringRule
from tests.surfaces.graphql.conftest import Caller, Desk

RULES = """{ scoringRules { totalRules activeRules rules {
    ruleName ruleDescription criteriaType criteriaField criteriaOperator criteriaValue
    scoreAdjustment ruleWeight isActive ruleOrder } } }"""


def test_the_rules_come_in_display_order_with_their_numbers(desk: Desk, ask: Caller, statements: Any) -> None:
    rule = ScoringRule(
        rule_name="Barn",
        criteria_type=CriteriaType.DEMOGRAPHIC,
        criteria_field="tags",
        criteria_operator=CriteriaOperator.CONTAINS,
        criteria_value="barn",
        score_adjustment=-5,
        rule_weight=Decimal("0.5"),
        rule_order=-1,
        is_active=False,
    )
    desk.add(rule)
    with statements() as sent:
        found = ask(RULES)["scoringRules"]
    assert (found["totalRules"], found["activeRules"]) == (4, 3)
    assert [rule["ruleName"] for rule in found["rules"]] == [
        "Barn",
        "Budget over 2,500",
        "Wedding within 18 months",
        "Came by referral or word of mouth",
    ]
    assert found["rules"][0] == {
        "ruleName": "Barn",
        "ruleDescription": None,
        "criteriaType": "demographic",
        "criteriaField": "tags",
        "criteriaOperator": "contains",
        "criteriaValue": "barn",
        "scoreAdjustment": -5,
        "ruleWeight": "0.50",
        "isActive": False,
        "ruleOrder": -1,
    }
    assert len(sent) == 1


def test_active_rules_alone(ask: Caller) -> None:
    found = ask("{ scoringRules { rules(isActive: false) { id } all: rules(first: 2) { id } } }")[
        "scoringRules"
    ]
    assert found["rules"] == []
    assert len(found["all"]) == 2


def test_another_suppliers_rules_are_its_own(ask: Caller, stranger: Caller) -> None:
    ours, theirs = ask("{ scoringRules { rules { id } } }"), stranger("{ scoringRules { rules { id } } }")
    assert not {rule["id"] for rule in ours["scoringRules"]["rules"]} & {
        rule["id"] for rule in theirs["scoringRules"]["rules"]
    }
