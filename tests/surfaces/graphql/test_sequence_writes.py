"""Sequences over GraphQL: made, edited as drafts, published, compared, moved, rehearsed."""

from typing import Any

import pytest
from uuid_utils.compat import uuid7

from app.kernel.actor import Permission
from tests.surfaces.graphql.conftest import Caller, Desk

TOLD = "success message errors { field code message }"
SEQUENCE = """sequence { id sequenceName priorityLevel publishedVersion hasDraft revision targetScoreRange
    editedSteps { stepKey stepOrder stepName stepType sendTime sendDays isActive needsApproval
        branchConditions variants { label } }
    steps { stepName } }"""
CREATE = f"""mutation ($input: NurtureSequenceInput!) {{
    createNurtureSequence(input: $input) {{ {TOLD} {SEQUENCE} }} }}"""
UPDATE = f"""mutation ($id: UUID!, $input: NurtureSequenceUpdateInput!, $revision: Int) {{
    updateNurtureSequence(id: $id, input: $input, revision: $revision) {{ {TOLD} {SEQUENCE} }} }}"""
ADD = f"""mutation ($id: UUID!, $input: SequenceStepInput!) {{
    addSequenceStep(sequenceId: $id, input: $input) {{ {TOLD} stepKey {SEQUENCE} }} }}"""
CHANGE = f"""mutation ($id: UUID!, $key: UUID!, $input: SequenceStepUpdateInput!) {{
    updateSequenceStep(sequenceId: $id, stepKey: $key, input: $input) {{ {TOLD} stepKey {SEQUENCE} }} }}"""
REMOVE = f"""mutation ($id: UUID!, $key: UUID!) {{
    removeSequenceStep(sequenceId: $id, stepKey: $key) {{ {TOLD} {SEQUENCE} }} }}"""
ORDER = f"""mutation ($id: UUID!, $keys: [UUID!]!) {{
    orderSequenceSteps(sequenceId: $id, input: {{stepKeys: $keys}}) {{ {TOLD} {SEQUENCE} }} }}"""
DISCARD = f"mutation ($id: UUID!) {{ discardSequenceDraft(id: $id) {{ {TOLD} {SEQUENCE} }} }}"
PUBLISH = f"""mutation ($id: UUID!) {{ publishNurtureSequence(id: $id) {{ {TOLD} version summary
    warnings {{ code stepOrder }} {SEQUENCE} }} }}"""
DELETE = (
    f"mutation ($id: UUID!) {{ deleteNurtureSequence(id: $id) {{ {TOLD} sequenceId archived ended left }} }}"
)
END = f"mutation ($id: UUID!) {{ endEnrollments(sequenceId: $id) {{ {TOLD} ended left {SEQUENCE} }} }}"
COPY = f"mutation ($id: UUID!) {{ copyNurtureSequence(id: $id, input: {{}}) {{ {TOLD} {SEQUENCE} }} }}"
TAKE = f"mutation ($key: String!) {{ takeReadyMadeSequence(key: $key) {{ {TOLD} {SEQUENCE} }} }}"
MOVE = f"""mutation ($id: UUID!, $version: Int!) {{
    moveEnrollments(sequenceId: $id, version: $version) {{ {TOLD} moved left staying }} }}"""
TAG = {"stepName": "Tag", "stepType": "tag_assignment", "delayAmount": 1, "stepContent": '{"add": ["seen"]}'}
CALL = {"stepName": "Call", "stepType": "phone_call", "delayAmount": 2}


def do(ask: Caller, document: str, **variables: Any) -> dict[str, Any]:
    [payload] = ask(document, **variables).values()
    return dict(payload)


def create(ask: Caller, *steps: dict[str, Any], **changes: Any) -> dict[str, Any]:
    plain = {"sequenceName": f"Sequence {uuid7().hex}", "sequenceType": "nurture", "steps": list(steps)}
    return do(ask, CREATE, input=plain | changes)


@pytest.fixture
def made(ask: Caller) -> dict[str, Any]:
    """A published sequence of one step."""
    told = create(ask, TAG, publish=True)
    assert told["errors"] == []
    return dict(told["sequence"])


def names(told: dict[str, Any]) -> list[str]:
    return [step["stepName"] for step in told["sequence"]["editedSteps"]]


def test_a_sequence_is_made_with_its_steps(ask: Caller) -> None:
    told = create(ask, TAG, CALL | {"sendTime": "10:30", "sendDays": [2, 4]}, targetScoreRange=[40, None])
    assert (told["success"], told["message"], names(told)) == (True, "Sequence made.", ["Tag", "Call"])
    sequence = told["sequence"]
    assert sequence == sequence | {
        "publishedVersion": 0,
        "hasDraft": True,
        "targetScoreRange": [40, None],
        "steps": [],
    }
    assert sequence["editedSteps"][1] == sequence["editedSteps"][1] | {
        "sendTime": "10:30:00",
        "sendDays": [2, 4],
        "variants": [],
    }


def test_what_is_wrong_is_named_by_its_place(ask: Caller) -> None:
    told = create(ask, TAG, TAG | {"stepContent": "{}"})
    assert (told["success"], told["sequence"]) == (False, None)
    assert [one["field"] for one in told["errors"]] == ["steps.1.stepContent"]
    told = create(ask, TAG, {"stepName": "Write", "stepType": "email"}, publish=True)
    assert told["errors"] == [
        {
            "field": "steps.1.emailTemplateId",
            "code": "template_missing",
            "message": "Step 2, “Write”: Choose a template.",
        }
    ]
    told = create(ask, triggerConditions={"min_scor": 1})
    assert told["errors"][0]["field"] == "triggerConditions"


def test_absent_stays_null_clears_and_nobody_overwrites_anybody(ask: Caller, made: dict[str, Any]) -> None:
    seen = made["revision"]
    told = do(
        ask, UPDATE, id=made["id"], input={"priorityLevel": 4, "targetScoreRange": [1, 2]}, revision=seen
    )
    assert (told["sequence"]["priorityLevel"], told["sequence"]["revision"]) == (4, seen + 1)
    told = do(ask, UPDATE, id=made["id"], input={"targetScoreRange": None})
    assert (told["sequence"]["priorityLevel"], told["sequence"]["targetScoreRange"]) == (4, [])
    late = do(ask, UPDATE, id=made["id"], input={"priorityLevel": 9}, revision=seen)
    assert [one["code"] for one in late["errors"]] == ["OUTDATED"]


def test_steps_are_edited_as_a_draft_and_published(ask: Caller, made: dict[str, Any]) -> None:
    here = {"id": made["id"]}
    told = do(ask, ADD, **here, input=CALL | {"stepOrder": 1})
    assert (names(told), told["sequence"]["steps"]) == (["Call", "Tag"], [{"stepName": "Tag"}])
    key = told["stepKey"]
    told = do(ask, CHANGE, **here, key=key, input={"stepName": "Ring", "isActive": False})
    assert (names(told), told["stepKey"]) == (["Ring", "Tag"], key)
    keys = [step["stepKey"] for step in told["sequence"]["editedSteps"]]
    assert names(do(ask, ORDER, **here, keys=keys[::-1])) == ["Tag", "Ring"]
    found = ask(
        """query ($id: UUID!) { sequenceProblems(id: $id) { code }
            sequenceDifferences(id: $id, before: 1) { kind stepName orderAfter changes { label } } }""",
        **here,
    )
    assert found["sequenceProblems"] == []
    assert found["sequenceDifferences"] == [
        {"kind": "added", "stepName": "Ring", "orderAfter": 2, "changes": []}
    ]
    told = do(ask, PUBLISH, **here)
    assert (told["version"], told["summary"], told["warnings"]) == (2, "Added “Ring”", [])
    assert [step["stepName"] for step in told["sequence"]["steps"]] == ["Tag", "Ring"]
    assert do(ask, PUBLISH, **here)["message"] == "Nothing changed."
    found = ask(
        """query ($id: UUID!) { nurtureSequence(id: $id) { versions { totalCount
            nodes { version summary by { role } enrollments steps { stepName } } } } }""",
        **here,
    )
    versions = found["nurtureSequence"]["versions"]
    assert versions["totalCount"] == 2
    assert versions["nodes"][1] == {
        "version": 1,
        "summary": "First version: 1 step",
        "by": None,
        "enrollments": 0,
        "steps": [{"stepName": "Tag"}],
    }
    assert names(do(ask, REMOVE, **here, key=key)) == ["Tag"]
    assert names(do(ask, DISCARD, **here)) == ["Tag", "Ring"]
    gone = do(ask, REMOVE, **here, key=str(uuid7()))
    assert [one["code"] for one in gone["errors"]] == ["NOT_FOUND"]


def test_copies_ready_made_ones_and_the_end(ask: Caller, desk: Desk, made: dict[str, Any]) -> None:
    copied = do(ask, COPY, id=made["id"])["sequence"]
    assert copied["sequenceName"] == f"Copy of {made['sequenceName']}"
    listed = ask("{ readyMadeSequences { key trade sequenceType name about steps } }")["readyMadeSequences"]
    venue = next(one for one in listed if one["key"] == "venue_pre_wedding")
    assert names(do(ask, TAKE, key="venue_pre_wedding")) == venue["steps"]
    assert do(ask, TAKE, key="nobody")["errors"][0]["code"] == "NOT_FOUND"
    assert do(ask, DELETE, id=copied["id"])["archived"] is False
    desk.lead()
    kept = do(ask, DELETE, id=made["id"])
    assert (kept["archived"], kept["ended"], kept["left"]) == (True, 1, 0)


def test_all_leave_a_sequence_that_is_off(ask: Caller, desk: Desk, made: dict[str, Any]) -> None:
    lead_id = str(desk.lead())
    assert do(ask, END, id=made["id"])["errors"][0]["code"] == "CONFLICT"
    do(ask, UPDATE, id=made["id"], input={"isActive": False})
    done = do(ask, END, id=made["id"])
    assert (done["errors"], done["ended"], done["left"]) == ([], 1, 0)
    left = ask("query ($id: UUID!) { lead(id: $id) { enrollments { endReason } } }", id=lead_id)
    assert "sequence_ended" in str(left)


def test_leads_are_moved_and_counted(ask: Caller, desk: Desk, made: dict[str, Any]) -> None:
    lead_id = str(desk.lead())
    here = {"id": made["id"]}
    do(ask, ADD, **here, input=CALL | {"stepOrder": 1})
    do(ask, PUBLISH, **here)
    moves = ask(
        """query ($id: UUID!) { sequenceMoves(id: $id) { version
            groups { version stepName count moves waiting toStep missed repeated } } }""",
        **here,
    )["sequenceMoves"]
    assert moves == {
        "version": 2,
        "groups": [
            {
                "version": 1,
                "stepName": "Tag",
                "count": 1,
                "moves": 1,
                "waiting": 0,
                "toStep": "Tag",
                "missed": ["Call"],
                "repeated": [],
            }
        ],
    }
    assert do(ask, MOVE, **here, version=1)["errors"][0]["code"] == "OUTDATED"
    told = do(ask, MOVE, **here, version=2)
    assert (told["moved"], told["left"], told["staying"]) == (1, 0, 0)
    found = ask(
        """query ($id: UUID!) {
            nurtureSequence(id: $id) { enrollments(status: active) { totalCount
                nodes { version lead { id } currentStep { stepName } } } }
            sequenceStatistics(id: $id) { enrolled underWay converted { n rate interval { low high } }
                steps { stepName due skipped { reason count } messages { sent } variants { label } } } }""",
        **here,
    )
    assert found["nurtureSequence"]["enrollments"] == {
        "totalCount": 1,
        "nodes": [{"version": 2, "lead": {"id": lead_id}, "currentStep": {"stepName": "Tag"}}],
    }
    figures = found["sequenceStatistics"]
    assert (figures["enrolled"], figures["underWay"], figures["converted"]["rate"]) == (1, 1, 0.0)
    call, tag = figures["steps"]
    assert call["skipped"] == [{"reason": "moved_past", "count": 1}]
    assert (tag["due"], tag["messages"]) == (1, None)


def test_a_rehearsal_sends_nothing(ask: Caller, desk: Desk, made: dict[str, Any]) -> None:
    found = ask(
        """query ($id: UUID!, $lead: UUID!) { sequenceDryRun(id: $id, leadId: $lead) { version fits
            steps { stepName stepType at outcome reason words { subject text } problem } } }""",
        id=made["id"],
        lead=str(desk.lead()),
    )["sequenceDryRun"]
    assert (found["version"], found["fits"]) == (1, True)
    [step] = found["steps"]
    assert step["at"] is not None
    assert (step["stepName"], step["outcome"], step["reason"], step["words"]) == ("Tag", "done", None, None)


def test_what_there_is_not_is_null(ask: Caller, stranger: Caller, made: dict[str, Any], desk: Desk) -> None:
    document = """query ($id: UUID!, $lead: UUID!) { nurtureSequence(id: $id) { id }
        sequenceProblems(id: $id) { code } sequenceMoves(id: $id) { version }
        sequenceDifferences(id: $id, before: 1) { kind } sequenceStatistics(id: $id) { enrolled }
        sequenceDryRun(id: $id, leadId: $lead) { fits } }"""
    lead_id = str(desk.lead())
    assert set(map(bool, ask(document, id=made["id"], lead=lead_id).values())) == {True, False}
    assert set(stranger(document, id=made["id"], lead=lead_id).values()) == {None}
    assert set(ask(document, id=str(uuid7()), lead=lead_id).values()) == {None}
    other = "query ($id: UUID!) { sequenceDifferences(id: $id, before: 7) { kind } }"
    assert ask(other, id=made["id"]) == {"sequenceDifferences": None}


def test_a_sequence_with_its_steps_is_one_statement(
    ask: Caller, made: dict[str, Any], statements: Any
) -> None:
    with statements() as sent:
        ask(
            "query ($id: UUID!) { nurtureSequence(id: $id) { editedSteps { stepName variants { label } } } }",
            id=made["id"],
        )
    assert len(sent) == 1


def test_a_key_that_only_reads_writes_nothing(desk: Desk, made: dict[str, Any]) -> None:
    reader = desk.caller(scopes=[Permission.READ])
    told = do(reader, PUBLISH, id=made["id"])
    assert [one["code"] for one in told["errors"]] == ["NOT_PERMITTED"]
