"""Tables of planned work: its windows, and each time that one of them lasted."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, text
from sqlalchemy.types import JSON

from checks.model import Extent, Source, WindowState
from storage.tables.columns import Instant, Span, metadata, one_of

windows = Table(
    "windows",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("extent", String, nullable=False),
    Column("target", String, nullable=False, server_default=""),
    Column("begins_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("cron", String, nullable=False, server_default=""),
    Column("zone", String, nullable=False, server_default=""),
    Column("length", Span),
    Column("source", String, nullable=False),
    Column("key", String, nullable=False, server_default=""),
    Column("author", BigInteger),
    Column("chat_id", BigInteger),
    Column("thread_id", BigInteger),
    Column("reason", String, nullable=False, server_default=""),
    Column("created_at", Instant, nullable=False),
    Column("state", String, nullable=False),
    Column("run_id", Integer),
    Column("looked_from", Instant),
    Column("closed_at", Instant),
    Column("closed_why", String),
    one_of("extent", Extent),
    one_of("source", Source),
    one_of("state", WindowState),
    sqlite_autoincrement=True,
)
Index(
    "ix_windows_state",
    windows.c.state,
    sqlite_where=text("state != 'over'"),
    postgresql_where=text("state != 'over'"),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("window_id", Integer, ForeignKey("windows.id"), nullable=False),
    Column("extent", String, nullable=False),
    Column("target", String, nullable=False, server_default=""),
    Column("reason", String, nullable=False, server_default=""),
    Column("author", BigInteger),
    Column("began_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("why", String, nullable=False, server_default=""),
    Column("incidents", JSON, nullable=False, server_default="[]"),
    Column("elsewhere", Integer, nullable=False, server_default="0"),
    sqlite_autoincrement=True,
)
Index("ix_runs_window_id", runs.c.window_id)
Index("ix_runs_began_at", runs.c.began_at)
