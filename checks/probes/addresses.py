"""Judge an address after resolution: nobody may make us knock at our own door or at the cloud's keys."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

from checks.probes.settings import Network

METADATA: Final = frozenset(
    ip_address(text)
    for text in ("169.254.169.254", "169.254.170.2", "168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254")
)
"""Where clouds hand out credentials to whoever asks from inside; a wide permitted network never covers them."""

NAT64: Final = ip_network("64:ff9b::/96")
IPV4_COMPATIBLE: Final = ip_network("::/96")

Address = IPv4Address | IPv6Address


def refusal(text: str, allowed: tuple[Network, ...]) -> str | None:
    """Why the address must not be dialled, in words; None = it may."""
    address = ip_address(text)
    return next((reason for one in (address, *embedded(address)) if (reason := _refusal(one, allowed))), None)


def embedded(address: Address) -> Iterator[IPv4Address]:
    """IPv4 addresses that an IPv6 one carries inside: each is judged as well."""
    if not isinstance(address, IPv6Address):
        return
    if address.ipv4_mapped:
        yield address.ipv4_mapped
    if address.sixtofour:
        yield address.sixtofour
    if address.teredo:
        yield address.teredo[1]
    if address in NAT64 or (address in IPV4_COMPATIBLE and int(address) > 1):
        yield IPv4Address(int(address) & 0xFFFFFFFF)


def _refusal(address: Address, allowed: tuple[Network, ...]) -> str | None:
    permitted = [network for network in allowed if network.version == address.version and address in network]
    if address in METADATA:
        alone = any(network.prefixlen == network.max_prefixlen for network in permitted)
        return None if alone else "адрес служебных данных облака"
    if permitted or _is_wrapper(address):
        return None
    if address.is_unspecified:
        return "пустой адрес"
    if address.is_loopback:
        return "адрес самой машины"
    if address.is_link_local or (isinstance(address, IPv6Address) and address.is_site_local):
        return "адрес только этого участка сети"
    if address.is_multicast:
        return "групповой адрес"
    return None if address.is_global else "внутренний адрес, не разрешён настройкой allow_networks"


def _is_wrapper(address: Address) -> bool:
    """Tell an address that is nothing but the IPv4 address inside it."""
    return isinstance(address, IPv6Address) and (address.ipv4_mapped is not None or address in NAT64)
