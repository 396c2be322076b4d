"""Tells chats what they are owed: one chat never delays another, and nothing that can go wrong loses a note."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from aiogram import Bot
from aiogram.methods import GetMe

from bot.away import Away
from bot.gate import Gate, passed
from bot.settling import Settling
from bot.targets import target_of
from bot.telegram import BadText, Meaning, Sent, ask
from bot.wording import Keyboard, Target, drafts, fits
from checks.model import Message, NoteKind, OutboxState, Untold
from checks.notifications import Policy
from checks.volume import Precedence
from handlers.steps import OnStep, Step, unwatched
from handlers.storms import choose, fold
from storage import chats, messages, outbox, storms
from storage.database import Database
from storage.outbox import Owed

Render = Callable[[Owed], Awaitable[Message | None]]
"""Words a note as things are now; None = there is nothing to tell any more."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How patient the delivery is; seconds."""

    answer: float = 15.0
    """How long Telegram may take to answer one call."""
    poll: float = 5.0
    """How often the outbox is looked at when nobody wakes the delivery."""
    repeat: float = 10.0
    """How long after a lost answer a message is repeated."""
    retry: float = 1.0
    retry_cap: float = 5.0
    stop: float = 7.0
    """How long calls in hand may take when the bot stops: everything together has ten seconds."""


@dataclass(slots=True)
class _Worker:
    """The one task that speaks to a chat."""

    task: asyncio.Task[None] | None = None
    again: bool = False
    queueing: bool = False
    """Waits for its place at the gate: may be sent away at once."""
    nudged: asyncio.Event = field(default_factory=asyncio.Event)
    """Something was owed meanwhile: it may be more urgent than what the worker queues for."""


class Delivery:
    """Owns the outbox from ``run`` to ``stop``; whoever owes something calls ``wake`` after the commit.

    ``on_step`` is called at every point a crash could fall on, from ``PICKED`` to ``RECORDED``.
    """

    def __init__(
        self,
        database: Database,
        bot: Bot,
        render: Render,
        *,
        keyboard: Keyboard,
        now: Callable[[], datetime],
        gate: Gate,
        policy: Policy | None = None,
        pace: Pace | None = None,
        away: Away | None = None,
        count: Callable[[Meaning], None] = lambda _meaning: None,
        on_step: OnStep = unwatched,
    ) -> None:
        self._database = database
        self._bot = bot
        self._render = render
        self._keyboard = keyboard
        self._now = now
        self._gate = gate
        self._policy = policy or Policy()
        self._pace = pace or Pace()
        self._away = away
        self._count = count
        self._on_step = on_step
        self._settling = Settling(database, gate, now=now, pace=self._pace, on_step=on_step)
        self._workers: dict[int, _Worker] = {}
        self._woken = asyncio.Event()
        self._stopping = False
        self._alive_at: datetime | None = None
        self._misrendered: dict[int, int] = {}

    def wake(self) -> None:
        """Look at the outbox at once: something is owed."""
        self._woken.set()

    async def run(self) -> None:
        """Deliver until ``stop`` is called; survives everything but cancellation."""
        prepared = False
        while not self._stopping:
            self._woken.clear()
            pause = self._pace.poll
            try:
                if not prepared:
                    await self.prepare()
                    prepared = True
                pause = await self._start_workers()
            except Exception:
                log.exception("the outbox cannot be read")
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._woken.wait()
        await self._finish()

    async def stop(self) -> None:
        """Take nothing new, finish the calls in hand (``Pace.stop`` seconds at most), let ``run`` return."""
        self._stopping = True
        self._woken.set()
        await self._finish()

    async def prepare(self) -> None:
        """After a start: what was in hand may have arrived, and what was just said counts against the limits."""
        now = self._now()
        await self._database.write(lambda tx: outbox.recover(tx, now))
        async with self._database.read() as connection:
            for chat, at in await messages.latest(connection, now - timedelta(minutes=1)):
                self._gate.remember(chat, (now - at).total_seconds())
            quiet = await chats.quiet_until(connection)
        if quiet is not None and quiet > now:
            self._gate.block(None, (quiet - now).total_seconds())

    async def drain(self) -> None:
        """Tell everything that is due now and return: for worlds with a clock of their own."""
        while True:
            async with self._database.read() as connection:
                due = await outbox.due_chats(connection, self._now())
            if not any(await asyncio.gather(*(self._serve(chat, _Worker()) for chat in due))):
                return

    async def _start_workers(self) -> float:
        """Give every chat that is owed something a worker; return how long nothing more is due."""
        now = self._now()
        async with self._database.read() as connection:
            due = await outbox.due_chats(connection, now)
            upcoming = await outbox.next_due(connection, now)
        for chat in due:
            worker = self._workers.setdefault(chat, _Worker())
            worker.again = True
            worker.nudged.set()
            if worker.task is None:
                worker.task = asyncio.create_task(self._work(chat, worker), name=f"delivery to {chat}")
        if upcoming is None:
            return self._pace.poll
        return min(max((upcoming - now).total_seconds(), 0.01), self._pace.poll)

    async def _work(self, chat: int, worker: _Worker) -> None:
        try:
            while worker.again and not self._stopping:
                worker.again = False
                await self._serve(chat, worker)
        except Exception:
            log.exception("a chat's delivery stumbled")
            await asyncio.sleep(self._pace.retry)
        finally:
            self._workers.pop(chat, None)

    def _ending(self) -> bool:
        return self._stopping

    async def _finish(self) -> None:
        for worker in self._workers.values():
            if worker.task is not None and worker.queueing:
                worker.task.cancel()
        tasks = [worker.task for worker in self._workers.values() if worker.task is not None]
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=self._pace.stop)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    # ── one chat ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def _serve(self, chat: int, worker: _Worker) -> bool:
        """Tell a chat everything that is due, one note after the other; return whether anything was tried."""
        tried = False
        while not self._stopping:
            if self._away is not None and not await self._away.is_back(self._reachable):
                return tried
            note = await self._next(chat)
            if note is None:
                return tried
            tried = True
            self._on_step(Step.PICKED)
            if not await self._queue(note, worker):
                continue
            called = False if self._ending() else await self._tell(chat)
            if not called:
                self._gate.give_back(chat)
        return tried

    async def _queue(self, note: Owed, worker: _Worker) -> bool:
        """Wait for a place at the gate; False = think again, something was owed meanwhile."""
        worker.nudged.clear()
        worker.queueing = True
        entering = asyncio.ensure_future(self._gate.enter(note.chat_id, note.precedence))
        nudge = asyncio.ensure_future(worker.nudged.wait())
        try:
            await asyncio.wait({entering, nudge}, return_when=asyncio.FIRST_COMPLETED)
            return entering.done()
        finally:
            worker.queueing = False
            nudge.cancel()
            entering.cancel()

    async def _next(self, chat: int) -> Owed | None:
        """Pick what goes next; what is too much for the chat folds into its storm card on the way."""
        now = self._now()
        volume = self._policy.volume
        async with self._database.read() as connection:
            notes = await outbox.waiting(connection, chat)
            sent = await messages.recent(connection, chat, now - volume.window)
            storm = await storms.open_in(connection, chat)
            known = await chats.load(connection, chat)
        if known is not None and known.quiet_until is not None and known.quiet_until > now:
            return None
        first, folded = choose(notes, sent=sent, storm_open=storm is not None, volume=volume, now=now)
        if not folded:
            return first
        await self._database.write(lambda tx: fold(tx, folded, now=now))
        return await self._next(chat)

    async def _tell(self, chat: int) -> bool:
        """Tell the most urgent note; return whether Telegram was called."""
        note = await self._next(chat)
        if note is None:
            return False
        async with self._database.read() as connection:
            target = await target_of(connection, note)
        if target is None:
            await self._settling.bury(note, Untold.NOTHING_TO_EDIT)
            return False
        message = await self._worded(note)
        if message is None:
            return False
        self._on_step(Step.RENDERED)
        if note.state is OutboxState.UNKNOWN and target.edit is None and not await self._reachable():
            await self._settling.later(note)
            return False
        now = self._now()
        fresh = target.edit is None
        if not await self._database.write(lambda tx: outbox.claim(tx, note, now=now, fresh=fresh)):
            return False
        self._on_step(Step.CLAIMED)
        message = await self._worded_at_last(note, message)
        if message is None:
            return False
        if target.edit is not None and target.shows == message.digest:
            await self._settling.unchanged(note)
            return False
        meaning = await self._say(note, message, target)
        self._count(meaning)
        self._on_step(Step.SENT)
        held = replace(note, attempts=note.attempts + 1)
        if await self._settling.settle(held, message, target, meaning):
            self.wake()
        self._on_step(Step.RECORDED)
        return True

    async def _worded_at_last(self, note: Owed, before: Message) -> Message | None:
        """Render once more what is claimed: until then whatever changed was left to this note to tell."""
        try:
            message = await self._render(note)
        except Exception:
            log.exception("note %s cannot be worded anew", note.id)
            return before
        if message is None:
            await self._settling.bury(note, Untold.NOTHING_TO_TELL)
        return message

    async def _worded(self, note: Owed) -> Message | None:
        """Render a note; a template that fails thrice does not keep an alert back."""
        try:
            message = await self._render(note)
        except Exception as error:
            log.exception("note %s cannot be worded", note.id)
            failures = self._misrendered[note.id] = self._misrendered.get(note.id, 0) + 1
            await self._settling.report("template_fault", note, type(error).__name__)
            if failures < 3 or note.kind is NoteKind.UPDATE:  # noqa: PLR2004 - thrice
                await self._settling.later(note, failures=failures)
                return None
            return Message(text=f"🔴 №{note.incident_id or note.id}")
        self._misrendered.pop(note.id, None)
        if message is None:
            await self._settling.bury(note, Untold.NOTHING_TO_TELL)
        return message

    async def _say(self, note: Owed, message: Message, target: Target) -> Meaning:
        """Make the call; where Telegram dislikes the looks, say the same more plainly."""
        if not fits(message):
            await self._settling.report("text_too_long", note, f"{len(message.text)}")
        meaning: Meaning = BadText("nothing to say")
        for number, method in enumerate(drafts(message, target, self._keyboard)):
            if number:
                await self._gate.enter(note.chat_id, note.precedence)
            with passed():
                meaning = await ask(self._bot, method, seconds=self._pace.answer)
            if not isinstance(meaning, BadText):
                break
            await self._settling.report("template_fault", note, meaning.why)
        return meaning

    async def _reachable(self) -> bool:
        """Say whether Telegram answers at all: a message is not repeated into the void."""
        now = self._now()
        if self._alive_at is not None and timedelta() <= now - self._alive_at < timedelta(seconds=self._pace.repeat):
            return True
        if isinstance(await ask(self._bot, GetMe(), seconds=min(5.0, self._pace.answer)), Sent):
            self._alive_at = now
            return True
        return False


__all__ = ["Delivery", "Pace", "Precedence", "Render"]
