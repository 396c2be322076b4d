"""Tables of watching: what was changed at clients, and what of it has come back."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, text
from sqlalchemy.types import JSON

from checks.watching import Trigger
from storage.tables.columns import Instant, metadata, one_of

watches = Table(
    "watches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("client", String, ForeignKey("clients.name"), nullable=False),
    Column("started_by", String, nullable=False),
    Column("what", String, nullable=False, server_default=""),
    Column("by", BigInteger),
    Column("window_id", Integer, ForeignKey("windows.id")),
    Column("began_at", Instant, nullable=False),
    Column("since", Instant),
    Column("due_at", Instant),
    Column("version_before", String),
    Column("version", String),
    Column("operup_before", Instant),
    Column("points", JSON, nullable=False, server_default="[]"),
    Column("confirmed", JSON, nullable=False, server_default="{}"),
    Column("ended_at", Instant),
    Column("ended_why", String),
    one_of("started_by", Trigger),
    sqlite_autoincrement=True,
)
Index(
    "ix_watches_one_a_client",
    watches.c.client,
    unique=True,
    sqlite_where=text("ended_at IS NULL"),
    postgresql_where=text("ended_at IS NULL"),
)
Index("ix_watches_ended_at", watches.c.client, watches.c.ended_at)
