"""Tables of the ways out beside Telegram: what is owed to which channel, and when Telegram could not be reached."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, text
from sqlalchemy.types import JSON

from checks.model import OutboxState
from storage.tables.columns import Instant, metadata, one_of

dispatches = Table(
    "dispatches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("channel", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("incident_id", Integer, ForeignKey("incidents.id")),
    Column("silence_id", Integer, ForeignKey("silences.id")),
    Column("priority", Integer, nullable=False),
    Column("state", String, nullable=False),
    Column("fallback", Boolean, nullable=False, server_default="0"),
    Column("owed_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("done_at", Instant),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("why", String, nullable=False, server_default=""),
    Column("error", String, nullable=False, server_default=""),
    Column("facts", JSON, nullable=False, server_default="{}"),
    one_of("state", OutboxState),
    sqlite_autoincrement=True,
)
Index(
    "ix_dispatches_due",
    dispatches.c.due_at,
    sqlite_where=text("state IN ('owed', 'sending')"),
    postgresql_where=text("state IN ('owed', 'sending')"),
)
Index("ix_dispatches_done_at", dispatches.c.done_at)
Index("ix_dispatches_owed_at", dispatches.c.owed_at)
Index("ix_dispatches_incident_id", dispatches.c.incident_id, dispatches.c.channel)

outages = Table(
    "outages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("began_at", Instant, nullable=False),
    Column("ended_at", Instant),
)
Index(
    "ix_outages_one_open",
    outages.c.ended_at,
    sqlite_where=text("ended_at IS NULL"),
    postgresql_where=text("ended_at IS NULL"),
)
