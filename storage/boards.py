"""Remembers boards: which chat or topic has one, which message it is, what that shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.model import IncidentState, NoteKind, OutboxState, WindowState
from storage.tables import boards, chats, incidents, outbox, silences, windows

NO_TOPIC = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """One living message."""

    id: int
    chat_id: int
    thread_id: int | None
    message_id: int | None = None
    """None = it has to be posted: a new one, or one that was deleted."""
    shows: str = ""
    shown_at: datetime | None = None
    pinned: bool = False
    pin_refused: bool = False
    """The bot may not pin there: people have to."""


async def make(
    tx: AsyncConnection, chat_id: int, thread_id: int | None, *, by: int, at: datetime
) -> tuple[Board, bool]:
    """Bind a board to a chat or topic; returns it and whether it is new."""
    known = await at_place(tx, chat_id, thread_id)
    if known is not None:
        return known, False
    values = {"chat_id": chat_id, "thread_id": thread_id or NO_TOPIC, "made_by": by, "made_at": at}
    result = await tx.execute(insert(boards).values(values).returning(*boards.c))
    return _board(result.mappings().one()), True


async def at_place(connection: AsyncConnection, chat_id: int, thread_id: int | None) -> Board | None:
    place = (boards.c.chat_id == chat_id) & (boards.c.thread_id == (thread_id or NO_TOPIC))
    row = (await connection.execute(select(boards).where(place))).mappings().one_or_none()
    return None if row is None else _board(row)


async def load(connection: AsyncConnection, board_id: int) -> Board | None:
    row = (await connection.execute(select(boards).where(boards.c.id == board_id))).mappings().one_or_none()
    return None if row is None else _board(row)


async def living(connection: AsyncConnection) -> list[Board]:
    """Load the boards of chats that can be written to."""
    dead = select(chats.c.id).where(chats.c.dead_at.is_not(None) | chats.c.migrated_to.is_not(None))
    query = select(boards).where(boards.c.chat_id.not_in(dead)).order_by(boards.c.id)
    return [_board(row) for row in (await connection.execute(query)).mappings()]


async def remove(tx: AsyncConnection, board_id: int, *, at: datetime) -> None:
    """Take a board away; an edit of it that is owed is not made."""
    waiting = (outbox.c.board_id == board_id) & (outbox.c.state == OutboxState.OWED)
    await tx.execute(update(outbox).where(waiting).values(state=OutboxState.BURIED, why="board_removed", done_at=at))
    await tx.execute(delete(boards).where(boards.c.id == board_id))


async def said(
    tx: AsyncConnection, board_id: int, *, message_id: int | None, digest: str, at: datetime | None, fresh: bool = False
) -> None:
    """Remember the board's message and what it shows; None = it was deleted. A fresh one has to be pinned."""
    values = {"message_id": message_id, "shows": digest, "shown_at": at}
    if fresh or message_id is None:
        values |= {"pinned": False, "pin_refused": False}
    await tx.execute(update(boards).where(boards.c.id == board_id).values(values))


async def pinned(tx: AsyncConnection, board_id: int, *, refused: bool) -> None:
    await tx.execute(update(boards).where(boards.c.id == board_id).values(pinned=not refused, pin_refused=refused))


async def stamp(connection: AsyncConnection) -> tuple[object, ...]:
    """Return a value that changes whenever what boards show may have changed, but for the passing of time."""
    open_ones = incidents.c.state == IncidentState.OPEN
    counted = (func.count(), func.coalesce(func.sum(incidents.c.revision), 0), func.max(incidents.c.id))
    first = (await connection.execute(select(*counted).where(open_ones))).one()
    muted = select(func.count(), func.max(silences.c.id)).where(silences.c.ended_at.is_(None))
    second = (await connection.execute(muted)).one()
    live = select(func.count(), func.max(windows.c.id), func.sum(windows.c.run_id), func.max(windows.c.ends_at))
    third = (await connection.execute(live.where(windows.c.state != WindowState.OVER))).one()
    return (*first, *second, *third)


async def owe(tx: AsyncConnection, board: Board, *, due_at: datetime, now: datetime) -> None:
    """Owe a board its present state: one row of the outbox a board, used again and again."""
    mine = (outbox.c.board_id == board.id) & (outbox.c.kind == NoteKind.BOARD)
    row = (await tx.execute(select(outbox.c.id, outbox.c.state).where(mine))).one_or_none()
    values = {"state": OutboxState.OWED, "due_at": due_at, "owed_at": now, "attempts": 0, "repeat": False, "error": ""}
    place = {"chat_id": board.chat_id, "thread_id": board.thread_id, "message_id": None}
    if row is None:
        fixed = {"kind": NoteKind.BOARD, "board_id": board.id, "priority": 5, "silent": True, "why": "board"}
        await tx.execute(insert(outbox).values({**fixed, **values, **place, "facts": {}}))
    elif row.state in {OutboxState.DELIVERED, OutboxState.BURIED}:
        await tx.execute(update(outbox).where(outbox.c.id == row.id).values({**values, **place, "why": "board"}))


async def migrate(tx: AsyncConnection, old: int, new: int) -> None:
    """Follow a chat to its new id: the message of before cannot be edited there."""
    taken = select(boards.c.thread_id).where(boards.c.chat_id == new)
    await tx.execute(delete(boards).where(boards.c.chat_id == old, boards.c.thread_id.in_(taken)))
    fresh = {"chat_id": new, "message_id": None, "shows": "", "pinned": False, "pin_refused": False}
    await tx.execute(update(boards).where(boards.c.chat_id == old).values(fresh))


async def unthread(tx: AsyncConnection, chat_id: int, thread_id: int) -> None:
    """Lead the board of a lost topic to the chat itself, unless it has one."""
    lost = (boards.c.chat_id == chat_id) & (boards.c.thread_id == thread_id)
    if await at_place(tx, chat_id, None) is not None:
        await tx.execute(delete(boards).where(lost))
    else:
        fresh = {"thread_id": NO_TOPIC, "message_id": None, "shows": "", "pinned": False, "pin_refused": False}
        await tx.execute(update(boards).where(lost).values(fresh))


def _board(row: RowMapping) -> Board:
    return Board(
        id=row["id"],
        chat_id=row["chat_id"],
        thread_id=row["thread_id"] or None,
        message_id=row["message_id"],
        shows=row["shows"],
        shown_at=row["shown_at"],
        pinned=bool(row["pinned"]),
        pin_refused=bool(row["pin_refused"]),
    )
