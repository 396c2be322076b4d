"""What a press shows: cards, details, addresses, texts and lists, as this person may see them in this chat."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from checks.buttons import Action
from checks.model import Incident, Message, Scope
from handlers.cards import card_message
from handlers.reading import View
from handlers.replies import worded
from handlers.turn import Turn
from storage import incidents

Show = Callable[[Turn, int, str], Awaitable[Message | None]]


async def card(turn: Turn, number: int, _arg: str = "") -> Message | None:
    async with turn.deps.database.read() as connection:
        incident = await incidents.load(connection, number)
        return None if incident is None else await card_message(connection, incident, view_of(turn))


def view_of(turn: Turn) -> View:
    """Return who looks: at the estate as it is, in this chat, at this moment."""
    return View(estate=turn.deps.rules().estate, now=turn.now, zone=turn.zone, chat_id=turn.chat_id)


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
