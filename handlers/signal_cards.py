"""Reads what a signal's card has to say, and words it: red while it holds, green when it is over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from checks.catalogue import ROWS
from checks.hours import zone_of
from checks.model import Incident, IncidentState, Message, Signal
from checks.silences import covering
from handlers.impact import leading_symptom, row_of
from handlers.reading import View
from storage import people, signals, silences
from storage.database import Connection
from templates import phrase
from templates import render as word
from templates.signals import Answered, Known, Point, SignalCard
from templates.words import title

RENEWED = timedelta(days=60)
"""A contract prolonged within so many days is worth a word."""
TEXT = "OnlineNoLogin"
"""The signal that has a ready text for the client."""


async def message(
    connection: Connection, incident: Incident, view: View, *, repeat: bool = False, again: bool = False
) -> Message:
    """Word the card of a signal as it is now."""
    card = await read(connection, incident, view, repeat=repeat, again=again)
    return word("signal_over" if card.ended_at else "signal", now=view.now, zone=view.zone, card=card)


async def read(
    connection: Connection, incident: Incident, view: View, *, repeat: bool = False, again: bool = False
) -> SignalCard:
    """Return everything the card of a signal has to say."""
    over = incident.state is IncidentState.ENDED
    known = await signals.of_cause(connection, incident.cause, since=incident.opened_at if over else None)
    lead = next((one for one in known if one.code == incident.code), None)
    name = incident.cause.name
    client = view.estate.clients.get(name)
    row = row_of(incident)
    lasting = await silences.lasting(connection)
    return SignalCard(
        number=incident.id or 0,
        client=name,
        label=client.label if client else name,
        family=row.family,
        priority=incident.priority,
        lead=_point(lead) if lead else Point(code=incident.code, title=_title(incident)),
        also=() if over else tuple(_point(one) for one in known if one is not lead and not _says_the_same(one)),
        means=row.means,
        step=row.steps[0] if row.steps else "",
        opened_at=incident.opened_at,
        ended_at=incident.ended_at,
        unlisted=incident.unlisted,
        several=len(view.estate.accesses_of.get(name, ())) > 1,
        login=str(lead.facts.get("login", "")) if lead else "",
        contract_end=client.contract_end if client else None,
        renewed_at=await _renewed(connection, name, client.contract_end if client else None, view),
        manager=client.manager if client else None,
        answered=await _answered(connection, known),
        muted=not over and covering(lasting, incident, view.now, chat_id=view.chat_id) is not None,
        again=again,
        repeat=repeat,
        text=incident.code == TEXT and not over,
    )


async def text_for(connection: Connection, incident: Incident, view: View) -> Message | None:
    """Word a ready text that reminds the client of its access; None = the card has none."""
    card = await read(connection, incident, view)
    known = [view.estate.accesses[number] for number in view.estate.accesses_of.get(card.client, ())]
    access = next((one for one in known if one.login == card.login), next(iter(known), None))
    if access is None:
        return None
    address = f"{access.scheme}://{access.host}/{access.catalogue.lstrip('/')}"
    text = phrase("remind_access", now=view.now, zone=view.zone, address=address, login=access.login)
    return word("signal_text", now=view.now, zone=view.zone, card=card, text=text, login=access.login)


def typed(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return kept figures with their dates as dates again."""
    return Known({name: _typed(value) for name, value in facts.items()})


def _typed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return typed(value)
    if isinstance(value, list | tuple):
        return [_typed(one) for one in value]
    if isinstance(value, str) and len(value) == len("2026-11-25") and value[4:5] == value[7:8] == "-":
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


def _point(one: Signal) -> Point:
    usual = ROWS[one.code].title if one.code in ROWS else one.code
    return Point(code=one.code, title=usual, facts=typed(one.facts), since=one.since)


def _says_the_same(one: Signal) -> bool:
    """Tell whether another threshold of the same quota is meant: the card is about one quota anyway."""
    return one.code.startswith("OnlineBilling")


def _title(incident: Incident) -> str:
    lead = leading_symptom(incident)
    return title(incident.code, row_of(incident).title, lead.reason if lead else "")


async def _answered(connection: Connection, known: Sequence[Signal]) -> Answered | None:
    one = next((one for one in known if one.answer is not None), None)
    if one is None or one.answer is None or one.answered_at is None:
        return None
    who = await people.names(connection, {one.answered_by} if one.answered_by else set())
    return Answered(
        answer=one.answer,
        by=who.get(one.answered_by or 0, ""),
        at=one.answered_at,
        until=one.until,
        reason=one.reason,
    )


async def _renewed(connection: Connection, client: str, contract_end: date | None, view: View) -> date | None:
    """Return when the contract was prolonged: a warning of its end ended while the contract goes on."""
    since: datetime = view.now - RENEWED
    at = await signals.last_ended(connection, client, "ContractEnding", since=since)
    if at is None or contract_end is None:
        return None
    known = view.estate.clients.get(client)
    day = at.astimezone(zone_of(known.time_zone if known else None, view.zone)).date()
    return day if contract_end > day else None
