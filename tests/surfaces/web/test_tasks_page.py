"""The page of tasks: what is on it, under which heading, and what can be done there without a script."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from uuid_utils.compat import uuid7

from app.kernel import clock
from app.kernel.uow import reading
from app.models.choices import LeadStatus
from app.models.leads import Task
from tests.architecture.ledger import ledger
from tests.surfaces.accounts.browser import Browser
from tests.surfaces.web.conftest import NOON, Office
from tests.surfaces.web.test_lead_page import words

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOBODY = str(UUID(int=1))
TITLE = re.compile(r'class="task-title"[^>]*>([^<]+)<')


def put(office: Office, lead_id: UUID, title: str, due_at: datetime | None = None, **columns: Any) -> UUID:
    task_id = uuid7()
    office.add(Task(id=task_id, lead_id=lead_id, title=title, due_at=due_at, **columns))
    return task_id


def find(office: Office, title: str) -> Task:
    with office.app.app_context(), reading(office.house.supplier_id) as session:
        found = session.scalars(select(Task).where(Task.title == title)).one()
        session.expunge(found)
        return found


def titles(browser: Browser, query: str = "") -> list[str]:
    page = browser.get(f"/tasks{query}")
    assert page.status_code == 200, page.text
    return TITLE.findall(page.text)


@pytest.fixture
def desk(office: Office) -> Any:
    """Tasks of every kind, seen on a Wednesday at noon."""
    lead_id, lost = office.lead(couple_name_bride="Emma"), office.lead(couple_name_bride="Rosa")
    office.change(lost, lead_status=LeadStatus.LOST, lost_reason="price")
    me = office.house.owner.user_id
    put(office, lead_id, "No date")
    put(office, lead_id, "Later", NOON + 5 * DAY)
    put(office, lead_id, "Sunday", NOON + 4 * DAY)
    put(office, lead_id, "Tonight", NOON + HOUR, assigned_to_user_id=me)
    put(office, lead_id, "This morning", NOON - HOUR, assigned_to_user_id=office.house.admin.user_id)
    put(office, lead_id, "Done", NOON - DAY, completed_at=NOON - HOUR)
    put(office, lost, "Of a lost couple", NOON - DAY)
    return office


def test_what_is_due_first_comes_first_under_its_heading(desk: Office) -> None:
    with clock.at(NOON):
        browser = desk.browser()
        assert titles(browser) == ["This morning", "Tonight", "Sunday", "Later", "No date"]
        shown = words(browser, "/tasks").partition("Show")[2]
    found = [shown.index(word) for word in (
        "Overdue This morning", "Today Tonight", "This week Sunday", "Later Later", "No date No date"
    )]  # fmt: skip
    assert found == sorted(found)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?state=overdue", ["This morning"]),
        ("?state=done", ["Done"]),
        ("?who=mine", ["Tonight"]),
        ("?who=nobody", ["Sunday", "Later", "No date"]),
        ("?who=mine&state=overdue", []),
    ],
)
def test_the_address_says_which_tasks(desk: Office, query: str, expected: list[str]) -> None:
    with clock.at(NOON):
        assert titles(desk.browser(), query) == expected


def test_a_colleagues_tasks_are_asked_for_by_name(desk: Office) -> None:
    with clock.at(NOON):
        assert titles(desk.browser(), f"?who={desk.house.admin.user_id}") == ["This morning"]


@pytest.mark.parametrize(
    "query", ["?state=undone", "?who=them", "?limit=0", "?limit=101", "?after=x", "?x=1"]
)
def test_an_address_that_makes_no_sense_is_refused(office: Office, query: str) -> None:
    assert office.browser().get(f"/tasks{query}").status_code == 422


def test_the_counts_are_those_of_whoever_is_chosen(desk: Office) -> None:
    with clock.at(NOON):
        browser = desk.browser()
        assert "To do 5 Overdue 1 Done 1" in words(browser, "/tasks")
        assert "To do 1 Overdue 0 Done 0" in words(browser, "/tasks?who=mine")


def test_pages_hold_together_over_tasks_without_a_date(office: Office) -> None:
    lead_id = office.lead()
    for number in range(3):
        put(office, lead_id, f"Dated {number}", NOON + number * DAY)
        put(office, lead_id, f"Undated {number}")
    browser, address, seen = office.browser(), "?limit=2", []
    while address:
        page = browser.get(f"/tasks{address}").text
        seen += TITLE.findall(page)
        onward = re.search(r'href="/tasks([^"]+)"[^>]*>Next ', page)
        address = onward[1].replace("&amp;", "&") if onward else ""
    assert seen[:3] == ["Dated 0", "Dated 1", "Dated 2"]
    assert sorted(seen[3:]) == ["Undated 0", "Undated 1", "Undated 2"]


def test_a_task_is_done_and_undone(office: Office) -> None:
    task_id = put(office, office.lead(), "Call them", NOON)
    browser = office.browser()
    answer = browser.post(f"/tasks/{task_id}/complete", page="/tasks")
    assert (answer.status_code, answer.location) == (303, "/tasks")
    done = find(office, "Call them")
    assert (done.completed_by_user_id, done.completed_at is not None) == (office.house.owner.user_id, True)
    page = browser.get("/tasks").text
    assert f'action="/tasks/{task_id}/reopen"' in page
    assert "Undo" in page
    browser.post(f"/tasks/{task_id}/reopen", page="/tasks?state=done")
    assert find(office, "Call them").completed_at is None


def test_who_comes_from_a_page_of_ours_goes_back_there_and_to_no_other_site(office: Office) -> None:
    task_id = put(office, office.lead(), "Call them", NOON)
    browser = office.browser()
    for came_from, goes in (
        ("http://localhost/tasks?who=mine", "/tasks?who=mine"),
        ("http://localhost//evil.example/", "/tasks"),
        ("http://evil.example/tasks?who=mine", "/tasks"),
    ):
        data = {"csrf_token": browser.token("/tasks")}
        answer = browser.client.post(f"/tasks/{task_id}/reopen", data=data, headers={"Referer": came_from})
        assert answer.location == goes


@pytest.mark.parametrize(
    ("later", "due"),
    [
        ("tomorrow", datetime(2027, 3, 11, 9, tzinfo=UTC)),
        ("in_three_days", datetime(2027, 3, 13, 9, tzinfo=UTC)),
        ("next_week", datetime(2027, 3, 15, 9, tzinfo=UTC)),
    ],
)
def test_a_task_is_put_off_to_a_morning(office: Office, later: str, due: datetime) -> None:
    task_id = put(office, office.lead(), "Call them", NOON)
    with clock.at(NOON):
        browser = office.browser()
        browser.post(f"/tasks/{task_id}/snooze", page="/tasks", later=later)
        assert f"Put off to {due.day} Mar 2027, 09:00." in words(browser, "/tasks")
    assert find(office, "Call them").due_at == due


def test_a_task_is_put_off_to_nothing_else(office: Office) -> None:
    task_id = put(office, office.lead(), "Call them", NOON)
    browser = office.browser()
    before = ledger(office.app, office.house.supplier_id)
    for later in ({}, {"later": "never"}):
        assert browser.post(f"/tasks/{task_id}/snooze", page="/tasks", **later).status_code == 422
    assert ledger(office.app, office.house.supplier_id) == before


def test_a_task_is_added_to_a_couple_that_is_searched_for(office: Office) -> None:
    lead_id = office.lead(couple_name_bride="Emma Clarke")
    browser = office.browser()
    assert f'href="/tasks/for/{lead_id}"' in browser.get("/tasks/new?search=clarke").text
    assert "No lead matches" in browser.get("/tasks/new?search=nobody").text
    path = f"/tasks/for/{lead_id}"
    given = {"title": "Call them", "due_at": "2027-07-01T09:30", "priority": "high", "description": "Soon"}
    assert browser.post(path, **given).status_code == 303
    made = find(office, "Call them")
    assert (made.lead_id, made.priority, made.description) == (lead_id, "high", "Soon")
    assert made.due_at == datetime(2027, 7, 1, 8, 30, tzinfo=UTC)  # summer time in London


def test_a_task_is_changed_and_its_date_and_person_taken_away(office: Office) -> None:
    me = office.house.owner.user_id
    task_id = put(office, office.lead(), "Call them", NOON, assigned_to_user_id=me, description="Soon")
    browser = office.browser()
    page = browser.get(f"/tasks/{task_id}").text
    assert 'value="2027-03-10T12:00"' in page
    blank = dict.fromkeys(("due_at", "assigned_to_user_id", "description"), "")
    answer = browser.post(f"/tasks/{task_id}", title="Write to them", priority="low", **blank)
    assert answer.status_code == 303
    changed = find(office, "Write to them")
    assert (changed.due_at, changed.assigned_to_user_id, changed.description) == (None, None, None)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"title": "", "priority": "low"}, "title"),
        ({"title": "Call", "priority": "low", "due_at": "next week"}, "due_at"),
        (
            {"title": "Call", "priority": "low", "assigned_to_user_id": str(UUID(int=1))},
            "assigned_to_user_id",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_field(office: Office, given: dict[str, str], said: str) -> None:
    lead_id = office.lead()
    task_id = put(office, lead_id, "Call them", NOON)
    browser = office.browser()
    before = ledger(office.app, office.house.supplier_id)
    for path in (f"/tasks/for/{lead_id}", f"/tasks/{task_id}"):
        answer = browser.post(path, **given)
        assert answer.status_code == 422
        assert f'-{said}-error"' in answer.text
    assert ledger(office.app, office.house.supplier_id) == before


def test_a_task_is_deleted(office: Office) -> None:
    task_id = put(office, office.lead(), "Call them", NOON)
    browser = office.browser()
    assert browser.post(f"/tasks/{task_id}/delete", page=f"/tasks/{task_id}").status_code == 303
    assert titles(browser) == []
    assert browser.get(f"/tasks/{task_id}").status_code == 404


def test_a_viewer_reads_and_writes_nothing(office: Office) -> None:
    put(office, office.lead(), "Call them", NOON)
    page = office.browser(office.house.viewer).get("/tasks").text
    assert "Call them" in page
    for absent in ("/complete", "/snooze", "Add a task"):
        assert absent not in page


def test_an_empty_page_teaches(office: Office) -> None:
    browser = office.browser()
    for query, said in (("", "Nothing to do"), ("?state=overdue", "Nothing is overdue"),
                        ("?state=done", "Nothing is done yet")):  # fmt: skip
        assert said in words(browser, f"/tasks{query}")


def test_it_costs_the_same_statements_however_many(office: Office, statements: Any) -> None:
    lead_id = office.lead()
    put(office, lead_id, "First", NOON)
    browser = office.browser()
    with statements() as few:
        browser.get("/tasks")
    for number in range(9):
        put(office, lead_id, f"Task {number}", NOON)
    with statements() as many:
        browser.get("/tasks")
    assert len(many) == len(few) <= 8, few


def test_only_who_may_do_tasks_is_offered(office: Office, browser: Browser) -> None:
    page = browser.get("/tasks").text
    assert "Member Person</option>" in page
    assert "Viewer Person" not in page
