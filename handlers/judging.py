"""Judges signals: every client and access a few times a day, a hundred at a time, so that nobody waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from checks import signals as judging
from checks.billing import back
from checks.hours import zone_of
from checks.model import Client, ClientKind, Observation, Outcome, Subject, SubjectKind
from checks.model.installation import QueryOutcome
from checks.rules import Rules
from checks.signals import LOW, AccessHistory, ClientHistory
from handlers import billing, raising
from handlers.observations import record_in
from storage import facts, signals
from storage.billing import MONTHS
from storage.database import Connection, Database

MOSCOW = ZoneInfo("Europe/Moscow")
SLOT = timedelta(hours=6)
"""Judged anew so often: before the working day begins in every zone of the country."""
AT_ONCE = 100
"""Clients judged before the event loop, and the writer, may turn to others."""
DAYS = timedelta(days=14)


async def judge_all(database: Database, *, rules: Rules, now: datetime) -> bool:
    """Judge everybody if that is due; returns whether anything is owed because of it.

    The moment is kept when all are done: a bot that died in between begins anew, which has no second effect.
    """
    slot = slot_of(now)
    async with database.read() as connection:
        if await signals.judged(connection) == slot:
            return False
    changed = False
    for names in _parts(sorted(rules.estate.clients)):
        changed |= await judge_some(database, names, rules=rules, now=now)
        await asyncio.sleep(0)
    changed |= await _end_unlisted(database, rules=rules, now=now)
    await database.write(lambda tx: signals.set_judged(tx, slot))
    return changed


def slot_of(now: datetime) -> str:
    """Name the span of hours that ``now`` lies in."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight + SLOT * ((now - midnight) // SLOT)).isoformat()


async def judge_some(database: Database, names: Sequence[str], *, rules: Rules, now: datetime) -> bool:
    """Judge these clients and their accesses; returns whether anything is owed because of it."""
    async with database.read() as connection:
        ids = [number for name in names for number in rules.estate.accesses_of.get(name, ())]
        accesses = await billing.load(connection, ids, rules=rules, now=now) if ids else []
        seen = await billing.judged(connection, accesses, rules=rules)
        seen += await of_clients(connection, names, accesses, rules=rules, now=now)
    if not seen:
        return False
    recorded = await database.write(lambda tx: record_in(tx, seen, rules=rules, now=now))
    return bool(recorded.changes)


async def of_clients(
    connection: Connection, names: Collection[str], accesses: Sequence[AccessHistory], *, rules: Rules, now: datetime
) -> list[Observation]:
    """Judge what clients say beside their accesses; only what holds, or held until now, is returned."""
    histories = await load(connection, names, accesses, rules=rules, now=now)
    seen = [
        one
        for history in histories
        for one in judging.observations(history, judging.of_client(history, rules.norms(history.subject.name)))
    ]
    return await billing.worth(connection, seen, rules=rules)


async def load(
    connection: Connection, names: Collection[str], accesses: Sequence[AccessHistory], *, rules: Rules, now: datetime
) -> list[ClientHistory]:
    """Read what is known of clients: contracts, use of installations and of accesses, people, searches."""
    clients = [rules.estate.clients[name] for name in sorted(names) if name in rules.estate.clients]
    known = {client.name for client in clients}
    today = now.astimezone(MOSCOW).date()
    first = today.replace(day=1)
    begins = min(first, today - DAYS)
    latest = await facts.latest_of_all(connection, known)
    told = sorted(latest)
    days = await facts.usage(connection, told, begins, today + timedelta(days=1))
    months = await facts.by_month(connection, told, back(first, MONTHS))
    active = await facts.active(connection, told, datetime.combine(first, time(), MOSCOW))
    yesterday = datetime.combine(today - timedelta(days=1), time(), MOSCOW)
    fresh = await facts.new_accounts(connection, told, yesterday)
    asked = await facts.queries(connection, told, yesterday.date())
    low, used = _of_accesses(accesses, rules)
    found = []
    for client in clients:
        word = latest.get(client.name)
        said = word.facts if word else None
        mine = [one for one in asked if one.client == client.name]
        found.append(
            ClientHistory(
                subject=Subject(SubjectKind.CLIENT, client.name),
                now=now,
                today=now.astimezone(_zone(client)).date(),
                contract_end=client.contract_end,
                installation=client.kind is not ClientKind.ONLINE and word is not None,
                days=days.get(client.name, ()),
                months=months.get(client.name, ()),
                seats=client.seats or (said.seats if said else None),
                active=active.get(client.name),
                newcomers=[one.name or one.login for one in fresh if one.client == client.name],
                empty=[one.text for one in mine if one.outcome is QueryOutcome.EMPTY],
                failed=[one.text for one in mine if one.outcome is not QueryOutcome.EMPTY],
                known_at=word.at if word else None,
                low=low.get(client.name, frozenset()),
                used_on=used.get(client.name),
            )
        )
    return found


def _of_accesses(accesses: Sequence[AccessHistory], rules: Rules) -> tuple[dict[str, frozenset[str]], dict[str, date]]:
    """Return what all accesses of a client say of little use, and when one of them was used last."""
    low: dict[str, frozenset[str]] = {}
    used: dict[str, date] = {}
    for history in accesses:
        name = history.subject.client or ""
        said = judging.of_access(history, rules.norms(name))
        codes = frozenset(one.code for one in said if one.code in LOW and one.outcome is Outcome.FAIL)
        low[name] = low.get(name, codes) & codes
        last = history.last_use
        if last is not None:
            used[name] = max(last, used.get(name, last))
    return low, used


def _zone(client: Client) -> tzinfo:
    return zone_of(client.time_zone, MOSCOW)


async def _end_unlisted(database: Database, *, rules: Rules, now: datetime) -> bool:
    """End the signals of clients and accesses that left the lists."""
    async with database.read() as connection:
        holding = await signals.open_of(connection)
    gone = [one for one in holding if not rules.estate.lists(one.subject)]
    if not gone:
        return False

    async def work(tx: Connection) -> bool:
        keys = {(one.subject, one.code) for one in gone}
        await signals.end(tx, keys, now)
        return bool(await raising.correlate_in(tx, keys, rules=rules, now=now))

    return await database.write(work)


def _parts(names: Sequence[str]) -> list[Sequence[str]]:
    return [names[start : start + AT_ONCE] for start in range(0, len(names), AT_ONCE)]
