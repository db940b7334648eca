"""The lowest floor of the GraphQL reads: a bare Flask view that answers one statement written by hand.

Served by the same granian with the same pools, it asks for no key, parses no query and has no routes,
hooks or headers but its own. PostgreSQL writes the same JSON under the same row level security.
"""

import os
from uuid import UUID

from flask import Flask, Response
from sqlalchemy import create_engine

from app.kernel.db import APP_ROLE, engine_options, normalise_url

ACTING = "(select set_config('app.supplier_id', %(supplier)s, true) offset 0) acting"
LEAD = """
    l.id, l.couple_name_bride as "coupleNameBride", l.couple_name_groom as "coupleNameGroom",
    l.primary_email as "primaryEmail", l.primary_phone as "primaryPhone", l.wedding_date as "weddingDate",
    l.wedding_venue as "weddingVenue", l.wedding_location as "weddingLocation",
    l.estimated_guest_count as "estimatedGuestCount", l.estimated_budget::text as "estimatedBudget",
    l.budget_range as "budgetRange", l.services_needed as "servicesNeeded",
    l.additional_notes as "additionalNotes", l.lead_status as "leadStatus", l.lead_score as "leadScore",
    l.priority_level as "priorityLevel", l.total_interactions as "totalInteractions", l.tags,
    l.created_at as "createdAt", l.updated_at as "updatedAt"
"""
SINGLE = f"""
    select (select row_to_json(r) from (
        select (select row_to_json(f) from (select {LEAD}) f) as lead
        from leads l where l.supplier_id = %(supplier)s::uuid and l.id = %(id)s) r)
    from {ACTING}
"""
GRAPH = f"""
    select json_build_object('leads', json_build_object('nodes', (select json_agg(row_to_json(r)) from (
        select {LEAD},
            (select row_to_json(f) from (
                select s.source_name as "sourceName", s.slug, s.source_category as "sourceCategory"
                from lead_sources s where s.supplier_id = l.supplier_id and s.id = l.lead_source_id) f
            ) as source,
            (select row_to_json(f) from (
                select m.user_id as "userId", m.role, u.full_name as "fullName", u.email
                from memberships m join users u on u.id = m.user_id
                where m.supplier_id = l.supplier_id and m.user_id = l.assigned_to_user_id) f
            ) as assignee,
            (select json_build_object('nodes', coalesce(json_agg(row_to_json(f)), '[]')) from (
                select i.interaction_type as "interactionType", i.interaction_subject as "interactionSubject",
                    i.interaction_content as "interactionContent", i.is_system as "isSystem",
                    i.occurred_at as "occurredAt"
                from lead_interactions i where i.supplier_id = l.supplier_id and i.lead_id = l.id
                order by i.occurred_at desc, i.id desc limit 5) f
            ) as interactions,
            (select coalesce(json_agg(row_to_json(f)), '[]') from (
                select e.status, e.enrollment_date as "enrollmentDate", e.steps_completed as "stepsCompleted",
                    (select row_to_json(g) from (
                        select q.sequence_name as "sequenceName", q.sequence_type as "sequenceType",
                            q.is_active as "isActive"
                        from nurture_sequences q
                        where q.supplier_id = e.supplier_id and q.id = e.sequence_id) g) as sequence
                from lead_nurture_enrollments e where e.supplier_id = l.supplier_id and e.lead_id = l.id
                order by e.enrollment_date desc, e.id desc limit 5) f
            ) as enrollments
        from leads l
        where l.supplier_id = %(supplier)s::uuid and l.lead_status not in ('spam', 'duplicate')
        order by l.created_at desc, l.id desc limit 50) r)))
    from {ACTING}
"""

_given = engine_options(APP_ROLE, pool=int(os.environ["POOL"]), statement_timeout=15)
engine = create_engine(
    normalise_url(os.environ["DATABASE_URL"]),
    isolation_level="AUTOCOMMIT",
    json_deserializer=bytes,
    **_given,
)
app = Flask(__name__)


@app.post("/graph")
def graph() -> Response:
    return _answer(GRAPH)


@app.post("/lead/<uuid:lead_id>")
def lead(lead_id: UUID) -> Response:
    return _answer(SINGLE, id=lead_id)


def _answer(statement: str, **values: UUID) -> Response:
    given = values | {"supplier": os.environ["SUPPLIER"]}
    with engine.connect() as connection:
        found: bytes = connection.exec_driver_sql(statement, given).scalar_one()
    return Response(b'{"data":' + found + b"}", content_type="application/json")
