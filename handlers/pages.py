"""The cards behind the buttons: what happened, addresses to hand out, texts to send, the question before a mute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TypeVar

from checks.catalogue import ROWS
from checks.estate import Estate, web
from checks.model import Cause, CauseKind, Incident, Message, Scope
from checks.notifications import Policy
from checks.rules import Rules
from handlers.cards import card_message, zone_in
from handlers.impact import leading_symptom, row_of
from handlers.reading import View, read_card, subject_of
from storage import estate as registry
from storage import incidents, people
from storage.database import Connection, Database
from storage.incidents import Entry
from templates import MOSCOW, phrase, render
from templates.cards import Card, Line, Page
from templates.words import title

T = TypeVar("T")

PER_PAGE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which incident is asked about, where and when."""

    number: int
    chat_id: int
    now: datetime
    zone: tzinfo = MOSCOW
    """For chats that have chosen none of their own."""
    only_manager: str | None = None
    """Whose clients alone the person who asks may see; None = everybody's."""
    rules: Rules | None = None
    """The lists and routes, where somebody has them at hand."""


async def card(database: Database, asked: Asked, _arg: str = "") -> Message | None:
    """Word the card as it is now; None = there is no such incident."""
    async with database.read() as connection:
        found = await _find(connection, asked)
        return None if found is None else await card_message(connection, *found)


async def details(database: Database, asked: Asked, _arg: str = "") -> Message | None:
    """Word the timeline of an incident."""
    async with database.read() as connection:
        found = await _read(connection, asked)
        if found is None:
            return None
        one, view = found
        entries = await incidents.entries(connection, asked.number)
        who = await people.names(connection, {entry.person_id for entry in entries if entry.person_id})
    lines = tuple(line_of(entry, who.get(entry.person_id or 0)) for entry in entries)
    return render("details", now=asked.now, zone=view.zone, card=one, lines=lines)


async def call_menu(database: Database, asked: Asked) -> Message | None:
    """Ask how a call to the client went."""
    async with database.read() as connection:
        found = await _read(connection, asked)
    if found is None:
        return None
    one, view = found
    return render("call_menu", now=asked.now, zone=view.zone, card=one)


async def addresses(database: Database, asked: Asked, arg: str = "") -> Message | None:
    """Word a page of direct addresses, each with a ready text for the client; ``arg`` is the page's number."""
    async with database.read() as connection:
        found = await _read(connection, asked)
    if found is None:
        return None
    one, view = found
    ranked = sorted(one.clients, key=lambda hit: (hit.direct is False, not hit.address, hit.label.casefold()))
    shown, page = cut(ranked, arg)
    texts = {
        hit.name: phrase("client_text", now=asked.now, zone=view.zone, address=web(hit.address))
        for hit in shown
        if hit.address
    }
    return render("addresses", now=asked.now, zone=view.zone, card=one, clients=shown, texts=texts, page=page)


async def owner_text(database: Database, asked: Asked, _arg: str = "") -> Message | None:
    """Word what to send to the owner of a redirect server."""
    async with database.read() as connection:
        found = await _read(connection, asked)
    if found is None:
        return None
    one, view = found
    server = view.estate.redirects.get(one.cause.name) if one.cause.kind is CauseKind.REDIRECT else None
    address = server.address if server else None
    text = phrase("owner_text", now=asked.now, zone=view.zone, card=one, address=address)
    return render("owner_text", now=asked.now, zone=view.zone, card=one, text=text)


async def client_text(database: Database, asked: Asked, arg: str = "") -> Message | None:
    """Word what to send to one client; ``arg`` is its name."""
    async with database.read() as connection:
        found = await _read(connection, asked)
    if found is None:
        return None
    one, view = found
    hit = next((hit for hit in one.clients if hit.name == arg or len(one.clients) == 1), None)
    text = None
    if hit is not None and hit.address:
        text = phrase("client_text", now=asked.now, zone=view.zone, address=web(hit.address))
    return render("client_text", now=asked.now, zone=view.zone, card=one, text=text, label=hit.label if hit else "")


async def return_text(database: Database, asked: Asked, _arg: str = "") -> Message | None:
    """Word what asks clients to go back to their usual address."""
    async with database.read() as connection:
        found = await _read(connection, asked)
    if found is None:
        return None
    one, view = found
    text = phrase("return_text", now=asked.now, zone=view.zone)
    return render("return_text", now=asked.now, zone=view.zone, card=one, text=text)


async def mute_menu(
    database: Database, asked: Asked, *, scope: Scope, scopes: Sequence[Scope], client: str | None = None
) -> Message | None:
    """Ask for how long to mute what ``scope`` says; ``scopes`` are those that this person may choose from.

    The buttons carry ``SCOPE.PRESET`` (see ``checks.silences.Preset``); where there is no incident (number 0),
    ``client.PRESET.NAME``.
    """
    async with database.read() as connection:
        found = await _find(connection, asked) if asked.number else None
        estate = found[1].estate if found else await _estate(connection, asked)
        zone = await zone_in(connection, asked.chat_id, asked.zone)
        incident = found[0] if found else None
        cause = incident.cause if incident else Cause(CauseKind.CLIENT, client or "")
        subject = await subject_of(connection, cause, estate)
    code = incident is not None and scope is Scope.CODE
    lead = leading_symptom(incident) if incident else None
    return render(
        "mute_menu",
        now=asked.now,
        zone=zone,
        number=asked.number,
        what=row_of(incident).title if incident is not None and code else subject,
        kind=CauseKind.CLIENT if code else cause.kind,
        scope=scope,
        trouble=title(incident.code, row_of(incident).title, lead.reason if lead else "") if incident else "",
        scopes=scopes,
        tail="" if incident else f".{client}",
    )


def cut(rows: Sequence[T], arg: str, per_page: int = PER_PAGE) -> tuple[tuple[T, ...], Page]:
    """Return the page that ``arg`` names, the nearest there is, and where it stands among the others."""
    pages = max(1, -(-len(rows) // per_page))
    number = min(int(arg) if arg.isascii() and arg.isdigit() and len(arg) < 10 else 0, pages - 1)  # noqa: PLR2004
    start = number * per_page
    return tuple(rows[start : start + per_page]), Page(number=number, pages=pages, total=len(rows))


async def _find(connection: Connection, asked: Asked) -> tuple[Incident, View] | None:
    incident = await incidents.load(connection, asked.number)
    if incident is None:
        return None
    estate = await _estate(connection, asked)
    zone = await zone_in(connection, asked.chat_id, asked.zone)
    return incident, View(
        estate=estate,
        now=asked.now,
        zone=zone,
        chat_id=asked.chat_id,
        policy=asked.rules.policy if asked.rules else Policy(),
        required_version=asked.rules.required_version if asked.rules else None,
        only_manager=asked.only_manager,
    )


async def _estate(connection: Connection, asked: Asked) -> Estate:
    return asked.rules.estate if asked.rules else await registry.load(connection)


async def _read(connection: Connection, asked: Asked) -> tuple[Card, View] | None:
    found = await _find(connection, asked)
    return None if found is None else (await read_card(connection, *found), found[1])


def line_of(entry: Entry, by: str | None) -> Line:
    """Return one step of an incident as people are told of it."""
    row = ROWS.get(str(entry.detail.get("code", "")))
    clients, reason = entry.detail.get("clients"), str(entry.detail.get("reason", ""))
    return Line(
        at=entry.at,
        what=entry.what,
        by=by,
        title=title(row.code, row.title, reason) if row else "",
        reason=reason,
        clients=clients if isinstance(clients, int) else 0,
        reached=entry.detail.get("reached") is True,
    )
