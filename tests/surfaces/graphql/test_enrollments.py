"""A lead's sequences over GraphQL: what is to come, and a program's hand in it."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from app.kernel import clock
from app.models.nurture import Enrollment
from app.workflows.run_steps import run_steps
from tests.factories.nurture import email_step, enrollment, make_sequence, messages
from tests.surfaces.graphql.conftest import Caller, Desk

COURSES = """query ($id: UUID!) { leadCourses(leadId: $id) {
    enrollmentId sequenceName isPaused waitingMessageId
    steps { stepId stepName at reason dueAt waitReason } } }"""
TOLD = (
    "{ success message errors { code message } enrollment { status stepsSkipped currentStep { stepName } } }"
)


@pytest.fixture
def lead_id(desk: Desk) -> UUID:
    with desk.app.app_context():
        asking = email_step(desk.house, needs_approval=True, step_name="Letter")
        later = email_step(desk.house, delay_amount=1, delay_unit="days", step_name="Reminder")
        make_sequence(desk.house, [asking, later], sequence_name="Courtship")
    return desk.lead()


@pytest.fixture
def enrolled(desk: Desk, lead_id: UUID) -> str:
    with desk.app.app_context():
        return str(enrollment(desk.house, lead_id).id)


def act(ask: Caller, name: str, argument: str = "id", **given: str) -> dict[str, Any]:
    step = ", stepId: $step" if "step" in given else ""
    asked = "$id: UUID!, $step: UUID" if "step" in given else "$id: UUID!"
    return dict(ask(f"mutation ({asked}) {{ {name}({argument}: $id{step}) {TOLD} }}", **given)[name])


def test_what_is_to_come(ask: Caller, lead_id: UUID, enrolled: str) -> None:
    [course] = ask(COURSES, id=str(lead_id))["leadCourses"]
    assert (course["enrollmentId"], course["sequenceName"]) == (enrolled, "Courtship")
    assert course["isPaused"] is False
    assert [(step["stepName"], step["reason"]) for step in course["steps"]] == [
        ("Letter", None),
        ("Reminder", None),
    ]
    assert ask(COURSES, id=str(uuid7()))["leadCourses"] is None


def test_what_the_caps_would_move_says_so(ask: Caller, desk: Desk) -> None:
    with desk.app.app_context():
        letters = [email_step(desk.house, step_name=name) for name in ("First", "Second")]
        make_sequence(desk.house, letters)
    noon = datetime(2031, 3, 5, 12, tzinfo=UTC)
    lead_id = desk.lead(noon)
    with clock.at(noon):
        [course] = ask(COURSES, id=str(lead_id))["leadCourses"]
        dry = """query ($id: UUID!, $lead: UUID!) { sequenceDryRun(id: $id, leadId: $lead) {
            steps { at dueAt waitReason } } }"""
        [sequence] = {one.sequence_id for one in placed(desk, lead_id)}
        run = ask(dry, id=str(sequence), lead=str(lead_id))["sequenceDryRun"]
    for first, second in (course["steps"], run["steps"]):
        assert (first["at"], first["waitReason"]) == (first["dueAt"], None)
        assert second["dueAt"][:13] == "2031-03-05T12"
        assert (second["at"][:13], second["waitReason"]) == ("2031-03-06T09", "daily_cap")


def placed(desk: Desk, lead_id: UUID) -> list[Enrollment]:
    with desk.app.app_context():
        return [enrollment(desk.house, lead_id)]


def test_pause_resume_skip_and_end(ask: Caller, lead_id: UUID, enrolled: str) -> None:
    assert act(ask, "pauseEnrollment", id=enrolled)["enrollment"]["status"] == "paused"
    assert act(ask, "resumeEnrollment", id=enrolled)["enrollment"]["status"] == "active"
    [course] = ask(COURSES, id=str(lead_id))["leadCourses"]
    first = course["steps"][0]["stepId"]
    moved = act(ask, "skipStep", "enrollmentId", id=enrolled, step=first)["enrollment"]
    assert moved == {"status": "active", "stepsSkipped": 1, "currentStep": {"stepName": "Reminder"}}
    refused = act(ask, "skipStep", "enrollmentId", id=enrolled, step=first)
    assert (refused["success"], refused["errors"][0]["code"]) == (False, "CONFLICT")
    assert act(ask, "endEnrollment", id=enrolled)["enrollment"]["status"] == "cancelled"
    assert act(ask, "endEnrollment", id=enrolled)["errors"][0]["code"] == "CONFLICT"


def test_a_step_is_taken_now(desk: Desk, ask: Caller, lead_id: UUID, enrolled: str) -> None:
    assert act(ask, "sendStepNow", "enrollmentId", id=enrolled)["success"] is True
    with desk.app.app_context():
        assert [message.state for message in messages(desk.house, lead_id)] == ["due"]


@pytest.mark.parametrize(("decision", "state"), [("approve", "due"), ("reject", "skipped")])
def test_a_message_is_decided_on(desk: Desk, ask: Caller, lead_id: UUID, decision: str, state: str) -> None:
    with desk.app.app_context():
        run_steps(desk.house.supplier_id)
        [message] = messages(desk.house, lead_id)
    decide = f"""mutation ($id: UUID!) {{ decideMessage(id: $id, decision: {decision}) {{
        success errors {{ code }} decidedMessage {{ state }} }} }}"""
    told = ask(decide, id=str(message.id))["decideMessage"]
    assert told == {"success": True, "errors": [], "decidedMessage": {"state": state}}
    assert ask(decide, id=str(message.id))["decideMessage"]["errors"] == [{"code": "CONFLICT"}]
