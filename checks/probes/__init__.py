"""Looks at the world: each probe returns facts and knows nothing of alerts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Final

from checks.model import Credentials, Facts, Fault, LookKind, Target
from checks.probes import billing, domain, installation, licman, login, ping, redirect, reference
from checks.probes.engine import Engine
from checks.probes.failure import LookFailed
from checks.probes.findings import Look
from checks.probes.settings import DEFAULT_TEXTS, PRIVATE_NETWORKS, LookSettings

__all__ = ["DEFAULT_TEXTS", "PRIVATE_NETWORKS", "Engine", "LookSettings", "look"]

LOOKS: Final[Mapping[LookKind, Callable[[Look], Awaitable[Facts]]]] = {
    LookKind.DOMAIN: domain.look,
    LookKind.REDIRECT: redirect.look,
    LookKind.INSTALLATION: installation.look,
    LookKind.LICMAN: licman.look,
    LookKind.LOGIN: login.look,
    LookKind.PING: ping.look,
    LookKind.LICMAN_PING: ping.look,
    LookKind.BILLING: billing.look,
    LookKind.REFERENCE: reference.look,
}
GRACE: Final = 1.0
"""Seconds beyond its deadline after which a look is stopped from outside; its own clocks ring long before."""


async def look(target: Target, *, engine: Engine, at: datetime, credentials: Credentials | None = None) -> Facts:
    """Look once. Whatever the far end does, facts come back within the timeout (and the grace); only cancelling raises.

    ``at`` is the moment of the look, in UTC; ``credentials`` are for looks that log in.
    """
    now = Look.begin(target, engine=engine, at=at, credentials=credentials)
    try:
        async with asyncio.timeout(engine.settings.timeout + GRACE):
            return await LOOKS[target.kind](now)
    except LookFailed as failed:
        return now.failed(failed.fault, failed.detail)
    except TimeoutError:
        return now.failed(Fault.OURSELVES, "опрос не уложился в своё время")
    except Exception as error:  # noqa: BLE001 - nothing a stranger sends may raise out of a look
        return now.failed(Fault.OURSELVES, f"{type(error).__name__}: {error}")
