"""Remembers uploads: what each said and which content came before."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.reports import ReportKind
from storage.tables import clients, reports

CHUNK = 500

Content = tuple[str, ReportKind, str]
"""Client, kind and digest: the same content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One upload as it is kept."""

    client: str
    kind: ReportKind
    file: str
    """The name it was sent under."""
    digest: str
    """SHA-256 of the body, hexadecimal."""
    size: int
    dealer: str | None
    received_at: datetime
    reported_at: datetime | None
    broken: str | None
    facts: Mapping[str, Any]


COLUMNS = tuple(field.name for field in fields(Row))


async def known_clients(connection: AsyncConnection, names: Collection[str]) -> dict[str, str | None]:
    """Return those of ``names`` that are in the registry, with their time zones."""
    query = select(clients.c.name, clients.c.time_zone).where(clients.c.gone_at.is_(None))
    return {row.name: row.time_zone for row in await chunked(connection, query, clients.c.name, names)}


async def received(
    connection: AsyncConnection, names: Collection[str], digests: Collection[str]
) -> dict[Content, datetime]:
    """Return when contents were last received."""
    columns = (reports.c.client, reports.c.kind, reports.c.digest, reports.c.received_at)
    query = select(*columns).where(reports.c.digest.in_(sorted(set(digests))))
    rows = await chunked(connection, query, reports.c.client, names)
    return {(row.client, ReportKind(row.kind), row.digest): row.received_at for row in rows}


async def save(tx: AsyncConnection, new: Sequence[Row], again: Sequence[Row]) -> None:
    """Keep ``new`` reports, and renew the time of those whose content came ``again``."""
    if new:
        await tx.execute(insert(reports), [{name: getattr(row, name) for name in COLUMNS} for row in new])
    if again:
        same = and_(
            reports.c.client == bindparam("of"),
            reports.c.kind == bindparam("sort"),
            reports.c.digest == bindparam("sum"),
        )
        times = [{"of": row.client, "sort": row.kind, "sum": row.digest, "at": row.received_at} for row in again]
        await tx.execute(update(reports).where(same).values(received_at=bindparam("at")), times)


async def latest(connection: AsyncConnection, client: str, kind: ReportKind) -> Row | None:
    """Return the newest report that could be read."""
    query = (
        select(reports)
        .where(reports.c.client == client, reports.c.kind == kind, reports.c.broken.is_(None))
        .order_by(reports.c.received_at.desc(), reports.c.id.desc())
        .limit(1)
    )
    row = (await connection.execute(query)).mappings().first()
    if row is None:
        return None
    values = {name: row[name] for name in COLUMNS}
    return Row(**{**values, "kind": ReportKind(row["kind"])})


async def senders(connection: AsyncConnection) -> list[str]:
    """Return every client of whom reports are kept."""
    return list((await connection.execute(select(reports.c.client).distinct())).scalars())


async def purge(
    tx: AsyncConnection, names: Collection[str], *, keep: Mapping[ReportKind, int], before: datetime
) -> None:
    """Drop reports of ``names`` beyond the newest ``keep`` of a kind, and all but the last older than ``before``.

    A few hundred clients at a time, so that nobody waits long for the writer.
    """
    age = func.row_number().over(
        partition_by=(reports.c.client, reports.c.kind), order_by=(reports.c.received_at.desc(), reports.c.id.desc())
    )
    columns = (reports.c.id, reports.c.kind, reports.c.received_at, age.label("age"))
    ranked = select(*columns).where(reports.c.client.in_(sorted(names))).subquery()
    beyond = [and_(ranked.c.kind == kind, ranked.c.age > max(count, 1)) for kind, count in keep.items()]
    old = and_(ranked.c.received_at < before, ranked.c.age > 1)
    await tx.execute(delete(reports).where(reports.c.id.in_(select(ranked.c.id).where(or_(*beyond, old)))))


async def chunked(
    connection: AsyncConnection, query: Select[Any], column: ColumnElement[Any], values: Collection[str]
) -> list[Any]:
    """Run ``query`` for the rows whose ``column`` is one of ``values``, a few hundred at a time."""
    wanted = sorted(set(values))
    rows: list[Any] = []
    for start in range(0, len(wanted), CHUNK):
        rows += (await connection.execute(query.where(column.in_(wanted[start : start + CHUNK])))).all()
    return rows
