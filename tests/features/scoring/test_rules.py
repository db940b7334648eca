"""Writing rules: what is refused, what is kept as a version, and what it does to scores."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.kernel import clock
from app.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted
from app.kernel.uow import reading, unit_of_work
from app.models.choices import CriteriaType, Trade
from app.models.leads import Lead
from app.models.scoring import ScoringRule
from app.scoring import groups, rescoring, rules, versions
from app.scoring.preview import preview, proposed, with_rule
from app.scoring.queries import explain
from app.scoring.ready_made import READY_MADE, take_ready_made
from app.scoring.schemas import LAST_PLACE, MOST_RULES, GroupWrite, RuleOrder, RulePatch, RuleWrite
from tests.cast import House


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def barn(**changes: Any) -> RuleWrite:
    values = {
        "rule_name": "A barn",
        "criteria_field": "wedding_venue",
        "criteria_operator": "contains",
        "criteria_value": "barn",
        "score_adjustment": 12,
    }
    return RuleWrite.model_validate(values | changes)


def lead(house: House, **columns: Any) -> UUID:
    with unit_of_work(house.supplier_id) as session:
        row = Lead(
            supplier_id=house.supplier_id, lead_source="fair", primary_phone="+441632960001", **columns
        )
        session.add(row)
        session.flush()
        return row.id


def score(house: House, lead_id: UUID) -> int:
    with reading(house.supplier_id) as session:
        return session.get_one(Lead, (house.supplier_id, lead_id)).lead_score


def names(house: House) -> list[str]:
    with reading(house.supplier_id) as session:
        return list(session.scalars(rules.in_order().with_only_columns(ScoringRule.rule_name)))


def test_a_new_rule_scores_at_once_and_is_about_what_its_field_is(house: House) -> None:
    lead_id = lead(house, wedding_venue="Rose Barn")
    made = rules.create_rule(house.owner.actor, barn())
    assert score(house, lead_id) == 12
    with reading(house.supplier_id) as session:
        rule = rules.find_rule(session, made.id or lead_id)
        assert (rule.criteria_type, rule.rule_order) == (CriteriaType.WEDDING_DETAILS, 3)


def test_a_changed_a_switched_and_a_deleted_rule_score_at_once(house: House) -> None:
    lead_id = lead(house, wedding_venue="Rose Barn")
    made = rules.create_rule(house.owner.actor, barn()).id
    assert made
    owner = house.owner.actor
    rules.update_rule(owner, made, RulePatch.model_validate({"rule_weight": "2"}))
    assert score(house, lead_id) == 24
    rules.update_rule(owner, made, RulePatch.model_validate({"is_active": False}))
    assert score(house, lead_id) == 0
    rules.update_rule(owner, made, RulePatch.model_validate({"is_active": True}))
    assert score(house, lead_id) == 24
    rules.delete_rule(owner, made)
    assert score(house, lead_id) == 0


def test_every_change_is_a_version_and_going_back_is_one_more(house: House) -> None:
    owner = house.owner.actor
    lead_id = lead(house, wedding_venue="Rose Barn")
    made = rules.create_rule(owner, barn()).id
    assert made
    rules.update_rule(owner, made, RulePatch.model_validate({"score_adjustment": 40}))
    assert rules.go_back(owner, 2).version == 4
    assert score(house, lead_id) == 12
    assert rules.go_back(owner, 2).version is None, "that is in force"
    assert rules.go_back(owner, 1).version == 5
    assert (score(house, lead_id), len(names(house))) == (0, 3)
    with reading(house.supplier_id) as session:
        told = [(one.number, one.summary, one.rule_count) for one in versions.listed(session)]
        assert told == [
            (5, "Went back to version 1", 3),
            (4, "Went back to version 2", 4),
            (3, "Changed “A barn”", 4),
            (2, "Added “A barn”", 4),
            (1, "The rules as they were", 3),
        ]
        [changed] = versions.differences(versions.find(session, 2), versions.find(session, 3))
        assert (changed.kind, changed.rule_name, changed.changed) == (
            "changed",
            "A barn",
            ["score_adjustment"],
        )
    with pytest.raises(NotFound):
        rules.go_back(owner, 99)


def test_what_a_rule_has_already_changes_nothing(house: House) -> None:
    made = rules.create_rule(house.owner.actor, barn()).id
    assert made
    same = rules.update_rule(house.owner.actor, made, RulePatch.model_validate({"criteria_value": "barn"}))
    assert same.version is None


def test_the_order_is_shown_and_moves_no_score(house: House) -> None:
    lead_id = lead(house, wedding_venue="Rose Barn")
    made = rules.create_rule(house.owner.actor, barn()).id
    assert made
    ordered = rules.order_rules(house.owner.actor, RuleOrder(rule_ids=[made]))
    assert names(house)[0] == "A barn"
    assert (ordered.rescore_id, score(house, lead_id)) == (None, 12)
    assert rules.order_rules(house.owner.actor, RuleOrder(rule_ids=[made])).version is None
    with pytest.raises(InvalidInput, match="There is no rule"):
        rules.order_rules(house.owner.actor, RuleOrder(rule_ids=[lead_id]))


def test_a_group_bounds_what_its_rules_count_together(house: House) -> None:
    owner = house.owner.actor
    group = groups.create_group(owner, GroupWrite(group_name="Venue", most_points=15)).id
    lead_id = lead(house, wedding_venue="Rose Barn")
    for name in ("One", "Two"):
        rules.create_rule(owner, barn(rule_name=name, rule_group_id=group))
    assert score(house, lead_id) == 15
    with reading(house.supplier_id) as session:
        why = explain(session, lead_id, clock.now())
        assert [(one.summed, one.cut) for one in why.groups] == [(Decimal(24), Decimal(-9))]
        assert why.total == 15
    assert group
    groups.update_group(owner, group, GroupWrite(group_name="Venue", most_points=20))
    assert score(house, lead_id) == 20
    groups.delete_group(owner, group)
    assert score(house, lead_id) == 24
    for once, again in (("Venue", "VENUE"), ("İlgi", "İlgi")):
        groups.create_group(owner, GroupWrite(group_name=once))
        with pytest.raises(InvalidInput, match=f"called '{again}' already"):
            groups.create_group(owner, GroupWrite(group_name=again))


def test_points_fade_by_half_after_each_half_life_of_silence(house: House) -> None:
    lead_id = lead(house, wedding_venue="Rose Barn")
    rules.create_rule(house.owner.actor, barn(score_adjustment=40, half_life_weeks=2))
    assert score(house, lead_id) == 40
    for days, points in ((6, "40.00"), (14, "20.00"), (28, "10.00"), (36_500, "0.00")):
        with reading(house.supplier_id) as session:
            later = clock.now() + timedelta(days=days)
            [line] = [one for one in explain(session, lead_id, later).lines if one.rule_name == "A barn"]
            assert (line.points, line.full) == (Decimal(points), Decimal(40))


def test_a_source_is_known_by_its_name_and_kept_by_its_slug(house: House) -> None:
    made = rules.create_rule(
        house.owner.actor,
        barn(
            criteria_field="lead_source", criteria_operator="in_list", criteria_value="Word of mouth, Website"
        ),
    ).id
    with reading(house.supplier_id) as session:
        assert made
        assert rules.find_rule(session, made).criteria_value == "word_of_mouth,website"


def test_part_of_a_sources_name_is_looked_for_as_slugs_are_written(house: House) -> None:
    asked = {"criteria_field": "lead_source", "criteria_operator": "contains", "criteria_value": "Word of"}
    made = rules.create_rule(house.owner.actor, barn(**asked)).id
    lead_id = lead(house)
    with unit_of_work(house.supplier_id) as session:
        session.get_one(Lead, (house.supplier_id, lead_id)).lead_source = "word_of_mouth"
    rescoring.ask_rescore(house.owner.actor)
    assert made
    assert score(house, lead_id) == 32, "20 for word of mouth, and 12"


def test_a_rule_behind_the_last_place_may_still_be_changed(house: House) -> None:
    rules.create_rule(house.owner.actor, barn(rule_order=LAST_PLACE))
    made = rules.create_rule(house.owner.actor, barn(rule_name="Behind")).id
    assert made
    rules.update_rule(house.owner.actor, made, RulePatch.model_validate({"rule_order": LAST_PLACE}))
    assert names(house)[-1] == "Behind"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("lead_source", "equals", "Nowhere"), "There is no source called 'Nowhere'"),
        (("lead_source", "equals", "referral, website"), "There is no source called 'referral, website'"),
        (("lead_source", "not_equals", ""), "'not_set' asks whether there is any"),
        (("wedding_venue", "equals", ""), "'not_set' asks whether there is any"),
        (("estimated_budget", "less_than", "0"), "Budget is never under 0, so no lead could ever match."),
        (("quality_rating", "greater_than", "5"), "Quality rating goes from 1 to 5"),
        (("quality_rating", "between", "6,9"), "Quality rating goes from 1 to 5"),
        (("lead_status", "equals", "happy"), "Status is never 'happy'; it is one of"),
        (("budget_range", "contains", "galleons"), "Budget range is never 'galleons'"),
        (("shoe_size", "equals", "9"), "'shoe_size' is not a field that can be scored."),
        (("wedding_venue", "between", "1,2"), "wedding_venue is a text; a comparison does not fit it."),
        (("estimated_budget", "between", "9,5"), "bounds reversed"),
    ],
)
def test_what_could_never_match_or_be_read_is_refused(
    house: House, asked: tuple[str, str, str], said: str
) -> None:
    field, operator, value = asked
    wrong = barn(criteria_field=field, criteria_operator=operator, criteria_value=value)
    with pytest.raises(InvalidInput) as refused:
        rules.create_rule(house.owner.actor, wrong)
    assert said in refused.value.fields[0].message
    assert len(names(house)) == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"rule_weight": "1e9"},
        {"rule_weight": "10"},
        {"score_adjustment": 101},
        {"half_life_weeks": 0},
        {"rule_name": " "},
    ],
)
def test_numbers_out_of_bounds_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        barn(**wrong)


def test_sql_in_a_value_is_a_text_to_look_for(house: House) -> None:
    text = "x'); drop table leads; --"
    lead_id = lead(house, wedding_venue=f"Hall {text}")
    rules.create_rule(house.owner.actor, barn(criteria_value=text, rule_name=text))
    assert score(house, lead_id) == 12


def test_there_is_a_two_hundredth_rule_but_no_more(house: House) -> None:
    lead_id = lead(house, wedding_venue="Rose Barn")
    with unit_of_work(house.supplier_id) as session:
        count = session.scalar(select(func.count(ScoringRule.id))) or 0
        for place in range(MOST_RULES - 1 - count):
            session.add(
                ScoringRule(
                    supplier_id=house.supplier_id,
                    **barn(rule_name=f"Rule {place}", score_adjustment=1).model_dump(
                        exclude={"rule_order", "criteria_type"}
                    ),
                    criteria_type=CriteriaType.BUDGET,
                )
            )
    rules.create_rule(house.owner.actor, barn())
    assert score(house, lead_id) == 100
    with pytest.raises(Conflict, match="at most 200 rules"):
        rules.create_rule(house.owner.actor, barn())


def test_only_who_may_write_rules_does(house: House) -> None:
    with pytest.raises(NotPermitted):
        rules.create_rule(house.member.actor, barn())


@pytest.mark.parametrize("trade", sorted(READY_MADE))
def test_a_ready_made_set_is_added_or_taken_instead(house: House, trade: Trade) -> None:
    wanted = READY_MADE[trade].count
    take_ready_made(house.owner.actor, trade, instead=False)
    assert len(names(house)) == 3 + wanted
    take_ready_made(house.owner.actor, trade, instead=True)
    assert len(names(house)) == wanted
    rules.go_back(house.owner.actor, 1)
    assert len(names(house)) == 3


def test_of_many_rules_a_preview_looks_at_fewer_leads(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hundred on long texts would take longer than a statement may, for 20,000 leads."""
    monkeypatch.setattr("app.scoring.preview.MOST_ANSWERS", 7)
    newest = [lead(house, wedding_venue="Rose Barn") for _ in range(2)][-1]
    with reading(house.supplier_id) as session:
        found = preview(session, proposed(session, house.supplier_id, barn()), clock.now())
    assert (found.total, found.before.total) == (2, 1)
    assert [one.lead_id for one in found.movers] == [newest]


def test_a_preview_tells_what_a_draft_would_move_and_writes_nothing(house: House) -> None:
    fits, other = lead(house, wedding_venue="Rose Barn"), lead(house, wedding_venue="Hall")
    with reading(house.supplier_id) as session:
        draft = ScoringRule(
            supplier_id=house.supplier_id,
            id=other,
            **barn().model_dump(exclude={"criteria_type", "rule_order"}),
            criteria_type=CriteriaType.BUDGET,
            rule_order=9,
        )
        found = preview(session, with_rule(session, draft), clock.now())
    assert (found.total, found.up, found.down) == (2, 1, 0)
    assert [(one.lead_id, one.before, one.after) for one in found.movers] == [(fits, 0, 12)]
    assert (found.before.average, found.after.average) == (Decimal("0.0"), Decimal("6.0"))
    assert score(house, fits) == 0
