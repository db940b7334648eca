"""`deleteLead`: gone with all that is written about it, unless a booking counts."""

from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from app.kernel.actor import Permission
from tests.surfaces.graphql.conftest import Caller, Desk

DELETE = (
    "mutation ($id: UUID!) { deleteLead(id: $id) { success message leadId errors { field code message } } }"
)


def delete(ask: Caller, lead_id: UUID) -> dict[str, Any]:
    return dict(ask(DELETE, id=str(lead_id))["deleteLead"])


def test_a_lead_is_gone(desk: Desk, ask: Caller) -> None:
    lead_id = desk.lead()
    told = delete(ask, lead_id)
    assert told == {"success": True, "message": "Lead deleted.", "leadId": str(lead_id), "errors": []}
    assert ask("query ($id: UUID!) { lead(id: $id) { id } }", id=str(lead_id)) == {"lead": None}
    assert delete(ask, lead_id)["errors"][0]["code"] == "NOT_FOUND"


def test_a_lead_with_a_booking_stays(desk: Desk, ask: Caller, unchanged: Any) -> None:
    lead_id = desk.lead()
    booking = '{conversionType: contract_signed, conversionValue: "100"}'
    made = ask(f'mutation {{ convertLead(id: "{lead_id}", input: {booking}) {{ success }} }}')
    assert made["convertLead"]["success"]
    with unchanged():
        told = delete(ask, lead_id)
    assert (told["success"], told["leadId"]) == (False, None)
    assert [error["code"] for error in told["errors"]] == ["CONFLICT"]


def test_only_who_may_delete_deletes_and_only_their_own(desk: Desk, stranger: Caller, unchanged: Any) -> None:
    lead_id, writer = desk.lead(), desk.caller(scopes=[Permission.WRITE_LEADS])
    with unchanged():
        assert delete(writer, lead_id)["errors"][0]["code"] == "NOT_PERMITTED"
        theirs, unknown = (delete(stranger, i) for i in (lead_id, uuid7()))
    assert theirs == unknown
    assert theirs["errors"][0]["code"] == "NOT_FOUND"
