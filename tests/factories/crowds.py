"""Very many leads at once, each due for the first step of a sequence; straight into the tables."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from app.kernel.uow import unit_of_work
from tests.cast import House

_LEADS = text("""
    insert into leads (supplier_id, id, lead_source, primary_email, primary_phone, lead_status, created_at)
    select :supplier, gen_random_uuid(), 'website', 'couple-' || n || '-' || :name || '@' || :domain,
           '+4420794' || lpad((n % 100000)::text, 5, '0'), 'new', :now
    from generate_series(1, :count) n""")
_ENROLLMENTS = text("""
    insert into lead_nurture_enrollments
        (supplier_id, id, lead_id, sequence_id, version, enrollment_date, current_step_id, next_execution_at)
    select :supplier, gen_random_uuid(), l.id, s.sequence_id, 1, :now, s.id, :now
    from leads l join nurture_sequence_steps s on s.sequence_id = :sequence and s.step_order = 1
    where l.primary_email like '%-' || :name || '@' || :domain""")


def enrolled_crowd(
    house: House, sequence_id: UUID, count: int, now: datetime, *, domain: str = "example.com"
) -> None:
    """That many new leads in the sequence, due now."""
    values = {
        "supplier": house.supplier_id,
        "sequence": sequence_id,
        "count": count,
        "now": now,
        "name": sequence_id.hex[-12:],
        "domain": domain,
    }
    with unit_of_work(house.supplier_id) as session:
        session.execute(_LEADS, values)
        session.execute(_ENROLLMENTS, values)
