"""Owes chats what they must hear about each step of an incident and about the passing of time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from checks.catalogue import SIGNALS
from checks.model import Change, ChangeKind, Incident, IncidentState, NoteKind, Untold
from checks.notifications import Decision, Policy, plan
from checks.routes import SHOWN
from handlers import dispatching
from handlers.hearing import gather, heard
from handlers.keeping import keep
from handlers.muting import end_mended, end_silences, retell
from handlers.storms import end_storms, ring_storms
from storage import decisions as ledger
from storage import incidents, outbox
from storage.database import Connection
from storage.outbox import REMINDER

DEFAULT = Policy()
REMINDED, NOT_REMINDED = "reminder", "no_reminder"
"""Lines of an incident's timeline: somebody asked for a reminder, or took it back."""


async def owe(tx: Connection, changes: Sequence[Change], *, now: datetime, policy: Policy = DEFAULT) -> list[Decision]:
    """Write what each chat is owed for these steps, in the transaction that remembers the steps themselves.

    The caller wakes the delivery after the commit. Returns every decision with its reason.
    """
    if not changes:
        return []
    about = [change.incident for change in changes]
    ended = [one for one in about if one.state is IncidentState.ENDED]
    unmuted = await end_mended(tx, ended, now=now)
    await outbox.drop_reminders(tx, [one.id for one in ended if one.id is not None], at=now)
    hall = await gather(tx, about, policy=policy, now=now)
    told = await heard(tx, about, hall)
    decisions: list[Decision] = []
    seen: set[int | None] = set()
    for change in changes:
        incident = change.incident
        assert incident.id is not None
        if incident.id in seen:
            told |= await heard(tx, [incident], hall)
        seen.add(incident.id)
        known = told[incident.id]
        made = plan(change, told=known, now=now, policy=policy, **hall.plan_facts(incident))
        await keep(tx, made, incident, known, now=now)
        decisions += made
    await ledger.remember(tx, decisions, at=now)
    await dispatching.mirror(tx, changes, hall, policy=policy, now=now)
    return decisions + await retell(tx, unmuted, now=now, policy=policy)


async def tick(tx: Connection, now: datetime, *, policy: Policy = DEFAULT) -> list[Decision]:
    """Owe what only the passing of time makes due: silences and storms that ended, incidents nobody could hear of.

    Holds need no tick: a held card is owed from the start and due when its hold ends. Returns what is owed now.
    """
    decisions = await end_silences(tx, now=now, policy=policy)
    await ring_storms(tx, now=now, volume=policy.volume)
    await end_storms(tx, now=now, volume=policy.volume)
    decisions += await _end_the_night(tx, now=now, policy=policy)
    decisions += await _tell_untold(tx, now=now, policy=policy)
    return [one for one in decisions if one.kind is not None]


async def remind(tx: Connection, incident: Incident, chat_id: int, *, at: datetime, by: int, now: datetime) -> bool:
    """Owe a chat a reminder of an incident at a moment that a person chose; one that has ended by then is not told.

    False: the chat waits for one already, or the incident is over.
    """
    assert incident.id is not None
    if incident.state is IncidentState.ENDED or await outbox.reminder(tx, chat_id, incident.id) is not None:
        return False
    told = (await outbox.told(tx, [incident.id])).get(incident.id, {}).get(chat_id)
    await outbox.owe(
        tx,
        NoteKind.STILL,
        chat_id,
        now=now,
        due_at=at,
        why=REMINDER,
        incident_id=incident.id,
        priority=incident.priority,
        silent=False,
        thread_id=told.thread_id if told else None,
        facts={"by": by},
    )
    await incidents.note(tx, incident.id, now, REMINDED, person_id=by, detail={"at": at.isoformat()})
    return True


async def forget_reminder(tx: Connection, incident_id: int, chat_id: int, *, by: int, now: datetime) -> bool:
    """Take the reminder of a chat back; False when it waits for none."""
    if not await outbox.drop_reminder(tx, chat_id, incident_id, why="taken_back", at=now):
        return False
    await incidents.note(tx, incident_id, now, NOT_REMINDED, person_id=by)
    return True


async def _end_the_night(tx: Connection, *, now: datetime, policy: Policy) -> list[Decision]:
    """Tell on its own what waited for a morning digest that did not come."""
    late = await outbox.overslept(tx, now)
    for note in late:
        assert note.incident_id is not None
        await outbox.drop_quiet(tx, note.chat_id, note.incident_id, why=Untold.NO_DIGEST, at=now)
    about = await incidents.some(tx, sorted({note.incident_id for note in late if note.incident_id is not None}))
    lasting = [one for one in about if one.state is IncidentState.OPEN]
    kinds = {True: ChangeKind.RELEASED, False: ChangeKind.OPENED}
    changes = [Change(kind=kinds[one.code in SIGNALS], incident=one, at=now) for one in lasting]
    return await owe(tx, changes, now=now, policy=policy)


async def _tell_untold(tx: Connection, *, now: datetime, policy: Policy) -> list[Decision]:
    """Tell open incidents of which nobody could be told when they began: no route, no admin, a dead chat."""
    found = [await incidents.load(tx, number) for number in await outbox.untold(tx, SHOWN)]
    changes = [Change(kind=ChangeKind.OPENED, incident=one, at=now) for one in found if one is not None]
    return await owe(tx, changes, now=now, policy=policy)
