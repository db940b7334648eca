"""Sequences over REST, as the specification has them: made, edited as drafts, published, compared, moved."""

from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from app.kernel.actor import Permission
from tests.cast import House
from tests.surfaces.graphql.conftest import Desk
from tests.surfaces.rest.conftest import Program, problem, program

SEQUENCES = "/nurture-sequences"
TAG = {
    "step_name": "Tag",
    "step_type": "tag_assignment",
    "delay_amount": 1,
    "step_content": '{"add": ["seen"]}',
}
CALL = {"step_name": "Call", "step_type": "phone_call", "delay_amount": 2}


def made(api: Program, *steps: dict[str, Any], **changes: Any) -> dict[str, Any]:
    plain = {"sequence_name": f"Sequence {uuid7().hex}", "sequence_type": "nurture", "steps": list(steps)}
    answer = api.post(SEQUENCES, plain | changes)
    assert answer.status_code == 201, answer.text
    return dict(answer.json)


def address(told: dict[str, Any]) -> str:
    return f"{SEQUENCES}/{told['sequence']['id']}"


def names(told: dict[str, Any]) -> list[str]:
    return [step["step_name"] for step in told["steps"]]


def test_the_list_is_that_of_the_specification(api: Program, desk: Desk) -> None:
    desk.lead()
    made(api, sequence_name="Autumn", target_score_range=[40, None], target_lead_status=["contacted"])
    told = api.get(SEQUENCES).json
    assert told.keys() == {
        "sequences",
        "active_enrollments",
        "total_sequences",
        "average_completion_rate",
    }
    assert (told["active_enrollments"], told["total_sequences"]) == (1, 2)
    autumn, welcome = told["sequences"]
    assert autumn == autumn | {
        "sequence_name": "Autumn",
        "sequence_description": None,
        "sequence_type": "nurture",
        "trigger_conditions": {},
        "target_lead_status": ["contacted"],
        "target_lead_sources": [],
        "target_score_range": [40, None],
        "priority_level": 1,
        "is_active": True,
        "completion_rate": 0.0,
        "published_version": 0,
        "has_draft": True,
    }
    assert (welcome["sequence_name"], welcome["total_enrollments"]) == ("Welcome", 1)


def test_a_sequence_is_made_with_its_steps_and_published_in_one_call(api: Program) -> None:
    told = made(api, TAG, CALL, publish=True)
    assert (told["success"], told["message"], names(told)) == (True, "Sequence made.", ["Tag", "Call"])
    assert (told["sequence"]["published_version"], told["sequence"]["has_draft"]) == (1, False)
    step = told["steps"][0]
    assert step == step | TAG | {
        "step_order": 1,
        "send_time": "09:00:00",
        "send_days": [1, 2, 3, 4, 5],
        "anchor": "previous_step",
        "variants": [],
    }
    assert api.get(address(told)).json["steps"] == told["steps"]


def test_a_step_has_the_specifications_columns(api: Program) -> None:
    told = made(api, TAG)
    [step] = told["steps"]
    assert step.keys() >= {
        *("id", "sequence_id", "step_order", "step_name", "step_type", "delay_amount", "delay_unit"),
        *("send_time", "send_days", "email_template_id", "sms_template_id", "task_template_id"),
        *("step_content", "execution_conditions", "branch_conditions", "is_active"),
    }
    assert step["sequence_id"] == told["sequence"]["id"]


def test_what_is_wrong_is_named_by_its_place(api: Program) -> None:
    steps = [TAG, TAG | {"step_content": "{}"}, CALL | {"send_days": [8]}]
    body = {"sequence_name": "Wrong", "sequence_type": "nurture", "steps": steps}
    told = problem(api.post(SEQUENCES, body), 422)
    assert [one["field"] for one in told["errors"]] == ["steps.2.send_days.0"]
    told = problem(api.post(SEQUENCES, body | {"steps": steps[:2]}), 422)
    assert [one["field"] for one in told["errors"]] == ["steps.1.step_content"]
    email = {"step_name": "Write", "step_type": "email"}
    told = problem(api.post(SEQUENCES, body | {"steps": [TAG, email], "publish": True}), 422)
    assert told["errors"] == [
        {
            "field": "steps.1.email_template_id",
            "code": "template_missing",
            "message": "Step 2, “Write”: Choose a template.",
        }
    ]
    assert api.get(SEQUENCES).json["total_sequences"] == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"priority_level": 11}, "priority_level"),
        ({"sequence_type": "spring"}, "sequence_type"),
        ({"target_score_range": [1, 2, 3]}, "target_score_range"),
        ({"target_lead_status": ["gone"]}, "target_lead_status.0"),
        ({"steps": [CALL | {"send_time": 32400}]}, "steps.0.send_time"),
        ({"steps": [CALL | {"step_type": "fax"}]}, "steps.0.step_type"),
        ({"steps": [CALL] * 51}, "steps"),
        ({"unknown": 1}, "unknown"),
    ],
)
def test_bounds(api: Program, changes: dict[str, Any], field: str) -> None:
    body = {"sequence_name": "Bounds", "sequence_type": "nurture"} | changes
    told = problem(api.post(SEQUENCES, body), 422)
    assert told["errors"][0]["field"] == field


def test_settings_hold_at_once_and_nobody_overwrites_anybody(api: Program) -> None:
    told = made(api, TAG, publish=True)
    here, seen = address(told), told["sequence"]["revision"]
    changed = api.send(
        "PUT", f"{here}?revision={seen}", json={"priority_level": 7, "reentry_after_days": 30}
    ).json
    assert (changed["sequence"]["priority_level"], changed["sequence"]["revision"]) == (7, seen + 1)
    same = api.send("PUT", here, json={"priority_level": 7}).json
    assert same["message"] == "Nothing changed."
    late = api.send("PUT", f"{here}?revision={seen}", json={"priority_level": 1})
    assert problem(late, 412)["code"] == "OUTDATED"
    problem(api.post(f"{here}/steps?revision={seen}", CALL), 412)
    problem(api.post(f"{here}/publish?revision={seen}", {}), 412)


def test_steps_are_edited_as_a_draft_and_published(api: Program) -> None:
    told = made(api, TAG, publish=True)
    here = address(told)
    added = api.post(f"{here}/steps", CALL | {"step_order": 1})
    assert (added.status_code, names(added.json)) == (201, ["Call", "Tag"])
    key = added.json["step_key"]
    assert key == added.json["steps"][0]["step_key"]
    changed = api.send("PATCH", f"{here}/steps/{key}", json={"send_time": "10:30", "is_active": False}).json
    assert (changed["steps"][0]["send_time"], changed["steps"][0]["is_active"]) == ("10:30:00", False)
    keys = [step["step_key"] for step in changed["steps"]]
    assert names(api.post(f"{here}/steps/order", {"step_keys": keys[::-1]}).json) == ["Tag", "Call"]
    assert names(api.get(f"{here}/steps?version=1").json) == ["Tag"]
    assert names(api.get(f"{here}/steps").json) == ["Tag", "Call"]
    told = api.get(f"{here}/differences?before=1").json["differences"]
    assert [(one["kind"], one["step_name"]) for one in told] == [("added", "Call")]
    published = api.post(f"{here}/publish", {}).json
    assert (published["version"], published["summary"]) == (2, "Added “Call”")
    assert published["message"] == "Version 2 published."
    assert api.post(f"{here}/publish", {}).json["message"] == "Nothing changed."
    listed = api.get(f"{here}/versions").json["versions"]
    assert [(one["version"], one["summary"], one["by"]) for one in listed] == [
        (2, "Added “Call”", None),
        (1, "First version: 1 step", None),
    ]
    assert [one["version"] for one in api.get(f"{here}/versions?before=2&limit=1").json["versions"]] == [1]
    assert names(api.send("DELETE", f"{here}/steps/{key}").json) == ["Tag"]
    assert names(api.send("DELETE", f"{here}/draft").json) == ["Tag", "Call"]
    problem(api.send("PATCH", f"{here}/steps/{uuid7()}", json={"step_name": "X"}), 404)
    problem(api.get(f"{here}/steps?version=9"), 404)


def test_problems_are_told_before_publishing(api: Program) -> None:
    told = made(api, {"step_name": "Text", "step_type": "sms", "delay_amount": 1}, is_active=False)
    found = api.get(f"{address(told)}/problems").json
    assert found["can_be_published"] is False
    assert [
        (one["field"], one["code"], one["is_warning"], one["step_order"]) for one in found["problems"]
    ] == [
        ("is_active", "switched_off", True, None),
        ("sms_template_id", "template_missing", False, 1),
        ("step_type", "sms_not_configured", True, 1),
    ]
    assert found["problems"][1]["step_key"] == told["steps"][0]["step_key"]


def test_copies_ready_made_ones_and_the_end(api: Program, desk: Desk) -> None:
    told = made(api, TAG, publish=True, sequence_name="Spring")
    copied = api.post(f"{address(told)}/copy", {}).json
    assert copied["sequence"]["sequence_name"] == "Copy of Spring"
    listed = api.get(f"{SEQUENCES}/ready-made").json["sequences"]
    assert len(listed) == 30
    florist = next(one for one in listed if one["key"] == "florist_welcome")
    taken = api.post(f"{SEQUENCES}/ready-made", {"key": "florist_welcome"})
    assert (taken.status_code, names(taken.json)) == (201, florist["steps"])
    problem(api.post(f"{SEQUENCES}/ready-made", {"key": "baker_welcome"}), 404)
    gone = api.send("DELETE", address(copied)).json
    assert (gone["archived"], gone["message"]) == (False, "Sequence deleted.")
    problem(api.get(address(copied)), 404)
    desk.lead()
    kept = api.send("DELETE", address(told)).json
    assert (kept["archived"], kept["ended"], kept["left"]) == (True, 1, 0)
    assert api.get(address(told)).json["sequence"]["is_active"] is False


def test_all_leave_a_sequence_that_is_off(api: Program, desk: Desk) -> None:
    told = made(api, TAG, publish=True)
    desk.lead()
    here = address(told)
    problem(api.post(f"{here}/end", {}), 409)
    api.send("PUT", here, json={"is_active": False})
    assert api.get(f"{here}/statistics").json["under_way"] == 1
    done = api.post(f"{here}/end", {})
    assert (done.status_code, done.json["ended"], done.json["left"]) == (200, 1, 0)
    assert api.get(f"{here}/statistics").json["under_way"] == 0
    assert api.post(f"{here}/end", {}).json["ended"] == 0


def test_leads_are_moved_after_a_preview(api: Program, desk: Desk) -> None:
    told = made(api, TAG, publish=True)
    desk.lead()
    here = address(told)
    api.post(f"{here}/steps", CALL | {"step_order": 1})
    api.post(f"{here}/publish", {})
    preview = api.get(f"{here}/moves").json
    assert preview["version"] == 2
    assert preview["groups"] == [
        {
            "version": 1,
            "step_key": told["steps"][0]["step_key"],
            "step_name": "Tag",
            "count": 1,
            "moves": 1,
            "waiting": 0,
            "to_step": "Tag",
            "missed": ["Call"],
            "repeated": [],
        }
    ]
    problem(api.post(f"{here}/moves", {"version": 1}), 412)
    moved = api.post(f"{here}/moves", {"version": 2})
    assert (moved.status_code, moved.json["moved"], moved.json["left"]) == (200, 1, 0)
    assert api.get(f"{here}/moves").json["groups"] == []


def test_who_is_in_it_and_what_became_of_them(api: Program, desk: Desk) -> None:
    told = made(api, TAG, publish=True)
    lead_id = desk.lead()
    here = address(told)
    listed = api.get(f"{here}/enrollments").json
    [enrolled] = listed["enrollments"]
    assert (enrolled["lead_id"], enrolled["status"]) == (str(lead_id), "active")
    assert listed["pagination"] == {"total": 1, "page": 1, "limit": 25, "totalPages": 1}
    assert api.get(f"{here}/enrollments?status=completed").json["enrollments"] == []
    of_lead = api.get(f"/leads/{lead_id}/enrollments").json["enrollments"]
    assert {one["sequence_id"] for one in of_lead} >= {told["sequence"]["id"]}
    figures = api.get(f"{here}/statistics").json
    assert (figures["enrolled"], figures["under_way"], figures["completed"]) == (1, 1, 0)
    assert figures["converted"] == figures["converted"] | {"n": 1, "won": 0, "rate": 0.0}
    [step] = figures["steps"]
    assert (step["step_name"], step["due"], step["messages"]) == ("Tag", 1, None)


def test_a_rehearsal_sends_nothing(api: Program, desk: Desk) -> None:
    told = made(api, TAG, CALL)
    lead_id = desk.lead()
    found = api.get(f"{address(told)}/dry-run?lead_id={lead_id}").json
    assert [(one["step_name"], one["outcome"]) for one in found["steps"]] == [
        ("Tag", "done"),
        ("Call", "done"),
    ]
    assert (found["version"], found["fits"]) == (0, True)
    assert found["steps"][1]["words"]["subject"] == "Call"
    assert api.get(f"{address(told)}/enrollments").json["enrollments"] == []
    problem(api.get(f"{address(told)}/dry-run?lead_id={UUID(int=1)}"), 404)
    problem(api.get(f"{address(told)}/dry-run"), 422)


def test_a_key_that_only_reads_writes_nothing(desk: Desk, house: House) -> None:
    reader = program(desk, scopes=[Permission.READ])
    told = made(program(desk), TAG)
    assert reader.get(address(told)).status_code == 200
    problem(reader.post(f"{address(told)}/steps", CALL), 403)
    problem(program(desk, house.stranger.actor).get(address(told)), 404)
