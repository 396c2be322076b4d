"""Answers ``/my``, ``/idle``, ``/upsell`` and ``/renewals``: one's clients who need a word, the worst first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from checks.access import same_manager
from checks.catalogue import ROWS
from checks.estate import Estate
from checks.model import Client, Incident, Message
from checks.portfolio import Entry, Struck, Topic, entries
from handlers.cards import briefs
from handlers.impact import hit_names
from handlers.pages import cut
from handlers.status import Question, open_view, own_names
from storage import incidents, signals
from templates import render
from templates.cards import Brief
from templates.views import Mine, Portfolio

PER_PAGE = 8


async def portfolio(question: Question, topic: Topic, arg: str = "", *, manager: str = "") -> Message:
    """Word one page of a list; ``manager`` narrows it for those who see everybody's clients."""
    async with question.database.read() as connection:
        view, book = await open_view(connection, question)
        own = _narrowed(own_names(question, book), book.estate.clients, manager)
        clients = {name: book.estate.clients[name] for name in own}
        known = [
            one for one in await incidents.open_ones(connection) if not own.isdisjoint(hit_names(one, view.estate))
        ]
        held = await signals.open_of(connection)
        today = view.now.astimezone(view.zone).date()
        found = entries(clients, _struck(known, view.estate), held, today=today)
        listed = [one for one in found if topic in one.topics]
        shown, page = cut(listed, arg, PER_PAGE)
        wanted = {one.incidents[0] for one in shown if one.incidents}
        told = await briefs(connection, [one for one in known if one.id in wanted], view)
    facts = Portfolio(
        topic=topic,
        total=len(own),
        attention=sum(Topic.ALL in one.topics for one in found),
        counts={kind: sum(kind in one.topics for one in found) for kind in Topic},
        rows=tuple(_row(one, clients[one.name], {line.number: line for line in told}, topic) for one in shown),
        manager=question.only_manager or manager,
        own=question.only_manager is not None,
        today=today,
    )
    return render("my", now=question.now, zone=view.zone, told=facts, page=page)


def _narrowed(own: AbstractSet[str], clients: Mapping[str, Client], manager: str) -> AbstractSet[str]:
    return {name for name in own if same_manager(manager, clients[name].manager)} if manager else own


def _struck(known: Sequence[Incident], estate: Estate) -> list[Struck]:
    return [Struck(number=one.id or 0, priority=one.priority, clients=set(hit_names(one, estate))) for one in known]


def _row(entry: Entry, client: Client, told: Mapping[int, Brief], topic: Topic) -> Mine:
    codes = entry.codes if topic is Topic.ALL else _first_of(entry.codes, topic)
    brief = told.get(entry.incidents[0]) if entry.incidents else None
    return Mine(
        name=entry.name,
        label=client.label,
        incident=brief,
        more=max(0, len(entry.incidents) - 1),
        titles=tuple(ROWS[code].title for code in codes),
        answered=entry.answered,
        ends=entry.ends,
    )


def _first_of(codes: Sequence[str], topic: Topic) -> tuple[str, ...]:
    """Put the signals that the list is about in front."""
    return tuple(sorted(codes, key=lambda code: topic not in Entry(name="", codes=(code,)).topics))
