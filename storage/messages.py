"""Remembers what was really said in which chat, so that it can be edited, answered to and counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.model import NoteKind, OutboxState
from storage.database import upsert
from storage.tables import chats, messages, outbox

CARDS = (NoteKind.FIRING, NoteKind.STILL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message of ours in a chat."""

    chat_id: int
    message_id: int
    thread_id: int | None
    incident_id: int | None
    kind: NoteKind
    sent_at: datetime
    digest: str = ""
    """Fingerprint of what it shows now."""


async def keep(tx: AsyncConnection, said: Said, *, new: bool = True) -> None:
    """Remember a message that was delivered; ``new`` = it counts against the chat's volume."""
    row = {
        "chat_id": said.chat_id,
        "message_id": said.message_id,
        "thread_id": said.thread_id,
        "incident_id": said.incident_id,
        "kind": said.kind,
        "sent_at": said.sent_at,
        "new": new,
        "digest": said.digest,
        "gone_at": None,
    }
    await upsert(tx, messages, [row])


async def cards(connection: AsyncConnection, chat_id: int, incident_id: int) -> list[Said]:
    """Load the cards of an incident that a chat still has, newest first."""
    query = (
        select(messages)
        .where(
            messages.c.chat_id == chat_id,
            messages.c.incident_id == incident_id,
            messages.c.kind.in_(CARDS),
            messages.c.gone_at.is_(None),
        )
        .order_by(messages.c.sent_at.desc(), messages.c.message_id.desc())
    )
    return [_said(row) for row in (await connection.execute(query)).mappings()]


async def load(connection: AsyncConnection, chat_id: int, message_id: int) -> Said | None:
    query = select(messages).where(
        messages.c.chat_id == chat_id, messages.c.message_id == message_id, messages.c.gone_at.is_(None)
    )
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else _said(row)


async def shows(tx: AsyncConnection, chat_id: int, message_id: int, digest: str) -> None:
    """Remember what a message shows after an edit."""
    one = (messages.c.chat_id == chat_id) & (messages.c.message_id == message_id)
    await tx.execute(update(messages).where(one).values(digest=digest))


async def gone(tx: AsyncConnection, chat_id: int, message_id: int, at: datetime) -> None:
    """Remember that a message was deleted or can no longer be edited."""
    one = (messages.c.chat_id == chat_id) & (messages.c.message_id == message_id)
    await tx.execute(update(messages).where(one).values(gone_at=at))


async def recent(connection: AsyncConnection, chat_id: int, since: datetime) -> int:
    """Count a chat's new messages since a moment, those that may have arrived included, storm cards left out."""
    said = select(func.count()).where(
        messages.c.chat_id == chat_id,
        messages.c.sent_at > since,
        messages.c.new.is_(True),
        messages.c.kind != NoteKind.STORM,
    )
    maybe = select(func.count()).where(
        outbox.c.chat_id == chat_id,
        outbox.c.state.in_((OutboxState.SENDING, OutboxState.UNKNOWN)),
        outbox.c.fresh.is_(True),
        outbox.c.claimed_at > since,
        outbox.c.kind != NoteKind.STORM,
    )
    counts = [(await connection.execute(query)).scalar_one() for query in (said, maybe)]
    return sum(counts)


async def last_storm_card(connection: AsyncConnection, chat_id: int) -> datetime | None:
    """Return when a chat was last sent a storm card as a new message."""
    query = select(func.max(messages.c.sent_at)).where(
        messages.c.chat_id == chat_id, messages.c.kind == NoteKind.STORM, messages.c.new.is_(True)
    )
    found: datetime | None = (await connection.execute(query)).scalar_one_or_none()
    return found


async def recent_by_chat(connection: AsyncConnection, since: datetime) -> dict[int, int]:
    """Count the new messages that each chat we know got since a moment, storm cards left out."""
    query = (
        select(messages.c.chat_id, func.count())
        .where(
            messages.c.chat_id.in_(select(chats.c.id)),
            messages.c.sent_at > since,
            messages.c.new.is_(True),
            messages.c.kind != NoteKind.STORM,
        )
        .group_by(messages.c.chat_id)
    )
    return {int(chat): int(count) for chat, count in await connection.execute(query)}


async def latest(connection: AsyncConnection, since: datetime) -> Sequence[tuple[int, datetime]]:
    """Return (chat, when) of every message since a moment, oldest first: what the limits of Telegram still count."""
    query = (
        select(messages.c.chat_id, messages.c.sent_at).where(messages.c.sent_at > since).order_by(messages.c.sent_at)
    )
    return [(chat, at) for chat, at in await connection.execute(query)]


def _said(row: RowMapping) -> Said:
    return Said(
        chat_id=row["chat_id"],
        message_id=row["message_id"],
        thread_id=row["thread_id"],
        incident_id=row["incident_id"],
        kind=NoteKind(row["kind"]),
        sent_at=row["sent_at"],
        digest=row["digest"],
    )
