"""Moving a lead between statuses, and what each move leaves behind."""

import pytest

from app.kernel.errors import Conflict, InvalidInput
from app.kernel.schema import validate
from app.leads.schemas import StatusMove
from app.models.choices import LeadStatus
from app.workflows.change_status import change_status
from tests.features.leads.desk import Desk


def move(status: str, **said: object) -> StatusMove:
    return validate(StatusMove, {"lead_status": status} | said)


def history(desk: Desk, lead_id: object) -> list[tuple[str | None, str]]:
    rows = desk.select(
        "select from_status, to_status from status_history where lead_id = :id order by changed_at, id",
        id=lead_id,
    )
    return [(before, after) for before, after in rows]


def test_a_move_is_in_the_history_and_on_the_timeline(desk: Desk) -> None:
    lead_id = desk.lead()
    desk.do(change_status, desk.actor, lead_id, move("contacted"))
    assert history(desk, lead_id) == [(None, "new"), ("new", "contacted")]
    told = desk.select(
        "select interaction_metadata, user_id from lead_interactions"
        " where lead_id = :id and interaction_type = 'status_changed'",
        id=lead_id,
    )
    assert told == [({"from": "new", "to": "contacted"}, desk.house.member.user_id)]


def test_lost_keeps_the_reason_and_ends_the_sequences(desk: Desk) -> None:
    lead_id = desk.lead()
    said = {"lost_reason": "price", "lost_details": "Found somebody for half."}
    changed = desk.do(change_status, desk.actor, lead_id, move("lost", **said))
    lead = desk.row(lead_id)
    assert changed.removed == ["Welcome"]
    assert (lead.lead_status, lead.lost_reason, lead.lost_details) == (LeadStatus.LOST, *said.values())
    ended = desk.select(
        "select status, end_reason from lead_nurture_enrollments where lead_id = :id", id=lead_id
    )
    assert ended == [("cancelled", "lost")]


def test_reopened_it_is_lost_for_no_reason_any_more(desk: Desk) -> None:
    lead_id = desk.lead()
    desk.do(change_status, desk.actor, lead_id, move("lost", lost_reason="price"))
    desk.do(change_status, desk.actor, lead_id, move("negotiation"))
    lead = desk.row(lead_id)
    assert (lead.lead_status, lead.lost_reason) == (LeadStatus.NEGOTIATION, None)


@pytest.mark.parametrize(
    ("said", "error", "words"),
    [
        ({"status": "lost"}, InvalidInput, "Say why"),
        ({"status": "lost", "lost_reason": "mood"}, InvalidInput, "not a reason of yours"),
        ({"status": "contacted", "lost_reason": "price"}, InvalidInput, "Only a lost lead"),
        ({"status": "won"}, InvalidInput, "value is unknown"),
        ({"status": "duplicate"}, Conflict, "merge it"),
    ],
)
def test_a_move_without_what_it_must_bring_changes_nothing(
    desk: Desk, said: dict[str, str], error: type[Exception], words: str
) -> None:
    lead_id = desk.lead()
    with pytest.raises(error, match=words):
        desk.do(change_status, desk.actor, lead_id, move(said.pop("status"), **said))
    assert desk.row(lead_id).lead_status is LeadStatus.NEW
    assert history(desk, lead_id) == [(None, "new")]


def test_won_without_a_value_counts_for_the_source_and_not_as_revenue(desk: Desk) -> None:
    lead_id = desk.lead(lead_source="Referral")
    desk.do(change_status, desk.actor, lead_id, move("won", value_unknown=True))
    counted = desk.select(
        "select total_leads, qualified_leads, converted_leads, total_revenue"
        " from lead_sources where slug = 'referral'"
    )
    assert counted == [(1, 1, 1, 0)]


def test_a_won_lead_that_reopens_is_booked_no_more(desk: Desk) -> None:
    lead_id = desk.lead(wedding_date="2028-06-10")
    desk.book(lead_id)
    desk.do(change_status, desk.actor, lead_id, move("negotiation"))
    lead = desk.row(lead_id)
    assert (lead.converted_at, lead.conversion_value) == (None, None)
    assert desk.select("select count(*) from lead_conversions where cancelled_at is null") == [(0,)]
    assert desk.select("select count(*) from date_entries") == [(0,)]


@pytest.mark.parametrize("there", ["spam", "won", "lost"])
def test_spam_leaves_every_total_and_comes_back_into_it(desk: Desk, there: str) -> None:
    lead_id = desk.lead(lead_source="Referral")
    desk.do(change_status, desk.actor, lead_id, move("qualified"))
    said = {"lost_reason": "price"} if there == "lost" else {}
    desk.do(change_status, desk.actor, lead_id, move(there, value_unknown=True, **said))
    assert desk.miscounted() == []
    desk.do(change_status, desk.actor, lead_id, move("contacted"))
    counted = desk.select("select total_leads, qualified_leads from lead_sources where slug = 'referral'")
    assert counted == [(1, 1)]
