"""One ICMP echo; where the system does not permit that, nothing is known, and it says so."""

from __future__ import annotations

from urllib.parse import urlsplit

from icmplib import ICMPLibError, SocketPermissionError, async_ping

from checks.model import Facts, Fault, Hop, Phases
from checks.probes.failure import LookFailed
from checks.probes.findings import Look
from checks.probes.urls import endpoint

ANY_PORT = 1


async def look(now: Look) -> Facts:
    """Send one echo to the host of the target, by an unprivileged socket or, where the bot may, by a raw one."""
    url = now.target.url
    host = (urlsplit(url).hostname or "") if "://" in url else endpoint(url, port=ANY_PORT)[0]
    address = (await now.engine.addresses(host, now.deadline))[0]
    seconds = await _echo(address, now.deadline.left)
    if seconds is None:
        hop = Hop(url=host, address=address, fault=Fault.NO_ECHO)
        return now.facts(fault=Fault.NO_ECHO, hops=(hop,))
    return now.facts(hops=(Hop(url=host, address=address, phases=Phases(total=seconds)),))


async def _echo(address: str, left: float) -> float | None:
    for privileged in (False, True):
        try:
            heard = await async_ping(address, count=1, timeout=left, privileged=privileged)
        except SocketPermissionError:
            continue
        except (ICMPLibError, OSError) as error:
            raise LookFailed(Fault.OURSELVES, f"ping: {error}") from None
        return heard.avg_rtt / 1000 if heard.is_alive else None
    raise LookFailed(Fault.OURSELVES, "ping не разрешён системой")
