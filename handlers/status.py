"""Answers what people ask: the estate, one client, what does not work, what is muted. No chat library in here."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from typing import Any

from checks.access import same_manager
from checks.catalogue import ROWS
from checks.estate import Estate
from checks.model import (
    Cause,
    CauseKind,
    Client,
    Incident,
    Message,
    Scope,
    Silence,
    State,
    Subject,
    SubjectKind,
    Transition,
)
from checks.search import find
from checks.silences import active
from checks.volume import Volume
from handlers.cards import briefs, zone_in
from handlers.client import read_client
from handlers.directory import Book, Directory
from handlers.impact import hit_names
from handlers.pages import cut
from handlers.reading import View, mute_of, subject_of
from storage import arrivals, chats, facts, health, incidents, looks, messages, people, silences, storms
from storage.database import Connection, Database
from templates import MOSCOW, phrase, render
from templates.answers import Named, Overview, Said, Server
from templates.cards import Mute
from templates.views import Moved, Turned
from templates.words import title

CHOICES = 8
HISTORY = timedelta(days=30)
ROUTINE = frozenset({"operup_at"})
"""Facts that change every working day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Who asks, where and when; a manager is answered about his own clients only."""

    database: Database
    directory: Directory
    chat_id: int
    now: datetime
    zone: tzinfo = MOSCOW
    """For chats that have chosen none of their own."""
    only_manager: str | None = None
    """As the lists call this manager; None = sees everybody."""
    sees: AbstractSet[str] | None = None
    """The clients that the chat may see; None = everybody's."""
    estate: Estate | None = None
    """The lists, where somebody has them at hand."""
    admin: bool = False
    """An admin asks in private: the card has what only admins may press."""
    volume: Volume = field(default_factory=Volume)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One result of a search in any chat."""

    name: str
    title: str
    description: str = ""
    message: Message


async def overview(question: Question) -> Message:
    """Answer ``/status``: the estate in one message."""
    async with question.database.read() as connection:
        view, book = await open_view(connection, question)
        own = own_names(question, book)
        known = await _open_incidents(connection, book.estate, own)
        hit = {name for one in known for name in hit_names(one, book.estate)} & own
        lasting = [one for one in await silences.lasting(connection) if _concerns(one, own, question, book.estate)]
        estate = Overview(
            clients=len(own),
            hit=len(hit),
            incidents=await briefs(connection, known, view),
            servers=await _servers(connection, book.estate, own),
            looked_at=await looks.newest(connection),
            heard_at=await arrivals.newest(connection),
            mutes=len(lasting),
            unseen=await _unseen(connection, book.estate, own),
            limit=question.volume.limit,
            window=question.volume.window,
            said=await _said(connection, question),
            own=question.only_manager,
        )
    return render("status", now=question.now, zone=view.zone, estate=estate)


async def search(question: Question, query: str) -> Message:
    """Answer ``/status words``: the client's card, or a choice of those who fit."""
    found = await choose(question, query)
    if isinstance(found, Message):
        return found
    async with question.database.read() as connection:
        view, book = await open_view(connection, question)
        return await _card(connection, book.estate.clients[found], view, admin=question.admin)


async def choose(question: Question, query: str, *, action: str = "status", before: str = "") -> str | Message:
    """Return the name of the client that words mean, or the question which of several is meant.

    The buttons of a choice ask for ``action``, with ``before`` in front of the client's name.
    """
    async with question.database.read() as connection:
        view, book = await open_view(connection, question)
    found = find(book.index, query, may_see=own_names(question, book).__contains__)
    if len(found.names) == 1:
        return found.names[0]
    shown: dict[str, Any] = {
        "clients": [named(book.estate.clients[name]) for name in found.names[:CHOICES]],
        "near": [named(book.estate.clients[name]) for name in found.near],
        "more": max(0, len(found.names) - CHOICES) + found.more,
        "query": query,
        "action": action,
        "before": before,
    }
    return render("found", now=question.now, zone=view.zone, **shown)


async def client(question: Question, name: str) -> Message | None:
    """Return the card of the client ``name``; None = not on the lists, or not this manager's."""
    async with question.database.read() as connection:
        view, book = await open_view(connection, question)
        if name not in own_names(question, book):
            return None
        return await _card(connection, book.estate.clients[name], view, admin=question.admin)


async def short(question: Question, words: str, *, most: int) -> list[Found]:
    """Return the short cards of those who fit; without words, how everything is."""
    if not words:
        return await _everything(question)
    async with question.database.read() as connection:
        view, book = await open_view(connection, question)
        names = find(book.index, words, may_see=own_names(question, book).__contains__).names[:most]
        cards = [await read_client(connection, book.estate.clients[name], view) for name in names]
    worded: dict[str, Any] = {"now": question.now, "zone": view.zone}
    return [
        Found(
            name=one.name,
            title=phrase("client_line", one=one, **worded) or one.label,
            description=phrase("client_about", one=one, **worded) or "",
            message=render("client_short", one=one, **worded),
        )
        for one in cards
    ]


async def _everything(question: Question) -> list[Found]:
    async with question.database.read() as connection:
        view, book = await open_view(connection, question)
        own = own_names(question, book)
        known = await _open_incidents(connection, book.estate, own)
    hit = {name for one in known for name in hit_names(one, book.estate)} & own
    title = phrase("all_line", now=question.now, zone=view.zone, hit=len(hit), clients=len(own))
    return [Found(name="", title=title or "", message=await overview(question))]


async def history(question: Question, name: str) -> Message | None:
    """Return what happened to a client in the last 30 days."""
    async with question.database.read() as connection:
        view, book = await open_view(connection, question)
        if name not in own_names(question, book):
            return None
        since = question.now - HISTORY
        lines = await briefs(connection, await incidents.of_client(connection, name, since=since), view)
        moved = [one for one in await facts.history(connection, name, since=since) if one.fact not in ROUTINE]
        steps = await health.history(connection, [Subject(SubjectKind.CLIENT, name)], since=since)
    label = book.estate.clients[name].label
    return render(
        "history",
        now=question.now,
        zone=view.zone,
        label=label,
        name=name,
        incidents=lines,
        days=HISTORY.days,
        moved=[Moved(at=one.at, fact=one.fact, before=one.before, after=one.after) for one in reversed(moved)],
        turned=[_turned(one) for one in reversed(steps) if one.code in ROWS],
    )


def _turned(step: Transition) -> Turned:
    row = ROWS[step.code]
    words = row.well or row.title if step.after is State.OK else title(step.code, row.title, step.reason)
    return Turned(at=step.at, title=words, state=step.after)


async def down(question: Question, arg: str = "") -> Message:
    """Answer ``/down``: what does not work now; ``arg`` is the page's number."""
    async with question.database.read() as connection:
        view, book = await open_view(connection, question)
        known = await _open_incidents(connection, book.estate, own_names(question, book))
        shown, page = cut(known, arg)
        lines = await briefs(connection, shown, view)
    own = question.only_manager is not None
    return render("down", now=question.now, zone=view.zone, incidents=lines, page=page, own=own)


async def mutes(question: Question, arg: str = "") -> Message:
    """Answer ``/mutes``: everything that is muted, with authors and ends; ``arg`` is the page's number."""
    async with question.database.read() as connection:
        view, book = await open_view(connection, question)
        own = own_names(question, book)
        lasting = [one for one in await silences.lasting(connection) if _concerns(one, own, question, book.estate)]
        shown, page = cut(lasting, arg)
        who = await people.names(connection, {one.author for one in shown})
        rows = [await _muted(connection, one, who.get(one.author, ""), view) for one in shown]
    return render("mutes", now=question.now, zone=view.zone, mutes=rows, page=page)


# ── what is read ──────────────────────────────────────────────────────────────────────────────────────────────────


async def open_view(connection: Connection, question: Question) -> tuple[View, Book]:
    """Return how the person who asks sees things, and the lists."""
    book = await question.directory.book(connection, question.estate)
    zone = await zone_in(connection, question.chat_id, question.zone)
    return View(estate=book.estate, now=question.now, zone=zone, chat_id=question.chat_id), book


def own_names(question: Question, book: Book) -> AbstractSet[str]:
    """Return the names of the clients that may be seen."""
    everybody = book.estate.clients
    here = everybody.keys() if question.sees is None else everybody.keys() & question.sees
    if question.only_manager is None:
        return here
    return {name for name in here if same_manager(question.only_manager, everybody[name].manager)}


async def _open_incidents(connection: Connection, estate: Estate, own: AbstractSet[str]) -> list[Incident]:
    """Load the open incidents, the gravest first; of others' clients only what touches one's own as well."""
    known = await incidents.open_ones(connection)
    if len(own) < len(estate.clients):
        known = [one for one in known if not own.isdisjoint(hit_names(one, estate))]
    return sorted(known, key=lambda one: (one.priority, -len(hit_names(one, estate)), one.opened_at))


async def _servers(connection: Connection, estate: Estate, own: AbstractSet[str]) -> tuple[Server, ...]:
    names = [name for name, behind in estate.behind.items() if name in estate.redirects and not own.isdisjoint(behind)]
    beliefs = await health.of_subjects(connection, [Subject(SubjectKind.REDIRECT, name) for name in names])
    states = {one.subject.name: one.state for one in beliefs.values()}
    works = {State.OK: True, State.FAIL: False, State.FLAPPING: False}
    return tuple(
        Server(
            label=estate.redirects[name].label,
            clients=len(estate.behind[name]),
            works=works.get(states.get(name, State.UNKNOWN)),
        )
        for name in names
    )


async def _said(connection: Connection, question: Question) -> tuple[Said, ...]:
    """Count what chats were told lately; of other chats only those hear who see everybody's clients."""
    since = question.now - question.volume.window
    sent = await messages.recent_by_chat(connection, since)
    folded = await storms.folded_by_chat(connection, since)
    if question.only_manager is None:
        known = await chats.everyone(connection)
        others = sorted((one for one in {*sent, *folded} if one < 0), key=lambda one: (-sent.get(one, 0), one))
        titles = {one: known[one].title for one in others if one in known and one != question.chat_id}
    else:
        titles = {}
    shown = [(question.chat_id, ""), *((one, title) for one, title in titles.items() if title)]
    return tuple(
        Said(title=title, sent=sent.get(one, 0), folded=folded.get(one, 0), here=one == question.chat_id)
        for one, title in shown
    )


async def _unseen(connection: Connection, estate: Estate, own: AbstractSet[str]) -> int:
    """Count the clients of whom nothing can be known."""
    blank = [name for name in own if not estate.clients[name].domain and estate.address_of(name) is None]
    heard = {name for name, _ in await arrivals.of_clients(connection, blank)} if blank else set()
    return len(set(blank) - heard)


async def _card(connection: Connection, one: Client, view: View, *, admin: bool) -> Message:
    card = replace(await read_client(connection, one, view), admin=admin)
    return render("client", now=view.now, zone=view.zone, one=card)


def named(one: Client) -> Named:
    """Return a client as one of several to choose from."""
    return Named(name=one.name, label=one.label, hint=one.name if one.name.casefold() != one.label.casefold() else "")


def _concerns(silence: Silence, own: AbstractSet[str], question: Question, estate: Estate) -> bool:
    if not active(silence, question.now):
        return False
    if question.only_manager is None:
        return question.sees is None or silence.chat_id == question.chat_id or _touches(silence, own, estate)
    return silence.chat_id == question.chat_id or (silence.scope is Scope.CLIENT and silence.target in own)


def _touches(silence: Silence, own: AbstractSet[str], estate: Estate) -> bool:
    """Say whether a silence mutes anything about these clients; a kind of alert is everybody's."""
    if silence.scope is Scope.CLIENT:
        return silence.target in own
    cause = Cause.parse(silence.target) if silence.scope is Scope.CAUSE else None
    if cause is None:
        return True
    return cause.name in own or not own.isdisjoint(estate.behind.get(cause.name, ()))


async def _muted(connection: Connection, silence: Silence, by: str, view: View) -> Mute:
    target = silence.target
    if silence.scope is Scope.CODE:
        return mute_of(silence, by, view.now, what=ROWS[target].title if target in ROWS else target)
    cause = Cause(CauseKind.CLIENT, target) if silence.scope is Scope.CLIENT else Cause.parse(target)
    what = await subject_of(connection, cause, view.estate)
    return mute_of(silence, by, view.now, what=what, kind=cause.kind)
