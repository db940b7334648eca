"""A saved view keeps how its leads are presented.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kinds = sa.Enum(
        "list",
        "cards",
        "pipeline",
        name="presentation",
        native_enum=False,
        create_constraint=True,
        length=50,
    )
    op.add_column("saved_views", sa.Column("presentation", kinds))


def downgrade() -> None:
    op.drop_column("saved_views", "presentation")
