"""Tables of the manager's side: figures of online accesses, their months, signals and the answers to them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Integer, String, Table, text
from sqlalchemy.types import JSON

from checks.model import Answer, Quota, SubjectKind
from storage.tables.columns import Instant, metadata, one_of

figures = Table(
    "figures",
    metadata,
    Column("access_id", Integer, ForeignKey("accesses.id"), primary_key=True),
    Column("at", Instant, primary_key=True),
    Column("seen_at", Instant, nullable=False),
    *(Column(f"{quota}_{what}", Integer) for quota in Quota for what in ("left", "limit")),
    Column("visited_at", Instant),
    Column("source", String, nullable=False, server_default=""),
)
"""One row a run of equal figures, from ``at`` to ``seen_at``: what does not change is not written again."""
Index("ix_figures_seen_at", figures.c.seen_at)

billing_months = Table(
    "billing_months",
    metadata,
    Column("access_id", Integer, ForeignKey("accesses.id"), primary_key=True),
    Column("first", Date, primary_key=True),
    Column("days", JSON, nullable=False),
    Column("month", JSON, nullable=False),
)
"""The last figures of each day of a month, and the month added up: signals read one short row instead of thirty."""
Index("ix_billing_months_first", billing_months.c.first)

signals = Table(
    "signals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subject_kind", String, nullable=False),
    Column("subject_name", String, nullable=False),
    Column("code", String, nullable=False),
    Column("client", String, nullable=False),
    Column("cause", String, nullable=False),
    Column("since", Instant, nullable=False),
    Column("facts", JSON, nullable=False, server_default="{}"),
    Column("ended_at", Instant),
    Column("answer", String),
    Column("answered_by", BigInteger),
    Column("answered_at", Instant),
    Column("until", Date),
    Column("reason", String, nullable=False, server_default=""),
    one_of("subject_kind", SubjectKind),
    one_of("answer", Answer),
    sqlite_autoincrement=True,
)
Index(
    "ix_signals_one_open",
    signals.c.subject_kind,
    signals.c.subject_name,
    signals.c.code,
    unique=True,
    sqlite_where=text("ended_at IS NULL"),
    postgresql_where=text("ended_at IS NULL"),
)
Index("ix_signals_client", signals.c.client, signals.c.ended_at)
Index("ix_signals_cause", signals.c.cause)
Index("ix_signals_answered_at", signals.c.answered_at)
