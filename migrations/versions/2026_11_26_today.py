"""The queue of the day: silent leads, holds that end, and what was won when, each by an index.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UNPROPOSED = "('contacted', 'follow_up', 'negotiation', 'new', 'qualified')"
SILENT_SINCE = sa.text("coalesce(last_contact_at, created_at)")


def upgrade() -> None:
    op.create_index(
        "ix_leads_silent",
        "leads",
        ["supplier_id", SILENT_SINCE, "id"],
        postgresql_where=sa.text(f"awaiting_reply_since is null and lead_status in {UNPROPOSED}"),
    )
    op.create_index(
        "ix_leads_silent_proposal",
        "leads",
        ["supplier_id", SILENT_SINCE, "id"],
        postgresql_where=sa.text("awaiting_reply_since is null and lead_status = 'proposal_sent'"),
    )
    op.create_index(
        "ix_leads_won",
        "leads",
        ["supplier_id", "converted_at"],
        postgresql_include=["conversion_value"],
        postgresql_where=sa.text("lead_status = 'won'"),
    )
    op.create_index(
        "ix_date_entries_held",
        "date_entries",
        ["supplier_id", "held_until"],
        postgresql_where=sa.text("state = 'held'"),
    )


def downgrade() -> None:
    op.drop_index("ix_date_entries_held", "date_entries")
    for name in ("ix_leads_won", "ix_leads_silent_proposal", "ix_leads_silent"):
        op.drop_index(name, "leads")
