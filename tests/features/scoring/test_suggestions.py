"""Rules that the history speaks for: found in the supplier's own leads, as they were when they inquired."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select

from app.kernel.rates import Rate, newcombe
from app.kernel.uow import reading, unit_of_work
from app.models.accounts import AuditEntry
from app.models.choices import ConsentPurpose
from app.models.choices import CriteriaOperator as Op
from app.models.leads import Lead
from app.models.privacy import ConsentEvent
from app.scoring import compiler, rules
from app.scoring.at_inquiry import AtInquiry, at_inquiry
from app.scoring.candidates import Candidate, candidates
from app.scoring.checks import check_rule
from app.scoring.drafts import draft
from app.scoring.facts import AsOf
from app.scoring.schemas import RuleWrite
from app.scoring.suggestions import Suggestion, Suggestions, findings, points, suggestions
from tests.cast import House
from tests.features.scoring.past import LONG_AGO, NOW, decided
from tests.statements import listening


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def found(house: House) -> Suggestions:
    with reading(house.supplier_id) as session:
        return suggestions(session, NOW)


def by_field(house: House) -> dict[str, Suggestion]:
    return {one.rule.criteria_field: one for one in found(house).found}


def split(won: int, lost: int, **columns: Any) -> list[dict[str, Any]]:
    return [{"won": number < won, **columns} for number in range(won + lost)]


def test_what_parts_won_from_lost_is_suggested(house: House) -> None:
    decided(house, split(40, 20, wedding_venue="Rose Barn") + split(20, 70))
    with reading(house.supplier_id) as session, listening() as sent:
        told = suggestions(session, NOW)
    assert len([one for one in sent if "set_config" not in one]) == 4
    assert (told.won, told.lost, told.needed) == (60, 90, 30)
    [one] = told.found
    assert (one.with_fact.n, one.with_fact.won, one.without.n, one.without.won) == (60, 40, 90, 20)
    assert one.difference == Decimal(40) / 60 - Decimal(20) / 90
    assert one.interval == newcombe(Rate(60, 40), Rate(90, 20))
    assert one.rule == RuleWrite(
        rule_name="The venue is settled",
        rule_description="40 of 60 such leads booked, and 20 of 90 others.",
        criteria_field="wedding_venue",
        criteria_operator="is_set",
        score_adjustment=30,
    )


@pytest.mark.parametrize("won", [29, 30])
def test_it_takes_thirty_of_either_ending(house: House, won: int) -> None:
    decided(house, split(won, 0, wedding_venue="Rose Barn") + split(0, 40))
    assert bool(found(house).found) is (won == 30)


def test_a_fact_that_few_leads_have_is_not_judged(house: House) -> None:
    decided(house, split(19, 0, wedding_venue="Rose Barn") + split(30, 60))
    assert found(house).found == []
    decided(house, split(1, 0, wedding_venue="Rose Barn"))
    assert len(found(house).found) == 1


def test_who_asks_many_questions_must_be_answered_the_more_clearly() -> None:
    """19 of 40 against 30 of 110: the interval of 95 % leaves 0 out, that of 1 - 0.05 / 21 does not."""
    leads = [AtInquiry(won=n < 19, has_venue=True, guests=n) for n in range(40)]
    leads += [AtInquiry(won=n < 30, guests=40 + n) for n in range(110)]
    venue = Candidate("Venue", "wedding_venue", Op.IS_SET, "", lambda lead: lead.has_venue)
    chance = [Candidate("Odd", "estimated_guest_count", Op.IN_LIST, "1", _ends_in(n % 5)) for n in range(20)]
    assert [one.rule.rule_name for one in findings(leads, [venue], [])] == ["Venue"]
    assert findings(leads, [venue, *chance], []) == []


def _ends_in(digit: int) -> Callable[[AtInquiry], bool]:
    return lambda lead: (lead.guests or 0) % 5 == digit


def test_where_nothing_parts_them_hardly_anything_is_found() -> None:
    """Of 150 histories in which chance alone decides, at most one in twenty should find something; twelve
    or more would happen to a true 5 % once in twenty times."""
    dice, sources = Random(1998), {f"source_{number}": "A source" for number in range(10)}
    found = 0
    for _ in range(150):
        leads = [_any_lead(dice, list(sources)) for _ in range(300)]
        found += bool(findings(leads, list(candidates(leads, sources)), []))
    assert 0 < found < 12


def _any_lead(dice: Random, sources: list[str]) -> AtInquiry:
    return AtInquiry(
        won=dice.random() < 0.25,
        source=dice.choice(sources),
        budget=Decimal(50 * round(dice.lognormvariate(4, 0.4))) if dice.random() < 0.7 else None,
        guests=dice.randrange(20, 200) if dice.random() < 0.9 else None,
        days=dice.randrange(20, 900) if dice.random() < 0.9 else None,
        services=frozenset(one for one in ("film", "album") if dice.random() < 0.3),
        has_venue=dice.random() < 0.5,
        has_phone=dice.random() < 0.7,
        agreed=dice.random() < 0.3,
    )


@given(st.integers(0, 10_000), st.floats(0.05, 0.95), st.floats(0.05, 0.95))
@settings(max_examples=40, deadline=None)
def test_whatever_is_suggested_is_clear_and_points_where_it_differs(
    seed: int, with_venue: float, over_a_year: float
) -> None:
    dice = Random(seed)
    leads = [_any_lead(dice, ["fair"]) for _ in range(200)]
    leads = [
        replace(lead, won=dice.random() < (with_venue + (over_a_year if (lead.days or 0) > 365 else 0.5)) / 2)
        if lead.has_venue
        else lead
        for lead in leads
    ]
    told = findings(leads, list(candidates(leads, {"fair": "A fair"})), [])
    for one in told:
        assert min(one.with_fact.n, one.without.n) >= 20
        assert one.with_fact.n + one.without.n == len(leads)
        assert one.interval.low <= one.difference <= one.interval.high
        assert one.interval.low > 0 or one.interval.high < 0
        assert one.rule.score_adjustment == points(one.difference)
    sure = [min(abs(one.interval.low), abs(one.interval.high)) for one in told]
    assert sure == sorted(sure, reverse=True)


@pytest.mark.parametrize(
    ("difference", "given_points"),
    [("0.01", 5), ("-0.01", -5), ("0.12", 10), ("0.13", 15), ("0.29", 30), ("0.8", 30), ("-0.8", -30)],
)
def test_points_follow_the_difference(difference: str, given_points: int) -> None:
    assert points(Decimal(difference)) == given_points


def test_others_leads_say_nothing(house: House) -> None:
    decided(house, split(40, 20, wedding_venue="Rose Barn") + split(20, 70))
    with reading(house.stranger.actor.supplier_id) as session:
        assert suggestions(session, NOW) == Suggestions(0, 0, [])


def test_thresholds_are_the_suppliers_own_quartiles(house: House) -> None:
    decided(house, [{"won": n >= 70, "estimated_budget": 1000 + 37 * n} for n in range(140)])
    told = found(house)
    assert [(one.rule.criteria_operator, one.rule.criteria_value) for one in told.found] == [
        ("greater_than", "3600")
    ]
    assert told.found[0].rule.rule_name == "Budget over 3,600"


def test_sources_and_services_are_asked_by_name(house: House) -> None:
    decided(house, split(40, 10, lead_source="referral", services_needed=["Film", "Album"]))
    decided(house, split(20, 80, lead_source="unknown to us", services_needed=["Album"]))
    told = by_field(house)
    assert told["lead_source"].rule.rule_name == "Came by Referral"
    assert told["lead_source"].rule.criteria_value == "referral"
    assert told["lead_source"].is_covered, "a starting rule has it among others"
    assert not told["services_needed"].is_covered
    assert (told["services_needed"].rule.criteria_value, told["services_needed"].with_fact.n) == ("film", 50)


def test_what_was_changed_since_counts_as_it_was(house: House) -> None:
    """Booked couples get their venue entered: that says nothing about couples that inquire."""
    ids = decided(house, split(50, 0, wedding_venue="Rose Barn") + split(0, 50))
    assert "wedding_venue" in by_field(house)
    changed(house, ids[:50], {"wedding_venue": None}, after=2)
    changed(house, ids[:50], {"wedding_venue": "Barn"}, after=3)
    assert found(house).found == []


def changed(house: House, ids: list[UUID], before: dict[str, Any], after: int) -> None:
    entry = {"supplier_id": house.supplier_id, "actor_kind": "user", "action": "updated"}
    entry |= {"table_name": "leads", "before": before, "occurred_at": LONG_AGO + timedelta(days=after)}
    with unit_of_work(house.supplier_id) as session:
        session.execute(insert(AuditEntry), [entry | {"row_id": one} for one in ids])


def test_a_lead_is_read_as_it_inquired(house: House) -> None:
    late = datetime(2027, 3, 1, 23, 30, tzinfo=UTC)
    [lead_id] = decided(
        house,
        [
            {
                "won": True,
                "created_at": late,
                "estimated_budget": Decimal("9000.00"),
                "estimated_guest_count": 90,
                "wedding_date": late.date() + timedelta(days=300),
                "services_needed": ["Film"],
                "primary_phone": "+441632960001",
                "consent_marketing": False,
            }
        ],
    )
    day = (late.date() + timedelta(days=30)).isoformat()
    before = {"estimated_budget": "2500.00", "wedding_date": day, "services_needed": ["Album", "ALBUM II"]}
    changed(house, [lead_id], before | {"primary_phone": None, "estimated_guest_count": 80}, after=100)
    with unit_of_work(house.supplier_id) as session:
        said = {"supplier_id": house.supplier_id, "lead_id": lead_id, "channel": "web", "source": "form"}
        said |= {"purpose": ConsentPurpose.MARKETING, "given": True, "occurred_at": late}
        session.add(ConsentEvent(**said))
    with reading(house.supplier_id) as session:
        assert at_inquiry(session, NOW) == [
            AtInquiry(
                won=True,
                source="web",
                budget=Decimal("2500.00"),
                guests=80,
                days=30,
                services=frozenset({"album", "album ii"}),
                has_phone=False,
                agreed=True,
            )
        ]


@pytest.mark.parametrize(
    ("there", "is_covered"),
    [
        (("estimated_budget", "greater_than", "500", 10), True),
        (("estimated_budget", "less_than", "500", -10), True),
        (("estimated_budget", "greater_than", "500", -10), False),
        (("estimated_budget", "greater_than", "500", 0), False),
        (("estimated_budget", "is_set", "", 10), False),
        (("estimated_budget", "between", "500,900", 10), False),
        (("estimated_guest_count", "greater_than", "50", 10), False),
    ],
)
def test_what_is_asked_already_is_said(
    house: House, there: tuple[str, str, str, int], is_covered: bool
) -> None:
    decided(house, [{"won": n >= 70, "estimated_budget": 1000 + 37 * n} for n in range(140)])
    field, op, value, points = there
    for rule in _rules(house):
        rules.delete_rule(house.owner.actor, rule)
    wanted = {"rule_name": "There", "criteria_field": field, "criteria_operator": op}
    wanted |= {"criteria_value": value, "score_adjustment": points}
    rules.create_rule(house.owner.actor, RuleWrite.model_validate(wanted))
    over = next(one for one in found(house).found if one.rule.criteria_operator == "greater_than")
    assert over.is_covered is is_covered


def _rules(house: House) -> list[UUID]:
    with reading(house.supplier_id) as session:
        return [rule.id for rule in session.scalars(rules.in_order())]


def test_every_candidate_is_a_rule_that_matches_the_leads_it_was_measured_on(house: House) -> None:
    decided(
        house,
        [
            {
                "won": n % 3 == 0,
                "lead_source": ("referral", "website")[n % 2],
                "estimated_budget": None if n % 5 == 0 else 700 + 41 * n,
                "estimated_guest_count": None if n % 7 == 0 else 20 + n,
                "wedding_date": None if n % 6 == 0 else LONG_AGO.date() + timedelta(days=3 * n),
                "services_needed": ["Film"] if n % 4 == 0 else ["Album", "Film"][: n % 3],
                "wedding_venue": "Barn" if n % 3 else None,
                "primary_phone": "+441632960001" if n % 2 else None,
            }
            for n in range(120)
        ],
    )
    with reading(house.supplier_id) as session:
        leads = at_inquiry(session, NOW)
        asked = list(candidates(leads, {"referral": "Referral", "website": "Website"}))
        assert {one.field for one in asked} >= {"estimated_budget", "estimated_guest_count", "lead_source"}
        assert {one.op for one in asked if one.field == "days_until_wedding"} == {
            "greater_than",
            "less_than",
            "between",
        }
        for one in asked:
            values = {"rule_name": one.name, "criteria_field": one.field, "criteria_operator": one.op}
            values |= {"criteria_value": one.value, "score_adjustment": 5}
            rule = draft(house.supplier_id, RuleWrite.model_validate(values))
            check_rule(session, rule)
            matching = compiler.matches(rule, AsOf.inquiry("Europe/London"))
            count = session.scalar(select(func.count()).select_from(Lead).where(matching))
            expected = 0 if one.field == "consent_marketing" else count
            assert sum(one.holds(lead) for lead in leads) == expected, one.name
