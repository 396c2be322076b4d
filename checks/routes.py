"""Which chat may hear of which incident, and which clients it may see."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from checks.model import Audience, CauseKind, Incident, Priority, Route, RouteKind

SOUNDING = frozenset({Priority.K1, Priority.K2})
SHOWN = frozenset({Priority.K1, Priority.K2, Priority.K3})
HEARS: Mapping[RouteKind, frozenset[Audience]] = {
    RouteKind.TECHNICAL: frozenset({Audience.SUPPORT}),
    RouteKind.BUSINESS: frozenset({Audience.MANAGER}),
    RouteKind.OWN: frozenset({Audience.SUPPORT, Audience.MANAGER}),
    RouteKind.ADMIN: frozenset({Audience.ADMIN}),
}


class Refused(StrEnum):
    """Why a chat that has routes does not hear an incident."""

    NOT_ROUTED = "not_routed"
    PRIORITY_BELOW_ROUTE = "priority_below_route"


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """What a route needs to know of a client."""

    manager: str | None = None
    redirect: str | None = None


def allows(route: Route, name: str, whose: Whose) -> bool:
    """Say whether the route shows this client."""
    return (
        (not route.clients or name in route.clients)
        and (not route.managers or whose.manager in route.managers)
        and (not route.redirects or whose.redirect in route.redirects)
    )


def visible(routes: Iterable[Route], names: Iterable[str], whose: Mapping[str, Whose]) -> tuple[str, ...]:
    """Return those of the clients that at least one of a chat's routes shows."""
    known = list(routes)
    return tuple(name for name in names if any(allows(route, name, whose.get(name, Whose())) for route in known))


def hears(route: Route, incident: Incident, audience: Collection[Audience], whose: Mapping[str, Whose]) -> bool:
    """Say whether the route is about this incident, whatever its priority.

    A dead redirect server concerns everybody behind it, looked at or not: ``whose`` knows them.
    """
    if not any(HEARS[kind] & set(audience) for kind in route.kinds):
        return False
    if not (route.clients or route.managers or route.redirects):
        return RouteKind.OWN not in route.kinds or len(route.kinds) > 1  # one's own clients need an owner
    behind: list[str] = []
    if incident.cause.kind is CauseKind.REDIRECT:
        if incident.cause.name in route.redirects:
            return True
        behind = [name for name, one in whose.items() if one.redirect == incident.cause.name]
    return bool(visible([route], [*incident.clients, *behind], whose))


def breadth(route: Route) -> int:
    """Rank routes: one to a part of the estate goes before one to everything, so that its topic hears of its own."""
    return not (route.clients or route.managers or route.redirects)


def listeners(
    incident: Incident,
    routes: Iterable[Route],
    *,
    audience: Collection[Audience],
    whose: Mapping[str, Whose],
    admins: Collection[int],
) -> tuple[dict[int, Route], dict[int, Refused]]:
    """Return the route by which each chat hears the incident, and why the other chats do not.

    A signal to managers is theirs whatever its priority; one that no manager hears goes to
    ``admins``: here these are the heads of department, where there are any.

    When no route takes a K1 to K3 incident although its priority is no obstacle, the admins' private chats hear it:
    an alert is never lost for want of a route.
    """
    heard: dict[int, Route] = {}
    refused: dict[int, Refused] = {}
    signal = frozenset(audience) == frozenset({Audience.MANAGER})
    for route in sorted(routes, key=breadth):
        if not hears(route, incident, audience, whose):
            refused.setdefault(route.chat_id, Refused.NOT_ROUTED)
        elif not signal and incident.priority not in route.priorities:
            refused[route.chat_id] = Refused.PRIORITY_BELOW_ROUTE
        else:
            heard.setdefault(route.chat_id, route)
    wanted_elsewhere = Refused.PRIORITY_BELOW_ROUTE in refused.values()
    lost = incident.priority in SOUNDING or (incident.priority in SHOWN and not wanted_elsewhere)
    if not heard and signal:
        heard = {chat: Route(chat_id=chat, kinds=frozenset(RouteKind)) for chat in sorted(admins)}
    if not heard and lost:
        heard = {chat: Route(chat_id=chat, kinds=frozenset(RouteKind)) for chat in sorted(admins)}
    return heard, {chat: reason for chat, reason in refused.items() if chat not in heard}
