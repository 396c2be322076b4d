"""Tables of people: roles, invitations, what they changed, updates answered."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table
from sqlalchemy.types import JSON

from checks.model import Role
from storage.tables.columns import Instant, metadata, one_of

people = Table(
    "people",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("name", String, nullable=False),
    Column("username", String),
    Column("role", String, nullable=False),
    Column("manager", String),
    Column("language", String),
    Column("theme", String),
    Column("joined_at", Instant, nullable=False),
    Column("suspended_at", Instant),
    one_of("role", Role),
)

invitations = Table(
    "invitations",
    metadata,
    Column("hash", String, primary_key=True),
    Column("role", String, nullable=False),
    Column("manager", String),
    Column("made_by", BigInteger),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_by", BigInteger),
    Column("used_at", Instant),
    one_of("role", Role),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("person_id", BigInteger),
    Column("person", String, nullable=False, server_default=""),
    Column("chat_id", BigInteger),
    Column("act", String, nullable=False),
    Column("target", String, nullable=False, server_default=""),
    Column("detail", JSON, nullable=False, server_default="{}"),
)
Index("ix_audit_at", audit.c.at)

updates = Table(
    "updates",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("at", Instant, nullable=False),
)
