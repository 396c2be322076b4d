"""Tables of intake: tokens, reports, arrivals."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, UniqueConstraint
from sqlalchemy.types import JSON

from storage.tables.columns import Instant, metadata

tokens = Table(
    "tokens",
    metadata,
    Column("hash", String, primary_key=True),
    Column("client", String, ForeignKey("clients.name")),
    Column("dealer", String),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("last_used_at", Instant),
)

reports = Table(
    "reports",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("client", String, ForeignKey("clients.name"), nullable=False),
    Column("kind", String, nullable=False),
    Column("file", String, nullable=False),
    Column("digest", String, nullable=False),
    Column("size", Integer, nullable=False),
    Column("dealer", String),
    Column("received_at", Instant, nullable=False),
    Column("reported_at", Instant),
    Column("broken", String),
    Column("facts", JSON, nullable=False, server_default="{}"),
    UniqueConstraint("client", "kind", "digest"),
)
Index("ix_reports_client", reports.c.client, reports.c.kind, reports.c.received_at)

rhythms = Table(
    "rhythms",
    metadata,
    Column("client", String, ForeignKey("clients.name"), primary_key=True),
    Column("since", Instant, nullable=False),
    Column("heard_at", Instant, nullable=False),
    Column("counts", LargeBinary, nullable=False),
    Column("late_at", Instant),
)
Index("ix_rhythms_late_at", rhythms.c.late_at)

arrivals = Table(
    "arrivals",
    metadata,
    Column("client", String, ForeignKey("clients.name"), primary_key=True),
    Column("kind", String, primary_key=True),
    Column("heard_at", Instant, nullable=False),
    Column("good_at", Instant),
    Column("reported_at", Instant),
    Column("file", String, nullable=False, server_default=""),
    Column("count", Integer, nullable=False, server_default="0"),
)
Index("ix_arrivals_heard_at", arrivals.c.kind, arrivals.c.heard_at)
