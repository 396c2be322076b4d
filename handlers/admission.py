"""Lets people in: ``/start``, by itself or with the code of an invitation, in private or in a group."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from aiogram import Router
from aiogram.exceptions import TelegramAPIError
from aiogram.filters import CommandObject, CommandStart
from aiogram.types import Message

from checks.access import Act, ChatKind
from checks.model import Person, Role
from handlers.access import OPEN
from handlers.chats import greet
from handlers.manners import Manners
from handlers.menus import give_menu
from handlers.replies import say, worded
from handlers.turn import Turn
from storage import chats, invitations, people
from storage.invitations import Invitation
from templates import render


def router() -> Router:
    """Return the router of ``/start``."""
    made = Router(name="admission")
    tries = Manners(within=timedelta(minutes=10), times=5)

    async def start(message: Message, command: CommandObject, turn: Turn) -> None:
        code = (command.args or "").strip()
        known = turn.person is not None and not turn.person.suspended
        if not code or (known and turn.someone.role is Role.ADMIN):
            await _again(turn, message)
        elif tries.may_say(turn.user_id, turn.now):
            await _come_in(turn, message, code)

    made.message.register(start, CommandStart(ignore_case=True), flags={OPEN: True})
    return made


async def _again(turn: Turn, message: Message) -> None:
    """Greet those who are in, tell the others that it takes an invitation."""
    turn.require(Act.HELP)
    if turn.chat is ChatKind.PRIVATE:
        await _welcome(turn, turn.someone, fresh=False)
    else:
        await greet(turn, title=message.chat.title or "", kind=message.chat.type)


async def _come_in(turn: Turn, message: Message, code: str) -> None:
    async def work(tx: Any) -> tuple[Person, Invitation] | None:
        invitation = await invitations.use(tx, code, by=turn.user_id, now=turn.now)
        if invitation is None:
            return None
        person = Person(id=turn.user_id, name=turn.user_name, role=invitation.role, manager=invitation.manager)
        await people.admit(tx, person, username=turn.username, at=turn.now)
        if turn.chat is ChatKind.PRIVATE:
            await chats.meet(tx, turn.chat_id, at=turn.now, kind="private")
        return person, invitation

    admitted = await turn.change("came_in", work, target=str(turn.user_id), detail=_facts)
    if admitted is None:
        await _over(turn, message, code)
        return
    turn.person, invitation = admitted
    await _welcome(turn, turn.person, fresh=True)
    if turn.chat is not ChatKind.PRIVATE:
        await greet(turn, title=message.chat.title or "", kind=message.chat.type)
    await give_menu(turn.bot, turn.person, turn.now)
    await _tell_the_inviter(turn, invitation)


async def _over(turn: Turn, message: Message, code: str) -> None:
    async with turn.deps.database.read() as connection:
        mine = await invitations.used_by(connection, code) == turn.user_id
    if mine and turn.person is not None and not turn.person.suspended:
        await _welcome(turn, turn.person, fresh=False)
    else:
        await say(turn, worded(turn, "invitation_over"), reply_to=message.message_id)


async def _welcome(turn: Turn, person: Person, *, fresh: bool) -> None:
    await say(turn, worded(turn, "welcome", person=person, fresh=fresh))


async def _tell_the_inviter(turn: Turn, invitation: Invitation) -> None:
    if invitation.made_by is None:
        return
    message = render("came_in", now=turn.now, zone=turn.deps.zone, person=turn.someone)
    with suppress(TelegramAPIError):  # a courtesy; the audit has it
        await turn.bot.send_message(invitation.made_by, message.text, parse_mode="HTML", disable_notification=True)


def _facts(admitted: tuple[Person, Invitation] | None) -> Mapping[str, Any]:
    assert admitted is not None
    person, invitation = admitted
    return {"name": person.name, "role": person.role, "manager": person.manager, "invited_by": invitation.made_by}
