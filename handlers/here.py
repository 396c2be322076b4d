"""``/here``: what this chat, or this topic of it, is told about; chosen, listed and taken back by buttons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from aiogram import Router
from aiogram.types import CallbackQuery, Chat, Message

from checks.access import Act, Allowed, ChatKind, owns
from checks.buttons import Action, Press
from checks.model import Message as Words
from checks.model import RouteKind
from handlers.paging import key_of, number_of, page_of
from handlers.pressed import on_command, on_press
from handlers.replies import answer, say, show, worded
from handlers.turn import Turn
from storage import chats, names, routes
from storage.routes import Bound

NAMES_A_PAGE = 8
LIMITS = frozenset({"1", "4", "24", "72", ""})
"""Hours of a mute that one person may make."""


def router() -> Router:
    """Return the router of bindings."""
    made = Router(name="here")
    on_command(made, "here", _here)
    on_press(made, Action.HERE, _pressed)
    return made


async def _here(message: Message, turn: Turn) -> None:
    await _introduce(turn, message.chat)
    await say(turn, await _menu(turn))


async def _pressed(query: CallbackQuery, press: Press, turn: Turn) -> None:
    """Do what a button asks; ``press.arg`` is the word and, after a dot, its own argument."""
    word, _, arg = press.arg.partition(".")
    if query.message is not None:
        await _introduce(turn, query.message.chat)
    if word == "fallback":
        turn.require(Act.FALLBACK)
        await answer(turn, query, "empty")
        await show(turn, query, await _fallbacks(turn, number_of(arg)))
        return
    if word == "limits":
        turn.require(Act.FALLBACK)
        await answer(turn, query, "empty")
        await show(turn, query, worded(turn, "here_limit", limit=turn.mute_limit, usual=turn.deps.mute_limit))
        return
    if word in {"servers", "managers"}:
        turn.require(Act.BIND)
        await answer(turn, query, "empty")
        await show(turn, query, await _choice(turn, word, number_of(arg)))
        return
    said = await _do(turn, word, arg)
    await answer(turn, query, said)
    await show(turn, query, await _menu(turn))


async def _introduce(turn: Turn, chat: Chat) -> None:
    """Make the chat one of ours: a binding needs it. In a group that takes the right to bind anything."""
    if turn.chat is ChatKind.UNKNOWN:
        turn.require(Act.BIND)
    title = chat.title or chat.full_name
    await turn.change(
        "introduced",
        lambda tx: chats.introduce(tx, turn.chat_id, title=title, kind=chat.type, at=turn.now),
        target=str(turn.chat_id),
        detail={"title": title},
    )
    if turn.chat is ChatKind.UNKNOWN:
        turn.chat = ChatKind.GROUP
    if turn.thread_id is not None:
        thread = turn.thread_id
        await turn.deps.database.write(lambda tx: routes.find_thread(tx, turn.chat_id, thread))


async def _do(turn: Turn, word: str, arg: str) -> str:
    """Bind or unbind; returns the word to answer with."""
    if word in {"technical", "business", "admin"}:
        turn.require(Act.BIND)
        return await _bind(turn, RouteKind(word))
    if word == "own":
        return await _bind_own(turn)
    if word in {"server", "manager"}:
        turn.require(Act.BIND)
        return await _bind_named(turn, word, arg)
    if word == "off" and arg in set(RouteKind):
        return await _unbind(turn, RouteKind(arg))
    if word == "drop":
        return await _drop(turn, number_of(arg))
    if word == "again":
        turn.require(Act.BIND)
        return await _move(turn, number_of(arg))
    if word == "alone":
        turn.require(Act.FALLBACK)
        return await _set_limit(turn, arg)
    if word == "instead":
        turn.require(Act.FALLBACK)
        return await _set_fallback(turn, arg)
    return "stale" if word != "menu" else "empty"


async def _bind(turn: Turn, kind: RouteKind, **narrowed: str) -> str:
    async def work(tx: Any) -> bool:
        before = [one for one in await routes.of_chat(tx, turn.chat_id) if kind in one.route.kinds]
        if any(_same(one, turn.thread_id, narrowed) for one in before):
            return False
        options: dict[str, Any] = {"thread_id": turn.thread_id, **narrowed}
        await routes.bind(tx, turn.chat_id, kind, at=turn.now, by=turn.user_id, **options)
        return True

    facts = {"kind": kind, "thread": turn.thread_id, **narrowed}
    done = await turn.change("bound", work, target=str(turn.chat_id), detail=facts)
    return "bound" if done else "bound_already"


async def _bind_own(turn: Turn) -> str:
    """Bind one's own clients; in a group that is for those who may bind anything there."""
    if turn.chat is not ChatKind.PRIVATE:
        turn.require(Act.BIND)
    manager = turn.someone.manager
    if manager is None:
        return "no_clients"
    async with turn.deps.database.read() as connection:
        listed = await names.managers(connection)
    known = next((name for name in listed if owns(turn.someone, name)), manager)
    return await _bind(turn, RouteKind.OWN, manager=known)


async def _bind_named(turn: Turn, word: str, key: str) -> str:
    async with turn.deps.database.read() as connection:
        known = await (names.servers if word == "server" else names.managers)(connection)
    found = next((name for name in known if key_of(name) == key), None)
    if found is None:
        return "stale"
    if word == "server":
        return await _bind(turn, RouteKind.TECHNICAL, redirect=found)
    return await _bind(turn, RouteKind.OWN, manager=found)


async def _unbind(turn: Turn, kind: RouteKind) -> str:
    if not (kind is RouteKind.OWN and turn.chat is ChatKind.PRIVATE):
        turn.require(Act.BIND)
    work = routes.unbind
    done = await turn.change(
        "unbound", lambda tx: work(tx, turn.chat_id, kind), target=str(turn.chat_id), detail={"kind": kind}
    )
    return "unbound" if done else "nothing_changed"


async def _drop(turn: Turn, number: int) -> str:
    """Take one binding back; in private everybody takes back what they chose for themselves."""
    if turn.chat is not ChatKind.PRIVATE:
        turn.require(Act.BIND)
    kind = await turn.change(
        "unbound",
        lambda tx: routes.drop(tx, turn.chat_id, number),
        target=str(turn.chat_id),
        detail=lambda kind: {"kind": kind},
    )
    return "unbound" if kind else "nothing_changed"


async def _move(turn: Turn, number: int) -> str:
    """Bind here again what was bound to a topic that was lost."""
    done = await turn.change(
        "moved",
        lambda tx: routes.move(tx, turn.chat_id, number, turn.thread_id),
        target=str(turn.chat_id),
        detail={"thread": turn.thread_id},
    )
    return "bound" if done else "nothing_changed"


async def _fallbacks(turn: Turn, number: int) -> Words:
    """Offer the chats that could hear in place of this one."""
    async with turn.deps.database.read() as connection:
        known = await chats.everyone(connection)
        groups = [known[one] for one in await chats.groups(connection) if one != turn.chat_id and known[one].title]
    now = known[turn.chat_id].fallback if turn.chat_id in known else None
    page = page_of([(one.title, key_of(str(one.id)), one.id == now) for one in groups], number, NAMES_A_PAGE)
    return worded(turn, "here_fallback", page=page, chosen=now is not None)


async def _set_fallback(turn: Turn, key: str) -> str:
    async with turn.deps.database.read() as connection:
        known = await chats.groups(connection)
    found = next((one for one in known if key_of(str(one)) == key and one != turn.chat_id), None)
    if found is None and key:
        return "stale"

    async def work(tx: Any) -> bool:
        before = await chats.load(tx, turn.chat_id)
        await chats.set_fallback(tx, turn.chat_id, found)
        return before is None or before.fallback != found

    done = await turn.change("fallback", work, target=str(turn.chat_id), detail={"to": found})
    return "kept" if done else "nothing_changed"


async def _set_limit(turn: Turn, hours: str) -> str:
    """Choose for how long one may mute here without a second person; nothing = as everywhere."""
    if hours not in LIMITS:
        return "stale"
    limit = timedelta(hours=int(hours)) if hours else None

    async def work(tx: Any) -> bool:
        before = await chats.load(tx, turn.chat_id)
        await chats.set_mute_limit(tx, turn.chat_id, limit)
        return before is None or before.mute_limit != limit

    done = await turn.change("mute_limit", work, target=str(turn.chat_id), detail={"hours": hours})
    turn.mute_limit = limit or turn.deps.mute_limit
    return "kept" if done else "nothing_changed"


async def _menu(turn: Turn) -> Words:
    async with turn.deps.database.read() as connection:
        bound = await routes.of_chat(connection, turn.chat_id)
        servers = await names.servers(connection)
        managers = await names.managers(connection)
    anything = isinstance(turn.verdict(Act.BIND), Allowed)
    own = turn.someone.manager if anything or turn.chat is ChatKind.PRIVATE else None
    return worded(
        turn,
        "here",
        bound=[_told(one) for one in bound],
        topic=turn.thread_id,
        anything=anything,
        own=own,
        fallback=isinstance(turn.verdict(Act.FALLBACK), Allowed) and turn.chat is not ChatKind.PRIVATE,
        servers=len(servers),
        managers=len(managers),
    )


async def _choice(turn: Turn, what: str, number: int) -> Words:
    async with turn.deps.database.read() as connection:
        known: Sequence[str] = await (names.servers if what == "servers" else names.managers)(connection)
    page = page_of([(name, key_of(name)) for name in known], number, NAMES_A_PAGE)
    return worded(turn, "here_choice", what=what, page=page)


def _told(bound: Bound) -> dict[str, Any]:
    route = bound.route
    return {
        "id": bound.id,
        "lost": bound.lost_thread is not None,
        "kind": next(iter(route.kinds)),
        "thread": route.thread_id,
        "manager": next(iter(route.managers), None),
        "server": next(iter(route.redirects), None),
    }


def _same(bound: Bound, thread_id: int | None, narrowed: dict[str, str]) -> bool:
    told = _told(bound)
    before = (told["thread"], told["manager"], told["server"])
    return before == (thread_id, narrowed.get("manager"), narrowed.get("redirect"))
