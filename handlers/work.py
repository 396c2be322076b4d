"""``/work``: a specialist says that he is at work at a client; messages wait meanwhile, what came back is watched."""

from __future__ import annotations

from dataclasses import replace

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from checks.access import Act
from checks.buttons import Action, Press
from checks.model import Client, Extent, Source, Window, WindowState
from checks.model import Message as Words
from checks.search import find
from checks.watching import Trigger, Watch, Why, begin, observe
from handlers import showing
from handlers.incidents import owner_of
from handlers.observations import record_in
from handlers.planned import close_window, open_window, undo_window
from handlers.pressed import on_command, on_press
from handlers.replies import answer, say, show, worded
from handlers.turn import Turn
from handlers.watching import gather
from storage import maintenance, people, watches
from storage.database import Connection
from templates.answers import Named
from templates.watches import WorkCard

CHOICES = 8
WHAT_AT_MOST = 200
QUERY_AT_MOST = 100


def router() -> Router:
    """Return the router of announced work."""
    made = Router(name="work")
    on_command(made, "work", _work)
    on_press(made, Action.WATCH, _pressed)
    return made


async def _work(message: Message, command: CommandObject, turn: Turn) -> None:
    del message
    words = (command.args or "").strip()[: QUERY_AT_MOST + WHAT_AT_MOST]
    if not words:
        await say(turn, worded(turn, "work_where", clients=(), query=""))
        return
    names, what = await _named(turn, words)
    estate = turn.deps.rules().estate
    if len(names) == 1:
        turn.require(Act.WATCH, await owner_of(turn, names[0]))
        await say(turn, await _asked(turn, estate.clients[names[0]], what))
        return
    chosen = [_choice(estate.clients[name]) for name in names[:CHOICES]]
    await say(turn, worded(turn, "work_where", clients=chosen, query=words))


async def _named(turn: Turn, words: str) -> tuple[tuple[str, ...], str]:
    """Find the client in the first words; what follows is what is being done."""
    question = showing.question(turn)
    parts = words.split()
    async with turn.deps.database.read() as connection:
        book = await turn.deps.directory.book(connection, question.estate)
    best: tuple[tuple[str, ...], str] = ((), "")
    for count in range(len(parts), 0, -1):
        query, what = " ".join(parts[:count]), " ".join(parts[count:])
        if query.casefold() in {name.casefold() for name in book.estate.clients}:
            return tuple(name for name in book.estate.clients if name.casefold() == query.casefold()), what
        found = find(book.index, query[:QUERY_AT_MOST], may_see=lambda _name: True)
        if len(found.names) == 1:
            return tuple(found.names), what
        if found.names:
            best = (tuple(found.names), what)
    return best


def _choice(client: Client) -> Named:
    return Named(name=client.name, label=client.label, hint=client.name if client.title else "")


async def _asked(turn: Turn, client: Client, what: str = "") -> Words:
    """Show how things stand with work at this client."""
    async with turn.deps.database.read() as connection:
        watch = (await watches.lasting(connection, [client.name])).get(client.name)
        if watch is None:
            return _said(turn, WorkCard(client=client.name, label=client.label, what=what))
        return await _lasting(turn, connection, watch, client)


async def _lasting(turn: Turn, connection: Connection, watch: Watch, client: Client) -> Words:
    window = await maintenance.load(connection, watch.window_id) if watch.window_id else None
    by = (await people.names(connection, {watch.by})).get(watch.by, "") if watch.by else ""
    lasts = watch.since is None and window is not None and window.state in {WindowState.PLANNED, WindowState.LASTING}
    card = WorkCard(
        client=client.name,
        label=client.label,
        what=watch.what,
        by=by,
        watch_id=watch.id or 0,
        state="lasts" if lasts else "watched" if watch.trigger is Trigger.WORK else "held",
        began_at=watch.began_at,
        until=window.ends_at if lasts and window else watch.due_at or turn.now,
    )
    return _said(turn, card)


def _said(turn: Turn, card: WorkCard) -> Words:
    return worded(turn, "work_at", work=card)


async def _pressed(query: CallbackQuery, press: Press, turn: Turn) -> None:
    word, _, name = press.arg.partition(".")
    async with turn.deps.database.read() as connection:
        watch = await watches.load(connection, press.id) if press.id else None
    client = turn.deps.rules().estate.clients.get(watch.client if watch else name)
    if client is None or (press.id and watch is None):
        await answer(turn, query, "gone", alert=True)
        return
    turn.require(Act.WATCH, await owner_of(turn, client.name))
    if word == "ask":
        await answer(turn, query, "empty")
        await show(turn, query, await _asked(turn, client))
    elif word == "begin":
        await _begin(query, turn, client)
    elif watch is not None and word in {"end", "cancel"}:
        await (_end if word == "end" else _cancel)(query, turn, watch, client)


# ── acts ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _begin(query: CallbackQuery, turn: Turn, client: Client) -> None:
    what = _what(query)

    async def work(tx: Connection) -> Watch | None:
        if client.name in await watches.lasting(tx, [client.name]):
            return None
        window = await open_window(tx, _window(turn, client.name, what), now=turn.now)
        wanted = Watch(
            client=client.name, trigger=Trigger.WORK, what=what, by=turn.user_id, window_id=window.id, began_at=turn.now
        )
        evidence = (await gather(tx, [client.name], rules=turn.deps.rules()))[client.name]
        before = replace(wanted, version_before=evidence.facts.version, operup_before=evidence.facts.operup_at)
        return await watches.add(tx, before)

    begun = await turn.change("work_begun", work, target=client.name, detail={"what": client.label})
    if begun is not None:
        turn.owe()
    await answer(turn, query, "watch_work_begun" if begun else "watch_work_lasts")
    await show(turn, query, await _asked(turn, client))


def _window(turn: Turn, client: str, what: str) -> Window:
    return Window(
        extent=Extent.CLIENT,
        target=client,
        begins_at=turn.now,
        ends_at=turn.now + turn.deps.rules().work_at_most,
        source=Source.WORK,
        author=turn.user_id,
        chat_id=turn.chat_id,
        thread_id=turn.thread_id,
        reason=what,
        created_at=turn.now,
    )


def _what(query: CallbackQuery) -> str:
    """Read what is being done from the card that was pressed: a button has no room for it."""
    text = getattr(query.message, "text", None) or ""
    said = next((line for line in text.splitlines() if line.startswith("Что делаем: ")), "")
    return said.removeprefix("Что делаем: ").rstrip(".")[:WHAT_AT_MOST]


async def _end(query: CallbackQuery, turn: Turn, watch: Watch, client: Client) -> None:
    async def work(tx: Connection) -> bool:
        assert watch.id is not None
        now = await watches.load(tx, watch.id)
        if now is None or now.ended_at is not None or now.since is not None:
            return False
        if now.window_id is not None:
            await close_window(tx, now.window_id, now=turn.now)
        evidence = (await gather(tx, [client.name], rules=turn.deps.rules()))[client.name]
        await watches.save(tx, begin(now, evidence, at=turn.now, patience=turn.deps.rules().watch_patience))
        return True

    done = await turn.change("work_over", work, target=client.name, detail={"what": client.label})
    if done:
        turn.owe()
    await answer(turn, query, "watch_work_over" if done else "watch_work_was_over")
    await show(turn, query, await _asked(turn, client))


async def _cancel(query: CallbackQuery, turn: Turn, watch: Watch, client: Client) -> None:
    rules = turn.deps.rules()

    async def work(tx: Connection) -> bool:
        assert watch.id is not None
        now = await watches.load(tx, watch.id)
        if now is None or now.ended_at is not None:
            return False
        ended = replace(now, ended_at=turn.now, ended_why=Why.CANCELLED)
        await watches.save(tx, ended)
        if now.since is None and now.window_id is not None:
            await undo_window(tx, now.window_id, now=turn.now, policy=rules.policy)
        if now.since is not None:
            await record_in(tx, observe(ended, turn.now), rules=rules, now=turn.now)
        return True

    done = await turn.change("watch_cancelled", work, target=client.name, detail={"what": client.label})
    if done:
        turn.owe()
    await answer(turn, query, "watch_cancelled" if done else "watch_over")
    if watch.since is None or not done:
        card = WorkCard(client=client.name, label=client.label, state="cancelled")
        await show(turn, query, _said(turn, card))
