"""What people ask: ``/status``, ``/down``, ``/mutes``, ``/why``, a client by any part of the name; and buttons."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from checks.access import Act, ChatKind
from checks.buttons import Action, Press
from checks.model import Message as Words
from handlers import showing, status, whys
from handlers.access import ACT
from handlers.incidents import case, owner_of
from handlers.pressed import on_command, on_press
from handlers.replies import answer, say, show, worded
from handlers.turn import Turn

QUERY_AT_MOST = 100


def router() -> Router:
    """Return the router of questions."""
    made = Router(name="questions")
    on_command(made, "status", _status)
    on_command(made, "down", _down)
    on_command(made, "mutes", _mutes)
    on_command(made, "why", _why)
    on_press(made, Action.WHY, _why_pressed)
    on_press(made, Action.WHY_CLIENT, _why_client_pressed)
    on_press(made, Action.STATUS, _status_pressed)
    on_press(made, Action.HISTORY, _history_pressed)
    on_press(made, Action.DOWN, _down_pressed)
    on_press(made, Action.MUTES, _mutes_pressed)
    return made


def words_router() -> Router:
    """Return the router of plain words in a private chat: they name a client; comes after all others with words."""
    made = Router(name="words")
    plain = F.text & ~F.text.startswith("/")
    made.message.register(_words, F.chat.type == "private", plain, flags={ACT: Act.SEE_ESTATE})
    return made


async def _status(message: Message, command: CommandObject, turn: Turn) -> None:
    query = (command.args or "").strip()[:QUERY_AT_MOST]
    question = showing.question(turn)
    said = await status.search(question, query) if query else await status.overview(question)
    await say(turn, said, reply_to=_replied(turn, message))


async def _words(message: Message, turn: Turn) -> None:
    await say(turn, await status.search(showing.question(turn), (message.text or "").strip()[:QUERY_AT_MOST]))


async def _down(message: Message, turn: Turn) -> None:
    await say(turn, await status.down(showing.question(turn)), reply_to=_replied(turn, message))


async def _mutes(message: Message, turn: Turn) -> None:
    await say(turn, await status.mutes(showing.question(turn)), reply_to=_replied(turn, message))


async def _status_pressed(query: CallbackQuery, press: Press, turn: Turn) -> None:
    if not press.arg:
        await _put(query, turn, await status.overview(showing.question(turn)))
        return
    turn.require(Act.SEE, await owner_of(turn, press.arg))
    await _put(query, turn, await status.client(showing.question(turn), press.arg))


async def _history_pressed(query: CallbackQuery, press: Press, turn: Turn) -> None:
    turn.require(Act.SEE, await owner_of(turn, press.arg))
    await _put(query, turn, await status.history(showing.question(turn), press.arg))


async def _down_pressed(query: CallbackQuery, press: Press, turn: Turn) -> None:
    await _put(query, turn, await status.down(showing.question(turn), press.arg))


async def _mutes_pressed(query: CallbackQuery, press: Press, turn: Turn) -> None:
    await _put(query, turn, await status.mutes(showing.question(turn), press.arg))


async def _why(message: Message, command: CommandObject, turn: Turn) -> None:
    query = (command.args or "").strip()[:QUERY_AT_MOST]
    said = await whys.search(showing.question(turn), query) if query else worded(turn, "why_whom")
    await say(turn, said, reply_to=_replied(turn, message))


async def _why_pressed(query: CallbackQuery, press: Press, turn: Turn) -> None:
    found = await case(turn, query, press.id, Act.SEE)
    if found is not None:
        await _put(query, turn, await whys.incident(showing.question(turn), found.number, press.arg))


async def _why_client_pressed(query: CallbackQuery, press: Press, turn: Turn) -> None:
    turn.require(Act.SEE, await owner_of(turn, press.arg))
    await _put(query, turn, await whys.client(showing.question(turn), press.arg, str(press.id)))


async def _put(query: CallbackQuery, turn: Turn, message: Words | None) -> None:
    """Show what was asked for; a client who left the lists meanwhile is said to be gone."""
    if message is None:
        await answer(turn, query, "gone", alert=True)
        return
    await answer(turn, query, "empty")
    await show(turn, query, message)


def _replied(turn: Turn, message: Message) -> int | None:
    """In a group the answer hangs on the question."""
    return None if turn.chat is ChatKind.PRIVATE else message.message_id
