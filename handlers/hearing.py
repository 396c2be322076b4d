"""Gathers who listens at present and what they have been told: all that planning needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from checks.catalogue import ROWS, SIGNALS
from checks.hours import zone_of
from checks.maintenance import covering
from checks.model import Audience, CauseKind, Extent, Incident, Role, Route, Silence, Window
from checks.notifications import Policy, Told
from checks.office import Folding, Office
from checks.quiet import Quiet, of_chat
from checks.routes import Whose, visible
from storage import chats, maintenance, outbox, people, routes, silences
from storage.database import Connection

EVERYBODY = frozenset({Audience.SUPPORT, Audience.ADMIN})
"""Who hears a code that the catalogue does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """Who listens: read once for a whole batch of changes."""

    routes: tuple[Route, ...]
    silences: tuple[Silence, ...]
    dead: frozenset[int]
    admins: tuple[int, ...]
    whose: Mapping[str, Whose]
    now: datetime
    quiet: Mapping[int, Quiet] = field(default_factory=dict)
    """Quiet hours by chat; one that was never met has the operator's."""
    heads: tuple[int, ...] = ()
    """Private chats of the heads of department: they hear what no manager does."""
    offices: Mapping[int, Office] = field(default_factory=dict)
    """Working hours by chat, for signals to managers."""
    windows: tuple[Window, ...] = ()
    """Planned work that is under way."""
    behind: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Clients behind the redirect servers under work."""

    def work_on(self, incident: Incident) -> Window | None:
        """Return the planned work that keeps this incident back now."""
        return covering(self.windows, incident, self.now, behind=self.behind)

    def facts(self, incident: Incident) -> dict[str, Any]:
        """Return what a plan about this incident needs to know of the listeners."""
        row = ROWS.get(incident.code)
        return {
            "routes": self.routes,
            "silences": self.silences,
            "audience": row.audience if row is not None else EVERYBODY,
            "whose": self.whose,
            "admins": (self.heads or self.admins) if incident.code in SIGNALS else self.admins,
            "quiet": self.quiet,
            "work": self.work_on(incident),
        }

    def plan_facts(self, incident: Incident) -> dict[str, Any]:
        """Return what planning a step of this incident needs beside: the offices, where it is a signal."""
        return {**self.facts(incident), "offices": self.offices if incident.code in SIGNALS else None}


async def gather(tx: Connection, about: Iterable[Incident], *, policy: Policy, now: datetime) -> Hall:
    """Read routes, silences, planned work and chats; routes of moved and dead chats lead to where people can hear."""
    known = await chats.everyone(tx)
    alive = []
    lost = await routes.lost_threads(tx)
    for route in (*policy.routes, *(one.route for one in await routes.everything(tx))):
        there = replace(route, thread_id=None) if (route.chat_id, route.thread_id) in lost else route
        alive += await _alive(tx, there, known)
    narrow = any(route.managers or route.redirects or route.clients for route in alive)
    told = list(about) if narrow else []
    names = {name for incident in told for name in incident.clients}
    behind = {incident.cause.name for incident in told if incident.cause.kind is CauseKind.REDIRECT}
    under_way = await maintenance.under_way(tx, now)
    return Hall(
        routes=tuple(alive),
        silences=tuple(await silences.lasting(tx)),
        dead=frozenset(chat.id for chat in known.values() if chat.dead_at is not None),
        admins=tuple(await chats.admins(tx)),
        whose=await routes.whose(tx, names, behind=behind),
        quiet={chat.id: quiet_of(chat, policy.quiet) for chat in known.values()},
        heads=tuple(person.id for person in await people.with_role(tx, Role.HEAD)),
        offices={chat.id: office_of(chat, policy) for chat in known.values()},
        now=now,
        windows=tuple(under_way),
        behind=await behind_work(tx, under_way),
    )


async def behind_work(connection: Connection, windows: Iterable[Window]) -> dict[str, frozenset[str]]:
    """Name the clients behind the redirect servers that these windows are about."""
    servers = {window.target for window in windows if window.extent is Extent.REDIRECT}
    if not servers:
        return {}
    found = await routes.whose(connection, (), behind=servers)
    return {server: frozenset(name for name, one in found.items() if one.redirect == server) for server in servers}


def office_of(chat: chats.Chat, policy: Policy) -> Office:
    """Return the working hours of a chat, and how it wants to hear of signals."""
    zone = zone_of(chat.time_zone, policy.quiet.zone)
    return Office(hours=policy.office, zone=zone, folding=Folding(chat.signals) if chat.signals else None)


def quiet_of(chat: chats.Chat | None, default: Quiet) -> Quiet:
    """Return the quiet hours of a chat."""
    if chat is None:
        return default
    return of_chat(chat.quiet, default, zone_of(chat.time_zone, default.zone))


async def _alive(tx: Connection, route: Route, known: Mapping[int, chats.Chat]) -> list[Route]:
    chat = known.get(route.chat_id)
    if chat is not None and chat.migrated_to is not None:
        return await _alive(tx, replace(route, chat_id=chat.migrated_to), known)
    if chat is None or chat.dead_at is None:
        return [route]
    return [replace(route, chat_id=heir, thread_id=None) for heir in await chats.heirs(tx, chat.id)]


async def heard(tx: Connection, incidents: Iterable[Incident], hall: Hall) -> dict[int, dict[int, Told]]:
    """Load what each living chat has been told of these incidents: by incident, then by chat."""
    ids = [incident.id for incident in incidents if incident.id is not None]
    known = await outbox.told(tx, ids)
    return {
        number: {chat: one for chat, one in known.get(number, {}).items() if chat not in hall.dead} for number in ids
    }


async def visible_in(connection: Connection, chat_id: int, names: Sequence[str], *, policy: Policy) -> tuple[str, ...]:
    """Return those of the clients that a chat may see; one without routes (an admin in private) sees all.

    An incident that many clients share is shown to a manager's chat with that manager's clients only.
    """
    bound = [*policy.routes, *(one.route for one in await routes.everything(connection))]
    here = [route for route in bound if route.chat_id == chat_id]
    if not here or any(not (route.clients or route.managers or route.redirects) for route in here):
        return tuple(names)
    return visible(here, names, await routes.whose(connection, names))
