"""A branch asks what the lead is once its step is done, in the dry run and for real."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.kernel import clock
from app.kernel.uow import reading
from app.models.choices import StepType
from app.models.leads import Lead
from app.models.nurture import NurtureSequence
from app.nurture.engine.forecast import forecast
from app.nurture.snapshots import snapshot_of
from app.workflows.run_step import run_step
from tests.cast import House
from tests.factories.nurture import decisions, enrollment, make_lead, make_sequence, one

NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "content", "asked"),
    [
        (StepType.TAG_ASSIGNMENT, '{"add": ["in"]}', {"required_tags": ["in"]}),
        (StepType.STATUS_CHANGE, '{"status": "contacted"}', {"required_status": "contacted"}),
        (StepType.SCORE_ADJUSTMENT, '{"points": 40, "reason": "Fits"}', {"min_score": 40}),
    ],
)
def test_a_branch_sees_what_its_own_step_did(
    house: House, kind: StepType, content: str, asked: dict[str, Any]
) -> None:
    branches = {"branches": [{"if": asked, "then": 3}]}
    left_out = {"step_type": StepType.TAG_ASSIGNMENT, "step_content": '{"add": ["no"]}'}
    last = {"step_type": StepType.TAG_ASSIGNMENT, "step_content": '{"add": ["yes"]}'}
    first = {"step_type": kind, "step_content": content, "branch_conditions": branches}
    made = make_sequence(house, [first, left_out, last])
    lead_id = make_lead(house, NOW)
    with reading(house.supplier_id) as session:
        row = session.get_one(NurtureSequence, (house.supplier_id, made))
        snapshot = snapshot_of(session, session.get_one(Lead, (house.supplier_id, lead_id)), row, NOW)
        foreseen = [planned.reason for planned in forecast(snapshot, NOW)]
    with clock.at(NOW):
        run_step(house.supplier_id, enrollment(house, lead_id).id)
    assert foreseen == [None, "branched_past", None]
    assert sorted(str(reason) for _, reason in decisions(house, lead_id)) == ["None", "None", "branched_past"]
    assert one(house, Lead).tags[-1:] == ["yes"]
    assert "no" not in one(house, Lead).tags
