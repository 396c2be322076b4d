"""Remembers what is owed to which chat and what became of it: facts, never prose."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, and_, case, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.model import IncidentState, NoteKind, OutboxState, Priority, Untold
from checks.notifications import Told
from checks.volume import Precedence, precedence
from storage.messages import CARDS
from storage.tables import chats, incidents, outbox, storms

WAITING = (OutboxState.OWED, OutboxState.UNKNOWN)
BATCH = 2000
CHUNK = 500
HELD = "held"
DIGEST = "digest"
"""Why a card is folded that no storm took: the morning digest told of it."""
REMINDER = "reminder"
"""Why a card is owed at a moment that a person chose: until then it tells nobody anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One note that a chat is owed: one call to Telegram when its time comes."""

    id: int
    kind: NoteKind
    chat_id: int
    thread_id: int | None = None
    incident_id: int | None = None
    storm_id: int | None = None
    board_id: int | None = None
    silence_id: int | None = None
    message_id: int | None = None
    """The message to edit, where it is not simply the newest card; after delivery, the message it became."""
    priority: Priority = Priority.K3
    silent: bool = False
    state: OutboxState = OutboxState.OWED
    owed_at: datetime
    due_at: datetime
    done_at: datetime | None = None
    attempts: int = 0
    repeat: bool = False
    """An answer was lost: the text carries the mark «возможен повтор»."""
    why: str = ""
    error: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_card(self) -> bool:
        return self.kind in CARDS and self.why != REMINDER

    @property
    def is_message(self) -> bool:
        """Whether it is a message of its own that may fold: no change of one that is there, and told once a day."""
        return self.kind not in {NoteKind.UPDATE, NoteKind.STORM, NoteKind.DIGEST, NoteKind.BOARD}

    @property
    def precedence(self) -> Precedence:
        return precedence(self.kind, silent=self.silent)


async def owe(
    tx: AsyncConnection,
    kind: NoteKind,
    chat_id: int,
    *,
    now: datetime,
    due_at: datetime | None = None,
    state: OutboxState = OutboxState.OWED,
    why: str = "",
    priority: Priority = Priority.K3,
    silent: bool = True,
    thread_id: int | None = None,
    incident_id: int | None = None,
    storm_id: int | None = None,
    silence_id: int | None = None,
    message_id: int | None = None,
    facts: Mapping[str, Any] | None = None,
) -> int:
    """Owe a note, whatever else is owed; returns its number."""
    values = {
        "kind": kind,
        "chat_id": chat_id,
        "thread_id": thread_id,
        "incident_id": incident_id,
        "storm_id": storm_id,
        "silence_id": silence_id,
        "message_id": message_id,
        "priority": priority,
        "silent": silent,
        "state": state,
        "owed_at": now,
        "due_at": due_at or now,
        "done_at": now if state in {OutboxState.MUTED, OutboxState.FOLDED} else None,
        "why": why,
        "facts": dict(facts or {}),
    }
    return int((await tx.execute(insert(outbox).values(values).returning(outbox.c.id))).scalar_one())


async def owe_once(tx: AsyncConnection, kind: NoteKind, chat_id: int, *, now: datetime, **rest: Any) -> int:
    """Owe an edit unless the same edit is owed already: the pending one will show whatever is true when it goes."""
    same = and_(
        outbox.c.kind == kind,
        outbox.c.chat_id == chat_id,
        outbox.c.state == OutboxState.OWED,
        *(outbox.c[name].is_not_distinct_from(rest.get(name)) for name in ("incident_id", "storm_id", "message_id")),
    )
    known = (await tx.execute(select(outbox.c.id).where(same).limit(1))).scalar_one_or_none()
    if known is None:
        return await owe(tx, kind, chat_id, now=now, **rest)
    if not rest.get("silent", True):
        await tx.execute(update(outbox).where(outbox.c.id == known).values(silent=False))
    return int(known)


# ── what each chat knows ──────────────────────────────────────────────────────────────────────────────────────────


async def told(connection: AsyncConnection, incident_ids: Collection[int]) -> dict[int, dict[int, Told]]:
    """Load what every chat has been told of these incidents: by incident, then by chat."""
    found: dict[int, dict[int, list[RowMapping]]] = {}
    ids = sorted(incident_ids)
    for start in range(0, len(ids), CHUNK):
        query = (
            select(outbox, storms.c.ended_at.label("storm_ended_at"))
            .outerjoin(storms, outbox.c.storm_id == storms.c.id)
            .where(outbox.c.incident_id.in_(ids[start : start + CHUNK]), outbox.c.kind.in_(CARDS), _no_reminder())
            .order_by(outbox.c.id)
        )
        for row in (await connection.execute(query)).mappings():
            found.setdefault(row["incident_id"], {}).setdefault(row["chat_id"], []).append(row)
    return {incident: {chat: _told(rows) for chat, rows in by_chat.items()} for incident, by_chat in found.items()}


def _told(rows: Sequence[RowMapping]) -> Told:
    pending = [row for row in rows if row["state"] == OutboxState.OWED]
    return Told(
        chat_id=rows[0]["chat_id"],
        thread_id=rows[-1]["thread_id"],
        states=frozenset(OutboxState(row["state"]) for row in rows),
        held=any(row["why"] == HELD and not row["attempts"] for row in pending),
        storm_open=any(
            row["state"] == OutboxState.FOLDED and row["storm_id"] and row["storm_ended_at"] is None for row in rows
        ),
        waits_until=max((row["due_at"] for row in rows if row["state"] == OutboxState.QUIET), default=None),
    )


async def of_incident(connection: AsyncConnection, incident_id: int) -> list[Owed]:
    """Load everything that was ever owed about an incident, oldest first."""
    return await of_incidents(connection, [incident_id])


async def of_incidents(connection: AsyncConnection, incident_ids: Collection[int]) -> list[Owed]:
    """Load everything that was ever owed about these incidents, oldest first (for ``/why``)."""
    found: list[Owed] = []
    ids = sorted(incident_ids)
    for start in range(0, len(ids), CHUNK):
        query = select(outbox).where(outbox.c.incident_id.in_(ids[start : start + CHUNK]))
        found += [_owed(row) for row in (await connection.execute(query)).mappings()]
    return sorted(found, key=lambda note: note.id)


async def load(connection: AsyncConnection, note_id: int) -> Owed | None:
    row = (await connection.execute(select(outbox).where(outbox.c.id == note_id))).mappings().one_or_none()
    return None if row is None else _owed(row)


async def untold(connection: AsyncConnection, priorities: Collection[Priority]) -> list[int]:
    """Return the open incidents of these priorities of which no chat was ever owed a card."""
    card = select(outbox.c.id).where(outbox.c.incident_id == incidents.c.id, outbox.c.kind.in_(CARDS))
    query = (
        select(incidents.c.id)
        .where(incidents.c.state == IncidentState.OPEN, incidents.c.priority.in_(sorted(priorities)), ~card.exists())
        .order_by(incidents.c.id)
    )
    return list((await connection.execute(query)).scalars())


async def owed_before(connection: AsyncConnection, kind: NoteKind, chat_id: int, why: str) -> bool:
    """Say whether a chat was ever owed a note of this kind for this reason: what is told once is not told twice."""
    same = (outbox.c.kind == kind, outbox.c.chat_id == chat_id, outbox.c.why == why)
    return (await connection.execute(select(outbox.c.id).where(*same).limit(1))).first() is not None


async def backlog(connection: AsyncConnection) -> tuple[int, datetime | None]:
    """Return how many notes wait to be told (or are in hand) and since when the oldest is due."""
    query = select(func.count(), func.min(outbox.c.due_at)).where(outbox.c.state.in_((*WAITING, OutboxState.SENDING)))
    count, oldest = (await connection.execute(query)).one()
    return int(count), oldest


# ── changing what waits ───────────────────────────────────────────────────────────────────────────────────────────


async def reschedule(
    tx: AsyncConnection, chat_id: int, incident_id: int, *, due_at: datetime, why: str, priority: Priority, silent: bool
) -> None:
    """Move the card that waits for the end of a hold."""
    await tx.execute(
        update(outbox)
        .where(_waiting_card(chat_id, incident_id), outbox.c.attempts == 0, _no_reminder())
        .values(due_at=due_at, why=why, priority=priority, silent=silent)
    )


async def sharpen(tx: AsyncConnection, chat_id: int, incident_id: int, *, priority: Priority, silent: bool) -> None:
    """Give the waiting card the incident's present priority."""
    await tx.execute(
        update(outbox)
        .where(_waiting_card(chat_id, incident_id), _no_reminder())
        .values(priority=priority, silent=silent)
    )


async def drop_cards(
    tx: AsyncConnection,
    chat_id: int,
    incident_id: int,
    *,
    state: OutboxState,
    why: str,
    at: datetime,
    silence_id: int | None = None,
) -> None:
    """Take back cards that were never tried: muted meanwhile, or over before anybody was told."""
    await tx.execute(
        update(outbox)
        .where(_waiting_card(chat_id, incident_id))
        .values(state=state, why=why, done_at=at, silence_id=silence_id)
    )


def _waiting_card(chat_id: int, incident_id: int) -> Any:
    return and_(
        outbox.c.chat_id == chat_id,
        outbox.c.incident_id == incident_id,
        outbox.c.kind.in_(CARDS),
        outbox.c.state == OutboxState.OWED,
    )


def _no_reminder() -> Any:
    return or_(outbox.c.why != REMINDER, outbox.c.state != OutboxState.OWED)


async def reminder(connection: AsyncConnection, chat_id: int, incident_id: int) -> Owed | None:
    """Load the reminder of an incident that a chat waits for."""
    query = select(outbox).where(_reminder_of(chat_id, incident_id)).order_by(outbox.c.due_at).limit(1)
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else _owed(row)


async def drop_reminder(tx: AsyncConnection, chat_id: int, incident_id: int, *, why: str, at: datetime) -> bool:
    """Take a chat's reminder back; False when it waits for none."""
    dropped = {"state": OutboxState.BURIED, "why": why, "done_at": at}
    return bool((await tx.execute(update(outbox).where(_reminder_of(chat_id, incident_id)).values(dropped))).rowcount)


def _reminder_of(chat_id: int, incident_id: int) -> Any:
    return and_(
        outbox.c.chat_id == chat_id,
        outbox.c.incident_id == incident_id,
        outbox.c.why == REMINDER,
        outbox.c.state == OutboxState.OWED,
    )


async def drop_reminders(tx: AsyncConnection, incident_ids: Collection[int], *, at: datetime) -> None:
    """Take back reminders of incidents that have ended."""
    waiting_for = and_(
        outbox.c.incident_id.in_(list(incident_ids)), outbox.c.why == REMINDER, outbox.c.state == OutboxState.OWED
    )
    await tx.execute(update(outbox).where(waiting_for).values(state=OutboxState.BURIED, why=Untold.ENDED, done_at=at))


# ── what waits for the morning ────────────────────────────────────────────────────────────────────────────────────


async def waits_for_morning(connection: AsyncConnection, chat_id: int) -> list[Owed]:
    """Load the cards that quiet hours keep back from a chat, the gravest first: the morning digest tells of them.

    Their incidents may have ended meanwhile; that is told in the digest as well.
    """
    waits = and_(outbox.c.chat_id == chat_id, outbox.c.state == OutboxState.QUIET)
    query = select(outbox).where(waits).order_by(outbox.c.priority, outbox.c.id)
    return [_owed(row) for row in (await connection.execute(query)).mappings()]


async def told_in_digest(tx: AsyncConnection, note_ids: Collection[int], *, at: datetime) -> None:
    """Remember that a digest told of what waited for the morning: later news of it are told as after a storm card."""
    values = {"state": OutboxState.FOLDED, "why": DIGEST, "done_at": at}
    ids = sorted(note_ids)
    for start in range(0, len(ids), CHUNK):
        part = outbox.c.id.in_(ids[start : start + CHUNK])
        await tx.execute(update(outbox).where(part, outbox.c.state == OutboxState.QUIET).values(values))


async def drop_quiet(tx: AsyncConnection, chat_id: int, incident_id: int, *, why: str, at: datetime) -> None:
    """Take back what waits for the morning: it is told otherwise."""
    waits = and_(outbox.c.chat_id == chat_id, outbox.c.incident_id == incident_id, outbox.c.state == OutboxState.QUIET)
    await tx.execute(update(outbox).where(waits).values(state=OutboxState.BURIED, why=why, done_at=at))


async def sharpen_quiet(tx: AsyncConnection, chat_id: int, incident_id: int, priority: Priority) -> None:
    """Give what waits for the morning its incident's present priority."""
    waits = and_(outbox.c.chat_id == chat_id, outbox.c.incident_id == incident_id, outbox.c.state == OutboxState.QUIET)
    await tx.execute(update(outbox).where(waits).values(priority=priority))


async def overslept(connection: AsyncConnection, now: datetime) -> list[Owed]:
    """Load what waited for a morning digest that did not come in time."""
    late = and_(outbox.c.state == OutboxState.QUIET, outbox.c.due_at <= now)
    query = select(outbox).where(late).order_by(outbox.c.priority, outbox.c.id).limit(BATCH)
    return [_owed(row) for row in (await connection.execute(query)).mappings()]


# ── delivery ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def due_chats(connection: AsyncConnection, now: datetime) -> list[int]:
    """Return the chats that have something to be told now, the most urgent first."""
    query = (
        select(outbox.c.chat_id)
        .outerjoin(chats, chats.c.id == outbox.c.chat_id)
        .where(outbox.c.state.in_(WAITING), outbox.c.due_at <= now, _callable(now))
        .group_by(outbox.c.chat_id)
        .order_by(func.min(outbox.c.priority), func.min(outbox.c.id))
    )
    return list((await connection.execute(query)).scalars())


async def next_due(connection: AsyncConnection, now: datetime) -> datetime | None:
    """Return when the next note that is not due yet becomes due."""
    query = (
        select(outbox.c.due_at, chats.c.quiet_until)
        .outerjoin(chats, chats.c.id == outbox.c.chat_id)
        .where(outbox.c.state.in_(WAITING), or_(outbox.c.due_at > now, chats.c.quiet_until > now))
    )
    moments = [max(filter(None, row)) for row in await connection.execute(query)]
    return min(moments, default=None)


def _callable(now: datetime) -> Any:
    return or_(chats.c.quiet_until.is_(None), chats.c.quiet_until <= now)


async def waiting(connection: AsyncConnection, chat_id: int) -> list[Owed]:
    """Load what a chat is owed, due or not, in the order in which it should go."""
    query = (
        select(outbox)
        .where(outbox.c.chat_id == chat_id, outbox.c.state.in_(WAITING))
        .order_by(outbox.c.priority, outbox.c.id)
        .limit(BATCH)
    )
    rows = [_owed(row) for row in (await connection.execute(query)).mappings()]
    return sorted(rows, key=lambda row: (row.precedence, row.id))


async def waiting_chats(connection: AsyncConnection) -> list[int]:
    """Return the chats that anything waits for, due or not."""
    query = select(outbox.c.chat_id).where(outbox.c.state.in_(WAITING)).distinct()
    return sorted((await connection.execute(query)).scalars())


async def stuck(connection: AsyncConnection, now: datetime, *, since: datetime) -> list[Owed]:
    """Load the news of incidents that should have been told by now, or were tried in vain.

    News that folded since a moment into a storm card is as stuck as the card itself.
    """
    unsaid = outbox.c.state.in_((*WAITING, OutboxState.SENDING))
    cards = select(outbox.c.storm_id).where(unsaid, outbox.c.kind == NoteKind.STORM)
    inside = and_(outbox.c.state == OutboxState.FOLDED, outbox.c.storm_id.in_(cards), outbox.c.done_at >= since)
    alone = and_(unsaid, or_(outbox.c.due_at <= now, outbox.c.attempts > 0))
    found: dict[int, Owed] = {}
    for where in (alone, inside):
        news = outbox.c.kind.in_((*CARDS, NoteKind.RESOLVED))
        query = select(outbox).where(where, news, outbox.c.incident_id.is_not(None))
        found |= {row["id"]: _owed(row) for row in (await connection.execute(query)).mappings()}
    return [found[number] for number in sorted(found)]


async def hurry(tx: AsyncConnection, now: datetime, *, within: timedelta) -> None:
    """Let what was tried in vain and waits for its next try go now."""
    soon = and_(outbox.c.state.in_(WAITING), outbox.c.due_at > now, outbox.c.due_at <= now + within)
    await tx.execute(update(outbox).where(soon, outbox.c.attempts > 0).values(due_at=now))


async def claim(tx: AsyncConnection, note: Owed, *, now: datetime, fresh: bool) -> bool:
    """Mark a note as in hand before the call; ``fresh``: the call makes a new message. False: it is no longer owed."""
    result = await tx.execute(
        update(outbox)
        .where(outbox.c.id == note.id, outbox.c.state == note.state)
        .values(state=OutboxState.SENDING, claimed_at=now, attempts=outbox.c.attempts + 1, fresh=fresh)
    )
    return bool(result.rowcount)


async def delivered(tx: AsyncConnection, note_id: int, *, message_id: int | None, at: datetime) -> None:
    values = {"state": OutboxState.DELIVERED, "done_at": at, "error": ""}
    if message_id is not None:
        values["message_id"] = message_id
    await tx.execute(update(outbox).where(outbox.c.id == note_id).values(values))


async def retry(tx: AsyncConnection, note_id: int, *, due_at: datetime, error: str, counts: bool = True) -> None:
    """Put a note back that surely did not arrive; ``counts``: the attempt was one of those that make us patient."""
    attempts = outbox.c.attempts if counts else outbox.c.attempts - 1
    await tx.execute(
        update(outbox)
        .where(outbox.c.id == note_id)
        .values(state=_owed_or_unknown(), due_at=due_at, error=error, attempts=attempts)
    )


def _owed_or_unknown() -> Any:
    """Keep a note unknown whose first answer was lost, though its repetition surely failed."""
    return case((outbox.c.repeat.is_(True), OutboxState.UNKNOWN.value), else_=OutboxState.OWED.value)


async def lost(tx: AsyncConnection, note_id: int, *, due_at: datetime, error: str) -> None:
    """Remember that the answer was lost: the note may have arrived, its repetition carries the mark."""
    await tx.execute(
        update(outbox)
        .where(outbox.c.id == note_id)
        .values(state=OutboxState.UNKNOWN, repeat=True, due_at=due_at, error=error)
    )


async def bury(tx: AsyncConnection, note_id: int, *, why: Untold, at: datetime, error: str = "") -> None:
    """Give a note up, with the reason."""
    await tx.execute(
        update(outbox).where(outbox.c.id == note_id).values(state=OutboxState.BURIED, why=why, done_at=at, error=error)
    )


async def put_off(tx: AsyncConnection, note_id: int, *, due_at: datetime) -> None:
    """Let a note that was not tried go later."""
    one = and_(outbox.c.id == note_id, outbox.c.state.in_(WAITING))
    await tx.execute(update(outbox).where(one).values(due_at=due_at))


async def postpone(tx: AsyncConnection, chat_id: int, until: datetime) -> None:
    """Let nothing that waits for a chat go before a moment."""
    early = and_(outbox.c.chat_id == chat_id, outbox.c.state.in_(WAITING), outbox.c.due_at < until)
    await tx.execute(update(outbox).where(early).values(due_at=until))


async def fold(tx: AsyncConnection, notes: Collection[Owed], storm_id: int, *, at: datetime) -> None:
    """Tell notes inside a storm card instead."""
    values = {"state": OutboxState.FOLDED, "why": "folded", "storm_id": storm_id, "done_at": at}
    ids = [note.id for note in notes]
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        await tx.execute(update(outbox).where(outbox.c.id.in_(part), outbox.c.state.in_(WAITING)).values(values))


async def move(tx: AsyncConnection, storm_id: int, to: int) -> None:
    """Tell what folded into one storm card inside another."""
    inside = and_(outbox.c.storm_id == storm_id, outbox.c.kind != NoteKind.STORM)
    await tx.execute(update(outbox).where(inside).values(storm_id=to))


async def unthread(tx: AsyncConnection, chat_id: int, thread_id: int) -> None:
    """Lead what is owed to a lost topic to the chat itself."""
    lost_topic = and_(
        outbox.c.chat_id == chat_id,
        outbox.c.thread_id == thread_id,
        outbox.c.state.in_((*WAITING, OutboxState.SENDING)),
    )
    await tx.execute(update(outbox).where(lost_topic).values(thread_id=None))


async def recover(tx: AsyncConnection, now: datetime) -> int:
    """After a start: what was in hand when we died may have arrived. Returns how many such notes there are.

    New messages become unknown and are repeated once with the mark; edits are simply made again.
    """
    in_hand = outbox.c.state == OutboxState.SENDING
    maybe = await tx.execute(
        update(outbox)
        .where(in_hand, outbox.c.fresh.is_(True))
        .values(state=OutboxState.UNKNOWN, repeat=True, due_at=now, error="stopped while sending")
    )
    edits = await tx.execute(update(outbox).where(in_hand).values(state=OutboxState.OWED, due_at=now))
    return int(maybe.rowcount + edits.rowcount)


async def purge(tx: AsyncConnection, *, before: datetime) -> None:
    """Forget notes that were done with before a moment, but for the cards: they say what a chat was told."""
    old = and_(outbox.c.done_at < before, outbox.c.kind.not_in(CARDS))
    await tx.execute(delete(outbox).where(old))


def _owed(row: RowMapping) -> Owed:
    return Owed(
        id=row["id"],
        kind=NoteKind(row["kind"]),
        chat_id=row["chat_id"],
        thread_id=row["thread_id"],
        incident_id=row["incident_id"],
        storm_id=row["storm_id"],
        board_id=row["board_id"],
        silence_id=row["silence_id"],
        message_id=row["message_id"],
        priority=Priority(row["priority"]),
        silent=bool(row["silent"]),
        state=OutboxState(row["state"]),
        owed_at=row["owed_at"],
        due_at=row["due_at"],
        done_at=row["done_at"],
        attempts=row["attempts"],
        repeat=bool(row["repeat"]),
        why=row["why"],
        error=row["error"],
        facts=row["facts"],
    )
