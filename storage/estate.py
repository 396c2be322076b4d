"""Reads the estate for watching, tells when it changed, and remembers the direct addresses that redirects reveal."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import RowMapping, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from checks import estate
from checks.estate import Estate
from checks.model import Access, Client, ClientKind, Purpose, Redirect
from storage import credentials, tables
from storage.tables import accesses, clients, redirects

TRUSTED = 3
"""A direct address counts once the redirect has led there so many times running."""


async def load(connection: AsyncConnection) -> Estate:
    """Load everything that is watched; what has gone from the lists is left out."""
    rows = (await connection.execute(select(clients).where(clients.c.gone_at.is_(None)))).mappings().all()
    servers = (await connection.execute(select(redirects).where(redirects.c.gone_at.is_(None)))).mappings().all()
    learned = {
        row["name"]: row["learned_address"]
        for row in rows
        if row["learned_address"] and row["learned_times"] >= TRUSTED
    }
    logins = await credentials.holders(connection, Purpose.LOGIN)
    online = (await connection.execute(select(accesses).where(accesses.c.gone_at.is_(None)))).mappings().all()
    return estate.build(
        [client_of(row) for row in rows],
        [redirect_of(row) for row in servers],
        learned,
        logins,
        {row["id"]: access_of(row) for row in online},
    )


async def fingerprint(connection: AsyncConnection) -> tuple[object, ...]:
    """Return a value that changes whenever the lists do."""
    trusted = func.count().filter(clients.c.learned_times >= TRUSTED)
    query = select(func.count(), func.max(clients.c.updated_at), func.max(clients.c.gone_at), trusted)
    servers = select(func.count(), func.max(redirects.c.updated_at), func.max(redirects.c.gone_at))
    logins = select(func.count(), func.max(accesses.c.updated_at), func.max(accesses.c.gone_at))
    first = (await connection.execute(query.select_from(clients))).one()
    second = (await connection.execute(servers.select_from(redirects))).one()
    keys = select(func.count(), func.max(tables.credentials.c.updated_at)).select_from(tables.credentials)
    third = (await connection.execute(keys)).one()
    fourth = (await connection.execute(logins.select_from(accesses))).one()
    return (*first, *second, *third, *fourth)


async def learn(tx: AsyncConnection, led: Mapping[str, str]) -> None:
    """Count where the redirect of each client led; another place starts the count anew."""
    if not led:
        return
    names = sorted(led)
    query = select(clients.c.name, clients.c.learned_address, clients.c.learned_times).where(clients.c.name.in_(names))
    changed = []
    for name, address, times in (await tx.execute(query)).all():
        if address != led[name]:
            changed.append({"n": name, "a": led[name], "t": 1})
        elif times < TRUSTED:
            changed.append({"n": name, "a": address, "t": times + 1})
    if changed:
        statement = update(clients).where(clients.c.name == bindparam("n"))
        await tx.execute(statement.values(learned_address=bindparam("a"), learned_times=bindparam("t")), changed)


def client_of(row: RowMapping) -> Client:
    """Return a row of ``clients`` as the value it stands for."""
    return Client(
        name=row["name"],
        title=row["title"],
        kind=ClientKind(row["kind"]),
        manager=row["manager"],
        email=row["email"],
        domain=row["domain"],
        redirect=row["redirect"],
        address=row["address"],
        admin_url=row["admin_url"],
        licman=row["licman"],
        contract_end=row["contract_end"],
        seats=row["seats"],
        freshness=row["freshness"],
        time_zone=row["time_zone"],
        contacts=row["contacts"],
        night_calls=row["night_calls"],
        sends_uploads=bool(row["sends_uploads"]),
    )


def access_of(row: RowMapping) -> Access:
    """Return a row of ``accesses`` as the value it stands for; the password stays where it is."""
    return Access(
        client=row["client"],
        login=row["login"],
        host=row["host"],
        catalogue=row["catalogue"],
        scheme=row["scheme"],
        manager=row["manager"],
        email=row["email"],
    )


def redirect_of(row: RowMapping) -> Redirect:
    """Return a row of ``redirects`` as the value it stands for."""
    return Redirect(
        name=row["name"], title=row["title"], address=row["address"], owner=row["owner"], contacts=row["contacts"]
    )
