"""Answers people: a message, an edit, a word on a button; what Telegram refuses here is sorted here."""

from __future__ import annotations

import logging
from typing import Any

from aiogram import types
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.types import CallbackQuery, ForceReply, InaccessibleMessage, LinkPreviewOptions, ReplyParameters

from checks.model import Message
from handlers.keyboards import keyboard
from handlers.turn import Turn
from storage import chats, messages
from templates import phrase, render, unmarked

log = logging.getLogger(__name__)

ANSWER_AT_MOST = 200
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
SAME = "message is not modified"
NO_MARKUP = "can't parse entities"
LOST = ("message to edit not found", "message can't be edited", "message_id_invalid")
LATE = ("query is too old", "query id is invalid")


def worded(turn: Turn, template: str, **facts: Any) -> Message:
    """Word ``facts`` for the chat of this turn."""
    return render(template, now=turn.now, zone=turn.zone, **facts)


async def say(turn: Turn, message: Message, *, reply_to: int | None = None, ask: bool = False) -> int | None:
    """Send ``message`` to where it was asked; returns its number, None when the chat will not have it.

    With ``ask`` the chat opens a reply to it.
    """
    markup: Any = ForceReply(selective=True) if ask else keyboard(message)
    replied = ReplyParameters(message_id=reply_to, allow_sending_without_reply=True) if reply_to else None
    common: dict[str, Any] = {
        "message_thread_id": turn.thread_id,
        "reply_markup": markup,
        "reply_parameters": replied,
        "link_preview_options": NO_PREVIEW,
    }
    try:
        sent = await _say(turn, message, common)
    except TelegramForbiddenError as error:
        log.info("chat %s does not take an answer: %s", turn.chat_id, error.message)
        return None
    if turn.dead:  # it can be written to after all
        turn.dead = not await turn.deps.database.write(lambda tx: chats.revive(tx, turn.chat_id))
    return sent.message_id


async def _say(turn: Turn, message: Message, common: dict[str, Any]) -> types.Message:
    try:
        return await turn.bot.send_message(turn.chat_id, message.text, parse_mode="HTML", **common)
    except TelegramBadRequest as error:
        if NO_MARKUP not in error.message:
            raise
        log.exception("a template is at fault")
        return await turn.bot.send_message(turn.chat_id, unmarked(message), parse_mode=None, **common)


async def show(turn: Turn, query: CallbackQuery, message: Message) -> None:
    """Put ``message`` in place of the one whose button was pressed, or send it anew where that is out of reach."""
    pressed = query.message
    if pressed is None or isinstance(pressed, InaccessibleMessage):
        await say(turn, message)
        return
    try:
        await pressed.edit_text(
            message.text, parse_mode="HTML", reply_markup=keyboard(message), link_preview_options=NO_PREVIEW
        )
    except TelegramBadRequest as error:
        if SAME in error.message:
            return
        if not _any(LOST, error):
            raise
        await say(turn, message)
        return
    await turn.deps.database.write(lambda tx: messages.shows(tx, turn.chat_id, pressed.message_id, message.digest))


async def answer(turn: Turn, query: CallbackQuery, word: str, *, alert: bool = False, **facts: Any) -> None:
    """Answer a press with a short sentence; too late an answer is no error."""
    text = phrase("said", now=turn.now, zone=turn.zone, limit=ANSWER_AT_MOST, **_said(word, facts))
    await answer_with(query, text or "", alert=alert)


async def answer_with(query: CallbackQuery, text: str, *, alert: bool = False) -> None:
    try:
        await query.answer(text[:ANSWER_AT_MOST] or None, show_alert=alert)
    except TelegramBadRequest as error:
        if not _any(LATE, error):
            raise


def _said(word: str, facts: dict[str, Any]) -> dict[str, Any]:
    return {"word": word, "who": None, "number": None, "reference": None, **facts}


def _any(signs: tuple[str, ...], error: TelegramBadRequest) -> bool:
    return any(sign in error.message.lower() for sign in signs)
