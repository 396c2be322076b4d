"""Incidents that ended because their client or server left the lists."""

import sqlalchemy as sa
from alembic import op

revision = "0003_unlisted"
down_revision = "0002_duty"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("incidents", sa.Column("unlisted", sa.Boolean(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("incidents", "unlisted")
