"""When clients usually report."""

import sqlalchemy as sa
from alembic import op

from storage.tables import Instant

revision = "0007_rhythms"
down_revision = "0006_planned_work"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rhythms",
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("heard_at", Instant(), nullable=False),
        sa.Column("counts", sa.LargeBinary(), nullable=False),
        sa.Column("late_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["client"], ["clients.name"], name=op.f("fk_rhythms_client_clients")),
        sa.PrimaryKeyConstraint("client", name=op.f("pk_rhythms")),
    )
    op.create_index("ix_rhythms_late_at", "rhythms", ["late_at"])


def downgrade() -> None:
    op.drop_index("ix_rhythms_late_at", table_name="rhythms")
    op.drop_table("rhythms")
