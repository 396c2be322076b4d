"""Finds where a note goes: which message to edit, which to answer, or a new one."""

from __future__ import annotations

from bot.wording import Target
from checks.model import NoteKind, OutboxState
from storage import boards, messages, outbox, storms
from storage.database import Connection
from storage.messages import Said
from storage.outbox import Owed


async def target_of(connection: Connection, note: Owed) -> Target | None:
    """Return where the note goes; None = there is nothing left to edit and nothing to add."""
    match note.kind:
        case NoteKind.UPDATE:
            return await _update(connection, note)
        case NoteKind.BOARD:
            return await _board(connection, note)
        case NoteKind.STORM:
            storm = await storms.load(connection, note.storm_id or 0)
            if storm is None:
                return None
            new = Target(chat_id=note.chat_id, thread_id=note.thread_id, silent=note.silent)
            if storm.message_id is None:
                return new if storm.ended_at is None or storm.runs else None
            return Target(chat_id=note.chat_id, edit=storm.message_id, shows=storm.digest)
        case _:
            return Target(
                chat_id=note.chat_id,
                thread_id=note.thread_id,
                silent=note.silent,
                reply_to=await _answered(connection, note),
            )


async def _board(connection: Connection, note: Owed) -> Target | None:
    board = await boards.load(connection, note.board_id or 0)
    if board is None:
        return None
    if board.message_id is None:
        return Target(chat_id=note.chat_id, thread_id=note.thread_id, silent=True)
    return Target(chat_id=note.chat_id, edit=board.message_id, shows=board.shows, thread_id=board.thread_id)


async def _update(connection: Connection, note: Owed) -> Target | None:
    if note.message_id is not None:
        named = await messages.load(connection, note.chat_id, note.message_id)
        return None if named is None else _edit(named)
    if note.incident_id is None:
        return None
    cards = await messages.cards(connection, note.chat_id, note.incident_id)
    if cards:
        return _edit(cards[0])
    if await _lost_card(connection, note):
        return Target(chat_id=note.chat_id, thread_id=note.thread_id, silent=True)
    return None


def _edit(card: Said) -> Target:
    return Target(chat_id=card.chat_id, edit=card.message_id, shows=card.digest, thread_id=card.thread_id)


async def _lost_card(connection: Connection, note: Owed) -> bool:
    """Say whether a card was told and is gone, and no short reply tells the end in its place."""
    known = [one for one in await outbox.of_incident(connection, note.incident_id or 0) if one.chat_id == note.chat_id]
    told = any(one.is_card and one.state is OutboxState.DELIVERED for one in known)
    return told and not any(one.kind is NoteKind.RESOLVED for one in known)


async def _answered(connection: Connection, note: Owed) -> int | None:
    """Return the message that a new one answers: the incident's card, or the storm card that told of it."""
    if note.incident_id is None:
        return None
    cards = await messages.cards(connection, note.chat_id, note.incident_id)
    if cards:
        return cards[0].message_id
    storm = await storms.of_incident(connection, note.incident_id, note.chat_id)
    return storm.message_id if storm is not None else None
