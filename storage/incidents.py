"""Remembers incidents, the symptoms they explain, and what happened to them in time order."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, and_, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from checks.catalogue import SIGNALS
from checks.model import (
    Cause,
    CauseKind,
    Change,
    ChangeKind,
    Incident,
    IncidentState,
    Priority,
    Subject,
    SubjectKind,
    Symptom,
)
from storage.database import upsert
from storage.subjects import subject_of
from storage.tables import incidents, symptoms, timeline

CHUNK = 500
AFTER_SLASH = "0"
"""The letter that sorts right after the one which ends a client's name in a cause."""
CALLED = "called"
"""A line of the timeline: somebody called the client."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of an incident's timeline."""

    incident_id: int
    at: datetime
    what: str
    """opened, grew, worsened, eased, released, ended, taken, given_back, handed, and whatever others note."""
    person_id: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


async def load(connection: AsyncConnection, incident_id: int) -> Incident | None:
    """Load one incident with all its symptoms, ended ones included when the incident has ended."""
    query = select(incidents).where(incidents.c.id == incident_id)
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else (await _with_symptoms(connection, [row]))[0]


async def open_ones(connection: AsyncConnection) -> list[Incident]:
    """Load every open incident, oldest first; signals to managers are no incidents here (``open_signals``)."""
    query = select(incidents).where(_open_outage).order_by(incidents.c.opened_at)
    return await _with_symptoms(connection, (await connection.execute(query)).mappings().all())


async def open_signals(
    connection: AsyncConnection,
    *,
    causes: Collection[Cause] = (),
    clients: Collection[str] = (),
    codes: Collection[str] = (),
) -> list[Incident]:
    """Load the open incidents that are signals: of these causes, of these clients, of these codes."""
    is_signal = and_(incidents.c.state == IncidentState.OPEN, incidents.c.code.in_(SIGNALS))
    rows: list[RowMapping] = []
    texts = sorted({str(cause) for cause in causes})
    for start in range(0, len(texts), CHUNK):
        query = select(incidents).where(is_signal, incidents.c.cause.in_(texts[start : start + CHUNK]))
        rows += (await connection.execute(query)).mappings().all()
    if codes:
        rows += (
            (await connection.execute(select(incidents).where(is_signal, incidents.c.code.in_(sorted(codes)))))
            .mappings()
            .all()
        )
    for name in sorted(set(clients)):
        begin = str(Cause(CauseKind.CLIENT, name, "-"))[:-1]
        own = and_(incidents.c.cause >= begin, incidents.c.cause < begin[:-1] + AFTER_SLASH)
        rows += (await connection.execute(select(incidents).where(is_signal, own))).mappings().all()
    return await _with_symptoms(connection, list({row["id"]: row for row in rows}.values()))


async def open_by_priority(connection: AsyncConnection) -> dict[Priority, int]:
    """Count the open incidents."""
    query = (
        select(incidents.c.priority, func.count())
        .where(incidents.c.state == IncidentState.OPEN)
        .group_by(incidents.c.priority)
    )
    return {Priority(priority): int(count) for priority, count in await connection.execute(query)}


async def open_of_cause(connection: AsyncConnection, cause: Cause) -> int | None:
    """Return the number of the open incident of a cause, if there is one."""
    query = select(incidents.c.id).where(incidents.c.cause == str(cause), incidents.c.state == IncidentState.OPEN)
    found: int | None = (await connection.execute(query)).scalar_one_or_none()
    return found


async def some(connection: AsyncConnection, ids: Collection[int]) -> list[Incident]:
    """Load several incidents in the order of ``ids``; those that are not there are left out."""
    wanted = list(dict.fromkeys(ids))
    rows: list[RowMapping] = []
    for start in range(0, len(wanted), CHUNK):
        query = select(incidents).where(incidents.c.id.in_(wanted[start : start + CHUNK]))
        rows += (await connection.execute(query)).mappings().all()
    found = {one.id: one for one in await _with_symptoms(connection, rows)}
    return [found[one] for one in wanted if one in found]


async def numbers(connection: AsyncConnection) -> dict[Cause, int]:
    """Return the number of the open incident of each cause."""
    query = select(incidents.c.cause, incidents.c.id).where(_open_outage)
    return {Cause.parse(row.cause): row.id for row in await connection.execute(query)}


async def any_held(connection: AsyncConnection) -> bool:
    """Tell whether the telling of an open incident waits for an answer."""
    held = incidents.c.hold_until.is_not(None)
    query = select(incidents.c.id).where(incidents.c.state == IncidentState.OPEN, held).limit(1)
    return (await connection.execute(query)).first() is not None


async def of_client(connection: AsyncConnection, name: str, *, since: datetime) -> list[Incident]:
    """Load the incidents that hit a client or its accesses since a moment or are open, newest first; no signals."""
    itself = and_(symptoms.c.subject_kind == SubjectKind.CLIENT, symptoms.c.subject_name == name)
    begin, end = f"{name}/", f"{name}{AFTER_SLASH}"
    access = and_(symptoms.c.subject_name > begin, symptoms.c.subject_name < end)
    logins = and_(symptoms.c.subject_kind == SubjectKind.ACCESS, access)
    hit = select(symptoms.c.incident_id).where(or_(itself, logins))
    query = (
        select(incidents)
        .where(incidents.c.id.in_(hit), incidents.c.code.not_in(SIGNALS))
        .where((incidents.c.state == IncidentState.OPEN) | (incidents.c.ended_at >= since))
        .order_by(incidents.c.opened_at.desc())
    )
    return await _with_symptoms(connection, (await connection.execute(query)).mappings().all())


async def lasting_since(connection: AsyncConnection, since: datetime) -> list[Incident]:
    """Load the incidents that are open or ended since a moment, oldest first."""
    query = (
        select(incidents)
        .where((incidents.c.state == IncidentState.OPEN) | (incidents.c.ended_at >= since))
        .order_by(incidents.c.opened_at)
    )
    return await _with_symptoms(connection, (await connection.execute(query)).mappings().all())


async def ended_since(connection: AsyncConnection, since: datetime) -> list[Incident]:
    """Load the incidents that ended since a moment, newest first; signals to managers are not among them."""
    ended = and_(incidents.c.state == IncidentState.ENDED, incidents.c.ended_at >= since)
    query = select(incidents).where(ended, incidents.c.code.not_in(SIGNALS)).order_by(incidents.c.ended_at.desc())
    return await _with_symptoms(connection, (await connection.execute(query)).mappings().all())


async def ended_clients(connection: AsyncConnection, incident_id: int) -> list[str]:
    """Name the clients an incident has ever hit, those that are well again included."""
    query = select(symptoms.c.subject_kind, symptoms.c.subject_name).where(symptoms.c.incident_id == incident_id)
    hit = {Subject(SubjectKind(kind), name).client for kind, name in await connection.execute(query)}
    return sorted(name for name in hit if name is not None)


async def save(tx: AsyncConnection, incident: Incident, *, noticed_at: datetime) -> Incident:
    """Insert or update an incident and its symptoms; returns it with its id."""
    if incident.id is None:
        values = {**_row(incident), "noticed_at": noticed_at}
        result = await tx.execute(insert(incidents).values(values).returning(incidents.c.id))
        saved = replace(incident, id=result.scalar_one())
    else:
        saved = replace(incident, revision=incident.revision + 1)
        await tx.execute(update(incidents).where(incidents.c.id == saved.id).values(_row(saved)))
    await _save_symptoms(tx, saved, ended_at=incident.ended_at or noticed_at)
    return saved


async def _save_symptoms(tx: AsyncConnection, incident: Incident, *, ended_at: datetime) -> None:
    query = select(symptoms).where(symptoms.c.incident_id == incident.id)
    before = {_symptom(row).key: row for row in (await tx.execute(query)).mappings()}
    now = {one.key: one for one in incident.symptoms}
    ended = incident.state is IncidentState.ENDED
    rows = [_symptom_row(incident.id, one, ended_at=ended_at if ended else None) for one in now.values()]
    gone = [
        _symptom_row(incident.id, _symptom(row), ended_at=ended_at)
        for key, row in before.items()
        if key not in now and row["ended_at"] is None
    ]
    changed = [row for row in rows if not _same(before.get(_key(row)), row)]
    await upsert(tx, symptoms, [*changed, *gone])


def _key(row: Mapping[str, Any]) -> tuple[Subject, str]:
    return subject_of(row), row["code"]


def _same(before: RowMapping | None, row: Mapping[str, Any]) -> bool:
    return before is not None and all(before[name] == value for name, value in row.items())


async def take(tx: AsyncConnection, incident_id: int, by: int, at: datetime) -> Change | None:
    """Give an open, untaken incident to ``by``; None when somebody was first or it has ended."""
    return await _step(
        tx, incident_id, ChangeKind.TAKEN, by, at, incidents.c.taken_by.is_(None), taken_by=by, taken_at=at
    )


async def give_back(tx: AsyncConnection, incident_id: int, by: int, at: datetime) -> Change | None:
    """Return a taken incident to everybody; None when nobody has it or it has ended."""
    taken = incidents.c.taken_by.is_not(None)
    return await _step(tx, incident_id, ChangeKind.GIVEN_BACK, by, at, taken, taken_by=None, taken_at=None)


async def hand_over(tx: AsyncConnection, incident_id: int, by: int, at: datetime) -> Change | None:
    """Remember that the owner was told; None when that was said before or it has ended."""
    fresh = incidents.c.handed_at.is_(None)
    return await _step(tx, incident_id, ChangeKind.HANDED, by, at, fresh, handed_by=by, handed_at=at)


async def _step(  # noqa: PLR0917 - private, called thrice above
    tx: AsyncConnection, incident_id: int, kind: ChangeKind, by: int, at: datetime, condition: Any, **values: Any
) -> Change | None:
    result = await tx.execute(
        update(incidents)
        .where(incidents.c.id == incident_id, incidents.c.state == IncidentState.OPEN, condition)
        .values(revision=incidents.c.revision + 1, **values)
    )
    if not result.rowcount:
        return None
    await note(tx, incident_id, at, kind, person_id=by)
    incident = await load(tx, incident_id)
    assert incident is not None
    return Change(kind=kind, incident=incident, at=at, by=by)


async def note(
    tx: AsyncConnection,
    incident_id: int,
    at: datetime,
    what: str,
    *,
    person_id: int | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Append a line to an incident's timeline."""
    values = {"incident_id": incident_id, "at": at, "what": what, "person_id": person_id, "detail": dict(detail or {})}
    await tx.execute(insert(timeline).values(values))


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """A call to a client, as somebody has told it."""

    incident_id: int
    at: datetime
    person_id: int | None
    reached: bool


async def last_call(connection: AsyncConnection, client: str) -> Called | None:
    """Return the last call about any incident that hit a client."""
    hit = select(symptoms.c.incident_id).where(
        symptoms.c.subject_kind == SubjectKind.CLIENT, symptoms.c.subject_name == client
    )
    query = (
        select(timeline.c.incident_id, timeline.c.at, timeline.c.person_id, timeline.c.detail)
        .where(timeline.c.incident_id.in_(hit), timeline.c.what == CALLED)
        .order_by(timeline.c.at.desc(), timeline.c.id.desc())
        .limit(1)
    )
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    reached = row.detail.get("reached") is True
    return Called(incident_id=row.incident_id, at=row.at, person_id=row.person_id, reached=reached)


async def entries(connection: AsyncConnection, incident_id: int) -> list[Entry]:
    """Load an incident's timeline, oldest first."""
    return await entries_of(connection, [incident_id])


async def entries_of(connection: AsyncConnection, ids: Collection[int]) -> list[Entry]:
    """Load the timelines of several incidents as one, oldest first."""
    found: list[Entry] = []
    wanted = sorted(ids)
    for start in range(0, len(wanted), CHUNK):
        query = (
            select(timeline)
            .where(timeline.c.incident_id.in_(wanted[start : start + CHUNK]))
            .order_by(timeline.c.at, timeline.c.id)
        )
        found += [
            Entry(
                incident_id=row["incident_id"],
                at=row["at"],
                what=row["what"],
                person_id=row["person_id"],
                detail=row["detail"],
            )
            for row in (await connection.execute(query)).mappings()
        ]
    return sorted(found, key=lambda entry: entry.at)


async def purge(tx: AsyncConnection, *, before: datetime) -> None:
    """Drop symptoms and timelines of incidents that ended before a moment; the incident itself stays as a number."""
    old = select(incidents.c.id).where(incidents.c.ended_at < before)
    await tx.execute(delete(timeline).where(timeline.c.incident_id.in_(old)))
    await tx.execute(delete(symptoms).where(symptoms.c.incident_id.in_(old)))


async def _with_symptoms(connection: AsyncConnection, rows: Sequence[RowMapping]) -> list[Incident]:
    found = await _symptoms(connection, {row["id"]: row["ended_at"] for row in rows})
    return [_incident(row, tuple(found.get(row["id"], ()))) for row in rows]


async def _symptoms(connection: AsyncConnection, wanted: Mapping[int, datetime | None]) -> dict[int, list[Symptom]]:
    found: dict[int, list[Symptom]] = {}
    ids: Collection[int] = list(wanted)
    for start in range(0, len(ids), CHUNK):
        query = (
            select(symptoms)
            .where(symptoms.c.incident_id.in_(list(ids)[start : start + CHUNK]))
            .order_by(symptoms.c.since, symptoms.c.subject_name, symptoms.c.code)
        )
        for row in (await connection.execute(query)).mappings():
            if row["ended_at"] is None or wanted[row["incident_id"]] is not None:
                found.setdefault(row["incident_id"], []).append(_symptom(row))
    return found


def _incident(row: RowMapping, signs: tuple[Symptom, ...]) -> Incident:
    return Incident(
        id=row["id"],
        cause=Cause.parse(row["cause"]),
        state=IncidentState(row["state"]),
        opened_at=row["opened_at"],
        code=row["code"],
        priority=Priority(row["priority"]),
        symptoms=signs,
        ended_at=row["ended_at"],
        hold_until=row["hold_until"],
        taken_by=row["taken_by"],
        taken_at=row["taken_at"],
        handed_by=row["handed_by"],
        handed_at=row["handed_at"],
        merged_into=row["merged_into"],
        unlisted=bool(row["unlisted"]),
        revision=row["revision"],
    )


def _row(incident: Incident) -> dict[str, Any]:
    return {
        "cause": str(incident.cause),
        "state": incident.state,
        "opened_at": incident.opened_at,
        "ended_at": incident.ended_at,
        "code": incident.code,
        "priority": incident.priority,
        "hold_until": incident.hold_until,
        "merged_into": incident.merged_into,
        "unlisted": incident.unlisted,
        "revision": incident.revision,
    }


def _symptom(row: RowMapping) -> Symptom:
    return Symptom(
        subject=subject_of(row),
        code=row["code"],
        since=row["since"],
        reason=row["reason"],
        detail=row["detail"],
        flapping=bool(row["flapping"]),
    )


def _symptom_row(incident_id: int | None, one: Symptom, *, ended_at: datetime | None) -> dict[str, Any]:
    return {
        "incident_id": incident_id,
        "subject_kind": one.subject.kind,
        "subject_name": one.subject.name,
        "code": one.code,
        "since": one.since,
        "ended_at": ended_at,
        "reason": one.reason,
        "detail": one.detail,
        "flapping": one.flapping,
    }


_open_outage = and_(incidents.c.state == IncidentState.OPEN, incidents.c.code.not_in(SIGNALS))
