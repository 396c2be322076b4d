"""Tables of duty: shifts made in the chat, who stands in for whom, what waits for a second press."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, Index, Integer, String, Table
from sqlalchemy.types import JSON

from checks.model import Turn
from storage.tables.columns import Instant, metadata, one_of

shifts = Table(
    "shifts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False, server_default=""),
    Column("days", JSON, nullable=False, server_default="[]"),
    Column("begin", String, nullable=False),
    Column("end", String, nullable=False),
    Column("people", JSON, nullable=False, server_default="[]"),
    Column("turn", String, nullable=False),
    Column("since", Date, nullable=False),
    Column("made_by", BigInteger),
    Column("made_at", Instant, nullable=False),
    one_of("turn", Turn),
    sqlite_autoincrement=True,
)

leaves = Table(
    "leaves",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", BigInteger, nullable=False),
    Column("instead_id", BigInteger),
    Column("first", Date, nullable=False),
    Column("last", Date, nullable=False),
    Column("made_by", BigInteger),
    Column("made_at", Instant, nullable=False),
    sqlite_autoincrement=True,
)
Index("ix_leaves_last", leaves.c.last)

confirmations = Table(
    "confirmations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("what", String, nullable=False),
    Column("author", BigInteger, nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("done_by", BigInteger),
    Column("done_at", Instant),
    sqlite_autoincrement=True,
)
Index("ix_confirmations_until", confirmations.c.until)
