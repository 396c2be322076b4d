"""Ways out beside Telegram, and the times without it."""

import sqlalchemy as sa
from alembic import op

revision = "0012_dispatches"
down_revision = "0011_watches"
branch_labels = None
depends_on = None

STATES = "'owed', 'sending', 'delivered', 'unknown', 'folded', 'muted', 'quiet', 'buried'"


def upgrade() -> None:
    op.create_table(
        "dispatches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("silence_id", sa.Integer(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("fallback", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("owed_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("why", sa.String(), server_default="", nullable=False),
        sa.Column("error", sa.String(), server_default="", nullable=False),
        sa.Column("facts", sa.JSON(), server_default="{}", nullable=False),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_dispatches_state_known")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_dispatches_incident_id_incidents")),
        sa.ForeignKeyConstraint(["silence_id"], ["silences.id"], name=op.f("fk_dispatches_silence_id_silences")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispatches")),
        sqlite_autoincrement=True,
    )
    waits = sa.text("state IN ('owed', 'sending')")
    op.create_index("ix_dispatches_due", "dispatches", ["due_at"], sqlite_where=waits, postgresql_where=waits)
    op.create_index("ix_dispatches_done_at", "dispatches", ["done_at"])
    op.create_index("ix_dispatches_owed_at", "dispatches", ["owed_at"])
    op.create_index("ix_dispatches_incident_id", "dispatches", ["incident_id", "channel"])
    op.create_table(
        "outages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outages")),
    )
    lasts = sa.text("ended_at IS NULL")
    op.create_index("ix_outages_one_open", "outages", ["ended_at"], sqlite_where=lasts, postgresql_where=lasts)
    op.add_column("storms", sa.Column("away_since", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("storms", "away_since")
    op.drop_table("outages")
    op.drop_table("dispatches")
