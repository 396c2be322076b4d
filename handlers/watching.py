"""Watches over clients after a change: starts by what reports and silences say, ticks off what comes back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from checks import rhythm
from checks.estate import Estate
from checks.hours import zone_of
from checks.model import Health, Observation, Outcome, State, Subject, SubjectKind, WindowState
from checks.model.installation import FactChange, InstallationFacts
from checks.readers.values import MOSCOW
from checks.rules import Rules
from checks.watching import (
    SHADOW,
    UPDATED_FACTS,
    Evidence,
    Trigger,
    Watch,
    Why,
    begin,
    by_version,
    confirm,
    observe,
    unusual,
)
from storage import arrivals, facts, health, maintenance, versions, watches

EPOCH = rhythm.EPOCH
MEMORY = timedelta(days=60)
"""Updates older than this make no habit any more."""


async def changed(tx: Any, changes: Sequence[FactChange], now: datetime, *, rules: Rules) -> None:
    """Start a watch where a report told of another version, or of an update at an unusual time."""
    known = [one for one in changes if one.client in rules.estate.clients]
    if not known:
        return
    started = {one.client: _of_version(one, now) for one in by_version(known)}
    updated = [one for one in known if one.fact in UPDATED_FACTS and one.before is not None]
    for client in sorted({one.client for one in updated} - started.keys()):
        if await _unusually(tx, client, updated, now, rules.estate):
            started[client] = Watch(client=client, trigger=Trigger.UPDATED, began_at=now)
    await _start(tx, started.values(), now, rules=rules)


def _of_version(one: FactChange, now: datetime) -> Watch:
    return Watch(client=one.client, trigger=Trigger.VERSION, began_at=now, version_before=one.before, version=one.after)


async def _unusually(tx: Any, client: str, updated: Iterable[FactChange], now: datetime, estate: Estate) -> bool:
    zone = zone_of(estate.clients[client].time_zone, MOSCOW)
    told = {one.fact for one in updated if one.client == client}
    past = await facts.changes_since(tx, UPDATED_FACTS, now - MEMORY, clients=[client])
    earlier = [one.at for one in past if one.fact in told and one.before is not None]
    return unusual(now, earlier, zone)


async def _start(tx: Any, wanted: Iterable[Watch], now: datetime, *, rules: Rules) -> None:
    """Begin watches; a client that is watched already learns at most which version it has now."""
    fresh = list(wanted)
    names = {one.client for one in fresh}
    if not names:
        return
    running = await watches.lasting(tx, names)
    evidence = await gather(tx, names, rules=rules)
    for one in fresh:
        before = running.get(one.client)
        if before is None:
            begun = begin(one, evidence[one.client], at=one.since or now, patience=rules.watch_patience)
            await watches.add(tx, begun)
        elif one.trigger is Trigger.VERSION:
            first = before.version_before or one.version_before
            await watches.save(tx, replace(before, version_before=first, version=one.version))


async def turn(tx: Any, now: datetime, seen: Sequence[Observation], *, rules: Rules) -> list[Observation]:
    """Do what time brings: silences after changes, work that is over, points that came back, patience that ended."""
    await _after_silences(tx, now, seen, rules=rules)
    return await judge(tx, now, rules=rules)


async def judge(tx: Any, now: datetime, *, rules: Rules, names: Collection[str] | None = None) -> list[Observation]:
    """Tick off what has come back at the clients that are watched; return what that comes to."""
    running = await watches.lasting(tx, names)
    if not running:
        return []
    evidence = await gather(tx, running, rules=rules)
    said: list[Observation] = []
    for client, watch in running.items():
        after = await _step(tx, watch, evidence[client], now, rules=rules)
        if after != watch:
            await watches.save(tx, after)
        if after.since is not None or after.ended_at is not None:
            said += [one for one in observe(after, now) if _is_news(one, evidence[client].beliefs)]
    return said


def _is_news(one: Observation, beliefs: Mapping[str, Health]) -> bool:
    """Tell whether an observation changes what is believed: a watch is looked at four times a minute."""
    known = beliefs.get(one.code)
    if one.outcome is Outcome.OK:
        return known is not None and known.state is not State.OK
    return known is None or known.state is not State.FAIL or known.reason != one.reason


async def _step(tx: Any, watch: Watch, evidence: Evidence, now: datetime, *, rules: Rules) -> Watch:
    if watch.client not in rules.estate.clients:
        return replace(watch, ended_at=now, ended_why=Why.UNLISTED)
    if watch.since is None and not await _at_work(tx, watch):
        watch = begin(watch, evidence, at=now, patience=rules.watch_patience)
    return confirm(watch, evidence, now)


async def _at_work(tx: Any, watch: Watch) -> bool:
    window = await maintenance.load(tx, watch.window_id) if watch.window_id is not None else None
    return window is not None and window.state in {WindowState.PLANNED, WindowState.LASTING}


async def _after_silences(tx: Any, now: datetime, seen: Sequence[Observation], *, rules: Rules) -> None:
    names = {one.subject.name for one in seen if one.code == rhythm.CODE and one.outcome is Outcome.FAIL}
    if not names:
        return
    changed_lately = await watches.lately(tx, names, now - SHADOW)
    heard = await arrivals.of_clients(tx, names)
    silent = dict.fromkeys(changed_lately, EPOCH)
    for (name, _), arrival in heard.items():
        if name in silent and arrival.known.heard_at is not None:
            silent[name] = max(silent[name], arrival.known.heard_at)
    started = [
        Watch(
            client=name,
            trigger=Trigger.SILENCE,
            what=one.what,
            by=one.by,
            began_at=silent[name],
            since=silent[name],
            version_before=one.version_before,
            version=one.version,
        )
        for name, one in changed_lately.items()
        if one.ended_at is not None and one.ended_why is Why.CONFIRMED
    ]
    await _start(tx, started, now, rules=rules)


async def gather(tx: Any, names: Collection[str], *, rules: Rules) -> dict[str, Evidence]:
    """Read all that watches over these clients ask about, in a handful of statements."""
    beliefs = await health.of_subjects(tx, {Subject(SubjectKind.CLIENT, name) for name in names})
    told = await facts.latest_of_all(tx, names, lists=True)
    heard = await arrivals.of_clients(tx, names)
    wanted = await versions.required(tx, rules.required_version)
    found: dict[str, Evidence] = {}
    for name in names:
        latest = told.get(name)
        mine: Mapping[Any, datetime] = {
            kind: one.known.good_at for (client, kind), one in heard.items() if client == name and one.known.good_at
        }
        client = rules.estate.clients.get(name)
        found[name] = Evidence(
            beliefs={code: one for (subject, code), one in beliefs.items() if subject.name == name},
            facts=latest.facts if latest else InstallationFacts(),
            told_at=latest.heard_at if latest else {},
            heard=mine,
            looked=bool(client and (client.domain or rules.estate.address_of(name))),
            required=wanted.version if wanted else None,
        )
    return found
