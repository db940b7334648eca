"""`nextRecommendedAction`: told by what the read brought, as of now, for lists too."""

from datetime import UTC, datetime, timedelta
from typing import Any

from app.kernel import clock
from app.kernel.uow import reading
from app.leads.situation import recommended
from app.models.capture import DateEntry
from app.models.choices import DateState, LeadStatus
from app.models.leads import Lead
from tests.surfaces.graphql.conftest import Caller, Desk

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
LEADS = "{ leads(first: 20) { nodes { id nextRecommendedAction } } }"


def told(ask: Caller) -> dict[str, str | None]:
    with clock.at(NOW):
        nodes = ask(LEADS)["leads"]["nodes"]
    return {node["id"]: node["nextRecommendedAction"] for node in nodes}


def test_each_lead_of_a_list_is_told_its_own(desk: Desk, ask: Caller, statements: Any) -> None:
    known = {"wedding_date": "2027-06-12", "budget_range": "1000_2500"}
    recent = NOW - timedelta(days=1)
    waits = desk.lead(at=recent)
    answered, no_date, no_budget, held, silent, cold, fine, closed = (
        desk.lead(at=recent, **fields)
        for fields in (known, {}, {"wedding_date": "2027-06-12"}, known, known, known, known, known)
    )
    desk.change(waits, awaiting_reply_since=recent)
    desk.change(answered, awaiting_reply_since=recent, first_response_at=recent)
    desk.add(
        DateEntry(on_date=NOW.date(), state=DateState.HELD, lead_id=held, held_until=NOW + timedelta(days=2))
    )
    desk.change(silent, lead_status=LeadStatus.PROPOSAL_SENT, last_contact_at=NOW - timedelta(days=6))
    desk.change(cold, last_contact_at=NOW - timedelta(days=15))
    desk.change(closed, lead_status=LeadStatus.LOST, awaiting_reply_since=recent)
    expected = {
        waits: "reply_to_inquiry",
        answered: "answer_reply",
        held: "confirm_hold",
        no_date: "ask_for_date",
        no_budget: "ask_for_budget",
        silent: "chase_proposal",
        cold: "reconnect",
        fine: None,
        closed: None,
    }
    with statements() as sent:
        assert told(ask) == {str(lead_id): action for lead_id, action in expected.items()}
    assert len(sent) == 1


def test_it_is_what_the_workflows_tell(desk: Desk, ask: Caller) -> None:
    leads = [desk.lead(at=NOW), desk.lead(at=NOW, wedding_date="2027-06-12")]
    with desk.app.app_context(), reading(desk.house.supplier_id) as session:
        expected = {
            str(lead_id): recommended(session, session.get_one(Lead, (desk.house.supplier_id, lead_id)), NOW)
            for lead_id in leads
        }
    assert told(ask) == expected


def test_a_hold_of_another_lead_is_none_of_its_business(desk: Desk, ask: Caller) -> None:
    known = {"wedding_date": "2027-06-12", "budget_range": "1000_2500"}
    held, other = desk.lead(at=NOW, **known), desk.lead(at=NOW, **known)
    desk.add(DateEntry(on_date=NOW.date(), state=DateState.HELD, lead_id=held, held_until=NOW))
    assert told(ask) == {str(held): "confirm_hold", str(other): None}
