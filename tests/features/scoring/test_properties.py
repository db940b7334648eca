"""Whatever the rules and the leads: the explanation adds up, one and many agree, and order changes nothing.

The matches are compared with a second reading of the specification's operators, in Python, of this file.
"""

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from app.kernel.uow import reading
from app.models.choices import CriteriaOperator as Op
from app.models.choices import CriteriaType, LeadStatus, Priority
from app.models.leads import Lead
from app.models.scoring import RuleGroup, ScoreAdjustment, ScoringRule
from app.scoring.fields import FIELDS, OPERATORS, Kind
from app.scoring.queries import Explanation, explain
from app.scoring.service import rescore, rescore_leads
from tests.cast import House

NOW = datetime(2027, 3, 1, 10, tzinfo=UTC)
EXAMPLES = int(os.environ.get("SCORING_EXAMPLES", "40"))
"""More of them with `make properties`."""

ODD = ("'; drop table leads; --", "50%", "_", "%", "\\", "{0}", "é", "İ", "x" * 255, ":a", "%s", "a,b")
TEXTS = st.sampled_from(("Barn", "barn", "Rose Barn", *ODD))
TEXT_COLUMNS = ("wedding_venue", "wedding_location", "additional_notes", "couple_name_bride")
NUMBERS = {"estimated_budget": 500_000, "estimated_guest_count": 500, "email_opens": 20, "quality_rating": 5}
ASKED = (
    *(*TEXT_COLUMNS, *NUMBERS, "wedding_date", "days_until_wedding", "tags", "consent_marketing"),
    *("lead_status", "priority_level", "days_since_inquiry", "rival_leads", "date_is_free", "replies_30d"),
    *("custom_fields.theme", "custom_fields.guests.children"),
)


def kind(name: str) -> Kind:
    return FIELDS[name].kind if name in FIELDS else Kind.JSON


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    """A rule as it may be saved."""
    name = draw(st.sampled_from(ASKED))
    op = draw(st.sampled_from(OPERATORS[kind(name)]))
    return {
        "rule_name": draw(TEXTS),
        "criteria_type": CriteriaType.BUDGET,
        "criteria_field": name,
        "criteria_operator": op,
        "criteria_value": "" if op in (Op.IS_SET, Op.NOT_SET) else draw(values(kind(name), op)),
        "score_adjustment": draw(st.integers(-100, 100)),
        "rule_weight": draw(st.decimals(0, Decimal("9.99"), places=2)),
        "half_life_weeks": draw(st.none() | st.integers(1, 104)),
        "rule_group_id": draw(st.sampled_from([None, None, 0, 1])),
    }


@st.composite
def values(draw: st.DrawFn, of: Kind, op: Op) -> str:
    if op is Op.CONTAINS:
        return draw(TEXTS.filter(str.strip))
    if op in (Op.GREATER_THAN, Op.LESS_THAN, Op.BETWEEN) and of is Kind.JSON:
        of = Kind.NUMBER
    one: dict[Kind, st.SearchStrategy[Any]] = {
        Kind.NUMBER: st.integers(-10, 600) | st.sampled_from([5000, 250_000]),
        Kind.DATE: st.dates(date(2026, 1, 1), date(2029, 1, 1)),
        Kind.BOOLEAN: st.sampled_from(["true", "No", "1"]),
    }
    several = op is Op.IN_LIST or op is Op.BETWEEN
    found = draw(st.lists(one.get(of, TEXTS.filter(str.strip)), min_size=2, max_size=2))
    found = sorted(found) if op is Op.BETWEEN else found
    return ",".join(map(str, found)) if several else str(found[0])


@st.composite
def leads(draw: st.DrawFn) -> dict[str, Any]:
    columns: dict[str, Any] = {
        name: draw(st.none() | TEXTS.map(lambda text: text[:255])) for name in TEXT_COLUMNS
    }
    for name, most in NUMBERS.items():
        low = 1 if name == "quality_rating" else 0
        number = st.integers(low, most)
        columns[name] = draw(number if name == "email_opens" else st.none() | number)
    days = draw(st.none() | st.sampled_from([0, 100, 1, -3, 700]))
    theme = draw(st.none() | TEXTS | st.integers(-5, 5) | st.booleans())
    return columns | {
        "wedding_date": NOW.date() + timedelta(days=days) if days is not None else None,
        "tags": draw(st.lists(st.sampled_from(["Barn", "vip", "50%"]), max_size=2, unique=True)),
        "consent_marketing": draw(st.booleans()),
        "lead_status": draw(st.sampled_from([LeadStatus.NEW, LeadStatus.CONTACTED, LeadStatus.SPAM])),
        "priority_level": draw(st.sampled_from(list(Priority))),
        "custom_fields": draw(st.sampled_from([{}, {"theme": theme, "guests": {"children": 4}}])),
        "created_at": NOW - timedelta(days=draw(st.sampled_from([0, 6, 30, 40_000]))),
    }


GROUPS = st.tuples(st.none() | st.integers(-60, 0), st.none() | st.integers(0, 60))


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(rules(), max_size=8),
    st.lists(leads(), min_size=1, max_size=3),
    st.tuples(GROUPS, GROUPS),
    st.lists(st.integers(-100, 100), max_size=2),
    st.randoms(use_true_random=False),
)
def test_scores(house: House, asked: Any, told: Any, bounds: Any, given_points: Any, random: Any) -> None:
    with reading(house.supplier_id) as session:
        kept = put_rules(session, house, asked, bounds)
        ids = [put_lead(session, house, columns, given_points) for columns in told]
        explained = [explain(session, one, NOW) for one in ids]
        for why, columns in zip(explained, told, strict=True):
            adds_up(why)
            by_the_letter(why, columns)
        rescore_leads(session, [], NOW)
        assert scores(session, ids) == [why.score for why in explained], "many at once"
        for one in ids:
            session.execute(Lead.__table__.update().where(Lead.id == one).values(lead_score=101 - 100 // 7))
            rescore(session, one, NOW)
        assert scores(session, ids) == [why.score for why in explained], "each by itself"
        for rule in kept:
            rule.rule_order = random.randrange(100)
        session.flush()
        assert [explain(session, one, NOW).score for one in ids] == [why.score for why in explained], "order"


def put_rules(session: Session, house: House, asked: Any, bounds: Any) -> list[ScoringRule]:
    session.execute(delete(ScoringRule))
    groups = []
    for place, (least, most) in enumerate(bounds):
        group = RuleGroup(
            supplier_id=house.supplier_id,
            id=uuid7(),
            group_name=f"{place}",
            least_points=least,
            most_points=most,
        )
        groups.append(group)
    session.add_all(groups)
    session.flush()
    kept = []
    for place, values_ in enumerate(asked):
        at = values_["rule_group_id"]
        mine = values_ | {"rule_group_id": None if at is None else groups[at].id, "rule_order": place}
        kept.append(ScoringRule(supplier_id=house.supplier_id, id=uuid7(), **mine))
    session.add_all(kept)
    session.flush()
    return kept


def put_lead(session: Session, house: House, columns: Any, points: list[int]) -> Any:
    lead = Lead(
        supplier_id=house.supplier_id,
        id=uuid7(),
        lead_source="fair",
        primary_phone="+441632960001",
        **columns,
    )
    session.add(lead)
    session.flush()
    for one in points:
        session.add(
            ScoreAdjustment(supplier_id=house.supplier_id, lead_id=lead.id, points=one, reason="fair")
        )
    session.flush()
    return lead.id


def scores(session: Session, ids: list[Any]) -> list[int]:
    found = dict(session.execute(select(Lead.id, Lead.lead_score)).all())
    return [found[one] for one in ids]


def adds_up(why: Explanation) -> None:
    lines = sum((line.points for line in why.lines), Decimal(0))
    total = lines + sum(one.points for one in why.adjustments) + sum(one.cut for one in why.groups)
    assert total == why.total
    assert why.score == max(0, min(100, int(total.quantize(Decimal(1), ROUND_HALF_UP))))
    for group in why.groups:
        inside = group.summed + group.cut
        assert group.most_points is None or inside <= group.most_points
        assert group.least_points is None or inside >= group.least_points


def by_the_letter(why: Explanation, columns: dict[str, Any]) -> None:
    """Each line matches when the specification's operator, read in Python, says so."""
    for line in why.lines:
        if line.criteria_field in (*TEXT_COLUMNS, *NUMBERS, "wedding_date", "tags", "consent_marketing"):
            value = columns[line.criteria_field]
            expected = matches(kind(line.criteria_field), Op(line.operator), value, line.expected)
            assert line.matched is expected, (line, value)


def matches(of: Kind, op: Op, value: Any, text: str) -> bool:
    missing = value is None or value == []
    if op in (Op.IS_SET, Op.NOT_SET):
        return missing is (op is Op.NOT_SET)
    if missing:
        return False
    if op is Op.NOT_EQUALS:
        return not matches(of, Op.EQUALS, value, text)
    parts = [part.strip().lower() for part in text.split(",") if part.strip()]
    if of is Kind.LIST:
        low = [one.lower() for one in value]
        is_there = {Op.CONTAINS: text.strip().lower() in low, Op.IN_LIST: bool(set(low) & set(parts))}
        return is_there[op] if op in is_there else ",".join(low) == ",".join(parts)
    if of is Kind.TEXT:
        low = value.lower()
        return {
            Op.CONTAINS: text.strip().lower() in low,
            Op.IN_LIST: low in parts,
            Op.EQUALS: low == text.strip().lower(),
        }[op]
    read = {
        Kind.NUMBER: Decimal,
        Kind.DATE: date.fromisoformat,
        Kind.BOOLEAN: lambda one: one in ("true", "1"),
    }[of]
    bounds = [read(part) for part in parts]
    return {
        Op.EQUALS: value == bounds[0],
        Op.IN_LIST: value in bounds,
        Op.GREATER_THAN: of is not Kind.BOOLEAN and value > bounds[0],
        Op.LESS_THAN: of is not Kind.BOOLEAN and value < bounds[0],
        Op.BETWEEN: bounds[0] <= value <= bounds[-1],
    }[op]
