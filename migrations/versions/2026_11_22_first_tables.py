"""The first tables, and who may see which of their rows.

Revision ID: 0001
Revises: 
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("create extension if not exists pg_trgm")
    op.create_table('suppliers',
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('trade', sa.Enum('photographer', 'venue', 'florist', 'caterer', 'other', name='trade', native_enum=False, create_constraint=True, length=50), server_default='other', nullable=False),
        sa.Column('timezone', sa.Text(), server_default='Europe/London', nullable=False),
        sa.Column('currency', sa.Text(), server_default='GBP', nullable=False),
        sa.Column('locale', sa.Text(), server_default='en-GB', nullable=False),
        sa.Column('working_hours', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
        sa.Column('holidays', sa.ARRAY(sa.Date()), server_default='{}', nullable=False),
        sa.Column('lost_reasons', sa.ARRAY(sa.Text()), server_default='{}', nullable=False),
        sa.Column('sender_name', sa.Text(), nullable=True),
        sa.Column('reply_to', sa.Text(), nullable=True),
        sa.Column('sending_enabled', sa.Boolean(), server_default='true', nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f('ck_suppliers_currency')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_suppliers'))
    )
    op.create_table('users',
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('email', sa.Text(), nullable=False),
        sa.Column('password', sa.Text(), nullable=True),
        sa.Column('full_name', sa.Text(), server_default='', nullable=False),
        sa.Column('active', sa.Boolean(), server_default='true', nullable=False),
        sa.Column('fs_uniquifier', sa.Text(), nullable=False),
        sa.Column('tf_primary_method', sa.Text(), nullable=True),
        sa.Column('tf_totp_secret', sa.Text(), nullable=True),
        sa.Column('tf_phone_number', sa.Text(), nullable=True),
        sa.Column('tf_last_counter', sa.Integer(), nullable=True),
        sa.Column('mf_recovery_codes', sa.ARRAY(sa.Text()), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_users')),
        sa.UniqueConstraint('email', name=op.f('uq_users_email')),
        sa.UniqueConstraint('fs_uniquifier', name=op.f('uq_users_fs_uniquifier'))
    )
    op.create_table('audit_log',
        sa.Column('supplier_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('occurred_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.Column('actor_kind', sa.Text(), nullable=False),
        sa.Column('actor_id', sa.Uuid(), nullable=True),
        sa.Column('action', sa.Text(), nullable=False),
        sa.Column('table_name', sa.Text(), nullable=False),
        sa.Column('row_id', sa.Uuid(), nullable=False),
        sa.Column('before', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column('after', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column('request_id', sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(['supplier_id'], ['suppliers.id'], name=op.f('fk_audit_log_supplier_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('supplier_id', 'id', name=op.f('pk_audit_log'))
    )
    op.create_index(op.f('ix_audit_log_supplier_id_occurred_at'), 'audit_log', ['supplier_id', 'occurred_at'], unique=False)
    op.create_index(op.f('ix_audit_log_supplier_id_table_name_row_id'), 'audit_log', ['supplier_id', 'table_name', 'row_id'], unique=False)
    op.create_table('email_templates',
        sa.Column('supplier_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('name', sa.String(length=255), nullable=False),
        sa.Column('subject', sa.String(length=255), nullable=False),
        sa.Column('content', sa.Text(), nullable=False),
        sa.Column('text_content', sa.Text(), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.ForeignKeyConstraint(['supplier_id'], ['suppliers.id'], name=op.f('fk_email_templates_supplier_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('supplier_id', 'id', name=op.f('pk_email_templates'))
    )
    op.create_index(op.f('ix_email_templates_supplier_id_name'), 'email_templates', ['supplier_id', 'name'], unique=True)
    op.create_table('idempotency_keys',
        sa.Column('supplier_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('scope', sa.Text(), nullable=False),
        sa.Column('key', sa.Text(), nullable=False),
        sa.Column('request_hash', sa.LargeBinary(), nullable=False),
        sa.Column('response_status', sa.Integer(), nullable=True),
        sa.Column('response_body', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.ForeignKeyConstraint(['supplier_id'], ['suppliers.id'], name=op.f('fk_idempotency_keys_supplier_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('supplier_id', 'id', name=op.f('pk_idempotency_keys'))
    )
    op.create_index(op.f('ix_idempotency_keys_expires_at'), 'idempotency_keys', ['expires_at'], unique=False)
    op.create_index(op.f('ix_idempotency_keys_supplier_id_scope_key'), 'idempotency_keys', ['supplier_id', 'scope', 'key'], unique=True)
    op.create_table('lead_analytics_daily',
        sa.Column('supplier_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('date_recorded', sa.Date(), nullable=False),
        sa.Column('leads_created', sa.Integer(), server_default='0', nullable=False),
        sa.Column('leads_qualified', sa.Integer(), server_default='0', nullable=False),
        sa.Column('leads_converted', sa.Integer(), server_default='0', nullable=False),
        sa.Column('leads_lost', sa.Integer(), server_default='0', nullable=False),
        sa.Column('source_breakdown', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
        sa.Column('total_conversion_value', sa.Numeric(precision=12, scale=2), server_default='0', nullable=False),
        sa.Column('average_lead_score', sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column('average_days_to_conversion', sa.Numeric(precision=7, scale=2), nullable=True),
        sa.Column('total_interactions', sa.Integer(), server_default='0', nullable=False),
        sa.Column('emails_sent', sa.Integer(), server_default='0', nullable=False),
        sa.Column('calls_made', sa.Integer(), server_default='0', nullable=False),
        sa.Column('meetings_scheduled', sa.Integer(), server_default='0', nullable=False),
        sa.Column('is_dirty', sa.Boolean(), server_default='false', nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.ForeignKeyConstraint(['supplier_id'], ['suppliers.id'], name=op.f('fk_lead_analytics_daily_supplier_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('supplier_id', 'id', name=op.f('pk_lead_analytics_daily'))
    )
    op.create_index('ix_lead_analytics_daily_date', 'lead_analytics_daily', ['supplier_id', sa.literal_column('date_recorded DESC')], unique=True)
    op.create_table('lead_scoring_rules',
        sa.Column('supplier_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('rule_name', sa.String(length=255), nullable=False),
        sa.Column('rule_description', sa.Text(), nullable=True),
        sa.Column('criteria_type', sa.Enum('demographic', 'behavioral', 'engagement', 'wedding_details', 'budget', 'timeline', name='criteriatype', native_enum=False, create_constraint=True, length=50), nullable=False),
        sa.Column('criteria_field', sa.String(length=100), nullable=False),
        sa.Column('criteria_operator', sa.Enum('equals', 'contains', 'greater_than', 'less_than', 'between', 'in_list', 'not_equals', 'is_set', 'not_set', name='criteriaoperator', native_enum=False, create_constraint=True, length=50), nullable=False),
        sa.Column('criteria_value', sa.Text(), server_default='', nullable=False),
        sa.Column('score_adjustment', sa.Integer(), nullable=False),
        sa.Column('rule_weight', sa.Numeric(precision=3, scale=2), server_default='1.0', nullable=False),
        sa.Column('is_active', sa.Boolean(), server_default='true', nullable=False),
        sa.Column('rule_order', sa.Integer(), server_default='0', nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.CheckConstraint('rule_weight between 0 and 9.99', name=op.f('ck_lead_scoring_rules_rule_weight')),
        sa.CheckConstraint('score_adjustment between -100 and 100', name=op.f('ck_lead_scoring_rules_score_adjustment')),
        sa.ForeignKeyConstraint(['supplier_id'], ['suppliers.id'], name=op.f('fk_lead_scoring_rules_supplier_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('supplier_id', 'id', name=op.f('pk_lead_scoring_rules'))
    )
    op.create_index('ix_lead_scoring_rules_criteria', 'lead_scoring_rules', ['supplier_id', 'criteria_type'], unique=False)
    op.create_index('ix_lead_scoring_rules_order', 'lead_scoring_rules', ['supplier_id', 'is_active', 'rule_order'], unique=False)
    op.create_table('nurture_sequences',
        sa.Column('supplier_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('sequence_name', sa.String(length=255), nullable=False),
        sa.Column('sequence_description', sa.Text(), nullable=True),
        sa.Column('trigger_conditions', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
        sa.Column('target_lead_status', sa.ARRAY(sa.Text()), server_default='{}', nullable=False),
        sa.Column('target_lead_sources', sa.ARRAY(sa.Text()), server_default='{}', nullable=False),
        sa.Column('target_score_range', sa.ARRAY(sa.Integer()), server_default='{}', nullable=False),
        sa.Column('is_active', sa.Boolean(), server_default='true', nullable=False),
        sa.Column('sequence_type', sa.Enum('welcome', 'nurture', 're_engagement', 'post_inquiry', 'pre_wedding', 'post_wedding', name='sequencetype', native_enum=False, create_constraint=True, length=50), nullable=False),
        sa.Column('priority_level', sa.Integer(), server_default='1', nullable=False),
        sa.Column('ends_on_reply', sa.Boolean(), server_default='true', nullable=False),
        sa.Column('halts_on_failure', sa.Boolean(), server_default='false', nullable=False),
        sa.Column('reentry_after_days', sa.Integer(), nullable=True),
        sa.Column('published_version', sa.Integer(), server_default='1', nullable=False),
        sa.Column('total_enrollments', sa.Integer(), server_default='0', nullable=False),
        sa.Column('completion_rate', sa.Numeric(precision=5, scale=2), server_default='0', nullable=False),
        sa.Column('conversion_rate', sa.Numeric(precision=5, scale=2), server_default='0', nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.ForeignKeyConstraint(['supplier_id'], ['suppliers.id'], name=op.f('fk_nurture_sequences_supplier_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('supplier_id', 'id', name=op.f('pk_nurture_sequences'))
    )
    op.create_index('ix_nurture_sequences_active', 'nurture_sequences', ['supplier_id', 'is_active'], unique=False)
    op.create_index('ix_nurture_sequences_name', 'nurture_sequences', ['supplier_id', 'sequence_name'], unique=True)
    op.create_table('sessions',
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('user_id', sa.Uuid(), nullable=False),
        sa.Column('supplier_id', sa.Uuid(), nullable=True),
        sa.Column('token_hash', sa.LargeBinary(), nullable=False),
        sa.Column('user_agent', sa.Text(), nullable=True),
        sa.Column('ip_address', sa.Text(), nullable=True),
        sa.Column('last_seen_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_sessions_user_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_sessions')),
        sa.UniqueConstraint('token_hash', name=op.f('uq_sessions_token_hash'))
    )
    op.create_index(op.f('ix_sessions_user_id'), 'sessions', ['user_id'], unique=False)
    op.create_table('sms_templates',
        sa.Column('supplier_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('name', sa.String(length=255), nullable=False),
        sa.Column('content', sa.Text(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.ForeignKeyConstraint(['supplier_id'], ['suppliers.id'], name=op.f('fk_sms_templates_supplier_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('supplier_id', 'id', name=op.f('pk_sms_templates'))
    )
    op.create_index(op.f('ix_sms_templates_supplier_id_name'), 'sms_templates', ['supplier_id', 'name'], unique=True)
    op.create_table('suppressions',
        sa.Column('supplier_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('channel', sa.Enum('email', 'sms', name='channel', native_enum=False, create_constraint=True, length=50), nullable=False),
        sa.Column('address_hash', sa.LargeBinary(), nullable=False),
        sa.Column('reason', sa.Enum('unsubscribed', 'hard_bounce', 'complaint', 'manual', 'erased', name='suppressionreason', native_enum=False, create_constraint=True, length=50), nullable=False),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.ForeignKeyConstraint(['supplier_id'], ['suppliers.id'], name=op.f('fk_suppressions_supplier_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('supplier_id', 'id', name=op.f('pk_suppressions'))
    )
    op.create_index(op.f('ix_suppressions_supplier_id_channel_address_hash'), 'suppressions', ['supplier_id', 'channel', 'address_hash'], unique=True)
    op.create_table('task_templates',
        sa.Column('supplier_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('name', sa.String(length=255), nullable=False),
        sa.Column('title', sa.String(length=255), nullable=False),
        sa.Column('description', sa.Text(), nullable=True),
        sa.Column('due_in_days', sa.Integer(), server_default='1', nullable=False),
        sa.Column('priority', sa.Enum('low', 'medium', 'high', 'urgent', name='priority', native_enum=False, create_constraint=True, length=50), server_default='medium', nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.ForeignKeyConstraint(['supplier_id'], ['suppliers.id'], name=op.f('fk_task_templates_supplier_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('supplier_id', 'id', name=op.f('pk_task_templates'))
    )
    op.create_index(op.f('ix_task_templates_supplier_id_name'), 'task_templates', ['supplier_id', 'name'], unique=True)
    op.create_table('teams',
        sa.Column('supplier_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.ForeignKeyConstraint(['supplier_id'], ['suppliers.id'], name=op.f('fk_teams_supplier_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('supplier_id', 'id', name=op.f('pk_teams'))
    )
    op.create_index(op.f('ix_teams_supplier_id_name'), 'teams', ['supplier_id', 'name'], unique=True)
    op.create_table('webhook_endpoints',
        sa.Column('supplier_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('direction', sa.String(length=10), nullable=False),
        sa.Column('name', sa.String(length=100), nullable=False),
        sa.Column('url', sa.Text(), nullable=True),
        sa.Column('secret', sa.Text(), nullable=False),
        sa.Column('events', sa.ARRAY(sa.Text()), server_default='{}', nullable=False),
        sa.Column('field_mapping', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
        sa.Column('is_active', sa.Boolean(), server_default='true', nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.CheckConstraint("direction in ('inbound', 'outbound')", name=op.f('ck_webhook_endpoints_direction')),
        sa.ForeignKeyConstraint(['supplier_id'], ['suppliers.id'], name=op.f('fk_webhook_endpoints_supplier_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('supplier_id', 'id', name=op.f('pk_webhook_endpoints'))
    )
    op.create_table('memberships',
        sa.Column('supplier_id', sa.Uuid(), nullable=False),
        sa.Column('user_id', sa.Uuid(), nullable=False),
        sa.Column('role', sa.Enum('owner', 'admin', 'member', 'viewer', name='role', native_enum=False, create_constraint=True, length=50), nullable=False),
        sa.Column('team_id', sa.Uuid(), nullable=True),
        sa.Column('is_active', sa.Boolean(), server_default='true', nullable=False),
        sa.Column('takes_leads', sa.Boolean(), server_default='true', nullable=False),
        sa.Column('capacity', sa.Integer(), nullable=True),
        sa.Column('absent_from', sa.Date(), nullable=True),
        sa.Column('absent_until', sa.Date(), nullable=True),
        sa.Column('last_assigned_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.ForeignKeyConstraint(['supplier_id', 'team_id'], ['teams.supplier_id', 'teams.id'], name=op.f('fk_memberships_supplier_id_team_id'), ondelete='SET NULL (team_id)'),
        sa.ForeignKeyConstraint(['supplier_id'], ['suppliers.id'], name=op.f('fk_memberships_supplier_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('fk_memberships_user_id')),
        sa.PrimaryKeyConstraint('supplier_id', 'user_id', name=op.f('pk_memberships'))
    )
    op.create_index(op.f('ix_memberships_user_id'), 'memberships', ['user_id'], unique=False)
    op.create_table('nurture_sequence_steps',
        sa.Column('supplier_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('sequence_id', sa.Uuid(), nullable=False),
        sa.Column('version', sa.Integer(), server_default='1', nullable=False),
        sa.Column('step_order', sa.Integer(), nullable=False),
        sa.Column('step_name', sa.String(length=255), nullable=False),
        sa.Column('step_type', sa.Enum('email', 'sms', 'phone_call', 'task_creation', 'score_adjustment', 'status_change', 'tag_assignment', name='steptype', native_enum=False, create_constraint=True, length=50), nullable=False),
        sa.Column('anchor', sa.Enum('enrollment', 'previous_step', 'inquiry', 'booking', 'wedding_date', name='anchor', native_enum=False, create_constraint=True, length=50), server_default='previous_step', nullable=False),
        sa.Column('delay_amount', sa.Integer(), nullable=False),
        sa.Column('delay_unit', sa.Enum('minutes', 'hours', 'days', 'weeks', name='delayunit', native_enum=False, create_constraint=True, length=50), nullable=False),
        sa.Column('send_time', sa.Time(), server_default='09:00:00', nullable=False),
        sa.Column('send_days', sa.ARRAY(sa.Integer()), server_default='{1,2,3,4,5}', nullable=False),
        sa.Column('message_class', sa.Enum('acknowledgement', 'reply', 'follow_up', 'marketing', name='messageclass', native_enum=False, create_constraint=True, length=50), server_default='follow_up', nullable=False),
        sa.Column('email_template_id', sa.Uuid(), nullable=True),
        sa.Column('sms_template_id', sa.Uuid(), nullable=True),
        sa.Column('task_template_id', sa.Uuid(), nullable=True),
        sa.Column('step_content', sa.Text(), nullable=True),
        sa.Column('execution_conditions', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
        sa.Column('branch_conditions', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
        sa.Column('is_active', sa.Boolean(), server_default='true', nullable=False),
        sa.CheckConstraint('delay_amount between -10000 and 10000', name=op.f('ck_nurture_sequence_steps_delay_amount')),
        sa.CheckConstraint('send_days <@ array[1,2,3,4,5,6,7]', name=op.f('ck_nurture_sequence_steps_send_days')),
        sa.ForeignKeyConstraint(['supplier_id', 'email_template_id'], ['email_templates.supplier_id', 'email_templates.id'], name=op.f('fk_nurture_sequence_steps_supplier_id_email_template_id')),
        sa.ForeignKeyConstraint(['supplier_id', 'sequence_id'], ['nurture_sequences.supplier_id', 'nurture_sequences.id'], name=op.f('fk_nurture_sequence_steps_supplier_id_sequence_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['supplier_id', 'sms_template_id'], ['sms_templates.supplier_id', 'sms_templates.id'], name=op.f('fk_nurture_sequence_steps_supplier_id_sms_template_id')),
        sa.ForeignKeyConstraint(['supplier_id', 'task_template_id'], ['task_templates.supplier_id', 'task_templates.id'], name=op.f('fk_nurture_sequence_steps_supplier_id_task_template_id')),
        sa.ForeignKeyConstraint(['supplier_id'], ['suppliers.id'], name=op.f('fk_nurture_sequence_steps_supplier_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('supplier_id', 'id', name=op.f('pk_nurture_sequence_steps'))
    )
    op.create_index('ix_nurture_sequence_steps_order', 'nurture_sequence_steps', ['supplier_id', 'sequence_id', 'version', 'step_order'], unique=True)
    op.create_table('webhook_deliveries',
        sa.Column('supplier_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('endpoint_id', sa.Uuid(), nullable=False),
        sa.Column('message_key', sa.String(length=100), nullable=False),
        sa.Column('event_type', sa.String(length=100), nullable=False),
        sa.Column('payload', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
        sa.Column('next_attempt_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('response_status', sa.Integer(), nullable=True),
        sa.Column('error', sa.Text(), nullable=True),
        sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.ForeignKeyConstraint(['supplier_id', 'endpoint_id'], ['webhook_endpoints.supplier_id', 'webhook_endpoints.id'], name=op.f('fk_webhook_deliveries_supplier_id_endpoint_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['supplier_id'], ['suppliers.id'], name=op.f('fk_webhook_deliveries_supplier_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('supplier_id', 'id', name=op.f('pk_webhook_deliveries'))
    )
    op.create_index('ix_webhook_deliveries_due', 'webhook_deliveries', ['next_attempt_at'], unique=False, postgresql_where=sa.text('next_attempt_at is not null'))
    op.create_index(op.f('ix_webhook_deliveries_supplier_id_endpoint_id_message_key'), 'webhook_deliveries', ['supplier_id', 'endpoint_id', 'message_key'], unique=True)
    op.create_table('api_keys',
        sa.Column('supplier_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('name', sa.Text(), nullable=False),
        sa.Column('prefix', sa.Text(), nullable=False),
        sa.Column('key_hash', sa.LargeBinary(), nullable=False),
        sa.Column('role', sa.Enum('owner', 'admin', 'member', 'viewer', name='role', native_enum=False, create_constraint=True, length=50), nullable=False),
        sa.Column('scopes', sa.ARRAY(sa.Text()), nullable=False),
        sa.Column('created_by_user_id', sa.Uuid(), nullable=True),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('last_used_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.ForeignKeyConstraint(['supplier_id', 'created_by_user_id'], ['memberships.supplier_id', 'memberships.user_id'], name=op.f('fk_api_keys_supplier_id_created_by_user_id')),
        sa.ForeignKeyConstraint(['supplier_id'], ['suppliers.id'], name=op.f('fk_api_keys_supplier_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('supplier_id', 'id', name=op.f('pk_api_keys'))
    )
    op.create_index(op.f('ix_api_keys_supplier_id_key_hash'), 'api_keys', ['supplier_id', 'key_hash'], unique=True)
    op.create_table('imports',
        sa.Column('supplier_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('created_by_user_id', sa.Uuid(), nullable=True),
        sa.Column('file_name', sa.String(length=255), nullable=False),
        sa.Column('content', sa.LargeBinary(), nullable=True),
        sa.Column('content_hash', sa.LargeBinary(), nullable=False),
        sa.Column('state', sa.String(length=20), server_default='uploaded', nullable=False),
        sa.Column('mapping', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
        sa.Column('total_rows', sa.Integer(), server_default='0', nullable=False),
        sa.Column('done_rows', sa.Integer(), server_default='0', nullable=False),
        sa.Column('results', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False),
        sa.Column('error', sa.Text(), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.CheckConstraint("state in ('uploaded', 'running', 'done', 'failed', 'cancelled')", name=op.f('ck_imports_state')),
        sa.ForeignKeyConstraint(['supplier_id', 'created_by_user_id'], ['memberships.supplier_id', 'memberships.user_id'], name=op.f('fk_imports_supplier_id_created_by_user_id')),
        sa.ForeignKeyConstraint(['supplier_id'], ['suppliers.id'], name=op.f('fk_imports_supplier_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('supplier_id', 'id', name=op.f('pk_imports'))
    )
    op.create_index(op.f('ix_imports_supplier_id_content_hash'), 'imports', ['supplier_id', 'content_hash'], unique=False)
    op.create_table('lead_sources',
        sa.Column('supplier_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('source_name', sa.String(length=100), nullable=False),
        sa.Column('slug', sa.String(length=100), nullable=False),
        sa.Column('source_category', sa.Enum('paid_advertising', 'organic_search', 'social_media', 'referral', 'directory', 'email_marketing', 'direct', 'partnership', 'event', name='sourcecategory', native_enum=False, create_constraint=True, length=50), nullable=False),
        sa.Column('tracking_url', sa.Text(), nullable=True),
        sa.Column('utm_parameters', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
        sa.Column('conversion_tracking_code', sa.Text(), nullable=True),
        sa.Column('total_leads', sa.Integer(), server_default='0', nullable=False),
        sa.Column('qualified_leads', sa.Integer(), server_default='0', nullable=False),
        sa.Column('converted_leads', sa.Integer(), server_default='0', nullable=False),
        sa.Column('total_revenue', sa.Numeric(precision=12, scale=2), server_default='0', nullable=False),
        sa.Column('cost_per_lead', sa.Numeric(precision=8, scale=2), nullable=True),
        sa.Column('commission_rate', sa.Numeric(precision=5, scale=4), nullable=True),
        sa.Column('is_active', sa.Boolean(), server_default='true', nullable=False),
        sa.Column('auto_assign_to_user_id', sa.Uuid(), nullable=True),
        sa.Column('default_priority', sa.Enum('low', 'medium', 'high', 'urgent', name='priority', native_enum=False, create_constraint=True, length=50), server_default='medium', nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.ForeignKeyConstraint(['supplier_id', 'auto_assign_to_user_id'], ['memberships.supplier_id', 'memberships.user_id'], name=op.f('fk_lead_sources_supplier_id_auto_assign_to_user_id')),
        sa.ForeignKeyConstraint(['supplier_id'], ['suppliers.id'], name=op.f('fk_lead_sources_supplier_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('supplier_id', 'id', name=op.f('pk_lead_sources'))
    )
    op.create_index('ix_lead_sources_category', 'lead_sources', ['supplier_id', 'source_category'], unique=False)
    op.create_index('ix_lead_sources_name', 'lead_sources', ['supplier_id', sa.literal_column('lower(source_name)')], unique=True)
    op.create_index('ix_lead_sources_slug', 'lead_sources', ['supplier_id', 'slug'], unique=True)
    op.create_table('saved_views',
        sa.Column('supplier_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('user_id', sa.Uuid(), nullable=True),
        sa.Column('name', sa.String(length=100), nullable=False),
        sa.Column('filters', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
        sa.Column('columns', sa.ARRAY(sa.Text()), server_default='{}', nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.ForeignKeyConstraint(['supplier_id', 'user_id'], ['memberships.supplier_id', 'memberships.user_id'], name=op.f('fk_saved_views_supplier_id_user_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['supplier_id'], ['suppliers.id'], name=op.f('fk_saved_views_supplier_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('supplier_id', 'id', name=op.f('pk_saved_views'))
    )
    op.create_index(op.f('ix_saved_views_supplier_id_user_id'), 'saved_views', ['supplier_id', 'user_id'], unique=False)
    op.create_table('capture_forms',
        sa.Column('supplier_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('key', sa.String(length=64), nullable=False),
        sa.Column('name', sa.String(length=100), nullable=False),
        sa.Column('heading', sa.Text(), server_default='Tell us about your day', nullable=False),
        sa.Column('thanks', sa.Text(), server_default='Thank you. We have your message and will be in touch.', nullable=False),
        sa.Column('services', sa.ARRAY(sa.Text()), server_default='{}', nullable=False),
        sa.Column('allowed_origins', sa.ARRAY(sa.Text()), server_default='{}', nullable=False),
        sa.Column('source_id', sa.Uuid(), nullable=True),
        sa.Column('consent_wording', sa.Text(), server_default='', nullable=False),
        sa.Column('consent_version', sa.Text(), server_default='1', nullable=False),
        sa.Column('is_active', sa.Boolean(), server_default='true', nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.ForeignKeyConstraint(['supplier_id', 'source_id'], ['lead_sources.supplier_id', 'lead_sources.id'], name=op.f('fk_capture_forms_supplier_id_source_id')),
        sa.ForeignKeyConstraint(['supplier_id'], ['suppliers.id'], name=op.f('fk_capture_forms_supplier_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('supplier_id', 'id', name=op.f('pk_capture_forms'))
    )
    op.create_index(op.f('ix_capture_forms_supplier_id_key'), 'capture_forms', ['supplier_id', 'key'], unique=True)
    op.create_table('leads',
        sa.Column('supplier_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('lead_source', sa.String(length=100), nullable=False),
        sa.Column('lead_source_id', sa.Uuid(), nullable=True),
        sa.Column('source_details', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
        sa.Column('couple_name_bride', sa.String(length=255), nullable=True),
        sa.Column('couple_name_groom', sa.String(length=255), nullable=True),
        sa.Column('primary_email', sa.String(length=255), nullable=True),
        sa.Column('secondary_email', sa.String(length=255), nullable=True),
        sa.Column('primary_phone', sa.String(length=20), nullable=True),
        sa.Column('secondary_phone', sa.String(length=20), nullable=True),
        sa.Column('preferred_contact_method', sa.Enum('email', 'phone', 'whatsapp', 'text', name='contactmethod', native_enum=False, create_constraint=True, length=50), server_default='email', nullable=False),
        sa.Column('wedding_date', sa.Date(), nullable=True),
        sa.Column('wedding_venue', sa.Text(), nullable=True),
        sa.Column('wedding_location', sa.String(length=255), nullable=True),
        sa.Column('estimated_guest_count', sa.Integer(), nullable=True),
        sa.Column('estimated_budget', sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column('budget_range', sa.String(length=50), nullable=True),
        sa.Column('services_needed', sa.ARRAY(sa.Text()), server_default='{}', nullable=False),
        sa.Column('specific_requirements', sa.Text(), nullable=True),
        sa.Column('additional_notes', sa.Text(), nullable=True),
        sa.Column('lead_status', sa.Enum('new', 'contacted', 'qualified', 'proposal_sent', 'follow_up', 'negotiation', 'won', 'lost', 'spam', 'duplicate', name='leadstatus', native_enum=False, create_constraint=True, length=50), server_default='new', nullable=False),
        sa.Column('lead_score', sa.Integer(), server_default='0', nullable=False),
        sa.Column('score_stale', sa.Boolean(), server_default='false', nullable=False),
        sa.Column('priority_level', sa.Enum('low', 'medium', 'high', 'urgent', name='priority', native_enum=False, create_constraint=True, length=50), server_default='medium', nullable=False),
        sa.Column('quality_rating', sa.Numeric(precision=2, scale=1), nullable=True),
        sa.Column('first_contact_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('last_contact_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('next_follow_up_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('total_interactions', sa.Integer(), server_default='0', nullable=False),
        sa.Column('email_opens', sa.Integer(), server_default='0', nullable=False),
        sa.Column('email_clicks', sa.Integer(), server_default='0', nullable=False),
        sa.Column('website_visits', sa.Integer(), server_default='0', nullable=False),
        sa.Column('converted_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('conversion_value', sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column('lost_reason', sa.String(length=100), nullable=True),
        sa.Column('lost_details', sa.Text(), nullable=True),
        sa.Column('assigned_to_user_id', sa.Uuid(), nullable=True),
        sa.Column('team_id', sa.Uuid(), nullable=True),
        sa.Column('nurture_sequence_id', sa.Uuid(), nullable=True),
        sa.Column('automation_paused', sa.Boolean(), server_default='false', nullable=False),
        sa.Column('consent_marketing', sa.Boolean(), server_default='false', nullable=False),
        sa.Column('consent_data_processing', sa.Boolean(), server_default='false', nullable=False),
        sa.Column('gdpr_consent_date', sa.DateTime(timezone=True), nullable=True),
        sa.Column('opt_out_date', sa.DateTime(timezone=True), nullable=True),
        sa.Column('tags', sa.ARRAY(sa.Text()), server_default='{}', nullable=False),
        sa.Column('custom_fields', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
        sa.Column('duplicate_of_id', sa.Uuid(), nullable=True),
        sa.Column('search_text', sa.Text(), sa.Computed("left(lower(coalesce(couple_name_bride, '') || ' ' || coalesce(couple_name_groom, '') || ' ' || coalesce(primary_email, '') || ' ' || coalesce(secondary_email, '') || ' ' || coalesce(primary_phone, '') || ' ' || coalesce(wedding_venue, '') || ' ' || coalesce(wedding_location, '') || ' ' || coalesce(additional_notes, '')), 500)", persisted=True), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.CheckConstraint("(lead_status = 'duplicate') = (duplicate_of_id is not null)", name=op.f('ck_leads_duplicate_of')),
        sa.CheckConstraint("budget_range in ('under_1000', '1000_2500', '2500_5000', '5000_10000', '10000_plus')", name=op.f('ck_leads_budget_range')),
        sa.CheckConstraint('lead_score between 0 and 100', name=op.f('ck_leads_lead_score')),
        sa.CheckConstraint('primary_email = lower(btrim(primary_email))', name=op.f('ck_leads_primary_email_normalised')),
        sa.CheckConstraint('primary_email is not null or primary_phone is not null', name=op.f('ck_leads_reachable')),
        sa.CheckConstraint('quality_rating between 1.0 and 5.0', name=op.f('ck_leads_quality_rating')),
        sa.ForeignKeyConstraint(['supplier_id', 'assigned_to_user_id'], ['memberships.supplier_id', 'memberships.user_id'], name=op.f('fk_leads_supplier_id_assigned_to_user_id')),
        sa.ForeignKeyConstraint(['supplier_id', 'duplicate_of_id'], ['leads.supplier_id', 'leads.id'], name=op.f('fk_leads_supplier_id_duplicate_of_id')),
        sa.ForeignKeyConstraint(['supplier_id', 'lead_source_id'], ['lead_sources.supplier_id', 'lead_sources.id'], name=op.f('fk_leads_supplier_id_lead_source_id')),
        sa.ForeignKeyConstraint(['supplier_id', 'nurture_sequence_id'], ['nurture_sequences.supplier_id', 'nurture_sequences.id'], name=op.f('fk_leads_supplier_id_nurture_sequence_id'), ondelete='SET NULL (nurture_sequence_id)'),
        sa.ForeignKeyConstraint(['supplier_id', 'team_id'], ['teams.supplier_id', 'teams.id'], name=op.f('fk_leads_supplier_id_team_id'), ondelete='SET NULL (team_id)'),
        sa.ForeignKeyConstraint(['supplier_id'], ['suppliers.id'], name=op.f('fk_leads_supplier_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('supplier_id', 'id', name=op.f('pk_leads'))
    )
    op.create_index('ix_leads_assigned', 'leads', ['supplier_id', 'assigned_to_user_id', 'lead_status'], unique=False)
    op.create_index('ix_leads_created', 'leads', ['supplier_id', sa.literal_column('created_at DESC'), sa.literal_column('id DESC')], unique=False)
    op.create_index('ix_leads_follow_up', 'leads', ['supplier_id', 'next_follow_up_at', 'id'], unique=False)
    op.create_index('ix_leads_follow_up_last', 'leads', ['supplier_id', sa.literal_column('next_follow_up_at DESC NULLS LAST'), sa.literal_column('id DESC')], unique=False)
    op.create_index('ix_leads_primary_phone', 'leads', ['supplier_id', 'primary_phone'], unique=False)
    op.create_index('ix_leads_score', 'leads', ['supplier_id', sa.literal_column('lead_score DESC'), sa.literal_column('id DESC')], unique=False, postgresql_include=['lead_status'])
    op.create_index('ix_leads_search', 'leads', ['supplier_id'], unique=False, postgresql_include=['search_text'])
    op.create_index('ix_leads_secondary_email', 'leads', ['supplier_id', 'secondary_email'], unique=False)
    op.create_index('ix_leads_source', 'leads', ['supplier_id', 'lead_source'], unique=False)
    op.create_index('ix_leads_stale', 'leads', ['supplier_id', 'id'], unique=False, postgresql_where=sa.text('score_stale'))
    op.create_index('ix_leads_status', 'leads', ['supplier_id', 'lead_status', sa.literal_column('created_at DESC'), sa.literal_column('id DESC')], unique=False)
    op.create_index('ix_leads_supplier_email', 'leads', ['supplier_id', 'primary_email'], unique=True, postgresql_where=sa.text("lead_status <> 'duplicate'"))
    op.create_index('ix_leads_updated', 'leads', ['supplier_id', sa.literal_column('updated_at DESC'), sa.literal_column('id DESC')], unique=False)
    op.create_index('ix_leads_wedding_date', 'leads', ['supplier_id', 'wedding_date', 'id'], unique=False)
    op.create_index('ix_leads_wedding_date_last', 'leads', ['supplier_id', sa.literal_column('wedding_date DESC NULLS LAST'), sa.literal_column('id DESC')], unique=False)
    op.create_table('source_costs',
        sa.Column('supplier_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('source_id', sa.Uuid(), nullable=False),
        sa.Column('period_start', sa.Date(), nullable=False),
        sa.Column('period_end', sa.Date(), nullable=False),
        sa.Column('amount', sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.CheckConstraint('amount >= 0', name=op.f('ck_source_costs_amount')),
        sa.CheckConstraint('period_start <= period_end', name=op.f('ck_source_costs_period')),
        sa.ForeignKeyConstraint(['supplier_id', 'source_id'], ['lead_sources.supplier_id', 'lead_sources.id'], name=op.f('fk_source_costs_supplier_id_source_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['supplier_id'], ['suppliers.id'], name=op.f('fk_source_costs_supplier_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('supplier_id', 'id', name=op.f('pk_source_costs'))
    )
    op.create_index('ix_source_costs_period', 'source_costs', ['supplier_id', 'source_id', 'period_start'], unique=False)
    op.create_table('consent_events',
        sa.Column('supplier_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('lead_id', sa.Uuid(), nullable=False),
        sa.Column('channel', sa.String(length=20), nullable=False),
        sa.Column('purpose', sa.Enum('marketing', 'data_processing', name='consentpurpose', native_enum=False, create_constraint=True, length=50), nullable=False),
        sa.Column('given', sa.Boolean(), nullable=False),
        sa.Column('wording_version', sa.String(length=50), nullable=True),
        sa.Column('source', sa.String(length=100), nullable=False),
        sa.Column('address', sa.String(length=255), nullable=True),
        sa.Column('occurred_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.ForeignKeyConstraint(['supplier_id', 'lead_id'], ['leads.supplier_id', 'leads.id'], name=op.f('fk_consent_events_supplier_id_lead_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['supplier_id'], ['suppliers.id'], name=op.f('fk_consent_events_supplier_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('supplier_id', 'id', name=op.f('pk_consent_events'))
    )
    op.create_index('ix_consent_events_lead', 'consent_events', ['supplier_id', 'lead_id', 'occurred_at'], unique=False)
    op.create_table('date_entries',
        sa.Column('supplier_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('on_date', sa.Date(), nullable=False),
        sa.Column('state', sa.Enum('held', 'booked', 'blocked', name='datestate', native_enum=False, create_constraint=True, length=50), nullable=False),
        sa.Column('lead_id', sa.Uuid(), nullable=True),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('held_until', sa.DateTime(timezone=True), nullable=True),
        sa.Column('services', sa.ARRAY(sa.Text()), server_default='{}', nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.ForeignKeyConstraint(['supplier_id', 'lead_id'], ['leads.supplier_id', 'leads.id'], name=op.f('fk_date_entries_supplier_id_lead_id'), ondelete='SET NULL (lead_id)'),
        sa.ForeignKeyConstraint(['supplier_id'], ['suppliers.id'], name=op.f('fk_date_entries_supplier_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('supplier_id', 'id', name=op.f('pk_date_entries'))
    )
    op.create_index('ix_date_entries_day', 'date_entries', ['supplier_id', 'on_date'], unique=False)
    op.create_index('ix_date_entries_lead', 'date_entries', ['supplier_id', 'lead_id', 'on_date'], unique=True, postgresql_where=sa.text('lead_id is not null'))
    op.create_table('inquiries',
        sa.Column('supplier_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('channel', sa.Enum('widget', 'hosted_form', 'webhook', 'import', 'email', name='inquirychannel', native_enum=False, create_constraint=True, length=50), nullable=False),
        sa.Column('state', sa.Enum('received', 'captured', 'quarantined', name='inquirystate', native_enum=False, create_constraint=True, length=50), server_default='received', nullable=False),
        sa.Column('form_id', sa.Uuid(), nullable=True),
        sa.Column('endpoint_id', sa.Uuid(), nullable=True),
        sa.Column('lead_id', sa.Uuid(), nullable=True),
        sa.Column('idempotency_key', sa.String(length=100), nullable=False),
        sa.Column('payload', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column('context', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
        sa.Column('spam_reasons', sa.ARRAY(sa.Text()), server_default='{}', nullable=False),
        sa.Column('error', sa.Text(), nullable=True),
        sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
        sa.Column('retry_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.Column('received_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.Column('captured_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['supplier_id', 'endpoint_id'], ['webhook_endpoints.supplier_id', 'webhook_endpoints.id'], name=op.f('fk_inquiries_supplier_id_endpoint_id'), ondelete='SET NULL (endpoint_id)'),
        sa.ForeignKeyConstraint(['supplier_id', 'form_id'], ['capture_forms.supplier_id', 'capture_forms.id'], name=op.f('fk_inquiries_supplier_id_form_id'), ondelete='SET NULL (form_id)'),
        sa.ForeignKeyConstraint(['supplier_id', 'lead_id'], ['leads.supplier_id', 'leads.id'], name=op.f('fk_inquiries_supplier_id_lead_id'), ondelete='SET NULL (lead_id)'),
        sa.ForeignKeyConstraint(['supplier_id'], ['suppliers.id'], name=op.f('fk_inquiries_supplier_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('supplier_id', 'id', name=op.f('pk_inquiries'))
    )
    op.create_index('ix_inquiries_idempotency', 'inquiries', ['supplier_id', 'idempotency_key'], unique=True)
    op.create_index('ix_inquiries_lead', 'inquiries', ['supplier_id', 'lead_id'], unique=False)
    op.create_index('ix_inquiries_received', 'inquiries', ['supplier_id', sa.literal_column('received_at DESC'), sa.literal_column('id DESC')], unique=False)
    op.create_index('ix_inquiries_uncaptured', 'inquiries', ['supplier_id', 'state', sa.literal_column('received_at DESC'), sa.literal_column('id DESC')], unique=False, postgresql_where=sa.text("state <> 'captured'"))
    op.create_index('ix_inquiries_waiting', 'inquiries', ['retry_at'], unique=False, postgresql_where=sa.text("state = 'received'"))
    op.create_table('lead_conversions',
        sa.Column('supplier_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('lead_id', sa.Uuid(), nullable=False),
        sa.Column('conversion_type', sa.Enum('booking_confirmed', 'contract_signed', 'deposit_paid', 'full_payment', 'service_completed', name='conversiontype', native_enum=False, create_constraint=True, length=50), nullable=False),
        sa.Column('conversion_value', sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column('conversion_date', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.Column('first_touch_source', sa.String(length=100), nullable=True),
        sa.Column('last_touch_source', sa.String(length=100), nullable=True),
        sa.Column('touch_points_count', sa.Integer(), server_default='0', nullable=False),
        sa.Column('attribution_model', sa.Enum('first_touch', 'last_touch', 'linear', 'time_decay', 'position_based', 'manual', name='attributionmodel', native_enum=False, create_constraint=True, length=50), server_default='last_touch', nullable=False),
        sa.Column('days_to_conversion', sa.Integer(), nullable=True),
        sa.Column('total_interactions', sa.Integer(), nullable=True),
        sa.Column('nurture_sequences_completed', sa.Integer(), server_default='0', nullable=False),
        sa.Column('attributed_revenue', sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column('commission_amount', sa.Numeric(precision=8, scale=2), nullable=True),
        sa.Column('notes', sa.Text(), nullable=True),
        sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.CheckConstraint('conversion_value >= 0', name=op.f('ck_lead_conversions_conversion_value')),
        sa.ForeignKeyConstraint(['supplier_id', 'lead_id'], ['leads.supplier_id', 'leads.id'], name=op.f('fk_lead_conversions_supplier_id_lead_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['supplier_id'], ['suppliers.id'], name=op.f('fk_lead_conversions_supplier_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('supplier_id', 'id', name=op.f('pk_lead_conversions'))
    )
    op.create_index('ix_lead_conversions_date', 'lead_conversions', ['supplier_id', sa.literal_column('conversion_date DESC')], unique=False)
    op.create_index('ix_lead_conversions_lead', 'lead_conversions', ['supplier_id', 'lead_id'], unique=False)
    op.create_table('lead_nurture_enrollments',
        sa.Column('supplier_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('lead_id', sa.Uuid(), nullable=False),
        sa.Column('sequence_id', sa.Uuid(), nullable=False),
        sa.Column('version', sa.Integer(), server_default='1', nullable=False),
        sa.Column('enrollment_date', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.Column('current_step_id', sa.Uuid(), nullable=True),
        sa.Column('next_execution_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('status', sa.Enum('active', 'paused', 'completed', 'cancelled', 'failed', name='enrollmentstatus', native_enum=False, create_constraint=True, length=50), server_default='active', nullable=False),
        sa.Column('completion_rate', sa.Numeric(precision=5, scale=2), server_default='0', nullable=False),
        sa.Column('steps_completed', sa.Integer(), server_default='0', nullable=False),
        sa.Column('steps_skipped', sa.Integer(), server_default='0', nullable=False),
        sa.Column('emails_opened', sa.Integer(), server_default='0', nullable=False),
        sa.Column('emails_clicked', sa.Integer(), server_default='0', nullable=False),
        sa.Column('converted', sa.Boolean(), server_default='false', nullable=False),
        sa.Column('conversion_step_id', sa.Uuid(), nullable=True),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('end_reason', sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(['supplier_id', 'conversion_step_id'], ['nurture_sequence_steps.supplier_id', 'nurture_sequence_steps.id'], name=op.f('fk_lead_nurture_enrollments_supplier_id_conversion_step_id')),
        sa.ForeignKeyConstraint(['supplier_id', 'current_step_id'], ['nurture_sequence_steps.supplier_id', 'nurture_sequence_steps.id'], name=op.f('fk_lead_nurture_enrollments_supplier_id_current_step_id')),
        sa.ForeignKeyConstraint(['supplier_id', 'lead_id'], ['leads.supplier_id', 'leads.id'], name=op.f('fk_lead_nurture_enrollments_supplier_id_lead_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['supplier_id', 'sequence_id'], ['nurture_sequences.supplier_id', 'nurture_sequences.id'], name=op.f('fk_lead_nurture_enrollments_supplier_id_sequence_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['supplier_id'], ['suppliers.id'], name=op.f('fk_lead_nurture_enrollments_supplier_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('supplier_id', 'id', name=op.f('pk_lead_nurture_enrollments'))
    )
    op.create_index('ix_enrollments_due', 'lead_nurture_enrollments', ['next_execution_at'], unique=False, postgresql_where=sa.text("status = 'active' and next_execution_at is not null"), postgresql_include=['supplier_id', 'id'])
    op.create_index('ix_enrollments_lead', 'lead_nurture_enrollments', ['supplier_id', 'lead_id', 'sequence_id'], unique=False)
    op.create_index('ix_enrollments_live', 'lead_nurture_enrollments', ['supplier_id', 'lead_id', 'sequence_id'], unique=True, postgresql_where=sa.text("status in ('active', 'paused')"))
    op.create_index('ix_enrollments_sequence', 'lead_nurture_enrollments', ['supplier_id', 'sequence_id', 'status'], unique=False)
    op.create_table('status_history',
        sa.Column('supplier_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('lead_id', sa.Uuid(), nullable=False),
        sa.Column('from_status', sa.String(length=50), nullable=True),
        sa.Column('to_status', sa.Enum('new', 'contacted', 'qualified', 'proposal_sent', 'follow_up', 'negotiation', 'won', 'lost', 'spam', 'duplicate', name='leadstatus', native_enum=False, create_constraint=True, length=50), nullable=False),
        sa.Column('changed_by_user_id', sa.Uuid(), nullable=True),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.ForeignKeyConstraint(['supplier_id', 'changed_by_user_id'], ['memberships.supplier_id', 'memberships.user_id'], name=op.f('fk_status_history_supplier_id_changed_by_user_id')),
        sa.ForeignKeyConstraint(['supplier_id', 'lead_id'], ['leads.supplier_id', 'leads.id'], name=op.f('fk_status_history_supplier_id_lead_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['supplier_id'], ['suppliers.id'], name=op.f('fk_status_history_supplier_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('supplier_id', 'id', name=op.f('pk_status_history'))
    )
    op.create_index('ix_status_history_lead', 'status_history', ['supplier_id', 'lead_id', 'changed_at'], unique=False)
    op.create_index('ix_status_history_reached', 'status_history', ['supplier_id', 'to_status', 'changed_at'], unique=False, postgresql_include=['lead_id'])
    op.create_table('conversion_credits',
        sa.Column('supplier_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('conversion_id', sa.Uuid(), nullable=False),
        sa.Column('model', sa.Enum('first_touch', 'last_touch', 'linear', 'time_decay', 'position_based', 'manual', name='attributionmodel', native_enum=False, create_constraint=True, length=50), nullable=False),
        sa.Column('source_id', sa.Uuid(), nullable=True),
        sa.Column('source_name', sa.String(length=100), nullable=False),
        sa.Column('share', sa.Numeric(precision=7, scale=6), nullable=False),
        sa.Column('amount', sa.Numeric(precision=12, scale=2), nullable=False),
        sa.ForeignKeyConstraint(['supplier_id', 'conversion_id'], ['lead_conversions.supplier_id', 'lead_conversions.id'], name=op.f('fk_conversion_credits_supplier_id_conversion_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['supplier_id', 'source_id'], ['lead_sources.supplier_id', 'lead_sources.id'], name=op.f('fk_conversion_credits_supplier_id_source_id')),
        sa.ForeignKeyConstraint(['supplier_id'], ['suppliers.id'], name=op.f('fk_conversion_credits_supplier_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('supplier_id', 'id', name=op.f('pk_conversion_credits'))
    )
    op.create_index(op.f('ix_conversion_credits_supplier_id_conversion_id_model'), 'conversion_credits', ['supplier_id', 'conversion_id', 'model'], unique=False)
    op.create_table('messages',
        sa.Column('supplier_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('lead_id', sa.Uuid(), nullable=False),
        sa.Column('enrollment_id', sa.Uuid(), nullable=True),
        sa.Column('sequence_step_id', sa.Uuid(), nullable=True),
        sa.Column('sent_by_user_id', sa.Uuid(), nullable=True),
        sa.Column('channel', sa.Enum('email', 'sms', name='channel', native_enum=False, create_constraint=True, length=50), nullable=False),
        sa.Column('message_class', sa.Enum('acknowledgement', 'reply', 'follow_up', 'marketing', name='messageclass', native_enum=False, create_constraint=True, length=50), nullable=False),
        sa.Column('to_address', sa.String(length=255), nullable=False),
        sa.Column('subject', sa.String(length=255), nullable=True),
        sa.Column('html_body', sa.Text(), nullable=True),
        sa.Column('text_body', sa.Text(), nullable=False),
        sa.Column('state', sa.Enum('due', 'sending', 'accepted', 'failed', 'skipped', 'uncertain', name='messagestate', native_enum=False, create_constraint=True, length=50), server_default='due', nullable=False),
        sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('not_after', sa.DateTime(timezone=True), nullable=True),
        sa.Column('attempts', sa.Integer(), server_default='0', nullable=False),
        sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
        sa.Column('transport', sa.String(length=20), nullable=True),
        sa.Column('provider_id', sa.String(length=255), nullable=True),
        sa.Column('reason', sa.String(length=255), nullable=True),
        sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.CheckConstraint("subject !~ '[\\r\\n]'", name=op.f('ck_messages_subject_one_line')),
        sa.ForeignKeyConstraint(['supplier_id', 'enrollment_id'], ['lead_nurture_enrollments.supplier_id', 'lead_nurture_enrollments.id'], name=op.f('fk_messages_supplier_id_enrollment_id'), ondelete='SET NULL (enrollment_id)'),
        sa.ForeignKeyConstraint(['supplier_id', 'lead_id'], ['leads.supplier_id', 'leads.id'], name=op.f('fk_messages_supplier_id_lead_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['supplier_id', 'sent_by_user_id'], ['memberships.supplier_id', 'memberships.user_id'], name=op.f('fk_messages_supplier_id_sent_by_user_id')),
        sa.ForeignKeyConstraint(['supplier_id', 'sequence_step_id'], ['nurture_sequence_steps.supplier_id', 'nurture_sequence_steps.id'], name=op.f('fk_messages_supplier_id_sequence_step_id'), ondelete='SET NULL (sequence_step_id)'),
        sa.ForeignKeyConstraint(['supplier_id'], ['suppliers.id'], name=op.f('fk_messages_supplier_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('supplier_id', 'id', name=op.f('pk_messages'))
    )
    op.create_index('ix_messages_due', 'messages', ['due_at'], unique=False, postgresql_where=sa.text("state = 'due'"), postgresql_include=['supplier_id', 'id'])
    op.create_index('ix_messages_lead', 'messages', ['supplier_id', 'lead_id', sa.literal_column('created_at DESC')], unique=False)
    op.create_index('ix_messages_leased', 'messages', ['lease_until'], unique=False, postgresql_where=sa.text("state = 'sending'"))
    op.create_index('ix_messages_outbox', 'messages', ['supplier_id', sa.literal_column('created_at DESC'), sa.literal_column('id DESC')], unique=False)
    op.create_index('ix_messages_unsent', 'messages', ['supplier_id', 'state', sa.literal_column('created_at DESC'), sa.literal_column('id DESC')], unique=False, postgresql_where=sa.text("state <> 'accepted'"))
    op.create_index('ix_messages_step', 'messages', ['supplier_id', 'enrollment_id', 'sequence_step_id', 'channel'], unique=True, postgresql_where=sa.text('enrollment_id is not null'))
    op.create_table('score_adjustments',
        sa.Column('supplier_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('lead_id', sa.Uuid(), nullable=False),
        sa.Column('points', sa.Integer(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('user_id', sa.Uuid(), nullable=True),
        sa.Column('enrollment_id', sa.Uuid(), nullable=True),
        sa.Column('sequence_step_id', sa.Uuid(), nullable=True),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.CheckConstraint('points between -100 and 100', name=op.f('ck_score_adjustments_points')),
        sa.ForeignKeyConstraint(['supplier_id', 'enrollment_id'], ['lead_nurture_enrollments.supplier_id', 'lead_nurture_enrollments.id'], name=op.f('fk_score_adjustments_supplier_id_enrollment_id'), ondelete='SET NULL (enrollment_id)'),
        sa.ForeignKeyConstraint(['supplier_id', 'lead_id'], ['leads.supplier_id', 'leads.id'], name=op.f('fk_score_adjustments_supplier_id_lead_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['supplier_id', 'sequence_step_id'], ['nurture_sequence_steps.supplier_id', 'nurture_sequence_steps.id'], name=op.f('fk_score_adjustments_supplier_id_sequence_step_id'), ondelete='SET NULL (sequence_step_id)'),
        sa.ForeignKeyConstraint(['supplier_id', 'user_id'], ['memberships.supplier_id', 'memberships.user_id'], name=op.f('fk_score_adjustments_supplier_id_user_id')),
        sa.ForeignKeyConstraint(['supplier_id'], ['suppliers.id'], name=op.f('fk_score_adjustments_supplier_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('supplier_id', 'id', name=op.f('pk_score_adjustments'))
    )
    op.create_index('ix_score_adjustments_expiry', 'score_adjustments', ['expires_at'], unique=False, postgresql_where=sa.text('expires_at is not null'))
    op.create_index('ix_score_adjustments_lead', 'score_adjustments', ['supplier_id', 'lead_id'], unique=False)
    op.create_index('ix_score_adjustments_step', 'score_adjustments', ['supplier_id', 'enrollment_id', 'sequence_step_id'], unique=True, postgresql_where=sa.text('enrollment_id is not null'))
    op.create_table('step_decisions',
        sa.Column('supplier_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('enrollment_id', sa.Uuid(), nullable=False),
        sa.Column('step_id', sa.Uuid(), nullable=False),
        sa.Column('outcome', sa.String(length=20), nullable=False),
        sa.Column('reason', sa.String(length=100), nullable=True),
        sa.Column('details', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
        sa.Column('decided_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.Column('lateness_seconds', sa.Integer(), server_default='0', nullable=False),
        sa.Column('note', sa.Text(), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.CheckConstraint("outcome in ('done', 'skipped', 'retry', 'failed')", name=op.f('ck_step_decisions_outcome')),
        sa.ForeignKeyConstraint(['supplier_id', 'enrollment_id'], ['lead_nurture_enrollments.supplier_id', 'lead_nurture_enrollments.id'], name=op.f('fk_step_decisions_supplier_id_enrollment_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['supplier_id', 'step_id'], ['nurture_sequence_steps.supplier_id', 'nurture_sequence_steps.id'], name=op.f('fk_step_decisions_supplier_id_step_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['supplier_id'], ['suppliers.id'], name=op.f('fk_step_decisions_supplier_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('supplier_id', 'id', name=op.f('pk_step_decisions'))
    )
    op.create_index('ix_step_decisions_final', 'step_decisions', ['supplier_id', 'enrollment_id', 'step_id'], unique=True, postgresql_where=sa.text("outcome <> 'retry'"))
    op.create_table('tasks',
        sa.Column('supplier_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('lead_id', sa.Uuid(), nullable=False),
        sa.Column('title', sa.String(length=255), nullable=False),
        sa.Column('description', sa.Text(), nullable=True),
        sa.Column('task_type', sa.String(length=50), server_default='follow_up', nullable=False),
        sa.Column('priority', sa.Enum('low', 'medium', 'high', 'urgent', name='priority', native_enum=False, create_constraint=True, length=50), server_default='medium', nullable=False),
        sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('completed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('assigned_to_user_id', sa.Uuid(), nullable=True),
        sa.Column('enrollment_id', sa.Uuid(), nullable=True),
        sa.Column('sequence_step_id', sa.Uuid(), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.Column('updated_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.ForeignKeyConstraint(['supplier_id', 'assigned_to_user_id'], ['memberships.supplier_id', 'memberships.user_id'], name=op.f('fk_tasks_supplier_id_assigned_to_user_id')),
        sa.ForeignKeyConstraint(['supplier_id', 'enrollment_id'], ['lead_nurture_enrollments.supplier_id', 'lead_nurture_enrollments.id'], name=op.f('fk_tasks_supplier_id_enrollment_id'), ondelete='SET NULL (enrollment_id)'),
        sa.ForeignKeyConstraint(['supplier_id', 'lead_id'], ['leads.supplier_id', 'leads.id'], name=op.f('fk_tasks_supplier_id_lead_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['supplier_id', 'sequence_step_id'], ['nurture_sequence_steps.supplier_id', 'nurture_sequence_steps.id'], name=op.f('fk_tasks_supplier_id_sequence_step_id'), ondelete='SET NULL (sequence_step_id)'),
        sa.ForeignKeyConstraint(['supplier_id'], ['suppliers.id'], name=op.f('fk_tasks_supplier_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('supplier_id', 'id', name=op.f('pk_tasks'))
    )
    op.create_index('ix_tasks_due', 'tasks', ['supplier_id', 'due_at'], unique=False, postgresql_where=sa.text('completed_at is null'))
    op.create_index('ix_tasks_lead', 'tasks', ['supplier_id', 'lead_id'], unique=False)
    op.create_index('ix_tasks_step', 'tasks', ['supplier_id', 'enrollment_id', 'sequence_step_id'], unique=True, postgresql_where=sa.text('enrollment_id is not null'))
    op.create_table('touchpoints',
        sa.Column('supplier_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('lead_id', sa.Uuid(), nullable=False),
        sa.Column('source_id', sa.Uuid(), nullable=True),
        sa.Column('inquiry_id', sa.Uuid(), nullable=True),
        sa.Column('kind', sa.Enum('visit', 'form', 'call', 'fair', 'referral', 'reply', 'click', name='touchpointkind', native_enum=False, create_constraint=True, length=50), nullable=False),
        sa.Column('occurred_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('details', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
        sa.ForeignKeyConstraint(['supplier_id', 'inquiry_id'], ['inquiries.supplier_id', 'inquiries.id'], name=op.f('fk_touchpoints_supplier_id_inquiry_id'), ondelete='SET NULL (inquiry_id)'),
        sa.ForeignKeyConstraint(['supplier_id', 'lead_id'], ['leads.supplier_id', 'leads.id'], name=op.f('fk_touchpoints_supplier_id_lead_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['supplier_id', 'source_id'], ['lead_sources.supplier_id', 'lead_sources.id'], name=op.f('fk_touchpoints_supplier_id_source_id')),
        sa.ForeignKeyConstraint(['supplier_id'], ['suppliers.id'], name=op.f('fk_touchpoints_supplier_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('supplier_id', 'id', name=op.f('pk_touchpoints'))
    )
    op.create_index('ix_touchpoints_lead', 'touchpoints', ['supplier_id', 'lead_id', 'occurred_at'], unique=False)
    op.create_table('lead_interactions',
        sa.Column('supplier_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('lead_id', sa.Uuid(), nullable=False),
        sa.Column('user_id', sa.Uuid(), nullable=True),
        sa.Column('sequence_step_id', sa.Uuid(), nullable=True),
        sa.Column('message_id', sa.Uuid(), nullable=True),
        sa.Column('interaction_type', sa.Enum('email_sent', 'email_opened', 'email_clicked', 'phone_call', 'meeting_scheduled', 'meeting_completed', 'proposal_sent', 'proposal_viewed', 'contract_sent', 'payment_received', 'note_added', 'status_changed', 'score_updated', 'website_visit', 'social_media_engagement', 'referral_received', 'sms_sent', 'sms_received', 'email_replied', 'email_bounced', 'email_complained', 'unsubscribed', 'form_submitted', 'task_completed', 'assigned', 'tag_changed', 'merged', 'sequence_enrolled', 'sequence_ended', 'consent_changed', name='interactiontype', native_enum=False, create_constraint=True, length=50), nullable=False),
        sa.Column('interaction_subject', sa.String(length=255), nullable=True),
        sa.Column('interaction_content', sa.Text(), nullable=True),
        sa.Column('interaction_metadata', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
        sa.Column('interaction_outcome', sa.String(length=100), nullable=True),
        sa.Column('follow_up_required', sa.Boolean(), server_default='false', nullable=False),
        sa.Column('follow_up_date', sa.DateTime(timezone=True), nullable=True),
        sa.Column('is_system', sa.Boolean(), server_default='false', nullable=False),
        sa.Column('occurred_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.ForeignKeyConstraint(['supplier_id', 'lead_id'], ['leads.supplier_id', 'leads.id'], name=op.f('fk_lead_interactions_supplier_id_lead_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['supplier_id', 'message_id'], ['messages.supplier_id', 'messages.id'], name=op.f('fk_lead_interactions_supplier_id_message_id'), ondelete='SET NULL (message_id)'),
        sa.ForeignKeyConstraint(['supplier_id', 'sequence_step_id'], ['nurture_sequence_steps.supplier_id', 'nurture_sequence_steps.id'], name=op.f('fk_lead_interactions_supplier_id_sequence_step_id'), ondelete='SET NULL (sequence_step_id)'),
        sa.ForeignKeyConstraint(['supplier_id', 'user_id'], ['memberships.supplier_id', 'memberships.user_id'], name=op.f('fk_lead_interactions_supplier_id_user_id')),
        sa.ForeignKeyConstraint(['supplier_id'], ['suppliers.id'], name=op.f('fk_lead_interactions_supplier_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('supplier_id', 'id', name=op.f('pk_lead_interactions'))
    )
    op.create_index('ix_lead_interactions_lead', 'lead_interactions', ['supplier_id', 'lead_id', sa.literal_column('occurred_at DESC'), sa.literal_column('id DESC')], unique=False)
    op.create_index('ix_lead_interactions_message', 'lead_interactions', ['supplier_id', 'message_id'], unique=False, postgresql_where=sa.text('message_id is not null'))
    op.create_index('ix_lead_interactions_type', 'lead_interactions', ['supplier_id', 'interaction_type', 'occurred_at'], unique=False)
    op.create_table('message_events',
        sa.Column('supplier_id', sa.Uuid(), nullable=False),
        sa.Column('id', sa.Uuid(), server_default=sa.text('gen_random_uuid()'), nullable=False),
        sa.Column('message_id', sa.Uuid(), nullable=False),
        sa.Column('event_type', sa.Enum('claimed', 'accepted', 'deferred', 'delivered', 'opened', 'clicked', 'replied', 'bounced', 'complained', 'unsubscribed', 'failed', 'skipped', 'uncertain', name='messageeventtype', native_enum=False, create_constraint=True, length=50), nullable=False),
        sa.Column('occurred_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
        sa.Column('is_human', sa.Boolean(), nullable=True),
        sa.Column('details', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
        sa.ForeignKeyConstraint(['supplier_id', 'message_id'], ['messages.supplier_id', 'messages.id'], name=op.f('fk_message_events_supplier_id_message_id'), ondelete='CASCADE'),
        sa.ForeignKeyConstraint(['supplier_id'], ['suppliers.id'], name=op.f('fk_message_events_supplier_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('supplier_id', 'id', name=op.f('pk_message_events'))
    )
    op.create_index('ix_message_events_message', 'message_events', ['supplier_id', 'message_id', 'occurred_at'], unique=False)
    _secure()


def downgrade() -> None:
    _drop_roles()
    op.drop_index('ix_message_events_message', table_name='message_events')
    op.drop_table('message_events')
    op.drop_index('ix_lead_interactions_type', table_name='lead_interactions')
    op.drop_index('ix_lead_interactions_message', table_name='lead_interactions', postgresql_where=sa.text('message_id is not null'))
    op.drop_index('ix_lead_interactions_lead', table_name='lead_interactions')
    op.drop_table('lead_interactions')
    op.drop_index('ix_touchpoints_lead', table_name='touchpoints')
    op.drop_table('touchpoints')
    op.drop_index('ix_tasks_step', table_name='tasks', postgresql_where=sa.text('enrollment_id is not null'))
    op.drop_index('ix_tasks_lead', table_name='tasks')
    op.drop_index('ix_tasks_due', table_name='tasks', postgresql_where=sa.text('completed_at is null'))
    op.drop_table('tasks')
    op.drop_index('ix_step_decisions_final', table_name='step_decisions', postgresql_where=sa.text("outcome <> 'retry'"))
    op.drop_table('step_decisions')
    op.drop_index('ix_score_adjustments_step', table_name='score_adjustments', postgresql_where=sa.text('enrollment_id is not null'))
    op.drop_index('ix_score_adjustments_lead', table_name='score_adjustments')
    op.drop_index('ix_score_adjustments_expiry', table_name='score_adjustments', postgresql_where=sa.text('expires_at is not null'))
    op.drop_table('score_adjustments')
    op.drop_index('ix_messages_step', table_name='messages', postgresql_where=sa.text('enrollment_id is not null'))
    op.drop_index('ix_messages_unsent', table_name='messages', postgresql_where=sa.text("state <> 'accepted'"))
    op.drop_index('ix_messages_outbox', table_name='messages')
    op.drop_index('ix_messages_leased', table_name='messages', postgresql_where=sa.text("state = 'sending'"))
    op.drop_index('ix_messages_lead', table_name='messages')
    op.drop_index('ix_messages_due', table_name='messages', postgresql_where=sa.text("state = 'due'"), postgresql_include=['supplier_id', 'id'])
    op.drop_table('messages')
    op.drop_index(op.f('ix_conversion_credits_supplier_id_conversion_id_model'), table_name='conversion_credits')
    op.drop_table('conversion_credits')
    op.drop_index('ix_status_history_reached', table_name='status_history', postgresql_include=['lead_id'])
    op.drop_index('ix_status_history_lead', table_name='status_history')
    op.drop_table('status_history')
    op.drop_index('ix_enrollments_sequence', table_name='lead_nurture_enrollments')
    op.drop_index('ix_enrollments_live', table_name='lead_nurture_enrollments', postgresql_where=sa.text("status in ('active', 'paused')"))
    op.drop_index('ix_enrollments_lead', table_name='lead_nurture_enrollments')
    op.drop_index('ix_enrollments_due', table_name='lead_nurture_enrollments', postgresql_where=sa.text("status = 'active' and next_execution_at is not null"), postgresql_include=['supplier_id', 'id'])
    op.drop_table('lead_nurture_enrollments')
    op.drop_index('ix_lead_conversions_lead', table_name='lead_conversions')
    op.drop_index('ix_lead_conversions_date', table_name='lead_conversions')
    op.drop_table('lead_conversions')
    op.drop_index('ix_inquiries_uncaptured', table_name='inquiries', postgresql_where=sa.text("state <> 'captured'"))
    op.drop_index('ix_inquiries_waiting', table_name='inquiries', postgresql_where=sa.text("state = 'received'"))
    op.drop_index('ix_inquiries_received', table_name='inquiries')
    op.drop_index('ix_inquiries_lead', table_name='inquiries')
    op.drop_index('ix_inquiries_idempotency', table_name='inquiries')
    op.drop_table('inquiries')
    op.drop_index('ix_date_entries_lead', table_name='date_entries', postgresql_where=sa.text('lead_id is not null'))
    op.drop_index('ix_date_entries_day', table_name='date_entries')
    op.drop_table('date_entries')
    op.drop_index('ix_consent_events_lead', table_name='consent_events')
    op.drop_table('consent_events')
    op.drop_index('ix_source_costs_period', table_name='source_costs')
    op.drop_table('source_costs')
    op.drop_index('ix_leads_wedding_date_last', table_name='leads')
    op.drop_index('ix_leads_wedding_date', table_name='leads')
    op.drop_index('ix_leads_updated', table_name='leads')
    op.drop_index('ix_leads_supplier_email', table_name='leads', postgresql_where=sa.text("lead_status <> 'duplicate'"))
    op.drop_index('ix_leads_status', table_name='leads')
    op.drop_index('ix_leads_stale', table_name='leads', postgresql_where=sa.text('score_stale'))
    op.drop_index('ix_leads_source', table_name='leads')
    op.drop_index('ix_leads_secondary_email', table_name='leads')
    op.drop_index('ix_leads_search', table_name='leads', postgresql_include=['search_text'])
    op.drop_index('ix_leads_score', table_name='leads', postgresql_include=['lead_status'])
    op.drop_index('ix_leads_primary_phone', table_name='leads')
    op.drop_index('ix_leads_follow_up_last', table_name='leads')
    op.drop_index('ix_leads_follow_up', table_name='leads')
    op.drop_index('ix_leads_created', table_name='leads')
    op.drop_index('ix_leads_assigned', table_name='leads')
    op.drop_table('leads')
    op.drop_index(op.f('ix_capture_forms_supplier_id_key'), table_name='capture_forms')
    op.drop_table('capture_forms')
    op.drop_index(op.f('ix_saved_views_supplier_id_user_id'), table_name='saved_views')
    op.drop_table('saved_views')
    op.drop_index('ix_lead_sources_slug', table_name='lead_sources')
    op.drop_index('ix_lead_sources_name', table_name='lead_sources')
    op.drop_index('ix_lead_sources_category', table_name='lead_sources')
    op.drop_table('lead_sources')
    op.drop_index(op.f('ix_imports_supplier_id_content_hash'), table_name='imports')
    op.drop_table('imports')
    op.drop_index(op.f('ix_api_keys_supplier_id_key_hash'), table_name='api_keys')
    op.drop_table('api_keys')
    op.drop_index(op.f('ix_webhook_deliveries_supplier_id_endpoint_id_message_key'), table_name='webhook_deliveries')
    op.drop_index('ix_webhook_deliveries_due', table_name='webhook_deliveries', postgresql_where=sa.text('next_attempt_at is not null'))
    op.drop_table('webhook_deliveries')
    op.drop_index('ix_nurture_sequence_steps_order', table_name='nurture_sequence_steps')
    op.drop_table('nurture_sequence_steps')
    op.drop_index(op.f('ix_memberships_user_id'), table_name='memberships')
    op.drop_table('memberships')
    op.drop_table('webhook_endpoints')
    op.drop_index(op.f('ix_teams_supplier_id_name'), table_name='teams')
    op.drop_table('teams')
    op.drop_index(op.f('ix_task_templates_supplier_id_name'), table_name='task_templates')
    op.drop_table('task_templates')
    op.drop_index(op.f('ix_suppressions_supplier_id_channel_address_hash'), table_name='suppressions')
    op.drop_table('suppressions')
    op.drop_index(op.f('ix_sms_templates_supplier_id_name'), table_name='sms_templates')
    op.drop_table('sms_templates')
    op.drop_index(op.f('ix_sessions_user_id'), table_name='sessions')
    op.drop_table('sessions')
    op.drop_index('ix_nurture_sequences_name', table_name='nurture_sequences')
    op.drop_index('ix_nurture_sequences_active', table_name='nurture_sequences')
    op.drop_table('nurture_sequences')
    op.drop_index('ix_lead_scoring_rules_order', table_name='lead_scoring_rules')
    op.drop_index('ix_lead_scoring_rules_criteria', table_name='lead_scoring_rules')
    op.drop_table('lead_scoring_rules')
    op.drop_index('ix_lead_analytics_daily_date', table_name='lead_analytics_daily')
    op.drop_table('lead_analytics_daily')
    op.drop_index(op.f('ix_idempotency_keys_supplier_id_scope_key'), table_name='idempotency_keys')
    op.drop_index(op.f('ix_idempotency_keys_expires_at'), table_name='idempotency_keys')
    op.drop_table('idempotency_keys')
    op.drop_index(op.f('ix_email_templates_supplier_id_name'), table_name='email_templates')
    op.drop_table('email_templates')
    op.drop_index(op.f('ix_audit_log_supplier_id_table_name_row_id'), table_name='audit_log')
    op.drop_index(op.f('ix_audit_log_supplier_id_occurred_at'), table_name='audit_log')
    op.drop_table('audit_log')
    op.drop_table('users')
    op.drop_table('suppliers')
    op.execute("drop extension if exists pg_trgm")


# Row level security ---------------------------------------------------------------------------
#
# Three roles on one database. The owner logs in and migrates. `wedsync_app` serves requests and
# jobs: it owns nothing and sees the rows of the one supplier its transaction names.
# `wedsync_sweeper` sees, of every supplier, the few columns that say what is due.

TENANT_TABLES = (
    "api_keys",
    "audit_log",
    "capture_forms",
    "consent_events",
    "conversion_credits",
    "date_entries",
    "email_templates",
    "idempotency_keys",
    "imports",
    "inquiries",
    "lead_analytics_daily",
    "lead_conversions",
    "lead_interactions",
    "lead_nurture_enrollments",
    "lead_scoring_rules",
    "lead_sources",
    "leads",
    "memberships",
    "message_events",
    "messages",
    "nurture_sequence_steps",
    "nurture_sequences",
    "saved_views",
    "score_adjustments",
    "sms_templates",
    "source_costs",
    "status_history",
    "step_decisions",
    "suppressions",
    "task_templates",
    "tasks",
    "teams",
    "touchpoints",
    "webhook_deliveries",
    "webhook_endpoints",
)
APPEND_ONLY = ("audit_log", "consent_events", "message_events", "status_history")
SWEPT = {
    "inquiries": "supplier_id, id, state, retry_at",
    "lead_nurture_enrollments": "supplier_id, id, status, next_execution_at",
    "leads": "supplier_id, id, score_stale",
    "messages": "supplier_id, id, state, due_at, lease_until",
}
THIS_SUPPLIER = "current_setting('app.supplier_id')::uuid"
THIS_USER = "nullif(current_setting('app.user_id', true), '')::uuid"


def _secure() -> None:
    for role in ("wedsync_app", "wedsync_sweeper"):
        _take_role(role)
        op.execute(f"grant usage on schema public to {role}")
    for table in TENANT_TABLES:
        rights = "select, insert" if table in APPEND_ONLY else "select, insert, update, delete"
        op.execute(f"grant {rights} on {table} to wedsync_app")
        _guard(table, f"supplier_id = {THIS_SUPPLIER}")
    op.execute("grant select, insert, update, delete on suppliers, sessions to wedsync_app")
    op.execute("grant select, insert, update on users to wedsync_app")
    op.execute("grant select on alembic_version to wedsync_app, wedsync_sweeper")
    _guard("suppliers", f"id = {THIS_SUPPLIER}")
    op.execute(f"create policy own on memberships for select using (user_id = {THIS_USER})")
    for table, columns in SWEPT.items():
        op.execute(f"grant select ({columns}) on {table} to wedsync_sweeper")
        op.execute(f"create policy sweep on {table} for select to wedsync_sweeper using (true)")


def _take_role(role: str) -> None:
    """Make the role and become its member; a login that may do neither finds both done beforehand."""
    op.execute(f"""
        do $$ begin
            if not exists (select from pg_roles where rolname = '{role}') then
                create role {role} nologin;
            end if;
        exception when duplicate_object or unique_violation then null;
        end $$""")
    op.execute(f"""
        do $$ begin
            grant {role} to current_user;
        exception when insufficient_privilege then
            if not pg_has_role(current_user, '{role}', 'member') then
                raise;
            end if;
        end $$""")


def _guard(table: str, condition: str) -> None:
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy tenant on {table} using ({condition}) with check ({condition})")


def _drop_roles() -> None:
    """Roles belong to the whole server: they go when no other database uses them."""
    for role in ("wedsync_app", "wedsync_sweeper"):
        op.execute(f"drop owned by {role}")
        op.execute(f"""
            do $$ begin
                drop role {role};
            exception when dependent_objects_still_exist or insufficient_privilege then null;
            end $$""")
