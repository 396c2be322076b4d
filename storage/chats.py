"""Remembers chats: whether they can be written to, where they moved, when they may be written to again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.model import Role
from storage import boards as boards_of
from storage.database import upsert
from storage.tables import Instant, chats, messages, meta, outbox, people, routes, silences, storms, windows

BOT_QUIET = "telegram_quiet_until"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """A chat as far as telling goes."""

    id: int
    title: str = ""
    kind: str = "private"
    time_zone: str | None = None
    language: str | None = None
    fallback: int | None = None
    """Who hears in its place when it is dead."""
    dead_at: datetime | None = None
    dead_why: str | None = None
    migrated_to: int | None = None
    quiet_until: datetime | None = None
    """Telegram asked not to be called about this chat before."""
    lost_at: datetime | None = None
    """It was lost then, and has not been told yet what it missed."""
    quiet: Mapping[str, Any] | None = None
    """Quiet hours chosen there (``checks.quiet.of_chat``); None = the operator's."""
    signals: str | None = None
    """How it wants to hear of signals (``checks.office.Folding``); None = nobody has chosen."""
    mute_limit: timedelta | None = None
    """How long others than admins may mute there; None = the operator's."""


async def meet(
    tx: AsyncConnection, chat_id: int, *, at: datetime, kind: str | None = None, title: str | None = None
) -> Chat:
    """Make sure a chat is known; a title or kind that is given is kept."""
    guess = "private" if chat_id > 0 else "group"
    row = {"id": chat_id, "kind": kind or guess, "title": title or "", "created_at": at}
    given = [name for name, value in (("kind", kind), ("title", title)) if value]
    await upsert(tx, chats, [row], update=given)
    chat = await load(tx, chat_id)
    assert chat is not None
    return chat


async def load(connection: AsyncConnection, chat_id: int) -> Chat | None:
    row = (await connection.execute(select(chats).where(chats.c.id == chat_id))).mappings().one_or_none()
    return None if row is None else _chat(row)


async def introduced(connection: AsyncConnection, chat_id: int) -> bool:
    """Say whether somebody with the right to it has introduced the chat: then it has its title, or a route."""
    query = select(chats.c.id).where(
        chats.c.id == chat_id, (chats.c.title != "") | select(routes.c.id).where(routes.c.chat_id == chat_id).exists()
    )
    return (await connection.execute(query)).first() is not None


async def introduce(tx: AsyncConnection, chat_id: int, *, title: str, kind: str, at: datetime) -> bool:
    """Make a chat known, and alive again; True when it was not both before."""
    fresh = not await introduced(tx, chat_id)
    await meet(tx, chat_id, at=at, kind=kind, title=title)
    return await revive(tx, chat_id) or fresh


async def groups(connection: AsyncConnection) -> list[int]:
    """Return the groups that can be written to."""
    alive = (chats.c.dead_at.is_(None), chats.c.migrated_to.is_(None))
    query = select(chats.c.id).where(chats.c.kind != "private", *alive).order_by(chats.c.id)
    return list((await connection.execute(query)).scalars())


async def reachable(connection: AsyncConnection) -> frozenset[int]:
    """Return the people of ours whose private chats the bot knows and can write to."""
    alive = (chats.c.dead_at.is_(None), people.c.suspended_at.is_(None))
    query = select(people.c.id).join(chats, chats.c.id == people.c.id).where(*alive)
    return frozenset((await connection.execute(query)).scalars())


async def everyone(connection: AsyncConnection) -> dict[int, Chat]:
    """Load all chats by id."""
    return {row["id"]: _chat(row) for row in (await connection.execute(select(chats))).mappings()}


async def admins(connection: AsyncConnection) -> list[int]:
    """Return the private chats of admins that can be written to."""
    dead = select(chats.c.id).where(chats.c.dead_at.is_not(None))
    query = select(people.c.id).where(
        people.c.role == Role.ADMIN, people.c.suspended_at.is_(None), people.c.id.not_in(dead)
    )
    return sorted((await connection.execute(query)).scalars())


async def set_fallback(tx: AsyncConnection, chat_id: int, fallback: int | None) -> None:
    await tx.execute(update(chats).where(chats.c.id == chat_id).values(fallback=fallback))


async def set_signals(tx: AsyncConnection, chat_id: int, wanted: str | None) -> bool:
    """Choose how a chat hears of signals; False when it does so already."""
    other = (chats.c.id == chat_id) & chats.c.signals.is_distinct_from(wanted)
    return bool((await tx.execute(update(chats).where(other).values(signals=wanted))).rowcount)


async def set_time_zone(tx: AsyncConnection, chat_id: int, time_zone: str | None) -> None:
    await tx.execute(update(chats).where(chats.c.id == chat_id).values(time_zone=time_zone))


async def set_quiet(tx: AsyncConnection, chat_id: int, quiet: Mapping[str, Any] | None) -> None:
    """Keep the quiet hours chosen in a chat; None = the operator's again."""
    await tx.execute(update(chats).where(chats.c.id == chat_id).values(quiet=dict(quiet) if quiet else None))


async def set_mute_limit(tx: AsyncConnection, chat_id: int, limit: timedelta | None) -> None:
    await tx.execute(update(chats).where(chats.c.id == chat_id).values(mute_limit=limit))


async def bury(tx: AsyncConnection, chat_id: int, *, why: str, at: datetime) -> bool:
    """Remember that a chat cannot be written to any more; False when that was known."""
    await meet(tx, chat_id, at=at)
    result = await tx.execute(
        update(chats)
        .where(chats.c.id == chat_id, chats.c.dead_at.is_(None))
        .values(dead_at=at, dead_why=why, lost_at=func.coalesce(chats.c.lost_at, literal(at, Instant())))
    )
    return bool(result.rowcount)


async def revive(tx: AsyncConnection, chat_id: int) -> bool:
    """Remember that a chat can be written to again (somebody wrote there, the bot was let in); False = it was alive."""
    result = await tx.execute(
        update(chats).where(chats.c.id == chat_id, chats.c.dead_at.is_not(None)).values(dead_at=None, dead_why=None)
    )
    return bool(result.rowcount)


async def lost(connection: AsyncConnection) -> list[Chat]:
    """Load the chats that are lost, or were and have not been told yet what they missed."""
    query = select(chats).where(chats.c.lost_at.is_not(None), chats.c.migrated_to.is_(None)).order_by(chats.c.id)
    return [_chat(row) for row in (await connection.execute(query)).mappings()]


async def wanted(connection: AsyncConnection, chat_ids: Collection[int]) -> set[int]:
    """Return those of the chats that something was to be told in: bound to alerts, or the fallback of another."""
    ids = sorted(chat_ids)
    bound = select(routes.c.chat_id).where(routes.c.chat_id.in_(ids))
    heirs_of = select(chats.c.fallback).where(chats.c.fallback.in_(ids))
    return {one for query in (bound, heirs_of) for one in (await connection.execute(query)).scalars()}


async def caught_up(tx: AsyncConnection, chat_id: int) -> None:
    """Remember that a chat that was lost knows again what it should."""
    await tx.execute(update(chats).where(chats.c.id == chat_id).values(lost_at=None))


async def quiet(tx: AsyncConnection, chat_id: int | None, until: datetime) -> None:
    """Remember until when Telegram wants no call about a chat, or none at all (``chat_id`` None)."""
    if chat_id is None:
        await upsert(tx, meta, [{"key": BOT_QUIET, "value": until.isoformat()}])
    else:
        await upsert(
            tx,
            chats,
            [{"id": chat_id, "kind": "private" if chat_id > 0 else "group", "created_at": until, "quiet_until": until}],
            update=["quiet_until"],
        )


async def quiet_until(connection: AsyncConnection) -> datetime | None:
    """Return until when Telegram wants no call at all."""
    query = select(meta.c.value).where(meta.c.key == BOT_QUIET)
    value = (await connection.execute(query)).scalar_one_or_none()
    return None if value is None else datetime.fromisoformat(value)


async def migrate(tx: AsyncConnection, old: int, new: int, *, at: datetime) -> None:
    """Give a chat its new id everywhere; messages from before can no longer be edited."""
    before = await meet(tx, old, at=at)
    row = {
        "id": new,
        "kind": "supergroup",
        "title": before.title,
        "time_zone": before.time_zone,
        "language": before.language,
        "fallback": before.fallback,
        "quiet": before.quiet,
        "mute_limit": before.mute_limit,
        "created_at": at,
    }
    await upsert(tx, chats, [row], update=["kind"])
    await tx.execute(update(chats).where(chats.c.id == old).values(migrated_to=new, quiet_until=None))
    await tx.execute(update(chats).where(chats.c.fallback == old).values(fallback=new))
    await tx.execute(update(routes).where(routes.c.chat_id == old).values(chat_id=new))
    await tx.execute(update(silences).where(silences.c.chat_id == old).values(chat_id=new))
    await tx.execute(update(windows).where(windows.c.chat_id == old).values(chat_id=new))
    await tx.execute(update(outbox).where(outbox.c.chat_id == old).values(chat_id=new, message_id=None))
    await tx.execute(
        update(storms).where(storms.c.chat_id == old, storms.c.ended_at.is_(None), _open_storm(new)).values(ended_at=at)
    )
    await tx.execute(update(storms).where(storms.c.chat_id == old).values(chat_id=new, message_id=None))
    await boards_of.migrate(tx, old, new)
    gone = (messages.c.chat_id == old) & messages.c.gone_at.is_(None)
    await tx.execute(update(messages).where(gone).values(gone_at=at))


def _open_storm(chat_id: int) -> ColumnElement[bool]:
    other = storms.alias()
    return select(other.c.id).where(other.c.chat_id == chat_id, other.c.ended_at.is_(None)).exists()


async def heirs(connection: AsyncConnection, chat_id: int) -> list[int]:
    """Return who hears in place of a chat that is dead: its fallback, then that one's, or the admins' private chats."""
    known = await everyone(connection)
    seen = {chat_id}
    chat = known.get(chat_id)
    while chat is not None and chat.fallback is not None and chat.fallback not in seen:
        seen.add(chat.fallback)
        heir = known.get(chat.fallback, Chat(id=chat.fallback))
        if heir.dead_at is None:
            return [heir.id]
        chat = heir
    return [one for one in await admins(connection) if one != chat_id]


def _chat(row: RowMapping) -> Chat:
    return Chat(
        id=row["id"],
        title=row["title"],
        kind=row["kind"],
        time_zone=row["time_zone"],
        language=row["language"],
        fallback=row["fallback"],
        dead_at=row["dead_at"],
        dead_why=row["dead_why"],
        migrated_to=row["migrated_to"],
        quiet_until=row["quiet_until"],
        lost_at=row["lost_at"],
        quiet=row["quiet"],
        mute_limit=row["mute_limit"],
        signals=row["signals"],
    )
