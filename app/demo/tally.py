"""Recounts that follow a load: sources, sequences, turns, and the totals of each day.

Spam and duplicates count nowhere. A source's `qualified_leads` are those that ever were qualified or
further, its revenue is what bookings recognised; `cost_per_lead` stays null where no cost is known.
"""

from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from app.demo.plan import Dice, Plan
from app.demo.season import HISTORY
from app.demo.staging import writing
from app.kernel.zones import day_of, day_start, zone
from app.models.accounts import Supplier
from app.models.analytics import DailyAnalytics
from app.models.lead_facts import INBOUND, OUTGOING

_SOURCES = text("""
    with reached as (
        select distinct lead_id from status_history
        where supplier_id = :supplier and to_status in ('qualified', 'proposal_sent', 'negotiation', 'won')
    ), came as (
        select l.lead_source_id as id,
               count(*) as leads,
               count(reached.lead_id) as qualified,
               count(*) filter (where l.lead_status = 'won') as won
        from leads l left join reached on reached.lead_id = l.id
        where l.supplier_id = :supplier and l.lead_status not in ('spam', 'duplicate')
        group by 1
    ), earned as (
        select l.lead_source_id as id, sum(c.conversion_value) as revenue
        from lead_conversions c join leads l on l.supplier_id = c.supplier_id and l.id = c.lead_id
        where c.supplier_id = :supplier and c.conversion_type = 'booking_confirmed' and c.cancelled_at is null
        group by 1
    ), spent as (
        select source_id as id, sum(amount) as amount from source_costs
        where supplier_id = :supplier group by 1
    )
    update lead_sources s
    set total_leads = coalesce(came.leads, 0),
        qualified_leads = coalesce(came.qualified, 0),
        converted_leads = coalesce(came.won, 0),
        total_revenue = coalesce(earned.revenue, 0),
        cost_per_lead = round(spent.amount / nullif(came.leads, 0), 2)
    from lead_sources every
        left join came on came.id = every.id
        left join earned on earned.id = every.id
        left join spent on spent.id = every.id
    where every.supplier_id = :supplier and s.supplier_id = :supplier and s.id = every.id
""")
_SEQUENCES = text("""
    update nurture_sequences s
    set total_enrollments = e.enrolled, completion_rate = e.completion, conversion_rate = e.conversion,
        ended_enrollments = e.ended, ended_completion = e.completed, ended_conversions = e.converted
    from (
        select sequence_id,
               count(*) as enrolled, count(ended_at) as ended,
               coalesce(sum(completion_rate) filter (where ended_at is not null), 0) as completed,
               count(*) filter (where ended_at is not null and converted) as converted,
               coalesce(round(avg(completion_rate) filter (where ended_at is not null), 2), 0) as completion,
               coalesce(round(100 * avg(converted::int) filter (where ended_at is not null), 2), 0)
                   as conversion
        from lead_nurture_enrollments where supplier_id = :supplier group by 1
    ) e
    where s.supplier_id = :supplier and s.id = e.sequence_id
""")
_RESPONSES = text("""
    with answers as (
        select lead_id, min(occurred_at) as first, max(occurred_at) as last from lead_interactions
        where supplier_id = :supplier and (user_id is not null or not is_system)
        and interaction_type = any(:outgoing) group by 1
    ), waits as (
        select i.lead_id, min(i.occurred_at) as since
        from lead_interactions i left join answers a on a.lead_id = i.lead_id
        where i.supplier_id = :supplier and i.interaction_type = any(:inbound)
        and i.occurred_at > coalesce(a.last, '-infinity') group by 1
    )
    update leads l set first_response_at = f.first, awaiting_reply_since = f.since
    from (select lead_id, a.first, w.since from answers a full join waits w using (lead_id)) f
    where l.supplier_id = :supplier and l.id = f.lead_id
""").bindparams(outgoing=sorted(OUTGOING), inbound=sorted(INBOUND))
_TURNS = text("""
    update memberships m set last_assigned_at = l.latest
    from (
        select assigned_to_user_id as user_id, max(created_at) as latest
        from leads where supplier_id = :supplier group by 1
    ) l
    where m.supplier_id = :supplier and m.user_id = l.user_id
""")
_LEADS_BY_DAY = text("""
    select (created_at at time zone :zone)::date as day,
           count(*) as leads_created,
           round(avg(lead_score), 2) as average_lead_score
    from leads where supplier_id = :supplier and lead_status not in ('spam', 'duplicate') group by 1
""")
_SOURCES_BY_DAY = text("""
    select day, jsonb_object_agg(lead_source, leads order by lead_source) as source_breakdown
    from (
        select (created_at at time zone :zone)::date as day, lead_source, count(*) as leads
        from leads where supplier_id = :supplier and lead_status not in ('spam', 'duplicate') group by 1, 2
    ) each group by 1
""")
_MOVES_BY_DAY = text("""
    select (first_at at time zone :zone)::date as day,
           count(*) filter (where to_status = 'qualified') as leads_qualified,
           count(*) filter (where to_status = 'won') as leads_converted,
           count(*) filter (where to_status = 'lost') as leads_lost
    from (
        select lead_id, to_status, min(changed_at) as first_at
        from status_history where supplier_id = :supplier group by 1, 2
    ) reached group by 1
""")
_VALUE_BY_DAY = text("""
    select (conversion_date at time zone :zone)::date as day,
           sum(conversion_value) as total_conversion_value,
           round(avg(days_to_conversion), 2) as average_days_to_conversion
    from lead_conversions
    where supplier_id = :supplier and conversion_type = 'booking_confirmed' and cancelled_at is null
    group by 1
""")
_DEEDS_BY_DAY = text("""
    select (occurred_at at time zone :zone)::date as day,
           count(*) as total_interactions,
           count(*) filter (where interaction_type = 'email_sent') as emails_sent,
           count(*) filter (where interaction_type = 'phone_call') as calls_made,
           count(*) filter (where interaction_type = 'meeting_scheduled') as meetings_scheduled
    from lead_interactions where supplier_id = :supplier and interaction_type <> 'score_updated' group by 1
""")
_BY_DAY = (_LEADS_BY_DAY, _SOURCES_BY_DAY, _MOVES_BY_DAY, _VALUE_BY_DAY, _DEEDS_BY_DAY)
_NOTHING: dict[str, Any] = {
    **dict.fromkeys(("leads_created", "leads_qualified", "leads_converted", "leads_lost"), 0),
    **dict.fromkeys(("total_interactions", "emails_sent", "calls_made", "meetings_scheduled"), 0),
    **dict.fromkeys(("average_lead_score", "average_days_to_conversion")),
    "total_conversion_value": 0,
    "source_breakdown": {},
}


def tally(url: str, supplier: Supplier, plan: Plan) -> None:
    """Recount all that a load leaves open for that supplier, in one transaction."""
    with writing(url, supplier.id) as session:
        for recount in (_SOURCES, _SEQUENCES, _RESPONSES, _TURNS):
            session.execute(recount, {"supplier": supplier.id})
        session.execute(insert(DailyAnalytics), _days(session, supplier, plan))


def _days(session: Session, supplier: Supplier, plan: Plan) -> list[dict[str, Any]]:
    """A row for each day of the history, empty ones too."""
    where, dice = zone(supplier.timezone), Dice(f"{plan.seed}/days")
    first, last = day_of(plan.now - HISTORY, where), day_of(plan.now, where)
    days: dict[Any, dict[str, Any]] = {}
    for n in range((last - first).days + 1):
        day = first.fromordinal(first.toordinal() + n)
        row_id = dice.id_at(day_start(day, where))
        days[day] = {
            **_NOTHING,
            "supplier_id": supplier.id,
            "id": row_id,
            "date_recorded": day,
            "created_at": plan.now,
        }
    for question in _BY_DAY:
        for found in session.execute(
            question, {"supplier": supplier.id, "zone": supplier.timezone}
        ).mappings():
            row = dict(found)
            days[row.pop("day")] |= row
    return list(days.values())
