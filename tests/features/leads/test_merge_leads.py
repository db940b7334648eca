"""Two leads are one couple, or were not after all."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from app.kernel import clock
from app.kernel.db import Base
from app.kernel.errors import AppError, Conflict, Duplicate, InvalidInput, NotFound, NotPermitted
from app.kernel.schema import validate
from app.kernel.uow import unit_of_work
from app.leads.merging import CHILDREN
from app.leads.schemas import InteractionCreate, LeadCreate, TaskCreate
from app.models.choices import LeadStatus
from app.models.leads import Lead
from app.workflows.add_interaction import add_interaction
from app.workflows.create_lead import create_lead
from app.workflows.create_task import create_task
from app.workflows.merge_leads import merge_leads
from app.workflows.undo_merge import undo_merge
from app.workflows.update_lead import update_lead
from tests.features.leads.desk import Desk, update

APPEND_ONLY = {"consent_events", "status_history"}
FIELDS = (
    "couple_name_bride",
    "secondary_email",
    "wedding_date",
    "tags",
    "custom_fields",
    "assigned_to_user_id",
)


def pair(desk: Desk) -> tuple[object, object]:
    """Two leads, of which the second knows more and has a past."""
    winner = desk.lead(primary_email="ada@example.com", tags=["garden"])
    loser = desk.lead(
        primary_email="grace@example.com",
        couple_name_bride="Grace",
        wedding_date="2028-06-10",
        tags=["vip"],
        custom_fields={"band": "yes"},
    )
    call = validate(InteractionCreate, {"interaction_type": "phone_call"})
    with clock.at(datetime(2027, 3, 1, tzinfo=UTC)):
        desk.do(add_interaction, desk.actor, loser, call)
    later = validate(TaskCreate, {"title": "Send samples", "due_at": "2027-04-01T09:00:00Z"})
    desk.do(create_task, desk.actor, loser, later)
    return winner, loser


def of(desk: Desk, lead_id: object) -> dict[str, int]:
    return {
        child.__tablename__: desk.select(
            f"select count(*) from {child.__tablename__} where lead_id = :id", id=lead_id
        )[0][0]
        for child in CHILDREN
    }


def values(desk: Desk, lead_id: object) -> dict[str, object]:
    row = desk.row(lead_id)
    return {name: getattr(row, name) for name in FIELDS}


def test_whatever_names_a_lead_moves_or_is_append_only() -> None:
    named = {table.name for table in Base.metadata.sorted_tables if "lead_id" in table.columns}
    assert {child.__tablename__ for child in CHILDREN} == named - APPEND_ONLY


def test_everything_of_the_loser_hangs_on_the_winner(desk: Desk) -> None:
    winner, loser = pair(desk)
    merged = desk.do(merge_leads, desk.actor, winner, loser)
    kept, gone = desk.row(winner), desk.row(loser)
    assert (gone.lead_status, gone.duplicate_of_id) == (LeadStatus.DUPLICATE, winner)
    assert merged.moved["tasks"] == 1
    assert of(desk, loser)["tasks"] == 0
    assert kept.next_follow_up_at == datetime(2027, 4, 1, 9, tzinfo=UTC)
    assert kept.first_response_at == datetime(2027, 3, 1, tzinfo=UTC)


def test_the_winner_learns_what_only_the_loser_knew(desk: Desk) -> None:
    winner, loser = pair(desk)
    desk.do(merge_leads, desk.actor, winner, loser)
    lead = desk.row(winner)
    assert (lead.couple_name_bride, lead.secondary_email) == ("Grace", "grace@example.com")
    assert (lead.tags, lead.custom_fields) == (["garden", "vip"], {"band": "yes"})
    assert lead.primary_email == "ada@example.com"


def test_one_sequence_for_both_goes_on_once(desk: Desk) -> None:
    winner, loser = pair(desk)
    desk.do(merge_leads, desk.actor, winner, loser)
    states = desk.select(
        "select status, end_reason from lead_nurture_enrollments where lead_id = :id", id=winner
    )
    assert sorted(states) == [("active", None), ("cancelled", "merged")]


def test_a_further_inquiry_from_the_losers_address_joins_the_winner(desk: Desk) -> None:
    winner, loser = pair(desk)
    third = desk.lead(primary_email="lin@example.com")
    desk.do(merge_leads, desk.actor, winner, loser)
    desk.do(merge_leads, desk.actor, winner, third)
    for email in ("grace@example.com", "lin@example.com"):
        again = validate(LeadCreate, {"lead_source": "website", "primary_email": email})
        with pytest.raises(Duplicate) as refused:
            desk.do(create_lead, desk.actor, again)
        assert refused.value.details["existing_id"] == str(winner)
        assert desk.do(create_lead, desk.actor, again, join=True).lead_id == winner


def test_an_opt_out_holds_for_the_person(desk: Desk) -> None:
    winner, loser = pair(desk)
    with desk.app.app_context(), unit_of_work(desk.house.supplier_id) as session:
        session.execute(text("update leads set opt_out_date = now() where id = :id"), {"id": loser})
    merged = desk.do(merge_leads, desk.actor, winner, loser)
    assert desk.row(winner).opt_out_date is not None
    desk.do(undo_merge, desk.actor, merged.merge_id)
    assert desk.row(winner).opt_out_date is not None


def test_undone_both_are_what_they_were(desk: Desk) -> None:
    winner, loser = pair(desk)
    before = [(values(desk, one), of(desk, one)) for one in (winner, loser)]
    merged = desk.do(merge_leads, desk.actor, winner, loser)
    desk.do(undo_merge, desk.actor, merged.merge_id)
    assert [values(desk, one) for one in (winner, loser)] == [found for found, _ in before]
    assert desk.row(loser).lead_status is LeadStatus.NEW
    after = [of(desk, one) for one in (winner, loser)]
    added = {
        "lead_interactions": 1
    }  # on the winner that it merged; on the loser three: its sequence, two moves
    assert after[0] == before[0][1] | {
        "lead_interactions": before[0][1]["lead_interactions"] + added["lead_interactions"]
    }
    assert after[1] == before[1][1] | {"lead_interactions": before[1][1]["lead_interactions"] + 3}


def test_what_was_corrected_since_stays_with_the_winner(desk: Desk) -> None:
    winner, loser = pair(desk)
    merged = desk.do(merge_leads, desk.actor, winner, loser)
    desk.do(update_lead, desk.actor, winner, update(couple_name_bride="Ada"))
    desk.do(undo_merge, desk.actor, merged.merge_id)
    assert desk.row(winner).couple_name_bride == "Ada"
    assert desk.row(winner).wedding_date is None


def test_the_lead_with_the_booking_is_the_one_to_keep(desk: Desk) -> None:
    winner, loser = pair(desk)
    desk.book(loser)
    with pytest.raises(Conflict, match="the one to keep"):
        desk.do(merge_leads, desk.actor, winner, loser)
    desk.do(merge_leads, desk.actor, loser, winner)
    assert desk.row(loser).lead_status is LeadStatus.WON


def test_a_duplicate_is_merged_no_further_and_no_lead_into_itself(desk: Desk) -> None:
    winner, loser = pair(desk)
    merged = desk.do(merge_leads, desk.actor, winner, loser)
    other = desk.lead()
    for one, two, error in (
        (other, loser, Conflict),
        (loser, other, Conflict),
        (winner, winner, InvalidInput),
    ):
        with pytest.raises(error):
            desk.do(merge_leads, desk.actor, one, two)
    desk.do(undo_merge, desk.actor, merged.merge_id)
    with pytest.raises(Conflict, match="undone already"):
        desk.do(undo_merge, desk.actor, merged.merge_id)


def test_a_merge_is_not_undone_under_a_later_one(desk: Desk) -> None:
    winner, loser = pair(desk)
    first = desk.do(merge_leads, desk.actor, winner, loser)
    second = desk.do(merge_leads, desk.actor, desk.lead(), winner)
    with pytest.raises(Conflict, match="undo that merge first"):
        desk.do(undo_merge, desk.actor, first.merge_id)
    desk.do(undo_merge, desk.actor, second.merge_id)
    desk.do(undo_merge, desk.actor, first.merge_id)
    assert desk.row(loser).lead_status is LeadStatus.NEW


def test_an_address_that_was_given_away_meanwhile_stands_in_the_way(desk: Desk) -> None:
    winner, loser = pair(desk)
    merged = desk.do(merge_leads, desk.actor, winner, loser)
    taker = desk.lead()
    desk.do(update_lead, desk.actor, taker, update(primary_email="grace@example.com"))
    with pytest.raises(Duplicate) as refused:
        desk.do(undo_merge, desk.actor, merged.merge_id)
    assert refused.value.details["existing_id"] == str(taker)


def test_two_that_merge_each_other_into_themselves_at_once_do_it_once(desk: Desk) -> None:
    winner, loser = pair(desk)

    def merge(both: tuple[object, object]) -> str:
        try:
            desk.do(merge_leads, desk.actor, *both)
        except AppError as error:
            return error.code
        return "merged"

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(merge, [(winner, loser), (loser, winner)] * 2))
    assert sorted(found) == ["CONFLICT"] * 3 + ["merged"]


def test_strangers_and_viewers_merge_nothing(desk: Desk) -> None:
    winner, loser = pair(desk)
    for actor, error in ((desk.house.stranger.actor, NotFound), (desk.house.viewer.actor, NotPermitted)):
        with pytest.raises(error):
            desk.do(merge_leads, actor, winner, loser)
    for one, two in ((winner, uuid7()), (uuid7(), winner)):
        with pytest.raises(NotFound):
            desk.do(merge_leads, desk.actor, one, two)
    with pytest.raises(NotFound, match="No merge with this id"):
        desk.do(undo_merge, desk.actor, uuid7())
    assert isinstance(desk.row(loser), Lead)
    assert desk.row(loser).duplicate_of_id is None
