"""Decides who is told what about a step of an incident, and says why; each decision can be shown to people."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from checks.duty import Rota
from checks.escalation import Escalation
from checks.hours import Hours
from checks.model import (
    Audience,
    Change,
    ChangeKind,
    Incident,
    IncidentState,
    NoteKind,
    OutboxState,
    Priority,
    Route,
    RouteKind,
    Silence,
    Window,
)
from checks.office import WORKDAY, Office
from checks.quiet import NEVER, WAITS, Passage, Quiet
from checks.routes import SHOWN, SOUNDING, Whose, listeners
from checks.silences import covering
from checks.volume import Volume

WORKING = frozenset({RouteKind.TECHNICAL, RouteKind.ADMIN})
"""Routes of those who could take an incident."""
NO_QUIET: Mapping[int, Quiet] = {}
HEARD = frozenset({OutboxState.DELIVERED, OutboxState.SENDING, OutboxState.UNKNOWN})


class Reason(StrEnum):
    """Why a chat was told, or was not."""

    SENT_NEW = "sent_new"
    HELD = "held"
    """Waits for the answer about the shared thing."""
    RELEASED = "released"
    """The wait is over: goes out now."""
    ESCALATED = "escalated"
    EDIT = "edit"
    STILL = "still"
    """A silence ended on an incident that is still open."""
    UNTAKEN = "untaken"
    """Nobody took it for too long: it goes to the next person, then to the head."""
    LASTING = "lasting"
    """Somebody took it and it lasts: they are reminded."""
    RESOLVED = "resolved"
    MERGED = "merged"
    """A later-found cause explains it: its card says so, and the other incident tells the rest."""
    MUTED = "muted"
    QUIET = "quiet"
    """Quiet hours of the chat: waits for the morning digest."""
    PLANNED_WORK = "planned_work"
    """Kept back by announced work; told at its end if it is still open then."""
    WORK_OVER = "work_over"
    """Still open when planned work was over: told in the one message about its end."""
    ALREADY_TOLD = "already_told"
    """The message on its way will show the present state."""
    FOLDED = "folded"
    """Told inside the chat's storm card."""
    OFFICE = "office"
    """A signal to a manager: waits for the working hours of his chat."""
    CLOSED = "closed"
    """A signal that no longer holds: its card says so, nobody is bothered."""
    RESOLVED_NOT_TOLD = "resolved_not_told"
    """It ended before this chat heard of it."""
    NOT_ROUTED = "not_routed"
    PRIORITY_BELOW_ROUTE = "priority_below_route"
    NOBODY_LISTENS = "nobody_listens"
    """No route takes it and there is no admin either: it waits for the first who can hear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the operator can set about telling."""

    routes: tuple[Route, ...] = ()
    """Routes of the configuration; those made in chats are kept in the database."""
    volume: Volume = field(default_factory=Volume)
    loud_after: timedelta = timedelta(hours=1)
    """The end of a critical incident that lasted longer sounds."""
    quiet: Quiet = NEVER
    """Quiet hours of chats that have chosen none of their own; their zone is that of chats without one."""
    digest: str = ""
    """When chats that have not chosen otherwise get their digest, a cron expression; empty = never."""
    escalation: Escalation = field(default_factory=Escalation)
    """How long an incident may stay untaken, or last with the one who took it."""
    rota: Rota = field(default_factory=Rota)
    """Shifts of the configuration; those made in the chat are kept in the database."""
    office: Hours = WORKDAY
    """When managers hear signals, in the zone of their chat."""
    hand_over: bool = True
    """A card at every change of the person on duty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one chat has been told of one incident so far."""

    chat_id: int
    thread_id: int | None = None
    states: frozenset[OutboxState] = frozenset()
    """States of its card's rows: first message, escalations, reminders."""
    held: bool = False
    """The first message waits for the end of the hold and was never tried."""
    storm_open: bool = False
    """The storm card that it was folded into is still being kept up to date."""
    waits_until: datetime | None = None
    """A note waits for the morning digest, until then at the latest."""

    @property
    def heard(self) -> bool:
        return bool(self.states & HEARD)

    @property
    def pending(self) -> bool:
        return OutboxState.OWED in self.states

    @property
    def folded(self) -> bool:
        return OutboxState.FOLDED in self.states


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is done about one incident in one chat, and why."""

    reason: Reason
    incident_id: int
    chat_id: int | None = None
    """None = said of no chat in particular."""
    thread_id: int | None = None
    kind: NoteKind | None = None
    """None = nothing is owed."""
    priority: Priority = Priority.K3
    silent: bool = True
    due_at: datetime | None = None
    silence_id: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What the note has to say beside the incident: whom it calls."""


def plan(
    change: Change,
    *,
    routes: Iterable[Route],
    silences: Iterable[Silence],
    told: Mapping[int, Told],
    audience: Collection[Audience],
    whose: Mapping[str, Whose],
    admins: Collection[int],
    now: datetime,
    policy: Policy,
    quiet: Mapping[int, Quiet] = NO_QUIET,
    work: Window | None = None,
    offices: Mapping[int, Office] | None = None,
) -> list[Decision]:
    """Decide for every chat what this step of the incident means to it; ``told`` is by chat.

    ``work``: the planned work that keeps this incident back now. ``offices``: the incident is a signal to managers,
    and these are the working hours of their chats.
    """
    incident = change.incident
    assert incident.id is not None
    heard, refused = listeners(incident, routes, audience=audience, whose=whose, admins=admins)
    known = list(silences)
    decisions = []
    over = incident.state is IncidentState.ENDED
    for chat in sorted(told if over else {*heard, *told}):
        before = told.get(chat, Told(chat_id=chat))
        night = quiet.get(chat, policy.quiet)
        if offices is not None:
            office = offices.get(chat) or Office(hours=policy.office, zone=policy.quiet.zone)
            decision = _signal(change, before, heard.get(chat), silences=known, office=office, now=now)
        elif change.kind is ChangeKind.MERGED:
            decision = _merged(incident, before, now=now)
        elif over:
            decision = _ended(incident, before, now=now, policy=policy, quiet=night)
        else:
            decision = _open(change, before, heard.get(chat), silences=known, quiet=night, work=work, now=now)
        decisions.append(decision)
    decisions += [
        Decision(reason=Reason(reason), incident_id=incident.id, chat_id=chat, priority=incident.priority)
        for chat, reason in sorted(refused.items())
        if chat not in told
    ]
    if not (over or decisions) and incident.priority in SHOWN:
        decisions.append(Decision(reason=Reason.NOBODY_LISTENS, incident_id=incident.id, priority=incident.priority))
    return decisions


def still(
    incident: Incident,
    *,
    routes: Iterable[Route],
    silences: Iterable[Silence],
    told: Mapping[int, Told],
    audience: Collection[Audience],
    whose: Mapping[str, Whose],
    admins: Collection[int],
    now: datetime,
    only: int | None = None,
    quiet: Mapping[int, Quiet] = NO_QUIET,
    work: Window | None = None,
) -> list[Decision]:
    """Decide who hears that an incident is still open: a new message that sounds, wherever nothing keeps it back.

    In quiet hours it comes as its priority may: at once, without a sound, or with the morning digest.

    ``only`` limits it to one chat (the silence was of that chat alone).
    """
    assert incident.id is not None
    heard, _ = listeners(incident, routes, audience=audience, whose=whose, admins=admins)
    known = list(silences)
    decisions = []
    for chat, route in sorted(heard.items()):
        before = told.get(chat, Told(chat_id=chat))
        if (only is not None and chat != only) or before.pending:
            continue
        base = _draft(incident, before, route, now)
        kept = _kept_back(base, covering(known, incident, now, chat_id=chat), work)
        if kept is not None:
            decisions.append(replace(kept, kind=None))
            continue
        night = quiet.get(chat, NEVER)
        passage = night.passage(incident.priority, now)
        if passage is Passage.WAITS:
            decisions.append(_until_morning(base, before, night, now=now, kind=NoteKind.STILL))
        else:
            silent = passage is Passage.SILENTLY
            decisions.append(replace(base, reason=Reason.STILL, kind=NoteKind.STILL, silent=silent))
    return decisions


def call(
    incident: Incident,
    facts: Mapping[str, Any],
    *,
    routes: Iterable[Route],
    silences: Iterable[Silence],
    told: Mapping[int, Told],
    audience: Collection[Audience],
    whose: Mapping[str, Whose],
    admins: Collection[int],
    now: datetime,
    quiet: Mapping[int, Quiet] = NO_QUIET,
    private: int | None = None,
    work: Window | None = None,
) -> list[Decision]:
    """Decide where somebody is called to an incident that nobody took: aloud, wherever those work who could take it.

    ``private``: the private chat of the one who is called, for when no group hears. Nobody is called where a silence
    or planned work lasts, nor at night to what waits for the morning.
    """
    heard, _ = listeners(incident, routes, audience=audience, whose=whose, admins=admins)
    working = {chat: route for chat, route in heard.items() if route.kinds & WORKING} or heard
    if private is not None and not any(chat < 0 for chat in working):
        working = {**working, private: Route(chat_id=private)}
    known = list(silences)
    decisions = []
    for chat, route in sorted(working.items()):
        before = told.get(chat, Told(chat_id=chat))
        night = quiet.get(chat, NEVER).passage(incident.priority, now)
        muted = work is not None or covering(known, incident, now, chat_id=chat) is not None
        if before.pending or before.waits_until is not None or muted or night is Passage.WAITS:
            continue
        base = replace(_draft(incident, before, route, now), kind=NoteKind.STILL, facts=facts)
        decisions.append(replace(base, reason=Reason.UNTAKEN, silent=night is Passage.SILENTLY))
    return decisions


def after_work(
    incident: Incident,
    *,
    routes: Iterable[Route],
    silences: Iterable[Silence],
    told: Mapping[int, Told],
    audience: Collection[Audience],
    whose: Mapping[str, Whose],
    admins: Collection[int],
    now: datetime,
    quiet: Mapping[int, Quiet] = NO_QUIET,
    work: Window | None = None,
) -> list[Decision]:
    """Decide who hears, in the one message at the end of planned work, that an incident is still open.

    ``work``: other planned work that keeps it back still.
    """
    assert incident.id is not None
    heard, _ = listeners(incident, routes, audience=audience, whose=whose, admins=admins)
    known = list(silences)
    decisions = []
    for chat, route in sorted(heard.items()):
        before = told.get(chat, Told(chat_id=chat))
        base = _draft(incident, before, route, now)
        kept = _kept_back(base, covering(known, incident, now, chat_id=chat), work)
        if kept is not None:
            decisions.append(replace(kept, kind=None))
        elif before.heard or before.folded or before.pending:
            decisions.append(base)
        else:
            night = quiet.get(chat, NEVER).passage(incident.priority, now)
            silent = base.silent or night is not Passage.AS_EVER
            decisions.append(replace(base, reason=Reason.WORK_OVER, kind=NoteKind.STORM, silent=silent))
    return decisions


def _kept_back(base: Decision, silence: Silence | None, work: Window | None) -> Decision | None:
    """Return the decision to tell nothing because of a silence or of planned work; None = nothing is in the way."""
    if silence is not None:
        return replace(base, reason=Reason.MUTED, kind=NoteKind.FIRING, silence_id=silence.id)
    if work is not None:
        return replace(base, reason=Reason.PLANNED_WORK, kind=NoteKind.FIRING, facts={"window": work.id})
    return None


def _open(
    change: Change,
    told: Told,
    route: Route | None,
    *,
    silences: list[Silence],
    quiet: Quiet,
    work: Window | None,
    now: datetime,
) -> Decision:
    incident = change.incident
    passage = quiet.passage(incident.priority, now)
    base = _draft(incident, told, route, now)
    base = replace(base, silent=base.silent or passage is Passage.SILENTLY)
    kept = _kept_back(base, covering(silences, incident, now, chat_id=told.chat_id), work)
    escalated = change.kind is ChangeKind.WORSENED and route is not None and kept is None
    if told.pending:
        return _waiting(incident, told, base, kept, now=now)
    if told.heard:
        if escalated and passage is Passage.WAITS:
            return _until_morning(base, told, quiet, now=now)
        if escalated:
            return replace(base, reason=Reason.ESCALATED, kind=NoteKind.FIRING)
        return replace(base, reason=Reason.EDIT, kind=NoteKind.UPDATE, silent=True)
    if told.folded:
        if escalated and not told.storm_open and passage is not Passage.WAITS:
            return replace(base, reason=Reason.ESCALATED, kind=NoteKind.FIRING)
        return replace(base, reason=Reason.FOLDED, kind=NoteKind.STORM, silent=True)
    if route is None:
        return replace(base, reason=Reason.NOT_ROUTED)
    if kept is not None:
        return kept
    for_digest = told.waits_until is not None and told.waits_until > now and change.kind is not ChangeKind.WORSENED
    if passage is Passage.WAITS or for_digest:
        return _until_morning(base, told, quiet, now=now)
    if incident.hold_until is not None and incident.hold_until > now:
        return replace(base, reason=Reason.HELD, kind=NoteKind.FIRING, due_at=incident.hold_until)
    return replace(base, reason=Reason.SENT_NEW, kind=NoteKind.FIRING)


def _signal(
    change: Change, told: Told, route: Route | None, *, silences: list[Silence], office: Office, now: datetime
) -> Decision:
    """Decide about a signal: in working hours, on its own or with the digest; its end is told by its card alone.

    A digest that did not come in time (``RELEASED``) leaves it to a card of its own.
    """
    incident = change.incident
    opens = office.opens(now)
    base = replace(_draft(incident, told, route, now), due_at=opens or now, silent=True)
    if incident.state is IncidentState.ENDED:
        sure = told.states & {OutboxState.DELIVERED, OutboxState.SENDING}
        closed = replace(base, reason=Reason.CLOSED, kind=NoteKind.UPDATE, due_at=now)
        return closed if sure else replace(base, reason=Reason.RESOLVED_NOT_TOLD)
    kept = _kept_back(base, covering(silences, incident, now, chat_id=told.chat_id), None)
    waits = office.passage(incident.priority, now) is Passage.WAITS and change.kind is not ChangeKind.RELEASED
    worse = change.kind is ChangeKind.WORSENED and route is not None and kept is None
    if told.pending:
        if kept is not None and not told.heard:
            return kept
        held = told.held and opens is not None
        return replace(base, reason=Reason.OFFICE if held else Reason.ALREADY_TOLD, kind=NoteKind.FIRING)
    if (told.heard or told.folded) and not worse:
        reason = Reason.EDIT if told.heard else Reason.ALREADY_TOLD
        return replace(base, reason=reason, kind=NoteKind.UPDATE, due_at=now)
    if route is None:
        return replace(base, reason=Reason.NOT_ROUTED)
    if kept is not None:
        return kept
    if waits:
        return replace(base, reason=Reason.QUIET, kind=NoteKind.FIRING, due_at=office.over_at(now) + WAITS)
    new = Reason.ESCALATED if told.heard else Reason.OFFICE if opens is not None else Reason.SENT_NEW
    return replace(base, reason=new, kind=NoteKind.FIRING)


def _until_morning(
    base: Decision, told: Told, quiet: Quiet, *, now: datetime, kind: NoteKind = NoteKind.FIRING
) -> Decision:
    """Leave it to the morning digest; what no digest has taken by ``due_at`` is told on its own."""
    over = quiet.over_at(now)
    due = over + WAITS if over is not None else told.waits_until
    return replace(base, reason=Reason.QUIET, kind=kind, silent=True, due_at=due)


def _waiting(incident: Incident, told: Told, base: Decision, kept: Decision | None, *, now: datetime) -> Decision:
    """Decide about a message that is owed but not sent: it will show whatever is true when it goes."""
    if kept is not None and not told.heard:
        return kept
    if not told.held:
        return replace(base, reason=Reason.ALREADY_TOLD)
    if incident.hold_until is not None and incident.hold_until > now:
        return replace(base, reason=Reason.HELD, kind=NoteKind.FIRING, due_at=incident.hold_until)
    return replace(base, reason=Reason.RELEASED, kind=NoteKind.FIRING)


def _ended(incident: Incident, told: Told, *, now: datetime, policy: Policy, quiet: Quiet) -> Decision:
    base = _draft(incident, told, None, now)
    lasted = (incident.ended_at or now) - incident.opened_at
    long = incident.priority is Priority.K1 and lasted > policy.loud_after
    loud = long and not incident.unlisted and not quiet.lasts(now)
    resolved = replace(base, reason=Reason.RESOLVED, kind=NoteKind.RESOLVED, silent=not loud)
    sure = told.states & {OutboxState.DELIVERED, OutboxState.SENDING}
    if sure:
        return resolved
    if told.folded:
        folded = replace(base, reason=Reason.FOLDED, kind=NoteKind.STORM, silent=True)
        return folded if told.storm_open else resolved
    if told.held or not (told.pending or told.heard):
        return replace(base, reason=Reason.RESOLVED_NOT_TOLD)
    return replace(base, reason=Reason.ALREADY_TOLD)


def _merged(incident: Incident, told: Told, *, now: datetime) -> Decision:
    base = _draft(incident, told, None, now)
    if told.states & {OutboxState.DELIVERED, OutboxState.SENDING}:
        return replace(base, reason=Reason.MERGED, kind=NoteKind.UPDATE, silent=True)
    if told.folded:
        return replace(base, reason=Reason.FOLDED, kind=NoteKind.STORM, silent=True)
    if OutboxState.UNKNOWN in told.states:
        return replace(base, silent=True)
    return replace(base, reason=Reason.RESOLVED_NOT_TOLD)


def _draft(incident: Incident, told: Told, route: Route | None, now: datetime) -> Decision:
    assert incident.id is not None
    return Decision(
        reason=Reason.ALREADY_TOLD,
        incident_id=incident.id,
        chat_id=told.chat_id,
        thread_id=route.thread_id if route is not None else told.thread_id,
        priority=incident.priority,
        silent=incident.priority not in SOUNDING,
        due_at=now,
    )
