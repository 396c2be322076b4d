"""Hands the scripts of reports, ready for one client, to an admin who asks by a button."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import BufferedInputFile, CallbackQuery

from checks.agents import System, intake_address, may_be_named
from checks.buttons import Action, Press
from handlers.bundles import bundle, file_name
from handlers.keyboards import keyboard
from handlers.pressed import on_press
from handlers.replies import answer, show, worded
from handlers.turn import Turn
from storage import tokens
from storage.database import Connection
from storage.tokens import UnknownClientError

SYSTEMS = {1: System.WINDOWS, 2: System.LINUX}
"""By the number that the button carries; 0 asks which."""
TITLES = {System.WINDOWS: "Windows", System.LINUX: "Linux"}


def router() -> Router:
    """Return the router of the scripts of reports."""
    made = Router(name="agents")
    on_press(made, Action.AGENT, _agent)
    return made


async def _agent(query: CallbackQuery, press: Press, turn: Turn) -> None:
    client = turn.deps.rules().estate.clients.get(press.arg)
    address = intake_address(turn.deps.public_url)
    if client is None or address is None or not may_be_named(press.arg):
        await answer(turn, query, "empty")
        await show(turn, query, worded(turn, "agent_not", why="gone" if address else "address"))
        return
    system = SYSTEMS.get(press.id)
    await answer(turn, query, "empty")
    if system is None:
        await show(turn, query, worded(turn, "agent_os", label=client.label, name=client.name))
        return

    async def work(tx: Connection) -> str | None:
        try:
            return await tokens.make(tx, press.arg, turn.now)
        except UnknownClientError:
            return None

    token = await turn.change("agent", work, target=press.arg, detail={"what": client.label, "system": str(system)})
    if token is None:
        await show(turn, query, worded(turn, "agent_not", why="gone"))
        return
    content = bundle(client.name, system, address=address, token=token, now=turn.now)
    said = worded(turn, "agent_sent", label=client.label, system=TITLES[system])
    await turn.bot.send_document(
        turn.chat_id,
        BufferedInputFile(content, file_name(client.name, system)),
        caption=said.text,
        parse_mode="HTML",
        reply_markup=keyboard(said),
    )
