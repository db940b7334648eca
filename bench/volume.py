"""Many suppliers with many leads, written by PostgreSQL itself; the same rows each time.

Of `Volume.leads`, the first supplier (the one a house was opened with) has `Volume.largest` and the
others the same number each. A lead has five interactions and, two of three, an enrollment in the
sequence its supplier began with.
"""

from dataclasses import dataclass

import psycopg

from app.demo.people import MEN, SURNAMES, WOMEN
from app.demo.places import VENUES
from bench.house import House

LOADED = ("leads", "lead_interactions", "lead_nurture_enrollments")
NOTES = (
    "We love relaxed, natural pictures and have a marquee on the lawn.",
    "Our families travel from abroad, so the day may move by a week.",
    "Please tell us what a second photographer and an album would cost.",
    "We saw your pictures at a friend's wedding last summer.",
    "The ceremony is outdoors if the weather holds.",
    "We have a big dog who has to be in the pictures.",
)
TAGS = ("vip", "outdoor", "winter", "referral", "abroad", "second-shooter")


@dataclass(frozen=True)
class Volume:
    """How many rows. Leads of all suppliers, and of the first one among them."""

    leads: int = 200_000
    largest: int = 10_000
    suppliers: int = 200
    histories: bool = True
    """With interactions and enrollments?"""


_SUPPLIERS = """
    insert into suppliers (id, name)
        select md5('supplier' || n)::uuid, 'Supplier ' || n from generate_series(2, %(suppliers)s) n;
    insert into memberships (supplier_id, user_id, role)
        select s.id, m.user_id, m.role from suppliers s, memberships m where s.id <> m.supplier_id;
    insert into lead_sources (supplier_id, id, source_name, slug, source_category)
        select s.id, md5(s.id::text || l.slug)::uuid, l.source_name, l.slug, l.source_category
        from suppliers s, lead_sources l where s.id <> l.supplier_id;
    insert into nurture_sequences (supplier_id, id, sequence_name, sequence_type)
        select s.id, md5(s.id::text)::uuid, q.sequence_name, q.sequence_type
        from suppliers s, nurture_sequences q where s.id <> q.supplier_id;
"""
_LEADS = """
    insert into leads (supplier_id, id, lead_source, lead_source_id, couple_name_bride, couple_name_groom,
        primary_email, primary_phone, wedding_date, wedding_venue, wedding_location, estimated_guest_count,
        estimated_budget, budget_range, services_needed, additional_notes, lead_status, lead_score,
        priority_level, total_interactions, assigned_to_user_id, tags, created_at, updated_at)
    select o.id, md5('lead' || n)::uuid, 'website', o.sources[1 + k %% cardinality(o.sources)],
        (%(women)s::text[])[1 + k %% 50] || ' ' || (%(names)s::text[])[1 + k / 7 %% 80],
        (%(men)s::text[])[1 + k / 3 %% 50] || ' ' || (%(names)s::text[])[1 + k / 11 %% 80],
        lower((%(women)s::text[])[1 + k %% 50]) || n || '@example.com',
        '+447700' || lpad((n %% 1000000)::text, 6, '0'),
        date '2027-01-01' + k %% 900, (%(venues)s::text[])[1 + k %% 36], (%(places)s::text[])[1 + k %% 36],
        40 + k %% 200, 1000 + k %% 9000, '2500_5000', array['Photography', 'Album'],
        (%(notes)s::text[])[1 + k %% 6] || ' ' || (%(notes)s::text[])[1 + k / 5 %% 6],
        (array['new', 'contacted', 'qualified', 'proposal_sent', 'follow_up', 'won', 'lost'])[1 + k %% 7],
        k %% 101, (array['low', 'medium', 'high', 'urgent'])[1 + k %% 4], 5, o.owner,
        array[(%(tags)s::text[])[1 + k %% 6]], at, at
    from (select n, abs(hashint4(n)) as k, case when n %% (%(leads)s / %(largest)s) = 0 then 1
              else 2 + abs(hashint4(-n)) %% (%(suppliers)s - 1) end as nth,
              timestamptz '2026-11-01' - n * interval '20 seconds' as at
          from generate_series(1, %(leads)s) n) given
    join owners o using (nth);
"""
_REST = """
    insert into lead_interactions (supplier_id, id, lead_id, user_id, interaction_type, interaction_subject,
        interaction_content, interaction_metadata, occurred_at, created_at)
    select l.supplier_id, md5(l.id::text || i)::uuid, l.id, l.assigned_to_user_id,
        (array['form_submitted', 'email_sent', 'email_opened', 'phone_call', 'note_added'])[i],
        'Your wedding photography', 'Thank you for your inquiry. We are free on that day.',
        '{"channel": "web"}', l.created_at + i * interval '7 hours', l.created_at + i * interval '7 hours'
    from leads l, generate_series(1, 5) i;
    insert into lead_nurture_enrollments (supplier_id, lead_id, sequence_id, enrollment_date, status,
        steps_completed)
    select l.supplier_id, l.id, q.id, l.created_at, 'completed', 3
    from leads l join nurture_sequences q using (supplier_id) where l.lead_score %% 3 > 0;
"""


def load(house: House, volume: Volume) -> None:
    """Fill the house, its indexes made afterwards; foreign keys hold, but nobody asks for each row."""
    given = {
        **{name: getattr(volume, name) for name in ("leads", "largest", "suppliers")},
        **{"women": WOMEN, "men": MEN, "names": SURNAMES, "notes": list(NOTES), "tags": list(TAGS)},
        **{"venues": [venue for venue, *_ in VENUES], "places": [place for _, place, _ in VENUES]},
    }
    with psycopg.ClientCursor(psycopg.connect(house.libpq, autocommit=True)) as cursor:
        cursor.execute("set session_replication_role = replica; set maintenance_work_mem = '512MB'")
        cursor.execute(_SUPPLIERS, given)
        cursor.execute(_OWNERS, {"first": house.supplier_id})
        kept = _without_indexes(cursor)
        cursor.execute(_LEADS, given)
        if volume.histories:
            cursor.execute(_REST.replace("%%", "%"))
        for index in kept:
            cursor.execute(index)
        cursor.execute("vacuum (analyze)")


_OWNERS = """
    create temporary table owners as
        select row_number() over (order by s.id <> %(first)s, s.name) as nth, s.id,
            (select m.user_id from memberships m where m.supplier_id = s.id limit 1) as owner,
            (select array_agg(l.id order by l.slug) from lead_sources l where l.supplier_id = s.id) as sources
        from suppliers s
"""


def _without_indexes(cursor: "psycopg.ClientCursor[tuple[str, ...]]") -> list[str]:
    """Drop the loaded tables' indexes but the primary keys; what makes them again."""
    cursor.execute(
        "select indexname, indexdef from pg_indexes where tablename = any(%s) and indexname not like 'pk_%%'",
        [list(LOADED)],
    )
    found = cursor.fetchall()
    for name, _ in found:
        cursor.execute(f"drop index {name}")
    return [definition for _, definition in found]
