"""Mends what was lost: a chat that cannot be written to, a topic that was deleted; and says so to somebody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from checks.model import NoteKind, OutboxState, Priority, Untold
from storage import chats, outbox, routes
from storage.database import Connection
from storage.outbox import HELD, Owed


async def notice(
    tx: Connection, chat_id: int, what: str, *, now: datetime, facts: Mapping[str, Any] | None = None
) -> None:
    """Owe a chat a plain notice about ourselves; templates word it by ``what``."""
    await outbox.owe(
        tx,
        NoteKind.NOTICE,
        chat_id,
        now=now,
        why=what,
        priority=Priority.K2,
        silent=False,
        facts={"what": what, **(facts or {})},
    )


async def notify_admins(tx: Connection, what: str, *, now: datetime, facts: Mapping[str, Any] | None = None) -> None:
    """Owe every admin a notice in private."""
    for admin in await chats.admins(tx):
        await notice(tx, admin, what, now=now, facts=facts)


async def lose_chat(tx: Connection, chat_id: int, why: str, *, now: datetime) -> bool:
    """Bury a chat that cannot be written to: its heirs hear what was still to be told, the admins hear of the loss.

    False: that was known.
    """
    fresh = await chats.bury(tx, chat_id, why=why, at=now)
    heirs = await chats.heirs(tx, chat_id)
    for note in await outbox.waiting(tx, chat_id):
        await outbox.bury(tx, note.id, why=Untold.CHAT_LOST, at=now, error=why)
        if note.is_card and note.incident_id is not None:
            known = (await outbox.told(tx, [note.incident_id])).get(note.incident_id, {})
            for heir in heirs:
                if heir not in known or known[heir].states <= {OutboxState.BURIED}:
                    await _inherit(tx, note, heir, now=now)
    if fresh:
        lost = await chats.load(tx, chat_id)
        title = lost.title if lost else ""
        facts = {"chat": chat_id, "title": title, "why": why, "heirs": heirs}
        await notify_admins(tx, "chat_lost", now=now, facts=facts)
    return fresh


async def _inherit(tx: Connection, note: Owed, heir: int, *, now: datetime) -> None:
    await outbox.owe(
        tx,
        note.kind,
        heir,
        now=now,
        due_at=max(note.due_at, now) if note.why == HELD else now,
        why=note.why,
        incident_id=note.incident_id,
        priority=note.priority,
        silent=note.silent,
        facts={**note.facts, "instead_of": note.chat_id},
    )


async def lose_topic(tx: Connection, chat_id: int, thread_id: int, *, now: datetime) -> None:
    """Lead everything of a lost topic to the chat itself, and say so there once."""
    await routes.forget_thread(tx, chat_id, thread_id)
    await outbox.unthread(tx, chat_id, thread_id)
    await notice(tx, chat_id, "topic_lost", now=now, facts={"thread": thread_id})
