"""What a press shows: cards, details, addresses, texts and lists, as this person may see them in this chat."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from checks.access import Act, ChatKind, Refused, sees_all
from checks.buttons import Action
from checks.model import Message, Scope
from handlers import pages, status
from handlers.pages import Asked
from handlers.status import Question
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


async def call_menu(turn: Turn, number: int) -> Message | None:
    """Ask how a call to the client went."""
    return await pages.call_menu(turn.deps.database, _asked(turn, number))


async def mute_menu(
    turn: Turn, number: int, *, client: str | None, scope: Scope, scopes: Sequence[Scope]
) -> Message | None:
    """Ask for how long to mute what ``scope`` says."""
    asked = _asked(turn, number)
    return await pages.mute_menu(turn.deps.database, asked, scope=scope, scopes=scopes, client=client)


async def client(turn: Turn, name: str) -> Message | None:
    """Return the client's card; None = not on the lists, or not this manager's."""
    return await status.client(question(turn), name)


async def mutes(turn: Turn) -> Message:
    """Return the list of everything that is muted."""
    return await status.mutes(question(turn))


def question(turn: Turn) -> Question:
    """Return who asks, where and when, and whose clients the answer may tell of."""
    rules = turn.deps.rules()
    return Question(
        database=turn.deps.database,
        directory=turn.deps.directory,
        chat_id=turn.chat_id,
        now=turn.now,
        zone=turn.deps.zone,
        only_manager=_only_manager(turn),
        sees=turn.sees,
        estate=rules.estate,
        admin=turn.chat is ChatKind.PRIVATE and not isinstance(turn.verdict(Act.AGENT), Refused),
        volume=rules.policy.volume,
    )


def _asked(turn: Turn, number: int) -> Asked:
    """Return which incident is asked about, where, when and by whom; a card in a group is everybody's there."""
    only = _only_manager(turn) if turn.chat is ChatKind.PRIVATE else None
    return Asked(
        number=number,
        chat_id=turn.chat_id,
        now=turn.now,
        zone=turn.deps.zone,
        only_manager=only,
        rules=turn.deps.rules(),
    )


def _only_manager(turn: Turn) -> str | None:
    everything = sees_all(turn.someone, managers_see_all=turn.deps.managers_see_all)
    return None if everything else turn.someone.manager or ""
