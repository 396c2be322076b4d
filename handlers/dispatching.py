"""Owes the ways out beside Telegram what their routes say, by the same plan that decides for chats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from checks.model import Change, Incident, NoteKind, OutboxState, Route, Silence
from checks.notifications import Decision, Policy, Reason, Told, plan, still
from checks.quiet import NEVER
from handlers.hearing import Hall
from storage import dispatches
from storage.database import Connection
from storage.dispatches import Dispatch

FIRST = -(10**17)
"""Channels are planned for as if they were chats; Telegram never gives a chat such a number."""
NOTHING = Told(chat_id=0)
KEPT_BACK = frozenset({Reason.MUTED, Reason.PLANNED_WORK})
SPOKEN = frozenset({Reason.SENT_NEW, Reason.ESCALATED, Reason.STILL, Reason.HELD})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ways:
    """The channels of the routes, each as if it were a chat."""

    names: Mapping[int, str]
    routes: tuple[Route, ...]
    homes: Mapping[int, frozenset[int]]
    """The chats whose routes lead to each channel: a silence there mutes the channel too."""

    def facts(self, hall: Hall, incident: Incident) -> dict[str, Any]:
        everywhere = [one for one in hall.silences if one.chat_id is None]
        return {
            **hall.facts(incident),
            "routes": self.routes,
            "silences": [*everywhere, *self._local(hall.silences)],
            "admins": (),
            "quiet": {},
        }

    def _local(self, silences: Iterable[Silence]) -> list[Silence]:
        return [
            replace(one, chat_id=key) for one in silences for key, chats in self.homes.items() if one.chat_id in chats
        ]

    def told(self, by_name: Mapping[str, Told]) -> dict[int, Told]:
        return {key: replace(by_name[name], chat_id=key) for key, name in self.names.items() if name in by_name}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One decision about one channel on its way into the database."""

    decision: Decision
    channel: str
    incident: Incident
    told: Told
    now: datetime


async def mirror(tx: Connection, changes: Sequence[Change], hall: Hall, *, policy: Policy, now: datetime) -> None:
    """Owe the channels of the configured routes what these steps mean to them; quiet hours are for chats only."""
    ways = _ways(policy.routes)
    if not ways.names:
        return
    told = await dispatches.told(tx, [change.incident.id for change in changes if change.incident.id is not None])
    for change in changes:
        incident = change.incident
        known = ways.told(told.get(incident.id or 0, {}))
        calm = replace(policy, quiet=NEVER)
        made = plan(change, told=known, now=now, policy=calm, **ways.facts(hall, incident))
        await _keep(tx, made, incident, ways, known, now=now)


async def repeat(
    tx: Connection,
    incident: Incident,
    silence: Silence | None,
    hall: Hall,
    *,
    policy: Policy,
    now: datetime,
    unheard: bool = False,
) -> None:
    """Owe the channels «still broken» where nothing keeps it back any more; ``unheard``: only those not told yet."""
    ways = _ways(policy.routes)
    if not ways.names or incident.id is None:
        return
    known = ways.told((await dispatches.told(tx, [incident.id])).get(incident.id, {}))
    made = still(incident, told=known, now=now, **ways.facts(hall, incident))
    if silence is not None and silence.chat_id is not None:
        made = [one for one in made if silence.chat_id in ways.homes.get(one.chat_id or 0, ())]
    if unheard:
        made = [one for one in made if not known.get(one.chat_id or 0, NOTHING).heard]
    await _keep(tx, [one for one in made if one.reason is Reason.STILL], incident, ways, known, now=now)


def _ways(routes: Iterable[Route]) -> _Ways:
    several = [route for route in routes if route.also]
    keys = {name: FIRST - place for place, name in enumerate(sorted({name for one in several for name in one.also}))}
    homes = {key: frozenset(one.chat_id for one in several if name in one.also) for name, key in keys.items()}
    as_chats = [replace(one, chat_id=keys[name], thread_id=None) for one in several for name in sorted(one.also)]
    return _Ways(names={key: name for name, key in keys.items()}, routes=tuple(as_chats), homes=homes)


async def _keep(
    tx: Connection,
    made: Iterable[Decision],
    incident: Incident,
    ways: _Ways,
    told: Mapping[int, Told],
    *,
    now: datetime,
) -> None:
    owed: list[Dispatch] = []
    for decision in made:
        name = ways.names.get(decision.chat_id or 0)
        if name is None or decision.chat_id is None:
            continue
        known = told.get(decision.chat_id, Told(chat_id=decision.chat_id))
        owed += await _become(tx, _Entry(decision=decision, channel=name, incident=incident, told=known, now=now))
    await dispatches.owe(tx, owed)


async def _become(tx: Connection, entry: _Entry) -> list[Dispatch]:
    """Change what waits because of a decision, and return what is owed anew."""
    reason, told = entry.decision.reason, entry.told
    if reason is Reason.RELEASED or (reason is Reason.HELD and told.pending):
        due = entry.decision.due_at or entry.now
        await dispatches.reschedule(tx, entry.channel, entry.decision.incident_id, due_at=due, why=reason)
        return []
    if reason in KEPT_BACK:
        return await _keep_back(tx, entry)
    if reason in SPOKEN:
        return [_dispatch(entry, entry.decision.kind or NoteKind.FIRING)]
    if reason in {Reason.RESOLVED, Reason.MERGED}:
        await _take_back(tx, entry)
        return [_dispatch(entry, NoteKind.RESOLVED)]
    if reason is Reason.RESOLVED_NOT_TOLD:
        await _take_back(tx, entry)
    return []


async def _keep_back(tx: Connection, entry: _Entry) -> list[Dispatch]:
    if entry.told.pending:
        await _drop(tx, entry, OutboxState.MUTED)
        return []
    if entry.told.states:
        return []
    return [replace(_dispatch(entry, NoteKind.FIRING), state=OutboxState.MUTED, done_at=entry.now)]


async def _take_back(tx: Connection, entry: _Entry) -> None:
    await _drop(tx, entry, OutboxState.BURIED, Reason.RESOLVED_NOT_TOLD)


async def _drop(tx: Connection, entry: _Entry, state: OutboxState, why: Reason | None = None) -> None:
    decision = entry.decision
    await dispatches.drop(
        tx,
        entry.channel,
        decision.incident_id,
        state=state,
        why=why or decision.reason,
        at=entry.now,
        silence_id=decision.silence_id,
    )


def _dispatch(entry: _Entry, kind: NoteKind) -> Dispatch:
    decision = entry.decision
    return Dispatch(
        channel=entry.channel,
        kind=kind,
        incident_id=decision.incident_id,
        silence_id=decision.silence_id,
        priority=decision.priority,
        owed_at=entry.now,
        due_at=decision.due_at or entry.now,
        why=decision.reason,
    )
