"""Remembers when each look is due and what the last one saw."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, bindparam, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.model import LookKind, Subject, SubjectKind
from storage.database import upsert
from storage.subjects import subject, subject_of
from storage.tables import looks

Key = tuple[Subject, LookKind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A look that is due."""

    subject: Subject
    kind: LookKind
    due_at: datetime
    interval: timedelta

    @property
    def key(self) -> Key:
        return self.subject, self.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The last look: what it saw in short, and in full as plain JSON values."""

    subject: Subject
    kind: LookKind
    due_at: datetime
    at: datetime | None = None
    fault: str | None = None
    status: int | None = None
    elapsed: float | None = None
    address: str | None = None
    facts: Mapping[str, Any] | None = None


async def plan(tx: AsyncConnection, wanted: Collection[Due]) -> tuple[int, int]:
    """Make the schedule hold exactly ``wanted``: new looks get their time, known ones keep theirs, others go.

    Returns:
        How many were added and how many removed.

    """
    rows = (await tx.execute(select(looks.c.subject_kind, looks.c.subject_name, looks.c.kind, looks.c.interval))).all()
    known = {(subject(r[0], r[1]), LookKind(r[2])): r[3] for r in rows}
    desired = {due.key: due for due in wanted}
    changed = [due for due in desired.values() if known.get(due.key) != due.interval]
    await upsert(tx, looks, [_due_row(due) for due in changed])
    gone = [key for key in known if key not in desired]
    if gone:
        statement = delete(looks).where(
            looks.c.subject_kind == bindparam("k"),
            looks.c.subject_name == bindparam("n"),
            looks.c.kind == bindparam("l"),
        )
        await tx.execute(statement, [{"k": s.kind, "n": s.name, "l": kind} for s, kind in gone])
    return len([due for due in changed if due.key not in known]), len(gone)


async def due(connection: AsyncConnection, now: datetime, *, limit: int, first: Collection[LookKind] = ()) -> list[Due]:
    """Load the looks that are due: kinds that come ``first``, then the others, the longest waiting first."""
    query = (
        select(looks.c.subject_kind, looks.c.subject_name, looks.c.kind, looks.c.due_at, looks.c.interval)
        .where(looks.c.due_at <= now)
        .order_by(*([looks.c.kind.not_in(first)] if first else []), looks.c.due_at)
        .limit(limit)
    )
    rows = (await connection.execute(query)).all()
    return [Due(subject=subject(r[0], r[1]), kind=LookKind(r[2]), due_at=r[3], interval=r[4]) for r in rows]


async def lag(connection: AsyncConnection) -> datetime | None:
    """Return the due time of the look that waits longest."""
    found: datetime | None = (await connection.execute(select(func.min(looks.c.due_at)))).scalar_one_or_none()
    return found


async def postpone(tx: AsyncConnection, until: Sequence[tuple[Key, datetime]]) -> None:
    """Set when these looks are due next."""
    if not until:
        return
    statement = (
        update(looks)
        .where(
            looks.c.subject_kind == bindparam("k"),
            looks.c.subject_name == bindparam("n"),
            looks.c.kind == bindparam("l"),
        )
        .values(due_at=bindparam("until"))
    )
    await tx.execute(statement, [{"k": s.kind, "n": s.name, "l": kind, "until": at} for (s, kind), at in until])


async def save(tx: AsyncConnection, seen: Sequence[Seen]) -> None:
    """Remember what was seen and when to look next; looks that left the schedule meanwhile stay away."""
    if not seen:
        return
    statement = (
        update(looks)
        .where(
            looks.c.subject_kind == bindparam("k"),
            looks.c.subject_name == bindparam("n"),
            looks.c.kind == bindparam("l"),
        )
        .values(
            due_at=bindparam("next"),
            at=bindparam("seen"),
            fault=bindparam("why"),
            status=bindparam("code"),
            elapsed=bindparam("took"),
            address=bindparam("dialled"),
            facts=bindparam("all"),
        )
    )
    await tx.execute(statement, [_seen_row(one) for one in seen])


async def latest(connection: AsyncConnection, subject: Subject) -> list[Seen]:
    """Load the last look of each kind at a subject."""
    query = select(looks).where(looks.c.subject_kind == subject.kind, looks.c.subject_name == subject.name)
    return [_seen(row) for row in (await connection.execute(query)).mappings()]


async def latest_of(connection: AsyncConnection, kind: LookKind, names: Collection[str]) -> dict[str, Seen]:
    """Load the last look of one kind at many subjects, by name."""
    found: dict[str, Seen] = {}
    wanted = sorted(names)
    for start in range(0, len(wanted), 500):
        query = select(looks).where(looks.c.kind == kind, looks.c.subject_name.in_(wanted[start : start + 500]))
        for row in (await connection.execute(query)).mappings():
            found[row["subject_name"]] = _seen(row)
    return found


async def not_since(connection: AsyncConnection, subjects: Collection[Subject], since: datetime) -> dict[Key, datetime]:
    """Return the looks at these subjects that were not made since a moment, and when they are due."""
    found: dict[Key, datetime] = {}
    for kind in SubjectKind:
        names = sorted(subject.name for subject in subjects if subject.kind is kind)
        for start in range(0, len(names), 500):
            query = select(looks.c.subject_name, looks.c.kind, looks.c.due_at).where(
                looks.c.subject_kind == kind,
                looks.c.subject_name.in_(names[start : start + 500]),
                or_(looks.c.at.is_(None), looks.c.at < since),
            )
            for name, look, due_at in await connection.execute(query):
                found[Subject(kind, name), LookKind(look)] = due_at
    return found


async def newest(connection: AsyncConnection) -> datetime | None:
    """Return when anything was looked at last."""
    found: datetime | None = (await connection.execute(select(func.max(looks.c.at)))).scalar_one_or_none()
    return found


def _due_row(one: Due) -> dict[str, Any]:
    return {
        "subject_kind": one.subject.kind,
        "subject_name": one.subject.name,
        "kind": one.kind,
        "due_at": one.due_at,
        "interval": one.interval,
    }


def _seen(row: RowMapping) -> Seen:
    return Seen(
        subject=subject_of(row),
        kind=LookKind(row["kind"]),
        due_at=row["due_at"],
        at=row["at"],
        fault=row["fault"],
        status=row["status"],
        elapsed=row["elapsed"],
        address=row["address"],
        facts=row["facts"],
    )


def _seen_row(one: Seen) -> dict[str, Any]:
    return {
        "k": one.subject.kind,
        "n": one.subject.name,
        "l": one.kind,
        "next": one.due_at,
        "seen": one.at,
        "why": one.fault,
        "code": one.status,
        "took": one.elapsed,
        "dialled": one.address,
        "all": one.facts,
    }
