"""Tables of what installations tell: the latest word, its changes, use by day, accounts, searches without result."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Text
from sqlalchemy.types import JSON

from checks.model.installation import QueryOutcome
from checks.reports import ReportKind
from storage.tables.columns import Instant, metadata, one_of

facts = Table(
    "facts",
    metadata,
    Column("client", String, ForeignKey("clients.name"), primary_key=True),
    Column("kind", String, primary_key=True),
    Column("received_at", Instant, nullable=False),
    Column("update_number", Integer),
    Column("said", JSON, nullable=False),
    Column("lists", JSON, nullable=False),
    Column("tracked", JSON, nullable=False),
    one_of("kind", ReportKind),
)
Index("ix_facts_update_number", facts.c.update_number)

fact_changes = Table(
    "fact_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("client", String, ForeignKey("clients.name"), nullable=False),
    Column("fact", String, nullable=False),
    Column("at", Instant, nullable=False),
    Column("before", Text),
    Column("after", Text),
)
Index("ix_fact_changes_client", fact_changes.c.client, fact_changes.c.fact, fact_changes.c.at)
Index("ix_fact_changes_fact", fact_changes.c.fact, fact_changes.c.at)

usage_daily = Table(
    "usage_daily",
    metadata,
    Column("client", String, ForeignKey("clients.name"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("searches", Integer),
    Column("empty_searches", Integer),
    Column("failed_searches", Integer),
    Column("opened", Integer),
    Column("saved", Integer),
    Column("printed", Integer),
    Column("refused", Integer),
    Column("logins", Integer),
    Column("active_users", Integer),
    Column("users", Integer),
    Column("sessions", Integer),
    Column("seats", Integer),
    Column("first_login", Instant),
)
Index("ix_usage_daily_day", usage_daily.c.day)

accounts = Table(
    "accounts",
    metadata,
    Column("client", String, ForeignKey("clients.name"), primary_key=True),
    Column("login", String, primary_key=True),
    Column("name", String, nullable=False, server_default=""),
    Column("first_at", Instant, nullable=False),
    Column("from_start", Boolean, nullable=False),
    Column("last_at", Instant),
)
Index("ix_accounts_first_at", accounts.c.first_at)

queries = Table(
    "queries",
    metadata,
    Column("client", String, ForeignKey("clients.name"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("outcome", String, primary_key=True),
    Column("text", String, primary_key=True),
    Column("times", Integer, nullable=False),
    one_of("outcome", QueryOutcome),
)
Index("ix_queries_day", queries.c.day)
