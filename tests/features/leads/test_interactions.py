"""What people write on a lead's timeline."""

from datetime import UTC, datetime, timedelta

import pytest
from uuid_utils.compat import uuid7

from app.kernel import clock
from app.kernel.actor import Actor, ActorKind, Role
from app.kernel.errors import InvalidInput, NotFound, NotPermitted
from app.kernel.schema import validate
from app.leads.next_action import NextAction
from app.leads.schemas import RECORDED, InteractionCreate
from app.models.choices import InteractionType
from app.workflows.add_interaction import Added, add_interaction
from tests.features.leads.desk import Desk

NOON = datetime(2027, 3, 26, 12, tzinfo=UTC)
"""Two days before the clocks go forward in London."""


def said(kind: str, **more: object) -> InteractionCreate:
    return validate(InteractionCreate, {"interaction_type": kind} | more)


def add(desk: Desk, lead_id: object, kind: str, **more: object) -> Added:
    return desk.do(add_interaction, desk.actor, lead_id, said(kind, **more))


def test_a_call_is_contact_and_an_answer(desk: Desk) -> None:
    lead_id = desk.lead()
    with clock.at(NOON):
        add(desk, lead_id, "email_replied")
        assert desk.row(lead_id).awaiting_reply_since == NOON
    with clock.at(NOON + timedelta(hours=1)) as called:
        add(desk, lead_id, "phone_call", interaction_outcome="reached", interaction_metadata={"minutes": 4})
    lead = desk.row(lead_id)
    assert (lead.first_contact_at, lead.last_contact_at, lead.first_response_at) == (called, called, called)
    assert lead.awaiting_reply_since is None


def test_a_call_written_down_late_does_not_answer_what_came_after_it(desk: Desk) -> None:
    lead_id = desk.lead()
    with clock.at(NOON):
        add(desk, lead_id, "email_replied")
    with clock.at(NOON + timedelta(days=1)):
        add(desk, lead_id, "phone_call", occurred_at="2027-03-25T09:00:00Z")
    lead = desk.row(lead_id)
    assert lead.awaiting_reply_since == NOON
    assert lead.first_response_at == datetime(2027, 3, 25, 9, tzinfo=UTC)
    assert lead.last_contact_at == NOON


def test_what_a_program_writes_down_is_an_answer_too(desk: Desk) -> None:
    lead_id = desk.lead()
    program = Actor(ActorKind.API_KEY, desk.house.supplier_id, Role.MEMBER)
    add(desk, lead_id, "email_replied")
    desk.do(add_interaction, program, lead_id, said("email_sent", interaction_subject="Re: your day"))
    assert desk.row(lead_id).awaiting_reply_since is None


def test_a_note_is_no_contact(desk: Desk) -> None:
    lead_id = desk.lead()
    add(desk, lead_id, "note_added", interaction_content="They love peonies")
    lead = desk.row(lead_id)
    assert (lead.last_contact_at, lead.first_response_at) == (None, None)


def test_it_says_what_to_do_next(desk: Desk) -> None:
    lead_id = desk.lead(wedding_date="2028-06-10")
    assert add(desk, lead_id, "email_replied").next_action is NextAction.REPLY_TO_INQUIRY
    assert add(desk, lead_id, "phone_call").next_action is NextAction.ASK_FOR_BUDGET


def test_a_follow_up_is_a_task_at_its_time(desk: Desk) -> None:
    lead_id = desk.lead()
    add(desk, lead_id, "phone_call", follow_up_date="2027-06-01T10:00:00Z")
    due = datetime(2027, 6, 1, 10, tzinfo=UTC)
    assert desk.row(lead_id).next_follow_up_at == due
    assert desk.select(
        "select follow_up_required, follow_up_date from lead_interactions"
        " where lead_id = :id and interaction_type = 'phone_call'",
        id=lead_id,
    ) == [(True, due)]


def test_a_follow_up_without_a_time_is_due_the_next_morning_by_the_suppliers_clock(desk: Desk) -> None:
    lead_id = desk.lead()
    with clock.at(datetime(2027, 3, 27, 23, 30, tzinfo=UTC)):
        add(desk, lead_id, "phone_call", follow_up_required=True)
    assert desk.row(lead_id).next_follow_up_at == datetime(2027, 3, 28, 8, tzinfo=UTC)


def test_the_future_has_not_happened(desk: Desk) -> None:
    lead_id = desk.lead()
    before = desk.row(lead_id).total_interactions
    with clock.at(NOON), pytest.raises(InvalidInput) as refused:
        add(desk, lead_id, "phone_call", occurred_at="2027-03-26T12:00:01Z")
    assert refused.value.fields[0].field == "occurred_at"
    assert desk.row(lead_id).total_interactions == before


@pytest.mark.parametrize("kind", sorted(set(InteractionType) - RECORDED))
def test_what_the_system_writes_nobody_else_does(kind: str) -> None:
    with pytest.raises(InvalidInput, match="written by the system"):
        said(kind)


@pytest.mark.parametrize("kind", sorted(RECORDED - {InteractionType.NOTE_ADDED}))
def test_everything_else_may_be_written_and_counts(desk: Desk, kind: str) -> None:
    lead_id = desk.lead()
    before = desk.row(lead_id).total_interactions
    add(desk, lead_id, kind)
    assert desk.row(lead_id).total_interactions == before + 1


def test_an_empty_note_is_refused(desk: Desk) -> None:
    with pytest.raises(InvalidInput) as refused:
        add(desk, desk.lead(), "note_added", interaction_subject="Hm")
    assert refused.value.fields[0].field == "interaction_content"


def test_strangers_and_viewers_write_nothing(desk: Desk) -> None:
    lead_id = desk.lead()
    note = said("note_added", interaction_content="Hello")
    for actor, lead, error in (
        (desk.house.stranger.actor, lead_id, NotFound),
        (desk.actor, uuid7(), NotFound),
        (desk.house.viewer.actor, lead_id, NotPermitted),
    ):
        with pytest.raises(error):
            desk.do(add_interaction, actor, lead, note)
