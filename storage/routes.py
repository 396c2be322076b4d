"""Remembers which chat (or topic) was bound to what."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, insert, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.model import Priority, Route, RouteKind
from checks.routes import Whose
from storage.database import upsert
from storage.tables import clients, meta, routes

CHUNK = 500
LOST_TOPIC = "lost_topic:"
DEFAULT = frozenset({Priority.K1, Priority.K2, Priority.K3})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A route with the number by which it can be taken back."""

    id: int
    route: Route
    made_by: int | None
    made_at: datetime
    lost_thread: int | None = None
    """The topic that it was bound to and that is no longer there."""


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
    """Bind a chat or topic to a kind of alert; the chat must be known.

    The same thing has one place in a chat: bound in another topic, it moves there. In one topic, everything of a kind
    takes the place of parts of it, and a part takes the place of everything.
    """
    here = (routes.c.chat_id == chat_id, routes.c.kind == kind)
    same = and_(routes.c.manager.is_not_distinct_from(manager), routes.c.redirect.is_not_distinct_from(redirect))
    whole = and_(routes.c.manager.is_(None), routes.c.redirect.is_(None))
    in_its_place = true() if manager is None and redirect is None else whole
    in_thread = and_(routes.c.thread_id.is_not_distinct_from(thread_id), in_its_place)
    await tx.execute(delete(routes).where(*here, or_(same, in_thread)))
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


async def drop(tx: AsyncConnection, chat_id: int, route_id: int) -> RouteKind | None:
    """Drop one route of a chat; returns what it was about, None when it was gone."""
    one = (routes.c.id == route_id, routes.c.chat_id == chat_id)
    kind = (await tx.execute(delete(routes).where(*one).returning(routes.c.kind))).scalar_one_or_none()
    return None if kind is None else RouteKind(kind)


async def move(tx: AsyncConnection, chat_id: int, route_id: int, thread_id: int | None) -> bool:
    """Lead a route whose topic was lost to another topic, or to the chat itself for good."""
    lost = (routes.c.id == route_id, routes.c.chat_id == chat_id, routes.c.lost_thread.is_not(None))
    result = await tx.execute(update(routes).where(*lost).values(thread_id=thread_id, lost_thread=None))
    return bool(result.rowcount)


async def forget_thread(tx: AsyncConnection, chat_id: int, thread_id: int, at: datetime) -> bool:
    """Lead the routes of a lost topic to the chat itself; False when it was known to be lost."""
    lost = (routes.c.chat_id == chat_id) & (routes.c.thread_id == thread_id)
    await tx.execute(update(routes).where(lost).values(thread_id=None, lost_thread=thread_id))
    key = f"{LOST_TOPIC}{chat_id}:{thread_id}"
    if (await tx.execute(select(meta.c.key).where(meta.c.key == key))).first() is not None:
        return False
    await upsert(tx, meta, [{"key": key, "value": at.isoformat()}])
    return True


async def find_thread(tx: AsyncConnection, chat_id: int, thread_id: int) -> None:
    """Remember that a topic is there (again): somebody has written in it."""
    await tx.execute(delete(meta).where(meta.c.key == f"{LOST_TOPIC}{chat_id}:{thread_id}"))


async def lost_threads(connection: AsyncConnection) -> set[tuple[int, int]]:
    """Return chat and number of every topic that is no longer there: the configuration may still name them."""
    rows = await connection.execute(select(meta.c.key).where(meta.c.key.startswith(LOST_TOPIC)))
    found = (key.removeprefix(LOST_TOPIC).split(":") for key in rows.scalars())
    return {(int(chat), int(thread)) for chat, thread in found}


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
            lost_thread=row["lost_thread"],
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
