"""Looks at what is due: bounded in all and per address, slow targets delay nobody, results are recorded in batches."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from bot.recording import insist
from checks.attention import OURSELVES, Key, ourselves
from checks.estate import host_of, next_due, target_of
from checks.facts import NAME_FAULTS, RESOLVER_FAULTS, Witness
from checks.model import SELF, Facts, Fault, LookKind, Subject, SubjectKind, Target
from checks.rules import Rules
from handlers.looks import Followed, Looked, record_looks
from handlers.observations import correlate_in
from handlers.steps import OnStep, Step, unwatched
from storage import looks
from storage.database import Database
from storage.looks import Due

log = logging.getLogger(__name__)

BATCH = 400
"""Looks recorded in one transaction."""
IN_HAND = 1000
SETTLED = 10
"""Failed looks in a row after which another one is no news."""
SHARED = (LookKind.REDIRECT, LookKind.REFERENCE)
"""Looks whose answer everybody behind waits for: they come before all others, and there are few."""
REDIRECT_SHARE = 10
"""A redirect server carries hundreds of clients: it takes so many times more looks at once."""
RESOLVED_LATELY = timedelta(seconds=15)
ROUND = 10
"""Witnesses asked at the same time."""
LAST_SECONDS = 3.0
"""What looks in hand get when the bot stops."""
FORGOTTEN = timedelta(seconds=60)
"""What was made urgent so long ago and never looked at has left the estate."""

Look = Callable[[Target, datetime], Awaitable[Facts]]
Resolve = Callable[[str], Awaitable[bool]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProberSettings:
    """How much at once, how often, and who our witnesses are."""

    interval: timedelta = timedelta(seconds=60)
    intervals: Mapping[LookKind, timedelta] = field(default_factory=dict)
    clients: Mapping[str, timedelta] = field(default_factory=dict)
    """By client, whatever the kind of look."""
    concurrency: int = 100
    per_address: int = 4
    gather: float = 0.05
    """Seconds that results are gathered before they are recorded together, while something is suspected."""
    gather_calm: float = 1.0
    """The same while nothing is: ten looks in a transaction cost six times as much CPU each as seventy."""
    reference_hosts: tuple[str, ...] = ()
    reference_names: tuple[str, ...] = ()

    def interval_of(self, target: Target) -> timedelta:
        """Return how often to look: as set for the client, for the kind of look, or for all."""
        own = self.clients.get(target.subject.name) if target.subject.kind is SubjectKind.CLIENT else None
        return own or self.intervals.get(target.kind, self.interval)


class Prober:
    """Takes due looks from the database, makes them, records what they saw.

    What is due stands in the database; this object only knows what is in hand.
    """

    def __init__(
        self,
        database: Database,
        look: Look,
        *,
        rules: Callable[[], Rules],
        now: Callable[[], datetime],
        settings: ProberSettings,
        resolve: Resolve | None = None,
        owed: Callable[[], None] = lambda: None,
        on_step: OnStep = unwatched,
    ) -> None:
        self._database = database
        self._look = look
        self._rules = rules
        self._now = now
        self._settings = settings
        self._resolve = resolve
        self._owed = owed
        self._on_step = on_step
        self._slots = asyncio.Semaphore(settings.concurrency)
        self._addresses: defaultdict[str, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(settings.per_address)
        )
        self._in_hand: dict[Key, asyncio.Task[None]] = {}
        self._results: asyncio.Queue[Looked] = asyncio.Queue()
        self._haste = asyncio.Event()
        """Set when something gathered must not wait: news, a full batch, the end."""
        self._ill: dict[Key, int] = {}
        """Failed looks in a row as this process saw them; forgetting it only makes haste."""
        self._unrecorded = 0
        self._urgent: dict[Key, datetime] = {}
        self._asked: dict[Key, datetime] = {}
        self._resolved_at: datetime | None = None
        self._idle = asyncio.Event()
        self._idle.set()
        self._closing = False

    @property
    def pending(self) -> frozenset[Subject]:
        """Subjects being looked at because something that shares with them failed."""
        now = self._now()
        return frozenset(subject for (subject, _), since in self._urgent.items() if now - since < FORGOTTEN)

    async def sweep(self) -> int:
        """Start every look that is due and not yet in hand; returns how many were started."""
        if self._closing:
            return 0
        now = self._now()
        async with self._database.read() as connection:
            found = await looks.due(connection, now, limit=max(IN_HAND, len(self._in_hand)), first=SHARED)
        return len([due for due in found if self._has_room(due) and self._start(due)])

    def _has_room(self, due: Due) -> bool:
        """Tell whether a look may be started; what many share is never kept waiting by those who share it."""
        return due.key not in self._in_hand and (due.kind in SHARED or len(self._in_hand) < IN_HAND)

    def _start(self, due: Due) -> bool:
        target = self._target(due.key)
        if target is None:
            return False
        self._idle.clear()
        task = asyncio.create_task(self._make(target, due.interval), name=f"look {target.subject} {target.kind}")
        self._in_hand[due.key] = task
        return True

    def _target(self, key: Key) -> Target | None:
        estate = self._rules().estate
        if key == OURSELVES:
            return ourselves(estate, self._settings.reference_hosts)
        return target_of(estate, *key)

    async def _make(self, target: Target, interval: timedelta) -> None:
        try:
            facts = await self._bounded(target)
            witness = await self._witness(facts)
        except Exception:
            log.exception("a look at %s failed in our own code", target.subject)
            facts, witness = Facts(target=target, at=self._now(), fault=Fault.OURSELVES), Witness()
        self._on_step(Step.LOOKED)
        self._unrecorded += 1
        looked = Looked(facts=facts, interval=interval, witness=witness)
        self._results.put_nowait(looked)
        if self._is_news(looked) or self._results.qsize() >= BATCH:
            self._haste.set()

    def _is_news(self, looked: Looked) -> bool:
        """Tell whether a look is to be recorded at once: it found fault, or no fault where there was one.

        Who has failed many times running is no news: what is believed of him has long been settled.
        """
        key = (looked.facts.target.subject, looked.facts.target.kind)
        if looked.fine:
            return self._ill.pop(key, 0) > 0
        self._ill[key] = self._ill.get(key, 0) + 1
        return self._ill[key] <= SETTLED

    async def _bounded(self, target: Target) -> Facts:
        """Look when there is room: first at the address, then in all, so that a slow address holds no common room.

        A server that hangs must not hide behind the looks of its own clients that hang there.
        """
        if target.kind is LookKind.REFERENCE:
            return await self._look_at_witnesses(target)
        if target.kind in SHARED:
            return await self._look(target, self._now())
        async with self._room(target), self._slots:
            return await self._look(target, self._now())

    def _room(self, target: Target) -> asyncio.Semaphore:
        host = host_of(target.through or target.url) or target.url
        if target.through and host not in self._addresses:
            self._addresses[host] = asyncio.Semaphore(self._settings.per_address * REDIRECT_SHARE)
        return self._addresses[host]

    async def _look_at_witnesses(self, target: Target) -> Facts:
        """Ask the witnesses a few at a time, the surest first; the first good answer is enough."""
        at = self._now()
        one = partial(Target, kind=LookKind.REFERENCE, subject=SELF)
        hosts = [url for url, _ in target.sample]
        seen: list[Facts] = []
        for start in range(0, len(hosts), ROUND):
            seen += await asyncio.gather(*(self._ask(one(url=url)) for url in hosts[start : start + ROUND]))
            if any(facts.fault is None for facts in seen):
                break
        return Facts(target=target, at=at, samples=tuple(seen))

    async def _ask(self, target: Target) -> Facts:
        async with self._slots:
            return await self._look(target, self._now())

    async def _witness(self, facts: Facts) -> Witness:
        """Find out whether our resolver answers anybody, when it did not answer this look."""
        if facts.fault not in RESOLVER_FAULTS:
            if facts.fault not in NAME_FAULTS and any(hop.phases.dns for hop in facts.hops):
                self._resolved_at = facts.at
            return Witness()
        if self._resolved_at is not None and self._now() - self._resolved_at < RESOLVED_LATELY:
            return Witness()
        return Witness(resolver_answers=await self._resolver_answers(facts))

    async def _resolver_answers(self, facts: Facts) -> bool:
        if self._resolve is None:
            return False
        names = self._settings.reference_names or self._others(facts)
        for name in names:
            if await self._resolve(name):
                self._resolved_at = self._now()
                return True
        return False

    def _others(self, facts: Facts) -> tuple[str, ...]:
        clients = self._rules().estate.clients.values()
        domains = [host for one in clients if one.name != facts.target.subject.name and (host := host_of(one.domain))]
        return tuple(domains[:: max(1, len(domains) // 3)][:3])

    # ── recording ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def run(self) -> None:
        """Record results until ``stop``; a batch that cannot be recorded is tried again, nothing is dropped."""
        while not self._closing or self._unrecorded or self._in_hand:
            batch = await self._gather()
            if batch:
                await self._record(batch)

    async def _gather(self) -> list[Looked]:
        try:
            batch = [await asyncio.wait_for(self._results.get(), timeout=1)]
        except TimeoutError:
            return []
        if not self.pending:
            await self._calm()
        await asyncio.sleep(self._settings.gather)
        while len(batch) < BATCH and not self._results.empty():
            batch.append(self._results.get_nowait())
        if self._results.empty() and not self._closing:
            self._haste.clear()
        return batch

    async def _calm(self) -> None:
        """Let what is no news pile up."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._settings.gather_calm):
                await self._haste.wait()

    async def _record(self, batch: list[Looked]) -> None:
        keys = [(one.facts.target.subject, one.facts.target.kind) for one in batch]
        waited = self.pending
        for key in keys:
            self._urgent.pop(key, None)
        followed = await insist(self._remember, batch, trouble=lambda: self._database.trouble)
        self._unrecorded -= len(batch)
        for key in keys:
            self._in_hand.pop(key, None)
        now = self._now()
        self._urgent.update(dict.fromkeys(followed.urgent, now))
        self._asked.update(dict.fromkeys(followed.urgent, now))
        if followed.recorded.changes:
            self._owed()
        answered = bool(waited - self.pending) and not followed.recorded.changes
        await self._follow(answered=answered, urgent=bool(followed.urgent))
        if not self._in_hand and not self._unrecorded:
            self._idle.set()

    async def _follow(self, *, answered: bool, urgent: bool) -> None:
        """Do at once what follows from a batch; where that fails, the next tick and the next sweep make up for it."""
        try:
            if answered:
                await self.settle()
            if urgent:
                await self.sweep()
        except Exception:
            log.exception("what follows from looks has to wait")

    async def _remember(self, batch: Sequence[Looked]) -> Followed:
        followed = await record_looks(
            self._database,
            batch,
            rules=self._rules(),
            now=self._now(),
            pending=self.pending,
            asked=self._asked,
            on_step=self._on_step,
        )
        self._on_step(Step.COMMITTED)
        return followed

    async def settle(self) -> None:
        """Find the causes anew after something that was waited for has been looked at."""
        pending, rules, now = self.pending, self._rules(), self._now()
        changes = await self._database.write(lambda tx: correlate_in(tx, rules=rules, now=now, pending=pending))
        if changes:
            self._owed()

    async def late(self, now: datetime) -> timedelta | None:
        """Return by how much the most overdue look is late, None when nothing is overdue."""
        async with self._database.read() as connection:
            due_at = await looks.lag(connection)
        return None if due_at is None or due_at >= now else now - due_at

    async def spread(self, now: datetime) -> int:
        """After a start, put looks that became due while we were away back to their own places: no herd."""
        async with self._database.read() as connection:
            waiting = await looks.due(connection, now - FORGOTTEN, limit=1_000_000)
        moved = [(due.key, next_due(target, due.interval, now)) for due in waiting if (target := self._target(due.key))]
        await self._database.write(lambda tx: looks.postpone(tx, moved))
        return len(moved)

    # ── on demand ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def look_now(self, keys: Collection[Key]) -> list[Facts]:
        """Look at once, outside the schedule, and wait until what was seen is recorded."""
        targets = [target for key in keys if (target := self._target(key))]
        found = await asyncio.gather(*(self._bounded(target) for target in targets))
        batch = [
            Looked(facts=facts, interval=self._settings.interval_of(facts.target), witness=await self._witness(facts))
            for facts in found
        ]
        if batch:
            followed = await self._remember(batch)
            self._urgent.update(dict.fromkeys(followed.urgent, self._now()))
            if followed.recorded.changes:
                self._owed()
        return list(found)

    async def idle(self) -> None:
        """Wait until nothing is in hand."""
        await self._idle.wait()

    async def stop(self) -> None:
        """Start nothing new, give looks in hand a few seconds, let ``run`` return when the rest is recorded.

        A look that is given up loses nothing: it is still due.
        """
        self._closing = True
        self._haste.set()
        if self._in_hand:
            await asyncio.wait(self._in_hand.values(), timeout=LAST_SECONDS)
        for key, task in list(self._in_hand.items()):
            if task.cancel():
                self._in_hand.pop(key, None)
