"""What is asked of a loaded demo, in SQL. Each finds contradictions: the right answer is no row."""

from app.demo.people import DOMAIN

DEMO = f"""(
    select supplier_id from memberships m join users u on u.id = m.user_id where email like '%@{DOMAIN}'
)"""
"""The demo's suppliers; `:demo` in the questions."""

RECOUNTS = {
    "leads": """
        select l.id from leads l left join lateral (
            select count(*) filter (where interaction_type <> 'score_updated') as entries,
                   count(*) filter (where interaction_type = 'email_opened') as opens,
                   count(*) filter (where interaction_type = 'email_clicked') as clicks,
                   count(*) filter (where interaction_type = 'website_visit') as visits,
                   min(occurred_at) filter (where interaction_type in ('email_sent', 'sms_sent', 'phone_call',
                       'meeting_scheduled', 'meeting_completed', 'proposal_sent', 'contract_sent')) as first,
                   max(occurred_at) filter (where interaction_type in ('email_sent', 'sms_sent', 'phone_call',
                       'meeting_scheduled', 'meeting_completed', 'proposal_sent', 'contract_sent',
                       'email_replied', 'sms_received', 'form_submitted')) as last
            from lead_interactions i where i.supplier_id = l.supplier_id and i.lead_id = l.id
        ) c on true
        where l.supplier_id in :demo and (
            (total_interactions, email_opens, email_clicks, website_visits)
                <> (entries, opens, clicks, visits)
            or first_contact_at is distinct from first or last_contact_at is distinct from last)
    """,
    "next follow-up": """
        select l.id from leads l where l.supplier_id in :demo and next_follow_up_at is distinct from (
            select min(due_at) from tasks t
            where t.supplier_id = l.supplier_id and t.lead_id = l.id and completed_at is null)
    """,
    "sources": """
        select s.slug from lead_sources s where s.supplier_id in :demo and
            (total_leads, qualified_leads, converted_leads, total_revenue) <> (
            select count(*),
                   count(*) filter (where exists (
                       select from status_history h where h.supplier_id = l.supplier_id
                       and h.lead_id = l.id
                       and h.to_status in ('qualified', 'proposal_sent', 'negotiation', 'won'))),
                   count(*) filter (where lead_status = 'won'),
                   coalesce(sum(conversion_value), 0)
            from leads l where l.supplier_id = s.supplier_id and l.lead_source_id = s.id
                 and lead_status not in ('spam', 'duplicate'))
    """,
    "cost per lead": """
        select s.slug from lead_sources s where s.supplier_id in :demo and cost_per_lead is distinct from (
            select round(sum(amount) / nullif(s.total_leads, 0), 2) from source_costs c
            where c.supplier_id = s.supplier_id and c.source_id = s.id)
    """,
    "sequences": """
        select s.sequence_name from nurture_sequences s where s.supplier_id in :demo and
            (total_enrollments, completion_rate, conversion_rate) <> (
            select count(*), coalesce(round(avg(completion_rate) filter (where ended_at is not null), 2), 0),
                   coalesce(round(100 * avg(converted::int) filter (where ended_at is not null), 2), 0)
            from lead_nurture_enrollments e where e.supplier_id = s.supplier_id and e.sequence_id = s.id)
    """,
    "enrollments": """
        select e.id from lead_nurture_enrollments e
        where e.supplier_id in :demo and ((steps_completed, steps_skipped) <> (
            select count(*) filter (where outcome = 'done'), count(*) filter (where outcome = 'skipped')
            from step_decisions d where d.supplier_id = e.supplier_id and d.enrollment_id = e.id)
        or (emails_opened, emails_clicked) <> (
            select count(*) filter (where event_type = 'opened' and is_human),
                   count(*) filter (where event_type = 'clicked' and is_human)
            from message_events v join messages m on m.supplier_id = v.supplier_id and m.id = v.message_id
            where m.supplier_id = e.supplier_id and m.enrollment_id = e.id)
        or converted <> (
            select lead_status = 'won' from leads l where l.supplier_id = e.supplier_id and l.id = lead_id))
    """,
    "messages": """
        select m.id from messages m left join lateral (
            select min(occurred_at) filter (where event_type = 'opened' and is_human) as opened,
                   min(occurred_at) filter (where event_type = 'clicked' and is_human) as clicked,
                   min(occurred_at) filter (where event_type = 'replied') as replied,
                   min(occurred_at) filter (where event_type = 'bounced') as bounced,
                   min(occurred_at) filter (where event_type = 'accepted') as accepted
            from message_events v where v.supplier_id = m.supplier_id and v.message_id = m.id) v on true
        where m.supplier_id in :demo
        and ((opened_at, clicked_at, replied_at, bounced_at, accepted_at)
            is distinct from (opened, clicked, replied, bounced, accepted)
            or (state = 'accepted') <> (accepted_at is not null))
    """,
    "conversions": """
        select c.id from lead_conversions c where c.supplier_id in :demo and (total_interactions <> (
            select count(*) from lead_interactions i
            where i.supplier_id = c.supplier_id and i.lead_id = c.lead_id
            and interaction_type <> 'score_updated' and occurred_at <= conversion_date
            and (occurred_at < conversion_date or interaction_type <> 'payment_received'))
        or touch_points_count <> (
            select count(*) from touchpoints t where t.supplier_id = c.supplier_id and t.lead_id = c.lead_id
            and t.occurred_at <= conversion_date))
    """,
    "days": """
        with facts as (
            select supplier_id, count(*) filter (where lead_status not in ('spam', 'duplicate')) as leads,
                   count(*) filter (where lead_status = 'won') as won,
                   count(*) filter (where lead_status = 'lost') as lost, sum(conversion_value) as value,
                   sum(total_interactions) as entries
            from leads where supplier_id in :demo group by 1)
        select supplier_id from lead_analytics_daily d join facts f using (supplier_id)
        group by supplier_id, f.leads, f.won, f.lost, f.value, f.entries
        having (sum(leads_created), sum(leads_converted), sum(leads_lost), sum(total_conversion_value),
                sum(d.total_interactions)) <> (f.leads, f.won, f.lost, f.value, f.entries)
    """,
}
"""Counters that differ from a recount."""

STORIES = {
    "what gave a score adds up to it": """
        select id from lead_interactions where supplier_id in :demo and interaction_type = 'score_updated'
        and (interaction_metadata ->> 'final_score')::int <> (
            select greatest(0, least(100, round(coalesce(sum((part ->> 'adjustment')::numeric), 0))))
            from jsonb_array_elements(interaction_metadata -> 'score_adjustments') part)
    """,
    "each score begins where the last one ended": """
        select id from (
            select *, lag((interaction_metadata ->> 'final_score')::int, 1, 0)
                over (partition by supplier_id, lead_id order by occurred_at) as ended
            from lead_interactions where supplier_id in :demo and interaction_type = 'score_updated') e
        where (interaction_metadata ->> 'old_score')::int <> ended
        or interaction_metadata -> 'old_score' = interaction_metadata -> 'final_score'
    """,
    "a status is what its history says last": """
        select id from leads l where supplier_id in :demo and lead_status <> (
            select to_status from status_history h where h.supplier_id = l.supplier_id and h.lead_id = l.id
            order by changed_at desc, id desc limit 1)
    """,
    "each move starts where the last one ended": """
        select id from (
            select *, lag(to_status) over (partition by supplier_id, lead_id order by changed_at, id) before
            from status_history where supplier_id in :demo) h
        where from_status is distinct from before
    """,
    "a lead is won when it has its booking, and the money is the same": """
        select l.id from leads l left join lead_conversions c
            on c.supplier_id = l.supplier_id and c.lead_id = l.id and conversion_type = 'booking_confirmed'
        where l.supplier_id in :demo and ((lead_status = 'won') <> (c.id is not null)
            or l.conversion_value is distinct from c.conversion_value
            or converted_at is distinct from conversion_date)
    """,
    "a won lead's day is booked": """
        select l.id from leads l where l.supplier_id in :demo and lead_status = 'won' and not exists (
            select from date_entries d where d.supplier_id = l.supplier_id and d.lead_id = l.id
            and state = 'booked' and on_date = wedding_date)
    """,
    "no day is sold twice": """
        select on_date from date_entries where supplier_id in :demo and state = 'booked'
        group by supplier_id, on_date having count(*) > 1
    """,
    "a lead is lost for one of the supplier's reasons": """
        select l.id from leads l join suppliers s on s.id = l.supplier_id where l.supplier_id in :demo
        and case when lead_status = 'lost' then lost_reason is null or lost_reason <> all (s.lost_reasons)
                 else lost_reason is not null end
    """,
    "deposit and balance come to the booking's value": """
        select lead_id from lead_conversions where supplier_id in :demo group by supplier_id, lead_id
        having bool_or(conversion_type = 'full_payment') and sum(conversion_value) filter (
            where conversion_type in ('deposit_paid', 'full_payment'))
            <> sum(conversion_value) filter (where conversion_type = 'booking_confirmed')
    """,
    "each model's credits sum exactly to the value, and to the whole": """
        select c.id, model from lead_conversions c join conversion_credits k
            on k.supplier_id = c.supplier_id and k.conversion_id = c.id
        where c.supplier_id in :demo group by c.id, c.conversion_value, model
        having sum(amount) <> c.conversion_value or sum(share) <> 1
    """,
    "every booking has credits under all six models": """
        select c.id from lead_conversions c
        where c.supplier_id in :demo and conversion_type = 'booking_confirmed' and 6 <> (
                  select count(distinct model) from conversion_credits k
                  where k.supplier_id = c.supplier_id and k.conversion_id = c.id)
    """,
    "nothing has happened in the future": """
        select id from lead_interactions where supplier_id in :demo and occurred_at > :now
        union all select id from status_history where supplier_id in :demo and changed_at > :now
        union all select id from lead_conversions where supplier_id in :demo and conversion_date > :now
        union all select id from leads where supplier_id in :demo and greatest(created_at, updated_at) > :now
        union all select id from messages where supplier_id in :demo and accepted_at > :now
    """,
    "nothing waits to be done the moment it is started": """
        select id from lead_nurture_enrollments e where supplier_id in :demo and case
            when status = 'active' and next_execution_at is null then not exists (
                select from messages m where m.supplier_id = e.supplier_id and m.enrollment_id = e.id
                and m.sequence_step_id = e.current_step_id and m.state = 'held')
            when status in ('active', 'paused') then next_execution_at <= :now
            else next_execution_at is not null end
        union all select id from messages where supplier_id in :demo
            and (state not in ('accepted', 'skipped', 'held') or (state = 'held' and not_after <= :now))
        union all select id from inquiries where supplier_id in :demo and state = 'received'
        union all select id from leads where supplier_id in :demo and score_stale
    """,
    "an ended enrollment says when and why": """
        select id from lead_nurture_enrollments where supplier_id in :demo
        and (case when status in ('active', 'paused') then ended_at is not null
                  else ended_at is null or end_reason is null end
             or (status = 'paused') <> (paused_at is not null) or paused_at < enrollment_date)
    """,
    "whoever replied is in no sequence that ends on it": """
        select e.id from lead_nurture_enrollments e join messages m
            on m.supplier_id = e.supplier_id and m.enrollment_id = e.id
        where e.supplier_id in :demo and m.replied_at is not null
        and (ended_at is null or ended_at > m.replied_at)
    """,
    "nothing leaves for an address that does not work": """
        select m.id from messages m join messages b on b.supplier_id = m.supplier_id and b.lead_id = m.lead_id
        where m.supplier_id in :demo and m.accepted_at > b.bounced_at
    """,
    "consent is what the ledger says last": """
        select l.id from leads l left join lateral (
            select (array_agg(given order by occurred_at desc, id desc)
                       filter (where purpose = 'marketing'))[1] as marketing,
                   (array_agg(given order by occurred_at desc, id desc)
                       filter (where purpose = 'data_processing'))[1] as data,
                   min(occurred_at) filter (where purpose = 'data_processing') as since,
                   max(occurred_at) filter (where not given) as withdrawn
            from consent_events e where e.supplier_id = l.supplier_id and e.lead_id = l.id) e on true
        where l.supplier_id in :demo and (consent_marketing <> coalesce(marketing, false)
            or consent_data_processing <> coalesce(data, false)
            or gdpr_consent_date is distinct from since or opt_out_date is distinct from withdrawn)
    """,
    "whoever opted out is written to no more": """
        select m.id from messages m join leads l on l.supplier_id = m.supplier_id and l.id = m.lead_id
        where m.supplier_id in :demo and m.accepted_at > l.opt_out_date
    """,
}
"""Rows that do not fit together."""
