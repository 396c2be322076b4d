"""Drives everything periodic with APScheduler; what is due stands in the database, the scheduler only knocks."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

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
    scheduler.configure(job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1})
    for beat in beats:
        trigger = IntervalTrigger(seconds=beat.every.total_seconds(), timezone="UTC")
        scheduler.add_job(_guarded, trigger, args=[beat], id=beat.name)
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=False)


async def _guarded(beat: Beat) -> None:
    try:
        await beat.act()
    except Exception:
        log.exception("%s failed; it goes on with the next beat", beat.name)
