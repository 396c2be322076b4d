"""Gives each person the menu of commands that they may use, and groups the menu of what may be asked there."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest, TelegramForbiddenError
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
    BotCommandScopeUnion,
)

from checks.access import COMMANDS, ChatKind, Refused, may
from checks.model import Person
from handlers.deps import Deps
from storage import people
from templates import phrase

log = logging.getLogger(__name__)

IN_GROUPS = ("status", "down", "mutes", "versions", "work", "duty", "here", "quiet", "help")
FOR_STRANGERS = ("start", "help")


async def give_menus(bot: Bot, deps: Deps) -> None:
    """Set the menus of strangers, groups and every person we know.

    Raises:
        TelegramAPIError: Telegram cannot be reached; try again later.

    """
    now = deps.now()
    await _set(bot, BotCommandScopeDefault(), FOR_STRANGERS, now)
    await _set(bot, BotCommandScopeAllGroupChats(), IN_GROUPS, now)
    async with deps.database.read() as connection:
        everybody = await people.everybody(connection)
    for person in everybody:
        with suppress(TelegramBadRequest, TelegramForbiddenError):  # they never spoke to the bot, or do not want to
            await _set(bot, BotCommandScopeChat(chat_id=person.id), words_for(person), now)


async def give_menu(bot: Bot, person: Person, now: datetime) -> None:
    """Set the menu of one person's private chat by what their role may do there; a courtesy that may fail."""
    try:
        await _set(bot, BotCommandScopeChat(chat_id=person.id), words_for(person), now)
    except TelegramAPIError as error:
        log.info("menu of %s not set: %s", person.id, error.message)


def words_for(person: Person) -> tuple[str, ...]:
    """Return the commands that ``person`` may use in private, the most used first."""
    if person.suspended:
        return FOR_STRANGERS
    allowed = (
        word for word, act in COMMANDS.items() if not isinstance(may(person, act, chat=ChatKind.PRIVATE), Refused)
    )
    return tuple(allowed)


async def _set(bot: Bot, scope: BotCommandScopeUnion, words: tuple[str, ...], now: datetime) -> None:
    titles = {word: phrase("command", now=now, word=word) or word for word in words}
    menu = [BotCommand(command=word, description=titles[word]) for word in words]
    await bot.set_my_commands(menu, scope=scope)
