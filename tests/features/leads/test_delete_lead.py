"""Taking a lead out."""

import pytest
from uuid_utils.compat import uuid7

from app.kernel.errors import Conflict, NotFound, NotPermitted
from app.kernel.schema import validate
from app.leads.schemas import TaskCreate
from app.workflows.cancel_conversion import cancel_conversion
from app.workflows.create_task import create_task
from app.workflows.delete_lead import delete_lead
from app.workflows.merge_leads import merge_leads
from tests.features.leads.desk import Desk


def test_it_goes_with_what_is_written_about_it_and_the_counters_follow(desk: Desk) -> None:
    stays, goes = desk.lead(lead_source="Referral"), desk.lead(lead_source="Referral")
    desk.do(create_task, desk.actor, goes, validate(TaskCreate, {"title": "Call"}))
    desk.do(delete_lead, desk.house.admin.actor, goes)
    assert desk.select("select id from leads") == [(stays,)]
    for table in ("tasks", "lead_interactions", "lead_nurture_enrollments", "status_history", "messages"):
        assert desk.select(f"select count(*) from {table} where lead_id = :id", id=goes) == [(0,)]
    assert desk.select("select total_leads from lead_sources where slug = 'referral'") == [(1,)]
    assert desk.select("select total_enrollments from nurture_sequences") == [(1,)]
    assert desk.select(
        "select action from audit_log where row_id = :id order by id desc limit 1", id=goes
    ) == [("deleted",)]


def test_a_lead_with_a_booking_stays_until_that_is_cancelled(desk: Desk) -> None:
    lead_id = desk.lead(wedding_date="2028-06-10")
    booked = desk.book(lead_id)
    with pytest.raises(Conflict, match="cancel the booking first"):
        desk.do(delete_lead, desk.house.owner.actor, lead_id)
    desk.do(cancel_conversion, desk.actor, booked.conversion_id)
    desk.do(delete_lead, desk.house.owner.actor, lead_id)
    assert desk.select("select count(*) from leads") == [(0,)]


def test_a_lead_that_others_were_merged_into_stays(desk: Desk) -> None:
    winner, loser = desk.lead(), desk.lead()
    desk.do(merge_leads, desk.actor, winner, loser)
    with pytest.raises(Conflict, match="merged into this one"):
        desk.do(delete_lead, desk.house.owner.actor, winner)
    desk.do(delete_lead, desk.house.owner.actor, loser)
    desk.do(delete_lead, desk.house.owner.actor, winner)


def test_only_owners_and_admins_delete(desk: Desk) -> None:
    lead_id = desk.lead()
    for person, error in (("member", NotPermitted), ("viewer", NotPermitted), ("stranger", NotFound)):
        with pytest.raises(error):
            desk.do(delete_lead, getattr(desk.house, person).actor, lead_id)
    with pytest.raises(NotFound):
        desk.do(delete_lead, desk.house.owner.actor, uuid7())
    assert desk.select("select id from leads") == [(lead_id,)]
