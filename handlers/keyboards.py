"""Turns the buttons of a rendered message into Telegram's, and nothing else."""

from __future__ import annotations

from aiogram.types import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

from checks.model import Button, Message


def keyboard(message: Message) -> InlineKeyboardMarkup | None:
    """Return the inline keyboard of ``message``; None when it has no buttons."""
    rows = [[button(one) for one in row] for row in message.buttons if row]
    return InlineKeyboardMarkup(inline_keyboard=rows) if rows else None


def button(one: Button) -> InlineKeyboardButton:
    if one.copy is not None:
        return InlineKeyboardButton(text=one.text, copy_text=CopyTextButton(text=one.copy))
    if one.url is not None:
        return InlineKeyboardButton(text=one.text, url=one.url)
    return InlineKeyboardButton(text=one.text, callback_data=one.data)
