"""A supplier's lead desk for tests: leads of every kind, and a recount of all that is counted."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from app.conversions.schemas import ConvertLead
from app.kernel.schema import validate
from app.kernel.uow import reading
from app.leads.schemas import LeadCreate, LeadUpdate
from app.models.leads import Lead
from app.workflows.convert_lead import Converted, convert_lead
from app.workflows.create_lead import create_lead
from tests.cast import House

T = TypeVar("T")

RECOUNTS = {
    "a lead's counters": """
        select l.id from leads l, lateral (
            select count(*) filter (where interaction_type <> 'score_updated') as total,
                   count(*) filter (where interaction_type = 'email_opened') as opens,
                   min(occurred_at) filter (where interaction_type = any(:outgoing)) as first,
                   max(occurred_at) filter (where interaction_type = any(:contact)) as last,
                   min(occurred_at) filter (where interaction_type = any(:outgoing)
                       and (user_id is not null or not is_system)) as response,
                   max(occurred_at) filter (where interaction_type = any(:outgoing)
                       and (user_id is not null or not is_system)) as answered
            from lead_interactions i where i.lead_id = l.id) n, lateral (
            select min(occurred_at) as since from lead_interactions i where i.lead_id = l.id
            and interaction_type = any(:inbound)
            and occurred_at > coalesce(n.answered, '-infinity')) w
        where (l.total_interactions, l.email_opens) <> (n.total, n.opens)
           or l.first_contact_at is distinct from n.first or l.last_contact_at is distinct from n.last
           or l.first_response_at is distinct from n.response
           or l.awaiting_reply_since is distinct from w.since
    """,
    "a lead's next follow-up": """
        select l.id from leads l where l.next_follow_up_at is distinct from (
            select min(due_at) from tasks t where t.lead_id = l.id and completed_at is null)
    """,
    "a source's counters": """
        select s.id from lead_sources s left join lateral (
            select count(*) as leads,
                   count(*) filter (where exists (select from status_history h where h.lead_id = l.id
                       and to_status in ('qualified', 'proposal_sent', 'negotiation', 'won'))) as qualified,
                   count(*) filter (where lead_status = 'won') as won
            from leads l where l.lead_source_id = s.id and lead_status not in ('spam', 'duplicate')) n on true
            left join lateral (select coalesce(sum(attributed_revenue), 0) as revenue
                from lead_conversions c join leads l on l.id = c.lead_id
                where l.lead_source_id = s.id and l.lead_status = 'won' and cancelled_at is null) r on true
        where (total_leads, qualified_leads, converted_leads, total_revenue)
            <> (n.leads, n.qualified, n.won, r.revenue)
    """,
    "a sequence's counters": """
        select s.id from nurture_sequences s left join lateral (
            select count(*) as n, count(ended_at) as ended,
                   coalesce(sum(completion_rate) filter (where ended_at is not null), 0) as completion,
                   count(*) filter (where ended_at is not null and converted) as conversions,
                   coalesce(round(avg(completion_rate) filter (where ended_at is not null), 2), 0) as done,
                   coalesce(round(100 * avg(converted::int) filter (where ended_at is not null), 2), 0) as won
            from lead_nurture_enrollments e where e.sequence_id = s.id) c on true
        where (total_enrollments, s.completion_rate, s.conversion_rate) <> (c.n, c.done, c.won)
           or (ended_enrollments, ended_completion) <> (c.ended, c.completion)
           or ended_conversions <> c.conversions
    """,
    "a booked lead": """
        select l.id from leads l where l.conversion_value is distinct from (
            select sum(attributed_revenue) from lead_conversions c
            where c.lead_id = l.id and cancelled_at is null)
        or (converted_at is not null) <> (lead_status = 'won')
    """,
    "the credits of a booking": """
        select c.id from lead_conversions c join conversion_credits k on k.conversion_id = c.id
        group by c.id, c.conversion_value, k.model having sum(amount) <> c.conversion_value or sum(share) <> 1
    """,
    "a duplicate": """
        select id from leads where (lead_status = 'duplicate') <> (duplicate_of_id is not null)
    """,
    "the last row of a lead's history": """
        select l.id from leads l join lateral (select to_status from status_history h
            where h.lead_id = l.id order by changed_at desc, id desc limit 1) h on true
        where h.to_status <> l.lead_status
    """,
    "the sequence a lead is in": """
        select l.id from leads l where (nurture_sequence_id is not null) <> exists (
            select from lead_nurture_enrollments e where e.lead_id = l.id and status in ('active', 'paused'))
    """,
}
"""Questions whose answer is empty as long as everything counted equals a recount."""
_KINDS = {
    "outgoing": [
        *("email_sent", "sms_sent", "phone_call", "meeting_scheduled", "meeting_completed"),
        *("proposal_sent", "contract_sent"),
    ],
    "inbound": ["form_submitted", "email_replied", "sms_received"],
}
_KINDS["contact"] = _KINDS["outgoing"] + _KINDS["inbound"]


class Desk:
    """What a test does at the desk of its supplier, as its member unless it says otherwise."""

    def __init__(self, app: Flask, house: House) -> None:
        self.app, self.house = app, house
        self.actor = house.member.actor

    def lead(self, **said: Any) -> UUID:
        """A new lead from the website, unless said otherwise."""
        base = {"lead_source": "website", "primary_email": f"c-{uuid7().hex}@example.com"}
        with self.app.app_context():
            return create_lead(self.actor, validate(LeadCreate, base | said)).lead_id

    def do(self, work: Callable[..., T], *given: Any, **more: Any) -> T:
        """Call a workflow in an app context."""
        with self.app.app_context():
            return work(*given, **more)

    def row(self, lead_id: UUID) -> Lead:
        """The lead as it is now, detached."""
        with self.app.app_context(), reading(self.house.supplier_id) as session:
            found = session.get_one(Lead, (self.house.supplier_id, lead_id))
            session.expunge(found)
            return found

    def ask(self, question: Callable[[Session], T]) -> T:
        with self.app.app_context(), reading(self.house.supplier_id) as session:
            return question(session)

    def select(self, sql: str, **values: Any) -> list[Any]:
        """The rows of the supplier that a statement finds."""
        return self.ask(lambda session: [*session.execute(text(sql), values)])

    def book(self, lead_id: UUID, value: str = "3200", **said: Any) -> Converted:
        data = {"conversion_type": "booking_confirmed", "conversion_value": value} | said
        return self.do(convert_lead, self.actor, lead_id, validate(ConvertLead, data))

    def miscounted(self) -> list[str]:
        """What differs from a recount; empty when all is well."""

        def wrong(session: Session) -> list[str]:
            return [
                what
                for what, sql in RECOUNTS.items()
                if session.execute(text(sql), _KINDS).first() is not None
            ]

        return self.ask(wrong)


def update(**said: Any) -> LeadUpdate:
    return validate(LeadUpdate, said)
