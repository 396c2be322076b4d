"""What a press shows: cards, details, addresses, texts and lists, as this person may see them in this chat."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from checks.buttons import Action
from checks.model import Message, Scope
from handlers import pages
from handlers.pages import Asked
from handlers.replies import worded
from handlers.turn import Turn
from storage.database import Database

Page = Callable[[Database, Asked, str], Awaitable[Message | None]]

SHOWN: Mapping[Action, Page] = {
    Action.CARD: pages.card,
    Action.DETAILS: pages.details,
    Action.ADDRESSES: pages.addresses,
    Action.OWNER_TEXT: pages.owner_text,
    Action.CLIENT_TEXT: pages.client_text,
    Action.RETURN_TEXT: pages.return_text,
}


async def page(turn: Turn, action: Action, number: int, arg: str = "") -> Message | None:
    """Return what a button of an incident's card shows; None = there is no such incident."""
    return await SHOWN[action](turn.deps.database, _asked(turn, number), arg)


async def card(turn: Turn, number: int) -> Message | None:
    """Return the incident's card as it is now."""
    return await page(turn, Action.CARD, number)


async def mute_menu(
    turn: Turn, number: int, *, client: str | None, scope: Scope, scopes: Sequence[Scope]
) -> Message | None:
    """Ask for how long to mute what ``scope`` says."""
    asked = _asked(turn, number)
    return await pages.mute_menu(turn.deps.database, asked, scope=scope, scopes=scopes, client=client)


async def client(_turn: Turn, _name: str) -> Message | None:
    return None


async def mutes(turn: Turn) -> Message:
    return worded(turn, "cancelled")


def _asked(turn: Turn, number: int) -> Asked:
    return Asked(number=number, chat_id=turn.chat_id, now=turn.now, zone=turn.deps.zone)
