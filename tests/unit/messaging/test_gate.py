"""Which message may leave when, and why not."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kernel.zones import day_of
from app.messaging.gate import Drop, Facts, Send, Wait, judge

ZONE = ZoneInfo("Europe/London")


def london(*when: int) -> datetime:
    return datetime(*when, tzinfo=ZONE).astimezone(UTC)


NOON = london(2026, 6, 3, 12, 0)  # a Wednesday
FOLLOW_UP = Facts("follow_up", "email", created_at=NOON - timedelta(minutes=1), zone=ZONE)


def follow_up(**more: Any) -> Facts:
    return replace(FOLLOW_UP, **more)


def of_class(message_class: str, **more: Any) -> Facts:
    return replace(FOLLOW_UP, message_class=message_class, **more)


def test_a_follow_up_at_noon_may_leave() -> None:
    assert judge(FOLLOW_UP, NOON) == Send()


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (follow_up(has_address=False), "no_address"),
        (follow_up(channel="sms", has_transport=False), "sms_not_configured"),
        (follow_up(not_after=NOON - timedelta(seconds=1)), "too_late"),
        (follow_up(ending="lead_won"), "lead_won"),
        (follow_up(suppression="hard_bounce"), "suppressed_hard_bounce"),
        (follow_up(suppression="unsubscribed"), "opted_out"),
        (follow_up(opted_out_at=NOON - timedelta(days=9)), "opted_out"),
        (of_class("marketing"), "no_marketing_consent"),
        (of_class("reply", automated=False, suppression="complaint"), "suppressed_complaint"),
        (of_class("acknowledgement", opted_out_at=NOON), "opted_out"),
    ],
)
def test_what_never_leaves(facts: Facts, reason: str) -> None:
    assert judge(facts, NOON) == Drop(reason)


def test_marketing_leaves_with_consent() -> None:
    assert judge(of_class("marketing", marketing_consent=True), NOON) == Send()


def test_what_a_person_writes_passes_opt_out_hours_and_caps() -> None:
    midnight = london(2026, 6, 6, 0, 30)
    reply = of_class("reply", automated=False, opted_out_at=NOON, suppression="unsubscribed", ahead_today=9)
    assert judge(reply, midnight) == Send()


def test_an_acknowledgement_passes_hours_and_caps_and_an_opt_out_before_the_inquiry() -> None:
    midnight = london(2026, 6, 6, 0, 30)
    earlier = NOON - timedelta(days=30)
    answer = of_class("acknowledgement", ahead_today=9, opted_out_at=earlier, suppression="unsubscribed")
    assert judge(answer, midnight) == Send()


def test_an_acknowledgement_by_text_waits_for_the_morning_of_any_day() -> None:
    chosen = of_class(
        "acknowledgement", channel="sms", send_days=frozenset({1}), closed=frozenset({date(2026, 6, 6)})
    )
    assert judge(chosen, london(2026, 6, 6, 0, 30)) == Wait(london(2026, 6, 6, 8, 0), "quiet_hours")
    assert judge(chosen, london(2026, 6, 5, 20, 0)) == Wait(london(2026, 6, 6, 8, 0), "quiet_hours")
    assert judge(replace(chosen, ahead_today=9), london(2026, 6, 6, 12, 0)) == Send()


@pytest.mark.parametrize("holding", ["lead_paused", "sending_off", "sequence_off", "enrollment_paused"])
def test_a_hold_waits_an_hour(holding: str) -> None:
    assert judge(follow_up(holding=holding), NOON) == Wait(NOON + timedelta(hours=1), holding)
    assert judge(of_class("acknowledgement", holding=holding), NOON) == Wait(
        NOON + timedelta(hours=1), holding
    )


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (london(2026, 6, 3, 7, 59), london(2026, 6, 3, 8, 0)),
        (london(2026, 6, 3, 20, 0), london(2026, 6, 4, 8, 0)),
        (london(2026, 6, 3, 23, 30), london(2026, 6, 4, 8, 0)),
    ],
)
def test_outside_opening_hours_it_waits(now: datetime, until: datetime) -> None:
    assert judge(FOLLOW_UP, now) == Wait(until, "quiet_hours")


def test_the_hour_a_step_chose_is_open_to_it_by_email_but_not_by_sms() -> None:
    late = london(2026, 6, 3, 21, 30)
    assert judge(follow_up(send_time=time(21)), late) == Send()
    assert judge(follow_up(send_time=time(21)), london(2026, 6, 3, 22, 0)).__class__ is Wait
    assert judge(follow_up(send_time=time(21), channel="sms"), late) == Wait(
        london(2026, 6, 4, 8, 0), "quiet_hours"
    )


def test_days_its_step_did_not_choose_and_holidays_are_waited_out() -> None:
    saturday = london(2026, 6, 6, 12, 0)
    chosen = follow_up(
        send_days=frozenset({1, 2, 3, 4, 5}), send_time=time(9), closed=frozenset({date(2026, 6, 8)})
    )
    assert judge(chosen, saturday) == Wait(london(2026, 6, 9, 9, 0), "quiet_hours")


def test_over_the_caps_it_moves_to_its_hour_of_the_next_day() -> None:
    chosen = follow_up(send_time=time(9))
    assert judge(replace(chosen, ahead_today=1), NOON) == Wait(london(2026, 6, 4, 9, 0), "daily_cap")
    assert judge(replace(chosen, ahead_this_week=3), NOON) == Wait(london(2026, 6, 4, 9, 0), "weekly_cap")


facts_drawn = st.builds(
    Facts,
    message_class=st.sampled_from(["acknowledgement", "reply", "follow_up", "marketing"]),
    channel=st.sampled_from(["email", "sms"]),
    created_at=st.just(NOON),
    zone=st.sampled_from([ZONE, ZoneInfo("America/Los_Angeles"), ZoneInfo("Asia/Kathmandu")]),
    automated=st.booleans(),
    suppression=st.sampled_from([None, "unsubscribed", "hard_bounce", "complaint"]),
    opted_out_at=st.sampled_from([None, NOON - timedelta(days=1), NOON + timedelta(days=1)]),
    marketing_consent=st.booleans(),
    ahead_today=st.integers(0, 2),
    ahead_this_week=st.integers(0, 4),
    send_time=st.none() | st.times(),
    send_days=st.frozensets(st.integers(1, 7)),
)


@settings(max_examples=300, deadline=None)
@given(facts_drawn, st.integers(0, 14 * 24 * 60).map(lambda minutes: NOON + timedelta(minutes=minutes)))
def test_whatever_leaves_was_allowed_to_and_waiting_leads_forward(facts: Facts, now: datetime) -> None:
    verdict = judge(facts, now)
    if isinstance(verdict, Wait):
        assert verdict.until > now
    if verdict == Send():
        assert facts.suppression in (None, "unsubscribed")
        if facts.message_class == "marketing":
            assert facts.marketing_consent
        if facts.message_class in ("follow_up", "marketing"):
            assert facts.opted_out_at is None
            assert facts.suppression is None
        if facts.automated and facts.message_class != "acknowledgement":
            assert facts.ahead_today < facts.daily_cap
            assert not facts.send_days or day_of(now, facts.zone).isoweekday() in facts.send_days
