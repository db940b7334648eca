"""`task` and `tasks`: what has to be done, filtered, by due time, a page at a time."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from app.kernel import clock
from app.models.leads import Task
from tests.surfaces.graphql.conftest import Caller, Desk

TASKS = """query ($filter: TaskFilter, $first: Int, $after: String) {
    tasks(filter: $filter, first: $first, after: $after) {
        totalCount pageInfo { hasNextPage endCursor } nodes { title } } }"""


@pytest.fixture
def now() -> datetime:
    return clock.now()


@pytest.fixture
def lead_id(desk: Desk, now: datetime) -> UUID:
    """A lead with a task of each kind."""
    lead_id, house = desk.lead(couple_name_bride="Ada"), desk.house
    day = timedelta(days=1)
    desk.add(
        Task(lead_id=lead_id, title="late", due_at=now - day, assigned_to_user_id=house.member.user_id),
        Task(lead_id=lead_id, title="soon", due_at=now + day),
        Task(lead_id=lead_id, title="some day", assigned_to_user_id=house.member.user_id),
        Task(lead_id=lead_id, title="done late", due_at=now - 2 * day, completed_at=now),
    )
    return lead_id


def titles(ask: Caller, **chosen: Any) -> list[str]:
    return [node["title"] for node in ask(TASKS, filter=chosen)["tasks"]["nodes"]]


def test_tasks_come_by_due_time_and_those_without_come_last(ask: Caller, lead_id: UUID) -> None:
    assert titles(ask) == ["done late", "late", "soon", "some day"]


def test_each_filter_narrows(desk: Desk, ask: Caller, lead_id: UUID) -> None:
    member = str(desk.house.member.user_id)
    assert titles(ask, isOpen=True) == ["late", "soon", "some day"]
    assert titles(ask, isOpen=False) == ["done late"]
    assert titles(ask, isOverdue=True) == ["late"]
    assert titles(ask, isOverdue=False) == ["done late", "soon", "some day"]
    assert titles(ask, assignedTo=member) == ["late", "some day"]
    assert titles(ask, unassigned=True) == ["done late", "soon"]
    assert titles(ask, leadId=str(lead_id), isOpen=True, assignedTo=member) == ["late", "some day"]
    assert titles(ask, leadId=str(desk.lead())) == []
    assert titles(ask, isOpen=None, assignedTo=None) == titles(ask)


def test_pages_follow_each_other(ask: Caller, lead_id: UUID) -> None:
    seen, after = [], None
    for _ in range(4):
        page = ask(TASKS, first=1, after=after)["tasks"]
        assert page["totalCount"] == 4
        seen += [node["title"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert seen == ["done late", "late", "soon", "some day"]
    assert page["pageInfo"]["hasNextPage"] is False


@pytest.mark.parametrize("first", [0, -1, 101])
def test_a_page_of_another_size_is_named(ask: Caller, first: int) -> None:
    error = ask.refused(TASKS, first=first)
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "1" in error["message"]
    assert "100" in error["message"]


def test_a_cursor_that_is_none_of_this_list_is_named(desk: Desk, ask: Caller) -> None:
    desk.lead()
    of_leads = ask("{ leads { pageInfo { endCursor } } }")["leads"]["pageInfo"]["endCursor"]
    for after in ("forged", of_leads):
        assert ask.refused(TASKS, after=after)["extensions"]["code"] == "BAD_USER_INPUT"


def test_a_task_tells_its_lead_and_its_people_in_one_statement(
    desk: Desk, ask: Caller, lead_id: UUID, statements: Any
) -> None:
    document = """{ tasks(first: 2) { nodes { title lead { couple source { sourceName } }
        assignee { fullName } completedBy { fullName } sequenceStep { stepName } } } }"""
    with statements() as sent:
        found = ask(document)["tasks"]["nodes"]
    assert len(sent) == 1
    assert found[1] == {
        "title": "late",
        "lead": {"couple": "Ada", "source": {"sourceName": "Website"}},
        "assignee": {"fullName": "Member Person"},
        "completedBy": None,
        "sequenceStep": None,
    }


def test_one_task_is_found_by_its_id(desk: Desk, ask: Caller, stranger: Caller, lead_id: UUID) -> None:
    task_id = ask("{ tasks(first: 1) { nodes { id } } }")["tasks"]["nodes"][0]["id"]
    one = "query ($id: UUID!) { task(id: $id) { title dueAt } }"
    assert ask(one, id=task_id)["task"]["title"] == "done late"
    answers = [stranger.send(one, {"id": str(i)}).data for i in (task_id, uuid7())]
    assert answers == [b'{"data":{"task":null}}'] * 2


def test_others_see_none_of_them(stranger: Caller, lead_id: UUID) -> None:
    assert stranger(TASKS, filter={"leadId": str(lead_id)})["tasks"] == {
        "totalCount": 0,
        "pageInfo": {"hasNextPage": False, "endCursor": None},
        "nodes": [],
    }
