"""Inline mode: «@bot ром» in any chat finds clients for those who may see them, and puts a short card there."""

from __future__ import annotations

from hashlib import sha256

from aiogram import Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import InlineQuery, InlineQueryResultArticle, InputTextMessageContent

from checks.access import Act, Allowed, ChatKind, may, sees_all
from checks.model import Person
from handlers import status
from handlers.access import ACT
from handlers.deps import Deps
from handlers.replies import LATE, NO_PREVIEW
from handlers.status import Found, Question
from storage import people

QUERY_AT_MOST = 100
RESULTS = 6


def router(deps: Deps) -> Router:
    """Return the router of inline questions; rights are the person's, whatever the chat."""
    made = Router(name="inline")

    async def answer(query: InlineQuery) -> None:
        async with deps.database.read() as connection:
            person = await people.get(connection, query.from_user.id)
        found: list[Found] = []
        if isinstance(may(person, Act.SEE_ESTATE, chat=ChatKind.PRIVATE), Allowed) and person is not None:
            found = await status.short(_question(deps, person), query.query.strip()[:QUERY_AT_MOST], most=RESULTS)
        try:
            await query.answer([_article(one) for one in found], cache_time=0, is_personal=True)
        except TelegramBadRequest as error:
            if not any(sign in error.message.lower() for sign in LATE):
                raise  # the person typed on, or we were too slow: that alone is no error

    made.inline_query.register(answer, flags={ACT: Act.SEE_ESTATE})
    return made


def _question(deps: Deps, person: Person) -> Question:
    everything = sees_all(person, managers_see_all=deps.managers_see_all)
    rules = deps.rules()
    return Question(
        database=deps.database,
        directory=deps.directory,
        chat_id=person.id,
        now=deps.now(),
        zone=deps.zone,
        only_manager=None if everything else person.manager or "",
        estate=rules.estate,
        volume=rules.policy.volume,
    )


def _article(found: Found) -> InlineQueryResultArticle:
    """Return a result without buttons: who presses them in a strange chat would be nobody to us."""
    content = InputTextMessageContent(
        message_text=found.message.text, parse_mode="HTML", link_preview_options=NO_PREVIEW
    )
    number = sha256(found.name.encode(errors="replace")).hexdigest()[:32]
    return InlineQueryResultArticle(
        id=number, title=found.title, description=found.description or None, input_message_content=content
    )
