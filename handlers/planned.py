"""Planned work as time passes: it begins, it ends, everything in it is looked at, and its end is told once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from checks.estate import Estate
from checks.maintenance import Close, again, covering, covers, keeps_back, population
from checks.model import (
    Change,
    ChangeKind,
    Extent,
    Incident,
    NoteKind,
    OutboxState,
    Priority,
    Route,
    RouteKind,
    Window,
    WindowState,
)
from checks.notifications import Decision, Policy, Reason, after_work
from checks.routes import Whose, visible
from checks.silences import clients_hit
from handlers import dispatching
from handlers import storms as weather
from handlers.hearing import Hall, behind_work, gather, heard
from handlers.keeping import edit_card, mute_pending
from handlers.notifications import owe
from storage import decisions as ledger
from storage import incidents, maintenance, outbox, storms
from storage.database import Connection

TECHNICAL = frozenset({RouteKind.TECHNICAL, RouteKind.OWN})
"""Routes whose chats are told that planned work is over, even when all is well."""


# ── by hand ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def open_window(tx: Connection, window: Window, *, now: datetime) -> Window:
    """Announce planned work; returns it with its id.

    From its beginning nothing that it covers is told, what is owed and not sent is taken back, and cards that were
    sent say so. The caller wakes the delivery after the commit.
    """
    kept = await maintenance.add(tx, replace(window, created_at=now, state=WindowState.PLANNED))
    if not keeps_back(kept, now):
        return kept
    begun = await _begin(tx, kept, now)
    await _hush(tx, now)
    return begun


async def close_window(
    tx: Connection, window_id: int, *, now: datetime, why: Close = Close.EARLY, for_good: bool = True
) -> Window | None:
    """End planned work before its time; None when it had ended.

    Work under way is looked at first, its end is told within two minutes. What has not begun is cancelled without a
    word. ``for_good`` False: a recurring window comes again at its next time.
    """
    window = await maintenance.load(tx, window_id)
    if window is None or window.state is WindowState.OVER:
        return None
    if window.state is WindowState.PLANNED:
        return await maintenance.close(tx, window_id, at=now, why=Close.CANCELLED)
    if for_good:
        window = replace(window, cron="", length=None)
    if window.state is WindowState.LASTING:
        window = replace(window, state=WindowState.LOOKING, looked_from=now, ends_at=now)
        assert window.run_id is not None
        await maintenance.end_run(tx, window.run_id, at=now, why=why)
    await maintenance.save(tx, window)
    return window


async def undo_window(tx: Connection, window_id: int, *, now: datetime, policy: Policy) -> Window | None:
    """Take planned work back as if it had never been: what it kept back is told now. None when it had ended."""
    window = await maintenance.close(tx, window_id, at=now, why=Close.UNDONE)
    if window is None or window.run_id is None:
        return window
    await maintenance.end_run(tx, window.run_id, at=now, why=Close.UNDONE)
    behind = await behind_work(tx, [window])
    lasting = replace(window, state=WindowState.LASTING)
    others = await maintenance.under_way(tx, now)
    hit = [
        one
        for one in await incidents.open_ones(tx)
        if covering([lasting, *others], one, now, behind=behind) and not covering(others, one, now, behind=behind)
    ]
    await owe(tx, [Change(kind=ChangeKind.OPENED, incident=one, at=now) for one in hit], now=now, policy=policy)
    return window


async def prolong_window(tx: Connection, window_id: int, *, until: datetime, now: datetime) -> Window | None:
    """Let planned work last longer; None when it has ended meanwhile or would not last longer."""
    window = await maintenance.load(tx, window_id)
    if window is None or window.state not in {WindowState.PLANNED, WindowState.LASTING}:
        return None
    if until <= max(window.ends_at, now):
        return None
    longer = replace(window, ends_at=until)
    await maintenance.save(tx, longer)
    return longer


# ── by time ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def turn(tx: Connection, *, now: datetime) -> bool:
    """Begin the work whose time has come, let what is over be looked at; returns whether anything began."""
    began = False
    for window in await maintenance.under_way(tx, now):
        if window.state is WindowState.PLANNED and window.ends_at <= now and window.cron:
            await _skip(tx, window, now)
        elif window.state is WindowState.PLANNED:
            await _begin(tx, window, now)
            began = True
        elif window.state is WindowState.LASTING and window.ends_at <= now:
            await maintenance.save(tx, replace(window, state=WindowState.LOOKING, looked_from=now))
    if began:
        await _hush(tx, now)
    return began


async def _skip(tx: Connection, window: Window, now: datetime) -> None:
    """Pass over a time of a recurring window that went by while we were away."""
    waiting = again(window, now)
    if waiting is not None:
        await maintenance.save(tx, waiting)
    elif window.id is not None:
        await maintenance.close(tx, window.id, at=now, why=Close.TIME)


async def _begin(tx: Connection, window: Window, now: datetime) -> Window:
    run = await maintenance.begin_run(tx, window, at=window.begins_at if window.cron else max(window.begins_at, now))
    begun = replace(window, state=WindowState.LASTING, run_id=run)
    await maintenance.save(tx, begun)
    return begun


async def _hush(tx: Connection, now: datetime) -> None:
    """Take back what is owed about incidents that planned work covers from now on; cards that were sent say so."""
    windows = await maintenance.under_way(tx, now)
    behind = await behind_work(tx, windows)
    hit = [one for one in await incidents.open_ones(tx) if covering(windows, one, now, behind=behind)]
    known = await outbox.told(tx, [one.id for one in hit if one.id is not None])
    for incident in hit:
        assert incident.id is not None
        for chat, told in known.get(incident.id, {}).items():
            if told.pending and not told.heard:
                await mute_pending(tx, chat, incident.id, why=Reason.PLANNED_WORK, now=now)
            if told.heard:
                await edit_card(tx, chat, incident, now=now)


# ── the end ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class _Letter:
    """What one chat is to be told about work that is over."""

    thread_id: int | None = None
    runs: set[int] = field(default_factory=set)
    decisions: list[Decision] = field(default_factory=list)


async def conclude(
    tx: Connection, windows: Sequence[Window], *, estate: Estate, policy: Policy, now: datetime
) -> list[Decision]:
    """End windows that have been looked at: one message a chat tells who is back, who is not, and stands for both.

    What is still broken is told in that message and lives on as if told by a card of its own. Work that comes again
    and again and went well is not worth a message.
    """
    for window in windows:
        await _end(tx, window, now)
    hall = await gather(tx, await incidents.open_ones(tx), policy=policy, now=now)
    behind = {**hall.behind, **await behind_work(tx, windows)}
    letters: dict[int, _Letter] = {}
    decisions: list[Decision] = []
    for window, left, elsewhere in _sorted_out(windows, hall, await incidents.open_ones(tx), behind=behind):
        assert window.run_id is not None
        ids = [one.id for one in left if one.id is not None]
        over = min(now, window.ends_at)
        await maintenance.end_run(tx, window.run_id, at=over, why=Close.TIME, incidents=ids, elsewhere=elsewhere)
        made = await _decide(tx, left, hall, now)
        for incident in left:
            await dispatching.repeat(tx, incident, None, hall, policy=policy, now=now, unheard=True)
        decisions += made
        _address(letters, window, made, hall, estate)
    for chat, letter in sorted(letters.items()):
        await _send(tx, chat, letter, now=now)
    return decisions


async def _end(tx: Connection, window: Window, now: datetime) -> None:
    assert window.id is not None
    waiting = again(window, now)
    if waiting is not None:
        await maintenance.save(tx, waiting)
    else:
        await maintenance.close(tx, window.id, at=now, why=Close.TIME)


def _sorted_out(
    windows: Sequence[Window], hall: Hall, known: Sequence[Incident], *, behind: Mapping[str, frozenset[str]]
) -> list[tuple[Window, list[Incident], int]]:
    """Give each window the open incidents that it alone kept back, and count those that other work still does."""
    running = [replace(window, state=WindowState.LASTING) for window in windows]
    left: dict[int | None, list[Incident]] = {window.id: [] for window in windows}
    elsewhere: dict[int | None, int] = dict.fromkeys(left, 0)
    for incident in known:
        before = covering([*running, *hall.windows], incident, hall.now, behind=behind)
        owner = None if before is None else _owner(running, incident, behind=behind)
        if owner is None:
            continue
        if covering(hall.windows, incident, hall.now, behind=behind):
            elsewhere[owner.id] += 1
        else:
            left[owner.id].append(incident)
    return [(window, left[window.id], elsewhere[window.id]) for window in windows]


def _owner(windows: Sequence[Window], incident: Incident, *, behind: Mapping[str, frozenset[str]]) -> Window | None:
    """Return which of these windows had to do with the incident, alone or with others."""
    alone = next((window for window in windows if covers(window, incident, behind=behind)), None)
    hit = clients_hit(incident)
    return alone or next((one for one in windows if one.extent is Extent.CLIENT and one.target in hit), None)


async def _decide(tx: Connection, left: Sequence[Incident], hall: Hall, now: datetime) -> list[Decision]:
    told = await heard(tx, left, hall)
    decisions: list[Decision] = []
    for incident in left:
        assert incident.id is not None
        decisions += after_work(incident, told=told[incident.id], now=now, **hall.facts(incident))
        await incidents.note(tx, incident.id, now, Reason.WORK_OVER)
    await ledger.remember(tx, decisions, at=now)
    return decisions


def _address(
    letters: dict[int, _Letter], window: Window, decisions: Iterable[Decision], hall: Hall, estate: Estate
) -> None:
    """Add the window to the letters of those who hear of it: something is left to tell, or it was announced once."""
    assert window.run_id is not None
    for decision in decisions:
        if decision.reason is Reason.WORK_OVER and decision.chat_id is not None:
            letter = letters.setdefault(decision.chat_id, _Letter(thread_id=decision.thread_id))
            letter.runs.add(window.run_id)
            letter.decisions.append(decision)
    if window.cron:
        return
    for chat, thread in _informed(window, hall, estate).items():
        letters.setdefault(chat, _Letter(thread_id=thread)).runs.add(window.run_id)


def _informed(window: Window, hall: Hall, estate: Estate) -> dict[int, int | None]:
    """Return the chats (and topics) that are told of the end of this work whatever it is."""
    chats: dict[int, int | None] = {}
    if window.chat_id is not None and window.chat_id not in hall.dead:
        chats[window.chat_id] = window.thread_id
    names = population(window.extent, window.target, estate)
    for route in hall.routes:
        if route.kinds & TECHNICAL and _sees(route, names, estate):
            chats.setdefault(route.chat_id, route.thread_id)
    return chats


def _sees(route: Route, names: Sequence[str], estate: Estate) -> bool:
    if not (route.clients or route.managers or route.redirects):
        return RouteKind.TECHNICAL in route.kinds
    known = {name: estate.clients[name] for name in names}
    whose = {name: Whose(manager=one.manager, redirect=one.redirect) for name, one in known.items()}
    return bool(visible([route], names, whose))


async def _send(tx: Connection, chat: int, letter: _Letter, *, now: datetime) -> None:
    """Owe a chat the one card, and enter in it what it tells instead of cards of their own."""
    storm = await storms.conclude_work(tx, chat, letter.thread_id, sorted(letter.runs), now)
    for decision in letter.decisions:
        await outbox.drop_quiet(tx, chat, decision.incident_id, why=decision.reason, at=now)
        await outbox.owe(
            tx,
            NoteKind.FIRING,
            chat,
            now=now,
            state=OutboxState.FOLDED,
            why=decision.reason,
            priority=decision.priority,
            silent=decision.silent,
            thread_id=letter.thread_id,
            incident_id=decision.incident_id,
            storm_id=storm.id,
        )
    silent = all(decision.silent for decision in letter.decisions)
    priority = min((decision.priority for decision in letter.decisions), default=Priority.K3)
    await weather.owe_card(tx, storm, now=now, silent=silent, priority=priority)
