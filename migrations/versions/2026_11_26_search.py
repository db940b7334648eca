"""Search over more of a lead, without accents, and list figures from one index.

The generated column is made anew, so the table is rewritten and locked meanwhile: about 4 s per
100,000 leads. The code of the release before goes on working: the column keeps its name and its
lower case.

Revision ID: 0004
Revises: 0003
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Their bodies are parsed now, so that they also work where the search path is empty, as in a restore.
FOLD = """
    create function search_fold(words text) returns text
    language sql immutable strict parallel safe
    return case when octet_length(words) = length(words) then lower(words)
        else lower(regexp_replace(normalize(words, nfd), '[\\u0300-\\u036f]', '', 'g')) end
"""
# array_to_string is only stable because elements of some types are; those of text are not.
JOIN = """
    create function search_join(parts text[]) returns text
    language sql immutable strict parallel safe
    return search_fold(array_to_string(parts, ' '))
"""
SEARCHED = """
    left(search_join(
        array[
            couple_name_bride, couple_name_groom, primary_email, secondary_email,
            primary_phone, secondary_phone, wedding_venue, wedding_location
        ]::text[] || tags || array[specific_requirements, additional_notes]
    ), 600)
"""
BEFORE = (
    "left(lower(coalesce(couple_name_bride, '') || ' ' || coalesce(couple_name_groom, '') || ' ' || "
    "coalesce(primary_email, '') || ' ' || coalesce(secondary_email, '') || ' ' || "
    "coalesce(primary_phone, '') || ' ' || coalesce(wedding_venue, '') || ' ' || "
    "coalesce(wedding_location, '') || ' ' || coalesce(additional_notes, '')), 500)"
)


def upgrade() -> None:
    op.execute(FOLD)
    op.execute(JOIN)
    op.execute("drop index ix_leads_created")
    _make_anew(SEARCHED)
    op.execute("""
        create index ix_leads_listed on leads (supplier_id, created_at desc, id desc)
            include (lead_status, lead_score, estimated_budget, search_text)""")


def downgrade() -> None:
    _make_anew(BEFORE)  # ix_leads_listed goes with the column
    op.execute("create index ix_leads_search on leads (supplier_id) include (search_text)")
    op.execute("create index ix_leads_created on leads (supplier_id, created_at desc, id desc)")
    op.execute("drop function search_join(text[])")
    op.execute("drop function search_fold(text)")


def _make_anew(expression: str) -> None:
    op.execute(f"""
        alter table leads
            drop column search_text,
            add column search_text text generated always as ({expression}) stored not null""")
