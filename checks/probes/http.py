"""One request to one place, and the chain of redirects that we follow ourselves, hop by hop."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

import pycurl

from checks.model import Fault, Hop, Phases
from checks.probes.certificates import read
from checks.probes.engine import Deadline, Engine, dialled
from checks.probes.exchange import REDIRECTS, Answer
from checks.probes.failure import LookFailed, clip, seconds
from checks.probes.faults import SEVERAL_PLACES, fault_of
from checks.probes.urls import Place, follow

UNCONNECTED: Final = frozenset((pycurl.E_COULDNT_CONNECT, pycurl.E_OPERATION_TIMEDOUT))
LEFT_FOR_A_HOP: Final = 0.1
"""With less of its time left a look goes no further: a slow entrance is not to be told as a dead installation."""
MOST_ADDRESSES: Final = 4
"""Addresses of one name that are tried in turn until one lets itself be connected to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One hop with the place it went to and the answer that the facts are read from."""

    place: Place
    hop: Hop
    answer: Answer | None = None

    @property
    def redirects(self) -> bool:
        return self.hop.fault is None and self.hop.status in REDIRECTS


@dataclass(slots=True, kw_only=True)
class Trail:
    """The steps so far, and why they went no further; None = the last one got a proper answer."""

    steps: list[Step] = field(default_factory=list)
    fault: Fault | None = None
    detail: str = ""

    @property
    def hops(self) -> tuple[Hop, ...]:
        return tuple(step.hop for step in self.steps)

    def fail(self, fault: Fault, detail: str) -> None:
        """End the look at the last step, for a reason that lies in what it said."""
        self.fault, self.detail = fault, detail
        self.steps[-1] = replace(self.steps[-1], hop=replace(self.steps[-1].hop, fault=fault, detail=detail))


async def request(place: Place, *, engine: Engine, at: datetime, deadline: Deadline, dial: str | None = None) -> Step:
    """Ask one place once. ``dial`` (``ip:port``) is dialled whatever the name says; the caller has judged it."""
    began = time.monotonic()
    try:
        addresses = (dial,) if dial else await doors(place, engine, deadline)
    except LookFailed as failed:
        spent = time.monotonic() - began
        phases = Phases(dns=spent, total=spent)
        return Step(place=place, hop=Hop(url=clip_url(place), phases=phases, fault=failed.fault, detail=failed.detail))
    looked_up = time.monotonic() - began
    for number, door in enumerate(addresses):
        share = deadline.left / (len(addresses) - number)
        answer = await engine.wire.get(place.url, dial=door, seconds=share, limits=engine.limits)
        if answer.connect or answer.code not in UNCONNECTED:
            break
    return Step(place=place, hop=hop_of(place, door, answer, looked_up, at), answer=answer)


async def doors(place: Place, engine: Engine, deadline: Deadline) -> tuple[str, ...]:
    """Return what to dial for a place, ``ip:port`` each; raises LookFailed when there is nothing to dial."""
    addresses = await engine.addresses(place.host, deadline)
    return tuple(dialled(address, place.port) for address in addresses[:MOST_ADDRESSES])


def hop_of(place: Place, dial: str, answer: Answer, looked_up: float, at: datetime) -> Hop:
    certificate = read(answer.chain[0]) if answer.chain else None
    fault, detail = fault_of(answer, certificate, at, secure=place.scheme == "https") or (None, "")
    location = answer.header("location")
    server = answer.header("server")
    return Hop(
        url=clip_url(place),
        address=dial,
        status=answer.status or None,
        location=None if location is None else clip(location.decode("utf-8", "replace"), 1000),
        server=None if server is None else clip(server.decode("utf-8", "replace"), 100),
        phases=_phases(answer, looked_up),
        certificate=certificate,
        fault=fault,
        detail=clip(detail),
    )


def clip_url(place: Place) -> str:
    return clip(place.url, 1000)


def _phases(answer: Answer, looked_up: float) -> Phases:
    ready = max(answer.connect, answer.tls)
    return Phases(
        dns=looked_up,
        connect=answer.connect or None,
        tls=answer.tls - answer.connect if answer.tls else None,
        first_byte=max(0.0, answer.first_byte - ready) if answer.begun else None,
        total=looked_up + answer.total,
    )


async def chain(place: Place, *, engine: Engine, at: datetime, deadline: Deadline) -> Trail:
    """Follow redirects from ``place`` until something answers with a page, fails, or leads round in circles."""
    trail = Trail()
    seen = {place}
    while True:
        step = await request(place, engine=engine, at=at, deadline=deadline)
        trail.steps.append(step)
        if not step.redirects:
            trail.fault, trail.detail = step.hop.fault, step.hop.detail
            return trail
        try:
            place = destination(step)
        except LookFailed as failed:
            trail.fail(failed.fault, failed.detail)
            return trail
        if place in seen:
            trail.fail(Fault.REDIRECT_LOOP, f"снова {clip_url(place)}")
            return trail
        if len(trail.steps) > engine.settings.max_redirects:
            trail.fail(Fault.TOO_MANY_REDIRECTS, f"больше {engine.settings.max_redirects} переходов")
            return trail
        if deadline.left < LEFT_FOR_A_HOP * engine.settings.timeout:
            trail.fail(Fault.DRIPPING, f"на переадресацию ушло почти всё время, {seconds(engine.settings.timeout)}")
            return trail
        seen.add(place)


def destination(step: Step) -> Place:
    """Where a redirect leads; raises LookFailed(BAD_LOCATION) if it cannot be told."""
    headers = step.answer.headers if step.answer else ()
    locations = {value for name, value in headers if name == "location"}
    if not locations:
        raise LookFailed(Fault.BAD_LOCATION, "перенаправляет, но не говорит куда")
    if len(locations) > 1:
        raise LookFailed(Fault.BAD_LOCATION, SEVERAL_PLACES)
    return follow(step.place, locations.pop())
