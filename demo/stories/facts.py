"""What a look would have seen: facts made from a story's conditions instead of from sockets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from checks.billing import day_of
from checks.model import Facts, Figures, Hop, LookKind, Phases, Quotas, Subject, SubjectKind, Target
from demo.stories.script import MOSCOW, Condition

KODWEB = "WWW-Kodeks/6.4"
NGINX = "nginx/1.24.0"
BAD_GATEWAY = frozenset({502, 504})
QUICK = Phases(dns=0.004, connect=0.011, first_byte=0.037, total=0.041)

Conditions = Callable[[Subject], Condition]
Page = Callable[[str, datetime], Quotas]
"""What the vendor says of a login at a moment."""


def seen(
    target: Target,
    at: datetime,
    conditions: Conditions,
    *,
    server_of: Callable[[str], str | None],
    figures: Callable[[str, datetime], Quotas] | None = None,
) -> Facts:
    """Return what a look at ``target`` sees; ``server_of`` tells the redirect server of a client."""
    here = conditions(target.subject)
    match target.kind:
        case LookKind.REDIRECT:
            return _at_redirect(target, at, here)
        case LookKind.BILLING if target.access is not None and figures is not None:
            return _billing(target, at, here, figures(target.access.login, at))
        case LookKind.DOMAIN:
            server = server_of(target.subject.name)
            return _through(target, at, conditions(Subject(SubjectKind.REDIRECT, server)) if server else None, here)
        case _:
            return _direct(target, at, here)


def _billing(target: Target, at: datetime, condition: Condition, quotas: Quotas) -> Facts:
    """Return what a login brings: the figures, unless the vendor's server is in trouble itself."""
    seen_here = _facts(target, at, condition, (_hop(target.url, condition),))
    if condition.fault or condition.marks or condition.status != 200:  # noqa: PLR2004 - OK
        return seen_here
    return replace(seen_here, figures=Figures(at=at, quotas=quotas), day=day_of(at, MOSCOW))


def _direct(target: Target, at: datetime, condition: Condition, *, before: tuple[Hop, ...] = ()) -> Facts:
    url = before[-1].location or target.url if before else target.url
    hop = _hop(url, condition)
    return _facts(target, at, condition, (*before, hop))


def _through(target: Target, at: datetime, server: Condition | None, installation: Condition) -> Facts:
    """Return what a domain leads to: the redirect server first, then the installation."""
    if server is None:
        return _direct(target, at, installation)
    if server.fault or server.status != 200:  # noqa: PLR2004 - a server in good health redirects
        return _facts(target, at, server, (_hop(target.url, server, address=target.through),))
    leads_to = f"{(target.expect or target.url).rstrip('/')}/docs"
    first = Hop(
        url=target.url,
        address=_address(target.through or target.url),
        status=302,
        location=leads_to,
        server=NGINX,
        phases=QUICK,
    )
    return _direct(target, at, installation, before=(first,))


def _at_redirect(target: Target, at: datetime, server: Condition) -> Facts:
    whole = _facts(target, at, server, (_hop(target.url, server),))
    if server.fault:
        return whole
    asked = tuple(
        _sample(Target(kind=LookKind.DOMAIN, subject=target.subject, url=url, expect=expect), at, server)
        for url, expect in target.sample
    )
    return Facts(
        target=target, at=at, hops=whole.hops, status=whole.status, server=NGINX, elapsed=whole.elapsed, samples=asked
    )


def _sample(target: Target, at: datetime, server: Condition) -> Facts:
    good = server.status == 200  # noqa: PLR2004 - OK
    status = 302 if good else server.status
    location = f"{(target.expect or target.url).rstrip('/')}/docs" if good else None
    hop = Hop(url=target.url, status=status, location=location, server=NGINX, phases=QUICK)
    return Facts(target=target, at=at, hops=(hop,), status=status, server=NGINX, elapsed=QUICK.total or 0.0)


def _facts(target: Target, at: datetime, condition: Condition, hops: tuple[Hop, ...]) -> Facts:
    if condition.fault:
        return Facts(target=target, at=at, fault=condition.fault, detail=condition.detail, hops=hops, elapsed=0.02)
    return Facts(
        target=target,
        at=at,
        detail=condition.detail,
        hops=hops,
        status=condition.status,
        server=KODWEB,
        title="Техэксперт",
        marks=condition.marks,
        behind_proxy=condition.status in BAD_GATEWAY,
        elapsed=0.041 * len(hops),
    )


def _hop(url: str, condition: Condition, *, address: str | None = None) -> Hop:
    dialled = _address(address or url)
    if condition.fault:
        return Hop(url=url, address=dialled, fault=condition.fault, detail=condition.detail)
    server = NGINX if condition.status in BAD_GATEWAY else KODWEB
    return Hop(url=url, address=dialled, status=condition.status, server=server, phases=QUICK)


def _address(url: str) -> str:
    parts = urlsplit(url if "://" in url else f"//{url}")
    return f"{parts.hostname}:{parts.port or 80}"
