"""The card at a change of the person on duty: what is open, muted, taken, and what has ended since the last one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from checks.duty import Duty, changed
from checks.model import Incident, Message, NoteKind, Priority, Route, RouteKind
from checks.notifications import Policy
from checks.routes import SHOWN
from checks.silences import active, covering
from handlers.hearing import Hall, gather
from handlers.reading import View
from handlers.rota import rota_in, someone
from handlers.sight import Sees, shows, sight_of
from storage import chats, incidents, outbox, silences
from storage.database import Connection, Database
from storage.outbox import Owed
from templates import render
from templates.rounds import Round

LATE = timedelta(hours=3)
"""A change longer ago than this is no news: we were away."""
LONGEST = timedelta(hours=24)
"""How far back «ended since» reaches at most."""


async def hand_over(database: Database, *, now: datetime, policy: Policy) -> bool:
    """Owe the card of the last change of duty to those chats that have not had it; returns whether any was owed."""
    if not policy.hand_over:
        return False
    async with database.read() as connection:
        found = changed(await rota_in(connection, policy, now), now)
        if found is None or now - found[1].begin > LATE:
            return False
        before, duty = found
        hall = await gather(connection, (), policy=policy, now=now)
        places = await _places(connection, hall, duty)
        wanted = [one for one in places if not await _told(connection, one, duty)]
    if not wanted:
        return False

    async def work(tx: Connection) -> bool:
        owed = False
        for route in wanted:
            if not await _told(tx, route, duty):
                await _owe(tx, route, before, duty, now)
                owed = True
        return owed

    return await database.write(work)


async def _places(connection: Connection, hall: Hall, duty: Duty) -> list[Route]:
    """Return where it is told: in the groups that hear of technical trouble, else to the person themselves."""
    groups: dict[int, Route] = {}
    for route in hall.routes:
        if route.chat_id < 0 and RouteKind.TECHNICAL in route.kinds:
            groups.setdefault(route.chat_id, route)
    if groups:
        return [groups[chat] for chat in sorted(groups)]
    person = duty.person
    return [Route(chat_id=person)] if person in await chats.reachable(connection) and person is not None else []


async def _told(connection: Connection, route: Route, duty: Duty) -> bool:
    return await outbox.owed_before(connection, NoteKind.HAND_OVER, route.chat_id, _key(duty))


def _key(duty: Duty) -> str:
    return f"{duty.begin.isoformat()} {duty.person}"


async def _owe(tx: Connection, route: Route, before: Duty | None, duty: Duty, now: datetime) -> None:
    since = max(before.begin if before is not None else duty.begin - LONGEST, duty.begin - LONGEST)
    facts: Mapping[str, Any] = {
        "since": since.isoformat(),
        "from": before.person if before is not None else None,
        "to": duty.person,
        "until": duty.end.isoformat(),
    }
    await outbox.owe(
        tx,
        NoteKind.HAND_OVER,
        route.chat_id,
        now=now,
        why=_key(duty),
        priority=Priority.K3,
        silent=True,
        thread_id=route.thread_id,
        facts=facts,
    )


async def card(connection: Connection, owed: Owed, view: View) -> Message:
    """Word the card as things are now, for the chat that it goes to."""
    from handlers.cards import briefs  # noqa: PLC0415 - the cards lead here

    since = datetime.fromisoformat(str(owed.facts["since"])).astimezone(UTC)
    sees = await sight_of(connection, owed.chat_id, view.estate, view.policy)
    lasting = [one for one in await silences.lasting(connection) if active(one, view.now)]
    known = [one for one in await incidents.open_ones(connection) if _here(one, sees, view)]
    muted = [one for one in known if covering(lasting, one, view.now, chat_id=owed.chat_id) is not None]
    loud = [one for one in known if one not in muted]
    ended = [one for one in await incidents.ended_since(connection, since) if _here(one, sees, view)]
    facts = Round(
        to=await someone(connection, int(owed.facts["to"])),
        before=await someone(connection, int(owed.facts["from"])) if owed.facts.get("from") else None,
        since=since,
        until=datetime.fromisoformat(str(owed.facts["until"])).astimezone(UTC),
        free=await briefs(connection, [one for one in loud if one.taken_by is None], view),
        taken=await briefs(connection, [one for one in loud if one.taken_by is not None], view),
        muted=await briefs(connection, muted, view),
        ended=await briefs(connection, [one for one in ended if one.merged_into is None], view),
        repeat=owed.repeat,
    )
    return render("hand_over", now=view.now, zone=view.zone, round=facts)


def _here(incident: Incident, sees: Sees, view: View) -> bool:
    return incident.priority in SHOWN and shows(sees, incident, view.estate)
