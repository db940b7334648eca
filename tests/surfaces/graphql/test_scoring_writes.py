"""Rules and groups over GraphQL: written, ordered, taken ready-made, put back; scores follow at once."""

from typing import Any

import pytest
from uuid_utils.compat import uuid7

from app.kernel.actor import Permission
from tests.surfaces.graphql.conftest import Caller, Desk

TOLD = "success message version errors { field code message } rescore { total done changed isDone }"
RULE = """rule { id ruleName ruleDescription criteriaType criteriaField criteriaValue scoreAdjustment
    ruleWeight isActive halfLifeWeeks ruleGroupId group { groupName } }"""
CREATE = f"mutation ($input: ScoringRuleInput!) {{ createScoringRule(input: $input) {{ {TOLD} {RULE} }} }}"
UPDATE = f"""mutation ($id: UUID!, $input: ScoringRuleUpdateInput!) {{
    updateScoringRule(id: $id, input: $input) {{ {TOLD} {RULE} }} }}"""
DELETE = f"mutation ($id: UUID!) {{ deleteScoringRule(id: $id) {{ {TOLD} ruleId }} }}"
ORDER = f"""mutation ($ids: [UUID!]!) {{ orderScoringRules(input: {{ruleIds: $ids}}) {{
    {TOLD} scoringRules {{ version rules {{ ruleName }} }} }} }}"""
GROUP = "group { id groupName leastPoints mostPoints }"
CREATE_GROUP = (
    f"mutation ($input: ScoringGroupInput!) {{ createScoringGroup(input: $input) {{ {TOLD} {GROUP} }} }}"
)
UPDATE_GROUP = f"""mutation ($id: UUID!, $input: ScoringGroupInput!) {{
    updateScoringGroup(id: $id, input: $input) {{ {TOLD} {GROUP} }} }}"""
DELETE_GROUP = f"mutation ($id: UUID!) {{ deleteScoringGroup(id: $id) {{ {TOLD} groupId }} }}"
TAKE = f"""mutation ($trade: Trade!, $instead: Boolean!) {{
    takeReadyMadeRules(trade: $trade, instead: $instead) {{ {TOLD} scoringRules {{ totalRules }} }} }}"""
RESTORE = f"""mutation ($version: Int!) {{ restoreScoringRules(version: $version) {{
    {TOLD} scoringRules {{ totalRules version }} }} }}"""
RESCORE = """mutation { rescoreLeads { success errors { code }
    rescore { id reason version total done changed isDone } } }"""
BARN = {
    "ruleName": "A barn",
    "criteriaField": "wedding_venue",
    "criteriaOperator": "contains",
    "criteriaValue": "barn",
    "scoreAdjustment": 12,
}


def do(ask: Caller, document: str, **variables: Any) -> dict[str, Any]:
    [payload] = ask(document, **variables).values()
    return dict(payload)


def create(ask: Caller, **changes: Any) -> dict[str, Any]:
    return do(ask, CREATE, input=BARN | changes)


def score(ask: Caller, lead_id: object) -> int:
    found = ask("query ($id: UUID!) { lead(id: $id) { leadScore } }", id=str(lead_id))
    return int(found["lead"]["leadScore"])


@pytest.fixture
def barn(desk: Desk) -> str:
    """A lead in a barn, of no points otherwise."""
    return str(desk.lead(lead_source="fair", wedding_venue="Rose Barn"))


def test_a_rule_scores_at_once(ask: Caller, barn: str) -> None:
    told = create(ask, halfLifeWeeks=4)
    assert (told["success"], told["message"], told["errors"]) == (True, "Rule added.", [])
    assert told["rescore"] == {"total": 1, "done": 1, "changed": 1, "isDone": True}
    assert told["version"] == 2
    assert told["rule"] == told["rule"] | {
        "ruleName": "A barn",
        "criteriaType": "wedding_details",
        "ruleWeight": "1.00",
        "isActive": True,
        "halfLifeWeeks": 4,
        "group": None,
    }
    assert score(ask, barn) == 12


def test_what_is_absent_stays_and_null_clears(ask: Caller, barn: str) -> None:
    made = create(ask, ruleDescription="Barns book.", halfLifeWeeks=4)["rule"]
    told = do(ask, UPDATE, id=made["id"], input={"scoreAdjustment": 20, "halfLifeWeeks": None})
    assert told["rule"] == made | {"scoreAdjustment": 20, "halfLifeWeeks": None}
    assert score(ask, barn) == 20
    same = do(ask, UPDATE, id=made["id"], input={"scoreAdjustment": 20})
    assert (same["success"], same["message"], same["version"]) == (True, "Nothing changed.", None)
    assert same["rule"]["scoreAdjustment"] == 20
    gone = do(ask, DELETE, id=made["id"])
    assert (gone["success"], gone["ruleId"], gone["version"]) == (True, made["id"], 4)
    assert score(ask, barn) == 0


def test_the_order_is_one_of_display(ask: Caller, barn: str) -> None:
    made = create(ask)["rule"]["id"]
    told = do(ask, ORDER, ids=[made])
    assert (told["version"], told["rescore"]) == (3, None)
    assert told["scoringRules"]["rules"][0] == {"ruleName": "A barn"}
    assert told["scoringRules"]["version"] == 3


def test_a_group_bounds_its_rules(ask: Caller, barn: str) -> None:
    made = do(ask, CREATE_GROUP, input={"groupName": "Venue", "mostPoints": 8})
    assert made["group"] == made["group"] | {"groupName": "Venue", "leastPoints": None, "mostPoints": 8}
    group_id = made["group"]["id"]
    assert create(ask, ruleGroupId=group_id)["rule"]["group"] == {"groupName": "Venue"}
    assert score(ask, barn) == 8
    wider = do(ask, UPDATE_GROUP, id=group_id, input={"groupName": "Venue"})
    assert (wider["group"]["mostPoints"], score(ask, barn)) == (None, 12)
    gone = do(ask, DELETE_GROUP, id=group_id)
    assert (gone["groupId"], score(ask, barn)) == (group_id, 12)
    assert ask("{ scoringRules { groups { id } } }")["scoringRules"]["groups"] == []


def test_a_ready_made_set_is_taken_and_put_back(ask: Caller) -> None:
    added = do(ask, TAKE, trade="florist", instead=False)["scoringRules"]["totalRules"]
    replaced = do(ask, TAKE, trade="venue", instead=True)
    assert replaced["scoringRules"]["totalRules"] < added
    back = do(ask, RESTORE, version=1)
    assert (back["success"], back["version"]) == (True, 4)
    assert back["scoringRules"] == {"totalRules": 3, "version": 4}
    assert do(ask, TAKE, trade="other", instead=False)["errors"][0]["code"] == "NOT_FOUND"
    assert do(ask, RESTORE, version=99)["errors"][0]["code"] == "NOT_FOUND"


def test_the_versions_tell_what_became_of_each_rule(desk: Desk, ask: Caller) -> None:
    made = create(ask)["rule"]["id"]
    do(ask, UPDATE, id=made, input={"scoreAdjustment": 40, "isActive": False})
    listed = ask("""{ scoringVersions(first: 2) { totalCount pageInfo { hasNextPage endCursor }
                      nodes { number summary ruleCount by { fullName } } } }""")["scoringVersions"]
    assert (listed["totalCount"], [one["number"] for one in listed["nodes"]]) == (3, [3, 2])
    assert listed["nodes"][1] == {"number": 2, "summary": "Added “A barn”", "ruleCount": 4, "by": None}
    rest = ask(
        "query ($after: String) { scoringVersions(after: $after) { nodes { number } } }",
        after=listed["pageInfo"]["endCursor"],
    )
    assert rest["scoringVersions"]["nodes"] == [{"number": 1}]
    difference = "{ kind ruleName changed }"
    found = ask(f"""{{
        first: scoringVersion(number: 1) {{ changes {difference} changesSince {difference} }}
        last: scoringVersion(number: 3) {{ changes {difference} changesSince {difference} }}
        none: scoringVersion(number: 4) {{ number }} }}""")
    added = {"kind": "added", "ruleName": "A barn", "changed": []}
    changed = {"kind": "changed", "ruleName": "A barn", "changed": ["scoreAdjustment", "isActive"]}
    assert found == {
        "first": {"changes": [], "changesSince": [added]},
        "last": {"changes": [changed], "changesSince": []},
        "none": None,
    }


def test_all_leads_are_scored_again_and_the_progress_is_told(
    ask: Caller, barn: str, stranger: Caller
) -> None:
    told = do(ask, RESCORE)
    rescore = told["rescore"]
    assert rescore == rescore | {"reason": "asked", "version": None, "total": 1, "changed": 0, "isDone": True}
    progress = "query ($id: UUID!) { rescore(id: $id) { id done } }"
    assert ask(progress, id=rescore["id"])["rescore"] == {"id": rescore["id"], "done": 1}
    assert ask("{ scoringRules { latestRescore { id } } }")["scoringRules"]["latestRescore"] == {
        "id": rescore["id"]
    }
    assert stranger(progress, id=rescore["id"])["rescore"] is None
    assert stranger("{ scoringRules { latestRescore { id } } }")["scoringRules"]["latestRescore"] is None


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"criteriaField": "shoe_size"}, "criteriaField", "'shoe_size' is not a field"),
        ({"criteriaField": "custom_fields."}, "criteriaField", "not a field"),
        ({"criteriaOperator": "between", "criteriaValue": "1,2"}, "criteriaOperator",
         "a comparison does not fit"),
        ({"criteriaField": "estimated_budget", "criteriaOperator": "less_than", "criteriaValue": "0"},
         "criteriaValue", "no lead could ever match"),
        ({"criteriaField": "estimated_budget", "criteriaOperator": "equals", "criteriaValue": "lots"},
         "criteriaValue", "'lots' is not a number"),
        ({"criteriaValue": "x" * 1001}, "criteriaValue", "at most 1000"),
        ({"scoreAdjustment": 101}, "scoreAdjustment", "less than or equal to 100"),
        ({"ruleWeight": "10"}, "ruleWeight", "no more than 1 digit"),
        ({"halfLifeWeeks": 0}, "halfLifeWeeks", "greater than or equal to 1"),
        ({"ruleName": " "}, "ruleName", "required"),
        ({"ruleGroupId": "019a0c4e-7d1b-7c3a-9f52-3b8e6a1d2c40"}, "ruleGroupId", "no such group"),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_is_told_why(
    ask: Caller, unchanged: Any, wrong: dict[str, Any], field: str, said: str
) -> None:
    with unchanged():
        told = create(ask, **wrong)
    assert (told["success"], told["rule"], told["version"]) == (False, None, None)
    [error] = told["errors"]
    assert error["field"] == field
    assert said in error["message"]


def test_an_update_of_nothing_or_to_nothing_is_refused(ask: Caller, unchanged: Any) -> None:
    made = create(ask)["rule"]["id"]
    with unchanged():
        nothing = do(ask, UPDATE, id=made, input={})
        cleared = do(ask, UPDATE, id=made, input={"scoreAdjustment": None})
    assert [(told["errors"][0]["field"], told["errors"][0]["code"]) for told in (nothing, cleared)] == [
        (None, "nothing_given"),
        ("scoreAdjustment", "not_null"),
    ]


def test_who_may_not_write_rules_reads_them(desk: Desk, unchanged: Any) -> None:
    reader = desk.caller(scopes=[Permission.READ, Permission.WRITE_LEADS])
    with unchanged():
        told = [create(reader), do(reader, CREATE_GROUP, input={"groupName": "Venue"}), do(reader, RESCORE)]
    assert [one["errors"][0]["code"] for one in told] == ["NOT_PERMITTED"] * 3
    assert reader("{ scoringRules { totalRules } }")["scoringRules"]["totalRules"] == 3


def test_anothers_rule_and_group_are_like_unknown_ones(ask: Caller, stranger: Caller, unchanged: Any) -> None:
    rule_id = create(ask)["rule"]["id"]
    group_id = do(ask, CREATE_GROUP, input={"groupName": "Venue"})["group"]["id"]
    with unchanged():
        for document, theirs, given in (
            (UPDATE, rule_id, {"input": {"scoreAdjustment": 1}}),
            (DELETE, rule_id, {}),
            (UPDATE_GROUP, group_id, {"input": {"groupName": "Mine"}}),
            (DELETE_GROUP, group_id, {}),
        ):
            told = [do(stranger, document, id=one, **given) for one in (theirs, str(uuid7()))]
            assert told[0] == told[1]
            assert told[0]["errors"][0]["code"] == "NOT_FOUND"
        unknown = do(stranger, ORDER, ids=[rule_id])["errors"][0]
        assert (unknown["field"], unknown["code"]) == ("ruleIds", "unknown")
