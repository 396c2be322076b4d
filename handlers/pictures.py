"""Answers with a picture or a file: drawn off the event loop, shown in place of the picture that was pressed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile, CallbackQuery, InaccessibleMessage, InputMediaPhoto, ReplyParameters
from aiogram.types import Message as Said

from checks.model import Message
from handlers.keyboards import keyboard
from handlers.replies import SAME, answer
from handlers.turn import Turn
from templates import unmarked

NO_MARKUP = "can't parse entities"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture and what stands beneath it."""

    content: bytes
    caption: Message
    name: str = "picture.png"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file to keep and what stands beneath it."""

    content: bytes
    caption: Message
    name: str


async def made(turn: Turn, work: Callable[[], bytes]) -> bytes:
    """Draw or write a file in a thread of its own, one at a time; heavy libraries are loaded there as well."""
    async with turn.deps.pencil:
        return await asyncio.to_thread(work)


async def send_picture(turn: Turn, picture: Picture, *, reply_to: int | None = None) -> None:
    """Send a picture to where it was asked for."""
    photo = BufferedInputFile(picture.content, picture.name)

    async def send(**words: Any) -> Said:
        return await turn.bot.send_photo(turn.chat_id, photo, **words, **_common(turn, picture.caption, reply_to))

    await _worded(send, picture.caption)


async def send_file(turn: Turn, file: File, *, reply_to: int | None = None) -> None:
    """Send a file to where it was asked for."""
    document = BufferedInputFile(file.content, file.name)

    async def send(**words: Any) -> Said:
        return await turn.bot.send_document(turn.chat_id, document, **words, **_common(turn, file.caption, reply_to))

    await _worded(send, file.caption)


async def show_picture(turn: Turn, query: CallbackQuery, picture: Picture) -> None:
    """Put a picture in place of the pressed one; beneath a pressed text it comes as an answer to it."""
    await answer(turn, query, "empty")
    pressed = query.message
    if pressed is None or isinstance(pressed, InaccessibleMessage):
        await send_picture(turn, picture)
        return
    if not pressed.photo:
        await send_picture(turn, picture, reply_to=pressed.message_id)
        return
    media = InputMediaPhoto(
        media=BufferedInputFile(picture.content, picture.name), caption=picture.caption.text, parse_mode="HTML"
    )
    try:
        await pressed.edit_media(media, reply_markup=keyboard(picture.caption))
    except TelegramBadRequest as error:
        if SAME not in error.message:
            raise


async def _worded(send: Callable[..., Any], caption: Message) -> None:
    """Send with markup; where Telegram dislikes it, the same without."""
    try:
        await send(caption=caption.text, parse_mode="HTML")
    except TelegramBadRequest as error:
        if NO_MARKUP not in error.message:
            raise
        await send(caption=unmarked(caption), parse_mode=None)


def _common(turn: Turn, caption: Message, reply_to: int | None) -> Mapping[str, Any]:
    replied = ReplyParameters(message_id=reply_to, allow_sending_without_reply=True) if reply_to else None
    return {
        "message_thread_id": turn.thread_id,
        "reply_markup": keyboard(caption),
        "reply_parameters": replied,
    }
