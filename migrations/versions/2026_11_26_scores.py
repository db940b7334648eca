"""Scores a supplier can read: groups of rules, versions, scoring in the background.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

THIS_SUPPLIER = "current_setting('app.supplier_id')::uuid"
RIGHTS = {
    "scoring_rule_groups": "select, insert, update, delete",
    "scoring_rule_versions": "select, insert",
    "rescores": "select, insert, update, delete",
}


def upgrade() -> None:
    _groups()
    _rules()
    _versions()
    _rescores()
    op.add_column("leads", sa.Column("score_retry_at", sa.DateTime(timezone=True)))
    op.add_column(
        "suppliers", sa.Column("shows_booking_chance", sa.Boolean(), server_default="false", nullable=False)
    )
    for table, rights in RIGHTS.items():
        op.execute(f"grant {rights} on {table} to wedsync_app")
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        condition = f"supplier_id = {THIS_SUPPLIER}"
        op.execute(f"create policy tenant on {table} using ({condition}) with check ({condition})")
    op.execute("grant select (supplier_id, id, due_at, finished_at) on rescores to wedsync_sweeper")
    op.execute("create policy sweep on rescores for select to wedsync_sweeper using (true)")
    op.execute("grant select (score_retry_at) on leads to wedsync_sweeper")


def _key(table: str) -> list[sa.schema.SchemaItem]:
    """The columns and constraints that every table of a supplier has."""
    return [
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.PrimaryKeyConstraint("supplier_id", "id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(
            ["supplier_id"], ["suppliers.id"], name=f"fk_{table}_supplier_id", ondelete="CASCADE"
        ),
    ]


def _moment(name: str) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def _groups() -> None:
    op.create_table(
        "scoring_rule_groups",
        *_key("scoring_rule_groups"),
        sa.Column("group_name", sa.String(100), nullable=False),
        sa.Column("least_points", sa.Integer()),
        sa.Column("most_points", sa.Integer()),
        _moment("created_at"),
        _moment("updated_at"),
        sa.CheckConstraint("least_points between -1000 and 0", name="least_points"),
        sa.CheckConstraint("most_points between 0 and 1000", name="most_points"),
    )
    op.create_index(
        "ix_scoring_rule_groups_name",
        "scoring_rule_groups",
        ["supplier_id", sa.text("lower(group_name)")],
        unique=True,
    )


def _rules() -> None:
    op.add_column("lead_scoring_rules", sa.Column("rule_group_id", sa.Uuid()))
    op.add_column("lead_scoring_rules", sa.Column("half_life_weeks", sa.Integer()))
    op.create_check_constraint("half_life_weeks", "lead_scoring_rules", "half_life_weeks between 1 and 104")
    op.execute("alter table lead_scoring_rules no force row level security")  # its rows are looked at
    op.create_foreign_key(
        "fk_lead_scoring_rules_supplier_id_rule_group_id",
        "lead_scoring_rules",
        "scoring_rule_groups",
        ["supplier_id", "rule_group_id"],
        ["supplier_id", "id"],
        ondelete="SET NULL (rule_group_id)",
    )
    op.execute("alter table lead_scoring_rules force row level security")


def _versions() -> None:
    op.create_table(
        "scoring_rule_versions",
        *_key("scoring_rule_versions"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("summary", sa.String(300), nullable=False),
        sa.Column("rules", JSONB(), nullable=False),
        sa.Column("groups", JSONB(), nullable=False),
        sa.Column("rule_count", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Uuid()),
        _moment("created_at"),
        sa.ForeignKeyConstraint(
            ["supplier_id", "user_id"],
            ["memberships.supplier_id", "memberships.user_id"],
            name="fk_scoring_rule_versions_supplier_id_user_id",
        ),
    )
    op.create_index(
        "ix_scoring_rule_versions_number", "scoring_rule_versions", ["supplier_id", "number"], unique=True
    )


def _rescores() -> None:
    reasons = sa.Enum(
        *("rules", "night", "day", "asked"),
        name="rescorereason",
        native_enum=False,
        create_constraint=True,
        length=50,
    )
    op.create_table(
        "rescores",
        *_key("rescores"),
        sa.Column("reason", reasons, nullable=False),
        sa.Column("on_date", sa.Date()),
        sa.Column("version", sa.Integer()),
        *(sa.Column(n, sa.Integer(), server_default="0", nullable=False) for n in ("total", "done", "changed")),
        sa.Column("last_lead_id", sa.Uuid()),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_second_look", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        _moment("created_at"),
        sa.CheckConstraint("(on_date is not null) = (reason in ('night', 'day'))", name="on_date"),
    )
    op.create_index(
        "ix_rescores_night",
        "rescores",
        ["supplier_id", "on_date"],
        unique=True,
        postgresql_where=sa.text("reason = 'night'"),
    )
    op.create_index(
        "ix_rescores_due",
        "rescores",
        ["due_at"],
        postgresql_include=["supplier_id", "id"],
        postgresql_where=sa.text("finished_at is null"),
    )
    op.create_index("ix_rescores_created", "rescores", ["supplier_id", "created_at"])


def downgrade() -> None:
    op.drop_column("suppliers", "shows_booking_chance")
    op.drop_column("leads", "score_retry_at")
    op.drop_table("rescores")
    op.drop_table("scoring_rule_versions")
    op.drop_constraint(
        "fk_lead_scoring_rules_supplier_id_rule_group_id", "lead_scoring_rules", type_="foreignkey"
    )
    op.drop_column("lead_scoring_rules", "half_life_weeks")
    op.drop_column("lead_scoring_rules", "rule_group_id")
    op.drop_table("scoring_rule_groups")
