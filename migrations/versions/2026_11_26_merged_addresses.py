"""An inquiry from the address of a merged lead finds the lead it was merged into.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_leads_merged_email",
        "leads",
        ["supplier_id", "primary_email"],
        postgresql_where=sa.text("lead_status = 'duplicate'"),
    )


def downgrade() -> None:
    op.drop_index("ix_leads_merged_email", "leads")
