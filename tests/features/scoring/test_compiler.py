"""A rule says what it says: each operator on each kind of field, and what cannot be read is refused."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, literal, select

from app.kernel import clock
from app.kernel.errors import InvalidInput
from app.kernel.uow import reading, unit_of_work
from app.models.choices import CriteriaOperator, CriteriaType
from app.models.leads import Lead
from app.models.scoring import ScoreAdjustment, ScoringRule
from app.scoring.compiler import check, matches
from app.scoring.fields import AsOf
from app.scoring.queries import explain
from app.scoring.service import rescore
from app.workflows.rescore_lead import rescore_lead
from tests.cast import House
from tests.features.capture.test_submit_inquiry import MORNING

AS_OF = AsOf(MORNING, MORNING.date(), "Europe/London")


def rule(field: str, operator: str, value: str = "", worth: int = 10, weight: str = "1") -> ScoringRule:
    return ScoringRule(
        rule_name=f"{field} {operator}",
        criteria_type=CriteriaType.BUDGET,
        criteria_field=field,
        criteria_operator=CriteriaOperator(operator),
        criteria_value=value,
        score_adjustment=worth,
        rule_weight=Decimal(weight),
    )


def make_lead(house: House, session: Any, **columns: Any) -> Lead:
    lead = Lead(
        supplier_id=house.supplier_id, lead_source="website", primary_email="c@example.com", **columns
    )
    session.add(lead)
    session.flush()
    return lead


@pytest.mark.parametrize(
    ("field", "operator", "value", "expected"),
    [
        ("estimated_budget", "greater_than", "4999.99", True),
        ("estimated_budget", "greater_than", "5000", False),
        ("estimated_budget", "between", "5000, 6000", True),
        ("estimated_budget", "equals", "5000.00", True),
        ("estimated_budget", "in_list", "4000,5000", True),
        ("wedding_date", "in_list", "2027-09-03, 2027-09-04", True),
        ("estimated_guest_count", "less_than", "100", False),
        ("estimated_guest_count", "is_set", "", False),
        ("estimated_guest_count", "not_set", "", True),
        ("estimated_guest_count", "not_equals", "5", False),
        ("wedding_date", "greater_than", "2027-09-03", True),
        ("wedding_date", "between", "2027-09-04,2027-09-04", True),
        ("days_until_wedding", "equals", "235", True),
        ("days_since_inquiry", "equals", "0", True),
        ("wedding_venue", "contains", "BARN", True),
        ("wedding_venue", "contains", "%", False),
        ("wedding_venue", "equals", "thornbury barn", True),
        ("wedding_venue", "not_equals", "thornbury barn", False),
        ("lead_source", "in_list", "referral, Website", True),
        ("tags", "contains", "VIP", True),
        ("tags", "contains", "vi", False),
        ("tags", "in_list", "other,vip", True),
        ("services_needed", "not_set", "", True),
        ("consent_marketing", "equals", "yes", False),
        ("consent_marketing", "equals", "false", True),
        ("custom_fields.guests.children", "greater_than", "3", True),
        ("custom_fields.guests.children", "equals", "4", True),
        ("custom_fields.theme", "contains", "boho", True),
        ("custom_fields.theme", "greater_than", "3", False),
        ("custom_fields.absent", "not_set", "", True),
        ("custom_fields.absent", "contains", "x", False),
        ("wedding_venue", "equals", "x'; drop table leads; --", False),
    ],
)
def test_each_operator(
    app: Flask, house: House, field: str, operator: str, value: str, expected: bool
) -> None:
    with app.app_context(), unit_of_work(house.supplier_id) as session:
        lead = make_lead(
            house,
            session,
            estimated_budget=Decimal(5000),
            wedding_date=MORNING.date().replace(month=9, day=4),
            wedding_venue="Thornbury Barn",
            tags=["vip", "Local"],
            custom_fields={"guests": {"children": 4}, "theme": "Boho, rustic"},
            created_at=MORNING,
        )
        query = select(matches(rule(field, operator, value), AS_OF)).where(Lead.id == lead.id)
        assert session.execute(query).scalar_one() is expected


@pytest.mark.parametrize("word", ["ΟΔΟΣ", "İstanbul", "STRAẞE"])
@pytest.mark.parametrize(
    ("field", "operator", "expected"),
    [
        *((name, "contains", True) for name in ("wedding_venue", "tags", "custom_fields.theme")),
        *((name, "equals", True) for name in ("wedding_venue", "tags", "custom_fields.theme")),
        *((name, "in_list", True) for name in ("wedding_venue", "tags", "custom_fields.theme")),
        ("wedding_venue", "not_equals", False),
    ],
)
def test_capitals_make_no_difference_in_any_script(
    app: Flask, house: House, word: str, field: str, operator: str, expected: bool
) -> None:
    with app.app_context(), unit_of_work(house.supplier_id) as session:
        lead = make_lead(house, session, wedding_venue=word, tags=[word], custom_fields={"theme": word})
        query = select(matches(rule(field, operator, word), AS_OF)).where(Lead.id == lead.id)
        assert session.execute(query).scalar_one() is expected


@pytest.mark.parametrize(
    ("field", "operator", "value", "wrong"),
    [
        ("shoe_size", "equals", "9", "criteria_field"),
        ("custom_fields", "is_set", "", "criteria_field"),
        ("custom_fields.a b", "is_set", "", "criteria_field"),
        ("estimated_budget", "greater_than", "lots", "criteria_value"),
        ("estimated_budget", "greater_than", "NaN", "criteria_value"),
        ("estimated_budget", "between", "5", "criteria_value"),
        ("estimated_budget", "between", "9,5", "criteria_value"),
        ("estimated_budget", "contains", "5", "criteria_operator"),
        ("wedding_venue", "greater_than", "5", "criteria_operator"),
        ("wedding_date", "less_than", "04/09/2027", "criteria_value"),
        ("consent_marketing", "equals", "perhaps", "criteria_value"),
        ("lead_source", "in_list", " , ", "criteria_value"),
        ("wedding_venue", "contains", " ", "criteria_value"),
        ("wedding_venue", "equals", "", "criteria_value"),
        ("tags", "equals", " , ", "criteria_value"),
        ("tags", "not_equals", "", "criteria_value"),
        ("estimated_budget", "greater_than", "1e-20000", "criteria_value"),
        ("estimated_budget", "in_list", "5,0e-20000", "criteria_value"),
        ("estimated_budget", "equals", "0e999999", "criteria_value"),
    ],
)
def test_a_rule_that_cannot_be_read_is_refused(field: str, operator: str, value: str, wrong: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check(rule(field, operator, value))
    assert refused.value.fields[0].field == wrong


def test_hundreds_of_long_lists_of_numbers_and_days_fit_into_one_statement(app: Flask, house: House) -> None:
    """Each place in a statement takes one of 65,535 numbers."""
    with app.app_context(), unit_of_work(house.supplier_id) as session:
        lead = make_lead(house, session, estimated_budget=Decimal(5))
        numbers, days = ",".join("5" * 500), ",".join(["2027-06-19"] * 90)
        fields = {"estimated_budget": numbers, "wedding_date": days}
        long = [rule(field, "in_list", value) for _ in range(150) for field, value in fields.items()]
        found = select(*(matches(one, AS_OF) for one in long)).where(Lead.id == lead.id)
        assert session.execute(found).one() == (True, False) * 150


@pytest.mark.parametrize(
    ("worth", "weight", "points", "score"),
    [(25, "0.5", 0, 38), (5, "0.5", 0, 28), (100, "1", 0, 100), (-100, "1", 0, 0), (0, "1", 7, 32)],
)
def test_the_score_is_the_rounded_clamped_sum(
    app: Flask, house: House, worth: int, weight: str, points: int, score: int
) -> None:
    """25 by the seeded date rule, plus the rule and the adjustment given; halves round up."""
    with app.app_context(), unit_of_work(house.supplier_id) as session:
        lead = make_lead(house, session, wedding_date=MORNING.date().replace(month=9))
        odd = rule("lead_source", "equals", "website", worth, weight)
        odd.supplier_id = house.supplier_id
        session.add(odd)
        session.add(
            ScoreAdjustment(
                supplier_id=house.supplier_id, lead_id=lead.id, points=points, reason="met at a fair"
            )
        )
        session.add(
            ScoreAdjustment(
                supplier_id=house.supplier_id, lead_id=lead.id, points=50, reason="over", expires_at=MORNING
            )
        )
        session.flush()
        change = rescore(session, lead.id, MORNING)
        assert (change.new if change else 0) == score
        told = explain(session, lead.id, MORNING)
        assert told.total == sum(line.points for line in told.lines) + sum(a.points for a in told.adjustments)
        assert told.score == score
        assert rescore(session, lead.id, MORNING) is None, "the same facts change nothing"


def test_a_rule_nobody_can_read_matches_nothing_and_the_others_score(app: Flask, house: House) -> None:
    """Saving refuses it; if one gets in all the same, the explanation says what is wrong with it."""
    with app.app_context(), unit_of_work(house.supplier_id) as session:
        lead_id = make_lead(house, session, estimated_budget=Decimal(5000)).id
        broken = rule("estimated_budget", "greater_than", "lots")
        broken.supplier_id = house.supplier_id
        session.add(broken)
        rescore(session, lead_id, MORNING)
        told = explain(session, lead_id, MORNING)
        assert (told.stored_score, told.score) == (30, 30)
        problems = {line.rule_name: line.problem for line in told.lines if line.problem}
        assert problems == {broken.rule_name: "'lots' is not a number."}


def test_a_score_that_cannot_be_computed_stays_as_it_was_marked_stale(
    app: Flask, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        with monkeypatch.context() as broken:
            broken.setattr("app.scoring.compiler.score_of", lambda *_: literal(1) / func.length(""))
            with unit_of_work(house.supplier_id) as session:
                lead_id = make_lead(house, session, estimated_budget=Decimal(5000)).id
                rescore(session, lead_id, MORNING)
        with reading(house.supplier_id) as session:
            lead = session.get_one(Lead, (house.supplier_id, lead_id))
            assert (lead.lead_score, lead.score_stale) == (0, True)
            assert lead.score_retry_at == MORNING + timedelta(minutes=15)
        rescore_lead(house.supplier_id, lead_id)
        with reading(house.supplier_id) as session:
            lead = session.get_one(Lead, (house.supplier_id, lead_id))
            assert (lead.lead_score, lead.score_stale) == (30, False)


def test_a_score_change_is_on_the_timeline_and_is_no_contact(app: Flask, house: House) -> None:
    with app.app_context():
        with unit_of_work(house.supplier_id) as session:
            lead_id = make_lead(house, session, estimated_budget=Decimal(5000)).id
            rescore(session, lead_id, clock.now())
        with reading(house.supplier_id) as session:
            lead = session.get_one(Lead, (house.supplier_id, lead_id))
            assert (lead.lead_score, lead.total_interactions, lead.last_contact_at) == (30, 0, None)
