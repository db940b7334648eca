"""Tasks about a lead, which are its next follow-up."""

from datetime import UTC, datetime

import pytest
from uuid_utils.compat import uuid7

from app.kernel import clock
from app.kernel.errors import InvalidInput, NotFound, NotPermitted
from app.kernel.schema import validate
from app.leads.schemas import TaskCreate, TaskUpdate
from app.workflows.create_task import create_task
from app.workflows.delete_task import delete_task
from app.workflows.update_task import update_task
from tests.features.leads.desk import Desk

EARLY, LATE = "2027-05-01T09:00:00Z", "2027-06-01T09:00:00Z"
DUE = {text: datetime.fromisoformat(text) for text in (EARLY, LATE)}


def task(desk: Desk, lead_id: object, **said: object) -> object:
    return desk.do(create_task, desk.actor, lead_id, validate(TaskCreate, {"title": "Call them"} | said))


def change(desk: Desk, task_id: object, **said: object) -> object:
    return desk.do(update_task, desk.actor, task_id, validate(TaskUpdate, said))


def test_the_earliest_open_task_is_the_next_follow_up(desk: Desk) -> None:
    lead_id = desk.lead()
    task(desk, lead_id, due_at=LATE)
    early = task(desk, lead_id, due_at=EARLY)
    task(desk, lead_id)
    assert desk.row(lead_id).next_follow_up_at == DUE[EARLY]
    change(desk, early, is_done=True)
    assert desk.row(lead_id).next_follow_up_at == DUE[LATE]
    change(desk, early, is_done=False)
    assert desk.row(lead_id).next_follow_up_at == DUE[EARLY]
    change(desk, early, due_at="2027-07-01T09:00:00Z")
    assert desk.row(lead_id).next_follow_up_at == DUE[LATE]


def test_of_nobody_it_is_for_whoever_looks_after_the_lead(desk: Desk) -> None:
    lead_id = desk.lead()
    task(desk, lead_id)
    assert desk.select("select assigned_to_user_id from tasks") == [(desk.row(lead_id).assigned_to_user_id,)]


def test_done_it_stands_on_the_timeline_once_however_often_it_is_said(desk: Desk) -> None:
    lead_id = desk.lead()
    task_id = task(desk, lead_id)
    with clock.at(datetime(2027, 1, 1, tzinfo=UTC)) as then:
        change(desk, task_id, is_done=True)
    change(desk, task_id, is_done=True)
    done = desk.select("select completed_at, completed_by_user_id from tasks")
    assert done == [(then, desk.house.member.user_id)]
    told = desk.select(
        "select interaction_subject from lead_interactions where interaction_type = 'task_completed'"
    )
    assert told == [("Call them",)]


def test_deleted_it_is_gone_and_no_follow_up(desk: Desk) -> None:
    lead_id = desk.lead()
    task_id = task(desk, lead_id, due_at=EARLY)
    assert desk.do(delete_task, desk.actor, task_id) == lead_id
    assert desk.row(lead_id).next_follow_up_at is None


@pytest.mark.parametrize(
    ("said", "field"),
    [({}, ""), ({"title": None}, "title"), ({"is_done": None}, "is_done"), ({"title": " "}, "title")],
)
def test_a_wrong_change_names_its_field(desk: Desk, said: dict[str, object], field: str) -> None:
    task_id = task(desk, desk.lead())
    with pytest.raises(InvalidInput) as refused:
        change(desk, task_id, **said)
    assert refused.value.fields[0].field == field


def test_only_members_who_take_leads_are_given_tasks(desk: Desk) -> None:
    lead_id = desk.lead()
    for person in (desk.house.viewer, desk.house.stranger):
        with pytest.raises(InvalidInput):
            task(desk, lead_id, assigned_to_user_id=str(person.user_id))
    assert desk.select("select count(*) from tasks") == [(0,)]


def test_strangers_and_viewers_change_nothing(desk: Desk) -> None:
    lead_id = desk.lead()
    task_id = task(desk, lead_id)
    done, new = validate(TaskUpdate, {"is_done": True}), validate(TaskCreate, {"title": "Mine"})
    for actor, error in ((desk.house.stranger.actor, NotFound), (desk.house.viewer.actor, NotPermitted)):
        for work, given in (
            (update_task, (task_id, done)),
            (delete_task, (task_id,)),
            (create_task, (lead_id, new)),
        ):
            with pytest.raises(error):
                desk.do(work, actor, *given)
    with pytest.raises(NotFound, match="No task with this id"):
        desk.do(update_task, desk.actor, uuid7(), done)
    assert desk.select("select completed_at from tasks") == [(None,)]
