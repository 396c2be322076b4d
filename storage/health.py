"""Remembers what is believed about every check, and when that changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Table, and_, delete, exists, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.catalogue import SIGNALS
from checks.model import Health, LookKind, State, Subject, SubjectKind, Transition
from storage.database import upsert
from storage.subjects import subject_of
from storage.tables import clients, health, looks, redirects, transitions

CHUNK = 500
NOT_OK = (State.FAIL, State.FLAPPING)


async def of_subjects(connection: AsyncConnection, subjects: Collection[Subject]) -> dict[tuple[Subject, str], Health]:
    """Load everything believed about ``subjects``."""
    found: dict[tuple[Subject, str], Health] = {}
    for kind in SubjectKind:
        names = sorted(subject.name for subject in subjects if subject.kind is kind)
        for start in range(0, len(names), CHUNK):
            query = select(health).where(
                health.c.subject_kind == kind, health.c.subject_name.in_(names[start : start + CHUNK])
            )
            for row in (await connection.execute(query)).mappings():
                one = _health(row)
                found[one.key] = one
    return found


async def of_clients(connection: AsyncConnection, codes: Collection[str]) -> list[Health]:
    """Load what is believed of every client by some checks."""
    query = select(health).where(health.c.subject_kind == SubjectKind.CLIENT, health.c.code.in_(codes))
    return [_health(row) for row in (await connection.execute(query)).mappings()]


async def changes_of_clients(
    connection: AsyncConnection, codes: Collection[str], *, since: datetime
) -> list[Transition]:
    """Load how some checks of every client changed since a moment, oldest first."""
    query = (
        select(transitions)
        .where(
            transitions.c.at >= since, transitions.c.subject_kind == SubjectKind.CLIENT, transitions.c.code.in_(codes)
        )
        .order_by(transitions.c.at, transitions.c.id)
    )
    return [_transition(row) for row in (await connection.execute(query)).mappings()]


async def failing_of(connection: AsyncConnection, subjects: Collection[Subject]) -> set[tuple[Subject, str]]:
    """Return which checks of ``subjects`` are believed to fail."""
    found: set[tuple[Subject, str]] = set()
    for kind in {subject.kind for subject in subjects}:
        names = sorted(subject.name for subject in subjects if subject.kind is kind)
        for start in range(0, len(names), CHUNK):
            query = select(health.c.subject_name, health.c.code).where(
                health.c.subject_kind == kind,
                health.c.subject_name.in_(names[start : start + CHUNK]),
                health.c.state.in_(NOT_OK),
            )
            found |= {(Subject(kind, name), code) for name, code in await connection.execute(query)}
    return found


async def not_ok(connection: AsyncConnection) -> list[Health]:
    """Load every check that fails or flaps now; signals to managers are not among them."""
    query = select(health).where(health.c.state.in_(NOT_OK), health.c.code.not_in(SIGNALS))
    return [_health(row) for row in (await connection.execute(query)).mappings()]


async def doubtful(connection: AsyncConnection, codes: Collection[str]) -> list[Health]:
    """Load checks of ``codes`` that have failed looks but are not yet believed to fail."""
    query = select(health).where(health.c.code.in_(codes), health.c.failures > 0, health.c.state.not_in(NOT_OK))
    return [_health(row) for row in (await connection.execute(query)).mappings()]


async def save(tx: AsyncConnection, changed: Iterable[Health]) -> None:
    """Write beliefs, new or changed, in one statement."""
    await upsert(tx, health, [_row(one) for one in changed])


async def forget_unwatched(tx: AsyncConnection, told_by: Mapping[frozenset[LookKind], Collection[str]]) -> int:
    """Drop what is believed of those who left the lists, and of checks that no planned look can tell of any more.

    ``told_by``: codes by the looks that can tell of them. Returns how many beliefs went; a few statements at any size.
    """
    listed = ((SubjectKind.CLIENT, clients), (SubjectKind.REDIRECT, redirects))
    gone = [
        and_(health.c.subject_kind == kind, health.c.subject_name.not_in(select(table.c.name).where(_present(table))))
        for kind, table in listed
    ]
    planned = and_(looks.c.subject_kind == health.c.subject_kind, looks.c.subject_name == health.c.subject_name)
    blind = [
        and_(
            health.c.subject_kind.in_([kind for kind, _ in listed]),
            health.c.code.in_(codes),
            ~exists().where(planned, looks.c.kind.in_(kinds)),
        )
        for kinds, codes in told_by.items()
    ]
    return sum([(await tx.execute(delete(health).where(which))).rowcount for which in (*gone, *blind)])


def _present(table: Table) -> ColumnElement[bool]:
    return table.c.gone_at.is_(None)


async def remember(tx: AsyncConnection, happened: Sequence[Transition]) -> None:
    """Append transitions to the history."""
    if happened:
        await tx.execute(insert(transitions), [_transition_row(one) for one in happened])


async def history(connection: AsyncConnection, subjects: Collection[Subject], *, since: datetime) -> list[Transition]:
    """Load the transitions of ``subjects`` since a moment, oldest first."""
    if not subjects:
        return []
    named = [and_(transitions.c.subject_kind == s.kind, transitions.c.subject_name == s.name) for s in subjects]
    query = (
        select(transitions).where(or_(*named), transitions.c.at >= since).order_by(transitions.c.at, transitions.c.id)
    )
    return [_transition(row) for row in (await connection.execute(query)).mappings()]


async def purge(tx: AsyncConnection, *, before: datetime) -> None:
    """Drop history older than ``before``."""
    await tx.execute(delete(transitions).where(transitions.c.at < before))


def _health(row: RowMapping) -> Health:
    return Health(
        subject=subject_of(row),
        code=row["code"],
        state=State(row["state"]),
        since=row["since"],
        seen_at=row["seen_at"],
        failures=row["failures"],
        successes=row["successes"],
        failing_since=row["failing_since"],
        recent=row["recent"],
        known=row["known"],
        reason=row["reason"],
        detail=row["detail"],
    )


def _row(one: Health) -> dict[str, Any]:
    return {
        "subject_kind": one.subject.kind,
        "subject_name": one.subject.name,
        "code": one.code,
        "state": one.state,
        "since": one.since,
        "seen_at": one.seen_at,
        "failures": one.failures,
        "successes": one.successes,
        "failing_since": one.failing_since,
        "recent": one.recent,
        "known": one.known,
        "reason": one.reason,
        "detail": one.detail,
    }


def _transition(row: RowMapping) -> Transition:
    return Transition(
        subject=subject_of(row),
        code=row["code"],
        before=State(row["before"]),
        after=State(row["after"]),
        at=row["at"],
        since=row["since"],
        reason=row["reason"],
        detail=row["detail"],
    )


def _transition_row(one: Transition) -> dict[str, Any]:
    return {
        "subject_kind": one.subject.kind,
        "subject_name": one.subject.name,
        "code": one.code,
        "before": one.before,
        "after": one.after,
        "at": one.at,
        "since": one.since,
        "reason": one.reason,
        "detail": one.detail,
    }
