"""What to do next about a lead."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.leads.next_action import NextAction, Situation, next_action
from app.models.choices import OPEN_STATUSES, LeadStatus

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
QUIET = Situation(
    status=LeadStatus.QUALIFIED,
    created_at=NOW - timedelta(days=30),
    awaiting_reply_since=None,
    first_response_at=NOW - timedelta(days=29),
    last_contact_at=NOW - timedelta(days=1),
    hold_ends_at=None,
    has_date=True,
    has_budget=True,
)
ALL = replace(
    QUIET,
    status=LeadStatus.PROPOSAL_SENT,
    awaiting_reply_since=NOW - timedelta(hours=1),
    first_response_at=None,
    hold_ends_at=NOW + timedelta(days=1),
    last_contact_at=NOW - timedelta(days=20),
    has_date=False,
    has_budget=False,
)
SETTLED = (
    (NextAction.REPLY_TO_INQUIRY, {"first_response_at": NOW}),
    (NextAction.ANSWER_REPLY, {"awaiting_reply_since": None}),
    (NextAction.CONFIRM_HOLD, {"hold_ends_at": None}),
    (NextAction.ASK_FOR_DATE, {"has_date": True}),
    (NextAction.ASK_FOR_BUDGET, {"has_budget": True}),
    (NextAction.CHASE_PROPOSAL, {"status": LeadStatus.NEGOTIATION}),
    (NextAction.RECONNECT, {"last_contact_at": NOW}),
    (None, {}),
)


def test_the_first_that_applies_comes_first_and_the_next_once_it_is_settled() -> None:
    at = ALL
    for expected, settled in SETTLED:
        assert next_action(at, NOW) is expected
        at = replace(at, **settled)


@pytest.mark.parametrize("status", sorted(set(LeadStatus) - OPEN_STATUSES))
def test_a_closed_lead_needs_nothing(status: LeadStatus) -> None:
    assert next_action(replace(ALL, status=status), NOW) is None


@pytest.mark.parametrize(
    ("field", "status", "edge", "action"),
    [
        ("last_contact_at", LeadStatus.PROPOSAL_SENT, timedelta(days=-5), NextAction.CHASE_PROPOSAL),
        ("last_contact_at", LeadStatus.CONTACTED, timedelta(days=-14), NextAction.RECONNECT),
        ("hold_ends_at", LeadStatus.CONTACTED, timedelta(days=3), NextAction.CONFIRM_HOLD),
    ],
)
def test_each_bound_is_met_to_the_second(
    field: str, status: LeadStatus, edge: timedelta, action: NextAction
) -> None:
    second = timedelta(seconds=1)
    met, not_yet = NOW + edge, NOW + edge + second
    assert next_action(replace(QUIET, status=status, **{field: met}), NOW) is action
    assert next_action(replace(QUIET, status=status, **{field: not_yet}), NOW) is not action


def test_a_lead_nobody_ever_reached_grows_cold_from_its_first_day() -> None:
    at = replace(QUIET, last_contact_at=None, created_at=NOW - timedelta(days=14))
    assert next_action(at, NOW) is NextAction.RECONNECT
