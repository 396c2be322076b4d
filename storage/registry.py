"""Remembers what lists have told: clients, redirect servers, accesses, with who is gone and which list tells what."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import asdict, fields
from datetime import datetime
from functools import partial
from typing import Any, TypeAlias

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.model import Access, Client, ClientKind, Redirect
from checks.roll import Known, KnownAccess, KnownClient, KnownRedirect, Roll, updates
from storage.database import upsert
from storage.secrets import Vault
from storage.tables import accesses, clients, redirects

CHUNK = 500
CLIENT_FIELDS = tuple(one.name for one in fields(Client))
REDIRECT_FIELDS = tuple(one.name for one in fields(Redirect))
ACCESS_FIELDS = tuple(one.name for one in fields(Access))

ACCESS_KEY = ("host", "catalogue", "login")

Rows: TypeAlias = list[dict[str, Any]]
Write: TypeAlias = Callable[[Rows], Awaitable[None]]
Written: TypeAlias = Callable[[int, int], None]
"""Told how many of how many rows are written."""


async def roll(connection: AsyncConnection, vault: Vault) -> Roll:
    """Return everything that lists have told, also of those who are gone."""
    people = (await connection.execute(select(clients).order_by(clients.c.created_at, clients.c.name))).all()
    servers = (await connection.execute(select(redirects).order_by(redirects.c.created_at, redirects.c.name))).all()
    logins = (await connection.execute(select(accesses).order_by(accesses.c.id))).all()
    return await asyncio.to_thread(_roll, people, servers, logins, vault)


def _roll(people: Iterable[Row[Any]], servers: Iterable[Row[Any]], logins: Iterable[Row[Any]], vault: Vault) -> Roll:
    return Roll(
        clients={row.name: _client(row) for row in people},
        redirects={row.name: _redirect(row) for row in servers},
        accesses={(row.host, row.catalogue, row.login): _access(row, vault) for row in logins},
    )


def _client(row: Row[Any]) -> KnownClient:
    values = {one: getattr(row, one) for one in CLIENT_FIELDS}
    values["kind"] = ClientKind(row.kind)
    lists = {source: frozenset(told) for source, told in (row.lists or {}).items()}
    return KnownClient(client=Client(**values), lists=lists, gone=row.gone_at is not None)


def _redirect(row: Row[Any]) -> KnownRedirect:
    values = {one: getattr(row, one) for one in REDIRECT_FIELDS}
    return KnownRedirect(redirect=Redirect(**values), gone=row.gone_at is not None)


def _access(row: Row[Any], vault: Vault) -> KnownAccess:
    values = {one: getattr(row, one) for one in ACCESS_FIELDS}
    gone = row.gone_at is not None
    return KnownAccess(access=Access(**values), password=vault.open(row.password), list=row.list, gone=gone)


async def save(
    tx: AsyncConnection,
    before: Roll,
    after: Roll,
    *,
    vault: Vault,
    at: datetime,
    written: Written | None = None,
) -> int:
    """Write what differs between two rolls, clients before their accesses; return how many rows that were."""
    people = [_client_row(known, at) for known in _those(KnownClient, updates(before.clients, after.clients))]
    servers = [_redirect_row(known, at) for known in _those(KnownRedirect, updates(before.redirects, after.redirects))]
    changed = list(_those(KnownAccess, updates(before.accesses, after.accesses)))
    logins = await asyncio.to_thread(lambda: [_access_row(known, vault, at) for known in changed])
    fresh = [row for row in logins if _key(row) not in before.accesses]
    stale = [row for row in logins if _key(row) in before.accesses]
    work: list[tuple[Write, Rows]] = [
        (partial(_upsert, tx, redirects), servers),
        (partial(_upsert, tx, clients), people),
        (partial(_insert_accesses, tx), fresh),
        (partial(_update_accesses, tx), [row for row in stale if "password" in row]),
        (partial(_update_accesses, tx), [row for row in stale if "password" not in row]),
    ]
    done, total = 0, len(people) + len(servers) + len(logins)
    for write, rows in work:
        for start in range(0, len(rows), CHUNK):
            await write(rows[start : start + CHUNK])
            done += len(rows[start : start + CHUNK])
            if written:
                written(done, total)
    return total


def _those(kind: type[Any], known: Iterable[Known]) -> Iterable[Any]:
    return (one for one in known if isinstance(one, kind))


def _key(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["host"], row["catalogue"], row["login"]


async def _upsert(tx: AsyncConnection, table: Table, rows: Rows) -> None:
    kept = {"created_at", *(column.name for column in table.primary_key.columns)}
    await upsert(tx, table, rows, update=[name for name in rows[0] if name not in kept])


async def _insert_accesses(tx: AsyncConnection, rows: Rows) -> None:
    await tx.execute(accesses.insert(), rows)


async def _update_accesses(tx: AsyncConnection, rows: Rows) -> None:
    kept = {"created_at", *ACCESS_KEY}
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in rows[0] if name not in kept}
    same = [accesses.c[one] == bindparam(f"new_{one}") for one in ACCESS_KEY]
    renamed = [{f"new_{name}": value for name, value in row.items() if name != "created_at"} for row in rows]
    await tx.execute(update(accesses).where(*same).values(values), renamed)


def _client_row(known: KnownClient, at: datetime) -> dict[str, Any]:
    client = known.client
    return {
        **asdict(client),
        "search": f"{client.title} {client.name}".casefold().replace("ё", "е").strip(),
        "lists": {source: sorted(told) for source, told in sorted(known.lists.items())},
        **_stamps(at, gone=known.gone),
    }


def _redirect_row(known: KnownRedirect, at: datetime) -> dict[str, Any]:
    return {**asdict(known.redirect), **_stamps(at, gone=known.gone)}


def _access_row(known: KnownAccess, vault: Vault, at: datetime) -> dict[str, Any]:
    row = {**asdict(known.access), "list": known.list, **_stamps(at, gone=known.gone)}
    return row | ({"password": vault.seal(known.password)} if known.password else {})


def _stamps(at: datetime, *, gone: bool) -> dict[str, Any]:
    return {"created_at": at, "updated_at": at, "gone_at": at if gone else None}
