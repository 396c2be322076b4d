"""Life in the intake: simulated clients send their reports over HTTP, as smartstatus and smartupload do."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import ClientError, ClientSession, ClientTimeout, FormData

from demo.estate.reports import status_report, sysinfo_report
from demo.estate.sites import Installation
from demo.estate.states import State

log = logging.getLogger(__name__)

DEALER = "0599romashka"
TIMEOUT = ClientTimeout(total=30)
MUTE = frozenset({
    State.UPLOADS_STOP, State.REFUSE, State.HANG, State.DRIP, State.RESET, State.GARBAGE, State.ERROR_500,
    State.PROXY_502, State.MAINTENANCE_503,
})  # fmt: skip
"""The scripts ask the installation itself: while it does not work, nothing is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds between reports; the demo is in a hurry, real clients send every 15 minutes and every hour."""

    status: float = 60.0
    sysinfo: float = 600.0
    eager: float = 5.0
    """After a change of state a few reports follow each other as fast as this."""
    eager_times: int = 3


SOON = 20.0
"""Everybody has reported once so many seconds after the start."""


@dataclass(slots=True, kw_only=True)
class Uploads:
    """Sends for every client that has the scripts."""

    to: str
    """URL of the intake without a path."""
    token: str
    now: Callable[[], datetime]
    pace: Pace = Pace()
    answers: Counter[int] = field(default_factory=Counter)
    """How many uploads got which HTTP status; 0 = nobody answered."""

    async def live(self, installation: Installation, session: ClientSession, *, phase: float) -> None:
        """Send one client's reports for ever, from its own moment (0 … 1 of the interval) on."""
        eager, sysinfo_in = 0, 0.0
        pause = min(self.pace.status, SOON) * phase
        while True:
            changed = await self._changed(installation, pause)
            eager = self.pace.eager_times if changed else max(eager - 1, 0)
            sysinfo_in = 0.0 if changed else sysinfo_in - pause
            if installation.state not in MUTE:
                await self._report(
                    installation, session, sysinfo=sysinfo_in <= 0 or installation.state is State.UPLOADS_BROKEN
                )
            if sysinfo_in <= 0:
                sysinfo_in = self.pace.sysinfo
            pause = min(self.pace.eager, self.pace.status) if eager else self.pace.status

    async def _changed(self, installation: Installation, pause: float) -> bool:
        with suppress(TimeoutError):
            await asyncio.wait_for(installation.changed.wait(), pause)
        changed = installation.changed.is_set()
        installation.changed.clear()
        return changed

    async def _report(self, installation: Installation, session: ClientSession, *, sysinfo: bool) -> None:
        resident, now = installation.resident, self.now()
        if resident.kind != "closed":
            await self._send(session, f"{resident.name}.status", status_report(installation.state, now))
        if sysinfo:
            await self._send(session, f"{resident.name}.zip", sysinfo_report(resident, installation.state, now))

    async def _send(self, session: ClientSession, name: str, content: bytes) -> None:
        form = FormData()
        form.add_field("file", content, filename=name, content_type="application/octet-stream")
        status = 0
        with suppress(ClientError, TimeoutError, OSError):
            async with session.post(
                f"{self.to.rstrip('/')}/upload",
                params={"token": self.token},
                headers={"upload": "yes", "dealer": DEALER},
                data=form,
                allow_redirects=False,
            ) as answer:
                status = answer.status
        self.answers[status] += 1
        if status not in {0, 200} and self.answers[status] == 1:
            log.warning("uploads of the simulated estate are answered with %s", status)


@asynccontextmanager
async def open_uploads(
    installations: Iterable[Installation],
    *,
    to: str,
    token: str,
    now: Callable[[], datetime],
    pace: Pace | None = None,
) -> AsyncIterator[Uploads]:
    """Send reports while the context lasts; an intake that is not there yet is simply tried again."""
    uploads = Uploads(to=to, token=token, now=now, pace=pace or Pace())
    senders = [installation for installation in installations if installation.resident.uploads]
    async with ClientSession(timeout=TIMEOUT) as session:
        lives = [
            asyncio.create_task(uploads.live(one, session, phase=place / len(senders)))
            for place, one in enumerate(senders)
        ]
        try:
            yield uploads
        finally:
            for life in lives:
                life.cancel()
            await asyncio.gather(*lives, return_exceptions=True)
