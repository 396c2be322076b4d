"""Mends what was lost: a chat that cannot be written to, a topic that was deleted; and says so to somebody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from checks.model import (
    Change,
    ChangeKind,
    IncidentState,
    NoteKind,
    Observation,
    OutboxState,
    Outcome,
    Priority,
    State,
    Subject,
    SubjectKind,
    Untold,
)
from checks.notifications import Decision, Policy, plan
from handlers.hearing import gather, heard
from handlers.keeping import keep
from storage import boards, chats, health, incidents, outbox, routes
from storage import decisions as ledger
from storage.database import Connection
from storage.outbox import HELD, Owed

CHAT_LOST = "ChatLost"


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
    """Bury a chat that cannot be written to: its heirs hear what was still to be told.

    That it is lost is an incident of ours, which ``observe`` finds. False: it was known.
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
    fresh = await routes.forget_thread(tx, chat_id, thread_id, now)
    await outbox.unthread(tx, chat_id, thread_id)
    await boards.unthread(tx, chat_id, thread_id)
    if fresh:
        await notice(tx, chat_id, "topic_lost", now=now, facts={"thread": thread_id})


# ── chats that are lost, and come back ────────────────────────────────────────────────────────────────────────────


async def observe(tx: Connection, *, now: datetime, policy: Policy) -> list[Observation]:
    """Return what is not believed yet: that a chat which is to hear something is lost, or can be written to again."""
    known = await chats.lost(tx)
    if not known:
        return []
    beliefs = await health.of_subjects(tx, {_subject(chat.id) for chat in known})
    believed = {key[0] for key, one in beliefs.items() if key[1] == CHAT_LOST and one.state is not State.OK}
    configured = {route.chat_id for route in policy.routes}
    wanted = await chats.wanted(tx, [chat.id for chat in known]) | configured
    seen = []
    for chat in known:
        subject = _subject(chat.id)
        if chat.dead_at is not None and chat.id in wanted and subject not in believed:
            seen.append(_seen(subject, Outcome.FAIL, now, lost_reason(chat.dead_why or "")))
        elif chat.dead_at is None and subject in believed:
            seen.append(_seen(subject, Outcome.OK, now))
    return seen


async def catch_up(tx: Connection, *, now: datetime, policy: Policy) -> list[Decision]:
    """Tell the chats that have come back what they missed: what is open now, and what ended meanwhile."""
    decisions: list[Decision] = []
    for chat in await chats.lost(tx):
        if chat.dead_at is None and chat.lost_at is not None:
            decisions += await _catch_up(tx, chat.id, chat.lost_at, now=now, policy=policy)
            await chats.caught_up(tx, chat.id)
    return decisions


async def _catch_up(tx: Connection, chat_id: int, since: datetime, *, now: datetime, policy: Policy) -> list[Decision]:
    open_ones, ended = await incidents.open_ones(tx), await incidents.ended_since(tx, since)
    about = [*open_ones, *ended]
    if not about:
        return []
    hall = await gather(tx, about, policy=policy, now=now)
    told = await heard(tx, about, hall)
    decisions: list[Decision] = []
    for incident in about:
        known = told[incident.id or 0]
        kind = ChangeKind.OPENED if incident.state is IncidentState.OPEN else ChangeKind.ENDED
        step = Change(kind=ChangeKind.MERGED if incident.merged_into is not None else kind, incident=incident, at=now)
        made = plan(step, told=known, now=now, policy=policy, **hall.facts(incident))
        here = [one for one in made if one.chat_id == chat_id]
        await keep(tx, here, incident, known, now=now)
        decisions += here
    await ledger.remember(tx, decisions, at=now)
    return decisions


def _subject(chat_id: int) -> Subject:
    return Subject(SubjectKind.CHAT, str(chat_id))


def _seen(subject: Subject, outcome: Outcome, now: datetime, reason: str = "") -> Observation:
    return Observation(subject=subject, code=CHAT_LOST, outcome=outcome, at=now, reason=reason)


def lost_reason(why: str) -> str:
    """Return why a chat was lost in a word that templates know; ``why`` is what Telegram said, or our own word."""
    said = why.lower()
    words = {"blocked": "chat_blocked", "kicked": "chat_kicked", "not a member": "chat_kicked"}
    gone = ("not found", "deactivated", "peer_id_invalid")
    found = next((word for sign, word in words.items() if sign in said), None)
    return found or ("chat_gone" if any(sign in said for sign in gone) else "chat_refuses")
