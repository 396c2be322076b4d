"""The simulated estate as a whole: tells its state, breaks and mends on request."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from demo.estate.listeners import Listener
from demo.estate.network import Network
from demo.estate.settings import Settings
from demo.estate.sites import Installation
from demo.estate.states import OF_CLIENT, OF_REDIRECT, TITLES, WITHOUT_ADDRESS, EstateError, State, read_state


class Estate:
    """Everybody who can be looked at; made by ``open_estate`` and ``build_estate``."""

    def __init__(self, network: Network, settings: Settings) -> None:
        self.network = network
        self.settings = settings
        self.installations = network.installations
        self.redirects = network.redirects
        self._turn = asyncio.Lock()
        self._lost = False
        """Nobody can be reached: what the bot sees when its own connection is gone."""

    def state(self) -> dict[str, Any]:
        """Tell who is in what state, and what states there are."""
        return {
            "network": "lost" if self._lost else "ok",
            "redirects": [{"name": name, "title": name, "state": one.state} for name, one in self.redirects.items()],
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
        """Obey ``{redirect|client: name, state}`` or ``{network: "lost"|"ok"}``.

        ``EstateError`` (a ``ValueError``) says why that cannot be.
        """
        if set(wish) == {"network"}:
            await self.put_network(str(wish["network"]))
            return
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
            await self._listen(self.network.gates[name], to_anybody=state is not State.REFUSE)

    async def put_client(self, name: str, state: State) -> None:
        """Break or mend a client."""
        installation = self.installations.get(name)
        if installation is None:
            raise EstateError(f"no such client: {name[:40]!r}")
        self._require_possible(installation, state)
        async with self._turn:
            installation.put(state)
            if door := self.network.doors.get(name):
                await self._listen(door, to_anybody=state is not State.REFUSE)
            if licman := self.network.licmans.get(name):
                await self._listen(licman, to_anybody=state is not State.LICMAN_REFUSE)

    async def put_network(self, state: str) -> None:
        """Cut the bot off from everybody, or let it see again; reports still reach it."""
        if state not in {"ok", "lost"}:
            raise EstateError(f"unknown state {state[:40]!r} of the network; known: ok, lost")
        async with self._turn:
            self._lost = state == "lost"
            for name, gate in self.network.gates.items():
                await self._listen(gate, to_anybody=self.redirects[name].state is not State.REFUSE)
            for name, door in self.network.doors.items():
                await self._listen(door, to_anybody=self.installations[name].state is not State.REFUSE)
            for name, licman in self.network.licmans.items():
                await self._listen(licman, to_anybody=self.installations[name].state is not State.LICMAN_REFUSE)
            await self._listen(self.network.witness, to_anybody=True)

    async def _listen(self, listener: Listener, *, to_anybody: bool) -> None:
        await (listener.open() if to_anybody and not self._lost else listener.close())

    def _require_possible(self, installation: Installation, state: State) -> None:
        name, resident = installation.resident.name, installation.resident
        if not resident.public and state not in WITHOUT_ADDRESS:
            raise EstateError(f"{name} has no public address and can only be: {', '.join(WITHOUT_ADDRESS)}")
        if state is State.REFUSE and name not in self.network.doors:
            raise EstateError(f"{name} shares its listening socket with others and cannot refuse alone")
        if state is State.TLS_EXPIRED and not resident.tls:
            raise EstateError(f"{name} has no certificate")
        if state is State.LICMAN_REFUSE and name not in self.network.licmans:
            raise EstateError(f"{name} has no licence manager")
