"""Turns an unexpected error into a short human sentence with a reference, and a line in the log with the context."""

from __future__ import annotations

import logging
import traceback
from contextlib import suppress
from secrets import token_hex
from typing import Any

from aiogram import Bot, Router
from aiogram.exceptions import TelegramAPIError, TelegramForbiddenError, TelegramNetworkError, TelegramRetryAfter
from aiogram.types import ErrorEvent, LinkPreviewOptions

from handlers.deps import Deps
from templates import phrase, render

log = logging.getLogger(__name__)

UNANSWERED = (TelegramForbiddenError, TelegramRetryAfter, TelegramNetworkError)
"""The person cannot be told just now, neither this nor anything else; what was changed is changed."""
HIDDEN = "<token>"


def router(deps: Deps) -> Router:
    """Return the router that catches what the others let fall."""
    made = Router(name="errors")

    async def failed(event: ErrorEvent, bot: Bot) -> bool:
        if isinstance(event.exception, UNANSWERED):
            log.warning("update %s: not answered: %s", event.update.update_id, type(event.exception).__name__)
            return True
        reference = token_hex(3).upper()
        log.error("failure %s: %s\n%s", reference, _context(event), _story(event.exception, bot))
        with suppress(TelegramAPIError):  # when even this cannot be said, the log has it
            await _tell(event, bot, deps, reference)
        return True

    made.errors.register(failed)
    return made


async def _tell(event: ErrorEvent, bot: Bot, deps: Deps, reference: str) -> None:
    now = deps.now()
    if event.update.callback_query is not None:
        text = phrase("said", now=now, zone=deps.zone, word="failed", reference=reference, who=None, number=None)
        await bot.answer_callback_query(event.update.callback_query.id, text, show_alert=True)
        return
    asked = event.update.message
    if asked is None:
        return
    words: Any = render("failure", now=now, zone=deps.zone, reference=reference)
    await bot.send_message(
        asked.chat.id,
        words.text,
        parse_mode="HTML",
        message_thread_id=asked.message_thread_id if asked.is_topic_message else None,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )


def _context(event: ErrorEvent) -> str:
    """Say which update it was, without the words that people wrote."""
    update = event.update
    what = update.callback_query or update.message or update.my_chat_member or update.chat_member
    user = getattr(what, "from_user", None)
    data = update.callback_query.data if update.callback_query else None
    return f"update={update.update_id} kind={update.event_type} user={user and user.id} data={data!r}"


def _story(error: Exception, bot: Bot) -> str:
    """Format the traceback; the token stands in every address of the Bot API and must not reach a log."""
    return "".join(traceback.format_exception(error)).replace(bot.token, HIDDEN)
