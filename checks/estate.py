"""Which looks a client deserves, how they are spread in time, and who shares what with whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from urllib.parse import urlsplit

from checks.model import (
    Access,
    Client,
    ClientKind,
    LookKind,
    Redirect,
    Subject,
    SubjectKind,
    Target,
    access_subject,
)

SAMPLE = 5
"""Domains asked of a redirect server at each look at it."""
UNWATCHED = frozenset({ClientKind.CLOSED, ClientKind.ONLINE})
"""Kinds with nothing of their own to look at from outside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estate:
    """All that is watched, indexed by what clients share. Built once a change of the lists."""

    clients: Mapping[str, Client]
    redirects: Mapping[str, Redirect]
    learned: Mapping[str, str] = field(default_factory=dict)
    """Direct addresses learnt from where the redirect leads, for clients whose list gives none."""
    behind: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Redirect server → clients behind it, in order."""
    at_address: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Host of the direct address → clients there."""
    at_licman: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    logins: frozenset[str] = frozenset()
    """Clients at whom we can log in to check."""
    pings: bool = False
    """Hosts are pinged as well."""
    accesses: Mapping[int, Access] = field(default_factory=dict)
    """Online accesses by the number that their subjects and figures carry."""
    accesses_of: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Client → numbers of its accesses."""
    at_vendor: Mapping[str, tuple[Subject, ...]] = field(default_factory=dict)
    """Host of the vendor → the accesses there."""

    def lists(self, subject: Subject) -> bool:
        """Say whether a subject is still on the lists; what is no client's and no server's always is."""
        match subject.kind:
            case SubjectKind.CLIENT:
                return subject.name in self.clients
            case SubjectKind.REDIRECT:
                return subject.name in self.redirects
            case SubjectKind.ACCESS:
                return self.access_of(subject) is not None
            case _:
                return True

    def access_of(self, subject: Subject) -> Access | None:
        """Return the access that a subject is; None when it is none, or no longer this client's."""
        access = self.accesses.get(subject.access or 0)
        return access if access is not None and access.client == subject.client else None

    def address_of(self, name: str) -> str | None:
        """Return the direct URL of a client's installation, listed or learnt."""
        client = self.clients.get(name)
        return None if client is None else client.address or self.learned.get(name)


def build(
    clients: Iterable[Client],
    redirects: Iterable[Redirect],
    learned: Mapping[str, str] | None = None,
    logins: Iterable[str] = (),
    accesses: Mapping[int, Access] | None = None,
) -> Estate:
    """Index the lists."""
    known = {client.name: client for client in clients}
    servers = {redirect.name: redirect for redirect in redirects}
    learnt = dict(learned or {})
    behind: defaultdict[str, list[str]] = defaultdict(list)
    hosts: defaultdict[str, list[str]] = defaultdict(list)
    licmans: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(known):
        client = known[name]
        if client.redirect in servers and client.domain:
            behind[client.redirect].append(name)
        host = host_of(client.address or learnt.get(name))
        if host:
            hosts[host].append(name)
        if client.licman:
            licmans[client.licman].append(name)
    online = {number: access for number, access in (accesses or {}).items() if access.client in known}
    own: defaultdict[str, list[int]] = defaultdict(list)
    vendors: defaultdict[str, list[Subject]] = defaultdict(list)
    for number in sorted(online):
        own[online[number].client].append(number)
        if vendor := host_of(online[number].host):
            vendors[vendor].append(access_subject(online[number].client, number))
    return Estate(
        clients=known,
        redirects=servers,
        learned=learnt,
        behind={key: tuple(names) for key, names in behind.items()},
        at_address={key: tuple(names) for key, names in hosts.items()},
        at_licman={key: tuple(names) for key, names in licmans.items()},
        logins=frozenset(logins),
        accesses=online,
        accesses_of={key: tuple(numbers) for key, numbers in own.items()},
        at_vendor={key: tuple(subjects) for key, subjects in vendors.items()},
    )


def host_of(url: str | None) -> str | None:
    """Return the host of a URL or ``host[:port]``, None when there is none to find."""
    if not url:
        return None
    try:
        return urlsplit(url if "://" in url else f"//{url}").hostname
    except ValueError:
        return None


def web(address: str) -> str:
    """Return ``address`` as a URL: hosts in lists come without a scheme."""
    return address if "://" in address else f"http://{address}"


def targets(estate: Estate) -> Iterator[Target]:
    """Yield every look the estate deserves."""
    for redirect in estate.redirects.values():
        yield from redirect_targets(estate, redirect)
    for client in estate.clients.values():
        yield from client_targets(estate, client)
    for number, access in estate.accesses.items():
        yield access_target(number, access)


def redirect_targets(estate: Estate, redirect: Redirect) -> Iterator[Target]:
    """Yield the look at a redirect server: itself, and some of its domains through it."""
    names = estate.behind.get(redirect.name, ())
    address = redirect.address
    if not address:
        return
    sampled = names[:: max(1, len(names) // SAMPLE)][:SAMPLE]
    sample = tuple((web(estate.clients[name].domain or ""), _expected(estate, name)) for name in sampled)
    subject = Subject(SubjectKind.REDIRECT, redirect.name)
    yield Target(kind=LookKind.REDIRECT, subject=subject, url=web(address), through=address, sample=sample)


def client_targets(estate: Estate, client: Client) -> Iterator[Target]:
    """Yield the looks at a client: by its domain, by its direct address, at its licence manager."""
    if client.kind in UNWATCHED:
        return
    subject = Subject(SubjectKind.CLIENT, client.name)
    address = estate.address_of(client.name)
    if client.domain:
        server = estate.redirects.get(client.redirect or "")
        through = (server.address or server.name) if server else None
        yield Target(
            kind=LookKind.DOMAIN,
            subject=subject,
            url=web(client.domain),
            expect=_expected(estate, client.name) if through else None,
            through=through,
            speaks_for_page=address is None,
        )
    if address:
        yield Target(kind=LookKind.INSTALLATION, subject=subject, url=web(address))
    if client.licman:
        yield Target(kind=LookKind.LICMAN, subject=subject, url=client.licman)
    door = login_door(client)
    if door and client.name in estate.logins:
        yield Target(kind=LookKind.LOGIN, subject=subject, url=web(door))
    if estate.pings and address:
        yield Target(kind=LookKind.PING, subject=subject, url=web(address))
    if estate.pings and client.licman:
        yield Target(kind=LookKind.LICMAN_PING, subject=subject, url=client.licman)


def login_door(client: Client) -> str | None:
    """Return where a password may be sent: to what the list itself names, never to where a redirect leads."""
    return client.address or (client.domain if client.redirect is None else None)


def access_target(number: int, access: Access) -> Target:
    """Return the look at an online access: log in, read the figures, log out."""
    subject = access_subject(access.client, number)
    return Target(kind=LookKind.BILLING, subject=subject, url=f"{access.scheme}://{access.host}", access=access)


def _expected(estate: Estate, name: str) -> str | None:
    address = estate.address_of(name)
    return web(address) if address else None


def target_of(estate: Estate, subject: Subject, kind: LookKind) -> Target | None:
    """Return one look by its key, None when the estate no longer deserves it."""
    found: Iterable[Target] = ()
    if subject.kind is SubjectKind.CLIENT and subject.name in estate.clients:
        found = client_targets(estate, estate.clients[subject.name])
    elif subject.kind is SubjectKind.REDIRECT and subject.name in estate.redirects:
        found = redirect_targets(estate, estate.redirects[subject.name])
    elif (access := estate.access_of(subject)) is not None:
        found = (access_target(subject.access or 0, access),)
    return next((target for target in found if target.kind is kind), None)


def phase(target: Target, interval: timedelta) -> timedelta:
    """Return this look's own place within the interval: stable, and evenly spread over the estate."""
    digest = blake2b(f"{target.subject}/{target.kind}".encode(), digest_size=8).digest()
    return interval * (int.from_bytes(digest) / 2**64)


def next_due(target: Target, interval: timedelta, now: datetime) -> datetime:
    """Return the first moment after ``now`` that is this look's own place in the interval.

    Counted from the epoch, so a restart neither bunches looks together nor shifts them.
    """
    since_epoch = timedelta(seconds=now.timestamp())
    place = phase(target, interval)
    rounds = (since_epoch - place) // interval + 1
    return now + (rounds * interval + place - since_epoch)


def shared_with(estate: Estate, subject: Subject) -> tuple[Subject, ...]:
    """Return the shared things and some siblings to look at when ``subject`` first fails."""
    client = estate.clients.get(subject.name) if subject.kind is SubjectKind.CLIENT else None
    if client is None:
        return ()
    server = estate.redirects.get(client.redirect or "")
    suspects = [Subject(SubjectKind.REDIRECT, server.name)] if server else []
    siblings = [
        *_others(estate.at_address.get(host_of(estate.address_of(client.name)) or "", ()), client.name),
        *_others(estate.at_licman.get(client.licman or "", ()), client.name),
        *_others(estate.behind.get(client.redirect or "", ()), client.name),
    ]
    return (*suspects, *(Subject(SubjectKind.CLIENT, name) for name in dict.fromkeys(siblings)))


def _others(names: tuple[str, ...], name: str) -> list[str]:
    return [other for other in names if other != name][:SAMPLE]
