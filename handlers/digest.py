"""Composes the morning digest of one chat from its parts, as things are when it is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from checks.access import same_manager
from checks.catalogue import ROWS
from checks.estate import Estate
from checks.model import Incident, Message, Person, Role, Route, RouteKind
from checks.notifications import Policy
from checks.routes import Whose, hears, visible
from handlers.hearing import EVERYBODY
from handlers.impact import hit_names
from handlers.reading import View
from storage import incidents, people, routes
from storage.database import Connection
from templates import render
from templates.digest import Digest, Part

USUAL = timedelta(hours=26)
"""A digest about more than that makes up for one that could not be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """What one chat, or one person in private, may know."""

    routes: tuple[Route, ...]
    whose: Mapping[str, Whose]
    names: frozenset[str]
    """Clients that may be named."""
    person: Person | None = None
    """Who reads it, in a private chat."""

    @property
    def own(self) -> bool:
        """Whether it is told a manager's part of the estate only."""
        return bool(self.routes) and all(route.managers for route in self.routes)

    def hears_as(self, *kinds: RouteKind) -> bool:
        return any(route.kinds & set(kinds) for route in self.routes)

    def concerns(self, incident: Incident) -> bool:
        """Say whether the incident is this audience's business, whatever its priority."""
        row = ROWS.get(incident.code)
        audience = row.audience if row is not None else EVERYBODY
        return any(hears(route, incident, audience, self.whose) for route in self.routes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What the parts are read for: a chat, a span of time."""

    view: View
    audience: Audience
    since: datetime
    until: datetime
    open: tuple[Incident, ...]
    """What is open now and this chat's business, the gravest first."""
    waited: frozenset[int] = frozenset()
    """Incidents that quiet hours kept back from this chat."""


Reading = Callable[[Connection, Frame], Awaitable[Part | None]]
"""Reads one part; None = there is nothing to say."""


async def audience_in(connection: Connection, chat_id: int, estate: Estate, policy: Policy) -> Audience:
    """Return what a chat may know: by its routes; a person's private chat without any, by that person's role."""
    bound = [*policy.routes, *(one.route for one in await routes.everything(connection))]
    here = tuple(route for route in bound if route.chat_id == chat_id)
    person = await people.get(connection, chat_id) if chat_id > 0 else None
    if person is not None and not here and not person.suspended:
        here = (_route_of(person, estate),)
    whose = {name: Whose(manager=one.manager, redirect=one.redirect) for name, one in estate.clients.items()}
    return Audience(routes=here, whose=whose, names=frozenset(visible(here, whose, whose)), person=person)


def _route_of(person: Person, estate: Estate) -> Route:
    if person.role is not Role.MANAGER:
        kinds = {RouteKind.TECHNICAL} | ({RouteKind.ADMIN} if person.role is Role.ADMIN else set())
        return Route(chat_id=person.id, kinds=frozenset(kinds))
    listed = {one.manager for one in estate.clients.values() if same_manager(person.manager, one.manager)}
    managers = frozenset(name for name in listed if name) or frozenset({person.manager or ""})
    return Route(chat_id=person.id, kinds=frozenset({RouteKind.OWN}), managers=managers)


async def read_digest(
    connection: Connection,
    view: View,
    *,
    since: datetime,
    until: datetime,
    parts: Collection[Reading],
    waited: Collection[int] = (),
    repeat: bool = False,
) -> Digest:
    """Return the digest of the chat of ``view`` about the time from ``since`` to ``until``."""
    assert view.chat_id is not None
    audience = await audience_in(connection, view.chat_id, view.estate, view.policy)
    known = [one for one in await incidents.open_ones(connection) if audience.concerns(one)]
    hit = {name for one in known for name in hit_names(one, view.estate)} & audience.names
    frame = Frame(
        view=view,
        audience=audience,
        since=since,
        until=until,
        open=tuple(sorted(known, key=lambda one: (one.priority, one.opened_at))),
        waited=frozenset(waited),
    )
    read = [await part(connection, frame) for part in parts]
    return Digest(
        since=since,
        until=until,
        name=audience.person.name.split(" ")[0] if audience.person else "",
        own=audience.own,
        clients=len(audience.names),
        hit=len(hit),
        away=until - since > USUAL,
        parts=tuple(part for part in read if part is not None),
        repeat=repeat,
    )


def word_digest(digest: Digest, view: View) -> Message:
    return render("digest", now=view.now, zone=view.zone, digest=digest)
