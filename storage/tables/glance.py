"""Tables of what is seen at a glance: morning digests and boards."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, UniqueConstraint

from storage.tables.columns import Instant, metadata

digests = Table(
    "digests",
    metadata,
    Column("chat_id", BigInteger, primary_key=True),
    Column("thread_id", BigInteger),
    Column("chosen", String),
    Column("rhythm", String, nullable=False, server_default=""),
    Column("due_at", Instant),
    Column("told_until", Instant, nullable=False),
)
"""``chosen``: the cron expression chosen in the chat, empty = none wanted, NULL = the operator's. ``rhythm``: the
expression and the time zone that ``due_at`` was reckoned by."""
Index("ix_digests_due_at", digests.c.due_at)

boards = Table(
    "boards",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("thread_id", BigInteger, nullable=False, server_default="0"),
    Column("made_by", BigInteger),
    Column("made_at", Instant, nullable=False),
    Column("message_id", BigInteger),
    Column("shows", String, nullable=False, server_default=""),
    Column("shown_at", Instant),
    Column("pinned", Boolean, nullable=False, server_default="0"),
    Column("pin_refused", Boolean, nullable=False, server_default="0"),
    UniqueConstraint("chat_id", "thread_id"),
    sqlite_autoincrement=True,
)
