"""Folds what is too much for a chat into its one storm card, and concludes the card when the storm is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from checks.model import NoteKind, OutboxState, Priority
from checks.volume import Volume, folds, rings_again, storm_over
from storage import messages, outbox, storms
from storage.database import Connection
from storage.outbox import Owed
from storage.storms import Storm

EDIT_EVERY = timedelta(seconds=5)
FOLLOWERS = frozenset({NoteKind.UPDATE, NoteKind.RESOLVED})


def choose(
    notes: Sequence[Owed], *, sent: int, storm_open: bool, volume: Volume, now: datetime
) -> tuple[Owed | None, list[Owed]]:
    """Return what a chat is to be told next, and what must fold into its storm card first.

    ``notes`` is all that waits for the chat, most urgent first; ``sent`` counts its recent new messages. News of an
    incident waits for its card, an edit of the storm card for the storm card.
    """
    carded = {note.incident_id for note in notes if note.is_card}
    doubted = any(note.kind is NoteKind.STORM and note.state is OutboxState.UNKNOWN for note in notes)
    first: Owed | None = None
    folded: list[Owed] = []
    for note in notes:
        waits = note.kind in FOLLOWERS and note.incident_id in carded
        waits = waits or (note.kind is NoteKind.STORM and note.state is OutboxState.OWED and doubted)
        if note.due_at > now or waits:
            continue
        if note.is_message and note.state is OutboxState.OWED:
            if folds(silent=note.silent, sent=sent, storm_open=storm_open or bool(folded), volume=volume):
                folded.append(note)
                continue
            sent += 1
        first = first or note
    return first, folded


async def fold(tx: Connection, notes: Sequence[Owed], *, now: datetime) -> None:
    """Tell notes of one chat inside its storm card; begins a storm where none lasts."""
    if not notes:
        return
    first = notes[0]
    storm = await storms.open_in(tx, first.chat_id)
    if storm is None:
        storm = await storms.begin(tx, first.chat_id, first.thread_id, now)
    await outbox.fold(tx, notes, storm.id, at=now)
    await storms.grow(tx, storm.id, now)
    silent = all(note.silent for note in notes)
    await owe_card(tx, storm, now=now, silent=silent, priority=min(note.priority for note in notes))


async def owe_card(
    tx: Connection, storm: Storm, *, now: datetime, silent: bool = True, priority: Priority = Priority.K3
) -> None:
    """Owe the storm's card its present account, not more often than every few seconds."""
    due = now if storm.edited_at is None else max(now, storm.edited_at + EDIT_EVERY)
    await outbox.owe_once(
        tx,
        NoteKind.STORM,
        storm.chat_id,
        now=now,
        due_at=due,
        storm_id=storm.id,
        thread_id=storm.thread_id,
        silent=silent or storm.message_id is not None,
        priority=priority,
    )


async def ring_storms(tx: Connection, *, now: datetime, volume: Volume) -> int:
    """Tell the cards of lasting storms anew where K1 has folded in unheard. Returns how many."""
    rung = 0
    for storm in await storms.open_ones(tx):
        card_at = await messages.last_storm_card(tx, storm.chat_id) if storm.message_id is not None else None
        if card_at is None:
            continue
        unheard = await storms.unheard(tx, storm.id, since=card_at, priority=Priority.K1)
        if rings_again(unheard=unheard, card_at=card_at, now=now, volume=volume):
            await storms.said(tx, storm.id, message_id=None, digest="", at=now)
            await storms.grow(tx, storm.id, now)
            anew = replace(storm, message_id=None, edited_at=None)
            await owe_card(tx, anew, now=now, silent=False, priority=Priority.K1)
            rung += 1
    return rung


async def end_storms(tx: Connection, *, now: datetime, volume: Volume) -> int:
    """Conclude the storms that are over: their cards become an account. Returns how many."""
    over = [storm for storm in await storms.open_ones(tx) if storm_over(storm.last_at, now, volume)]
    for storm in over:
        if await storms.conclude(tx, storm.id, now):
            await owe_card(tx, storm, now=now)
    return len(over)
