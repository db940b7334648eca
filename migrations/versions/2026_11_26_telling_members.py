"""Telling members: notices of assignment and digests, and whether a member wants them.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

THIS_SUPPLIER = "current_setting('app.supplier_id')::uuid"
SWEPT = {
    "notices": "supplier_id, id, state, due_at, lease_until",
    "suppliers": "id, timezone",
}


def upgrade() -> None:
    op.add_column(
        "memberships", sa.Column("wants_notices", sa.Boolean(), server_default="true", nullable=False)
    )
    _table()
    _indexes()
    op.execute("grant select, insert, update, delete on notices to wedsync_app")
    op.execute("alter table notices enable row level security")
    op.execute("alter table notices force row level security")
    condition = f"supplier_id = {THIS_SUPPLIER}"
    op.execute(f"create policy tenant on notices using ({condition}) with check ({condition})")
    for table, columns in SWEPT.items():
        op.execute(f"grant select ({columns}) on {table} to wedsync_sweeper")
        op.execute(f"create policy sweep on {table} for select to wedsync_sweeper using (true)")


def _table() -> None:
    kinds, states = ("assigned", "digest"), ("due", "sending", "accepted", "failed", "skipped", "uncertain")
    op.create_table(
        "notices",
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*kinds, name="noticekind", native_enum=False, create_constraint=True, length=50),
            nullable=False,
        ),
        sa.Column("lead_id", sa.Uuid()),
        sa.Column("day", sa.Date()),
        sa.Column(
            "state",
            sa.Enum(*states, name="messagestate", native_enum=False, create_constraint=True, length=50),
            server_default="due",
            nullable=False,
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True)),
        sa.Column("reason", sa.String(length=255)),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(kind = 'assigned') = (lead_id is not null) and (kind = 'digest') = (day is not null)",
            name="about",
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["suppliers.id"], name="fk_notices_supplier_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id", "user_id"],
            ["memberships.supplier_id", "memberships.user_id"],
            name="fk_notices_supplier_id_user_id",
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id", "lead_id"],
            ["leads.supplier_id", "leads.id"],
            name="fk_notices_supplier_id_lead_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("supplier_id", "id", name="pk_notices"),
    )


def _indexes() -> None:
    op.create_index(
        "ix_notices_day",
        "notices",
        ["supplier_id", "user_id", "day"],
        unique=True,
        postgresql_where=sa.text("day is not null"),
    )
    op.create_index("ix_notices_member", "notices", ["supplier_id", "user_id", "state"])
    op.create_index("ix_notices_lead", "notices", ["supplier_id", "lead_id"])
    op.create_index("ix_notices_created", "notices", ["supplier_id", "created_at"])
    op.create_index(
        "ix_notices_due",
        "notices",
        ["due_at"],
        postgresql_where=sa.text("state = 'due'"),
        postgresql_include=["supplier_id", "id"],
    )
    op.create_index(
        "ix_notices_leased", "notices", ["lease_until"], postgresql_where=sa.text("state = 'sending'")
    )


def downgrade() -> None:
    op.drop_table("notices")
    op.execute("drop policy sweep on suppliers")
    op.execute("revoke select (id, timezone) on suppliers from wedsync_sweeper")
    op.drop_column("memberships", "wants_notices")
