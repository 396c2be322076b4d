"""Keeps the stories: which there are, which are playing, what has been said so far."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from math import isfinite
from typing import Any

from demo.stories import cloud_redirect, limits, lost_access, lost_key, version_change
from demo.stories.chats import Chats
from demo.stories.player import Player, Stage, StoryClock, Weather
from demo.stories.script import MOSCOW, Story
from demo.telegram.cast import CAST

log = logging.getLogger(__name__)

TOKEN = "1000:story"  # noqa: S105 - no server knows it
TITLES: Mapping[str, str] = {
    "2022-11-15": "Умер сервер переадресации облака",
    "2022-11-28": "Вечером потерялся ключ защиты",
    **{one.name: one.title for one in version_change.VARIANTS},
    "2023-03-21": "Лимиты кончаются слишком часто",
    "2023-05-29": "Клиент продлился и неделю не заходит",
}
SCRIPTS: Mapping[str, Callable[[], Story]] = {
    "2022-11-15": cloud_redirect.story,
    "2022-11-28": lost_key.story,
    **{one.name: partial(version_change.story_of, one) for one in version_change.VARIANTS},
    "2023-03-21": limits.story,
    "2023-05-29": lost_access.story,
}
"""A story is added by its script and a line here."""

OpenStage = Callable[[Story, Chats, StoryClock, Weather], AbstractAsyncContextManager[Stage]]


@dataclass(slots=True, kw_only=True)
class Performance:
    """A story that is playing or has been played."""

    story: Story
    chats: Chats
    clock: StoryClock
    speed: float
    task: asyncio.Task[None] | None = None
    error: str = ""

    @property
    def done(self) -> bool:
        return self.task is not None and self.task.done()

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.story.name,
            "title": self.story.title,
            "done": self.done,
            "at": self.clock.moment.astimezone(MOSCOW).isoformat(),
            "said": [said.as_json() for said in self.chats.said],
            "acts": [did.as_json() for did in self.chats.done],
            "error": self.error,
        }


class Theatre:
    """Plays stories, each in a world of its own; the newest performance of each is kept."""

    def __init__(self, open_stage: OpenStage) -> None:
        self._open_stage = open_stage
        self._performances: dict[str, Performance] = {}

    def names(self) -> Sequence[Mapping[str, Any]]:
        """Return the stories that can be played, in order of their dates."""
        return [{"name": name, "title": TITLES[name]} for name in sorted(SCRIPTS)]

    async def start(self, name: str, *, speed: float) -> None:
        """Play a story from its beginning; ``ValueError`` says why not, ``KeyError`` is a name nobody knows."""
        if name not in TITLES:
            raise KeyError(name)
        if name not in SCRIPTS:
            raise ValueError(f"the story {name} («{TITLES[name]}») cannot be played yet: its script is not written")
        if not (isfinite(speed) and speed > 0):
            raise ValueError("speed: story seconds in a real second, more than 0")
        await self._stop(name)
        story = SCRIPTS[name]()
        clock = StoryClock(story.watched_from)
        performance = Performance(story=story, chats=Chats(cast=CAST, token=TOKEN, now=clock), clock=clock, speed=speed)
        self._performances[name] = performance
        performance.task = asyncio.create_task(self._play(performance), name=f"story {name}")

    def progress(self, name: str) -> Mapping[str, Any]:
        """Return how far a story is; ``KeyError`` when it was never started."""
        return self._performances[name].as_json()

    async def finished(self, name: str) -> Mapping[str, Any]:
        """Wait for the end of a story and return its progress."""
        task = self._performances[name].task
        assert task is not None
        await asyncio.wait([task])
        return self.progress(name)

    async def close(self) -> None:
        for name in tuple(self._performances):
            await self._stop(name)

    async def _stop(self, name: str) -> None:
        performance = self._performances.pop(name, None)
        if performance is not None and performance.task is not None:
            performance.task.cancel()
            await asyncio.gather(performance.task, return_exceptions=True)

    async def _play(self, performance: Performance) -> None:
        weather = Weather()
        try:
            async with self._open_stage(performance.story, performance.chats, performance.clock, weather) as stage:
                await Player(
                    story=performance.story,
                    stage=stage,
                    chats=performance.chats,
                    clock=performance.clock,
                    weather=weather,
                    speed=performance.speed,
                ).play()
        except Exception as error:
            log.exception("the story %s broke off", performance.story.name)
            performance.error = f"{type(error).__name__}: {error}"


@asynccontextmanager
async def open_theatre(open_stage: OpenStage) -> AsyncIterator[Theatre]:
    """Keep stories while the context lasts; those still playing end with it."""
    theatre = Theatre(open_stage)
    try:
        yield theatre
    finally:
        await theatre.close()
