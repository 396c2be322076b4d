"""Tells the channels beside Telegram what they are owed: one never delays another, and nothing owed is lost."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.senders import Address, NotTakenError, send
from checks.backoff import delay
from checks.model import NoteKind, OutboxState, Untold
from checks.volume import Volume
from handlers.letters import Letter
from storage import dispatches
from storage.database import Database
from storage.dispatches import Dispatch

Word = Callable[[Sequence[Dispatch]], Awaitable[Letter | None]]
"""Words what is owed as things are now; None = there is nothing to tell any more."""
Count = Callable[[str, str], None]
"""Counts an end: by channel and outcome."""

log = logging.getLogger(__name__)

AT_ONCE = 500
DIGEST_EVERY = timedelta(minutes=1)
"""More than the promise allows goes as one letter, and not more often than this."""
GIVE_UP = timedelta(days=3)
NOWHERE = "no address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How patient the channels are."""

    answer: float = 30.0
    """Seconds that one letter may take."""
    poll: float = 5.0
    stop: float = 5.0
    retry: timedelta = timedelta(seconds=10)
    retry_cap: timedelta = timedelta(minutes=10)


class Channels:
    """Owns the dispatches from ``run`` to ``stop``; whoever owes something calls ``wake`` after the commit."""

    def __init__(
        self,
        database: Database,
        addresses: Mapping[str, Address],
        word: Word,
        *,
        now: Callable[[], datetime],
        volume: Volume | None = None,
        pace: Pace | None = None,
        count: Count = lambda _channel, _outcome: None,
    ) -> None:
        self._database = database
        self._addresses = addresses
        self._word = word
        self._now = now
        self._volume = volume or Volume()
        self._pace = pace or Pace()
        self._count = count
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._digested: dict[str, datetime] = {}
        self._woken = asyncio.Event()
        self._stopping = False

    def wake(self) -> None:
        """Look at what is owed at once."""
        self._woken.set()

    async def run(self) -> None:
        """Send until ``stop`` is called; survives everything but cancellation."""
        if not self._addresses:
            return
        prepared = False
        while not self._stopping:
            self._woken.clear()
            try:
                if not prepared:
                    await self._database.write(lambda tx: dispatches.recover(tx, self._now()))
                    prepared = True
                await self._start_workers()
            except Exception:
                log.exception("what channels are owed cannot be read")
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pace.poll):
                    await self._woken.wait()

    async def stop(self) -> None:
        """Take nothing new and finish the letters in hand; what is cut off is sent again after the next start."""
        self._stopping = True
        self._woken.set()
        tasks = list(self._workers.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=self._pace.stop)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def drain(self) -> None:
        """Send everything that is due now and return: for worlds with a clock of their own."""
        async with self._database.read() as connection:
            names = await dispatches.due_channels(connection, self._now())
        await asyncio.gather(*(self._serve(name) for name in names))

    async def _start_workers(self) -> None:
        async with self._database.read() as connection:
            names = await dispatches.due_channels(connection, self._now())
        for name in names:
            if name not in self._workers:
                self._workers[name] = asyncio.create_task(self._work(name), name=f"channel {name}")

    async def _work(self, name: str) -> None:
        try:
            await self._serve(name)
        except Exception:
            log.exception("a channel stumbled")
        finally:
            self._workers.pop(name, None)

    async def _serve(self, name: str) -> None:
        while not self._stopping:
            batch = await self._next(name)
            if not batch or not await self._tell(name, batch):
                return

    async def _next(self, name: str) -> list[Dispatch]:
        """Pick what goes next: one alone, or all that is too much together."""
        now = self._now()
        async with self._database.read() as connection:
            due = await dispatches.due(connection, name, now, limit=AT_ONCE)
            recent = await dispatches.recent(connection, name, now - self._volume.window)
        address = self._addresses.get(name)
        alerts = [one for one in due if one.kind is not NoteKind.NOTICE]
        if (address is not None and address.hook) or len(due) > len(alerts):
            return [one for one in due if one.kind is NoteKind.NOTICE][:1] or due[:1]
        if recent + len(alerts) <= self._volume.limit or len(alerts) == 1:
            return due[:1]
        digested = self._digested.get(name)
        if digested is not None and now - digested < DIGEST_EVERY:
            return []
        self._digested[name] = now
        return alerts

    async def _tell(self, name: str, batch: Sequence[Dispatch]) -> bool:
        """Send one letter; return whether the channel may have the next one now."""
        ids = [one.id for one in batch]
        address = self._addresses.get(name)
        letter = await self._word(batch)
        now = self._now()
        if letter is None or address is None:
            why = Untold.NOTHING_TO_TELL if letter is None else Untold.EXPIRED
            error = "" if letter is None else NOWHERE
            await self._end(ids, OutboxState.BURIED, why=why, error=error)
            self._count(name, "buried")
            return True
        if not await self._database.write(lambda tx: dispatches.claim(tx, ids)):
            return True
        try:
            await send(address, letter, number=min(ids), now=now, seconds=self._pace.answer)
        except NotTakenError as error:
            await self._failed(name, batch, str(error))
            return False
        await self._end(ids, OutboxState.DELIVERED)
        self._count(name, "delivered")
        return True

    async def _failed(self, name: str, batch: Sequence[Dispatch], error: str) -> None:
        """Put a letter back, more and more patiently; after days give it up."""
        now, ids = self._now(), [one.id for one in batch]
        attempts = max(one.attempts for one in batch) + 1
        if attempts in {1, 10} or attempts % 100 == 0:
            log.warning("channel %s does not take letters, try %d: %s", name, attempts, error)
        if now - min(one.owed_at for one in batch) > GIVE_UP:
            await self._end(ids, OutboxState.BURIED, why=Untold.EXPIRED, error=error)
            self._count(name, "buried")
            return
        wait = delay(attempts, 0.5 + random.random() / 2, base=self._pace.retry, cap=self._pace.retry_cap)
        await self._database.write(lambda tx: dispatches.retry(tx, ids, due_at=now + wait, error=error))
        self._count(name, "failed")

    async def _end(self, ids: Sequence[int], state: OutboxState, *, why: str = "", error: str = "") -> None:
        now = self._now()
        await self._database.write(lambda tx: dispatches.settle(tx, ids, state=state, at=now, why=why, error=error))
