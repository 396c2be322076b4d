"""Correlates: the checks that fail now become incidents by cause.

A pure function of what fails now, not of the order in which it was seen: the causes are found anew each time and
compared with the open incidents, so any order of arrival ends in the same incidents.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from checks.catalogue import ROWS, leading
from checks.estate import Estate, host_of
from checks.model import (
    SELF,
    Cause,
    CauseKind,
    Change,
    ChangeKind,
    Family,
    Health,
    Incident,
    IncidentState,
    Mark,
    State,
    Subject,
    SubjectKind,
    Symptom,
)

MAJORITY = 0.6
"""So large a part of those who share a thing must fail before the thing itself is blamed without a look at it."""
FEWEST = 3
"""Fewer failing clients than this never accuse a redirect server on their own."""
GRACE = timedelta(seconds=15)
"""After a shared thing has recovered, its clients get so long to be looked at again."""

LOGIN_CODE = "OnlineLoginFailed"
OWN_LOGIN = frozenset({Mark.BAD_LOGIN.value, "status_401", "status_403"})
"""Reasons for a failed login that lie with the access itself, whatever others at the vendor meet."""
DOMAIN_CODES = frozenset({"DomainNotResolved", "DomainUnreachable", "RedirectWrongTarget"})
HOST_CODES = frozenset({"KodeksTcpStatus"})
KEY_CODES = frozenset({"KodeksOnlineSensLockCheck", "LicmanTcpStatus"})
BLIND = "MonitorBlind"
REDIRECT_DOWN = "RedirectServerDown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Everything that correlation looks at."""

    failing: Sequence[Health]
    """Checks believed to fail or flap."""
    shared: Mapping[tuple[Subject, str], Health]
    """What is believed of redirect servers and of ourselves, failing or not."""
    estate: Estate
    open: Sequence[Incident]
    pending: Collection[Subject] = frozenset()
    """Subjects being looked at right now because something behind them failed."""
    hold: timedelta = timedelta(seconds=30)


@dataclass(slots=True)
class _Found:
    symptoms: list[Symptom] = field(default_factory=list)


def correlate(picture: Picture, now: datetime) -> list[Change]:
    """Return what has to happen to the incidents; a new one comes without an id.

    At most one change an incident. Incidents that a later-found cause explains end as merged into it: the caller
    learns that from ``ENDED`` with the symptoms living on elsewhere.
    """
    causes = _causes(picture, now)
    known = {incident.cause: incident for incident in picture.open}
    changes: list[Change] = []
    for cause in sorted(causes):
        change = _update(known.get(cause), cause, tuple(sorted(causes[cause], key=_order)), picture, now)
        if change:
            changes.append(change)
    explained = {symptom.key: cause for cause, symptoms in causes.items() for symptom in symptoms}
    over = [incident for incident in picture.open if incident.cause not in causes]
    changes.extend(_end(incident, explained, picture.estate, now) for incident in over)
    return changes


def _order(symptom: Symptom) -> tuple[datetime, str, str]:
    return symptom.since, str(symptom.subject), symptom.code


# ── causes ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _causes(picture: Picture, now: datetime) -> dict[Cause, list[Symptom]]:
    """Name the cause of every failing check."""
    raised = [
        one
        for one in picture.failing
        if one.code in ROWS and ROWS[one.code].opens and picture.estate.lists(one.subject) and not _frozen(one, picture)
    ]
    by_client = _by_client(raised)
    shared = _Shared(picture, raised)
    causes: defaultdict[Cause, list[Symptom]] = defaultdict(list)
    for health in raised:
        causes[shared.cause(health, by_client.get(health.subject.name, frozenset()), now)].append(_symptom(health))
    return dict(causes)


def _frozen(health: Health, picture: Picture) -> bool:
    """Tell whether a failure was seen only while we ourselves were blind: it opens nothing until looked at again."""
    blind = picture.shared.get((SELF, BLIND))
    if blind is None or not ROWS[health.code].looked:
        return False
    suspect = blind.state is State.FAIL or (health.seen_at is not None and health.seen_at < blind.since)
    return suspect and blind.state in {State.FAIL, State.OK} and not _told(health, picture)


def _told(health: Health, picture: Picture) -> bool:
    return any(
        incident.hold_until is None and symptom.key == health.key
        for incident in picture.open
        for symptom in incident.symptoms
    )


def _by_client(raised: Iterable[Health]) -> dict[str, frozenset[Family]]:
    families: defaultdict[str, set[Family]] = defaultdict(set)
    for health in raised:
        if health.subject.kind is SubjectKind.CLIENT:
            families[health.subject.name].add(ROWS[health.code].family)
    return {name: frozenset(found) for name, found in families.items()}


class _Shared:
    """Who shares a failing thing with whom; built once a step."""

    def __init__(self, picture: Picture, raised: Sequence[Health]) -> None:
        self.picture = picture
        self.estate = picture.estate
        self.failing = {health.key: health for health in raised}
        self.hosts = self._blamed(HOST_CODES, self.estate.at_address, fewest=2)
        self.licmans = self._blamed(frozenset({"LicmanTcpStatus"}), self.estate.at_licman, fewest=2)
        self.accused = self._blamed(DOMAIN_CODES, self.estate.behind, fewest=FEWEST)
        self.vendors = self._vendors()

    def _blamed(self, codes: frozenset[str], groups: Mapping[str, tuple[str, ...]], *, fewest: int) -> frozenset[str]:
        """Return the shared things most of whose clients fail with one of ``codes``."""
        sick = {subject.name for subject, code in self.failing if code in codes and subject.kind is SubjectKind.CLIENT}
        if not sick:
            return frozenset()
        blamed = set()
        for thing, names in groups.items():
            count = sum(name in sick for name in names)
            if count >= fewest and count > MAJORITY * len(names):
                blamed.add(thing)
        return frozenset(blamed)

    def _vendors(self) -> frozenset[str]:
        """Return the vendor's hosts at which most logins fail, and not for wrong passwords."""
        sick = {
            subject
            for (subject, code), health in self.failing.items()
            if code == LOGIN_CODE and health.reason not in OWN_LOGIN
        }
        counts = {host: sum(one in sick for one in those) for host, those in self.estate.at_vendor.items() if sick}
        those = self.estate.at_vendor
        return frozenset(
            host for host, count in counts.items() if count >= FEWEST and count > MAJORITY * len(those[host])
        )

    def cause(self, health: Health, families: frozenset[Family], now: datetime) -> Cause:
        subject, row = health.subject, ROWS[health.code]
        if subject.kind is SubjectKind.SELF:
            kind = CauseKind.INTAKE if health.code == "IntakeSilent" else CauseKind.SELF
            return Cause(kind, subject.name, health.code)
        if subject.kind is SubjectKind.CHAT:
            return Cause(CauseKind.CHAT, subject.name)
        if subject.kind is SubjectKind.REDIRECT:
            return Cause(CauseKind.REDIRECT, subject.name)
        if subject.kind is SubjectKind.ACCESS:
            return self._access_cause(health)
        return self._client_cause(health, row.family, families, now)

    def _access_cause(self, health: Health) -> Cause:
        access = self.estate.access_of(health.subject)
        host = host_of(access.host) if access else None
        if host in self.vendors and health.code == LOGIN_CODE and health.reason not in OWN_LOGIN:
            return Cause(CauseKind.ADDRESS, host or "")
        return own_cause(health.subject, ROWS[health.code].family)

    def _client_cause(self, health: Health, family: Family, families: frozenset[Family], now: datetime) -> Cause:
        name = health.subject.name
        if health.code in DOMAIN_CODES and (redirect := self._redirect(health, now)):
            return Cause(CauseKind.REDIRECT, redirect)
        host = host_of(self.estate.address_of(name))
        if family is Family.SERVICE and host in self.hosts and (health.subject, "KodeksTcpStatus") in self.failing:
            return Cause(CauseKind.ADDRESS, host or "")
        client = self.estate.clients.get(name)
        if health.code in KEY_CODES and client and client.licman in self.licmans:
            return Cause(CauseKind.LICMAN, client.licman or "")
        if family is Family.REPORTS:
            return self._silence(name, families)
        if family is Family.LICMAN and Family.SERVICE in families:
            family = Family.SERVICE
        return Cause(CauseKind.CLIENT, name, family)

    def _silence(self, name: str, families: frozenset[Family]) -> Cause:
        """Find why a client is silent: our own intake, its dead server, or only its reports."""
        if (SELF, "IntakeSilent") in self.failing:
            return Cause(CauseKind.INTAKE, SELF.name, "IntakeSilent")
        return Cause(CauseKind.CLIENT, name, Family.SERVICE if Family.SERVICE in families else Family.REPORTS)

    def _redirect(self, health: Health, now: datetime) -> str | None:
        """Return the redirect server that explains a domain's failure, if one does."""
        client = self.estate.clients.get(health.subject.name)
        name = client.redirect if client else None
        if name is None or name not in self.estate.redirects:
            return None
        server = self.picture.shared.get((Subject(SubjectKind.REDIRECT, name), REDIRECT_DOWN))
        if name in self.accused or (server and server.state in {State.FAIL, State.FLAPPING}):
            return name
        if server and server.state is State.OK and self._was_open(name) and _stale(health, server, now):
            return name
        return None

    def _was_open(self, redirect: str) -> bool:
        cause = Cause(CauseKind.REDIRECT, redirect)
        return any(incident.cause == cause for incident in self.picture.open)


def _stale(health: Health, server: Health, now: datetime) -> bool:
    """Tell whether a client has not been looked at since its redirect server recovered, or only just, or recovers."""
    if health.failing_since is not None and health.failing_since >= server.since:
        return False
    if health.successes:
        return True
    return health.seen_at is None or health.seen_at <= server.since + GRACE or now <= server.since + GRACE


def own_cause(subject: Subject, family: Family) -> Cause:
    """Return the cause of a trouble that is a client's alone; each of its accesses has troubles of its own."""
    if subject.access is not None:
        return Cause(CauseKind.CLIENT, subject.client or "", f"{family}.{subject.access}")
    return Cause(CauseKind.CLIENT, subject.client or subject.name, family)


def _symptom(health: Health) -> Symptom:
    return Symptom(
        subject=health.subject,
        code=health.code,
        since=health.since,
        reason=health.reason,
        detail=health.detail,
        flapping=health.state is State.FLAPPING,
    )


def _is_known(cause: Cause, estate: Estate) -> bool:
    """Tell whether what an incident is named after is still listed."""
    match cause.kind:
        case CauseKind.CLIENT:
            return cause.name in estate.clients
        case CauseKind.REDIRECT:
            return cause.name in estate.redirects
        case CauseKind.ADDRESS:
            return cause.name in estate.at_address or cause.name in estate.at_vendor
        case CauseKind.LICMAN:
            return cause.name in estate.at_licman
        case _:
            return True


# ── incidents ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _update(
    before: Incident | None, cause: Cause, symptoms: tuple[Symptom, ...], picture: Picture, now: datetime
) -> Change | None:
    code = REDIRECT_DOWN if cause.kind is CauseKind.REDIRECT else leading(frozenset(s.code for s in symptoms))
    priority = min(ROWS[code].priority, *(ROWS[one.code].priority_of(one.reason) for one in symptoms))
    waits = _waits(cause, symptoms, picture)
    if before is None:
        fresh = Incident(
            id=None,
            cause=cause,
            state=IncidentState.OPEN,
            opened_at=min(symptom.since for symptom in symptoms),
            code=code,
            priority=priority,
            symptoms=symptoms,
            hold_until=now + picture.hold if waits else None,
        )
        return Change(kind=ChangeKind.OPENED, incident=fresh, at=now)
    held = before.hold_until if waits and before.hold_until and now < before.hold_until else None
    opened = min(before.opened_at, *(symptom.since for symptom in symptoms))
    after = replace(before, code=code, priority=priority, symptoms=symptoms, hold_until=held, opened_at=opened)
    kind = _kind(before, after)
    return Change(kind=kind, incident=after, at=now) if kind else None


def _kind(before: Incident, after: Incident) -> ChangeKind | None:
    if before.hold_until and not after.hold_until:
        return ChangeKind.RELEASED
    if _worse(before, after):
        return ChangeKind.WORSENED
    old, new = {s.key for s in before.symptoms}, {s.key for s in after.symptoms}
    if new - old:
        return ChangeKind.GREW
    if old - new:
        return ChangeKind.EASED
    changed = (before.code, before.symptoms, before.opened_at) != (after.code, after.symptoms, after.opened_at)
    return ChangeKind.GREW if changed else None


def _worse(before: Incident, after: Incident) -> bool:
    if after.priority < before.priority:
        return True
    reasons = {symptom.key: symptom.reason for symptom in before.symptoms}
    return any(
        ROWS[symptom.code].steps_up and symptom.key in reasons and reasons[symptom.key] != symptom.reason
        for symptom in after.symptoms
    )


def _waits(cause: Cause, symptoms: tuple[Symptom, ...], picture: Picture) -> bool:
    """Tell whether the answer about something shared, or about ourselves, is still on its way."""
    if cause.kind in {CauseKind.SELF, CauseKind.INTAKE, CauseKind.CHAT}:
        return False
    if SELF in picture.pending or _doubted(picture, SELF, BLIND):
        return True
    if cause.kind is CauseKind.REDIRECT:
        return any(
            Subject(SubjectKind.CLIENT, name) in picture.pending for name in picture.estate.behind.get(cause.name, ())
        )
    if cause.kind is not CauseKind.CLIENT:
        return False
    client = picture.estate.clients.get(cause.name)
    server = Subject(SubjectKind.REDIRECT, (client.redirect if client else None) or "")
    if any(symptom.code in DOMAIN_CODES for symptom in symptoms):
        return server in picture.pending or _doubted(picture, server, REDIRECT_DOWN)
    if any(symptom.code in HOST_CODES for symptom in symptoms):
        host = host_of(picture.estate.address_of(cause.name)) or ""
        return any(
            Subject(SubjectKind.CLIENT, name) in picture.pending for name in picture.estate.at_address.get(host, ())
        )
    return False


def _doubted(picture: Picture, subject: Subject, code: str) -> bool:
    health = picture.shared.get((subject, code))
    return health is not None and health.failures > 0 and health.state is not State.FAIL


def _end(incident: Incident, explained: Mapping[tuple[Subject, str], Cause], estate: Estate, now: datetime) -> Change:
    """End an incident: merged if a cause as broad explains the rest, over if only clients' own troubles are left.

    One that is named after something no longer listed ends without anybody knowing whether it was mended.
    """
    if not _is_known(incident.cause, estate):
        gone = replace(incident, state=IncidentState.ENDED, ended_at=now, hold_until=None, unlisted=True)
        return Change(kind=ChangeKind.UNLISTED, incident=gone, at=now)
    elsewhere = {explained[symptom.key] for symptom in incident.symptoms if symptom.key in explained}
    if incident.cause.kind is not CauseKind.CLIENT:
        elsewhere = {cause for cause in elsewhere if cause.kind is not CauseKind.CLIENT}
    ended = replace(incident, state=IncidentState.ENDED, ended_at=now, hold_until=None)
    return Change(
        kind=ChangeKind.MERGED if elsewhere else ChangeKind.ENDED,
        incident=ended,
        at=now,
        into=min(elsewhere) if elsewhere else None,
    )
