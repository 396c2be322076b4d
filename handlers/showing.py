"""What a press shows: cards, details, addresses, texts and lists, as this person may see them in this chat."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from checks.buttons import Action
from checks.catalogue import ROWS
from checks.model import CauseKind, Incident, IncidentState, Message, Scope, Severity
from handlers.replies import worded
from handlers.turn import Turn
from storage import incidents, people
from templates.cards import Card, Step

Show = Callable[[Turn, int, str], Awaitable[Message | None]]


async def card(turn: Turn, number: int, _arg: str = "") -> Message | None:
    async with turn.deps.database.read() as connection:
        incident = await incidents.load(connection, number)
        if incident is None:
            return None
        who = await people.names(connection, {incident.taken_by or 0})
    row = ROWS[incident.code]
    taken = Step(by=who[incident.taken_by], at=incident.taken_at) if incident.taken_by and incident.taken_at else None
    one = Card(
        number=number,
        cause=incident.cause,
        code=incident.code,
        title=row.title,
        family=row.family,
        priority=incident.priority,
        critical=row.severity is Severity.CRITICAL,
        subject=incident.cause.name,
        opened_at=incident.opened_at,
        ended_at=incident.ended_at,
        taken=taken,
    )
    name = "client_down" if incident.cause.kind is CauseKind.CLIENT else "redirect_down"
    return worded(turn, "mended" if incident.state is IncidentState.ENDED else name, card=one)


async def client(_turn: Turn, _name: str) -> Message | None:
    return None


async def mutes(turn: Turn) -> Message:
    return worded(turn, "cancelled")


async def mute_menu(
    turn: Turn, incident: Incident | None, client_name: str | None, scope: Scope, scopes: Sequence[Scope]
) -> Message:
    return worded(
        turn,
        "mute_menu",
        what=client_name or "",
        scope=scope,
        scopes=scopes,
        number=incident.id if incident else 0,
        tail=f".{client_name}" if client_name and not incident else "",
    )


SHOWN: dict[Action, Show] = dict.fromkeys((Action.DETAILS, Action.ADDRESSES, Action.OWNER_TEXT), card)
