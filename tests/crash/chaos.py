"""Breaks and mends by chance, and insists that every outage becomes an incident and that every incident ends."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.crash.scene import Scene

OF_REDIRECTS = ("refuse", "500", "wrong_target")
OF_CLIENTS = ("refuse", "500", "reset")
OF_TELEGRAM: tuple[dict[str, Any], ...] = (
    {"kind": "drop"},
    {"kind": "502html"},
    {"kind": "429", "retry_after": 2},
    {"kind": "refuse"},
)
NOTICED_WITHIN = 120.0
"""Seconds in which an outage must become an incident although the bot lives a second at a time."""


@dataclass(kw_only=True)
class Chaos:
    """Breaks what it is given; nothing else in the estate may fail."""

    scene: Scene
    chance: Random
    redirects: tuple[str, ...]
    clients: tuple[str, ...]
    outages: list[tuple[str, int]] = field(default_factory=list)
    """What broke, and the number of the incident that it became."""
    calming: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Break and mend until ``calm``; ends when everything is mended."""
        async with asyncio.TaskGroup() as everything:
            for name in self.redirects:
                everything.create_task(self._trouble("redirect", name, OF_REDIRECTS))
            for name in self.clients:
                everything.create_task(self._trouble("client", name, OF_CLIENTS))
            everything.create_task(self._trouble_telegram())

    def calm(self) -> None:
        """Break nothing more."""
        self.calming.set()

    async def _trouble(self, kind: str, name: str, states: tuple[str, ...]) -> None:
        await self._rest(0, 25)
        while not self.calming.is_set():
            await self.scene.estate.change({kind: name, "state": self.chance.choice(states)})
            number = await self._noticed(f"{kind}:{name}")
            self.outages.append((name, number))
            await self._rest(0, 12)
            await self.scene.estate.change({kind: name, "state": "ok"})
            await self._over(number, name)
            await self._rest(5, 20)

    async def _trouble_telegram(self) -> None:
        """Let a call go wrong now and then, before or after it took effect."""
        while not self.calming.is_set():
            method = self.chance.choice(("sendMessage", "editMessageText"))
            await self.scene.fault(method=method, **self.chance.choice(OF_TELEGRAM))
            await self._rest(5, 25)

    async def _rest(self, least: float, most: float) -> None:
        try:
            async with asyncio.timeout(self.chance.uniform(least, most)):
                await self.calming.wait()
        except TimeoutError:
            return

    async def _noticed(self, cause: str) -> int:
        async def opened() -> bool:
            return bool(self._open(cause))

        await self.scene.until(opened, seconds=NOTICED_WITHIN, what=f"{cause} became an incident")
        return self._open(cause)[0]

    def _open(self, cause: str) -> list[int]:
        found = self.scene.rows(f"SELECT id FROM incidents WHERE state = 'open' AND cause LIKE '{cause}%'")
        return [row[0] for row in found]

    async def _over(self, number: int, name: str) -> None:
        async def ended() -> bool:
            return self.scene.rows(f"SELECT state FROM incidents WHERE id = {number}") == [("ended",)]

        await self.scene.until(ended, seconds=NOTICED_WITHIN, what=f"{name}: incident {number} ended")
