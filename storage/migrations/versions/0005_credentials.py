"""Logins at clients' own installations; the looks that need them, and pings."""

import sqlalchemy as sa
from alembic import op

from storage.tables import Instant

revision = "0005_credentials"
down_revision = "0004_decisions"
branch_labels = None
depends_on = None

KINDS = "'domain', 'redirect', 'installation', 'licman', 'login', 'ping', 'licman_ping', 'billing', 'reference'"
KINDS_BEFORE = "'domain', 'redirect', 'installation', 'licman', 'billing', 'reference'"


def upgrade() -> None:
    op.create_table(
        "credentials",
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("password", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", Instant(), nullable=False),
        sa.CheckConstraint("purpose IN ('login', 'metrics')", name=op.f("ck_credentials_purpose_known")),
        sa.ForeignKeyConstraint(["client"], ["clients.name"], name=op.f("fk_credentials_client_clients")),
        sa.PrimaryKeyConstraint("client", "purpose", name=op.f("pk_credentials")),
    )
    _allow(KINDS)


def _allow(kinds: str) -> None:
    """Put other words into the CHECK of the looks; SQLite makes the table anew for it."""
    with op.batch_alter_table("looks") as batch:
        batch.drop_constraint(op.f("ck_looks_kind_known"), type_="check")
        batch.create_check_constraint(op.f("ck_looks_kind_known"), sa.text(f"kind IN ({kinds})"))


def downgrade() -> None:
    op.execute("DELETE FROM looks WHERE kind IN ('login', 'ping', 'licman_ping')")
    _allow(KINDS_BEFORE)
    op.drop_table("credentials")
