"""What installations tell: the latest word, its changes, use by day, accounts, searches without result."""

import sqlalchemy as sa
from alembic import op

revision = "0003_facts"
down_revision = "0003_unlisted"
branch_labels = None
depends_on = None

COUNTED = (
    "searches",
    "empty_searches",
    "failed_searches",
    "opened",
    "saved",
    "printed",
    "refused",
    "logins",
    "active_users",
    "users",
    "sessions",
    "seats",
)


def upgrade() -> None:
    op.create_table(
        "facts",
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("update_number", sa.Integer(), nullable=True),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("lists", sa.JSON(), nullable=False),
        sa.Column("tracked", sa.JSON(), nullable=False),
        sa.CheckConstraint("kind IN ('sysinfo', 'status')", name=op.f("ck_facts_kind_known")),
        sa.ForeignKeyConstraint(["client"], ["clients.name"], name=op.f("fk_facts_client_clients")),
        sa.PrimaryKeyConstraint("client", "kind", name=op.f("pk_facts")),
    )
    op.create_index("ix_facts_update_number", "facts", ["update_number"], unique=False)
    op.create_table(
        "fact_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("fact", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["client"], ["clients.name"], name=op.f("fk_fact_changes_client_clients")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_changes")),
    )
    op.create_index("ix_fact_changes_client", "fact_changes", ["client", "fact", "at"], unique=False)
    op.create_index("ix_fact_changes_fact", "fact_changes", ["fact", "at"], unique=False)
    op.create_table(
        "usage_daily",
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in COUNTED),
        sa.Column("first_login", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["client"], ["clients.name"], name=op.f("fk_usage_daily_client_clients")),
        sa.PrimaryKeyConstraint("client", "day", name=op.f("pk_usage_daily")),
    )
    op.create_index("ix_usage_daily_day", "usage_daily", ["day"], unique=False)
    op.create_table(
        "accounts",
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("name", sa.String(), server_default="", nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("from_start", sa.Boolean(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["client"], ["clients.name"], name=op.f("fk_accounts_client_clients")),
        sa.PrimaryKeyConstraint("client", "login", name=op.f("pk_accounts")),
    )
    op.create_index("ix_accounts_first_at", "accounts", ["first_at"], unique=False)
    op.create_table(
        "queries",
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.CheckConstraint("outcome IN ('empty', 'failed')", name=op.f("ck_queries_outcome_known")),
        sa.ForeignKeyConstraint(["client"], ["clients.name"], name=op.f("fk_queries_client_clients")),
        sa.PrimaryKeyConstraint("client", "day", "outcome", "text", name=op.f("pk_queries")),
    )
    op.create_index("ix_queries_day", "queries", ["day"], unique=False)


def downgrade() -> None:
    for index, table in (
        ("ix_queries_day", "queries"),
        ("ix_accounts_first_at", "accounts"),
        ("ix_usage_daily_day", "usage_daily"),
        ("ix_fact_changes_fact", "fact_changes"),
        ("ix_fact_changes_client", "fact_changes"),
        ("ix_facts_update_number", "facts"),
    ):
        op.drop_index(index, table_name=table)
    for table in ("queries", "accounts", "usage_daily", "fact_changes", "facts"):
        op.drop_table(table)
