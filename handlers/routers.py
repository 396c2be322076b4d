"""Puts the routers together behind the middlewares: one tree for everything that comes from the chat."""

from __future__ import annotations

from aiogram import Bot, Router

from handlers import (
    admission,
    agents,
    boards,
    calls,
    charts,
    chats,
    digests,
    documents,
    duty,
    errors,
    folding,
    help,  # noqa: A004 - the noun of the module
    here,
    incidents,
    inline,
    journal,
    lists,
    maintenance,
    people,
    questions,
    quiet,
    reasons,
    signals,
    silences,
    versions,
    work,
)
from handlers.access import Access, Once
from handlers.deps import Deps
from handlers.menus import give_menus


def build(deps: Deps) -> Router:
    """Return the root router; include it in the dispatcher."""
    root = Router(name="smartbot")
    once, access = Once(deps), Access()
    for observer in (root.message, root.callback_query, root.my_chat_member, root.chat_member):
        observer.middleware(once)
    for observer in (root.message, root.callback_query):
        observer.middleware(access)
    root.include_routers(
        errors.router(deps),
        admission.router(),
        chats.router(),
        here.router(),
        duty.router(),
        quiet.router(),
        help.router(),
        people.router(),
        journal.router(),
        charts.router(),
        lists.router(),
        incidents.router(),
        silences.router(),
        digests.router(),
        boards.router(),
        inline.router(deps),
        maintenance.router(),
        agents.router(),
        calls.router(),
        work.router(),
        versions.router(),
        signals.router(deps),
        folding.router(),
        reasons.router(deps),
        documents.router(deps.vault),
        questions.router(),
        questions.words_router(),
        help.last_resort(),
    )
    return root


async def on_startup(bot: Bot, deps: Deps) -> None:
    """Give everybody the menu of their role."""
    await give_menus(bot, deps)
