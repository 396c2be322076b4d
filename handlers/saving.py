"""Saves the steps of incidents, each with its line in the timeline, the openings first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from checks.model import Change, ChangeKind
from storage import incidents
from storage.database import Connection


async def saved(tx: Connection, changes: Sequence[Change], *, now: datetime) -> tuple[Change, ...]:
    """Save what happened to the incidents; the changes come back with their numbers."""
    return tuple([await _save(tx, change, now) for change in _openings_first(changes)])


def _openings_first(changes: Sequence[Change]) -> list[Change]:
    """Order the changes so that an incident another one is merged into has its number by then."""
    return sorted(changes, key=lambda change: change.kind in {ChangeKind.MERGED, ChangeKind.ENDED})


async def _save(tx: Connection, change: Change, now: datetime) -> Change:
    incident = change.incident
    if change.into is not None:
        into = await incidents.open_of_cause(tx, change.into)
        incident = replace(incident, merged_into=into)
    saved = await incidents.save(tx, incident, noticed_at=now)
    assert saved.id is not None
    if change.kind not in {ChangeKind.GREW, ChangeKind.EASED}:
        await incidents.note(tx, saved.id, now, change.kind, detail={"code": saved.code})
    return replace(change, incident=saved)
