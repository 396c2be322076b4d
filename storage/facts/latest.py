"""The latest word of every installation."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.model.installation import InstallationFacts, Latest, merged
from checks.reports import ReportKind
from checks.written import read
from storage.reports import chunked
from storage.tables import clients, facts

AT_ONCE = 500
"""Clients read before the event loop may turn to others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the last good report of one kind said."""

    client: str
    kind: ReportKind
    received_at: datetime
    facts: InstallationFacts
    tracked: Mapping[str, str] = field(default_factory=dict)
    """The last known values of all tracked facts, whichever report told them."""


async def latest(connection: AsyncConnection, client: str) -> Latest | None:
    """Return all that is known of a client's installation, lists included; None = no report has told anything."""
    rows = (await connection.execute(select(facts).where(facts.c.client == client))).all()
    return _latest(client, rows) if rows else None


async def latest_of_all(
    connection: AsyncConnection, names: Collection[str] | None = None, *, lists: bool = False
) -> dict[str, Latest]:
    """Return what is known of every client (or of ``names``), by client; those who told nothing are not in it.

    Lists (bases, users, …) are None unless ``lists``: loading them for ten thousand clients costs many times more.
    Clients taken off the lists are left out. The event loop gets its turn every few hundred clients.
    """
    columns = [column for column in facts.c if lists or column.name != "lists"]
    query = select(*columns).join(clients, clients.c.name == facts.c.client).where(clients.c.gone_at.is_(None))
    if names is not None:
        rows = sorted(await chunked(connection, query, facts.c.client, names), key=lambda row: str(row.client))
    else:
        rows = list((await connection.execute(query.order_by(facts.c.client))).all())
    found: dict[str, Latest] = {}
    for client, told in groupby(rows, key=lambda row: str(row.client)):
        found[client] = _latest(client, list(told))
        if len(found) % AT_ONCE == 0:
            await asyncio.sleep(0)
    return found


async def update_numbers(connection: AsyncConnection, heard_since: datetime) -> dict[int, int]:
    """Return how many clients run which update number, by what they told since ``heard_since``."""
    query = (
        select(facts.c.update_number, func.count())
        .where(facts.c.update_number.is_not(None), facts.c.received_at >= heard_since)
        .group_by(facts.c.update_number)
    )
    return {row[0]: row[1] for row in await connection.execute(query)}


async def of_clients(connection: AsyncConnection, names: Collection[str]) -> dict[str, dict[ReportKind, Kept]]:
    """Return the last good reports of ``names``, by client and kind."""
    found: dict[str, dict[ReportKind, Kept]] = {}
    for row in await chunked(connection, select(facts), facts.c.client, names):
        found.setdefault(row.client, {})[ReportKind(row.kind)] = _kept(row)
    return found


def row_of(kept: Kept, said: dict[str, Any], lists: dict[str, Any]) -> dict[str, Any]:
    """Return the row that keeps ``kept``."""
    return {
        "client": kept.client,
        "kind": kept.kind,
        "received_at": kept.received_at,
        "update_number": kept.facts.update_number,
        "said": said,
        "lists": lists,
        "tracked": dict(kept.tracked),
    }


def _latest(client: str, rows: Iterable[Any]) -> Latest:
    whole = InstallationFacts()
    heard_at: dict[str, datetime] = {}
    for kept in sorted((_kept(row) for row in rows), key=lambda one: one.received_at):
        heard_at |= dict.fromkeys(kept.facts.known, kept.received_at)
        whole = merged(whole, kept.facts)
    return Latest(client=client, facts=whole, heard_at=heard_at)


def _kept(row: Any) -> Kept:
    lists = row._mapping.get("lists") or {}  # noqa: SLF001 - SQLAlchemy's public way to ask whether a column is there
    return Kept(
        client=row.client,
        kind=ReportKind(row.kind),
        received_at=row.received_at,
        facts=read({**row.said, **lists}),
        tracked=row.tracked,
    )
