"""Pictures and tables behind commands and buttons: which there are, in which theme this person wants them."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from checks.access import ChatKind
from checks.buttons import Action, Press
from checks.model import Message as Words
from handlers import month, quotas, renewal, showing, status, week
from handlers.pictures import File, Picture, send_file, send_picture, show_picture
from handlers.pressed import on_command, on_press
from handlers.replies import answer, say, worded
from handlers.turn import Turn
from storage import people

QUERY_AT_MOST = 100
LIGHT, DARK = "light", "dark"
WEEK, RENEWAL, MONTH, QUOTAS = "w", "r", "h", "q"


def router() -> Router:
    """Return the router of pictures."""
    made = Router(name="charts")
    on_command(made, "week", _week)
    on_command(made, "report", _report)
    on_press(made, Action.CHART, _chart_pressed)
    on_press(made, Action.THEME, _theme_pressed)
    on_press(made, Action.SHEET, _sheet_pressed)
    return made


async def _week(message: Message, command: CommandObject, turn: Turn) -> None:
    picture = await week.picture(turn, (command.args or "").strip(), theme=await _theme(turn))
    await send_picture(turn, picture, reply_to=None if turn.chat is ChatKind.PRIVATE else message.message_id)


async def _report(message: Message, command: CommandObject, turn: Turn) -> None:
    """Tell a client's year: ``/report romashka 2025``; several that fit become a choice."""
    words = (command.args or "").split()
    year = words.pop() if len(words) > 1 and words[-1].isdecimal() else ""
    reply_to = None if turn.chat is ChatKind.PRIVATE else message.message_id
    query = " ".join(words)[:QUERY_AT_MOST]
    if not query:
        await say(turn, worded(turn, "report_how"), reply_to=reply_to)
        return
    found = await status.choose(showing.question(turn), query, action="chart", before=f"{RENEWAL}.{year}.")
    if isinstance(found, Words):
        await say(turn, found, reply_to=reply_to)
        return
    picture = await renewal.picture(turn, f"{year}.{found}", theme=await _theme(turn))
    if picture is not None:
        await send_picture(turn, picture, reply_to=reply_to)


async def _chart_pressed(query: CallbackQuery, press: Press, turn: Turn) -> None:
    await _show(query, turn, press.arg, await _theme(turn))


async def _theme_pressed(query: CallbackQuery, press: Press, turn: Turn) -> None:
    theme = LIGHT if await _theme(turn) == DARK else DARK
    await turn.deps.database.write(lambda tx: people.prefer(tx, turn.user_id, theme))
    await _show(query, turn, press.arg, theme)


async def _sheet_pressed(query: CallbackQuery, press: Press, turn: Turn) -> None:
    kind, _, arg = press.arg.partition(".")
    file = await _sheet(turn, kind, arg)
    if file is None:
        await answer(turn, query, "stale", alert=True)
        return
    await answer(turn, query, "empty")
    await send_file(turn, file, reply_to=query.message.message_id if query.message else None)


async def _show(query: CallbackQuery, turn: Turn, what: str, theme: str) -> None:
    kind, _, arg = what.partition(".")
    picture = await _picture(turn, kind, arg, theme)
    if picture is None:
        await answer(turn, query, "stale", alert=True)
        return
    await show_picture(turn, query, picture)


async def _picture(turn: Turn, kind: str, arg: str, theme: str) -> Picture | None:
    """Return the picture of a kind; None = there is no such kind (any more), or nothing of that name."""
    if kind == WEEK:
        return await week.picture(turn, arg, theme=theme)
    if kind == RENEWAL:
        return await renewal.picture(turn, arg, theme=theme)
    if kind == MONTH:
        return await month.picture(turn, arg, theme=theme)
    return await quotas.picture(turn, arg, theme=theme) if kind == QUOTAS else None


async def _sheet(turn: Turn, kind: str, arg: str) -> File | None:
    if kind == WEEK:
        return await week.sheet(turn, arg)
    return await renewal.sheet(turn, arg) if kind == RENEWAL else None


async def _theme(turn: Turn) -> str:
    async with turn.deps.database.read() as connection:
        return await people.theme(connection, turn.user_id) or LIGHT
