"""Tables of looking: due looks, what is believed, its changes, our own absences."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, String, Table, text
from sqlalchemy.types import JSON

from checks.model import LookKind, State, SubjectKind
from storage.tables.columns import Instant, Span, metadata, one_of

looks = Table(
    "looks",
    metadata,
    Column("subject_kind", String, primary_key=True),
    Column("subject_name", String, primary_key=True),
    Column("kind", String, primary_key=True),
    Column("due_at", Instant, nullable=False),
    Column("interval", Span, nullable=False),
    Column("at", Instant),
    Column("fault", String),
    Column("status", Integer),
    Column("elapsed", Float),
    Column("address", String),
    Column("facts", JSON),
    one_of("subject_kind", SubjectKind),
    one_of("kind", LookKind),
)
Index("ix_looks_due_at", looks.c.due_at)

health = Table(
    "health",
    metadata,
    Column("subject_kind", String, primary_key=True),
    Column("subject_name", String, primary_key=True),
    Column("code", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("since", Instant, nullable=False),
    Column("seen_at", Instant),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("successes", Integer, nullable=False, server_default="0"),
    Column("failing_since", Instant),
    Column("recent", Integer, nullable=False, server_default="0"),
    Column("known", Integer, nullable=False, server_default="0"),
    Column("reason", String, nullable=False, server_default=""),
    Column("detail", String, nullable=False, server_default=""),
    one_of("subject_kind", SubjectKind),
    one_of("state", State),
)
Index(
    "ix_health_not_ok",
    health.c.state,
    sqlite_where=text("state IN ('fail', 'flapping')"),
    postgresql_where=text("state IN ('fail', 'flapping')"),
)

transitions = Table(
    "transitions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("subject_kind", String, nullable=False),
    Column("subject_name", String, nullable=False),
    Column("code", String, nullable=False),
    Column("before", String, nullable=False),
    Column("after", String, nullable=False),
    Column("since", Instant, nullable=False),
    Column("reason", String, nullable=False, server_default=""),
    Column("detail", String, nullable=False, server_default=""),
)
Index("ix_transitions_subject", transitions.c.subject_kind, transitions.c.subject_name, transitions.c.at)
Index("ix_transitions_at", transitions.c.at)

absences = Table(
    "absences",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("began_at", Instant, nullable=False),
    Column("ended_at", Instant, nullable=False),
    Column("why", String, nullable=False, server_default="stopped"),
)
