"""`scoringRules`, `scoringFields`, `readyMadeRules`."""

from decimal import Decimal
from typing import Any

from app.models.choices import CriteriaOperator, CriteriaType
from app.models.scoring import ScoringRule
from app.scoring.fields import FIELDS
from app.scoring.ready_made import READY_MADE
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


def test_all_two_hundred_come_at_once_and_no_more_can_be_asked_for(desk: Desk, ask: Caller) -> None:
    desk.add(*(_rule(f"Rule {place}") for place in range(197)))
    assert len(ask("{ scoringRules { rules { id } } }")["scoringRules"]["rules"]) == 200
    error = ask.refused("{ scoringRules { rules(first: 201) { id } } }")
    assert "between 1 and 200" in error["message"]


def test_a_rule_that_cannot_be_read_says_why(desk: Desk, ask: Caller) -> None:
    desk.add(_rule("Odd", criteria_field="shoe_size"))
    found = ask("{ scoringRules { rules { ruleName problem } } }")["scoringRules"]["rules"]
    told = {rule["ruleName"]: rule["problem"] for rule in found}
    assert told.pop("Odd") == "'shoe_size' is not a field that can be scored."
    assert set(told.values()) == {None}


def test_the_fields_that_can_be_scored(ask: Caller) -> None:
    found = ask("""{ scoringFields { name label kind operators choices low high criteriaType }
                     __type(name: "ScoringFieldName") { enumValues { name } } }""")
    fields = {field["name"]: field for field in found["scoringFields"]}
    assert list(fields) == list(FIELDS) == [value["name"] for value in found["__type"]["enumValues"]]
    assert fields["quality_rating"] == {
        "name": "quality_rating",
        "label": "Quality rating",
        "kind": "number",
        "operators": [
            "greater_than", "less_than", "between", "equals", "not_equals", "in_list", "is_set", "not_set"
        ],
        "choices": [],
        "low": "1",
        "high": "5",
        "criteriaType": "behavioral",
    }  # fmt: skip
    assert "whatsapp" in fields["preferred_contact_method"]["choices"]


def test_the_sets_to_begin_with(ask: Caller) -> None:
    found = ask("""{ readyMadeRules { trade about count
        rules { ruleName criteriaField } interest { halfLifeWeeks } } }""")["readyMadeRules"]
    assert {one["trade"] for one in found} == {str(trade) for trade in READY_MADE}
    assert all(len(one["rules"]) + len(one["interest"]) == one["count"] for one in found)


def _rule(name: str, **columns: Any) -> ScoringRule:
    values = {
        "rule_name": name,
        "criteria_type": CriteriaType.DEMOGRAPHIC,
        "criteria_field": "tags",
        "criteria_operator": CriteriaOperator.CONTAINS,
        "criteria_value": "barn",
        "score_adjustment": 1,
    }
    return ScoringRule(**values | columns)


def test_another_suppliers_rules_are_its_own(ask: Caller, stranger: Caller) -> None:
    ours, theirs = ask("{ scoringRules { rules { id } } }"), stranger("{ scoringRules { rules { id } } }")
    assert not {rule["id"] for rule in ours["scoringRules"]["rules"]} & {
        rule["id"] for rule in theirs["scoringRules"]["rules"]
    }
