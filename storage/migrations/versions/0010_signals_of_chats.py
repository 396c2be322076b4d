"""How a chat wants to hear of signals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010_signals_of_chats"
down_revision = "0009_theme"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("chats", sa.Column("signals", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("chats", "signals")
