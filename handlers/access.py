"""Stands before every command and press: had this update its effect already, who is it, and may they."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aiogram import BaseMiddleware, Bot
from aiogram.dispatcher.flags import get_flag
from aiogram.types import CallbackQuery, Chat, Message, TelegramObject, User

from checks.access import Act, ChatKind, Refusal, Refused
from handlers.deps import Deps
from handlers.manners import Manners
from handlers.refusals import refuse
from handlers.sight import sight_of
from handlers.turn import Denied, Repeated, Turn
from storage import chats, people, updates

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]

ACT = "act"
"""The flag of a handler that says what its callers need the right to."""
SERVICE = "service"
"""The flag of handlers of what Telegram itself says in a chat: it asks for nothing."""
OPEN = "open"
"""The flag of the handlers that strangers may reach: that is how people come in."""
ONCE_IN = timedelta(hours=6)
NAME_AT_MOST = 64
TOLD_ONCE = frozenset({Refusal.STRANGER, Refusal.SUSPENDED, Refusal.UNKNOWN_CHAT, Refusal.ANONYMOUS})


class Once(BaseMiddleware):
    """Opens the turn, and lets an update have its effect one time, whether repeated at once or after a restart."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps
        self._in_hand: set[int] = set()

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        number = data["event_update"].update_id
        user: User | None = data.get("event_from_user")
        if number in self._in_hand:
            return None
        self._in_hand.add(number)
        try:
            turn = await open_turn(self._deps, data["bot"], number, user, data.get("event_chat"))
            if turn is None:
                return None
            turn.thread_id = data.get("event_thread_id")
            await _meet(turn)
            await _follow_the_name(turn)
            return await self._answer(turn, handler, event, data)
        finally:
            self._in_hand.discard(number)

    async def _answer(self, turn: Turn, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        try:
            result = await handler(event, {**data, "turn": turn})
        except Repeated:
            return None
        except Exception:
            with suppress(Exception):  # the first error is the one to tell
                await turn.finish()
            raise
        await turn.finish()
        return result


async def open_turn(deps: Deps, bot: Bot, number: int, user: User | None, chat: Chat | None) -> Turn | None:
    """Load who asks and where; None when the update had its effect before."""
    private = chat is None or chat.type == "private"
    async with deps.database.read() as connection:
        if await updates.seen(connection, number):
            return None
        person = await people.get(connection, user.id) if user else None
        seen = None if chat is None else await chats.load(connection, chat.id)
        known = chat is not None and (chat.id in deps.chats or await chats.introduced(connection, chat.id))
        rules = deps.rules()
        sees = None if chat is None else await sight_of(connection, chat.id, rules.estate, rules.policy)
    return Turn(
        deps=deps,
        bot=bot,
        update_id=number,
        now=deps.now(),
        chat_id=chat.id if chat else user.id if user else 0,
        chat=ChatKind.PRIVATE if private else ChatKind.GROUP if known else ChatKind.UNKNOWN,
        zone=zone_of(seen, deps.zone),
        mute_limit=seen.mute_limit if seen is not None and seen.mute_limit else deps.mute_limit,
        dead=seen is not None and seen.dead_at is not None,
        met=seen is not None,
        sees=sees,
        user_id=user.id if user else 0,
        user_name=user.full_name[:NAME_AT_MOST] if user else "",
        username=user.username if user else None,
        person=person,
    )


async def _meet(turn: Turn) -> None:
    """Remember that one of us can be written to in private: they have just written there themselves."""
    if turn.chat is ChatKind.PRIVATE and turn.person is not None and not turn.met:
        await turn.deps.database.write(lambda tx: chats.meet(tx, turn.chat_id, at=turn.now, kind="private"))
        turn.met = True


async def _follow_the_name(turn: Turn) -> None:
    """People rename themselves; cards name them as the chat does."""
    person, name = turn.person, turn.user_name
    if person is not None and name and name != person.name:
        await turn.deps.database.write(lambda tx: people.rename(tx, person.id, name))
        turn.person = replace(person, name=name)


def zone_of(chat: chats.Chat | None, default: ZoneInfo) -> ZoneInfo:
    """Return the time zone that moments are told in; a name that nobody knows is as good as none."""
    if chat is not None and chat.time_zone:
        with suppress(KeyError, ValueError):
            return ZoneInfo(chat.time_zone)
    return default


class Access(BaseMiddleware):
    """Asks the table of rights before the handler runs, and words every refusal, also those that handlers raise."""

    def __init__(self) -> None:
        self._manners = Manners(within=ONCE_IN)

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        assert isinstance(event, Message | CallbackQuery)
        turn: Turn = data["turn"]
        if get_flag(data, SERVICE):
            return await handler(event, data)
        if isinstance(event, Message) and _nobody(event):
            return await self._refuse(turn, event, Refused(Refusal.ANONYMOUS)) if _anonymous(event) else None
        try:
            if not get_flag(data, OPEN):
                turn.require(get_flag(data, ACT, default=Act.HELP))
            return await handler(event, data)
        except Denied as denied:
            return await self._refuse(turn, event, denied.refused)

    async def _refuse(self, turn: Turn, event: Message | CallbackQuery, refused: Refused) -> None:
        """Tell why not. Those who are nobody to us are told once; a press always gets its answer."""
        once = isinstance(event, Message) and refused.reason in TOLD_ONCE
        if not once or self._manners.may_say((turn.chat_id, refused.reason), turn.now):
            await refuse(turn, event, refused)


def _nobody(message: Message) -> bool:
    """Anonymous admins, channels and other bots give no orders."""
    return message.sender_chat is not None or message.from_user is None or message.from_user.is_bot


def _anonymous(message: Message) -> bool:
    return message.sender_chat is not None and message.sender_chat.id == message.chat.id
