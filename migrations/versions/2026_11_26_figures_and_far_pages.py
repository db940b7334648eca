"""Figures, and pages far down a list, each by an index; the sums behind a sequence's rates.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

FRESH = {
    "ix_leads_figures": """on leads (supplier_id, created_at desc, id desc)
        include (lead_status, lead_score, priority_level, lead_source_id, assigned_to_user_id,
            wedding_date, estimated_budget, first_response_at, converted_at, conversion_value)""",
    "ix_leads_wedding_date_first": """on leads (supplier_id, least(wedding_date, 'infinity'::date), id)
        include (wedding_date, lead_status)""",
    "ix_leads_follow_up_first": """on leads (supplier_id, least(next_follow_up_at, 'infinity'::timestamptz), id)
        include (next_follow_up_at, lead_status)""",
    "ix_tasks_open": """on tasks (supplier_id, least(due_at, 'infinity'::timestamptz), id)
        where completed_at is null""",
    "ix_date_entries_blocked": "on date_entries (supplier_id, on_date) where state = 'blocked'",
}
CHANGED = {
    "ix_leads_updated": (
        "on leads (supplier_id, updated_at desc, id desc)",
        "on leads (supplier_id, updated_at desc, id desc) include (lead_status)",
    ),
    "ix_leads_wedding_date": (
        "on leads (supplier_id, wedding_date, id)",
        "on leads (supplier_id, wedding_date, id) include (lead_status, lead_score)",
    ),
    "ix_leads_wedding_date_last": (
        "on leads (supplier_id, wedding_date desc nulls last, id desc)",
        """on leads (supplier_id, greatest(wedding_date, '-infinity'::date) desc, id desc)
            include (wedding_date, lead_status)""",
    ),
    "ix_leads_follow_up_last": (
        "on leads (supplier_id, next_follow_up_at desc nulls last, id desc)",
        """on leads (supplier_id, greatest(next_follow_up_at, '-infinity'::timestamptz) desc, id desc)
            include (next_follow_up_at, lead_status)""",
    ),
}
SEQUENCES = ("lead_nurture_enrollments", "nurture_sequences")


def upgrade() -> None:
    for name, columns in FRESH.items():
        op.execute(f"create index {name} {columns}")
    for name, (_, after) in CHANGED.items():
        op.execute(f"drop index {name}")
        op.execute(f"create index {name} {after}")
    op.execute("drop index ix_leads_follow_up")
    _sums()


def _sums() -> None:
    """The owner counts the rows of every supplier at once: one that is no superuser is bound by its own
    policies meanwhile, as they are forced."""
    for name, kind in (
        ("ended_enrollments", sa.Integer()),
        ("ended_completion", sa.Numeric(14, 2)),
        ("ended_conversions", sa.Integer()),
    ):
        op.add_column("nurture_sequences", sa.Column(name, kind, server_default="0", nullable=False))
    for table in SEQUENCES:
        op.execute(f"alter table {table} no force row level security")
    op.execute("""
        update nurture_sequences s
        set ended_enrollments = e.ended, ended_completion = e.completion, ended_conversions = e.conversions
        from (
            select supplier_id, sequence_id, count(*) as ended, sum(completion_rate) as completion,
                count(*) filter (where converted) as conversions
            from lead_nurture_enrollments where ended_at is not null group by 1, 2
        ) e
        where e.supplier_id = s.supplier_id and e.sequence_id = s.id""")
    for table in SEQUENCES:
        op.execute(f"alter table {table} force row level security")


def downgrade() -> None:
    for name in ("ended_conversions", "ended_completion", "ended_enrollments"):
        op.drop_column("nurture_sequences", name)
    op.execute("create index ix_leads_follow_up on leads (supplier_id, next_follow_up_at, id)")
    for name, (before, _) in CHANGED.items():
        op.execute(f"drop index {name}")
        op.execute(f"create index {name} {before}")
    for name in FRESH:
        op.execute(f"drop index {name}")
