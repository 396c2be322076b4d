"""Times without Telegram: who is told meanwhile, and how its chats catch up with one digest afterwards."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from checks.model import Incident, IncidentState, NoteKind, OutboxState, Priority, Untold
from checks.notifications import Reason
from handlers import storms as weather
from storage import dispatches, incidents, outages, outbox, storms
from storage.database import Connection
from storage.dispatches import Dispatch
from storage.messages import CARDS
from storage.outages import Outage
from storage.outbox import Owed

SOON = timedelta(minutes=1)
"""What was tried in vain waits at most so long for the next try: it belongs to the backlog."""
UNTOLD = frozenset({OutboxState.MUTED, OutboxState.BURIED, OutboxState.QUIET})


async def begin(tx: Connection, since: datetime, channels: Collection[str], *, now: datetime) -> Outage:
    """Remember that Telegram cannot be reached, and say so once to the channels that stand in."""
    outage = await outages.begin(tx, since)
    await dispatches.owe(tx, [_notice(name, "away", since, now) for name in channels])
    return outage


async def lend(tx: Connection, outage: Outage, channels: Collection[str], *, now: datetime) -> bool:
    """Owe the channels what chats cannot be told; returns whether anything is owed because of it."""
    notes = await outbox.stuck(tx, now, since=outage.began_at)
    lent = await dispatches.lent_since(tx, outage.began_at)
    about = {
        one.id: one
        for one in await incidents.some(tx, {note.incident_id for note in notes if note.incident_id} | lent)
        if one.id
    }
    known = await dispatches.of_incidents(tx, about.keys())
    owed = [one for name in channels for one in _lent(name, notes, about, known, now=now)]
    await dispatches.owe(tx, owed)
    return bool(owed)


async def end(tx: Connection, outage: Outage, channels: Collection[str], *, now: datetime) -> None:
    """Telegram is back: each chat catches up with one digest, what a single message can say comes as itself."""
    await outages.end(tx, outage.id, now)
    await dispatches.owe(tx, [_notice(name, "back", outage.began_at, now) for name in channels])
    for chat in await outbox.waiting_chats(tx):
        await _catch_up(tx, chat, outage, now)
    await outbox.hurry(tx, now, within=SOON)


async def _catch_up(tx: Connection, chat: int, outage: Outage, now: datetime) -> None:
    """Fold a chat's backlog, storm cards that were never told included, into one digest."""
    notes = await outbox.waiting(tx, chat)
    backlog = [note for note in notes if _late(note, now)]
    cards = [note for note in notes if note.kind is NoteKind.STORM and note.storm_id is not None]
    known = [await storms.load(tx, note.storm_id) for note in cards if note.storm_id is not None]
    unsaid = [one for one in known if one is not None and one.message_id is None and not one.runs]
    if len(backlog) < 2 and not unsaid:  # noqa: PLR2004 - one message may come as itself
        return
    storm = await storms.open_in(tx, chat) or next(iter(unsaid), None)
    if storm is None:
        storm = await storms.begin(tx, chat, backlog[0].thread_id, now)
    await storms.was_away(tx, storm.id, outage.began_at, now)
    for other in unsaid:
        if other.id != storm.id:
            await outbox.move(tx, other.id, storm.id)
    for note in cards:
        if note.storm_id in {one.id for one in unsaid} - {storm.id}:
            await outbox.bury(tx, note.id, why=Untold.NOTHING_TO_TELL, at=now)
    await weather.fold(tx, backlog, now=now)
    silent = all(note.silent for note in [*backlog, *cards])
    await weather.owe_card(tx, storm, now=now, silent=silent)


def _late(note: Owed, now: datetime) -> bool:
    """Say whether a note is a message that should have gone out while Telegram was away."""
    if not note.is_message or note.incident_id is None:
        return False
    return note.due_at <= now or (note.attempts > 0 and note.due_at <= now + SOON)


def _lent(
    name: str, notes: Sequence[Owed], about: Mapping[int, Incident], known: Iterable[Dispatch], *, now: datetime
) -> list[Dispatch]:
    """Decide what one channel is to tell in Telegram's place: nothing twice, and no end of what it never told."""
    own = [one for one in known if one.channel == name and one.state not in UNTOLD]
    told: dict[int, Priority] = {}
    for one in own:
        if one.kind in CARDS and one.incident_id is not None:
            told[one.incident_id] = min(one.priority, told.get(one.incident_id, one.priority))
    ended = {one.incident_id for one in own if one.kind is NoteKind.RESOLVED}
    over = {note.incident_id for note in notes if note.kind is NoteKind.RESOLVED}
    owed = []
    for number, incident in about.items():
        if incident.state is IncidentState.ENDED:
            if (number in told or number in over) and number not in ended:
                owed.append(_dispatch(name, NoteKind.RESOLVED, incident, Reason.RESOLVED, now))
            continue
        waiting = [note for note in notes if note.incident_id == number and note.kind in CARDS]
        if waiting and number not in told:
            again = all(note.kind is NoteKind.STILL for note in waiting)
            kind, why = (NoteKind.STILL, Reason.STILL) if again else (NoteKind.FIRING, Reason.SENT_NEW)
            owed.append(_dispatch(name, kind, incident, why, now))
        elif waiting and incident.priority < told[number]:
            owed.append(_dispatch(name, NoteKind.FIRING, incident, Reason.ESCALATED, now))
    return owed


def _dispatch(name: str, kind: NoteKind, incident: Incident, why: Reason, now: datetime) -> Dispatch:
    return Dispatch(
        channel=name,
        kind=kind,
        incident_id=incident.id,
        priority=incident.priority,
        fallback=True,
        owed_at=now,
        due_at=now,
        why=why,
    )


def _notice(name: str, what: str, since: datetime, now: datetime) -> Dispatch:
    return Dispatch(
        channel=name,
        kind=NoteKind.NOTICE,
        priority=Priority.K1,
        fallback=True,
        owed_at=now,
        due_at=now,
        facts={"what": what, "since": since.isoformat()},
    )
