"""Duty, quiet hours, lost topics, second presses, calls at night."""

import sqlalchemy as sa
from alembic import op

revision = "0002_duty"
down_revision = "0001"
branch_labels = None
depends_on = None

WORDS = "'owed', 'sending', 'delivered', 'unknown', 'folded', 'muted'"


def upgrade() -> None:
    _states(f"state IN ({WORDS}, 'quiet', 'buried')")
    op.create_index(
        "ix_outbox_quiet",
        "outbox",
        ["due_at", "chat_id"],
        unique=False,
        sqlite_where=sa.text("state = 'quiet'"),
        postgresql_where=sa.text("state = 'quiet'"),
    )
    op.add_column("chats", sa.Column("quiet", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("chats", sa.Column("mute_limit", sa.Integer(), nullable=True))
    op.add_column("chats", sa.Column("lost_at", sa.BigInteger(), nullable=True))
    op.add_column("routes", sa.Column("lost_thread", sa.BigInteger(), nullable=True))
    op.add_column("clients", sa.Column("night_calls", sa.Boolean(), nullable=True))
    op.create_table(
        "shifts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), server_default="", nullable=False),
        sa.Column("days", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("begin", sa.String(), nullable=False),
        sa.Column("end", sa.String(), nullable=False),
        sa.Column("people", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("turn", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("turn IN ('day', 'week')", name=op.f("ck_shifts_turn_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shifts")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "leaves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("instead_id", sa.BigInteger(), nullable=True),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaves")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_leaves_last", "leaves", ["last"], unique=False)
    op.create_table(
        "confirmations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("author", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("done_by", sa.BigInteger(), nullable=True),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmations")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_confirmations_until", "confirmations", ["until"], unique=False)


def downgrade() -> None:
    op.drop_table("confirmations")
    op.drop_table("leaves")
    op.drop_table("shifts")
    op.drop_column("clients", "night_calls")
    op.drop_column("routes", "lost_thread")
    op.drop_column("chats", "lost_at")
    op.drop_column("chats", "mute_limit")
    op.drop_column("chats", "quiet")
    op.drop_index("ix_outbox_quiet", table_name="outbox")
    op.execute("UPDATE outbox SET state = 'owed' WHERE state = 'quiet'")
    _states(f"state IN ({WORDS}, 'buried')")


def _states(known: str) -> None:
    with op.batch_alter_table("outbox", table_kwargs={"sqlite_autoincrement": True}) as outbox:
        outbox.drop_constraint(op.f("ck_outbox_state_known"), type_="check")
        outbox.create_check_constraint(op.f("ck_outbox_state_known"), known)
