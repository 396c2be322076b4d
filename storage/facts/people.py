"""Accounts of installations since when, and searches that gave nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.model.installation import QueryOutcome
from storage.reports import chunked
from storage.tables import accounts as table
from storage.tables import queries as asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A login of a client's installation."""

    client: str
    login: str
    name: str = ""
    first_at: datetime
    """When a report first named it."""
    from_start: bool = False
    """The first report with logins named it already: nobody knows how old it is, it is not new."""
    last_at: datetime | None = None
    """Last activity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A search that gave nothing, on one day."""

    client: str
    day: date
    text: str
    outcome: QueryOutcome
    times: int


async def accounts(connection: AsyncConnection, clients: Collection[str]) -> dict[str, tuple[Account, ...]]:
    """Return the logins ever named, by client, the last active first."""
    found: dict[str, list[Account]] = {}
    for row in await chunked(connection, select(table), table.c.client, clients):
        found.setdefault(row.client, []).append(_account(row))
    return {client: tuple(sorted(some, key=_activity, reverse=True)) for client, some in found.items()}


async def active(connection: AsyncConnection, clients: Collection[str], since: datetime) -> dict[str, int]:
    """Count the logins active since a moment, by client; clients whose reports name no logins are left out."""
    seen = func.count(case((table.c.last_at >= since, 1), else_=None))
    query = select(table.c.client, seen).group_by(table.c.client)
    return dict([tuple(row) for row in await chunked(connection, query, table.c.client, clients)])


async def new_accounts(connection: AsyncConnection, clients: Collection[str], since: datetime) -> list[Account]:
    """Return logins never seen before that were first named since a moment, oldest first."""
    query = select(table).where(table.c.first_at >= since, table.c.from_start.is_(False))
    rows = await chunked(connection, query, table.c.client, clients)
    return sorted((_account(row) for row in rows), key=lambda one: (one.first_at, one.client, one.login))


async def queries(connection: AsyncConnection, clients: Collection[str], since: date) -> list[Asked]:
    """Return the searches of ``clients`` that gave nothing since a day, the most frequent first."""
    rows = await chunked(connection, select(asked).where(asked.c.day >= since), asked.c.client, clients)
    found = [
        Asked(client=row.client, day=row.day, text=row.text, outcome=QueryOutcome(row.outcome), times=row.times)
        for row in rows
    ]
    return sorted(found, key=lambda one: (-one.times, one.client, one.day, one.text))


def _account(row: Any) -> Account:
    return Account(
        client=row.client,
        login=row.login,
        name=row.name,
        first_at=row.first_at,
        from_start=row.from_start,
        last_at=row.last_at,
    )


def _activity(account: Account) -> tuple[bool, datetime, str]:
    return account.last_at is not None, account.last_at or account.first_at, account.login
