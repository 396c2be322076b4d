"""Turns a rendered message into calls that Telegram accepts, plainer and plainer where it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from aiogram.methods import EditMessageText, SendMessage, TelegramMethod
from aiogram.types import InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters

from bot.telegram import TEXT_LIMIT, clipped, plain, units
from checks.model import Message

Keyboard = Callable[[Message], InlineKeyboardMarkup | None]
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a message goes: into the place of one that is there, or as a new one."""

    chat_id: int
    edit: int | None = None
    """The message to edit; None = a new one."""
    shows: str = ""
    """Fingerprint of what that message shows now."""
    thread_id: int | None = None
    reply_to: int | None = None
    silent: bool = True


def fits(message: Message) -> bool:
    """Say whether Telegram takes the text: it counts UTF-16 units without markup."""
    return units(plain(message.text)) <= TEXT_LIMIT


def drafts(message: Message, target: Target, keyboard: Keyboard) -> Iterator[TelegramMethod[Any]]:
    """Give the call to make, then plainer ones to try when Telegram refuses the text or the buttons.

    An alert is never lost for the sake of its looks.
    """
    markup = keyboard(message)
    if fits(message):
        yield _call(message.text, "HTML", markup, target)
    text = clipped(plain(message.text)) or "…"
    yield _call(text, None, markup, target)
    if markup is not None:
        yield _call(text, None, None, target)


def _call(
    text: str, parse_mode: str | None, markup: InlineKeyboardMarkup | None, target: Target
) -> TelegramMethod[Any]:
    if target.edit is not None:
        return EditMessageText(
            chat_id=target.chat_id,
            message_id=target.edit,
            text=text,
            parse_mode=parse_mode,
            reply_markup=markup,
            link_preview_options=NO_PREVIEW,
        )
    reply = None
    if target.reply_to is not None:
        reply = ReplyParameters(message_id=target.reply_to, allow_sending_without_reply=True)
    return SendMessage(
        chat_id=target.chat_id,
        message_thread_id=target.thread_id,
        text=text,
        parse_mode=parse_mode,
        reply_markup=markup,
        reply_parameters=reply,
        disable_notification=target.silent,
        link_preview_options=NO_PREVIEW,
    )
