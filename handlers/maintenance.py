"""``/maintenance``: planned work, announced by words or by buttons, listed, prolonged, ended early, taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from checks.access import Act, Allowed, Owners
from checks.announcing import Announced, Misread, read_announcement
from checks.buttons import Action, Press
from checks.catalogue import ROWS
from checks.maintenance import Close, population, same, undoable
from checks.model import Extent, Role, Source, Window, WindowState
from checks.model import Message as Words
from checks.search import find
from handlers import planned
from handlers.pages import cut
from handlers.paging import key_of, number_of, page_of
from handlers.pressed import on_command, on_press
from handlers.replies import answer, say, show, worded
from handlers.status import CHOICES
from handlers.turn import Turn
from handlers.works import authors, called, work_of
from storage import maintenance
from storage.database import Connection

EVERYTHING = frozenset({"все", "всё", "все клиенты", "all"})
LENGTHS = {
    "30m": timedelta(minutes=30),
    "1h": timedelta(hours=1),
    "2h": timedelta(hours=2),
    "4h": timedelta(hours=4),
    "8h": timedelta(hours=8),
}
LONGER = timedelta(hours=1)
A_MANAGERS = timedelta(hours=24)
"""A manager announces no more than that: others hear of his clients too."""
NAMES_A_PAGE = 8
ACTS = {
    Extent.CLIENT: Act.PLAN_CLIENT,
    Extent.REDIRECT: Act.PLAN_SHARED,
    Extent.CODE: Act.PLAN_SHARED,
    Extent.ALL: Act.PLAN_ALL,
}


@dataclass(frozen=True, slots=True)
class Thing:
    """What work is announced on."""

    extent: Extent
    target: str = ""


def router() -> Router:
    """Return the router of planned work."""
    made = Router(name="maintenance")
    on_command(made, "maintenance", _maintenance)
    on_press(made, Action.MAINTENANCE, _pressed)
    return made


async def _maintenance(message: Message, command: CommandObject, turn: Turn) -> None:
    text = (command.args or "").strip()[:500]
    if not text:
        await say(turn, await _list(turn))
        return
    found = read_announcement(text, turn.now, turn.zone)
    if isinstance(found, Misread):
        await say(turn, worded(turn, "work_unread", why=found, asked=text), reply_to=message.message_id)
        return
    things = await _things(turn, found.target)
    if len(things) == 1:
        await say(turn, await _announce(turn, things[0], found), reply_to=message.message_id)
        return
    rest = " ".join(text.split()).removeprefix(found.target).strip()
    estate = turn.deps.rules().estate
    choice = [(called(one.extent, one.target, estate)[0], f"/maintenance {one.target} {rest}") for one in things]
    facts = {"asked": found.target, "choice": choice[:CHOICES], "more": max(0, len(choice) - CHOICES)}
    await say(turn, worded(turn, "work_whom", **facts), reply_to=message.message_id)


async def _things(turn: Turn, text: str) -> list[Thing]:
    """Return what people may mean: everything, a redirect server, a kind of alert, or the clients who fit."""
    words = text.casefold()
    estate = turn.deps.rules().estate
    if words in EVERYTHING:
        return [Thing(Extent.ALL)]
    servers = [one.name for one in estate.redirects.values() if words in {one.name.casefold(), one.title.casefold()}]
    if servers:
        return [Thing(Extent.REDIRECT, servers[0])]
    code = next((code for code in ROWS if code.casefold() == words), None)
    if code is not None:
        return [Thing(Extent.CODE, code)]
    if text in estate.clients:
        return [Thing(Extent.CLIENT, text)]
    async with turn.deps.database.read() as connection:
        book = await turn.deps.directory.book(connection, estate)
    return [Thing(Extent.CLIENT, name) for name in find(book.index, text).names]


# ── announcing ────────────────────────────────────────────────────────────────────────────────────────────────────


async def _announce(turn: Turn, thing: Thing, said: Announced) -> Words:
    """Announce work if this person may; the same wish said twice is one."""
    turn.require(ACTS[thing.extent], _owners(turn, thing))
    lasts = said.length or said.ends_at - said.begins_at
    if turn.someone.role is Role.MANAGER and (lasts > A_MANAGERS or said.cron):
        return worded(turn, "work_unread", why=Misread.MANAGERS, asked="")
    window = Window(
        extent=thing.extent,
        target=thing.target,
        begins_at=said.begins_at,
        ends_at=said.ends_at,
        cron=said.cron,
        zone=str(turn.zone) if said.cron else "",
        length=said.length,
        source=Source.CHAT,
        author=turn.user_id,
        chat_id=turn.chat_id,
        thread_id=turn.thread_id,
        reason=said.reason,
        created_at=turn.now,
    )
    known: list[Window] = []

    async def work(tx: Connection) -> Window | None:
        known.extend(one for one in await maintenance.living(tx) if same(one, window))
        return None if known else await planned.open_window(tx, window, now=turn.now)

    what = called(thing.extent, thing.target, turn.deps.rules().estate)[0]
    opened = await turn.change("work", work, target=thing.target or "*", detail={"what": what, "extent": thing.extent})
    if opened is not None:
        turn.owe()
    return await _said(turn, opened or known[0], fresh=opened is not None)


def _owners(turn: Turn, thing: Thing) -> Owners | None:
    """Return whose client is concerned; of what is shared the role alone decides."""
    if thing.extent is not Extent.CLIENT:
        return None
    client = turn.deps.rules().estate.clients.get(thing.target)
    return [client.manager if client else None]


async def _said(turn: Turn, window: Window, *, fresh: bool) -> Words:
    async with turn.deps.database.read() as connection:
        by = (await authors(connection, [window])).get(window.author, "")
    estate = turn.deps.rules().estate
    clients = len(population(window.extent, window.target, estate))
    work = work_of(window, by, estate, turn.now, mine=_may_end(turn, window))
    return worded(turn, "work_said", work=work, clients=clients, fresh=fresh)


# ── buttons ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def _pressed(query: CallbackQuery, press: Press, turn: Turn) -> None:
    """Do what a button asks; ``press.arg`` is the word and, after dots, its own arguments."""
    word, _, arg = press.arg.partition(".")
    if press.id:
        await _change(query, turn, press.id, word)
        return
    if word == "go":
        await _go(query, turn, arg)
        return
    message = await _page(turn, word, arg)
    if message is None:
        await answer(turn, query, "gone" if word in {"c", "r"} else "stale", alert=True)
        return
    await answer(turn, query, "empty")
    await show(turn, query, message)


async def _page(turn: Turn, word: str, arg: str) -> Words | None:
    estate = turn.deps.rules().estate
    if word == "list":
        return await _list(turn, arg)
    if word == "new":
        things = [extent for extent in Extent if isinstance(turn.verdict(ACTS[extent]), Allowed)]
        return worded(turn, "work_new", extents=things, servers=len(estate.redirects))
    if word == "servers":
        names = sorted(estate.redirects)
        page = page_of([(estate.redirects[one].label, key_of(one)) for one in names], number_of(arg), NAMES_A_PAGE)
        return worded(turn, "work_servers", page=page)
    thing = _thing(turn, word, arg)
    if thing is None:
        return None
    turn.require(ACTS[thing.extent], _owners(turn, thing))
    what, _ = called(thing.extent, thing.target, estate)
    return worded(turn, "work_length", extent=thing.extent, what=what, tail=f"{word}.{arg}", name=thing.target)


def _thing(turn: Turn, word: str, arg: str) -> Thing | None:
    """Return what a button means; None = it has left the lists."""
    estate = turn.deps.rules().estate
    if word == "all":
        return Thing(Extent.ALL)
    if word == "c" and arg in estate.clients:
        return Thing(Extent.CLIENT, arg)
    name = next((one for one in estate.redirects if key_of(one) == arg), None) if word == "r" else None
    return Thing(Extent.REDIRECT, name) if name is not None else None


async def _go(query: CallbackQuery, turn: Turn, arg: str) -> None:
    length, _, tail = arg.partition(".")
    word, _, rest = tail.partition(".")
    thing = _thing(turn, word, rest)
    if thing is None or length not in LENGTHS:
        await answer(turn, query, "gone", alert=True)
        return
    said = Announced(target=thing.target, begins_at=turn.now, ends_at=turn.now + LENGTHS[length])
    message = await _announce(turn, thing, said)
    await answer(turn, query, "work_said")
    await show(turn, query, message)


async def _change(query: CallbackQuery, turn: Turn, number: int, word: str) -> None:
    """End, prolong or take back one window."""
    async with turn.deps.database.read() as connection:
        window = await maintenance.load(connection, number)
    if window is None or word not in {"end", "stop", "undo", "more"}:
        await answer(turn, query, "gone", alert=True)
        return
    if window.author != turn.user_id:
        thing = Thing(window.extent, window.target)
        turn.require(ACTS[window.extent], _owners(turn, thing))
    changed = await turn.change(f"work_{word}", _Change(turn, window, word), target=window.target or "*")
    if changed is not None:
        turn.owe()
    await answer(turn, query, f"work_{word}" if changed else "work_over", alert=changed is None)
    await show(turn, query, await _list(turn))


@dataclass(slots=True)
class _Change:
    """The transaction of one press on a window."""

    turn: Turn
    window: Window
    word: str

    async def __call__(self, tx: Connection) -> Window | None:
        turn, number, now = self.turn, self.window.id or 0, self.turn.now
        if self.word == "more":
            until = max(self.window.ends_at, now) + LONGER
            return await planned.prolong_window(tx, number, until=until, now=now)
        if self.word == "undo" and undoable(self.window, now):
            return await planned.undo_window(tx, number, now=now, policy=turn.deps.rules().policy)
        good = self.word == "stop" or not self.window.cron
        return await planned.close_window(tx, number, now=now, why=Close.EARLY, for_good=good)


def _may_end(turn: Turn, window: Window) -> bool:
    if window.author == turn.user_id:
        return True
    owners = _owners(turn, Thing(window.extent, window.target))
    return isinstance(turn.verdict(ACTS[window.extent], owners), Allowed)


# ── the list ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def _list(turn: Turn, arg: str = "") -> Words:
    estate = turn.deps.rules().estate
    async with turn.deps.database.read() as connection:
        living = [one for one in await maintenance.living(connection) if _sees(turn, one)]
        ranked = sorted(living, key=lambda one: (one.state is WindowState.PLANNED, one.begins_at, one.id))
        shown, page = cut(ranked, arg)
        who = await authors(connection, shown)
    works = [work_of(one, who.get(one.author, ""), estate, turn.now, mine=_may_end(turn, one)) for one in shown]
    may = isinstance(turn.verdict(Act.PLAN_CLIENT), Allowed)
    return worded(turn, "work_list", listed=works, page=page, may=may)


def _sees(turn: Turn, window: Window) -> bool:
    """Say whether this person is told of the work: a manager of his own clients' and of what they share."""
    everybodys = window.extent in {Extent.ALL, Extent.CODE}
    if turn.someone.role is not Role.MANAGER or turn.deps.managers_see_all or everybodys:
        return True
    estate = turn.deps.rules().estate
    names = population(window.extent, window.target, estate)
    return any(
        isinstance(turn.verdict(Act.SEE, [estate.clients[name].manager]), Allowed)
        for name in names
        if name in estate.clients
    )
