"""Looks at everything in planned work that is over, and tells its end when all of it has been seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial

from checks.attention import Key, looks_at
from checks.incidents import BLIND
from checks.maintenance import covers, out_of_patience, subjects, unsettled
from checks.model import SELF, Extent, State, Subject, Window
from checks.rules import Rules
from handlers import planned
from handlers.hearing import behind_work
from storage import health, incidents, looks, maintenance
from storage.database import Database

AT_ONCE = 500
"""Subjects whose looks are called for, or asked about, in one go."""


class Afterwork:
    """Ends planned work; forgets nothing by a restart: what is to be looked at is called for anew then."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._left: dict[tuple[int | None, datetime | None], set[Subject]] = {}
        """What is still to be seen of each window, by the window and the moment its time was over."""

    async def step(self, *, rules: Rules, now: datetime) -> bool:
        """Go on with every window that is being looked at; returns whether something is to be told now."""
        async with self._database.read() as connection:
            windows = await maintenance.looking(connection)
        if not windows:
            self._left.clear()
            return False
        for window in windows:
            await self._look(window, rules, now)
        if await self._blind() or not all(self._seen(window, now) for window in windows):
            return False
        end = partial(planned.conclude, windows=windows, estate=rules.estate, policy=rules.policy, now=now)
        await self._database.write(end)
        self._left.clear()
        return True

    def _seen(self, window: Window, now: datetime) -> bool:
        return out_of_patience(window, now) or not self._left[_key(window)]

    async def _look(self, window: Window, rules: Rules, now: datetime) -> None:
        """Call for looks at everything first, then strike out what has been seen, some at a time."""
        left = self._left.get(_key(window))
        if left is None:
            left = self._left[_key(window)] = set(await self._subjects(window, rules))
            for some in _chunks(left):
                keys = [key for subject in some for key in looks_at(subject, rules.estate)]
                await self._call_for(keys, now)
            return
        assert window.looked_from is not None
        some = sorted(left)[:AT_ONCE]
        async with self._database.read() as connection:
            late = await looks.not_since(connection, some, window.looked_from)
            beliefs = await health.of_subjects(connection, some)
        expected = {key for subject in some for key in looks_at(subject, rules.estate)}
        waiting = {key: due_at for key, due_at in late.items() if key in expected}
        await self._call_for([key for key, due_at in waiting.items() if due_at > now], now)
        doubted = {subject for (subject, _), belief in beliefs.items() if unsettled(belief)}
        left -= set(some) - {subject for subject, _ in waiting} - doubted

    async def _call_for(self, keys: Sequence[Key], now: datetime) -> None:
        """Let looks be made at once: the prober takes them as they are due, no more at a time than ever."""
        if keys:
            await self._database.write(partial(looks.postpone, until=[(key, now) for key in keys]))

    async def _subjects(self, window: Window, rules: Rules) -> frozenset[Subject]:
        if window.extent is not Extent.CODE:
            return subjects(window, rules.estate)
        async with self._database.read() as connection:
            behind = await behind_work(connection, [window])
            known = [one for one in await incidents.open_ones(connection) if covers(window, one, behind=behind)]
        return subjects(window, rules.estate, known)

    async def _blind(self) -> bool:
        """Tell whether we see nothing ourselves: then nothing that is seen says how the work ended."""
        async with self._database.read() as connection:
            belief = (await health.of_subjects(connection, [SELF])).get((SELF, BLIND))
        return belief is not None and belief.state is State.FAIL


def _key(window: Window) -> tuple[int | None, datetime | None]:
    return window.id, window.looked_from


def _chunks(found: Iterable[Subject]) -> Iterable[Sequence[Subject]]:
    everything = sorted(found)
    return (everything[start : start + AT_ONCE] for start in range(0, len(everything), AT_ONCE))
