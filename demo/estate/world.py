"""The simulated estate as a whole: tells its state, breaks and mends on request."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from demo.dns import open_dns
from demo.estate.cast import Cast, crowd, shipped_cast
from demo.estate.listeners import Listener
from demo.estate.lists import write_lists
from demo.estate.network import REFERENCE_NAME, Network
from demo.estate.places import Places
from demo.estate.sites import Installation, RedirectServer
from demo.estate.states import OF_CLIENT, OF_REDIRECT, TITLES, WITHOUT_ADDRESS, EstateError, State, read_state


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a bot has to be told in order to watch the estate."""

    dns_servers: tuple[str, ...]
    allow_networks: tuple[str, ...]
    reference_hosts: tuple[str, ...]
    reference_names: tuple[str, ...]
    lists: tuple[Path, ...]
    """Files to import, in this order."""


class Estate:
    """Everybody who can be looked at; made by ``open_estate`` and ``build_estate``."""

    def __init__(self, cast: Cast, places: Places, *, own: int) -> None:
        self._turn = asyncio.Lock()
        self.installations = {resident.name: Installation(resident) for resident in cast.residents}
        public = [one for one in self.installations.values() if one.resident.public]
        by_host = {one.resident.host: one for one in public}
        self.redirects = {gate.name: RedirectServer(gate, by_host) for gate in cast.gates}
        self.network = Network(places, redirects=tuple(self.redirects.values()), public=public, own=own)
        self.settings = Settings(
            dns_servers=(), allow_networks=(), reference_hosts=(), reference_names=(REFERENCE_NAME,), lists=()
        )

    def state(self) -> dict[str, Any]:
        """Tell who is in what state, and what states there are."""
        return {
            "redirects": [
                {"name": name, "title": one.gate.title, "state": one.state} for name, one in self.redirects.items()
            ],
            "clients": [
                {"name": name, "title": one.resident.title, "redirect": one.resident.redirect, "state": one.state}
                for name, one in self.installations.items()
            ],
            "states": {
                "redirect": [{"state": state, "title": TITLES[state]} for state in OF_REDIRECT],
                "client": [{"state": state, "title": TITLES[state]} for state in OF_CLIENT],
            },
        }

    async def change(self, wish: Mapping[str, Any]) -> None:
        """Obey ``{redirect|client: name, state}``; ``EstateError`` (a ``ValueError``) says why that cannot be."""
        named = [kind for kind in ("redirect", "client") if wish.get(kind)]
        if len(named) != 1:
            raise EstateError("name either a redirect or a client")
        if strange := set(wish) - {"redirect", "client", "state"}:
            raise EstateError(f"unknown: {', '.join(sorted(map(str, strange)))[:80]}")
        name = str(wish[named[0]])
        if named[0] == "redirect":
            await self.put_redirect(name, read_state(wish.get("state"), of="redirect server", known=OF_REDIRECT))
        else:
            await self.put_client(name, read_state(wish.get("state"), of="client", known=OF_CLIENT))

    async def put_redirect(self, name: str, state: State) -> None:
        """Break or mend a redirect server."""
        server = self.redirects.get(name)
        if server is None:
            raise EstateError(f"no such redirect server: {name[:40]!r}")
        async with self._turn:
            server.put(state)
            await _listen(self.network.gates[name], to_anybody=state is not State.REFUSE)

    async def put_client(self, name: str, state: State) -> None:
        """Break or mend a client."""
        installation = self.installations.get(name)
        if installation is None:
            raise EstateError(f"no such client: {name[:40]!r}")
        self._require_possible(installation, state)
        async with self._turn:
            installation.put(state)
            if door := self.network.doors.get(name):
                await _listen(door, to_anybody=state is not State.REFUSE)
            if licman := self.network.licmans.get(name):
                await _listen(licman, to_anybody=state is not State.LICMAN_REFUSE)

    def _require_possible(self, installation: Installation, state: State) -> None:
        name, resident = installation.resident.name, installation.resident
        if not resident.public and state not in WITHOUT_ADDRESS:
            raise EstateError(f"{name} has no public address and can only be: {', '.join(WITHOUT_ADDRESS)}")
        if state is State.REFUSE and name not in self.network.doors:
            raise EstateError(f"{name} shares its listening socket with others and cannot refuse alone")
        if state is State.LICMAN_REFUSE and name not in self.network.licmans:
            raise EstateError(f"{name} has no licence manager")


async def _listen(listener: Listener, *, to_anybody: bool) -> None:
    await (listener.open() if to_anybody else listener.close())


@asynccontextmanager
async def open_estate(
    *,
    now: Callable[[], datetime],
    folder: Path | None = None,
    free_ports: bool = False,
    cast: Cast | None = None,
    own: int | None = None,
) -> AsyncIterator[Estate]:
    """Serve the estate on loopback while the context lasts, all in order; ``settings`` say how to watch it.

    ``now`` tells aware UTC time. Its lists are written into ``folder`` (a temporary one without it). Ports are fixed,
    or whichever are free. ``EstateError`` when an address is taken. ``own``: see ``build_estate``.
    """
    cast = cast or shipped_cast()
    places = Places.here(free=free_ports)
    if own is not None and not places.spread:
        raise EstateError("a crowd needs all of 127.0.0.0/8, which this machine does not give")
    estate = Estate(cast, places, own=len(cast.residents) if own is None else own)
    server = places.name_server()
    with TemporaryDirectory(prefix="estate-") as temporary:
        async with estate.network.opened(), open_dns(estate.network.find, host=server.host, port=server.port) as names:
            home = folder or Path(temporary)
            home.mkdir(parents=True, exist_ok=True)
            lists = write_lists(
                home,
                redirects=estate.redirects.values(),
                installations=estate.installations.values(),
                today=now().date(),
            )
            witness = estate.network.witness
            estate.settings = Settings(
                dns_servers=(f"{names[0]}:{names[1]}",),
                allow_networks=places.networks(),
                reference_hosts=(f"{witness.host}:{witness.port}",),
                reference_names=(REFERENCE_NAME,),
                lists=lists,
            )
            yield estate


@asynccontextmanager
async def build_estate(
    *, now: Callable[[], datetime], clients: int, redirects: int, own: int = 40, folder: Path | None = None
) -> AsyncIterator[Estate]:
    """Serve an estate of any size on free ports.

    Every client has an address of its own, yet only the first ``own`` clients have a listening socket of their own
    (and can ``refuse``); the others share one that takes every address of loopback.
    """
    cast = crowd(clients=clients, redirects=redirects)
    async with open_estate(now=now, folder=folder, free_ports=True, cast=cast, own=own) as estate:
        yield estate
