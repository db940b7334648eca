"""Working a lead: who waits for an answer, merges that can be undone, digests and calendar feeds.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OPEN = "('contacted', 'follow_up', 'negotiation', 'new', 'proposal_sent', 'qualified')"
OUTGOING = (
    "('contract_sent', 'email_sent', 'meeting_completed', 'meeting_scheduled', 'phone_call', "
    "'proposal_sent', 'sms_sent')"
)
INBOUND = "('email_replied', 'form_submitted', 'sms_received')"
THIS_SUPPLIER = "current_setting('app.supplier_id')::uuid"


TOUCHED = ("lead_interactions", "leads", "memberships", "tasks")


def upgrade() -> None:
    """The owner counts the rows of every supplier at once: one that is no superuser is bound by its own
    policies meanwhile, as they are forced."""
    for table in TOUCHED:
        op.execute(f"alter table {table} no force row level security")
    _columns()
    _merges()
    _recount()
    _indexes()
    for table in TOUCHED:
        op.execute(f"alter table {table} force row level security")


def _columns() -> None:
    op.add_column("leads", sa.Column("first_response_at", sa.DateTime(timezone=True)))
    op.add_column("leads", sa.Column("awaiting_reply_since", sa.DateTime(timezone=True)))
    op.add_column(
        "memberships", sa.Column("wants_digest", sa.Boolean(), server_default="true", nullable=False)
    )
    op.add_column("memberships", sa.Column("digest_on", sa.Date()))
    op.add_column("memberships", sa.Column("calendar_key", sa.Text()))
    op.add_column("tasks", sa.Column("completed_by_user_id", sa.Uuid()))
    op.create_foreign_key(
        "fk_tasks_supplier_id_completed_by_user_id",
        "tasks",
        "memberships",
        ["supplier_id", "completed_by_user_id"],
        ["supplier_id", "user_id"],
    )


def _merges() -> None:
    op.create_table(
        "lead_merges",
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("winner_id", sa.Uuid(), nullable=False),
        sa.Column("loser_id", sa.Uuid(), nullable=False),
        sa.Column("merged_by_user_id", sa.Uuid()),
        sa.Column(
            "moved", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False
        ),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["suppliers.id"], name="fk_lead_merges_supplier_id", ondelete="CASCADE"
        ),
        *(
            sa.ForeignKeyConstraint(
                ["supplier_id", column],
                ["leads.supplier_id", "leads.id"],
                name=f"fk_lead_merges_supplier_id_{column}",
                ondelete="CASCADE",
            )
            for column in ("winner_id", "loser_id")
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id", "merged_by_user_id"],
            ["memberships.supplier_id", "memberships.user_id"],
            name="fk_lead_merges_supplier_id_merged_by_user_id",
        ),
        sa.PrimaryKeyConstraint("supplier_id", "id", name="pk_lead_merges"),
    )
    op.create_index("ix_lead_merges_winner", "lead_merges", ["supplier_id", "winner_id"])
    op.create_index("ix_lead_merges_loser", "lead_merges", ["supplier_id", "loser_id"])
    op.execute("grant select, insert, update, delete on lead_merges to wedsync_app")
    op.execute("alter table lead_merges enable row level security")
    op.execute("alter table lead_merges force row level security")
    condition = f"supplier_id = {THIS_SUPPLIER}"
    op.execute(f"create policy tenant on lead_merges using ({condition}) with check ({condition})")


def _recount() -> None:
    """The new columns of the leads that are there, as `app/models/lead_facts.py` counts them."""
    op.execute(f"""
        with answers as (
            select supplier_id, lead_id, min(occurred_at) as first, max(occurred_at) as last
            from lead_interactions
            where interaction_type in {OUTGOING} and (user_id is not null or not is_system) group by 1, 2
        ), waits as (
            select i.supplier_id, i.lead_id, min(i.occurred_at) as since
            from lead_interactions i left join answers a using (supplier_id, lead_id)
            where i.interaction_type in {INBOUND} and i.occurred_at > coalesce(a.last, '-infinity')
            group by 1, 2
        )
        update leads l set first_response_at = found.first, awaiting_reply_since = found.since
        from (
            select supplier_id, lead_id, a.first, w.since
            from answers a full join waits w using (supplier_id, lead_id)
        ) found
        where l.supplier_id = found.supplier_id and l.id = found.lead_id
    """)


def _indexes() -> None:
    op.create_index(
        "ix_leads_awaiting",
        "leads",
        ["supplier_id", "awaiting_reply_since", "id"],
        postgresql_where=sa.text("awaiting_reply_since is not null"),
    )
    op.create_index(
        "ix_leads_unassigned",
        "leads",
        ["supplier_id", "created_at"],
        postgresql_where=sa.text(f"assigned_to_user_id is null and lead_status in {OPEN}"),
    )
    op.create_index(
        "ix_leads_duplicate_of",
        "leads",
        ["supplier_id", "duplicate_of_id"],
        postgresql_where=sa.text("duplicate_of_id is not null"),
    )
    op.drop_index("ix_tasks_due", "tasks")
    op.create_index(
        "ix_tasks_due",
        "tasks",
        ["supplier_id", "due_at", "id"],
        postgresql_where=sa.text("completed_at is null"),
    )
    op.create_index(
        "ix_tasks_completed",
        "tasks",
        ["supplier_id", sa.text("completed_at DESC"), sa.text("id DESC")],
        postgresql_where=sa.text("completed_at is not null"),
    )
    op.create_index(
        "ix_memberships_supplier_id_calendar_key",
        "memberships",
        ["supplier_id", "calendar_key"],
        unique=True,
    )


def downgrade() -> None:
    op.drop_table("lead_merges")
    for table, index in (
        ("memberships", "ix_memberships_supplier_id_calendar_key"),
        ("tasks", "ix_tasks_completed"),
        ("tasks", "ix_tasks_due"),
        ("leads", "ix_leads_duplicate_of"),
        ("leads", "ix_leads_unassigned"),
        ("leads", "ix_leads_awaiting"),
    ):
        op.drop_index(index, table)
    op.create_index(
        "ix_tasks_due", "tasks", ["supplier_id", "due_at"], postgresql_where=sa.text("completed_at is null")
    )
    op.drop_column("tasks", "completed_by_user_id")
    for column in ("calendar_key", "digest_on", "wants_digest"):
        op.drop_column("memberships", column)
    for column in ("awaiting_reply_since", "first_response_at"):
        op.drop_column("leads", column)
