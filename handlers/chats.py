"""Gets to know chats: the bot is let in, thrown out, moved; people leave, and their rights with them."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from aiogram import F, Router
from aiogram.exceptions import TelegramAPIError
from aiogram.types import ChatMemberUpdated, Message, User

from checks.access import Act, Allowed, ChatKind, Refusal, may
from checks.model import Person, Role
from handlers.access import SERVICE
from handlers.losses import lose_chat
from handlers.manners import Manners
from handlers.menus import give_menu
from handlers.people import rest
from handlers.replies import say, worded
from handlers.turn import Turn
from storage import chats, people
from storage.database import Connection
from templates import render

log = logging.getLogger(__name__)

INSIDE = frozenset({"creator", "administrator", "member", "restricted"})
ONCE_IN = timedelta(hours=6)
KICKED = "kicked"


def router() -> Router:
    """Return the router of memberships: the bot's own and people's."""
    made = Router(name="chats")
    manners = Manners(within=ONCE_IN)

    async def mine(event: ChatMemberUpdated, turn: Turn) -> None:
        inside, before = _inside(event.new_chat_member), _inside(event.old_chat_member)
        if not inside:
            await _lost(turn)
        elif event.chat.type == "private" or before:
            await _back(turn, event)
        else:
            await _let_in(turn, event, manners)

    async def theirs(event: ChatMemberUpdated, turn: Turn) -> None:
        if _inside(event.old_chat_member) and not _inside(event.new_chat_member):
            await _gone(turn, event.new_chat_member.user, event.chat.title or "")

    async def left(message: Message, turn: Turn) -> None:
        if message.left_chat_member is not None:
            await _gone(turn, message.left_chat_member, message.chat.title or "")

    made.my_chat_member.register(mine)
    made.chat_member.register(theirs)
    made.message.register(left, F.left_chat_member, flags={SERVICE: True})
    made.message.register(_moved, F.migrate_to_chat_id, flags={SERVICE: True})
    return made


async def greet(turn: Turn, *, title: str, kind: str) -> None:
    """Make the chat known if this person may do that, and say once what to do here."""
    turn.require(Act.BIND)
    fresh = await turn.change(
        "introduced",
        lambda tx: chats.introduce(tx, turn.chat_id, title=title, kind=kind, at=turn.now),
        target=str(turn.chat_id),
        detail={"title": title},
    )
    turn.chat = ChatKind.GROUP
    if fresh:
        await say(turn, worded(turn, "greeting"))


async def _let_in(turn: Turn, event: ChatMemberUpdated, manners: Manners) -> None:
    """Somebody put the bot into a group: greet it, or say one polite line when they had no right to."""
    if isinstance(may(turn.person, Act.BIND, chat=ChatKind.UNKNOWN), Allowed):
        await greet(turn, title=event.chat.title or "", kind=event.chat.type)
    elif turn.chat is ChatKind.GROUP:
        await _back(turn, event)
    elif manners.may_say(turn.chat_id, turn.now):
        refused = {"reason": Refusal.STRANGER, "role": Role.ADMIN, "ask": [], "managers": []}
        await say(turn, worded(turn, "refusal", plain=False, **refused))


async def _back(turn: Turn, event: ChatMemberUpdated) -> None:
    """Note that the bot may speak again: to a person of ours, or in a group that was ours, whoever let it in."""
    if turn.person is None and turn.chat is not ChatKind.GROUP:
        return
    title = event.chat.title or event.chat.full_name
    await turn.change(
        "chat_back",
        lambda tx: chats.revive(tx, turn.chat_id),
        target=str(turn.chat_id),
        detail={"title": title},
    )


async def _moved(message: Message, turn: Turn) -> None:
    """Follow a group to its new id; its bindings and silences come along."""
    new = message.migrate_to_chat_id
    assert new is not None
    if turn.chat is ChatKind.GROUP:
        await turn.change("chat_moved", partial(_migrate, old=turn.chat_id, new=new, at=turn.now), target=str(new))


async def _migrate(tx: Connection, *, old: int, new: int, at: datetime) -> bool:
    await chats.migrate(tx, old, new, at=at)
    return True


async def _lost(turn: Turn) -> None:
    await turn.change(
        "chat_lost",
        lambda tx: lose_chat(tx, turn.chat_id, KICKED, now=turn.now),
        target=str(turn.chat_id),
    )
    turn.deps.wake()


async def _gone(turn: Turn, user: User, title: str) -> None:
    """Somebody left a group of ours: the role rests, unless another group of ours still has them."""
    if turn.chat is not ChatKind.GROUP:
        return
    async with turn.deps.database.read() as connection:
        person = await people.get(connection, user.id)
        others = [chat_id for chat_id in await chats.groups(connection) if chat_id != turn.chat_id]
    if person is None or person.suspended or await _elsewhere(turn, user.id, others):
        return
    suspended = await turn.change(
        "left_group",
        lambda tx: rest(tx, user.id, turn.now),
        target=str(user.id),
        detail={"name": person.name, "chat": title},
    )
    if suspended is not None:
        await _tell_the_gone(turn, suspended, title)


async def _elsewhere(turn: Turn, user_id: int, groups: list[int]) -> bool:
    for chat_id in groups:
        with suppress(TelegramAPIError):  # a group that does not tell is as good as none
            if _inside(await turn.bot.get_chat_member(chat_id, user_id)):
                return True
    return False


async def _tell_the_gone(turn: Turn, person: Person, title: str) -> None:
    await give_menu(turn.bot, person, turn.now)
    async with turn.deps.database.read() as connection:
        admins = [one.name for one in await people.with_role(connection, Role.ADMIN)]
    message = render("left_us", now=turn.now, zone=turn.deps.zone, chat=title, ask=admins[:3])
    with suppress(TelegramAPIError):  # they may never have spoken to the bot in private
        await turn.bot.send_message(person.id, message.text, parse_mode="HTML")


def _inside(member: Any) -> bool:
    return member.status in INSIDE and getattr(member, "is_member", True)
