"""Drives everything periodic with APScheduler; what is due stands in the database, the scheduler only knocks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

LAST_SECONDS = 5.0
"""What acts in hand get when the bot stops."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """One periodic act; a fault in it is logged and it goes on with the next beat."""

    name: str
    every: timedelta
    act: Callable[[], Awaitable[Any]]


@asynccontextmanager
async def beating(beats: Sequence[Beat]) -> AsyncIterator[None]:
    """Run the beats while inside; none overlaps itself, missed ones are made up for once."""
    scheduler = AsyncIOScheduler(timezone="UTC")
    acting: set[asyncio.Task[None]] = set()
    scheduler.configure(job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1})
    for beat in beats:
        trigger = IntervalTrigger(seconds=beat.every.total_seconds(), timezone="UTC")
        scheduler.add_job(_start, trigger, args=[beat, acting], id=beat.name)
    scheduler.start()
    try:
        yield
    finally:
        scheduler.remove_all_jobs()
        if acting:
            await asyncio.wait(acting, timeout=LAST_SECONDS)
        scheduler.shutdown(wait=False)


async def _start(beat: Beat, acting: set[asyncio.Task[None]]) -> None:
    """Act in a task of our own: the scheduler cancels its jobs when it shuts down, an act in hand is finished."""
    task = asyncio.create_task(_guarded(beat), name=beat.name)
    acting.add(task)
    task.add_done_callback(acting.discard)
    await asyncio.shield(task)


async def _guarded(beat: Beat) -> None:
    try:
        await beat.act()
    except Exception:
        log.exception("%s failed; it goes on with the next beat", beat.name)
