"""Conditions and targets: exact, null-safe, and strict about their words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.nurture.engine.conditions import holds, problems
from app.nurture.engine.facts import LeadFacts, Targets
from app.nurture.engine.targets import matches

LEAD = LeadFacts(
    status="new", score=0, sources=frozenset({"instagram", "social media"}), tags=frozenset({"vip", "summer"})
)


@pytest.mark.parametrize(
    ("conditions", "held"),
    [
        ({}, True),
        ({"required_status": ["new", "contacted"]}, True),
        ({"required_status": "contacted"}, False),
        ({"min_score": 0}, True),
        ({"min_score": 1}, False),
        ({"max_score": 0}, True),
        ({"max_score": None, "min_score": None}, True),
        ({"required_tags": ["vip", "summer"]}, True),
        ({"required_tags": "winter"}, False),
        ({"excluded_tags": ["vip"]}, False),
        ({"excluded_tags": []}, True),
        ({"required_sources": ["Instagram"]}, True),
        ({"min_days_until_wedding": 30}, False),  # no date is known
        ({"max_days_until_wedding": 30}, False),
        ({"has_phone": False, "has_email": True}, True),
    ],
)
def test_conditions(conditions: dict[str, object], held: bool) -> None:
    assert holds(conditions, LEAD) is held


@pytest.mark.parametrize(
    ("conditions", "says"),
    [
        ({"min_scor": 5}, "'min_scor' is not a condition"),
        ({"min_score": "5"}, "'min_score' takes a whole number"),
        ({"min_score": True}, "'min_score' takes a whole number"),
        ({"has_phone": 1}, "'has_phone' takes true or false"),
        ({"required_tags": [1]}, "'required_tags' takes a word or a list of words"),
    ],
)
def test_what_cannot_be_read_is_refused_and_never_holds(conditions: dict[str, object], says: str) -> None:
    assert problems(conditions)[0].startswith(says)
    assert not holds(conditions, LEAD)


@given(st.dictionaries(st.text(max_size=20), st.none() | st.integers() | st.text() | st.lists(st.integers())))
def test_no_conditions_ever_raise(conditions: dict[str, object]) -> None:
    assert holds(conditions, LEAD) in (True, False)


@pytest.mark.parametrize(
    ("targets", "wanted"),
    [
        (Targets(), True),
        (Targets(statuses=frozenset({"new"})), True),
        (Targets(statuses=frozenset({"won"})), False),
        (Targets(sources=frozenset({"instagram"})), True),
        (Targets(sources=frozenset({"referral"})), False),
        (Targets(least_score=0, most_score=0), True),
        (Targets(least_score=1), False),
        (Targets(conditions={"required_tags": ["vip"]}), True),
    ],
)
def test_targets(targets: Targets, wanted: bool) -> None:
    assert matches(targets, LEAD) is wanted


def test_without_target_statuses_a_sequence_wants_open_leads_only() -> None:
    assert not matches(Targets(), LeadFacts(status="won"))
    assert matches(Targets(statuses=frozenset({"won"})), LeadFacts(status="won"))
