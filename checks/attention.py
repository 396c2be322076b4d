"""When to look again, and at whom else, after something was seen: quick confirmation instead of whole intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from checks.estate import Estate, client_targets, redirect_targets, shared_with
from checks.model import SELF, LookKind, Subject, SubjectKind, Target

FIRST = timedelta(seconds=3)
SECOND = timedelta(seconds=6)
AGAIN = timedelta(seconds=20)
"""The same thing is not looked at anew for the same suspicion sooner than this."""
LOGIN_AGAIN = timedelta(minutes=5)
"""A login that failed is tried again so soon and no sooner: servers shut out those who try too often."""
BEHIND = 300
"""Clients behind a failing redirect server looked at right away; the others are seen at their ordinary times."""
OURSELVES = (SELF, LookKind.REFERENCE)
WITNESSES = 50
"""Direct addresses asked at most when no reference hosts are configured; every redirect server is asked besides."""

Key = tuple[Subject, LookKind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """What a batch of looks made worth a closer look."""

    doubts: Mapping[Subject, int] = field(default_factory=dict)
    """Failed looks in a row so far of subjects that are not yet believed to fail."""
    recovering: frozenset[Subject] = frozenset()
    fallen: frozenset[Subject] = frozenset()
    """Subjects that have just come to be believed failing."""
    risen: frozenset[Subject] = frozenset()
    """Subjects that have just come to be believed well."""


def soon(subject: Subject, noticed: Noticed) -> timedelta | None:
    """Return how soon to look at ``subject`` again, None = at its ordinary time."""
    if subject.kind is SubjectKind.ACCESS:
        return LOGIN_AGAIN if subject in noticed.doubts or subject in noticed.recovering else None
    if subject in noticed.doubts:
        return FIRST if noticed.doubts[subject] <= 1 else SECOND
    return FIRST if subject in noticed.recovering else None


def urgent(noticed: Noticed, estate: Estate) -> frozenset[Key]:
    """Return what else to look at right now.

    The first failed look of a client: the shared things before it and some siblings. The first failed look of a
    redirect server, and its recovery: those behind it, by domain and directly. Any first failure: ourselves.
    """
    keys: set[Key] = set()
    fresh = {subject for subject, failures in noticed.doubts.items() if failures <= 1}
    for subject in fresh | noticed.risen | noticed.fallen:
        if subject.kind is SubjectKind.REDIRECT:
            keys.update(_behind(subject.name, estate))
        elif subject in fresh:
            for other in shared_with(estate, subject):
                keys.update(looks_at(other, estate))
    if any(subject.kind is not SubjectKind.SELF for subject in fresh):
        keys.add(OURSELVES)
    return frozenset(keys)


def _behind(redirect: str, estate: Estate) -> set[Key]:
    names = estate.behind.get(redirect, ())
    some = names[:: max(1, len(names) // BEHIND)][:BEHIND]
    return {key for name in some for key in looks_at(Subject(SubjectKind.CLIENT, name), estate)}


def looks_at(subject: Subject, estate: Estate) -> set[Key]:
    """Return the keys of every look at a subject but the licence manager's."""
    if subject.kind is SubjectKind.CLIENT and subject.name in estate.clients:
        found = client_targets(estate, estate.clients[subject.name])
    elif subject.kind is SubjectKind.REDIRECT and subject.name in estate.redirects:
        found = redirect_targets(estate, estate.redirects[subject.name])
    elif estate.access_of(subject) is not None:
        return {(subject, LookKind.BILLING)}
    else:
        return set()
    return {(target.subject, target.kind) for target in found}


def ourselves(estate: Estate, hosts: tuple[str, ...]) -> Target:
    """Return the look at the witnesses of ourselves: reference hosts, else every redirect server and direct address.

    One host alone proves nothing, so a single reference host is joined by the others.
    """
    if len(hosts) <= 1:
        servers = tuple(one.address for one in estate.redirects.values() if one.address)
        directs = [address for name in estate.clients if (address := estate.address_of(name))]
        step = max(1, len(directs) // WITNESSES)
        hosts = (*hosts, *directs[::step][:WITNESSES], *servers)
    return Target(kind=LookKind.REFERENCE, subject=SELF, url="", sample=tuple((host, None) for host in hosts))


def is_fresh(asked_at: datetime | None, now: datetime) -> bool:
    """Tell whether a suspicion was acted upon so recently that acting again brings nothing."""
    return asked_at is not None and now - asked_at < AGAIN
