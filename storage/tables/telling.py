"""Tables of telling: chats, routes, storms, what was decided, what is owed, what was said."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, text
from sqlalchemy.types import JSON

from checks.model import OutboxState, RouteKind
from storage.tables.columns import Instant, Span, metadata, one_of

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
    Column("quiet", JSON(none_as_null=True)),
    Column("mute_limit", Span),
    Column("signals", String),
    Column("lost_at", Instant),
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
    Column("lost_thread", BigInteger),
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
    Column("runs", JSON, nullable=False, server_default="[]"),
    Column("away_since", Instant),
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
    Column("board_id", Integer),
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
Index(
    "ix_outbox_quiet",
    outbox.c.due_at,
    outbox.c.chat_id,
    sqlite_where=text("state = 'quiet'"),
    postgresql_where=text("state = 'quiet'"),
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("incident_id", Integer, ForeignKey("incidents.id"), nullable=False),
    Column("chat_id", BigInteger),
    Column("reason", String, nullable=False),
    Column("kind", String),
    Column("priority", Integer, nullable=False),
    Column("silent", Boolean, nullable=False),
    Column("due_at", Instant),
    Column("silence_id", Integer, ForeignKey("silences.id")),
)
Index("ix_decisions_incident_id", decisions.c.incident_id, decisions.c.chat_id)
Index("ix_decisions_at", decisions.c.at)

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
