"""Which loopback address and port everybody in the estate gets."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address

from demo.estate.listeners import can_bind

ONLY = "127.0.0.1"
SERVERS = IPv4Address("127.0.1.0")
CLIENTS = IPv4Address("127.0.2.0")
CROWD = IPv4Address("127.16.0.0")
NAME_SERVER = 53
WITNESS = 254
PER_NETWORK = 250
DNS_PORT, GATE_PORT, HTTP_PORT, LICMAN_PORT = 5300, 8000, 8080, 8888
SINGLE_HOST_PORTS = 18000


@dataclass(frozen=True, slots=True)
class Place:
    host: str
    port: int
    """0 = whichever is free."""


@dataclass(frozen=True, slots=True)
class Places:
    """``free`` ports suit tests that run side by side, fixed ones suit a demo that is started again and again.

    Where the machine has no other loopback address than 127.0.0.1 (macOS), everybody lives there, each on a port of
    his own.
    """

    free: bool = False
    spread: bool = True

    @classmethod
    def here(cls, *, free: bool) -> Places:
        return cls(free=free, spread=can_bind(str(SERVERS + 1)))

    def name_server(self) -> Place:
        return self._at(SERVERS + NAME_SERVER, DNS_PORT, 0)

    def witness(self) -> Place:
        return self._at(SERVERS + WITNESS, GATE_PORT, 1)

    def gate(self, index: int) -> Place:
        return self._at(SERVERS + 1 + index, GATE_PORT, 10 + index)

    def installation(self, index: int) -> Place:
        return self._at(_client_host(index), HTTP_PORT, 1000 + 2 * index)

    def licman(self, index: int) -> Place:
        return self._at(_client_host(index), LICMAN_PORT, 1001 + 2 * index)

    def crowd(self) -> Place:
        """Return the one socket that takes connections to every address."""
        return Place("0.0.0.0", 0)  # noqa: S104 - no single address would do; strangers are cut by SharedDoor

    def in_crowd(self, index: int) -> str:
        """Return the host of one of the many that share a listening socket."""
        return str(CROWD + index)

    def networks(self) -> tuple[str, ...]:
        """Return what a bot has to allow itself in order to look at the estate."""
        return ("127.0.1.0/24", "127.0.2.0/23", "127.16.0.0/12") if self.spread else (f"{ONLY}/32",)

    def _at(self, host: IPv4Address, port: int, offset: int) -> Place:
        if self.spread:
            return Place(str(host), 0 if self.free else port)
        return Place(ONLY, 0 if self.free else SINGLE_HOST_PORTS + offset)


def _client_host(index: int) -> IPv4Address:
    network, number = divmod(index, PER_NETWORK)
    return CLIENTS + 256 * network + number + 1
