"""The estate's sockets and names: who listens where, and what the name server says about it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from ipaddress import ip_address

from demo import dns
from demo.estate.authority import Authority
from demo.estate.cast import ZONE, Cast
from demo.estate.door import Answer, Door
from demo.estate.listeners import Factory, Listener
from demo.estate.places import Place, Places
from demo.estate.sites import Installation, RedirectServer, witness
from demo.estate.states import EstateError, State

REFERENCE_NAME = f"reference.{ZONE}"
NAME_TROUBLES: Mapping[State, dns.Trouble] = {
    State.DNS_NXDOMAIN: dns.Trouble.NOT_FOUND,
    State.DNS_SERVFAIL: dns.Trouble.SERVER_FAILS,
    State.DNS_TIMEOUT: dns.Trouble.SILENT,
}


class Network:
    """Everybody and their doors.

    ``own`` installations listen on sockets of their own; the rest, if any, share one that takes every address.
    """

    def __init__(self, cast: Cast, places: Places, *, own: int, authority: Authority | None = None) -> None:
        self.places = places
        self.authority = authority
        self.name_server = ("", 0)
        self.installations = {resident.name: Installation(resident) for resident in cast.residents}
        public = [one for one in self.installations.values() if one.resident.public]
        self._hosts = {one.resident.host: one for one in public}
        self.redirects = {gate.name: RedirectServer(gate, self._hosts) for gate in cast.gates}
        self.witness = _listener(places.witness(), _answering(witness))
        self.gates = {
            name: _listener(places.gate(index), _answering(server.answer))
            for index, (name, server) in enumerate(self.redirects.items())
        }
        self.doors = {
            one.resident.name: _door(places.installation(index), one, authority)
            for index, one in enumerate(public[:own])
        }
        self.licmans = {
            one.resident.name: _listener(places.licman(index), _licman)
            for index, one in enumerate(public[:own])
            if one.resident.licman
        }
        self.shared = _listener(places.crowd(), self._shared_door)
        self._in_crowd = {places.in_crowd(index): one for index, one in enumerate(public[own:])}

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Listen while the context lasts; ``EstateError`` when an address is taken."""
        async with AsyncExitStack() as stack:
            for listener in self._listeners():
                stack.push_async_callback(listener.leave)
                await listener.open()
            self._learn_addresses()
            self.name_server = await stack.enter_async_context(_name_server(self.find, self.places.name_server()))
            yield

    def _listeners(self) -> Iterator[Listener]:
        yield self.witness
        yield from self.gates.values()
        yield from self.doors.values()
        yield from self.licmans.values()
        if self._in_crowd:
            yield self.shared

    def _learn_addresses(self) -> None:
        """Tell everybody where they ended up: ports may have been free ones."""
        for name, server in self.redirects.items():
            server.url, server.parking = _url(self.gates[name]), _url(self.witness)
        for installation in self._hosts.values():
            name = installation.resident.name
            if name in self.doors:
                installation.url = _url(self.doors[name])
            if name in self.licmans:
                installation.licman = f"{self.licmans[name].host}:{self.licmans[name].port}"
        for host, installation in self._in_crowd.items():
            installation.url = f"http://{host}:{self.shared.port}"

    def _shared_door(self, inside: set[Door]) -> asyncio.Protocol:
        return SharedDoor(self._in_crowd, inside)

    def find(self, name: str) -> dns.Finding:
        """Answer for the name server."""
        if name == REFERENCE_NAME:
            return (ip_address(self.witness.host),)
        installation = self._hosts.get(name)
        gate = installation.resident.redirect if installation else name.removesuffix(f".{ZONE}")
        if gate not in self.gates:
            return dns.Trouble.NOT_FOUND
        own = NAME_TROUBLES.get(installation.state) if installation else None
        trouble = own or NAME_TROUBLES.get(self.redirects[gate].state)
        return trouble or (ip_address(self.gates[gate].host),)


class SharedDoor(Door):
    """A connection to one of the many installations that share a socket: told apart by the address that was dialled."""

    def __init__(self, by_host: Mapping[str, Installation], inside: set[Door]) -> None:
        super().__init__(witness, inside)
        self._by_host = by_host

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        installation = self._by_host.get(transport.get_extra_info("sockname")[0])
        if installation is None:
            self.cut()
        else:
            self._answer: Answer = installation.answer


class LicenceManager(Door):
    """A connection to Licman: it takes whatever comes and says nothing."""

    def data_received(self, data: bytes) -> None:
        pass


def _licman(inside: set[Door]) -> asyncio.Protocol:
    return LicenceManager(witness, inside)


def _answering(answer: Answer) -> Factory:
    return lambda inside: Door(answer, inside)


def _listener(place: Place, factory: Factory) -> Listener:
    return Listener(factory, place.host, place.port)


@asynccontextmanager
async def _name_server(names: dns.Names, place: Place) -> AsyncIterator[tuple[str, int]]:
    async with AsyncExitStack() as stack:
        try:
            address = await stack.enter_async_context(dns.open_dns(names, host=place.host, port=place.port))
        except OSError as error:
            raise EstateError(f"{place.host}:{place.port} is taken (by another demo?)") from error
        yield address


def _door(place: Place, installation: Installation, authority: Authority | None) -> Listener:
    listener = _listener(place, _answering(installation.answer))
    if installation.resident.tls and authority:
        listener.context = authority.context(place.host, expired=lambda: installation.state is State.TLS_EXPIRED)
    return listener


def _url(listener: Listener) -> str:
    return f"{'https' if listener.context else 'http'}://{listener.host}:{listener.port}"
