"""``/signals``: when this chat hears of its clients, at once or in the morning digest, and what holds now."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from checks.access import same_manager
from checks.buttons import Action, Press
from checks.model import Message as Words
from checks.office import Folding
from handlers import showing
from handlers.pressed import on_command, on_press
from handlers.replies import answer, say, show, worded
from handlers.turn import Turn
from storage import chats, signals
from storage.database import Connection


def router() -> Router:
    """Return the router of ``/signals``."""
    made = Router(name="folding")
    on_command(made, "signals", _command)
    on_press(made, Action.SIGNALS, _chosen)
    return made


async def _command(_message: Message, turn: Turn) -> None:
    await say(turn, await _page(turn))


async def _chosen(query: CallbackQuery, press: Press, turn: Turn) -> None:
    """Remember how this chat wants its signals; an empty choice is the usual way."""
    if press.arg not in {*Folding, "usual"}:
        await answer(turn, query, "empty")
        await show(turn, query, await _page(turn))
        return
    wanted = None if press.arg == "usual" else Folding(press.arg)

    async def work(tx: Connection) -> bool:
        await chats.meet(tx, turn.chat_id, at=turn.now)
        return await chats.set_signals(tx, turn.chat_id, wanted)

    done = await turn.change("signals", work, target=str(turn.chat_id), detail={"signals": press.arg})
    await answer(turn, query, "bound" if done else "bound_already")
    await show(turn, query, await _page(turn))


async def _page(turn: Turn) -> Words:
    only = showing.question(turn).only_manager
    async with turn.deps.database.read() as connection:
        chat = await chats.load(connection, turn.chat_id)
        holding = await signals.open_of(connection)
    mine = [one for one in holding if only is None or _is_theirs(turn, one.client, only)]
    return worded(
        turn,
        "signals",
        folding=(chat.signals or "usual") if chat else "usual",
        waiting=sum(one.answer is None for one in mine),
        answered=sum(one.answer is not None for one in mine),
        office=turn.deps.rules().policy.office,
    )


def _is_theirs(turn: Turn, client: str, manager: str) -> bool:
    known = turn.deps.rules().estate.clients.get(client)
    return known is not None and same_manager(known.manager, manager)
