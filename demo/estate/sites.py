"""What stands behind the doors: installations, redirect servers, and the witness that is always well."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from demo.estate import pages
from demo.estate.cast import Gate, Resident
from demo.estate.door import GARBAGE, NOT_HTTP, Manner, Reply, Request
from demo.estate.states import State

SLOW_AFTER = 3.0

MISBEHAVIOUR: Mapping[State, Reply] = {
    State.HANG: Reply(manner=Manner.SILENT),
    State.DRIP: Reply(manner=Manner.DRIPPING),
    State.RESET: Reply(manner=Manner.RESET),
    State.GARBAGE: Reply(GARBAGE),
    State.PROXY_502: Reply(pages.nginx_page(502)),
}
BAD_REQUEST = Reply(pages.nginx_page(400))


@dataclass(slots=True)
class Installation:
    """Kodweb of one client at its direct address."""

    resident: Resident
    url: str = ""
    """Direct URL without a path."""
    licman: str = ""
    """Licence manager, ``host:port``; empty = none."""
    state: State = State.OK
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set at every change of state, for whoever reports it."""
    _ready: dict[str, Reply] = field(default_factory=dict)

    def put(self, state: State) -> None:
        self.state = state
        self._ready.clear()
        self.changed.set()

    def answer(self, request: Request) -> Reply:
        if request is NOT_HTTP:
            return BAD_REQUEST
        if self.state in MISBEHAVIOUR:
            return MISBEHAVIOUR[self.state]
        path = request.path.partition("?")[0]
        reply = self._ready.get(path)
        if reply is None:
            reply = Reply(self._page(path), delay=SLOW_AFTER if self.state is State.SLOW else 0.0)
            if path in KNOWN:
                self._ready[path] = reply
        return reply

    def _page(self, path: str) -> bytes:
        resident = self.resident
        if self.state is State.MAINTENANCE_503:
            return pages.maintenance_page(resident)
        if self.state is State.ERROR_500:
            return pages.broken_page(resident)
        if path in {"/docs", "/docs/"}:
            return pages.main_page(resident, self.state)
        if path in {"/", ""}:
            return pages.response(302, server=pages.KODWEB, headers={"Location": "/docs"})
        if path in {"/admin", "/admin/"}:
            return pages.admin_page(resident)
        if path == "/sysinfo/metrics":
            return pages.metrics_page(resident, self.state)
        if path == "/sysmon/metrics" and resident.version == "6.4.5.127":
            return pages.password_wanted()
        if path == "/users/login.asp":
            return pages.login_answer(resident, self.state)
        if path == "/users/logout.asp":
            return pages.logout_answer()
        return pages.missing_page(resident)


KNOWN = frozenset({"", "/", "/docs", "/docs/", "/admin", "/admin/", "/sysinfo/metrics", "/sysmon/metrics"})


@dataclass(slots=True)
class RedirectServer:
    """Answers every domain behind it with the way to the installation."""

    gate: Gate
    behind: Mapping[str, Installation]
    """Installations by host."""
    parking: str = ""
    """Where domains lead that lead to the wrong place."""
    url: str = ""
    """URL of the server itself without a path."""
    state: State = State.OK

    def put(self, state: State) -> None:
        self.state = state

    def answer(self, request: Request) -> Reply:
        if request is NOT_HTTP:
            return BAD_REQUEST
        if self.state in MISBEHAVIOUR:
            return MISBEHAVIOUR[self.state]
        if self.state in {State.ERROR_500, State.MAINTENANCE_503}:
            return Reply(pages.nginx_page(int(self.state)))
        return Reply(self._way(request), delay=SLOW_AFTER if self.state is State.SLOW else 0.0)

    def _way(self, request: Request) -> bytes:
        installation = self.behind.get(request.host)
        if installation is None:
            return pages.cloud_page(f"Техэксперт.Облако, {self.gate.name}")
        states = (self.state, installation.state)
        if State.LOOP in states:
            return pages.moved(f"http://{request.authority}{request.path}")
        if State.WRONG_TARGET in states:
            return pages.moved(f"{self.parking}/parking")
        return pages.moved(installation.url + (request.path if request.path not in {"", "/"} else "/docs"))


def witness(request: Request) -> Reply:
    """Answer as a site that is always well: the reference host, and the parking page of lost domains."""
    return BAD_REQUEST if request is NOT_HTTP else WITNESS


WITNESS = Reply(pages.cloud_page("Домен не обслуживается"))
