"""What a button of the mute menu asks to mute, whose clients that concerns, and how it is written down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from checks.access import Act, Owners
from checks.model import Cause, CauseKind, Incident, Scope, Silence
from handlers.incidents import owners_of
from handlers.sight import require_client, require_incident
from handlers.turn import Turn
from storage import incidents, names
from storage.database import Connection

ACTS = {Scope.CLIENT: Act.MUTE_CLIENT, Scope.CAUSE: Act.MUTE_CAUSE, Scope.CODE: Act.MUTE_CODE}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a button of the mute menu asks to mute."""

    scope: Scope
    incident: Incident | None
    client: str | None

    @property
    def target(self) -> str | None:
        """Return what a silence of this scope is kept under; None when the wish makes no sense."""
        if self.scope is Scope.CLIENT:
            return self.client
        if self.incident is None:
            return None
        return str(self.incident.cause) if self.scope is Scope.CAUSE else self.incident.code


async def wish_of(turn: Turn, number: int, scope: str, client: str) -> Wish | None:
    if scope not in set(Scope):
        return None
    incident = None
    if number:
        async with turn.deps.database.read() as connection:
            incident = await incidents.load(connection, number)
        if incident is None:
            return None
        if not client and incident.cause.kind is CauseKind.CLIENT:
            client = incident.cause.name
    return Wish(Scope(scope), incident, client or None)


async def owners_of_wish(turn: Turn, wish: Wish) -> Owners:
    if wish.client:
        require_client(turn, wish.client)
    if wish.incident is not None:
        require_incident(turn, wish.incident)
    async with turn.deps.database.read() as connection:
        if wish.scope is Scope.CLIENT or wish.incident is None:
            return await names.owners(connection, {wish.client or ""})
        return await owners_of(connection, wish.incident)


async def owners_of_silence(connection: Connection, silence: Silence) -> Owners:
    """Return whose clients a silence mutes; a kind of alert is everybody's."""
    if silence.scope is Scope.CLIENT:
        return await names.owners(connection, {silence.target})
    incident = await incidents.load(connection, silence.incident_id) if silence.incident_id else None
    if incident is not None:
        return await owners_of(connection, incident)
    cause = Cause.parse(silence.target) if silence.scope is Scope.CAUSE else None
    return await names.owners(connection, {cause.name}) if cause and cause.kind is CauseKind.CLIENT else []


async def note(tx: Connection, silence: Silence, what: str, turn: Turn) -> None:
    if silence.incident_id is not None:
        facts = {"silence": silence.id, "scope": silence.scope}
        await incidents.note(tx, silence.incident_id, turn.now, what, person_id=turn.user_id, detail=facts)


def facts_of(silence: Silence, length: str = "") -> dict[str, Any]:
    what = {Scope.CLIENT: silence.target, Scope.CODE: silence.target}.get(silence.scope)
    number = f"№{silence.incident_id}" if silence.incident_id else silence.target
    return {"what": what or number, "scope": silence.scope, "length": length, "chat": silence.chat_id}
