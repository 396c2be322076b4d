"""Words what a channel is owed, as things are now: a subject that sorts, a plain text, facts for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from checks.model import ChangeKind, Incident, IncidentState, Message, NoteKind
from checks.notifications import Reason
from checks.rules import Rules
from handlers import cards
from handlers.cards import briefs, zone_in
from handlers.reading import View, read_card
from storage import incidents
from storage.database import Connection, Database
from storage.dispatches import Dispatch
from storage.outbox import Owed
from templates import MOSCOW, phrase, render, unmarked
from templates.letters import Standing

SUBJECT_AT_MOST = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What goes out: the same for people and for programs."""

    subject: str
    text: str
    facts: Mapping[str, Any] = field(default_factory=dict)


async def word(
    database: Database, owed: Sequence[Dispatch], now: datetime, *, rules: Rules, zone: tzinfo = MOSCOW
) -> Letter | None:
    """Word one thing owed, or several as one letter; None = there is nothing to tell any more."""
    async with database.read() as connection:
        home = _home(owed[0].channel, rules)
        there = await zone_in(connection, home or 0, zone)
        view = View(estate=rules.estate, now=now, zone=there, chat_id=home, policy=rules.policy)
        if owed[0].kind is NoteKind.NOTICE:
            return _notice(owed[0], view)
        if len(owed) > 1:
            return await _digest(connection, owed, view)
        incident = await incidents.load(connection, owed[0].incident_id or 0)
        if incident is None:
            return None
        return await _about(connection, database, incident, owed[0], view, rules)


def _home(channel: str, rules: Rules) -> int | None:
    """Return the chat whose route leads to the channel: it may see what that chat may."""
    return min((route.chat_id for route in rules.policy.routes if channel in route.also), default=None)


async def _about(  # noqa: PLR0917 - private, called once above
    connection: Connection, database: Database, incident: Incident, owed: Dispatch, view: View, rules: Rules
) -> Letter | None:
    standing = standing_of(owed, incident)
    kind = NoteKind.STILL if standing is Standing.STILL else NoteKind.FIRING
    note = Owed(
        id=0,
        kind=kind,
        chat_id=view.chat_id or 0,
        incident_id=incident.id,
        silence_id=owed.silence_id,
        owed_at=owed.owed_at,
        due_at=owed.due_at,
    )
    message = await cards.render(database, note, view.now, rules=rules, zone=view.zone)
    if message is None:
        return None
    card = await read_card(connection, incident, view)
    subject = phrase(
        "letter_subject", now=view.now, zone=view.zone, limit=SUBJECT_AT_MOST, card=card, standing=standing
    )
    facts = {
        "event": standing,
        "incident": incident.id,
        "code": incident.code,
        "title": card.title,
        "priority": f"K{incident.priority}",
        "cause": {"kind": incident.cause.kind, "name": incident.cause.name},
        "subject": card.subject,
        "clients": [hit.name for hit in card.clients],
        "opened_at": incident.opened_at.isoformat(),
        "ended_at": incident.ended_at and incident.ended_at.isoformat(),
        "merged_into": incident.merged_into,
    }
    return Letter(subject=subject or f"{incident.code} №{incident.id}", text=unmarked(message), facts=facts)


def standing_of(owed: Dispatch, incident: Incident) -> Standing:
    """Say in one word how the incident stands, for sorting."""
    if incident.merged_into is not None:
        return Standing.MERGED
    if incident.state is IncidentState.ENDED:
        return Standing.UNLISTED if incident.unlisted else Standing.MENDED
    if owed.kind is NoteKind.STILL:
        return Standing.STILL
    return Standing.WORSE if owed.why in {Reason.ESCALATED, ChangeKind.WORSENED} else Standing.FIRING


async def _digest(connection: Connection, owed: Sequence[Dispatch], view: View) -> Letter:
    ids = list(dict.fromkeys(one.incident_id for one in owed if one.incident_id is not None))
    known = await incidents.some(connection, ids)
    ranked = sorted(known, key=lambda one: (one.ended_at is not None, one.priority, one.opened_at))
    lines = await briefs(connection, ranked, view)
    facts = {"event": "digest", "incidents": ids}
    return _letter(render("letter_digest", now=view.now, zone=view.zone, incidents=lines), facts)


def _notice(owed: Dispatch, view: View) -> Letter:
    since = datetime.fromisoformat(str(owed.facts["since"]))
    what = str(owed.facts["what"])
    message = render("letter_away", now=view.now, zone=view.zone, back=what == "back", since=since)
    return _letter(message, {"event": what, "since": since.isoformat()})


def _letter(message: Message, facts: Mapping[str, Any]) -> Letter:
    text = unmarked(message)
    return Letter(subject=text.split("\n", 1)[0][:SUBJECT_AT_MOST], text=text, facts=facts)
