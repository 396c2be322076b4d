"""Words whatever a chat is owed, from things as they are when it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Any

from checks.model import Message, NoteKind
from checks.notifications import Policy
from checks.rules import Rules
from handlers import cards
from handlers.board import read_board, word_board
from handlers.cards import zone_in
from handlers.digest import read_digest, word_digest
from handlers.digest_parts import PARTS
from handlers.reading import View
from storage import boards
from storage import estate as registry
from storage.database import Connection, Database
from storage.outbox import Owed
from templates import MOSCOW


async def render(
    database: Database, owed: Owed, now: datetime, *, rules: Rules | None = None, zone: tzinfo = MOSCOW
) -> Message | None:
    """Word a note as things are at ``now``; None = there is nothing to tell any more."""
    if owed.kind not in {NoteKind.DIGEST, NoteKind.BOARD}:
        return await cards.render(database, owed, now, rules=rules, zone=zone)
    async with database.read() as connection:
        view = await view_of(connection, owed.chat_id, now, rules=rules, zone=zone)
        return await (_digest if owed.kind is NoteKind.DIGEST else _board)(connection, owed, view)


async def view_of(
    connection: Connection, chat_id: int, now: datetime, *, rules: Rules | None, zone: tzinfo = MOSCOW
) -> View:
    """Return who looks: a chat, at a moment, by its own clock."""
    estate = rules.estate if rules else await registry.load(connection)
    there = await zone_in(connection, chat_id, zone)
    return View(
        estate=estate,
        now=now,
        zone=there,
        chat_id=chat_id,
        policy=rules.policy if rules else Policy(),
        required_version=rules.required_version if rules else None,
    )


async def _board(connection: Connection, owed: Owed, view: View) -> Message | None:
    kept = await boards.load(connection, owed.board_id or 0)
    if kept is None:
        return None
    board = await read_board(connection, view)
    return word_board(replace(board, pin_refused=kept.pin_refused, repeat=owed.repeat), view)


async def _digest(connection: Connection, owed: Owed, view: View) -> Message:
    facts: Mapping[str, Any] = owed.facts
    digest = await read_digest(
        connection,
        view,
        since=datetime.fromisoformat(facts["since"]),
        until=datetime.fromisoformat(facts["until"]),
        waited=facts["waited"],
        parts=PARTS,
        repeat=owed.repeat,
    )
    return word_digest(digest, view)
