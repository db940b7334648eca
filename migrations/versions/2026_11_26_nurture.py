"""Nurture: drafts and versions of sequences, variants, approval, signals, senders, branding.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

THIS_SUPPLIER = "current_setting('app.supplier_id')::uuid"
RIGHTS = {
    "sequence_versions": "select, insert, delete",
    "step_variants": "select, insert, update, delete",
    "sender_domains": "select, insert, update, delete",
}
REWRITTEN = (
    "nurture_sequence_steps",
    "nurture_sequences",
    "sequence_versions",
    "lead_nurture_enrollments",
    "step_decisions",
)
OUTCOMES = "'done', 'skipped', 'retry', 'failed'"
STATES = "'due', 'sending', 'accepted', 'failed', 'skipped', 'uncertain'"
EVENTS = (
    "'claimed', 'accepted', 'deferred', 'delivered', 'opened', 'clicked', 'replied', 'bounced', 'complained',"
    " 'unsubscribed', 'failed', 'skipped', 'uncertain'"
)
CHANNELS = "'widget', 'hosted_form', 'webhook', 'import', 'email'"
BRANDING = ("sender_address", "sms_number", "brand_color", "logo_url", "mail_footer")


def upgrade() -> None:
    _versions()
    _steps()
    _variants()
    _enrollments()
    _messages()
    _senders()
    for table, rights in RIGHTS.items():
        op.execute(f"grant {rights} on {table} to wedsync_app")
        op.execute(f"alter table {table} enable row level security")
        op.execute(f"alter table {table} force row level security")
        condition = f"supplier_id = {THIS_SUPPLIER}"
        op.execute(f"create policy tenant on {table} using ({condition}) with check ({condition})")
    op.execute("grant select (sms_number) on suppliers to wedsync_sweeper")
    op.execute("grant select (supplier_id, id, look_at) on sender_domains to wedsync_sweeper")
    op.execute("create policy sweep on sender_domains for select to wedsync_sweeper using (true)")
    op.add_column("leads", sa.Column("evaluate_at", sa.DateTime(timezone=True)))
    op.create_index(
        "ix_leads_evaluate",
        "leads",
        ["supplier_id", "evaluate_at"],
        postgresql_where=sa.text("evaluate_at is not null"),
    )
    op.execute("grant select (evaluate_at) on leads to wedsync_sweeper")
    _signals()
    _allow("inquiries", "inquirychannel", "channel", f"{CHANNELS}, 'sms'")
    _carry_over()


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


def _within(table: str, column: str, target: str, *, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    its_key = "user_id" if target == "memberships" else "id"
    return sa.ForeignKeyConstraint(
        ["supplier_id", column],
        [f"{target}.supplier_id", f"{target}.{its_key}"],
        name=f"fk_{table}_supplier_id_{column}",
        ondelete=ondelete,
    )


def _moment(name: str) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def _versions() -> None:
    op.create_table(
        "sequence_versions",
        *_key("sequence_versions"),
        sa.Column("sequence_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Uuid()),
        sa.Column("summary", sa.String(300), server_default="", nullable=False),
        _moment("created_at"),
        _within("sequence_versions", "sequence_id", "nurture_sequences", ondelete="CASCADE"),
        _within("sequence_versions", "user_id", "memberships"),
    )
    op.create_index(
        "ix_sequence_versions_number",
        "sequence_versions",
        ["supplier_id", "sequence_id", "version"],
        unique=True,
    )
    for column in (
        sa.Column("has_draft", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("marked_to", sa.Uuid()),
    ):
        op.add_column("nurture_sequences", column)


def _steps() -> None:
    for column in (
        sa.Column("step_key", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("max_lateness_hours", sa.Integer()),
        *(
            sa.Column(name, sa.Boolean(), server_default="false", nullable=False)
            for name in ("runs_when_past", "needs_approval")
        ),
    ):
        op.add_column("nurture_sequence_steps", column)
    op.create_check_constraint(
        "max_lateness_hours", "nurture_sequence_steps", "max_lateness_hours between 1 and 720"
    )


def _variants() -> None:
    op.create_table(
        "step_variants",
        *_key("step_variants"),
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.String(1), nullable=False),
        sa.Column("email_template_id", sa.Uuid(), nullable=False),
        _within("step_variants", "step_id", "nurture_sequence_steps", ondelete="CASCADE"),
        _within("step_variants", "email_template_id", "email_templates"),
        sa.CheckConstraint("label ~ '^[B-E]$'", name="label"),
    )
    op.create_index(
        "ix_step_variants_label", "step_variants", ["supplier_id", "step_id", "label"], unique=True
    )


def _enrollments() -> None:
    for column in (
        sa.Column("paused_at", sa.DateTime(timezone=True)),
        sa.Column("due_at", sa.DateTime(timezone=True)),
        sa.Column("steps_failed", sa.Integer(), server_default="0", nullable=False),
    ):
        op.add_column("lead_nurture_enrollments", column)
    _allow("step_decisions", "outcome", "outcome", f"{OUTCOMES}, 'ended'")
    op.create_index(
        "ix_enrollments_supplier_due",
        "lead_nurture_enrollments",
        ["supplier_id", "next_execution_at"],
        postgresql_where=sa.text("status = 'active' and next_execution_at is not null"),
    )
    op.create_index(
        "ix_enrollments_newest",
        "lead_nurture_enrollments",
        ["supplier_id", "sequence_id", sa.literal_column("enrollment_date desc"), sa.literal_column("id desc")],
    )
    op.create_index("ix_step_decisions_step", "step_decisions", ["supplier_id", "step_id", "outcome"])


def _messages() -> None:
    _allow("messages", "messagestate", "state", f"'held', {STATES}")
    _allow("notices", "messagestate", "state", f"'held', {STATES}")
    _allow("message_events", "messageeventtype", "event_type", f"'held', 'approved', {EVENTS}")
    for column in (
        sa.Column("variant", sa.String(1)),
        sa.Column("links", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("segments", sa.Integer()),
        *(
            sa.Column(name, sa.DateTime(timezone=True))
            for name in ("opened_at", "clicked_at", "replied_at", "bounced_at")
        ),
    ):
        op.add_column("messages", column)
    op.create_index(
        "ix_messages_supplier_due",
        "messages",
        ["supplier_id", "due_at"],
        postgresql_where=sa.text("state = 'due'"),
    )
    op.create_index(
        "ix_messages_of_step",
        "messages",
        ["supplier_id", "sequence_step_id", "state"],
        postgresql_where=sa.text("sequence_step_id is not null"),
    )
    op.add_column("message_events", sa.Column("event_key", sa.String(255)))
    op.create_index(
        "ix_message_events_key",
        "message_events",
        ["supplier_id", "message_id", "event_key"],
        unique=True,
        postgresql_where=sa.text("event_key is not null"),
    )


def _signals() -> None:
    """What comes back names a message, and nobody else's id: of which supplier it is, its row says."""
    op.create_index("ix_messages_id", "messages", ["id"])
    newest = ["supplier_id", sa.text("created_at desc"), sa.text("id desc")]
    op.create_index("ix_suppressions_newest", "suppressions", newest)
    _notices()


def _notices() -> None:
    """They also tell of answers, and of domains whose records are not right any more."""
    _allow("notices", "noticekind", "kind", "'assigned', 'digest', 'answered', 'domain'")
    op.add_column("notices", sa.Column("sender_domain_id", sa.Uuid()))
    columns, named = ["supplier_id", "sender_domain_id"], "fk_notices_supplier_id_sender_domain_id"
    op.create_foreign_key(
        named, "notices", "sender_domains", columns, ["supplier_id", "id"], ondelete="CASCADE"
    )
    op.create_index("ix_notices_sender_domain", "notices", columns)
    _about("kind in ('assigned', 'answered')", " and (kind = 'domain') = (sender_domain_id is not null)")


def _about(of_a_lead: str, besides: str = "") -> None:
    op.execute("alter table notices drop constraint ck_notices_about")
    op.execute(f"""
        alter table notices add constraint ck_notices_about check (
            ({of_a_lead}) = (lead_id is not null) and (kind = 'digest') = (day is not null){besides}) not valid""")


def _allow(table: str, name: str, column: str, values: str) -> None:
    """Other words for a column; `not valid`, as every row there is fits, so that nobody waits for a scan."""
    constraint = f"ck_{table}_{name}"
    op.execute(f"alter table {table} drop constraint {constraint}")
    op.execute(f"alter table {table} add constraint {constraint} check ({column} in ({values})) not valid")


def _senders() -> None:
    op.create_table(
        "sender_domains",
        *_key("sender_domains"),
        sa.Column("domain", sa.String(253), nullable=False),
        sa.Column("selector", sa.String(63), nullable=False),
        sa.Column("private_key", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column(
            "look_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now() + interval '1 day'"),
            nullable=False,
        ),
        sa.Column("checked_at", sa.DateTime(timezone=True)),
        sa.Column("findings", JSONB(), server_default="{}", nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True)),
        _moment("created_at"),
        _moment("updated_at"),
        sa.CheckConstraint("domain = lower(domain)", name="domain"),
    )
    op.create_index("ix_sender_domains_domain", "sender_domains", ["supplier_id", "domain"], unique=True)
    op.create_index(
        "ix_sender_domains_look", "sender_domains", ["look_at"], postgresql_include=["supplier_id", "id"]
    )
    for name in BRANDING:
        op.add_column("suppliers", sa.Column(name, sa.Text()))
    for name, default in (("daily_message_cap", "1"), ("weekly_message_cap", "3")):
        op.add_column("suppliers", sa.Column(name, sa.Integer(), server_default=default, nullable=False))
    op.add_column(
        "suppliers", sa.Column("tracks_messages", sa.Boolean(), server_default="true", nullable=False)
    )
    op.create_check_constraint("daily_message_cap", "suppliers", "daily_message_cap between 1 and 10")
    op.create_check_constraint("weekly_message_cap", "suppliers", "weekly_message_cap between 1 and 50")
    op.create_check_constraint("brand_color", "suppliers", "brand_color ~ '^#[0-9a-f]{6}$'")
    op.create_index("ix_suppliers_sms_number", "suppliers", ["sms_number"], unique=True)


def _carry_over() -> None:
    """Every sequence there is was published once; a step is its own key, and due when it comes."""
    for table in REWRITTEN:
        op.execute(f"alter table {table} no force row level security")
    op.execute("update nurture_sequence_steps set step_key = id")
    op.execute("""
        insert into sequence_versions (supplier_id, sequence_id, version, created_at)
        select supplier_id, id, published_version, created_at from nurture_sequences""")
    op.execute("update lead_nurture_enrollments set due_at = next_execution_at")
    op.execute("""
        update lead_nurture_enrollments set steps_failed = failed.count from (
            select supplier_id, enrollment_id, count(*) from step_decisions
            where outcome = 'failed' group by supplier_id, enrollment_id) failed
        where lead_nurture_enrollments.supplier_id = failed.supplier_id
            and lead_nurture_enrollments.id = failed.enrollment_id""")
    for table in REWRITTEN:
        op.execute(f"alter table {table} force row level security")


def downgrade() -> None:
    op.execute("alter table inquiries no force row level security")
    op.execute("update inquiries set channel = 'webhook' where channel = 'sms'")
    op.execute("alter table inquiries force row level security")
    _allow("inquiries", "inquirychannel", "channel", CHANNELS)
    op.drop_index("ix_leads_evaluate", "leads")
    op.drop_column("leads", "evaluate_at")
    op.execute("alter table notices no force row level security")
    op.execute("delete from notices where kind in ('answered', 'domain')")
    op.execute("alter table notices force row level security")
    _about("kind = 'assigned'")
    op.drop_column("notices", "sender_domain_id")
    _allow("notices", "noticekind", "kind", "'assigned', 'digest'")
    op.drop_index("ix_suppressions_newest", "suppressions")
    op.drop_index("ix_messages_id", "messages")
    op.drop_index("ix_suppliers_sms_number", "suppliers")
    for name in (*BRANDING, "daily_message_cap", "weekly_message_cap", "tracks_messages"):
        op.drop_column("suppliers", name)
    op.drop_table("sender_domains")
    op.drop_column("message_events", "event_key")
    for index in ("ix_messages_of_step", "ix_messages_supplier_due"):
        op.drop_index(index, "messages")
    for name in ("bounced_at", "replied_at", "clicked_at", "opened_at", "segments", "links", "variant"):
        op.drop_column("messages", name)
    _allow("messages", "messagestate", "state", STATES)
    _allow("notices", "messagestate", "state", STATES)
    _allow("message_events", "messageeventtype", "event_type", EVENTS)
    op.drop_index("ix_step_decisions_step", "step_decisions")
    for index in ("ix_enrollments_newest", "ix_enrollments_supplier_due"):
        op.drop_index(index, "lead_nurture_enrollments")
    for name in ("steps_failed", "due_at", "paused_at"):
        op.drop_column("lead_nurture_enrollments", name)
    op.execute("alter table step_decisions no force row level security")
    op.execute("delete from step_decisions where outcome = 'ended'")
    op.execute("alter table step_decisions force row level security")
    _allow("step_decisions", "outcome", "outcome", OUTCOMES)
    op.drop_table("step_variants")
    for name in ("needs_approval", "runs_when_past", "max_lateness_hours", "step_key"):
        op.drop_column("nurture_sequence_steps", name)
    for name in ("marked_to", "revision", "has_draft"):
        op.drop_column("nurture_sequences", name)
    op.drop_table("sequence_versions")
