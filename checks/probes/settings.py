"""What every look obeys: time, bytes, name servers, permitted networks, the texts a page is searched for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from types import MappingProxyType
from typing import Final

from checks.model import Mark
from checks.readers.figures import Layout

Network = IPv4Network | IPv6Network

PRIVATE_NETWORKS: Final[tuple[Network, ...]] = tuple(
    ip_network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)
"""Installations in private networks are normal; as shipped these are permitted and nothing else that is not public."""

DEFAULT_TEXTS: Final[Mapping[Mark, tuple[str, ...]]] = MappingProxyType(
    {
        Mark.NO_SEATS: ("toomanyusers", "максимальное число подключений"),
        Mark.BAD_LOGIN: ("ошибка авторизации",),
    }
)
"""Known for certain; how a service message, a lost key or an emergency reads is for the operator to tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookSettings:
    """Seconds and bytes; ``dns_servers`` as ``ip`` or ``ip:port``, empty = the machine's own, with /etc/hosts."""

    timeout: float = 10.0
    """Seconds that a whole look may take, whatever happens."""
    user_agent: str = "smartbot"
    dns_servers: tuple[str, ...] = ()
    allow_networks: tuple[Network, ...] = PRIVATE_NETWORKS
    texts: Mapping[Mark, tuple[str, ...]] = field(default_factory=lambda: DEFAULT_TEXTS)
    max_body: int = 1 << 20
    """Bytes of a page after decompression."""
    max_header: int = 64 << 10
    max_redirects: int = 8
    login_path: str = "/users/login.asp"
    login_catalogue: str = "/docs"
    """What the form of the check login asks to be led to."""
    logout_path: str = "/users/logout.asp"
    """Where the check login leaves again; empty = nowhere."""
    billing: tuple[Layout, ...] = (Layout(),)
    """How the servers of online accesses are logged in to and read."""
    ca_file: str | None = None
    """PEM of issuers trusted beside those of the system, e.g. the distributor's own."""
