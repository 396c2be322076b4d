"""Registers commands and buttons with the right that each of them needs, so that none can be forgotten."""

from __future__ import annotations

from typing import Any

from aiogram import Router
from aiogram.dispatcher.event.handler import CallbackType
from aiogram.filters import Command, Filter
from aiogram.types import CallbackQuery

from checks.access import COMMANDS, PRESSES
from checks.buttons import Action, parse
from handlers.access import ACT


class Pressed(Filter):
    """Matches the buttons of some actions and hands what they carry to the handler as ``press``."""

    def __init__(self, *actions: Action) -> None:
        self._actions = frozenset(actions)

    async def __call__(self, query: CallbackQuery) -> bool | dict[str, Any]:
        press = parse(query.data or "")
        return {"press": press} if press is not None and press.action in self._actions else False


def on_command(router: Router, word: str, handler: CallbackType) -> None:
    """Let ``/word`` (also ``/word@bot``) reach ``handler`` for those who have the right to it."""
    router.message.register(handler, Command(word, ignore_case=True), flags={ACT: COMMANDS[word]})


def on_press(router: Router, action: Action, handler: CallbackType) -> None:
    """Let presses of ``action`` reach ``handler`` for those who have the right to it."""
    router.callback_query.register(handler, Pressed(action), flags={ACT: PRESSES[action]})
