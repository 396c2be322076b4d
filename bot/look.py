"""`smartbot look`: makes looks at once and prints everything they saw, for people or as JSON; stores nothing."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, TextIO

from rich.console import Console
from rich.text import Text

from checks.model import SELF, Certificate, Facts, Hop, LookKind, Phases, Target
from checks.probes import Engine, LookSettings, look
from checks.probes.failure import clip
from templates.filters import plural
from templates.words import KINDS, REASONS, reason

WELL, ILL = 0, 1
TCP = "tcp://"
GOOD_STATUSES = range(200, 300)


def target_of(text: str) -> Target:
    """Return the look at what was typed: ``tcp://host:port`` is a port, anything else a web server."""
    if text.startswith(TCP):
        return Target(kind=LookKind.LICMAN, subject=SELF, url=text.removeprefix(TCP))
    return Target(kind=LookKind.INSTALLATION, subject=SELF, url=text)


async def show(
    targets: Sequence[Target], settings: LookSettings, *, at: datetime, as_json: bool = False, out: TextIO | None = None
) -> int:
    """Look at all targets at the same time and print them in order; 0 = all is well, 1 = something is not."""
    async with Engine.open(settings) as engine:
        found = await asyncio.gather(*(look(target, engine=engine, at=at) for target in targets))
    stream = out or sys.stdout
    if as_json:
        stream.write(json.dumps([plain(facts) for facts in found], ensure_ascii=False, indent=2, default=_plain) + "\n")
    else:
        console = Console(file=stream, highlight=False, markup=False, emoji=False, soft_wrap=True)
        for facts in found:
            for line, style in lines(facts):
                console.print(Text(line, style=style))
    return WELL if all(map(is_well, found)) else ILL


def is_well(facts: Facts) -> bool:
    """Tell that a look brought a proper answer of the server itself: an error page or a stray sample is none."""
    samples = all(one.fault is None and not _is_error(one.status) for one in facts.samples)
    answer = facts.target.kind is LookKind.REDIRECT or (not _is_error(facts.status) and not facts.behind_proxy)
    return facts.fault is None and answer and samples


def _is_error(status: int | None) -> bool:
    return status is not None and status >= 400  # noqa: PLR2004 - the classes of HTTP


def plain(facts: Facts) -> dict[str, Any]:
    """Return everything a look saw as JSON takes it."""
    return {**asdict(facts), "certificate": facts.certificate and asdict(facts.certificate), "well": is_well(facts)}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else sorted(value)


def lines(facts: Facts) -> Iterator[tuple[str, str]]:
    """Yield the lines for people, each with its style."""
    yield f"{clip(facts.target.url)} · {KINDS[facts.target.kind]}", "bold"
    yield _verdict(facts), "green" if is_well(facts) else "red"
    for number, hop in enumerate(facts.hops, 1):
        yield from _hop(number, hop, facts.at)
    if facts.title:
        yield f"Страница: «{facts.title}»", ""
    for mark in sorted(facts.marks):
        yield f"На странице: {REASONS[mark]}" + (f" («{facts.excerpt}»)" if facts.excerpt else ""), "yellow"
    if facts.behind_proxy:
        yield "Отвечает прокси, а не сервер за ним", "yellow"
    if facts.failed_behind:
        yield "Первый сервер ответил, не отвечает тот, на который он ведёт", "yellow"
    for one in facts.samples:
        yield from _sample(one)
    yield "", ""


def _verdict(facts: Facts) -> str:
    spent = f"за {_time(facts.elapsed)}"
    if facts.fault is not None:
        detail = f": {facts.detail}" if facts.detail else ""
        return f"{reason(facts.fault).capitalize()}{detail} ({facts.fault}), {spent}"
    if facts.status is None:
        return f"Соединяется {spent}"
    if facts.status in GOOD_STATUSES:
        return f"Отвечает {spent}, код {facts.status}"
    return f"{reason(f'status_{facts.status}').capitalize()}, {spent}"


def _hop(number: int, hop: Hop, at: datetime) -> Iterator[tuple[str, str]]:
    came = [f"код {hop.status}" if hop.status else "", f"→ {hop.location}" if hop.location else "", hop.server or ""]
    seen = " · ".join(filter(None, (hop.url, hop.address and f"адрес {hop.address}", *came)))
    yield f"{number}. {clip(seen, 400)}", ""
    if times := _times(hop.phases):
        yield f"   {times}", "dim"
    if hop.fault is not None:
        yield f"   {reason(hop.fault)}: {hop.detail}", "red"
    if hop.certificate is not None:
        yield f"   {_certificate(hop.certificate, at)}", "" if hop.certificate.not_after > at else "red"


def _times(phases: Phases) -> str:
    named = {
        "имя": phases.dns,
        "соединение": phases.connect,
        "TLS": phases.tls,
        "первый байт": phases.first_byte,
        "всего": phases.total,
    }
    return " · ".join(f"{name} {_time(seconds)}" for name, seconds in named.items() if seconds is not None)


def _time(seconds: float) -> str:
    if seconds >= 1:
        return f"{seconds:.1f} с".replace(".", ",")
    return f"{seconds * 1000:.0f} мс" if seconds >= 0.0095 else f"{seconds * 1000:.1f} мс".replace(".", ",")  # noqa: PLR2004


def _certificate(certificate: Certificate, at: datetime) -> str:
    left = (certificate.not_after - at).days
    ends = f"ещё {plural(left, 'день')}" if left >= 0 else "просрочен"
    names = ", ".join(certificate.names[:3]) or certificate.subject
    term = f"{certificate.not_before:%d.%m.%Y} – {certificate.not_after:%d.%m.%Y}, {ends}"
    return f"сертификат: {names} · издатель {certificate.issuer} · {term}"


def _sample(one: Facts) -> Iterator[tuple[str, str]]:
    last = one.hops[-1] if one.hops else None
    led = f" → {last.location}" if last and last.location else ""
    name = f"   {clip(one.target.url)}"
    if one.fault is not None:
        yield f"{name}{led}: {reason(one.fault)}, {one.detail}", "red"
    else:
        yield f"{name}{led}: код {one.status}", "red" if _is_error(one.status) else "green"
