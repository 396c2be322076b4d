"""The tables, as one schema for SQLite and PostgreSQL; moments are whole microseconds since 1970 UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import JSON, TypeDecorator

from checks.model import ClientKind, IncidentState, LookKind, OutboxState, Role, RouteKind, Scope, State, SubjectKind

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware moment, kept as whole microseconds: sorts, compares and indexes the same on every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + timedelta(microseconds=value)


class Span(TypeDecorator[timedelta]):
    """A length of time, kept as whole seconds."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> int | None:
        return None if value is None else int(value.total_seconds())

    def process_result_value(self, value: Any, dialect: Dialect) -> timedelta | None:
        return None if value is None else timedelta(seconds=value)


def one_of(column: str, values: type[Any]) -> CheckConstraint:
    """Return a CHECK that keeps the wrong word out of the column."""
    words = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({words})", name=f"{column}_known")


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    },
)

meta = Table("meta", metadata, Column("key", String, primary_key=True), Column("value", Text, nullable=False))

# ── the estate ────────────────────────────────────────────────────────────────────────────────────────────────────

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

# ── looking ───────────────────────────────────────────────────────────────────────────────────────────────────────

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

# ── incidents ─────────────────────────────────────────────────────────────────────────────────────────────────────

incidents = Table(
    "incidents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("cause", String, nullable=False),
    Column("state", String, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("noticed_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("code", String, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("hold_until", Instant),
    Column("taken_by", BigInteger),
    Column("taken_at", Instant),
    Column("handed_by", BigInteger),
    Column("handed_at", Instant),
    Column("merged_into", Integer, ForeignKey("incidents.id")),
    Column("revision", Integer, nullable=False, server_default="0"),
    one_of("state", IncidentState),
    sqlite_autoincrement=True,
)
Index(
    "ix_incidents_one_open_a_cause",
    incidents.c.cause,
    unique=True,
    sqlite_where=text("state = 'open'"),
    postgresql_where=text("state = 'open'"),
)
Index("ix_incidents_state", incidents.c.state, incidents.c.opened_at)

symptoms = Table(
    "symptoms",
    metadata,
    Column("incident_id", Integer, ForeignKey("incidents.id"), primary_key=True),
    Column("subject_kind", String, primary_key=True),
    Column("subject_name", String, primary_key=True),
    Column("code", String, primary_key=True),
    Column("since", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("reason", String, nullable=False, server_default=""),
    Column("detail", String, nullable=False, server_default=""),
    Column("flapping", Boolean, nullable=False, server_default="0"),
)
Index("ix_symptoms_subject", symptoms.c.subject_kind, symptoms.c.subject_name)

timeline = Table(
    "timeline",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("incident_id", Integer, ForeignKey("incidents.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("what", String, nullable=False),
    Column("person_id", BigInteger),
    Column("detail", JSON, nullable=False, server_default="{}"),
)
Index("ix_timeline_incident_id", timeline.c.incident_id, timeline.c.at)

silences = Table(
    "silences",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("scope", String, nullable=False),
    Column("target", String, nullable=False),
    Column("author", BigInteger, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("until", Instant),
    Column("chat_id", BigInteger),
    Column("incident_id", Integer, ForeignKey("incidents.id")),
    Column("reason", String, nullable=False, server_default=""),
    Column("ended_at", Instant),
    Column("ended_why", String),
    Column("last_matched_at", Instant),
    one_of("scope", Scope),
    sqlite_autoincrement=True,
)
Index("ix_silences_ended_at", silences.c.ended_at)

# ── telling ───────────────────────────────────────────────────────────────────────────────────────────────────────

chats = Table(
    "chats",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("title", String, nullable=False, server_default=""),
    Column("kind", String, nullable=False),
    Column("time_zone", String),
    Column("language", String),
    Column("fallback", BigInteger),
    Column("dead_at", Instant),
    Column("dead_why", String),
    Column("migrated_to", BigInteger),
    Column("quiet_until", Instant),
    Column("created_at", Instant, nullable=False),
)

routes = Table(
    "routes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("chat_id", BigInteger, ForeignKey("chats.id"), nullable=False),
    Column("thread_id", BigInteger),
    Column("kind", String, nullable=False),
    Column("manager", String),
    Column("redirect", String),
    Column("clients", JSON, nullable=False, server_default="[]"),
    Column("priorities", JSON, nullable=False, server_default="[1, 2, 3]"),
    Column("made_by", BigInteger),
    Column("made_at", Instant, nullable=False),
    one_of("kind", RouteKind),
)
Index("ix_routes_chat_id", routes.c.chat_id)

storms = Table(
    "storms",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("thread_id", BigInteger),
    Column("began_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("message_id", BigInteger),
    Column("digest", String, nullable=False, server_default=""),
    Column("edited_at", Instant),
    sqlite_autoincrement=True,
)
Index(
    "ix_storms_one_open_a_chat",
    storms.c.chat_id,
    unique=True,
    sqlite_where=text("ended_at IS NULL"),
    postgresql_where=text("ended_at IS NULL"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("incident_id", Integer, ForeignKey("incidents.id")),
    Column("silence_id", Integer, ForeignKey("silences.id")),
    Column("storm_id", Integer, ForeignKey("storms.id")),
    Column("chat_id", BigInteger, nullable=False),
    Column("thread_id", BigInteger),
    Column("message_id", BigInteger),
    Column("priority", Integer, nullable=False),
    Column("silent", Boolean, nullable=False, server_default="0"),
    Column("state", String, nullable=False),
    Column("owed_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("claimed_at", Instant),
    Column("done_at", Instant),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("repeat", Boolean, nullable=False, server_default="0"),
    Column("fresh", Boolean, nullable=False, server_default="1"),
    Column("why", String, nullable=False, server_default=""),
    Column("error", String, nullable=False, server_default=""),
    Column("facts", JSON, nullable=False, server_default="{}"),
    one_of("state", OutboxState),
    sqlite_autoincrement=True,
)
Index(
    "ix_outbox_due",
    outbox.c.due_at,
    sqlite_where=text("state IN ('owed', 'sending', 'unknown')"),
    postgresql_where=text("state IN ('owed', 'sending', 'unknown')"),
)
Index("ix_outbox_incident_id", outbox.c.incident_id, outbox.c.chat_id)
Index(
    "ix_outbox_chat_id",
    outbox.c.chat_id,
    sqlite_where=text("state IN ('owed', 'sending', 'unknown')"),
    postgresql_where=text("state IN ('owed', 'sending', 'unknown')"),
)
Index("ix_outbox_storm_id", outbox.c.storm_id)

messages = Table(
    "messages",
    metadata,
    Column("chat_id", BigInteger, primary_key=True),
    Column("message_id", BigInteger, primary_key=True),
    Column("thread_id", BigInteger),
    Column("incident_id", Integer, ForeignKey("incidents.id")),
    Column("kind", String, nullable=False),
    Column("sent_at", Instant, nullable=False),
    Column("new", Boolean, nullable=False, server_default="1"),
    Column("digest", String, nullable=False, server_default=""),
    Column("gone_at", Instant),
)
Index("ix_messages_incident_id", messages.c.incident_id, messages.c.chat_id)
Index("ix_messages_sent_at", messages.c.chat_id, messages.c.sent_at)

# ── people ────────────────────────────────────────────────────────────────────────────────────────────────────────

people = Table(
    "people",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("name", String, nullable=False),
    Column("username", String),
    Column("role", String, nullable=False),
    Column("manager", String),
    Column("language", String),
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

# ── intake ────────────────────────────────────────────────────────────────────────────────────────────────────────

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
