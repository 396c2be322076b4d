"""Owes each chat its digest when its time comes, once for each time, whatever happened in between."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from checks.model import IncidentState, NoteKind, Priority, Route, RouteKind
from checks.notifications import Policy
from checks.recurring import next_due
from storage import chats, digests, incidents, outbox, routes
from storage.chats import Chat
from storage.database import Connection
from storage.digests import Due

TOLD = frozenset({RouteKind.TECHNICAL, RouteKind.BUSINESS, RouteKind.OWN})
"""A chat that is only told of ourselves needs no morning."""


async def turn(tx: Connection, *, now: datetime, policy: Policy) -> bool:
    """Owe the digests that are due, and reckon anew when those are due whose time was changed; True = one is owed."""
    known = {one.chat_id: one for one in await digests.everything(tx)}
    everyone = await chats.everyone(tx)
    hearing = _hearing([*policy.routes, *(one.route for one in await routes.everything(tx))], everyone)
    await digests.forget(tx, [chat for chat, one in known.items() if chat not in hearing and one.chosen is None])
    owed = False
    for chat in sorted(hearing.keys() | {chat for chat, one in known.items() if one.chosen is not None}):
        before = known.get(chat) or Due(chat_id=chat, told_until=now)
        due = _reckoned(replace(before, thread_id=hearing.get(chat, before.thread_id)), everyone.get(chat), policy, now)
        if due.due_at is not None and due.due_at <= now:
            await _owe(tx, due, now)
            due = replace(due, due_at=_next(due.rhythm, now), told_until=now)
            owed = True
        if due != known.get(chat):
            await digests.save(tx, due)
    return owed


async def choose(
    tx: Connection, chat_id: int, chosen: str | None, *, now: datetime, policy: Policy, thread_id: int | None = None
) -> Due:
    """Let a chat have its digest at another time: a cron expression, empty = never, None = the operator's."""
    before = await digests.load(tx, chat_id) or Due(chat_id=chat_id, thread_id=thread_id, told_until=now)
    chat = (await chats.everyone(tx)).get(chat_id)
    due = _reckoned(replace(before, chosen=chosen), chat, policy, now)
    await digests.save(tx, due)
    return due


def rhythm_of(due: Due | None, policy: Policy) -> str:
    """Return the cron expression in force."""
    return policy.digest if due is None or due.chosen is None else due.chosen


def _reckoned(due: Due, chat: Chat | None, policy: Policy, now: datetime) -> Due:
    """Reckon anew when the digest is due if its expression or the chat's clock is another one now."""
    cron = rhythm_of(due, policy)
    zone = chat.time_zone if chat is not None and chat.time_zone else str(policy.quiet.zone)
    rhythm = f"{cron}|{zone}" if cron else ""
    return due if rhythm == due.rhythm else replace(due, rhythm=rhythm, due_at=_next(rhythm, now))


def _next(rhythm: str, now: datetime) -> datetime | None:
    cron, _, zone = rhythm.partition("|")
    return next_due(cron, zone, now) if cron else None


def _hearing(bound: Iterable[Route], everyone: Mapping[int, Chat]) -> dict[int, int | None]:
    """Return the living chats that are told something, with the topic of their first route."""
    found: dict[int, int | None] = {}
    for route in bound:
        chat = everyone.get(route.chat_id)
        gone = chat is not None and (chat.dead_at is not None or chat.migrated_to is not None)
        if route.kinds & TOLD and not gone:
            found.setdefault(route.chat_id, route.thread_id)
    return found


async def _owe(tx: Connection, due: Due, now: datetime) -> None:
    """Owe the digest; one that could not be told yet tells of this morning as well."""
    waiting = [note for note in await outbox.waits_for_morning(tx, due.chat_id) if note.incident_id is not None]
    await outbox.told_in_digest(tx, [note.id for note in waiting], at=now)
    told = [note.incident_id for note in waiting]
    known = await digests.undelivered(tx, due.chat_id)
    if known is not None:
        number, facts = known
        await digests.reword(tx, number, {**facts, "until": now.isoformat(), "waited": [*facts["waited"], *told]})
        return
    about = await incidents.some(tx, [one for one in told if one is not None])
    facts = {"since": due.told_until.isoformat(), "until": now.isoformat(), "waited": told}
    await outbox.owe(
        tx,
        NoteKind.DIGEST,
        due.chat_id,
        now=now,
        thread_id=due.thread_id,
        why="digest",
        priority=Priority.K4,
        silent=not any(one.state is IncidentState.OPEN for one in about),
        facts=facts,
    )
