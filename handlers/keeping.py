"""Writes decisions down as notes owed: one small function for each reason that leaves a trace."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from checks.model import Incident, IncidentState, NoteKind, OutboxState
from checks.notifications import Decision, Reason, Told
from handlers import storms as weather
from storage import messages, outbox, storms
from storage.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One decision on its way into the outbox."""

    decision: Decision
    chat_id: int
    incident: Incident
    told: Told
    now: datetime


async def keep(
    tx: Connection, decisions: Iterable[Decision], incident: Incident, told: Mapping[int, Told], *, now: datetime
) -> None:
    """Write down what these decisions about one incident owe; ``told`` is by chat, as the plan saw it."""
    for decision in decisions:
        if decision.chat_id is None or decision.reason not in _KEEPERS:
            continue
        known = told.get(decision.chat_id, Told(chat_id=decision.chat_id))
        entry = _Entry(decision=decision, chat_id=decision.chat_id, incident=incident, told=known, now=now)
        await _KEEPERS[decision.reason](tx, entry)


async def edit_card(
    tx: Connection, chat_id: int, incident: Incident, *, now: datetime, message_id: int | None = None
) -> None:
    """Owe a chat's card of the incident its present state; the newest card unless one is named."""
    await outbox.owe_once(
        tx,
        NoteKind.UPDATE,
        chat_id,
        now=now,
        incident_id=incident.id,
        message_id=message_id,
        priority=incident.priority,
        why=Reason.EDIT,
    )


async def mute_pending(
    tx: Connection,
    chat_id: int,
    incident_id: int,
    *,
    silence_id: int | None = None,
    why: Reason = Reason.MUTED,
    now: datetime,
) -> None:
    """Take back a card that is owed but not sent: a silence or planned work covers it now."""
    await outbox.drop_cards(tx, chat_id, incident_id, state=OutboxState.MUTED, why=why, at=now, silence_id=silence_id)


async def _card(tx: Connection, entry: _Entry, *, state: OutboxState = OutboxState.OWED) -> None:
    decision = entry.decision
    if state is OutboxState.OWED and entry.told.waits_until is not None:
        await outbox.drop_quiet(tx, entry.chat_id, decision.incident_id, why=decision.reason, at=entry.now)
    await outbox.owe(
        tx,
        decision.kind or NoteKind.FIRING,
        entry.chat_id,
        now=entry.now,
        due_at=decision.due_at,
        state=state,
        why=decision.reason,
        priority=decision.priority,
        silent=decision.silent,
        thread_id=decision.thread_id,
        incident_id=entry.incident.id,
        silence_id=decision.silence_id,
        facts=decision.facts,
    )


async def _held(tx: Connection, entry: _Entry) -> None:
    decision = entry.decision
    if not entry.told.pending:
        await _card(tx, entry)
        return
    await outbox.reschedule(
        tx,
        entry.chat_id,
        decision.incident_id,
        due_at=decision.due_at or entry.now,
        why=decision.reason,
        priority=decision.priority,
        silent=decision.silent,
    )


async def _muted(tx: Connection, entry: _Entry) -> None:
    decision = entry.decision
    if entry.told.pending:
        why, silence = decision.reason, decision.silence_id
        await mute_pending(tx, entry.chat_id, decision.incident_id, silence_id=silence, why=why, now=entry.now)
    elif OutboxState.MUTED not in entry.told.states:
        await _card(tx, entry, state=OutboxState.MUTED)


async def _until_morning(tx: Connection, entry: _Entry) -> None:
    decision = entry.decision
    if entry.told.waits_until is not None:
        await outbox.sharpen_quiet(tx, entry.chat_id, decision.incident_id, decision.priority)
    else:
        await _card(tx, entry, state=OutboxState.QUIET)


async def _edit(tx: Connection, entry: _Entry) -> None:
    await edit_card(tx, entry.chat_id, entry.incident, now=entry.now)


async def _end(tx: Connection, entry: _Entry) -> None:
    """Owe the green cards and the short reply."""
    await _conclude(tx, entry)
    await _card(tx, entry)
    if entry.told.folded:
        await _storm(tx, entry)


async def _conclude(tx: Connection, entry: _Entry) -> None:
    """Owe every card of the incident its last state, and take back what was not sent."""
    await _untold(tx, entry)
    await _edit(tx, entry)
    for older in (await messages.cards(tx, entry.chat_id, entry.decision.incident_id))[1:]:
        await edit_card(tx, entry.chat_id, entry.incident, now=entry.now, message_id=older.message_id)


async def _storm(tx: Connection, entry: _Entry) -> None:
    storm = await storms.of_incident(tx, entry.decision.incident_id, entry.chat_id)
    if storm is not None:
        await weather.owe_card(tx, storm, now=entry.now, priority=entry.decision.priority)


async def _untold(tx: Connection, entry: _Entry) -> None:
    await outbox.drop_cards(
        tx,
        entry.chat_id,
        entry.decision.incident_id,
        state=OutboxState.BURIED,
        why=Reason.RESOLVED_NOT_TOLD,
        at=entry.now,
    )


async def _pending(tx: Connection, entry: _Entry) -> None:
    decision = entry.decision
    over = entry.incident.state is IncidentState.ENDED
    await outbox.sharpen(
        tx, entry.chat_id, decision.incident_id, priority=decision.priority, silent=decision.silent or over
    )


_KEEPERS: Mapping[Reason, Callable[[Connection, _Entry], Awaitable[None]]] = {
    Reason.SENT_NEW: _card,
    Reason.ESCALATED: _card,
    Reason.STILL: _card,
    Reason.UNTAKEN: _card,
    Reason.LASTING: _card,
    Reason.HELD: _held,
    Reason.RELEASED: _held,
    Reason.MUTED: _muted,
    Reason.QUIET: _until_morning,
    Reason.PLANNED_WORK: _muted,
    Reason.EDIT: _edit,
    Reason.RESOLVED: _end,
    Reason.MERGED: _conclude,
    Reason.CLOSED: _conclude,
    Reason.OFFICE: _held,
    Reason.FOLDED: _storm,
    Reason.RESOLVED_NOT_TOLD: _untold,
    Reason.ALREADY_TOLD: _pending,
}
