"""``/board``: hangs the board up in a chat or topic, hangs it up anew, takes it down."""

from __future__ import annotations

from contextlib import suppress

from aiogram import Bot, Router
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest, TelegramForbiddenError
from aiogram.types import CallbackQuery, Message

from checks.access import Act, ChatKind
from checks.buttons import Action, Press
from handlers.pressed import on_command, on_press
from handlers.replies import answer, say, show, worded
from handlers.turn import Turn
from storage import boards
from storage.boards import Board
from storage.database import Connection


def router() -> Router:
    """Return the router of boards."""
    made = Router(name="boards")
    on_command(made, "board", _board)
    on_press(made, Action.BOARD, _pressed)
    return made


async def _board(message: Message, turn: Turn) -> None:
    _require(turn)

    async def work(tx: Connection) -> Board | None:
        board, fresh = await boards.make(tx, turn.chat_id, turn.thread_id, by=turn.user_id, at=turn.now)
        if fresh:
            await boards.owe(tx, board, due_at=turn.now, now=turn.now)
        return board if fresh else None

    made = await turn.change("board", work, target=str(turn.chat_id), detail={"thread": turn.thread_id})
    facts = {"fresh": made is not None, "removed": False, "topic": turn.thread_id is not None}
    await say(turn, worded(turn, "board_said", **facts), reply_to=message.message_id)
    if made is not None:
        turn.owe()


async def _pressed(query: CallbackQuery, press: Press, turn: Turn) -> None:
    _require(turn)
    async with turn.deps.database.read() as connection:
        board = await boards.at_place(connection, turn.chat_id, turn.thread_id)
    if board is None or press.arg not in {"new", "off"}:
        await answer(turn, query, "gone", alert=True)
        return
    off = press.arg == "off"

    async def work(tx: Connection) -> bool:
        if off:
            await boards.remove(tx, board.id, at=turn.now)
        else:
            await boards.said(tx, board.id, message_id=None, digest="", at=None)
            await boards.owe(tx, board, due_at=turn.now, now=turn.now)
        return True

    await turn.change("board_off" if off else "board", work, target=str(turn.chat_id))
    if board.message_id is not None:
        with suppress(TelegramAPIError):  # gone already, or too old to be deleted
            await turn.bot.delete_message(turn.chat_id, board.message_id)
    turn.owe()
    await answer(turn, query, "bound" if not off else "unbound")
    await show(turn, query, worded(turn, "board_said", fresh=not off, removed=off, topic=turn.thread_id is not None))


async def pin(bot: Bot, chat_id: int, message_id: int) -> bool | None:
    """Pin a message without a sound: True = done, False = refused, None = try again later."""
    try:
        await bot.pin_chat_message(chat_id, message_id, disable_notification=True)
    except (TelegramBadRequest, TelegramForbiddenError):
        return False
    except TelegramAPIError:
        return None
    return True


def _require(turn: Turn) -> None:
    """Go on only if this person may: in a group those who may bind it, in private anybody."""
    if turn.chat is not ChatKind.PRIVATE:
        turn.require(Act.BIND)
