"""``/audit``: who changed what, for admins."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from checks.buttons import Action, Press
from checks.model import Message as Words
from handlers.pressed import on_command, on_press
from handlers.replies import answer, say, show, worded
from handlers.turn import Turn
from storage import audit, people

ENTRIES_A_PAGE = 15
ABOUT_PEOPLE = frozenset({"role", "suspended", "reinstated", "left_group"})


def router() -> Router:
    """Return the router of the journal."""
    made = Router(name="journal")
    on_command(made, "audit", _audit)
    on_press(made, Action.JOURNAL, _older)
    return made


async def _audit(_message: Message, turn: Turn) -> None:
    await say(turn, await _page(turn, None))


async def _older(query: CallbackQuery, press: Press, turn: Turn) -> None:
    await answer(turn, query, "empty")
    await show(turn, query, await _page(turn, press.id or None))


async def _page(turn: Turn, before: int | None) -> Words:
    async with turn.deps.database.read() as connection:
        entries = await audit.latest(connection, limit=ENTRIES_A_PAGE + 1, before=before)
        ids = {int(entry.target) for entry in entries if entry.act in ABOUT_PEOPLE and entry.target.isdecimal()}
        names = await people.names(connection, ids)
    more = len(entries) > ENTRIES_A_PAGE
    shown = entries[:ENTRIES_A_PAGE]
    return worded(turn, "audit", entries=shown, names=names, older=shown[-1].id if more else None, first=before is None)
