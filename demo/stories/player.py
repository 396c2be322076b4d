"""Plays a story: jumps from one due moment to the next, lets the script act, lets the product work."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from checks.model import Client, Subject
from demo.stories.chats import Chats
from demo.stories.lists import listed
from demo.stories.script import WELL, Act, Becomes, Condition, Presses, Prolongs, Says, Scene, Story

BEAT = timedelta(seconds=2)
"""No jump is shorter soon after something happened: what is due within it is done together."""
SLOW_BEAT = timedelta(seconds=30)
"""The same while nothing happens."""
LIVELY = timedelta(seconds=60)
"""For so long after a scene things happen."""


@dataclass(slots=True)
class StoryClock:
    """The time of a story; calling it tells the present moment."""

    moment: datetime

    def __call__(self) -> datetime:
        return self.moment


@dataclass(slots=True)
class Weather:
    """Who is in what condition at present."""

    changed: dict[Subject, Condition] = field(default_factory=dict)

    def of(self, subject: Subject) -> Condition:
        return self.changed.get(subject, WELL)


class Stage(Protocol):
    """The product, wired for a story."""

    async def step(self) -> None:
        """Do whatever is due at the present moment: looks, what time brings, telling."""

    async def next_due(self) -> datetime | None:
        """Tell when something will be due next; None = nothing is planned."""

    async def hear(self, update: Mapping[str, Any]) -> None:
        """Take one update of the Bot API."""

    async def receive(self, name: str, content: bytes) -> None:
        """Take one report of a client."""

    async def relist(self, name: str, content: bytes) -> None:
        """Take a list of clients, as an admin would send it."""


@dataclass(slots=True, kw_only=True)
class Player:
    """One performance of a story. ``speed``: story seconds in a real second; what goes before it is not slowed down."""

    story: Story
    stage: Stage
    chats: Chats
    clock: StoryClock
    weather: Weather
    speed: float
    _left: deque[Scene] = field(default_factory=deque)
    _lively_until: datetime | None = None

    async def play(self) -> None:
        """Play to the end."""
        self._left = deque(self.story.scenes)
        loop = asyncio.get_running_loop()
        curtain = loop.time()
        while self.clock.moment < self.story.ends:
            following = await self._following()
            if following > self.story.begins:
                if self.clock.moment <= self.story.begins:
                    curtain = loop.time()
                shown = (following - self.story.begins).total_seconds() / self.speed
                await asyncio.sleep(max(0.0, curtain + shown - loop.time()))
            self.clock.moment = following
            await self._live()

    async def _following(self) -> datetime:
        """Return the next moment at which anything happens."""
        now = self.clock.moment
        due = await self.stage.next_due()
        beat = BEAT if self._lively_until is not None and now < self._lively_until else SLOW_BEAT
        moments = [self.story.ends, *([] if due is None else [max(due, now + beat)])]
        if self._left:
            moments.append(max(self._left[0].at, now))
        return min(moments)

    async def _live(self) -> None:
        while self._left and self._left[0].at <= self.clock.moment:
            self._lively_until = self.clock.moment + LIVELY
            await self._act(self._left.popleft().act)
        await self.stage.step()

    async def _act(self, act: Act) -> None:
        match act:
            case Becomes(subject=subject, condition=condition):
                self.weather.changed[subject] = condition
            case Says():
                await self.stage.step()
                self.chats.say(act)
                await self._listen()
            case Presses():
                await self.stage.step()
                self.chats.press(act)
                await self._listen()
            case Prolongs():
                members = [
                    replace(one, contract_end=act.until) if one.name == act.client else one
                    for one in self.story.clients
                ]
                await self.stage.relist("clients.csv", listed(members))
            case _:
                await self.stage.receive(act.name, act.content)

    def _prolonged(self, act: Prolongs) -> list[Client]:
        ends = {act.client: act.until}
        return [replace(one, contract_end=ends.get(one.name, one.contract_end)) for one in self.story.clients]

    async def _listen(self) -> None:
        while waiting := self.chats.updates():
            for update in waiting:
                await self.stage.hear(update)
