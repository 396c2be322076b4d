"""Whether a person would rather have dark pictures."""

import sqlalchemy as sa
from alembic import op

revision = "0009_theme"
down_revision = "0008_glance"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people", sa.Column("theme", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("people", "theme")
