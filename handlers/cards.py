"""Words what a chat is owed, and the cards behind a card's buttons, from the incident as it is now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from checks.catalogue import SIGNALS
from checks.hours import zone_of
from checks.maintenance import population
from checks.model import CauseKind, Incident, IncidentState, Message, NoteKind, Severity
from checks.notifications import Policy
from checks.rules import Rules
from checks.silences import covering
from handlers import handover, signal_cards
from handlers.hearing import visible_in
from handlers.impact import hit_names, leading_symptom, row_of
from handlers.reading import View, mute_of, read_card, subject_of
from handlers.rota import someone
from handlers.watchcards import is_watch, watch_message
from handlers.works import authors, past_work
from storage import chats, incidents, maintenance, people, silences, storms
from storage import estate as registry
from storage.database import Connection, Database
from storage.escalations import LASTING, UNTAKEN
from storage.outbox import REMINDER, Owed
from templates import MOSCOW
from templates import render as word
from templates.cards import Blindness, Brief, Call, Card, Mute, Storm
from templates.words import title
from templates.work import Ended

BLIND = "MonitorBlind"
TEMPLATES: Mapping[CauseKind, str] = {
    CauseKind.REDIRECT: "redirect_down",
    CauseKind.ADDRESS: "shared_down",
    CauseKind.LICMAN: "shared_down",
    CauseKind.CLIENT: "client_down",
    CauseKind.INTAKE: "intake_silent",
}


async def render(
    database: Database, owed: Owed, now: datetime, *, rules: Rules | None = None, zone: tzinfo = MOSCOW
) -> Message | None:
    """Word a note as things are at ``now``; None = there is nothing to tell any more.

    ``rules`` spare reading the lists again; ``zone`` is for chats that have chosen none of their own.
    """
    async with database.read() as connection:
        estate = rules.estate if rules else await registry.load(connection)
        there = await zone_in(connection, owed.chat_id, zone)
        policy = rules.policy if rules else Policy()
        view = View(
            estate=estate,
            now=now,
            zone=there,
            chat_id=owed.chat_id,
            policy=policy,
            required_version=rules.required_version if rules else None,
        )
        if owed.kind is NoteKind.NOTICE:
            return _notice(owed, view)
        if owed.kind is NoteKind.HAND_OVER:
            return await handover.card(connection, owed, view)
        if owed.kind is NoteKind.STORM:
            return await _storm(connection, owed, view)
        incident = await incidents.load(connection, owed.incident_id) if owed.incident_id else None
        return None if incident is None else await _about(connection, incident, owed, view)


async def zone_in(connection: Connection, chat_id: int, default: tzinfo = MOSCOW) -> tzinfo:
    """Return the time zone that a chat has chosen."""
    chat = await chats.load(connection, chat_id)
    return zone_of(chat.time_zone if chat else None, default)


async def card_message(connection: Connection, incident: Incident, view: View, *, repeat: bool = False) -> Message:
    """Word an incident's card: red while it lasts, green when it is over."""
    if incident.code in SIGNALS:
        return await signal_cards.message(connection, incident, view, repeat=repeat)
    if incident.code == BLIND:
        return await _blind(connection, incident, view, repeat=repeat)
    if is_watch(incident) and (watch := await watch_message(connection, incident, view, repeat=repeat)):
        return watch
    card = await read_card(connection, incident, view, repeat=repeat)
    if incident.merged_into is not None and card.ended_at is not None:
        found = await briefs(connection, await incidents.some(connection, [incident.merged_into]), view)
        origin = next(iter(found), None)
        return word("merged", now=view.now, zone=view.zone, card=card, into=incident.merged_into, origin=origin)
    return word(template_of(card), now=view.now, zone=view.zone, card=card)


def template_of(card: Card) -> str:
    """Name the template of an incident's card."""
    if card.ended_at is not None:
        return "unlisted" if card.unlisted else "mended"
    if card.code == "CertificateExpiring" and card.cause.kind is CauseKind.CLIENT:
        return "certificate_ends"
    return TEMPLATES.get(card.cause.kind, "ourselves")


async def _about(connection: Connection, incident: Incident, owed: Owed, view: View) -> Message | None:
    over = incident.state is IncidentState.ENDED
    if incident.code == BLIND and owed.kind in {NoteKind.RESOLVED, NoteKind.STILL}:
        return await _blind(connection, incident, view, repeat=owed.repeat)
    if owed.kind is NoteKind.RESOLVED and over and is_watch(incident):
        return await watch_message(connection, incident, view, repeat=owed.repeat, reply=True)
    if owed.kind is NoteKind.RESOLVED and over:
        card = await read_card(connection, incident, view, repeat=owed.repeat)
        return word("mended_reply", now=view.now, zone=view.zone, card=card)
    if owed.kind is NoteKind.STILL and over:
        return None
    if incident.code in SIGNALS:
        again = owed.kind is NoteKind.STILL
        return await signal_cards.message(connection, incident, view, repeat=owed.repeat, again=again)
    if owed.kind is NoteKind.STILL:
        if not _still_true(incident, owed):
            return None
        card = await read_card(connection, incident, view, repeat=owed.repeat)
        was = await _was_muted(connection, owed.silence_id, view.now)
        call = await _call(connection, incident, owed)
        asked = await _asked_by(connection, owed)
        return word("still", now=view.now, zone=view.zone, card=card, was=was, call=call, asked=asked)
    return await card_message(connection, incident, view, repeat=owed.repeat)


def _still_true(incident: Incident, owed: Owed) -> bool:
    """Say whether the reason of a call lasts: somebody may have taken the incident, or given it back, meanwhile."""
    if owed.why == UNTAKEN:
        return incident.taken_by is None
    return owed.why != LASTING or incident.taken_by == owed.facts.get("person")


async def _call(connection: Connection, incident: Incident, owed: Owed) -> Call | None:
    if owed.why not in {UNTAKEN, LASTING}:
        return None
    person = owed.facts.get("person")
    named = await someone(connection, person) if isinstance(person, int) else None
    if owed.why == LASTING:
        return Call(rung="lasting", person=named, since=incident.taken_at or incident.opened_at)
    return Call(rung=str(owed.facts.get("rung", "")), person=named, since=incident.opened_at)


async def _was_muted(connection: Connection, silence_id: int | None, now: datetime) -> Mute | None:
    silence = await silences.load(connection, silence_id) if silence_id else None
    if silence is None:
        return None
    who = await people.names(connection, {silence.author})
    return mute_of(silence, who.get(silence.author, ""), now)


async def _asked_by(connection: Connection, owed: Owed) -> str | None:
    """Name the person who asked for this reminder; None = it is none."""
    by = owed.facts.get("by") if owed.why == REMINDER else None
    return (await people.names(connection, {by})).get(by, "") if isinstance(by, int) else None


def _notice(owed: Owed, view: View) -> Message:
    facts: dict[str, Any] = {"title": "", "chat": "", "why": "", "heirs": (), "incident": None, **owed.facts}
    what = str(owed.facts.get("what", owed.why))
    return word("notice", now=view.now, zone=view.zone, number=owed.id, what=what, facts=facts, repeat=owed.repeat)


# ── ourselves ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def _blind(connection: Connection, incident: Incident, view: View, *, repeat: bool) -> Message:
    lead = next(iter(incident.symptoms), None)
    began = incident.opened_at
    others = [one for one in await incidents.open_ones(connection) if one.code != BLIND and one.opened_at >= began]
    ended = [one for one in await incidents.ended_since(connection, began) if one.code != BLIND]
    mended = [one for one in ended if one.merged_into is None and not one.unlisted]
    blind = Blindness(
        number=incident.id or 0,
        began_at=began,
        ended_at=incident.ended_at,
        witnesses=tuple(filter(None, (lead.detail if lead else "").split(", "))),
        reason=lead.reason if lead else "",
        opened=await briefs(connection, others, view) if incident.ended_at else (),
        ended=await briefs(connection, mended, view) if incident.ended_at else (),
        repeat=repeat,
    )
    return word("blind_over" if incident.ended_at else "blind", now=view.now, zone=view.zone, blind=blind)


async def _storm(connection: Connection, owed: Owed, view: View) -> Message | None:
    account = await storms.account(connection, owed.storm_id) if owed.storm_id else None
    if account is None:
        return None
    if account.storm.runs:
        over = await _work_over(connection, account.storm.runs, view, repeat=owed.repeat)
        return word("work_over", now=view.now, zone=view.zone, over=over)
    told = await incidents.some(connection, (*account.began, *account.ended))
    ranked = sorted(told, key=lambda one: (one.ended_at is not None, one.priority, one.opened_at))
    volume = view.policy.volume
    storm = Storm(
        number=account.storm.id,
        limit=volume.limit,
        window=volume.window,
        began_at=account.storm.began_at,
        ended_at=account.storm.ended_at,
        folded=len(account.began) + len(account.ended) + account.others,
        incidents=await briefs(connection, ranked, view),
        clients=len({name for one in ranked for name in hit_names(one, view.estate)}),
        repeat=owed.repeat,
        away_since=account.storm.away_since,
    )
    if storm.away_since is not None:
        return word("caught_up", now=view.now, zone=view.zone, storm=storm)
    return word("storm_over" if storm.ended_at else "storm", now=view.now, zone=view.zone, storm=storm)


async def _work_over(connection: Connection, numbers: Sequence[int], view: View, *, repeat: bool) -> Ended:
    """Return how planned work ended, as the chat of the card may know it."""
    runs = await maintenance.some_runs(connection, numbers)
    known = await incidents.some(connection, [number for run in runs for number in run.incidents])
    hit = {one.id: frozenset(hit_names(one, view.estate)) for one in known}
    names = {name for run in runs for name in population(run.extent, run.target, view.estate)}
    everybody = frozenset(names).union(*hit.values())
    seen = everybody if view.chat_id is None else await _visible(connection, view.chat_id, everybody, view)
    mine = [one for one in known if hit[one.id] & seen or seen == everybody]
    ranked = sorted(mine, key=lambda one: (one.ended_at is not None, one.priority, one.opened_at))
    away = frozenset[str]().union(*(hit[one.id] for one in ranked if one.ended_at is None))
    who = await authors(connection, runs)
    return Ended(
        works=tuple(past_work(run, who.get(run.author, ""), view) for run in runs),
        clients=len(seen & names),
        away=len(away & seen & names),
        incidents=await briefs(connection, ranked, view),
        elsewhere=sum(run.elsewhere for run in runs),
        repeat=repeat,
    )


async def _visible(connection: Connection, chat_id: int, names: frozenset[str], view: View) -> frozenset[str]:
    return frozenset(await visible_in(connection, chat_id, sorted(names), policy=view.policy))


async def briefs(connection: Connection, found: Iterable[Incident], view: View) -> tuple[Brief, ...]:
    """Return incidents as lines of a list."""
    several = list(found)
    lasting = await silences.lasting(connection)
    who = await people.names(connection, {one.taken_by for one in several if one.taken_by})
    made = []
    for one in several:
        row, lead = row_of(one), leading_symptom(one)
        made.append(
            Brief(
                number=one.id or 0,
                kind=one.cause.kind,
                subject=await subject_of(connection, one.cause, view.estate),
                title=title(one.code, row.title, lead.reason if lead else ""),
                priority=one.priority,
                critical=row.severity is Severity.CRITICAL,
                opened_at=one.opened_at,
                ended_at=one.ended_at,
                unlisted=one.unlisted,
                merged_into=one.merged_into,
                clients=len(hit_names(one, view.estate)),
                taken_by=who.get(one.taken_by or 0),
                muted=covering(lasting, one, view.now, chat_id=view.chat_id) is not None,
            )
        )
    return tuple(made)
