"""Tables of incidents: causes, symptoms, timeline, silences."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, text
from sqlalchemy.types import JSON

from checks.model import IncidentState, Scope
from storage.tables.columns import Instant, metadata, one_of

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
    Column("unlisted", Boolean, nullable=False, server_default="0"),
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
