"""What happens to a step that is due, and where the enrollment goes then."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.nurture.engine.actions import (
    Action,
    ChangeStatus,
    ChangeTags,
    MakeTask,
    SendEmail,
    SendSms,
    Unreadable,
)
from app.nurture.engine.advance import advance, start
from app.nurture.engine.decide import decide
from app.nurture.engine.facts import Branch, Calendar, LeadFacts, Sequence, Snapshot, Step, Targets, Timing
from app.nurture.engine.outcomes import Do, Done, End, Failed, Finished, Hold, Next, Settled, Skip

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)  # a Wednesday, 11:00 in London
CALENDAR = Calendar(ZoneInfo("Europe/London"))
ACKNOWLEDGEMENT = SendEmail(uuid4(), "acknowledgement")
FOLLOW_UP = SendEmail(uuid4(), "follow_up")
CALL = MakeTask("phone_call", "Call")


def step(
    order: int, action: Action = FOLLOW_UP, *, delay: int = 1, unit: str = "days", **more: object
) -> Step:
    anchor = str(more.pop("anchor", "previous_step"))
    return Step(uuid4(), order, action, Timing(delay, unit, anchor), **more)


def at(current: Step, *others: Step, lead: LeadFacts | None = None, **sequence: object) -> Snapshot:
    steps = tuple(sorted((current, *others), key=lambda s: s.order))
    return Snapshot(
        lead=lead or LeadFacts("new"),
        sequence=Sequence(steps, **sequence),
        calendar=CALENDAR,
        enrolled_at=NOW - timedelta(days=2),
        step=current,
    )


def test_a_step_that_applies_is_done() -> None:
    assert decide(at(step(1, CALL)), NOW) == Do(CALL)


@pytest.mark.parametrize("status", ["won", "lost", "spam", "duplicate"])
def test_a_lead_that_is_closed_leaves(status: str) -> None:
    assert decide(at(step(1), lead=LeadFacts(status)), NOW) == End(f"lead_{status}")


def test_a_sequence_for_booked_couples_keeps_them() -> None:
    booked = at(step(1), lead=LeadFacts("won"), targets=Targets(statuses=frozenset({"won"})))
    assert decide(booked, NOW) == Do(FOLLOW_UP)


def test_an_opt_out_ends_it() -> None:
    assert decide(at(step(1), lead=LeadFacts("new", opted_out_at=NOW)), NOW) == End("opted_out")


def test_who_asks_again_after_opting_out_is_acknowledged_and_no_more() -> None:
    lead = LeadFacts("new", opted_out_at=NOW - timedelta(days=30))
    assert decide(at(step(1, ACKNOWLEDGEMENT), lead=lead), NOW) == Do(ACKNOWLEDGEMENT)
    assert decide(at(step(2, FOLLOW_UP), lead=lead), NOW) == End("opted_out")


def test_a_reply_since_enrolling_ends_it_if_the_sequence_says_so() -> None:
    replied = replace(at(step(1)), replied_at=NOW)
    assert decide(replied, NOW) == End("replied")
    assert decide(replace(at(step(1)), replied_at=NOW - timedelta(days=9)), NOW) == Do(FOLLOW_UP)
    assert decide(replace(at(step(1), ends_on_reply=False), replied_at=NOW), NOW) == Do(FOLLOW_UP)


def test_a_pause_holds_the_place() -> None:
    assert decide(at(step(1), lead=LeadFacts("new", is_paused=True)), NOW) == Hold(
        "lead_paused", NOW + timedelta(hours=1)
    )
    assert decide(at(step(1), is_live=False), NOW) == Hold("sequence_off", NOW + timedelta(hours=1))


@pytest.mark.parametrize(
    ("action", "lead", "reason"),
    [
        (FOLLOW_UP, LeadFacts("new", has_email=False), "no_email"),
        (SendSms(None, "follow_up"), LeadFacts("new", has_phone=True), "sms_not_configured"),
        (ChangeStatus("new"), LeadFacts("new"), "status_unchanged"),
        (ChangeStatus("won"), LeadFacts("new"), "transition_not_allowed"),
        (ChangeTags(add=frozenset({"vip"})), LeadFacts("new", tags=frozenset({"vip"})), "tags_unchanged"),
    ],
)
def test_what_does_not_apply_is_skipped_with_the_reason(action: Action, lead: LeadFacts, reason: str) -> None:
    assert decide(at(step(1, action), lead=lead), NOW) == Skip(reason)


def test_an_sms_needs_a_phone_once_there_is_a_transport() -> None:
    sms = SendSms(None, "follow_up")
    both = frozenset({"email", "sms"})
    assert decide(replace(at(step(1, sms)), channels=both), NOW) == Skip("no_phone")
    assert decide(replace(at(step(1, sms), lead=LeadFacts("new", has_phone=True)), channels=both), NOW) == Do(
        sms
    )


def test_conditions_that_do_not_hold_skip_the_step() -> None:
    assert decide(at(step(1, conditions={"min_score": 10})), NOW) == Skip("conditions_not_met")


def test_a_step_that_was_switched_off_is_skipped_and_one_that_says_nothing_fails() -> None:
    assert decide(at(step(1, is_active=False)), NOW) == Skip("step_off")
    assert decide(at(step(1, Unreadable("no points"))), NOW) == Failed("unreadable_step")


def test_the_first_step_without_delay_is_due_at_once_at_any_hour() -> None:
    night = datetime(2026, 6, 6, 1, 0, tzinfo=UTC)
    first = step(1, ACKNOWLEDGEMENT, delay=0, unit="minutes", anchor="enrollment")
    fresh = replace(at(first), step=None, enrolled_at=night)
    assert start(fresh, night) == Next(first, night)


def test_the_next_step_counts_from_now() -> None:
    first, second = step(1), step(2, delay=1)
    assert advance(at(first, second), Done(), NOW) == Next(second, datetime(2026, 6, 4, 8, 0, tzinfo=UTC))


def test_after_the_last_step_it_is_completed() -> None:
    assert advance(at(step(1)), Done(), NOW) == Finished("completed", "all_steps_done")


def test_a_failure_goes_on_or_halts_as_the_sequence_says() -> None:
    first, second = step(1), step(2)
    assert isinstance(advance(at(first, second), Failed("tries_used_up"), NOW), Next)
    halted = advance(at(first, second, halts_on_failure=True), Failed("tries_used_up"), NOW)
    assert halted == Finished("failed", "step_failed")


def test_the_first_branch_that_holds_leads_on_and_what_it_jumps_over_is_skipped() -> None:
    first = step(
        1, branches=(Branch({"min_score": 50}, 2), Branch({"required_tags": ["vip"]}, 4), Branch({}, 3))
    )
    second, third, fourth = step(2), step(3), step(4)
    ahead = advance(
        at(first, second, third, fourth, lead=LeadFacts("new", tags=frozenset({"vip"}))), Done(), NOW
    )
    assert isinstance(ahead, Next)
    assert ahead.step == fourth
    assert [(one.step, one.reason) for one in ahead.passed] == [
        (second, "branched_past"),
        (third, "branched_past"),
    ]


def test_a_branch_cannot_lead_back() -> None:
    first, second = step(1), step(2, branches=(Branch({}, 1), Branch({}, 2)))
    assert advance(at(second, first), Done(), NOW) == Finished("completed", "all_steps_done")


def test_a_dated_step_whose_day_is_over_is_passed_over() -> None:
    late = step(2, anchor="wedding_date", delay=-30)
    soon = step(3, anchor="wedding_date", delay=-2)
    wedding = datetime(2026, 6, 9, 23, 0, tzinfo=UTC)  # the 10th in London
    here = replace(at(step(1), late, soon), anchors={"wedding_date": wedding})
    ahead = advance(here, Done(), NOW)
    assert isinstance(ahead, Next)
    assert (ahead.step, ahead.at) == (soon, datetime(2026, 6, 8, 8, 0, tzinfo=UTC))
    assert [one.reason for one in ahead.passed] == ["already_past"]


def test_a_step_whose_anchor_is_unknown_is_passed_over() -> None:
    dated = step(2, anchor="wedding_date", delay=-30)
    ahead = advance(replace(at(step(1), dated), anchors={"wedding_date": None}), Done(), NOW)
    assert isinstance(ahead, Finished)
    assert [one.reason for one in ahead.passed] == ["no_wedding_date"]


steps_drawn = st.lists(
    st.tuples(
        st.integers(0, 50),
        st.sampled_from(["minutes", "hours", "days", "weeks"]),
        st.integers(0, 9),
        st.booleans(),
    ),
    min_size=1,
    max_size=8,
)
outcomes = st.sampled_from([Done(), Skip("x"), Failed("y")])


@settings(max_examples=200, deadline=None)
@given(steps_drawn, st.lists(outcomes, min_size=8, max_size=8))
def test_every_step_is_taken_or_passed_exactly_once_and_never_in_the_past(
    drawn: list[tuple[int, str, int, bool]], what_happens: list[Settled]
) -> None:
    steps = tuple(
        step(order, delay=delay, unit=unit, is_active=active, branches=(Branch({}, then),))
        for order, (delay, unit, then, active) in enumerate(drawn)
    )
    fresh = replace(at(steps[0], *steps[1:]), step=None)
    seen, now = [], NOW
    ahead = start(fresh, now)
    for outcome in what_happens:
        seen += [one.step.order for one in ahead.passed]
        if isinstance(ahead, Finished):
            break
        assert ahead.at >= now
        now = ahead.at
        seen.append(ahead.step.order)
        ahead = advance(replace(fresh, step=ahead.step), outcome, now)
    else:
        seen += [one.step.order for one in ahead.passed]
    assert seen == list(range(len(steps)))
