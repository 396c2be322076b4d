"""Which clients a chat may see, by whatever way it asks: those that its routes let it hear of."""

from __future__ import annotations

from collections.abc import Iterable

from checks.access import Refusal, Refused
from checks.estate import Estate
from checks.model import Incident, Route
from checks.notifications import Policy
from checks.routes import Whose, allows
from handlers.impact import hit_names
from handlers.turn import Denied, Turn
from storage import routes
from storage.database import Connection

Sees = frozenset[str] | None
"""Names of clients; None = everybody."""


async def sight_of(connection: Connection, chat_id: int, estate: Estate, policy: Policy) -> Sees:
    """Return the clients that a group may see; one with no routes, or with one to everything, sees all.

    In private it is the person and their role who count, not what they have chosen to hear of.
    """
    if chat_id > 0:
        return None
    bound = [*policy.routes, *(one.route for one in await routes.of_chat(connection, chat_id))]
    return seen_by([route for route in bound if route.chat_id == chat_id], estate)


def seen_by(known: Iterable[Route], estate: Estate) -> Sees:
    """Return the clients that these routes of one chat show."""
    here = list(known)
    if not here or any(not (route.clients or route.managers or route.redirects) for route in here):
        return None
    whose = {one.name: Whose(manager=one.manager, redirect=one.redirect) for one in estate.clients.values()}
    return frozenset(name for name, one in whose.items() if any(allows(route, name, one) for route in here))


def shows(sees: Sees, incident: Incident, estate: Estate) -> bool:
    """Say whether a chat that sees these clients may be shown an incident; what hits nobody is shown to all."""
    if sees is None:
        return True
    hit = hit_names(incident, estate)
    return not hit or not sees.isdisjoint(hit)


def require_client(turn: Turn, name: str) -> None:
    """Go on only if this chat may see the client.

    Raises:
        Denied: it may not; asking in private is the way.

    """
    if turn.sees is not None and name not in turn.sees:
        raise Denied(Refused(Refusal.ELSEWHERE))


def require_incident(turn: Turn, incident: Incident) -> None:
    """Go on only if this chat may see the incident.

    Raises:
        Denied: it hits only clients that are not shown here.

    """
    if not shows(turn.sees, incident, turn.deps.rules().estate):
        raise Denied(Refused(Refusal.ELSEWHERE))
