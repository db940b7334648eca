"""What rules make of leads over GraphQL: the spread of scores, what a draft would do, why a lead scores."""

from typing import Any

import pytest
from uuid_utils.compat import uuid7

from app.kernel.actor import Permission
from tests.cast import House
from tests.features.scoring.past import decided
from tests.surfaces.graphql.conftest import Caller, Desk
from tests.surfaces.graphql.test_scoring_writes import BARN, UPDATE, create

SPREAD = "total average median ranges { low high count percentage }"
PREVIEW = f"""query ($rule: ScoringRuleInput!, $id: UUID) {{ scoringPreview(rule: $rule, ruleId: $id) {{
    total up down before {{ {SPREAD} }} after {{ {SPREAD} }} movers {{ leadId couple before after }} }} }}"""
DRAFT = """query ($rule: ScoringRuleInput!, $id: UUID, $lead: UUID!) {
    scoringDraft(rule: $rule, ruleId: $id, leadId: $lead) { score storedScore
        rules { ruleName matched points } } }"""
SHOW = """mutation ($shown: Boolean!) { setBookingChance(shown: $shown) {
    success message errors { code } supplier { showsBookingChance } } }"""

HISTORY = """query ($id: UUID!, $before: DateTime, $first: Int) { lead(id: $id) { scoreExplanation {
    history(before: $before, first: $first) {
        occurredAt oldScore newScore cause moved { name before after } } } } }"""
CHANCE = """query ($id: UUID!) { lead(id: $id) { scoreExplanation {
    bookingChance { probability low high decided won } } } }"""


def test_the_distribution_has_the_ranges_of_the_specification(desk: Desk, ask: Caller) -> None:
    for points in (5, 20, 90):
        desk.change(desk.lead(), lead_score=points)
    closed = desk.lead()
    desk.change(closed, lead_score=50, lead_status="lost")
    found = ask(
        f"{{ scoreDistribution {{ {SPREAD} }} open: scoreDistribution(openOnly: true) {{ {SPREAD} }} }}"
    )
    assert [(one["low"], one["high"], one["count"]) for one in found["scoreDistribution"]["ranges"]] == [
        (0, 20, 2), (21, 40, 0), (41, 60, 1), (61, 80, 0), (81, 100, 1)
    ]  # fmt: skip
    assert found["scoreDistribution"]["ranges"][0]["percentage"] == "50.0"
    assert (found["open"]["total"], found["open"]["average"], found["open"]["median"]) == (3, "38.3", "20.0")


def test_without_leads_there_is_no_average(ask: Caller) -> None:
    found = ask("{ scoreDistribution { total average median } }")["scoreDistribution"]
    assert found == {"total": 0, "average": None, "median": None}


def test_a_preview_tells_what_would_move_and_writes_nothing(desk: Desk, ask: Caller, unchanged: Any) -> None:
    fits = desk.lead(lead_source="fair", wedding_venue="Rose Barn", couple_name_bride="Maya")
    desk.lead(lead_source="fair", wedding_venue="Hall")
    with unchanged():
        found = ask(PREVIEW, rule=BARN)["scoringPreview"]
    assert (found["total"], found["up"], found["down"]) == (2, 1, 0)
    assert (found["before"]["average"], found["after"]["average"]) == ("0.0", "6.0")
    assert found["movers"] == [{"leadId": str(fits), "couple": "Maya", "before": 0, "after": 12}]


def test_a_draft_stands_in_the_place_of_its_rule(desk: Desk, ask: Caller) -> None:
    lead_id = str(desk.lead(lead_source="fair", wedding_venue="Rose Barn"))
    rule_id = create(ask)["rule"]["id"]
    changed = BARN | {"scoreAdjustment": 5}
    found = ask(PREVIEW, rule=changed, id=rule_id)["scoringPreview"]
    assert [(one["before"], one["after"]) for one in found["movers"]] == [(12, 5)]
    drafted = ask(DRAFT, rule=changed, id=rule_id, lead=lead_id)["scoringDraft"]
    assert (drafted["score"], drafted["storedScore"]) == (5, 12)
    beside = ask(DRAFT, rule=changed, lead=lead_id)["scoringDraft"]
    assert beside["score"] == 17
    off = ask(DRAFT, rule=BARN | {"isActive": False}, id=rule_id, lead=lead_id)["scoringDraft"]
    assert "A barn" not in {line["ruleName"] for line in off["rules"]}


@pytest.mark.parametrize("document", [PREVIEW, DRAFT])
def test_a_draft_that_cannot_be_is_told_why(desk: Desk, ask: Caller, document: str) -> None:
    given = {"lead": str(desk.lead())} if document == DRAFT else {}
    for wrong, field in (
        ({"criteriaField": "shoe_size"}, "criteriaField"),
        ({"criteriaValue": ""}, "criteriaValue"),
        ({"scoreAdjustment": 101}, "scoreAdjustment"),
        ({"ruleGroupId": str(uuid7())}, "ruleGroupId"),
    ):
        error = ask.refused(document, rule=BARN | wrong, **given)
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
        assert [one["field"] for one in error["extensions"]["fields"]] == [field]
    error = ask.refused(document, rule=BARN, id=str(uuid7()), **given)
    assert error["extensions"]["code"] == "NOT_FOUND"


def test_a_draft_on_anothers_lead_is_like_one_on_nobodys(desk: Desk, stranger: Caller) -> None:
    told = [
        stranger.refused(DRAFT, rule=BARN, lead=str(lead_id))["message"] for lead_id in (desk.lead(), uuid7())
    ]
    assert told[0] == told[1]


def test_what_would_raise_a_lead(desk: Desk, ask: Caller) -> None:
    lead_id = str(desk.lead(lead_source="fair"))
    create(ask)
    found = ask(
        """query ($id: UUID!) { lead(id: $id) { scoreExplanation {
            all: chances { rule { ruleName } score gain isLoss hint }
            first: chances(first: 1) { gain } } } }""",
        id=lead_id,
    )["lead"]["scoreExplanation"]
    assert found["all"][0] == {
        "rule": {"ruleName": "Budget over 2,500"},
        "score": 30,
        "gain": 30,
        "isLoss": False,
        "hint": "Ask what they plan to spend.",
    }
    assert [one["gain"] for one in found["all"]] == [30, 25, 20, 12]
    assert found["first"] == [{"gain": 30}]


def test_how_a_score_moved_and_by_what(desk: Desk, ask: Caller, stranger: Caller) -> None:
    lead_id = str(desk.lead(lead_source="fair", wedding_venue="Rose Barn"))
    rule_id = create(ask)["rule"]["id"]
    ask(UPDATE, id=rule_id, input={"scoreAdjustment": 20})
    found = ask(HISTORY, id=lead_id)["lead"]["scoreExplanation"]["history"]
    assert [(one["oldScore"], one["newScore"], one["cause"]) for one in found] == [
        (12, 20, "rules"),
        (0, 12, "rules"),
    ]
    assert found[0]["moved"] == [{"name": "A barn", "before": "12", "after": "20"}]
    [earlier] = ask(HISTORY, id=lead_id, before=found[0]["occurredAt"])["lead"]["scoreExplanation"]["history"]
    assert earlier == found[1]
    assert len(ask(HISTORY, id=lead_id, first=1)["lead"]["scoreExplanation"]["history"]) == 1
    assert stranger(HISTORY, id=lead_id)["lead"] is None


def test_too_few_decided_leads_tell_nothing(desk: Desk, ask: Caller) -> None:
    lead_id = str(desk.lead())
    ask(SHOW, shown=True)
    told = ask(
        """query ($id: UUID!) { scoreCalibration { decided won verdict bands { low high decided rate } }
            scoringSuggestions { won lost needed found { isCovered } }
            lead(id: $id) { scoreExplanation { bookingChance { decided } } } }""",
        id=lead_id,
    )
    assert (told["scoreCalibration"]["decided"], len(told["scoreCalibration"]["bands"])) == (0, 5)
    assert told["scoreCalibration"]["verdict"].startswith("Too few leads are decided to tell")
    assert told["scoreCalibration"]["bands"][0] == {"low": 0, "high": 20, "decided": 0, "rate": None}
    assert told["scoringSuggestions"] == {"won": 0, "lost": 0, "needed": 30, "found": []}
    assert told["lead"]["scoreExplanation"]["bookingChance"] is None


def test_a_history_of_bookings_speaks(desk: Desk, ask: Caller, house: House) -> None:
    """Of 40 couples with a venue 30 booked, of 40 others 5."""
    with desk.app.app_context():
        venue, other = {"wedding_venue": "Rose Barn", "scores": [(0, 90)]}, {"scores": [(0, 10)]}
        decided(house, [venue | {"won": place < 30} for place in range(40)])
        decided(house, [other | {"won": place < 5} for place in range(40)])
    told = ask("""{ scoreCalibration { decided won verdict bands { low decided won rate interval { low } } }
        scoringSuggestions { won lost found { rule { criteriaField criteriaOperator scoreAdjustment }
            withFact { decided won rate } without { won rate interval { high } } difference
            interval { low high } isCovered } } }""")
    assert told["scoreCalibration"]["bands"][4] == told["scoreCalibration"]["bands"][4] | {
        "low": 81, "decided": 40, "won": 30, "rate": 0.75
    }  # fmt: skip
    assert told["scoreCalibration"]["verdict"].startswith("Higher scores book more often")
    [found] = [
        one for one in told["scoringSuggestions"]["found"] if one["rule"]["criteriaField"] == "wedding_venue"
    ]
    assert found["rule"] == {
        "criteriaField": "wedding_venue", "criteriaOperator": "is_set", "scoreAdjustment": 30
    }  # fmt: skip
    assert (found["withFact"], found["difference"], found["isCovered"]) == (
        {"decided": 40, "won": 30, "rate": 0.75},
        0.625,
        False,
    )
    assert 0 < found["interval"]["low"] < found["interval"]["high"] <= 1
    lead_id = str(desk.lead(lead_source="fair"))
    assert ask(CHANCE, id=lead_id)["lead"]["scoreExplanation"]["bookingChance"] is None
    ask(SHOW, shown=True)
    chance = ask(CHANCE, id=lead_id)["lead"]["scoreExplanation"]["bookingChance"]
    assert (chance["decided"], chance["won"]) == (80, 35)
    assert 0 < chance["low"] < chance["probability"] < chance["high"] < 0.5


def test_the_chance_of_a_booking_is_shown_by_who_manages_the_supplier(
    desk: Desk, ask: Caller, unchanged: Any
) -> None:
    told = ask(SHOW, shown=True)["setBookingChance"]
    assert (told["success"], told["supplier"]) == (True, {"showsBookingChance": True})
    writer = desk.caller(scopes=[Permission.READ, Permission.WRITE_RULES])
    with unchanged():
        refused = writer(SHOW, shown=False)["setBookingChance"]
    assert refused["errors"] == [{"code": "NOT_PERMITTED"}]
