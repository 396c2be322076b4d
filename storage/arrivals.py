"""Remembers when each client was last heard, and finds those who have been silent for too long."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, literal, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.freshness import ACTIVE_WITHIN, USUAL_GAP, Absence, Limits, Sender, Senders, cutoff
from checks.model import SELF, State, SubjectKind
from checks.reports import SILENT, Known, ReportKind
from storage.database import upsert
from storage.reports import chunked
from storage.tables import arrivals, clients, health

Key = tuple[str, ReportKind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """When one kind of report of one client last came; in ``known``, ``good_at`` is older if the last was broken."""

    client: str
    kind: ReportKind
    known: Known
    file: str = ""
    """Where the last file lies, relative to the folder of reports; empty if it came without a file."""
    count: int = 0


async def of_clients(connection: AsyncConnection, names: Collection[str]) -> dict[Key, Arrival]:
    """Return what is remembered of every kind of report of the clients ``names``."""
    rows = await chunked(connection, select(arrivals), arrivals.c.client, names)
    return {(row.client, ReportKind(row.kind)): _arrival(row) for row in rows}


async def save(tx: AsyncConnection, heard: Iterable[Arrival]) -> None:
    """Note who was heard."""
    await upsert(tx, arrivals, [_row(each) for each in heard])


async def has_come(connection: AsyncConnection, client: str, kind: ReportKind) -> bool:
    """Tell whether any such report of the client has come."""
    query = select(arrivals.c.client).where(arrivals.c.client == client, arrivals.c.kind == kind)
    return await connection.scalar(query) is not None


async def kept_files(connection: AsyncConnection, heard_since: datetime) -> set[str]:
    """Return the last file of each kind of each client, but for those last heard before ``heard_since``."""
    query = select(arrivals.c.file).where(arrivals.c.heard_at >= heard_since, arrivals.c.file != "")
    return set((await connection.execute(query)).scalars())


async def newest(connection: AsyncConnection) -> datetime | None:
    """Return when anything at all last arrived."""
    moment: datetime | None = await connection.scalar(select(func.max(arrivals.c.heard_at)))
    return moment


# ── silence ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def newly_silent(
    connection: AsyncConnection, now: datetime, limits: Limits, away: Sequence[Absence]
) -> list[Sender]:
    """Return who has become overdue and is not yet believed to be silent."""
    found: list[Sender] = []
    for kind in ReportKind:
        moments = await _moments(connection, kind, now, limits, away)
        query = (
            select(clients.c.name, clients.c.freshness, clients.c.created_at, arrivals.c.heard_at)
            .select_from(arrivals.join(clients, clients.c.name == arrivals.c.client).outerjoin(health, _belief(kind)))
            .where(arrivals.c.kind == kind, arrivals.c.heard_at < moments.latest)
            .where(moments.passed(arrivals.c.heard_at), _not_told, clients.c.gone_at.is_(None))
        )
        rows = (await connection.execute(query)).all()
        if kind is ReportKind.SYSINFO:
            rows = [*rows, *await _never_heard(connection, moments)]
        found += [_sender(row, kind, limits) for row in rows]
    return found


async def heard_again(connection: AsyncConnection, now: datetime, limits: Limits, away: Sequence[Absence]) -> list[Key]:
    """Return who is still believed to be silent and is not overdue any more (a new limit, an absence of ours)."""
    found: list[Key] = []
    for kind in ReportKind:
        moments = await _moments(connection, kind, now, limits, away)
        sent = and_(arrivals.c.client == clients.c.name, arrivals.c.kind == kind)
        sends = clients.c.sends_uploads if kind is ReportKind.SYSINFO else false()
        listed = case((sends, clients.c.created_at), else_=None)
        since = func.coalesce(arrivals.c.heard_at, listed, type_=arrivals.c.heard_at.type)
        query = (
            select(clients.c.name)
            .select_from(health.join(clients, _belief(kind)).outerjoin(arrivals, sent))
            .where(health.c.state == State.FAIL, not_(func.coalesce(moments.passed(since), false())))
            .where(clients.c.gone_at.is_(None))
        )
        found += [(name, kind) for name in (await connection.execute(query)).scalars()]
    return found


async def senders(connection: AsyncConnection, away: Sequence[Absence]) -> tuple[datetime | None, list[Senders]]:
    """Return the newest arrival of all, and how many senders of each kind were active up to it."""
    last = await newest(connection)
    if last is None:
        return None, []
    counted = [
        Senders(
            kind=kind,
            active=await _heard_since(connection, kind, cutoff(last, ACTIVE_WITHIN, away)),
            together=await _heard_since(connection, kind, cutoff(last, USUAL_GAP[kind] * 1.5, away)),
        )
        for kind in ReportKind
    ]
    return last, counted


async def intake_state(connection: AsyncConnection) -> State:
    """Return what is believed about our own intake."""
    query = select(health.c.state).where(
        health.c.subject_kind == SELF.kind, health.c.subject_name == SELF.name, health.c.code == "IntakeSilent"
    )
    state = await connection.scalar(query)
    return State.UNKNOWN if state is None else State(state)


_not_told = or_(health.c.state.is_(None), health.c.state != State.FAIL)


def _belief(kind: ReportKind) -> ColumnElement[bool]:
    return and_(
        health.c.subject_kind == SubjectKind.CLIENT,
        health.c.subject_name == clients.c.name,
        health.c.code == SILENT[kind],
    )


@dataclass(frozen=True, slots=True)
class _Moments:
    """The moments before which a last sign of life is too old: a common one, and one for each limit of its own."""

    common: datetime
    special: Sequence[tuple[ColumnElement[bool], datetime]]

    @property
    def latest(self) -> datetime:
        return max([self.common, *(moment for _, moment in self.special)])

    def passed(self, since: ColumnElement[Any]) -> ColumnElement[bool]:
        if not self.special:
            return since < self.common
        instant = arrivals.c.heard_at.type
        whens = [(when, literal(moment, instant)) for when, moment in self.special]
        return since < case(*whens, else_=literal(self.common, instant))


async def _moments(
    connection: AsyncConnection, kind: ReportKind, now: datetime, limits: Limits, away: Sequence[Absence]
) -> _Moments:
    own = [(clients.c.name == name, limit) for (name, of), limit in limits.own.items() if of is kind]
    listed: list[tuple[ColumnElement[bool], timedelta]] = []
    if kind is ReportKind.SYSINFO:
        query = select(clients.c.freshness).distinct().where(clients.c.freshness.is_not(None))
        listed = [(clients.c.freshness == limit, limit) for limit in (await connection.execute(query)).scalars()]
    special = [(when, cutoff(now, limit, away)) for when, limit in [*own, *listed]]
    return _Moments(cutoff(now, limits.common(kind), away), special)


async def _never_heard(connection: AsyncConnection, moments: _Moments) -> Sequence[Any]:
    """Return clients listed as senders of whom nothing has ever come, overdue since their listing."""
    kind = ReportKind.SYSINFO
    sent = and_(arrivals.c.client == clients.c.name, arrivals.c.kind == kind)
    query = (
        select(clients.c.name, clients.c.freshness, clients.c.created_at, arrivals.c.heard_at)
        .select_from(clients.outerjoin(arrivals, sent).outerjoin(health, _belief(kind)))
        .where(clients.c.sends_uploads, arrivals.c.client.is_(None), moments.passed(clients.c.created_at))
        .where(_not_told, clients.c.gone_at.is_(None))
    )
    return (await connection.execute(query)).all()


async def _heard_since(connection: AsyncConnection, kind: ReportKind, moment: datetime) -> int:
    query = select(func.count()).where(arrivals.c.kind == kind, arrivals.c.heard_at >= moment)
    return await connection.scalar(query) or 0


def _sender(row: Any, kind: ReportKind, limits: Limits) -> Sender:
    limit = limits.of(row.name, kind, row.freshness)
    return Sender(client=row.name, kind=kind, limit=limit, heard_at=row.heard_at, listed_at=row.created_at)


def _arrival(row: Any) -> Arrival:
    known = Known(heard_at=row.heard_at, good_at=row.good_at, reported_at=row.reported_at)
    return Arrival(client=row.client, kind=ReportKind(row.kind), known=known, file=row.file, count=row.count)


def _row(arrival: Arrival) -> dict[str, Any]:
    return {
        "client": arrival.client,
        "kind": arrival.kind,
        "heard_at": arrival.known.heard_at,
        "good_at": arrival.known.good_at,
        "reported_at": arrival.known.reported_at,
        "file": arrival.file,
        "count": arrival.count,
    }
