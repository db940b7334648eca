"""Conditions, times and deeds of sequences in words; their rows in forms; branches drawn in lanes."""

from datetime import time
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models.choices import Anchor, DelayUnit, StepType
from app.models.nurture import NurtureSequence, SequenceStep
from app.nurture.authoring.rows import Written
from app.nurture.engine.conditions import _CHECKS
from app.web.condition_rows import KINDS, Unreadable, conditions_of, rows_of
from app.web.condition_words import LABELS, sentence, targets
from app.web.sequences.lanes import Lane, lanes, width
from app.web.sequences.timeline import drawn
from app.web.step_words import DAYS, DOES, ICONS, MEANS, calendar, does, timing, weekdays

ID = UUID(int=1)


def step(**columns: Any) -> SequenceStep:
    plain: dict[str, Any] = {
        "step_key": ID, "step_order": 1, "step_name": "Step", "step_type": StepType.TAG_ASSIGNMENT,
        "anchor": Anchor.PREVIOUS_STEP, "delay_amount": 1, "delay_unit": DelayUnit.DAYS, "send_time": time(9),
        "send_days": [1, 2, 3, 4, 5], "is_active": True, "execution_conditions": {}, "branch_conditions": {},
    }  # fmt: skip
    return SequenceStep(**plain | columns)


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        ({}, ""),
        ({"min_score": None}, ""),
        ({"required_status": ["new", "proposal_sent"]}, "its status is New or Proposal sent"),
        ({"required_status": "new"}, "its status is New"),
        ({"required_status": []}, "its status is nothing"),
        ({"required_sources": ["google_ads", "fair"]}, "it came by Google Ads or fair"),
        ({"required_tags": ["a", "b", "c"]}, "it is tagged “a”, “b” and “c”"),
        ({"excluded_tags": ["a", "b"]}, "it is not tagged “a” or “b”"),
        ({"min_score": 60}, "its score is 60 or more"),
        ({"max_score": 0}, "its score is 0 or less"),
        ({"min_score": 40, "max_score": 60}, "its score is 40 to 60"),
        ({"max_days_until_wedding": 90}, "the wedding is at most 90 days away"),
        (
            {"min_days_until_wedding": 30, "max_days_until_wedding": 1000},
            "the wedding is 30 to 1,000 days away",
        ),
        ({"min_days_since_inquiry": 1}, "the inquiry is at least 1 day old"),
        ({"max_days_since_contact": 14}, "you last spoke at most 14 days ago"),
        ({"has_phone": True, "has_email": False}, "it has no e-mail address and it has a phone number"),
        ({"fortune": 7}, "“fortune” is 7"),
        ({"min_score": "lots"}, "its score is lots or more"),
    ],
)
def test_conditions_in_words(conditions: dict[str, Any], words: str) -> None:
    assert sentence(conditions, {"google_ads": "Google Ads"}) == words


def test_every_condition_has_its_words_and_its_kind() -> None:
    assert LABELS.keys() == KINDS.keys() == _CHECKS.keys()


def whom(**columns: Any) -> str:
    plain: dict[str, Any] = {
        "target_lead_status": [], "target_lead_sources": [], "target_score_range": [],
        "trigger_conditions": {},
    }  # fmt: skip
    return targets(NurtureSequence(**plain | columns))


def test_whom_a_sequence_takes_in() -> None:
    assert whom() == "Takes in an open lead. Each lead is in it once."
    assert whom(target_score_range=[None, 40], reentry_after_days=0) == (
        "Takes in an open lead when its score is 40 or less. A lead that left may come back at once."
    )
    assert whom(
        target_lead_status=["won"], trigger_conditions={"max_days_until_wedding": 90}, reentry_after_days=1
    ) == (
        "Takes in a lead when its status is Won and the wedding is at most 90 days away. "
        "A lead that left may come back after 1 day."
    )


def test_the_calendar_of_a_sequence() -> None:
    days, weeks, hours = DelayUnit.DAYS, DelayUnit.WEEKS, DelayUnit.HOURS
    steps = [
        step(delay_amount=0, send_days=[]),
        step(delay_amount=2, delay_unit=hours, send_days=[]),
        step(delay_amount=30, delay_unit=hours),
        step(delay_amount=3, delay_unit=days, is_active=False),
        step(delay_amount=1, delay_unit=weeks, send_days=[2, 4]),
        step(delay_amount=0, send_time=time(21)),
        step(delay_amount=5, anchor=Anchor.ENROLLMENT),
        step(delay_amount=-30, anchor=Anchor.WEDDING_DATE, send_days=[2, 3, 4]),
        step(delay_amount=2, delay_unit=days),
        step(delay_amount=0, anchor=Anchor.WEDDING_DATE),
        step(delay_amount=3, delay_unit=weeks, anchor=Anchor.BOOKING),
        step(delay_amount=1, anchor=Anchor.INQUIRY),
    ]
    assert [str(when) for when in calendar(steps)] == [
        "Day 0, at once",
        "Day 0, 2 hours later, 09:00 to 20:00, any day",
        "Day 1, 30 hours later, 09:00 to 20:00, Mon to Fri",
        "Day 4, 09:00, Mon to Fri",
        "Day 8, 09:00, Tue, Thu",
        "Day 8, right after, 21:00 to 24:00, Mon to Fri",
        "Day 5, 09:00, Mon to Fri",
        "30 days before the wedding, 09:00, Tue to Thu",
        "4 weeks before the wedding, 09:00, Mon to Fri",
        "The wedding day, right after, 09:00 to 20:00, Mon to Fri",
        "3 weeks after the booking, 09:00, Mon to Fri",
        "1 day after the inquiry, 09:00, Mon to Fri",
    ]


def test_a_step_by_itself() -> None:
    assert timing(step(delay_amount=3)) == "3 days after the step before, 09:00, Mon to Fri"
    before = step(delay_amount=-1, delay_unit=DelayUnit.WEEKS, anchor=Anchor.WEDDING_DATE)
    assert timing(before) == "1 week before the wedding, 09:00, Mon to Fri"
    assert timing(step(delay_amount=0), is_first=True) == "At once, at whatever hour"
    assert timing(step(), is_first=True) == "1 day after the lead enters, 09:00, Mon to Fri"
    soon = step(delay_amount=0, anchor=Anchor.BOOKING)
    assert timing(soon) == "On the booking, right after, 09:00 to 20:00, Mon to Fri"


@given(st.lists(st.integers(1, 7), max_size=9))
def test_days_of_the_week_are_all_said(days: list[int]) -> None:
    said = weekdays(days)
    if not days or len(set(days)) == 7:
        assert said == "any day"
    else:
        assert DAYS[min(days) - 1] in said
        assert DAYS[max(days) - 1] in said


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"step_type": "email", "email_template_id": ID}, "Sends the e-mail “Hello”"),
        ({"step_type": "email"}, "Sends the e-mail that is not chosen yet"),
        (
            {"step_type": "sms", "sms_template_id": ID, "email_template_id": ID},
            "Sends the text message “Hello”, or the e-mail “Hello” where no text message arrives",
        ),
        ({"step_type": "phone_call", "task_template_id": ID}, "Makes a call: “Hello”"),
        ({"step_type": "task_creation", "step_content": "Ask."}, "Makes a task: “Step”"),
        ({"step_type": "task_creation", "step_content": '{"title": "Ring"}'}, "Makes a task: “Ring”"),
        (
            {"step_type": "score_adjustment", "step_content": '{"points": 5}'},
            "Changes the score by +5: Sequence",
        ),
        ({"step_type": "score_adjustment"}, "Changes the score by points that are not said yet"),
        (
            {"step_type": "status_change", "step_content": '{"status": "follow_up"}'},
            "Moves the lead to Follow up",
        ),
        (
            {"step_type": "status_change", "step_content": "{"},
            "Moves the lead to a status that is not chosen yet",
        ),
        ({"step_content": '{"remove": ["a"]}'}, "Removes the tag “a”"),
        ({"step_content": "[]"}, "Changes tags that are not said yet"),
    ],
)
def test_what_a_step_does(columns: dict[str, Any], words: str) -> None:
    kind = StepType(columns.pop("step_type", "tag_assignment"))
    assert does(step(step_type=kind, **columns), {ID: "Hello"}) == words


def test_every_type_has_its_words() -> None:
    assert set(StepType) == DOES.keys() == ICONS.keys() == MEANS.keys()


KEYS = st.sampled_from(sorted(LABELS))
WORDS = st.lists(st.from_regex(r"\A[a-z][a-z ]{0,8}[a-z]\Z"), min_size=1, max_size=3)
VALUES = {"number": st.integers(-9999, 9999), "flag": st.booleans()}


@given(st.data(), st.sets(KEYS))
def test_rows_read_what_they_show(data: st.DataObject, keys: set[str]) -> None:
    asked = {key: data.draw(VALUES.get(KINDS[key], WORDS)) for key in sorted(keys)}
    if "required_status" in asked:
        asked["required_status"] = ["new", "proposal_sent"]
    assert conditions_of([*rows_of(asked), ("", ""), ("", "  ")]) == asked


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("min_score", "1.5"), "takes a whole number"),
        (("min_score", " "), "needs a value"),
        (("has_email", "2"), "takes yes or no"),
        (("gone", "2"), "“gone” is not a condition."),
        (("", "2"), "Say what “2” is about."),
    ],
)
def test_a_row_that_cannot_be_read(row: tuple[str, str], words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        conditions_of([row])


def test_branches_have_lanes() -> None:
    assert lanes([[], []]) == [[], []]
    beside = lanes([[3], [2], [], [], [0, 9]])
    assert beside == [
        [Lane(2, "start")],
        [Lane(1, "start"), Lane(2, "through")],
        [Lane(1, "end"), Lane(2, "through")],
        [Lane(2, "end")],
        [],
    ]
    assert width(beside) == 2
    assert width(lanes([[6], [6], [6], [6], [6], [], []])) == 4, "the rest stands in words alone"


@given(st.lists(st.lists(st.integers(0, 12), max_size=3), max_size=12))
def test_no_two_branches_share_a_lane(ways: list[list[int]]) -> None:
    for pieces in lanes(ways):
        through = [one.number for one in pieces if one.kind == "through"]
        others = [one.number for one in pieces if one.kind != "through"]
        assert len(set(through)) == len(through)
        assert not set(through) & set(others)
        for kind in ("start", "end"):
            same = [one.number for one in pieces if one.kind == kind]
            assert len(set(same)) == len(same)


def test_a_branch_that_leads_nowhere_is_said() -> None:
    branches = {"branches": [{"if": {"min_score": 1}, "then": 9}, {"if": {}, "then": 2}, "nonsense", {}]}
    steps = [Written(step(branch_conditions=branches)), Written(step(step_order=2))]
    first = drawn(steps, {}, {}).entries[0]
    assert [(way.words, way.order, way.step is None) for way in first.ways] == [
        ("its score is 1 or more", 9, True),
        ("", 2, False),
        ("", None, True),
    ]
