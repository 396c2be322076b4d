"""Reads the parts of the morning digest, in the order in which they are told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from checks.catalogue import ROWS, leading
from checks.estate import Estate
from checks.maintenance import keeps_back, population
from checks.model import Cause, CauseKind, Incident, RouteKind, Scope, Signal, Silence, Window
from checks.office import Folding
from checks.silences import active
from handlers.cards import briefs
from handlers.digest import Audience, Frame, Reading
from handlers.impact import hit_names
from handlers.reading import View, mute_of, subject_of
from handlers.rota import person_on_duty
from handlers.signal_cards import typed
from handlers.works import authors, work_of
from storage import chats, facts, incidents, maintenance, people, signals, silences
from storage.database import Connection
from templates.cards import Brief, Mute
from templates.digest import Ends, Muted, Night, OnDuty, Open, Part, Signalled, Signals, Works

WEEK = timedelta(days=7)
BUSINESS = (RouteKind.BUSINESS, RouteKind.OWN)
READ_AT_MOST = 2000
"""Licences of more clients than a manager ever has are not gone through for a digest."""


async def night(connection: Connection, frame: Frame) -> Part | None:
    """Read what happened since the last digest and is over."""
    ended = [
        one
        for one in await incidents.ended_since(connection, frame.since)
        if one.merged_into is None and frame.audience.concerns(one) and (one.ended_at or frame.until) <= frame.until
    ]
    ranked = sorted(ended, key=lambda one: (one.priority, one.opened_at))
    return Night(incidents=await _lines(connection, ranked, frame)) if ranked else None


async def still_open(connection: Connection, frame: Frame) -> Part | None:
    """Read what does not work now."""
    if not frame.open:
        return None
    return Open(incidents=await _lines(connection, frame.open, frame), fresh=frame.waited)


async def to_talk_about(connection: Connection, frame: Frame) -> Part | None:
    """Read the signals to a manager that hold and wait for an answer."""
    if not frame.audience.hears_as(*BUSINESS):
        return None
    chat = await chats.load(connection, frame.view.chat_id) if frame.view.chat_id is not None else None
    if chat is not None and chat.signals == Folding.AT_ONCE:
        return None
    known = await signals.open_of(connection, names=sorted(frame.audience.names))
    today = _today(frame)
    waiting = [one for one in known if one.answer is None or (one.until is not None and one.until <= today)]
    if not known:
        return None
    clients = frame.view.estate.clients
    waiting = _one_a_card(waiting)
    rows = [
        Signalled(
            label=clients[one.client].label if one.client in clients else one.client,
            title=ROWS[one.code].title if one.code in ROWS else one.code,
            code=one.code,
            facts=typed(one.facts),
            since=one.since,
            new=one.since >= frame.since,
        )
        for one in sorted(waiting, key=lambda one: (one.since < frame.since, one.since))
    ]
    answered = {one.cause for one in known} - {one.cause for one in waiting}
    return Signals(rows=tuple(rows), answered=len(answered))


def _one_a_card(several: Sequence[Signal]) -> list[Signal]:
    """Leave of the signals that one card tells the one that titles it."""
    cards: dict[str, list[Signal]] = {}
    for one in several:
        cards.setdefault(one.cause, []).append(one)
    heads = {cause: leading(frozenset(one.code for one in those)) for cause, those in cards.items()}
    return [one for one in several if one.code == heads[one.cause]]


async def muted(connection: Connection, frame: Frame) -> Part | None:
    """Read what is muted, and which of it ends today."""
    lasting = [one for one in await silences.lasting(connection) if is_ours(one, frame.audience, frame.view)]
    if not lasting:
        return None
    ending = [one for one in lasting if one.until is not None and _day(one.until, frame) == _today(frame)]
    who = await people.names(connection, {one.author for one in ending})
    return Muted(total=len(lasting), ending=tuple([await _mute(connection, one, who, frame) for one in ending]))


async def works(connection: Connection, frame: Frame) -> Part | None:
    """Read planned work that is under way or begins today."""
    today = _today(frame)
    found = [
        one
        for one in await maintenance.living(connection)
        if (keeps_back(one, frame.view.now) or _day(one.begins_at, frame) == today)
        and sees_work(one, frame.audience, frame.view.estate)
    ]
    who = await authors(connection, found)
    made = [work_of(one, who.get(one.author, ""), frame.view.estate, frame.view.now) for one in found]
    return Works(works=tuple(made)) if made else None


async def ends(connection: Connection, frame: Frame) -> Part | None:
    """Read whose licence or contract ends today or within a week: a manager's business."""
    names = frame.audience.names
    if not frame.audience.hears_as(*BUSINESS) or len(names) > READ_AT_MOST:
        return None
    known = await facts.latest_of_all(connection, sorted(names))
    licences = {name: one.facts.licence_end for name, one in known.items()}
    contracts = {name: frame.view.estate.clients[name].contract_end for name in names}
    part = Ends(
        licences_today=_ending(licences.items(), frame, today=True),
        licences_soon=_ending(licences.items(), frame, today=False),
        contracts_today=_ending(contracts.items(), frame, today=True),
        contracts_soon=_ending(contracts.items(), frame, today=False),
    )
    return part if part != Ends() else None


async def on_duty(connection: Connection, frame: Frame) -> Part | None:
    """Read who is on duty now, for those who work with incidents."""
    if frame.audience.own or not frame.audience.hears_as(RouteKind.TECHNICAL):
        return None
    found = await person_on_duty(connection, frame.view.policy, frame.view.now)
    return OnDuty(who=found) if found is not None and found.name else None


PARTS: Sequence[Reading] = (night, still_open, to_talk_about, muted, works, ends, on_duty)


def sees_work(window: Window, audience: Audience, estate: Estate) -> bool:
    """Say whether planned work is this audience's business."""
    if not audience.own:
        return True
    return not audience.names.isdisjoint(population(window.extent, window.target, estate))


def is_ours(silence: Silence, audience: Audience, view: View) -> bool:
    """Say whether a silence is this audience's business."""
    if not active(silence, view.now):
        return False
    if not audience.own:
        return silence.chat_id in {None, view.chat_id}
    return silence.scope is Scope.CLIENT and silence.target in audience.names


async def _lines(connection: Connection, found: Sequence[Incident], frame: Frame) -> tuple[Brief, ...]:
    """Return incidents as lines; of what many share, only this chat's clients count."""
    mine = frame.audience.names
    counts = {one.id: len(mine.intersection(hit_names(one, frame.view.estate))) for one in found}
    return tuple(replace(line, clients=counts[line.number]) for line in await briefs(connection, found, frame.view))


async def _mute(connection: Connection, silence: Silence, who: dict[int, str], frame: Frame) -> Mute:
    if silence.scope is Scope.CODE:
        what = ROWS[silence.target].title if silence.target in ROWS else silence.target
        return mute_of(silence, who.get(silence.author, ""), frame.view.now, what=what)
    cause = Cause(CauseKind.CLIENT, silence.target) if silence.scope is Scope.CLIENT else Cause.parse(silence.target)
    what = await subject_of(connection, cause, frame.view.estate)
    return mute_of(silence, who.get(silence.author, ""), frame.view.now, what=what, kind=cause.kind)


def _ending(ends_on: Iterable[tuple[str, date | None]], frame: Frame, *, today: bool) -> tuple[str, ...]:
    day = _today(frame)
    clients = frame.view.estate.clients
    chosen = [
        clients[name].label
        for name, end in ends_on
        if end is not None and (end == day if today else day < end <= day + WEEK)
    ]
    return tuple(sorted(chosen))


def _day(at: datetime, frame: Frame) -> date:
    return at.astimezone(frame.view.zone).date()


def _today(frame: Frame) -> date:
    return _day(frame.view.now, frame)
