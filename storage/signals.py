"""Remembers signals: what a manager is to hear of his clients, the figures that prove it, and his answers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, bindparam, delete, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.model import Answer, Cause, Signal, Subject
from storage.database import upsert
from storage.subjects import subject_of
from storage.tables import clients, meta, signals

CHUNK = 300
JUDGED = "signals_judged"

Key = tuple[Subject, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """A signal that holds now."""

    subject: Subject
    code: str
    cause: Cause
    since: datetime
    facts: Mapping[str, Any]

    @property
    def key(self) -> Key:
        return self.subject, self.code


async def put(tx: AsyncConnection, raised: Collection[Raised]) -> None:
    """Keep the signals that hold now: new ones begin, known ones get their present figures."""
    known = await _open_keys(tx, [one.key for one in raised])
    fresh = [_row(one) for one in raised if one.key not in known]
    if fresh:
        await tx.execute(insert(signals), fresh)
    again = [{"i": known[one.key], "f": dict(one.facts)} for one in raised if one.key in known]
    if again:
        await tx.execute(update(signals).where(signals.c.id == bindparam("i")).values(facts=bindparam("f")), again)


async def end(tx: AsyncConnection, keys: Collection[Key], at: datetime) -> None:
    """End the signals that no longer hold."""
    known = await _open_keys(tx, keys)
    if known:
        over = [{"i": number} for number in known.values()]
        await tx.execute(update(signals).where(signals.c.id == bindparam("i")).values(ended_at=at), over)


async def ended_since(connection: AsyncConnection, keys: Collection[Key], since: datetime) -> set[Key]:
    """Return those of the signals that have begun since a moment and are over already."""
    found: set[Key] = set()
    three = tuple_(signals.c.subject_kind, signals.c.subject_name, signals.c.code)
    for part in _parts(list(dict.fromkeys(keys))):
        wanted = [(str(subject.kind), subject.name, code) for subject, code in part]
        query = select(signals).where(signals.c.since >= since, signals.c.ended_at.is_not(None), three.in_(wanted))
        found |= {(subject_of(row), row["code"]) for row in (await connection.execute(query)).mappings()}
    return found


async def last_ended(connection: AsyncConnection, client: str, code: str, *, since: datetime) -> datetime | None:
    """Return when such a signal of a client ended last, since a moment."""
    query = select(func.max(signals.c.ended_at)).where(
        signals.c.client == client, signals.c.code == code, signals.c.ended_at >= since
    )
    found: datetime | None = await connection.scalar(query)
    return found


async def judged(connection: AsyncConnection) -> str | None:
    """Return up to which time of judging all clients were judged."""
    found: str | None = await connection.scalar(select(meta.c.value).where(meta.c.key == JUDGED))
    return found


async def set_judged(tx: AsyncConnection, slot: str) -> None:
    await upsert(tx, meta, [{"key": JUDGED, "value": slot}])


async def open_of(
    connection: AsyncConnection,
    *,
    managers: Collection[str] | None = None,
    names: Collection[str] | None = None,
    since: datetime | None = None,
) -> list[Signal]:
    """Return the signals that hold now, oldest first: of these managers' clients, of these clients, or all.

    ``managers`` are spelt as the lists spell them. ``since`` leaves out what began earlier. Answered ones are among
    them: who does not want these looks at ``answer``.
    """
    query = select(signals).where(signals.c.ended_at.is_(None)).order_by(signals.c.since, signals.c.id)
    if managers is not None:
        own = select(clients.c.name).where(clients.c.manager.in_(sorted(managers)), clients.c.gone_at.is_(None))
        query = query.where(signals.c.client.in_(own))
    if since is not None:
        query = query.where(signals.c.since >= since)
    if names is None:
        return [_signal(row) for row in (await connection.execute(query)).mappings()]
    found: list[Signal] = []
    for part in _parts(sorted(set(names))):
        found += [
            _signal(row) for row in (await connection.execute(query.where(signals.c.client.in_(part)))).mappings()
        ]
    return found


async def of_cause(connection: AsyncConnection, cause: Cause, *, since: datetime | None = None) -> list[Signal]:
    """Return the signals that one card tells: those that hold, or, with ``since``, those that began from then on."""
    query = select(signals).where(signals.c.cause == str(cause)).order_by(signals.c.since, signals.c.id)
    query = query.where(signals.c.ended_at.is_(None)) if since is None else query.where(signals.c.since >= since)
    return [_signal(row) for row in (await connection.execute(query)).mappings()]


async def answer(
    tx: AsyncConnection,
    cause: Cause,
    said: Answer,
    *,
    by: int,
    at: datetime,
    until: date | None = None,
    reason: str = "",
) -> bool:
    """Write an answer to all that one card tells; False when that very answer stood already, or nothing holds."""
    mine = (signals.c.cause == str(cause)) & signals.c.ended_at.is_(None)
    other: ColumnElement[bool] = (
        signals.c.answer.is_distinct_from(said)
        | signals.c.until.is_distinct_from(until)
        | signals.c.reason.is_distinct_from(reason)
    )
    values = {"answer": said, "answered_by": by, "answered_at": at, "until": until, "reason": reason}
    return bool((await tx.execute(update(signals).where(mine, other).values(values))).rowcount)


async def explain(tx: AsyncConnection, cause: Cause, reason: str) -> bool:
    """Add why a signal was called wrong; False when it no longer is."""
    mine = (signals.c.cause == str(cause)) & (signals.c.answer == Answer.WRONG) & signals.c.ended_at.is_(None)
    return bool((await tx.execute(update(signals).where(mine).values(reason=reason))).rowcount)


async def begun(connection: AsyncConnection, since: datetime) -> list[Signal]:
    """Return every signal that began since a moment, over or not, oldest first (for the week and for noise)."""
    query = select(signals).where(signals.c.since >= since).order_by(signals.c.since, signals.c.id)
    return [_signal(row) for row in (await connection.execute(query)).mappings()]


async def wrong(connection: AsyncConnection, since: datetime) -> list[Signal]:
    """Return the signals that people called wrong since a moment, newest first: which rules are noisy, and why."""
    query = (
        select(signals)
        .where(signals.c.answer == Answer.WRONG, signals.c.answered_at >= since)
        .order_by(signals.c.answered_at.desc(), signals.c.id.desc())
    )
    return [_signal(row) for row in (await connection.execute(query)).mappings()]


async def counts(connection: AsyncConnection) -> dict[str, int]:
    """Count the signals that hold by the manager of their client; those of nobody stand under an empty name."""
    query = (
        select(func.coalesce(clients.c.manager, ""), func.count())
        .select_from(signals.join(clients, clients.c.name == signals.c.client))
        .where(signals.c.ended_at.is_(None), clients.c.gone_at.is_(None))
        .group_by(clients.c.manager)
    )
    return {manager: count for manager, count in await connection.execute(query)}  # noqa: C416 - rows are no pairs


async def purge(tx: AsyncConnection, before: datetime) -> None:
    """Forget the signals that ended before a moment."""
    await tx.execute(delete(signals).where(signals.c.ended_at < before))


async def _open_keys(connection: AsyncConnection, keys: Collection[Key]) -> dict[Key, int]:
    found: dict[Key, int] = {}
    three = tuple_(signals.c.subject_kind, signals.c.subject_name, signals.c.code)
    for part in _parts(list(dict.fromkeys(keys))):
        wanted = [(str(subject.kind), subject.name, code) for subject, code in part]
        query = select(signals).where(signals.c.ended_at.is_(None), three.in_(wanted))
        for row in (await connection.execute(query)).mappings():
            found[subject_of(row), row["code"]] = row["id"]
    return found


def _parts(whole: list[Any]) -> Iterable[list[Any]]:
    return (whole[start : start + CHUNK] for start in range(0, len(whole), CHUNK))


def _row(one: Raised) -> dict[str, Any]:
    return {
        "subject_kind": one.subject.kind,
        "subject_name": one.subject.name,
        "code": one.code,
        "client": one.subject.client or "",
        "cause": str(one.cause),
        "since": one.since,
        "facts": dict(one.facts),
    }


def _signal(row: RowMapping) -> Signal:
    return Signal(
        id=row["id"],
        subject=subject_of(row),
        code=row["code"],
        client=row["client"],
        cause=row["cause"],
        since=row["since"],
        facts=row["facts"],
        ended_at=row["ended_at"],
        answer=None if row["answer"] is None else Answer(row["answer"]),
        answered_by=row["answered_by"],
        answered_at=row["answered_at"],
        until=row["until"],
        reason=row["reason"],
    )
