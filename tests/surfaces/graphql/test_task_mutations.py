"""`createTask`, `updateTask`, `completeTask`, `reopenTask`, `deleteTask`."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from app.kernel.actor import Permission
from tests.surfaces.graphql.conftest import Caller, Desk

TASK = (
    "task { id title description taskType priority dueAt completedAt assignee { fullName } lead { couple } }"
)
ERRORS = "success message errors { field code message }"
CREATE = f"""mutation ($id: UUID!, $input: TaskCreateInput!) {{
    createTask(leadId: $id, input: $input) {{ {ERRORS} {TASK} }} }}"""
UPDATE = f"""mutation ($id: UUID!, $input: TaskUpdateInput!) {{
    updateTask(id: $id, input: $input) {{ {ERRORS} nextFollowUpAt {TASK} }} }}"""
COMPLETE = f"mutation ($id: UUID!) {{ completeTask(id: $id) {{ {ERRORS} nextFollowUpAt {TASK} }} }}"
REOPEN = f"mutation ($id: UUID!) {{ reopenTask(id: $id) {{ {ERRORS} nextFollowUpAt {TASK} }} }}"
DELETE = f"mutation ($id: UUID!) {{ deleteTask(id: $id) {{ {ERRORS} lead {{ id tasks {{ id }} }} }} }}"
DUE = datetime(2031, 5, 1, 9, tzinfo=UTC).isoformat()


def run(ask: Caller, document: str, given_id: object, **given: Any) -> dict[str, Any]:
    """The payload of the one field, whatever it says."""
    [told] = ask(document, id=str(given_id), **({"input": given} if "$input" in document else {})).values()
    return dict(told)


def done(ask: Caller, lead_id: UUID) -> int:
    """How often the timeline says that a task was done."""
    counted = "interactions(types: [task_completed]) { totalCount }"
    found = ask(f"query ($id: UUID!) {{ lead(id: $id) {{ {counted} }} }}", id=str(lead_id))
    return int(found["lead"]["interactions"]["totalCount"])


@pytest.fixture
def lead_id(desk: Desk) -> UUID:
    return desk.lead(couple_name_bride="Ada")


@pytest.fixture
def task_id(ask: Caller, lead_id: UUID) -> str:
    told = run(ask, CREATE, lead_id, title="Call", description="About June", dueAt=DUE)
    return str(told["task"]["id"])


def test_a_task_is_made(desk: Desk, ask: Caller, lead_id: UUID) -> None:
    told = run(
        ask, CREATE, lead_id, title=" Call ", priority="high", dueAt=DUE, taskType="call",
        assignedToUserId=str(desk.house.member.user_id),
    )  # fmt: skip
    assert (told["success"], told["message"], told["errors"]) == (True, "Task created.", [])
    assert told["task"] == told["task"] | {
        "title": "Call",
        "taskType": "call",
        "priority": "high",
        "dueAt": DUE,
        "completedAt": None,
        "assignee": {"fullName": "Member Person"},
        "lead": {"couple": "Ada"},
    }
    found = ask("query ($id: UUID!) { lead(id: $id) { nextFollowUpAt } }", id=str(lead_id))
    assert found["lead"]["nextFollowUpAt"] == DUE


def test_absent_stays_and_null_clears(ask: Caller, task_id: str) -> None:
    told = run(ask, UPDATE, task_id, description=None)
    assert (told["success"], told["message"]) == (True, "Task updated.")
    assert (told["task"]["title"], told["task"]["description"]) == ("Call", None)
    assert told["task"]["dueAt"] == told["nextFollowUpAt"] == DUE
    told = run(ask, UPDATE, task_id, dueAt=None)
    assert (told["task"]["dueAt"], told["nextFollowUpAt"]) == (None, None)


def test_a_task_is_completed_once_and_opened_again(ask: Caller, lead_id: UUID, task_id: str) -> None:
    told = run(ask, COMPLETE, task_id)
    assert (told["success"], told["message"], told["nextFollowUpAt"]) == (True, "Task completed.", None)
    assert told["task"]["completedAt"] is not None
    assert run(ask, COMPLETE, task_id)["task"] == told["task"]
    assert done(ask, lead_id) == 1
    told = run(ask, REOPEN, task_id)
    assert (told["message"], told["task"]["completedAt"], told["nextFollowUpAt"]) == (
        "Task opened again.",
        None,
        DUE,
    )


def test_completing_what_is_done_writes_nothing(ask: Caller, task_id: str, unchanged: Any) -> None:
    run(ask, COMPLETE, task_id)
    with unchanged():
        assert run(ask, COMPLETE, task_id)["success"] is True


def test_a_task_is_deleted(ask: Caller, lead_id: UUID, task_id: str) -> None:
    told = run(ask, DELETE, task_id)
    assert (told["success"], told["message"]) == (True, "Task deleted.")
    assert told["lead"] == {"id": str(lead_id), "tasks": []}
    assert run(ask, DELETE, task_id)["errors"][0]["code"] == "NOT_FOUND"


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"title": ""}, "title", "missing"),
        ({"title": "x" * 256}, "title", "string_too_long"),
        ({"title": "Call", "description": "x" * 10_001}, "description", "string_too_long"),
        ({"title": "Call", "dueAt": "2031-05-01T09:00:00"}, "dueAt", "timezone_aware"),
        ({"title": "Call", "dueAt": "2999-05-01T09:00:00Z"}, "dueAt", "less_than_equal"),
        ({"title": "Call", "assignedToUserId": str(uuid7())}, "assignedToUserId", "unknown"),
    ],
)
def test_a_task_that_cannot_be_is_not_made(
    ask: Caller, lead_id: UUID, unchanged: Any, given: dict[str, Any], field: str, code: str
) -> None:
    with unchanged():
        told = run(ask, CREATE, lead_id, **given)
    assert (told["success"], told["task"]) == (False, None)
    assert [(error["field"], error["code"]) for error in told["errors"]] == [(field, code)]


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({}, None, "nothing_given"),
        ({"title": None}, "title", "not_null"),
        ({"title": " "}, "title", "not_null"),
        ({"priority": None}, "priority", "not_null"),
        ({"isDone": None}, "isDone", "not_null"),
        ({"isDone": True, "assignedToUserId": str(uuid7())}, "assignedToUserId", "unknown"),
        ({"isDone": True, "title": "x" * 256}, "title", "string_too_long"),
    ],
)
def test_a_change_that_cannot_be_writes_nothing(
    ask: Caller, task_id: str, unchanged: Any, given: dict[str, Any], field: str | None, code: str
) -> None:
    with unchanged():
        told = run(ask, UPDATE, task_id, **given)
    assert (told["success"], told["task"]) == (False, None)
    assert [(error["field"], error["code"]) for error in told["errors"]] == [(field, code)]


@pytest.mark.parametrize(
    ("document", "given"),
    [(CREATE, {"title": "Call"}), (UPDATE, {"isDone": True}), (COMPLETE, {}), (REOPEN, {}), (DELETE, {})],
    ids=["create", "update", "complete", "reopen", "delete"],
)
def test_who_may_not_write_tasks(
    desk: Desk, stranger: Caller, lead_id: UUID, task_id: str, unchanged: Any, document: str,
    given: dict[str, Any],
) -> None:  # fmt: skip
    reader, theirs = desk.caller(scopes=[Permission.READ]), lead_id if document == CREATE else task_id
    with unchanged():
        assert run(reader, document, theirs, **given)["errors"][0]["code"] == "NOT_PERMITTED"
        told = [run(stranger, document, i, **given) for i in (theirs, uuid7())]
    assert told[0] == told[1]
    assert told[0]["errors"][0]["code"] == "NOT_FOUND"
