"""Figures of online accesses, their months, signals; accesses can be looked at and judged."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.tables import Instant

revision = "0003_billing"
down_revision = "0003_facts"
branch_labels = None
depends_on = None

QUOTAS = ("docs", "search", "print", "upload")
SUBJECTS = "'client', 'access', 'redirect', 'chat', 'self'"
SUBJECTS_BEFORE = "'client', 'redirect', 'chat', 'self'"
LOOKS = "'domain', 'redirect', 'installation', 'licman', 'billing', 'reference'"
LOOKS_BEFORE = "'domain', 'redirect', 'installation', 'licman', 'reference'"


def upgrade() -> None:
    op.create_table(
        "figures",
        sa.Column("access_id", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        *(sa.Column(f"{quota}_{what}", sa.Integer(), nullable=True) for quota in QUOTAS for what in ("left", "limit")),
        sa.Column("visited_at", Instant(), nullable=True),
        sa.Column("source", sa.String(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["access_id"], ["accesses.id"], name=op.f("fk_figures_access_id_accesses")),
        sa.PrimaryKeyConstraint("access_id", "at", name=op.f("pk_figures")),
    )
    op.create_index("ix_figures_seen_at", "figures", ["seen_at"])
    op.create_table(
        "billing_months",
        sa.Column("access_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("month", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["access_id"], ["accesses.id"], name=op.f("fk_billing_months_access_id_accesses")),
        sa.PrimaryKeyConstraint("access_id", "first", name=op.f("pk_billing_months")),
    )
    op.create_index("ix_billing_months_first", "billing_months", ["first"])
    _signals()
    _looks(SUBJECTS, LOOKS)
    _health(SUBJECTS)


def _signals() -> None:
    op.create_table(
        "signals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_name", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("facts", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_by", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(), server_default="", nullable=False),
        sa.CheckConstraint(f"subject_kind IN ({SUBJECTS})", name=op.f("ck_signals_subject_kind_known")),
        sa.CheckConstraint("answer IN ('working', 'called', 'not_now', 'wrong')", name=op.f("ck_signals_answer_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signals")),
        sqlite_autoincrement=True,
    )
    open_ones = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_signals_one_open",
        "signals",
        ["subject_kind", "subject_name", "code"],
        unique=True,
        sqlite_where=open_ones,
        postgresql_where=open_ones,
    )
    op.create_index("ix_signals_client", "signals", ["client", "ended_at"])
    op.create_index("ix_signals_cause", "signals", ["cause"])
    op.create_index("ix_signals_answered_at", "signals", ["answered_at"])


def _looks(subjects: str, kinds: str) -> None:
    _allow("looks", {"subject_kind_known": f"subject_kind IN ({subjects})", "kind_known": f"kind IN ({kinds})"})


def _health(subjects: str) -> None:
    _allow("health", {"subject_kind_known": f"subject_kind IN ({subjects})"})


def _allow(table: str, rules: dict[str, str]) -> None:
    """Put other words into the CHECKs of a table; SQLite makes the table anew for it."""
    with op.batch_alter_table(table) as batch:
        for name, rule in rules.items():
            batch.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
            batch.create_check_constraint(op.f(f"ck_{table}_{name}"), sa.text(rule))


def downgrade() -> None:
    for table in ("looks", "health"):
        op.execute(f"DELETE FROM {table} WHERE subject_kind = 'access'")  # noqa: S608 - our own words
    _health(SUBJECTS_BEFORE)
    _looks(SUBJECTS_BEFORE, LOOKS_BEFORE)
    op.drop_table("signals")
    op.drop_table("billing_months")
    op.drop_table("figures")
