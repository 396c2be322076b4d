"""Windows of planned work, and the one message at the end of each."""

import sqlalchemy as sa
from alembic import op

revision = "0006_planned_work"
down_revision = "0005_credentials"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "windows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("extent", sa.String(), nullable=False),
        sa.Column("target", sa.String(), server_default="", nullable=False),
        sa.Column("begins_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("cron", sa.String(), server_default="", nullable=False),
        sa.Column("zone", sa.String(), server_default="", nullable=False),
        sa.Column("length", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("key", sa.String(), server_default="", nullable=False),
        sa.Column("author", sa.BigInteger(), nullable=True),
        sa.Column("chat_id", sa.BigInteger(), nullable=True),
        sa.Column("thread_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.Column("looked_from", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_why", sa.String(), nullable=True),
        sa.CheckConstraint("extent IN ('client', 'redirect', 'code', 'all')", name=op.f("ck_windows_extent_known")),
        sa.CheckConstraint("source IN ('chat', 'configuration', 'api', 'work')", name=op.f("ck_windows_source_known")),
        sa.CheckConstraint("state IN ('planned', 'lasting', 'looking', 'over')", name=op.f("ck_windows_state_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_windows")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_windows_state",
        "windows",
        ["state"],
        unique=False,
        sqlite_where=sa.text("state != 'over'"),
        postgresql_where=sa.text("state != 'over'"),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("window_id", sa.Integer(), nullable=False),
        sa.Column("extent", sa.String(), nullable=False),
        sa.Column("target", sa.String(), server_default="", nullable=False),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.Column("author", sa.BigInteger(), nullable=True),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("why", sa.String(), server_default="", nullable=False),
        sa.Column("incidents", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("elsewhere", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["window_id"], ["windows.id"], name=op.f("fk_runs_window_id_windows")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_runs_window_id", "runs", ["window_id"], unique=False)
    op.create_index("ix_runs_began_at", "runs", ["began_at"], unique=False)
    op.add_column("storms", sa.Column("runs", sa.JSON(), server_default="[]", nullable=False))


def downgrade() -> None:
    op.drop_column("storms", "runs")
    op.drop_index("ix_runs_began_at", table_name="runs")
    op.drop_index("ix_runs_window_id", table_name="runs")
    op.drop_table("runs")
    op.drop_index(
        "ix_windows_state",
        table_name="windows",
        sqlite_where=sa.text("state != 'over'"),
        postgresql_where=sa.text("state != 'over'"),
    )
    op.drop_table("windows")
