"""Remembers which chat (or topic) was bound to what."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.model import Priority, Route, RouteKind
from checks.routes import Whose
from storage.tables import clients, routes

CHUNK = 500
DEFAULT = frozenset({Priority.K1, Priority.K2, Priority.K3})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A route with the number by which it can be taken back."""

    id: int
    route: Route
    made_by: int | None
    made_at: datetime


async def bind(
    tx: AsyncConnection,
    chat_id: int,
    kind: RouteKind,
    *,
    at: datetime,
    by: int | None = None,
    thread_id: int | None = None,
    manager: str | None = None,
    redirect: str | None = None,
    names: Collection[str] = (),
    priorities: Collection[Priority] = DEFAULT,
) -> int:
    """Bind a chat or topic to a kind of alert; replaces what the chat had of this kind. The chat must be known."""
    await unbind(tx, chat_id, kind)
    values = {
        "chat_id": chat_id,
        "thread_id": thread_id,
        "kind": kind,
        "manager": manager,
        "redirect": redirect,
        "clients": sorted(names),
        "priorities": sorted(int(one) for one in priorities),
        "made_by": by,
        "made_at": at,
    }
    return int((await tx.execute(insert(routes).values(values).returning(routes.c.id))).scalar_one())


async def unbind(tx: AsyncConnection, chat_id: int, kind: RouteKind | None = None) -> int:
    """Drop a chat's routes, all or those of one kind; returns how many."""
    statement = delete(routes).where(routes.c.chat_id == chat_id)
    if kind is not None:
        statement = statement.where(routes.c.kind == kind)
    return int((await tx.execute(statement)).rowcount)


async def forget_thread(tx: AsyncConnection, chat_id: int, thread_id: int) -> None:
    """Lead the routes of a lost topic to the chat itself."""
    lost = (routes.c.chat_id == chat_id) & (routes.c.thread_id == thread_id)
    await tx.execute(update(routes).where(lost).values(thread_id=None))


async def everything(connection: AsyncConnection) -> list[Bound]:
    """Load every route made in chats, oldest first."""
    query = select(routes).order_by(routes.c.id)
    return [
        Bound(
            id=row["id"],
            route=Route(
                chat_id=row["chat_id"],
                thread_id=row["thread_id"],
                kinds=frozenset({RouteKind(row["kind"])}),
                priorities=frozenset(Priority(one) for one in row["priorities"]),
                clients=frozenset(row["clients"]),
                managers=frozenset({row["manager"]} if row["manager"] else ()),
                redirects=frozenset({row["redirect"]} if row["redirect"] else ()),
            ),
            made_by=row["made_by"],
            made_at=row["made_at"],
        )
        for row in (await connection.execute(query)).mappings()
    ]


async def of_chat(connection: AsyncConnection, chat_id: int) -> list[Bound]:
    """Load what one chat is bound to."""
    return [bound for bound in await everything(connection) if bound.route.chat_id == chat_id]


async def whose(
    connection: AsyncConnection, names: Collection[str], *, behind: Collection[str] = ()
) -> dict[str, Whose]:
    """Load manager and redirect server of clients, and of all clients behind these servers, for routes that ask."""
    found: dict[str, Whose] = {}
    if behind:
        query = select(clients.c.name, clients.c.manager, clients.c.redirect).where(
            clients.c.redirect.in_(sorted(behind)), clients.c.gone_at.is_(None)
        )
        found = {
            name: Whose(manager=manager, redirect=server) for name, manager, server in await connection.execute(query)
        }
    wanted = sorted(names)
    for start in range(0, len(wanted), CHUNK):
        query = select(clients.c.name, clients.c.manager, clients.c.redirect).where(
            clients.c.name.in_(wanted[start : start + CHUNK])
        )
        for name, manager, redirect in await connection.execute(query):
            found[name] = Whose(manager=manager, redirect=redirect)
    return found
