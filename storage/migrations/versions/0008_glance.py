"""Morning digests and boards."""

import sqlalchemy as sa
from alembic import op

revision = "0008_glance"
down_revision = "0007_rhythms"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "digests",
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=True),
        sa.Column("chosen", sa.String(), nullable=True),
        sa.Column("rhythm", sa.String(), server_default="", nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("told_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", name=op.f("pk_digests")),
    )
    op.create_index("ix_digests_due_at", "digests", ["due_at"], unique=False)
    op.create_table(
        "boards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("shows", sa.String(), server_default="", nullable=False),
        sa.Column("shown_at", sa.BigInteger(), nullable=True),
        sa.Column("pinned", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("pin_refused", sa.Boolean(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boards")),
        sa.UniqueConstraint("chat_id", "thread_id", name=op.f("uq_boards_chat_id_thread_id")),
        sqlite_autoincrement=True,
    )
    op.add_column("outbox", sa.Column("board_id", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("outbox", "board_id")
    op.drop_table("boards")
    op.drop_index("ix_digests_due_at", table_name="digests")
    op.drop_table("digests")
