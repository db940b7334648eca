"""The tasks on a lead's page."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from app.leads.schemas import TaskCreate
from app.models.leads import Task
from app.workflows.create_task import create_task
from tests.surfaces.accounts.browser import Browser
from tests.surfaces.web.conftest import Office
from tests.surfaces.web.test_lead_composer import rows
from tests.surfaces.web.test_lead_page import words

RIGHT = {"title": "Call them", "priority": "high", "assigned_to_user_id": ""}
WRITES = {"": RIGHT, "/done": {"done": "yes"}, "/delete": {}}


def make(office: Office, lead_id: UUID, **said: Any) -> UUID:
    with office.app.app_context():
        return create_task(office.house.owner.actor, lead_id, TaskCreate(**{"title": "Call"} | said))


def post(browser: Browser, task_id: UUID, what: str = "", **said: str) -> Any:
    return browser.post(f"/leads/tasks/{task_id}{what}", page="/leads", **said)


def task_of(office: Office, lead_id: UUID) -> Task:
    [found] = rows(office, Task, lead_id)
    return found


@pytest.mark.parametrize("what", WRITES)
def test_a_viewer_may_not_and_a_stranger_finds_nothing(office: Office, what: str) -> None:
    lead_id = office.lead()
    task_id = make(office, lead_id)
    before = task_of(office, lead_id).updated_at
    assert post(office.browser(office.house.viewer), task_id, what, **WRITES[what]).status_code == 403
    stranger = office.browser(office.house.stranger)
    answers = [post(stranger, one, what, **WRITES[what]) for one in (task_id, uuid7())]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].data == answers[1].data
    assert task_of(office, lead_id).updated_at == before


def test_a_task_is_done_with_one_click_and_opened_again(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    task_id = make(office, lead_id)
    answer = post(browser, task_id, "/done", done="yes")
    assert (answer.status_code, answer.location) == (303, f"/leads/{lead_id}#tasks")
    assert "Done just now by Olive Owner" in words(browser, f"/leads/{lead_id}")
    assert "Olive Owner completed a task : Call" in words(browser, f"/leads/{lead_id}")
    assert post(browser, task_id, "/done", done="no").status_code == 303
    assert task_of(office, lead_id).completed_at is None
    assert post(browser, task_id, "/done", done="maybe").status_code == 422


def test_it_is_changed_in_place(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    task_id = make(office, lead_id)
    form = browser.get(f"/leads/{lead_id}?task={task_id}").text
    assert f'action="/leads/tasks/{task_id}"' in form
    partial = {"HX-Request-Type": "partial"}
    part = browser.client.get(f"/leads/{lead_id}?task={task_id}", headers=partial).text
    assert part.lstrip().startswith('<section class="card" id="tasks"')
    said = {"due_at": "2031-05-04T09:00", "assigned_to_user_id": str(office.house.member.user_id)}
    assert post(browser, task_id, **RIGHT | said).status_code == 303
    task = task_of(office, lead_id)
    assert (task.title, task.priority) == ("Call them", "high")
    assert (task.due_at, task.assigned_to_user_id) == (
        datetime(2031, 5, 4, 8, tzinfo=UTC),
        office.house.member.user_id,
    )
    assert "Next follow-up 4 May 2031" in words(browser, f"/leads/{lead_id}")
    assert post(browser, task_id, **RIGHT, due_at="").status_code == 303
    assert task_of(office, lead_id).due_at is None


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("title", "", "cannot be cleared"),
        ("title", "x" * 256, "255"),
        ("due_at", "soon", "Give a day and a time"),
        ("priority", "huge", "Not a valid choice"),
        ("assigned_to_user_id", "01a21685-170f-72c5-96ce-21596e9d4f1a", "Not a valid choice"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    office: Office, browser: Browser, name: str, value: str, told: str
) -> None:
    lead_id = office.lead()
    task_id = make(office, lead_id)
    page = post(browser, task_id, **RIGHT | {name: value})
    assert page.status_code == 422
    assert told in page.text.partition(f'id="change-task-{name}-error"')[2][:200]
    assert task_of(office, lead_id).title == "Call"


def test_a_task_of_another_lead_is_not_found_here(office: Office, browser: Browser) -> None:
    task_id, other = make(office, office.lead()), office.lead()
    assert browser.get(f"/leads/{other}?task={task_id}").status_code == 404
    assert browser.get(f"/leads/{other}?task=7").status_code == 422


def test_it_is_deleted(office: Office, browser: Browser) -> None:
    lead_id = office.lead()
    answer = post(browser, make(office, lead_id), "/delete")
    assert (answer.status_code, answer.location) == (303, f"/leads/{lead_id}#tasks")
    assert rows(office, Task, lead_id) == []
    assert "No tasks." in words(browser, f"/leads/{lead_id}")
