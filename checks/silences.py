"""What a silence covers, when it ends, and for how long a person may ask for one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta, tzinfo
from enum import StrEnum

from checks.model import CauseKind, Incident, Scope, Silence

IDLE_AFTER = timedelta(days=1)
UNDO_FOR = timedelta(minutes=5)
MORNING = time(9, 0)

SHARED = frozenset({CauseKind.REDIRECT, CauseKind.INTAKE, CauseKind.SELF, CauseKind.CHAT})
"""Causes that are nobody's own: a client's silence never hides them."""


class Cover(StrEnum):
    """Why a silence mutes an incident."""

    CLIENT = "client"
    CAUSE = "cause"
    CODE = "code"


class Ending(StrEnum):
    """Why a silence is over."""

    TIME = "time"
    MENDED = "mended"
    IDLE = "idle"
    """It matched nothing for a day."""
    UNDONE = "undone"
    """Taken back within five minutes, as if it had never been."""
    LIFTED = "lifted"
    """Ended by a person."""


class Preset(StrEnum):
    """The lengths that the menu offers."""

    HOUR = "1h"
    FOUR_HOURS = "4h"
    MORNING = "9"
    DAY = "24h"
    MENDED = "mended"


LENGTHS = {
    Preset.HOUR: timedelta(hours=1),
    Preset.FOUR_HOURS: timedelta(hours=4),
    Preset.DAY: timedelta(hours=24),
}


def until(preset: Preset, now: datetime, zone: tzinfo) -> datetime | None:
    """Return when a silence of this length ends (UTC like ``now``); None = until mended.

    ``zone`` is the chat's: «до 9:00» is the next nine o'clock there.
    """
    if preset is Preset.MENDED:
        return None
    if preset is not Preset.MORNING:
        return now + LENGTHS[preset]
    here = now.astimezone(zone)
    nine = datetime.combine(here.date(), MORNING, tzinfo=zone)
    if nine <= here:
        nine = datetime.combine(here.date() + timedelta(days=1), MORNING, tzinfo=zone)
    return nine.astimezone(now.tzinfo)


def active(silence: Silence, now: datetime) -> bool:
    """Say whether the silence mutes anything at this moment."""
    ended = silence.ended_at is not None and silence.ended_at <= now
    over = silence.until is not None and silence.until <= now
    return silence.created_at <= now and not ended and not over


def covers(silence: Silence, incident: Incident, now: datetime, *, chat_id: int | None = None) -> Cover | None:
    """Say why the silence mutes this incident in this chat (None = any chat), or None if it does not.

    A client's silence mutes what is the client's alone; what others share with it is still told.
    """
    if not active(silence, now):
        return None
    if None not in (silence.chat_id, chat_id) and silence.chat_id != chat_id:
        return None
    match silence.scope:
        case Scope.CAUSE:
            return Cover.CAUSE if silence.target == str(incident.cause) else None
        case Scope.CODE:
            return Cover.CODE if silence.target == incident.code else None
        case Scope.CLIENT:
            return Cover.CLIENT if clients_hit(incident) == {silence.target} else None


def covering(
    silences: Iterable[Silence], incident: Incident, now: datetime, *, chat_id: int | None = None
) -> Silence | None:
    """Return a silence that mutes this incident in this chat; several client silences may do it together."""
    known = list(silences)
    for silence in known:
        if covers(silence, incident, now, chat_id=chat_id):
            return silence
    hit = clients_hit(incident)
    parts = [
        silence
        for silence in known
        if silence.scope is Scope.CLIENT
        and silence.target in hit
        and active(silence, now)
        and (silence.chat_id is None or chat_id is None or silence.chat_id == chat_id)
    ]
    together = hit and hit == {silence.target for silence in parts}
    return max(parts, key=lambda silence: silence.created_at) if together else None


def concerns(silence: Silence, incident: Incident, others: Iterable[Silence], now: datetime) -> bool:
    """Say whether the silence mutes the incident somewhere, alone or together with silences of other clients."""
    if covers(silence, incident, now):
        return True
    if silence.scope is not Scope.CLIENT or not active(silence, now) or silence.target not in clients_hit(incident):
        return False
    clients = [silence, *(one for one in others if one.scope is Scope.CLIENT)]
    return covering(clients, incident, now) is not None


def reach(incidents: Iterable[Incident]) -> frozenset[tuple[Scope, str]]:
    """Return every scope and target by which a silence would touch one of these incidents."""
    touched: set[tuple[Scope, str]] = set()
    for incident in incidents:
        touched |= {(Scope.CAUSE, str(incident.cause)), (Scope.CODE, incident.code)}
        touched |= {(Scope.CLIENT, name) for name in clients_hit(incident)}
    return frozenset(touched)


def ends(silence: Silence, *, mended: bool, matches: bool, now: datetime) -> Ending | None:
    """Say why the silence is over now, or None while it lasts.

    ``mended``: the incident it was made from has ended. ``matches``: it covers some open incident now.
    """
    if silence.ended_at is not None:
        return None
    if silence.until is not None and silence.until <= now:
        return Ending.TIME
    if silence.until is None and _mended(silence, mended=mended, matches=matches):
        return Ending.MENDED
    last = max(silence.created_at, silence.last_matched_at or silence.created_at)
    return Ending.IDLE if not matches and now - last >= IDLE_AFTER else None


def _mended(silence: Silence, *, mended: bool, matches: bool) -> bool:
    if silence.incident_id is not None:
        return mended
    return silence.last_matched_at is not None and not matches


def undoable(silence: Silence, now: datetime) -> bool:
    """Say whether the silence may still be taken back as if it had never been."""
    return silence.ended_at is None and now - silence.created_at <= UNDO_FOR


def clients_hit(incident: Incident) -> set[str]:
    """Name the clients whose silences together would mute the incident; nobody's for a shared cause."""
    if incident.cause.kind in SHARED:
        return set()
    return {incident.cause.name} if incident.cause.kind is CauseKind.CLIENT else set(incident.clients)
