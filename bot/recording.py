"""Records a batch of looks whatever happens: a database in trouble is waited for, a look that harms us stands alone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from checks.model import Facts, Fault
from handlers.looks import Followed, Looked
from handlers.observations import Recorded

log = logging.getLogger(__name__)

AGAIN = 1.0

Record = Callable[[Sequence[Looked]], Awaitable[Followed]]


async def insist(
    record: Record, batch: Sequence[Looked], *, trouble: Callable[[], str | None], again: float = AGAIN
) -> Followed:
    """Record ``batch``, however often it takes; ``trouble`` tells what ails the database itself, if anything does.

    Where the fault is in our own code, each look is recorded alone, so that one that cannot be keeps no other back.
    """
    while True:
        try:
            return await record(batch)
        except Exception:
            log.exception("looks could not be recorded")
        if trouble() is None:
            return await _one_by_one(record, batch)
        await asyncio.sleep(again)


async def _one_by_one(record: Record, batch: Sequence[Looked]) -> Followed:
    followed = [await _alone(record, one) for one in batch]
    changes = tuple(change for one in followed for change in one.recorded.changes)
    return Followed(recorded=Recorded(changes=changes), urgent=frozenset(key for one in followed for key in one.urgent))


async def _alone(record: Record, looked: Looked) -> Followed:
    """Record a look; one that cannot be is taken for our own failure, which judges nobody."""
    facts = looked.facts
    ours = replace(looked, facts=Facts(target=facts.target, at=facts.at, fault=Fault.OURSELVES))
    for attempt in (looked, ours):
        try:
            return await record([attempt])
        except Exception:
            log.exception("a look at %s could not be recorded", facts.target.subject)
    return Followed(recorded=Recorded())
