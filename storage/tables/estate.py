"""Tables of the estate: clients, redirect servers, online accesses, lists proposed."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import JSON

from checks.model import ClientKind, Purpose
from storage.tables.columns import Instant, Span, metadata, one_of

clients = Table(
    "clients",
    metadata,
    Column("name", String, primary_key=True),
    Column("title", String, nullable=False, server_default=""),
    Column("search", String, nullable=False, server_default=""),
    Column("kind", String, nullable=False),
    Column("manager", String),
    Column("email", String),
    Column("domain", String),
    Column("redirect", String),
    Column("address", String),
    Column("learned_address", String),
    Column("learned_times", Integer, nullable=False, server_default="0"),
    Column("admin_url", String),
    Column("licman", String),
    Column("contract_end", Date),
    Column("seats", Integer),
    Column("freshness", Span),
    Column("time_zone", String),
    Column("contacts", Text),
    Column("night_calls", Boolean),
    Column("sends_uploads", Boolean, nullable=False, server_default="0"),
    Column("lists", JSON, nullable=False, server_default="{}"),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("gone_at", Instant),
    one_of("kind", ClientKind),
)
Index("ix_clients_redirect", clients.c.redirect)
Index("ix_clients_manager", clients.c.manager)

redirects = Table(
    "redirects",
    metadata,
    Column("name", String, primary_key=True),
    Column("title", String, nullable=False, server_default=""),
    Column("address", String),
    Column("owner", String),
    Column("contacts", Text),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("gone_at", Instant),
)

accesses = Table(
    "accesses",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("client", String, ForeignKey("clients.name"), nullable=False),
    Column("login", String, nullable=False),
    Column("password", LargeBinary, nullable=False),
    Column("host", String, nullable=False),
    Column("catalogue", String, nullable=False, server_default=""),
    Column("scheme", String, nullable=False, server_default="http"),
    Column("manager", String),
    Column("email", String),
    Column("list", String, nullable=False, server_default=""),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("gone_at", Instant),
    UniqueConstraint("host", "catalogue", "login"),
)

credentials = Table(
    "credentials",
    metadata,
    Column("client", String, ForeignKey("clients.name"), primary_key=True),
    Column("purpose", String, primary_key=True),
    Column("login", String, nullable=False),
    Column("password", LargeBinary, nullable=False),
    Column("updated_at", Instant, nullable=False),
    one_of("purpose", Purpose),
)

proposals = Table(
    "proposals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("file", String, nullable=False),
    Column("made_by", BigInteger),
    Column("made_at", Instant, nullable=False),
    Column("base", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("applied_at", Instant),
    Column("applied_by", BigInteger),
    Column("dropped_at", Instant),
    sqlite_autoincrement=True,
)
