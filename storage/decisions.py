"""Remembers why each chat was told of an incident or was not: a ledger that ``/why`` reads."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.model import NoteKind, Priority
from checks.notifications import Decision, Reason
from storage.tables import decisions

CHUNK = 500

Key = tuple[int, int | None]
"""Incident and chat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One decision and its moment."""

    at: datetime
    decision: Decision


async def remember(tx: AsyncConnection, made: Sequence[Decision], *, at: datetime) -> None:
    """Append decisions in one statement; one that only repeats the last of its incident and chat says nothing new."""
    if not made:
        return
    last = await _last(tx, {one.incident_id for one in made})
    rows = []
    for one in made:
        key = one.incident_id, one.chat_id
        if last.get(key) != _gist(one):
            last[key] = _gist(one)
            rows.append(_row(one, at))
    if rows:
        await tx.execute(insert(decisions), rows)


async def of_incidents(connection: AsyncConnection, incident_ids: Collection[int]) -> list[Decided]:
    """Load what was decided about these incidents, oldest first."""
    found: list[tuple[int, Decided]] = []
    ids = sorted(incident_ids)
    for start in range(0, len(ids), CHUNK):
        query = select(decisions).where(decisions.c.incident_id.in_(ids[start : start + CHUNK]))
        found += [(row["id"], _decided(row)) for row in (await connection.execute(query)).mappings()]
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


async def purge(tx: AsyncConnection, *, before: datetime) -> None:
    """Drop decisions made before a moment."""
    await tx.execute(delete(decisions).where(decisions.c.at < before))


async def _last(tx: AsyncConnection, incident_ids: Collection[int]) -> dict[Key, tuple[str, int | None]]:
    found: dict[Key, tuple[str, int | None]] = {}
    ids = sorted(incident_ids)
    for start in range(0, len(ids), CHUNK):
        newest = (
            select(func.max(decisions.c.id))
            .where(decisions.c.incident_id.in_(ids[start : start + CHUNK]))
            .group_by(decisions.c.incident_id, decisions.c.chat_id)
        )
        query = select(decisions).where(decisions.c.id.in_(newest))
        for row in (await tx.execute(query)).mappings():
            found[row["incident_id"], row["chat_id"]] = row["reason"], row["silence_id"]
    return found


def _gist(one: Decision) -> tuple[str, int | None]:
    return one.reason, one.silence_id


def _row(one: Decision, at: datetime) -> dict[str, Any]:
    return {
        "at": at,
        "incident_id": one.incident_id,
        "chat_id": one.chat_id,
        "reason": one.reason,
        "kind": one.kind,
        "priority": one.priority,
        "silent": one.silent,
        "due_at": one.due_at,
        "silence_id": one.silence_id,
    }


def _decided(row: RowMapping) -> Decided:
    decision = Decision(
        reason=Reason(row["reason"]),
        incident_id=row["incident_id"],
        chat_id=row["chat_id"],
        kind=None if row["kind"] is None else NoteKind(row["kind"]),
        priority=Priority(row["priority"]),
        silent=row["silent"],
        due_at=row["due_at"],
        silence_id=row["silence_id"],
    )
    return Decided(at=row["at"], decision=decision)
