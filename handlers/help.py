"""Says what a person may ask, by their role; and answers what nobody understands."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message

from checks.access import Act, Allowed, ChatKind, may
from checks.buttons import Action
from handlers.access import ACT
from handlers.pressed import on_command, on_press
from handlers.replies import answer, say, worded
from handlers.turn import Turn


def router() -> Router:
    """Return the router of ``/help`` and ``/cancel``."""
    made = Router(name="help")
    on_command(made, "help", _help)
    on_command(made, "cancel", _cancel)
    on_press(made, Action.HELP, _help_pressed)
    return made


def last_resort() -> Router:
    """Return the router of what no other router understands; it comes last."""
    made = Router(name="last resort")
    made.message.register(_not_understood, F.chat.type == "private", flags={ACT: Act.HELP})
    made.callback_query.register(_stale, flags={ACT: Act.HELP})
    return made


async def _not_understood(message: Message, turn: Turn) -> None:
    await say(turn, worded(turn, "plain_command"), reply_to=message.message_id)


async def _stale(query: CallbackQuery, turn: Turn) -> None:
    """Answer a button of another age of the product, or one that nobody serves any more."""
    await answer(turn, query, "stale", alert=True)


async def _help(_message: Message, turn: Turn) -> None:
    await _tell(turn)


async def _help_pressed(query: CallbackQuery, turn: Turn) -> None:
    await answer(turn, query, "empty")
    await _tell(turn)


async def _cancel(message: Message, turn: Turn) -> None:
    await say(turn, worded(turn, "cancelled"), reply_to=message.message_id)


async def _tell(turn: Turn) -> None:
    person = turn.someone
    rights = [act for act in Act if isinstance(may(person, act, chat=ChatKind.PRIVATE), Allowed)]
    message = worded(turn, "help", person=person, may=rights, see_all=turn.deps.managers_see_all)
    await say(turn, message)
