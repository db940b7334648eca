"""`mergeLeads` and `undoMerge`, and what `Lead.merges` and `Lead.duplicateOf` tell of it."""

from typing import Any
from uuid import UUID

import pytest
from uuid_utils.compat import uuid7

from app.kernel.actor import Permission
from app.models.choices import LeadStatus
from tests.surfaces.graphql.conftest import Caller, Desk

PAYLOAD = """{ success message errors { field code message existingId } moved { what count }
    merge { id undoneAt createdAt mergedBy { fullName } winner { id } loser { id } }
    winner { id couple weddingVenue leadStatus tasks { title } merges { loser { id } } }
    loser { id leadStatus duplicateOfId duplicateOf { id couple } tasks { title }
            merges { winner { id } } } }"""
MERGE = (
    f"mutation ($winner: UUID!, $loser: UUID!) {{ mergeLeads(winnerId: $winner, loserId: $loser) {PAYLOAD} }}"
)
UNDO = f"mutation ($id: UUID!) {{ undoMerge(id: $id) {PAYLOAD} }}"


def merge(ask: Caller, winner: object, loser: object) -> dict[str, Any]:
    return dict(ask(MERGE, winner=str(winner), loser=str(loser))["mergeLeads"])


def undo(ask: Caller, merge_id: object) -> dict[str, Any]:
    return dict(ask(UNDO, id=str(merge_id))["undoMerge"])


@pytest.fixture
def winner(desk: Desk) -> UUID:
    return desk.lead(couple_name_bride="Ada")


@pytest.fixture
def loser(desk: Desk, ask: Caller) -> UUID:
    """A lead with a task."""
    lead_id = desk.lead(couple_name_groom="Ben", wedding_venue="Rose Barn")
    made = ask(f'mutation {{ createTask(leadId: "{lead_id}", input: {{title: "Call"}}) {{ success }} }}')
    assert made["createTask"]["success"]
    return lead_id


def test_the_loser_hangs_on_the_winner(ask: Caller, winner: UUID, loser: UUID) -> None:
    told = merge(ask, winner, loser)
    assert (told["success"], told["message"], told["errors"]) == (True, "Leads merged.", [])
    assert {"what": "tasks", "count": 1} in told["moved"]
    assert told["winner"] == told["winner"] | {
        "id": str(winner),
        "couple": "Ada & Ben",
        "weddingVenue": "Rose Barn",
        "leadStatus": "new",
        "tasks": [{"title": "Call"}],
        "merges": [{"loser": {"id": str(loser)}}],
    }
    assert told["loser"] == {
        "id": str(loser),
        "leadStatus": "duplicate",
        "duplicateOfId": str(winner),
        "duplicateOf": {"id": str(winner), "couple": "Ada & Ben"},
        "tasks": [],
        "merges": [{"winner": {"id": str(winner)}}],
    }
    assert told["merge"] == told["merge"] | {
        "undoneAt": None,
        "winner": {"id": str(winner)},
        "loser": {"id": str(loser)},
    }


def test_a_merge_is_undone_once(ask: Caller, winner: UUID, loser: UUID, unchanged: Any) -> None:
    merged = merge(ask, winner, loser)["merge"]["id"]
    told = undo(ask, merged)
    assert (told["success"], told["message"]) == (True, "Merge undone.")
    assert told["merge"]["undoneAt"] is not None
    assert (told["winner"]["couple"], told["winner"]["tasks"]) == ("Ada", [])
    assert (told["loser"]["leadStatus"], told["loser"]["duplicateOf"]) == ("new", None)
    assert told["loser"]["tasks"] == [{"title": "Call"}]
    with unchanged():
        again = undo(ask, merged)
    assert (again["success"], again["merge"], again["winner"], again["loser"]) == (False, None, None, None)
    assert [error["code"] for error in again["errors"]] == ["CONFLICT"]


def test_a_lead_and_itself_cannot_be_merged(ask: Caller, winner: UUID, unchanged: Any) -> None:
    with unchanged():
        told = merge(ask, winner, winner)
    assert [(error["field"], error["code"]) for error in told["errors"]] == [("loserId", "same")]


def test_a_booked_lead_is_the_one_to_keep(
    desk: Desk, ask: Caller, winner: UUID, loser: UUID, unchanged: Any
) -> None:
    desk.change(loser, lead_status=LeadStatus.WON)
    with unchanged():
        told = merge(ask, winner, loser)
    assert [error["code"] for error in told["errors"]] == ["CONFLICT"]
    assert "keep" in told["message"]


def test_who_may_not_merge(
    desk: Desk, ask: Caller, stranger: Caller, winner: UUID, loser: UUID, unchanged: Any
) -> None:
    reader, merged = desk.caller(scopes=[Permission.READ]), merge(ask, winner, loser)["merge"]["id"]
    other, theirs = desk.lead(), desk.lead()
    with unchanged():
        assert merge(reader, other, theirs)["errors"][0]["code"] == "NOT_PERMITTED"
        assert undo(reader, merged)["errors"][0]["code"] == "NOT_PERMITTED"
        told = [merge(stranger, a, b) for a, b in ((other, theirs), (uuid7(), uuid7()))]
        undone = [undo(stranger, i) for i in (merged, uuid7())]
    for foreign, unknown in (told, undone):
        assert foreign == unknown
        assert foreign["errors"][0]["code"] == "NOT_FOUND"
