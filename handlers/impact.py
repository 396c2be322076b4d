"""Decides, from values alone, whom an incident hits, what still works for them and whether it can wait."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo

from checks.catalogue import ROWS, Row
from checks.estate import Estate, host_of
from checks.hours import is_day_off
from checks.model import Cause, CauseKind, Family, Incident, Priority, Severity, SubjectKind, Symptom, Threshold
from storage.looks import Seen
from templates.cards import Hit, Off, Sign, Still, Wait
from templates.words import title

FRESH = timedelta(minutes=15)
"""A look older than this says nothing about now."""
DOMAIN_CODES = frozenset({"DomainNotResolved", "DomainUnreachable", "RedirectWrongTarget"})


def row_of(incident: Incident) -> Row:
    """Return the catalogue's row; one that has left the catalogue is told by its code."""
    known = ROWS.get(incident.code)
    return known or Row(
        code=incident.code,
        title=incident.code,
        source="",
        family=Family.SERVICE,
        priority=incident.priority,
        severity=Severity.CRITICAL if incident.priority is Priority.K1 else Severity.WARNING,
        threshold=Threshold(),
    )


def wait_of(*, critical: bool, opens_at: datetime | None, online: int | None) -> Wait:
    """Say whether it can wait, and by what that is known."""
    if not critical:
        return Wait.TODAY if opens_at is None else Wait.LATER
    if opens_at is None:
        return Wait.NOW
    if online is None:
        return Wait.DARK
    return Wait.BUSY if online else Wait.EMPTY


def off_of(now: datetime, zone: tzinfo, *, night: bool) -> Off:
    """Say why it is not working time; ``night``: by their clock the chat's quiet hours would last."""
    if night:
        return Off.NIGHT
    return Off.DAY_OFF if is_day_off(now, zone) else Off.AFTER_HOURS


def leading_symptom(incident: Incident) -> Symptom | None:
    """Return the sign that titles the card; where several clients show it, one with the commonest reason."""
    signs = [one for one in incident.symptoms if one.code == incident.code] or list(incident.symptoms)
    if not signs:
        return None
    common, _ = Counter(one.reason for one in signs).most_common(1)[0]
    return next(one for one in signs if one.reason == common)


def hit_names(incident: Incident, estate: Estate) -> tuple[str, ...]:
    """Name the clients it hits: all behind a dead redirect server, whether looked at yet or not."""
    cause = incident.cause
    if cause.kind is CauseKind.CLIENT:
        return (cause.name,)
    dead = any(one.subject.kind is SubjectKind.REDIRECT for one in incident.symptoms)
    behind = estate.behind.get(cause.name, ()) if cause.kind is CauseKind.REDIRECT and dead else ()
    return tuple(sorted({*incident.clients, *behind}))


def opens(seen: Seen | None, now: datetime) -> bool | None:
    """Say whether the last direct look saw the installation answer; None = nobody looked lately."""
    if seen is None or seen.at is None or now - seen.at > FRESH:
        return None
    return seen.fault is None and seen.status is not None and 200 <= seen.status < 300  # noqa: PLR2004 - HTTP


def hit_of(
    name: str, estate: Estate, *, seen: Seen | None, numbers: Mapping[Cause, int], incident: Incident, now: datetime
) -> Hit:
    """Return a client as the card of ``incident`` names it; ``numbers`` are the open incidents by cause."""
    client = estate.clients.get(name)
    address = estate.address_of(name)
    direct = opens(seen, now)
    return Hit(
        name=name,
        label=client.label if client else name,
        address=address,
        direct=direct if address else None,
        elapsed=seen.elapsed if seen and direct else None,
        incident=_own_incident(name, address, numbers, incident),
    )


def _own_incident(name: str, address: str | None, numbers: Mapping[Cause, int], incident: Incident) -> int | None:
    """Return the number of the client's own open incident beside this one."""
    own = [Cause(CauseKind.CLIENT, name, family) for family in (Family.SERVICE, Family.DOMAIN, Family.CERTIFICATE)]
    for cause in (*own, Cause(CauseKind.ADDRESS, host_of(address) or "")):
        if cause in numbers and numbers[cause] != incident.id:
            return numbers[cause]
    return None


def behind(cause: Cause, estate: Estate) -> int:
    """Count the clients who share the thing."""
    groups: Mapping[CauseKind, Mapping[str, Sequence[str]]] = {
        CauseKind.REDIRECT: estate.behind,
        CauseKind.ADDRESS: estate.at_address,
        CauseKind.LICMAN: estate.at_licman,
    }
    return len(groups.get(cause.kind, {}).get(cause.name, ()))


def signs_beside(incident: Incident) -> tuple[Sign, ...]:
    """Return what else is wrong, the gravest first; what a dead redirect server implies is left out."""
    implied = DOMAIN_CODES if incident.cause.kind is CauseKind.REDIRECT else frozenset()
    others: dict[str, list[Symptom]] = {}
    for one in incident.symptoms:
        if one.code != incident.code and one.code not in implied and one.code in ROWS:
            others.setdefault(one.code, []).append(one)
    ranked = sorted(others, key=lambda code: (ROWS[code].priority, code))
    return tuple(
        Sign(
            title=title(code, ROWS[code].title, others[code][0].reason),
            reason=others[code][0].reason,
            clients=len(others[code]),
        )
        for code in ranked
    )


def still_of(row: Row, hits: Sequence[Hit]) -> Still:
    """Say what still works for the people at the client."""
    known = hits[0].direct if len(hits) == 1 else None
    if row.family is Family.SERVICE and row.severity is Severity.CRITICAL:
        return Still.NOTHING
    if row.family in {Family.DOMAIN, Family.CERTIFICATE} and known:
        return Still.DIRECT
    if row.family is Family.DOMAIN and known is False:
        return Still.NOTHING
    return Still.OPENS if known else Still.UNKNOWN
