"""Room for what a source earned, and for the commission on a large booking.

Ten bookings of a billion, as a wedding in rupiah may cost, were more than a source could have earned.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("lead_sources", "total_revenue", type_=sa.Numeric(16, 2))
    op.alter_column("lead_conversions", "commission_amount", type_=sa.Numeric(12, 2))


def downgrade() -> None:
    op.alter_column("lead_conversions", "commission_amount", type_=sa.Numeric(8, 2))
    op.alter_column("lead_sources", "total_revenue", type_=sa.Numeric(12, 2))
