"""The watch after a change."""

import sqlalchemy as sa
from alembic import op

from storage.tables import Instant

revision = "0011_watches"
down_revision = "0010_signals_of_chats"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "watches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("started_by", sa.String(), nullable=False),
        sa.Column("what", sa.String(), server_default="", nullable=False),
        sa.Column("by", sa.BigInteger(), nullable=True),
        sa.Column("window_id", sa.Integer(), nullable=True),
        sa.Column("began_at", Instant(), nullable=False),
        sa.Column("since", Instant(), nullable=True),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("version_before", sa.String(), nullable=True),
        sa.Column("version", sa.String(), nullable=True),
        sa.Column("operup_before", Instant(), nullable=True),
        sa.Column("points", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("confirmed", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_why", sa.String(), nullable=True),
        sa.CheckConstraint(
            "started_by IN ('version', 'work', 'updated', 'silence')", name=op.f("ck_watches_started_by_known")
        ),
        sa.ForeignKeyConstraint(["client"], ["clients.name"], name=op.f("fk_watches_client_clients")),
        sa.ForeignKeyConstraint(["window_id"], ["windows.id"], name=op.f("fk_watches_window_id_windows")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watches")),
        sqlite_autoincrement=True,
    )
    lasting = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_watches_one_a_client", "watches", ["client"], unique=True, sqlite_where=lasting, postgresql_where=lasting
    )
    op.create_index("ix_watches_ended_at", "watches", ["client", "ended_at"])


def downgrade() -> None:
    lasting = sa.text("ended_at IS NULL")
    op.drop_index("ix_watches_ended_at", table_name="watches")
    op.drop_index("ix_watches_one_a_client", table_name="watches", sqlite_where=lasting, postgresql_where=lasting)
    op.drop_table("watches")
