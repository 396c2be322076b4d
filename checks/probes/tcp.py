"""Connect to a port and hang up: all that is asked of a service that speaks no HTTP."""

from __future__ import annotations

import asyncio
import socket
import time
from ipaddress import ip_address

from checks.model import Fault, Hop, Phases
from checks.probes.engine import Deadline, Engine, dialled
from checks.probes.failure import LookFailed, seconds
from checks.probes.faults import of_errno

MOST_ADDRESSES = 4


async def knock(host: str, port: int, *, engine: Engine, deadline: Deadline) -> Hop:
    """Try the addresses of ``host`` until one accepts; the hop says which, how fast, or why none did."""
    began = time.monotonic()
    url = dialled(host, port)
    try:
        addresses = (await engine.addresses(host, deadline))[:MOST_ADDRESSES]
    except LookFailed as failed:
        spent = time.monotonic() - began
        return Hop(url=url, phases=Phases(dns=spent, total=spent), fault=failed.fault, detail=failed.detail)
    looked_up = time.monotonic() - began
    for number, address in enumerate(addresses):
        started = time.monotonic()
        failure = await _connect(address, port, deadline.left / (len(addresses) - number))
        if failure is None:
            break
    now = time.monotonic()
    phases = Phases(dns=looked_up, connect=None if failure else now - started, total=now - began)
    fault, detail = failure or (None, "")
    return Hop(url=url, address=dialled(address, port), phases=phases, fault=fault, detail=detail)


async def _connect(address: str, port: int, span: float) -> tuple[Fault, str] | None:
    family = socket.AF_INET if ip_address(address).version == 4 else socket.AF_INET6  # noqa: PLR2004 - IP's versions
    try:
        with socket.socket(family, socket.SOCK_STREAM) as line:
            line.setblocking(False)
            async with asyncio.timeout(span):
                await asyncio.get_running_loop().sock_connect(line, (address, port))
    except TimeoutError as error:
        if error.errno is None:
            return Fault.CONNECT_TIMEOUT, f"соединение не установлено за {seconds(span)}"
        return Fault.CONNECT_TIMEOUT, "соединение не установлено"
    except OSError as error:
        return of_errno(error.errno or 0, error.strerror or "")
    return None
