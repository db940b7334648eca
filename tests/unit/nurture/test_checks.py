"""What is wrong with a step or a setting by itself."""

from datetime import time
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from app.models.choices import Anchor, DelayUnit, MessageClass, StepType
from app.models.nurture import NurtureSequence, SequenceStep
from app.nurture.authoring.schemas import MOST_BRANCHES, StepPatch
from app.nurture.checks import condition_flaws, settings_flaws, step_flaws


def step(step_type: StepType = StepType.PHONE_CALL, **columns: Any) -> SequenceStep:
    plain: dict[str, Any] = {
        "step_order": 2,
        "step_name": "A step",
        "anchor": Anchor.PREVIOUS_STEP,
        "delay_amount": 1,
        "delay_unit": DelayUnit.DAYS,
        "send_time": time(9),
        "send_days": [],
        "message_class": MessageClass.FOLLOW_UP,
        "execution_conditions": {},
        "branch_conditions": {},
    }
    return SequenceStep(step_type=step_type, **(plain | columns))


def told(row: SequenceStep, variants: int = 0) -> list[tuple[str, str]]:
    return [(flaw.field, flaw.code) for flaw in step_flaws(row, variants)]


@pytest.mark.parametrize(
    "row",
    [
        step(),
        step(step_content="{{ couple_names }} asked for a call"),
        step(step_content='{"title": "Ring", "due_in_days": 2}'),
        step(step_content='{"title": ""}'),  # it is called as the step
        step(StepType.EMAIL),  # a template may be chosen later
        step(StepType.SMS, sms_template_id=uuid4(), email_template_id=uuid4(), needs_approval=True),
        step(StepType.SMS, send_time=time(19, 59)),
        step(StepType.SCORE_ADJUSTMENT, step_content='{"points": -100}'),
        step(StepType.STATUS_CHANGE, step_content='{"status": "follow_up"}'),
        step(StepType.TAG_ASSIGNMENT, step_content='{"remove": ["cold"]}'),
        step(anchor=Anchor.WEDDING_DATE, delay_amount=-3),
        step(delay_amount=522, delay_unit=DelayUnit.WEEKS),
        step(delay_amount=10_000, delay_unit=DelayUnit.HOURS),
        step(branch_conditions={"branches": [{"if": {}, "then": 9}]}),
        step(branch_conditions={"branches": []}),
    ],
)
def test_nothing_is_wrong(row: SequenceStep) -> None:
    assert told(row) == []


@pytest.mark.parametrize(
    ("row", "field", "code"),
    [
        (step(delay_amount=-1), "delay_amount", "before_anchor"),
        (step(delay_amount=523, delay_unit=DelayUnit.WEEKS), "delay_amount", "too_far"),
        (step(delay_amount=-3661, anchor=Anchor.WEDDING_DATE), "delay_amount", "too_far"),
        (step(anchor=Anchor.ENROLLMENT, delay_amount=-1), "delay_amount", "before_anchor"),
        (step(send_days=[0]), "send_days", "no_such_day"),
        (step(send_days=[5, 8]), "send_days", "no_such_day"),
        (step(StepType.SMS, send_time=time(22)), "send_time", "no_open_day"),
        (step(StepType.SMS, send_time=time(7, 59)), "send_time", "no_open_day"),
        (step(sms_template_id=uuid4()), "sms_template_id", "not_used"),
        (step(StepType.EMAIL, task_template_id=uuid4()), "task_template_id", "not_used"),
        (step(StepType.EMAIL, message_class=MessageClass.REPLY), "message_class", "not_automatic"),
        (step(needs_approval=True), "needs_approval", "not_a_message"),
        (step(StepType.SCORE_ADJUSTMENT, step_content='{"points": 101}'), "step_content", "content"),
        (step(StepType.SCORE_ADJUSTMENT), "step_content", "content"),
        (step(StepType.SCORE_ADJUSTMENT, step_content="five"), "step_content", "content"),
        (step(StepType.STATUS_CHANGE, step_content='{"status": "won"}'), "step_content", "closed_status"),
        (step(StepType.STATUS_CHANGE, step_content='{"status": "lost"}'), "step_content", "closed_status"),
        (step(StepType.STATUS_CHANGE, step_content='{"status": "gone"}'), "step_content", "content"),
        (step(StepType.TAG_ASSIGNMENT, step_content='{"add": []}'), "step_content", "content"),
        (step(step_content='{"due_in_days": 366}'), "step_content", "content"),
        (step(execution_conditions={"min_scor": 1}), "execution_conditions", "conditions"),
        (step(branch_conditions={"if": {}}), "branch_conditions", "shape"),
        (step(branch_conditions={"branches": {}}), "branch_conditions", "shape"),
        (step(branch_conditions={"branches": [{"then": 3}]}), "branch_conditions", "shape"),
        *(
            (step(branch_conditions={"branches": [{"if": {}, "then": then}]}), "branch_conditions", "shape")
            for then in ("3", True, 3.0, 0, -1, 51, 2**70, None, [3])
        ),
        (
            step(branch_conditions={"branches": [{"if": {"x": 1}, "then": 3}]}),
            "branch_conditions",
            "conditions",
        ),
        (step(branch_conditions={"branches": [{"if": {}, "then": 2}]}), "branch_conditions", "to_itself"),
    ],
)
def test_the_place_and_the_reason(row: SequenceStep, field: str, code: str) -> None:
    assert told(row) == [(field, code)]


def test_only_e_mails_have_variants() -> None:
    assert told(step(StepType.EMAIL), variants=4) == []
    assert told(step(), variants=1) == [("variants", "not_an_email")]


def test_branches_are_few() -> None:
    many = {"branches": [{"if": {}, "then": 9}] * (MOST_BRANCHES + 1)}
    assert told(step(branch_conditions=many)) == [("branch_conditions", "too_many")]


@pytest.mark.parametrize(
    ("conditions", "says"),
    [
        ({"required_status": ["new", "gone"]}, "'gone' is not a status"),
        ({"required_status": []}, "'required_status' is empty"),
        ({"required_sources": []}, "'required_sources' is empty"),
        ({"min_score": 60, "max_score": 40}, "'min_score' is 60 and 'max_score' only 40"),
        ({"min_score": 101}, "there is none over 100"),
        ({"max_score": -1}, "there is none under 0"),
        ({"max_days_since_contact": -1}, "there is none under 0"),
        ({"min_days_until_wedding": 30, "max_days_until_wedding": 7}, "so no lead ever fits"),
        ({"required_tags": ["a", "b"], "excluded_tags": "b"}, "The tag 'b' is required and excluded"),
        ({"min_score": "5"}, "takes a whole number"),
        ({"max_score": 10**18}, "takes a whole number from -36,500 to 36,500"),
        ({"min_days_until_wedding": -(10**18)}, "takes a whole number from -36,500 to 36,500"),
    ],
)
def test_conditions_that_no_lead_fulfils(conditions: dict[str, Any], says: str) -> None:
    (message,) = condition_flaws(conditions)
    assert says in message


def test_conditions_that_some_lead_fulfils() -> None:
    assert condition_flaws({"min_score": 0, "max_score": 100, "required_tags": [], "has_phone": None}) == []
    assert condition_flaws({"min_days_until_wedding": -30, "max_days_until_wedding": -30}) == []


@pytest.mark.parametrize("scores", [[], [10], [None, 10], [10, None], [10, 10]])
def test_a_range_of_scores(scores: list[int | None]) -> None:
    row = NurtureSequence(trigger_conditions={}, target_score_range=scores, target_lead_status=["won"])
    assert list(settings_flaws(row)) == []


@pytest.mark.parametrize("status", ["spam", "duplicate"])
def test_no_sequence_is_for_what_is_no_lead(status: str) -> None:
    row = NurtureSequence(trigger_conditions={}, target_score_range=[], target_lead_status=["new", status])
    (flaw,) = settings_flaws(row)
    assert (flaw.field, flaw.code) == ("target_lead_status", "no_lead")
    assert status in flaw.message


@pytest.mark.parametrize("said", [time(9, 0, 0, 500_000), "09:00:00.5", "9:00", 540, "24:00", "09:00+02:00"])
def test_a_time_of_day_has_hours_and_minutes(said: Any) -> None:
    with pytest.raises(ValidationError):
        StepPatch.model_validate({"send_time": said})


def test_a_time_of_day_is_taken() -> None:
    assert StepPatch.model_validate({"send_time": " 09:30 "}).send_time == time(9, 30)
    assert StepPatch.model_validate({"send_time": time(9, 30)}).send_time == time(9, 30)
