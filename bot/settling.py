"""Records what became of a call to Telegram, and arranges what follows from it."""

from __future__ import annotations

import asyncio
import itertools
import logging
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, assert_never

from bot.gate import Gate
from bot.telegram import (
    BadText,
    Dead,
    Gone,
    LostTopic,
    Meaning,
    Migrated,
    NotModified,
    NotSent,
    Sent,
    Unknown,
    Wait,
)
from bot.wording import Target
from checks.backoff import delay
from checks.model import Message, NoteKind, Untold
from handlers import losses
from handlers.steps import OnStep, Step, unwatched
from storage import boards, chats, messages, outbox, storms
from storage.database import Connection, Database
from storage.outbox import Owed

if TYPE_CHECKING:
    from bot.delivery import Pace

LONG_OUTAGE = 60
"""After so many failures in a row the retries become rare."""
RARE = timedelta(seconds=30)
REPEAT_CAP = timedelta(minutes=10)

log = logging.getLogger(__name__)


class Settling:
    """Writes the end of every attempt into the outbox, in one transaction with all that it changes."""

    def __init__(
        self, database: Database, gate: Gate, *, now: Callable[[], datetime], pace: Pace, on_step: OnStep = unwatched
    ) -> None:
        self._database = database
        self._gate = gate
        self._now = now
        self._pace = pace
        self._on_step = on_step
        self._reported: set[tuple[str, str, str]] = set()

    async def settle(self, note: Owed, message: Message, target: Target, meaning: Meaning) -> bool:
        """Record an attempt; return whether another chat has something to be told because of it.

        Tried until it is written down: what was said must not be forgotten because the disk was full for a minute.
        """
        now = self._now()
        meaning = _sensible(meaning, note, target)

        async def work(tx: Connection) -> bool:
            elsewhere = await self._settle(tx, note, message, target, meaning=meaning, now=now)
            self._on_step(Step.SETTLED)
            return elsewhere

        for failures in itertools.count(1):
            try:
                return await self._database.write(work)
            except Exception:
                log.exception("what became of note %s cannot be written down", note.id)
                await asyncio.sleep(self._patience(failures).total_seconds())
        raise AssertionError("counting never ends")

    async def bury(self, note: Owed, why: Untold) -> None:
        now = self._now()
        await self._database.write(lambda tx: outbox.bury(tx, note.id, why=why, at=now))

    async def unchanged(self, note: Owed) -> None:
        """Record that the message already shows what it should."""
        now = self._now()
        await self._database.write(lambda tx: outbox.delivered(tx, note.id, message_id=None, at=now))

    async def later(self, note: Owed, *, failures: int = 1) -> None:
        """Put a note off that was not tried."""
        due = self._now() + self._patience(failures)
        await self._database.write(lambda tx: outbox.put_off(tx, note.id, due_at=due))

    async def report(self, what: str, note: Owed, why: str) -> None:
        """Tell the admins of a fault in our own texts, once for each kind of note and fault."""
        key = (what, note.kind, why[:60])
        if key in self._reported:
            return
        self._reported.add(key)
        log.error("%s: %s of incident %s: %s", what, note.kind, note.incident_id, why)
        if note.kind is NoteKind.NOTICE:
            return  # a notice about a notice would never end
        now = self._now()
        facts = {"kind": note.kind, "incident": note.incident_id, "why": why[:200]}
        await self._database.write(lambda tx: losses.notify_admins(tx, what, now=now, facts=facts))

    def _patience(self, failures: int) -> timedelta:
        if failures > LONG_OUTAGE:
            return RARE
        base, cap = timedelta(seconds=self._pace.retry), timedelta(seconds=self._pace.retry_cap)
        return delay(failures, 0.5 + random.random() / 2, base=base, cap=cap)

    async def _settle(
        self, tx: Connection, note: Owed, message: Message, target: Target, *, meaning: Meaning, now: datetime
    ) -> bool:
        match meaning:
            case Sent() | NotModified():
                await _arrived(tx, note, message, target, meaning=meaning, now=now)
            case Wait(seconds):
                await self._wait(tx, note, seconds, now)
            case NotSent(why):
                if note.attempts in {1, 10} or note.attempts % LONG_OUTAGE == 0:
                    log.warning("Telegram is out of reach, try %s: %s", note.attempts, why)
                due = now + self._patience(note.attempts)
                await outbox.retry(tx, note.id, due_at=due, error=why)
                await outbox.postpone(tx, note.chat_id, due)
            case Unknown(why):
                await self._lost(tx, note, target, why, now)
            case Dead(why):
                await outbox.retry(tx, note.id, due_at=now, error=why)
                await losses.lose_chat(tx, note.chat_id, why, now=now)
                return True
            case Migrated(to):
                await outbox.retry(tx, note.id, due_at=now, error="migrated", counts=False)
                await chats.migrate(tx, note.chat_id, to, at=now)
                return True
            case LostTopic():
                await outbox.retry(tx, note.id, due_at=now, error="topic lost", counts=False)
                await losses.lose_topic(tx, note.chat_id, note.thread_id or 0, now=now)
            case Gone():
                await _forget(tx, note, target, now)
                await outbox.retry(tx, note.id, due_at=now, error="original deleted", counts=False)
            case BadText(why):
                await outbox.bury(tx, note.id, why=Untold.REFUSED, at=now, error=why)
                facts = {"kind": note.kind, "incident": note.incident_id, "why": why[:200]}
                if note.kind is not NoteKind.NOTICE:
                    await losses.notify_admins(tx, "undeliverable", now=now, facts=facts)
                return True
            case _:
                assert_never(meaning)
        return False

    async def _wait(self, tx: Connection, note: Owed, seconds: float | None, now: datetime) -> None:
        if seconds is None:
            due = now + self._patience(note.attempts + 2)
            await outbox.retry(tx, note.id, due_at=due, error="429")
            await outbox.postpone(tx, note.chat_id, due)
            return
        until = now + timedelta(seconds=seconds)
        await outbox.retry(tx, note.id, due_at=until, error=f"429: {seconds:g} s", counts=False)
        await chats.quiet(tx, note.chat_id, until)
        self._gate.block(note.chat_id, seconds)

    async def _lost(self, tx: Connection, note: Owed, target: Target, why: str, now: datetime) -> None:
        """Make an edit again soon; repeat a message later, marked, each time its answer is lost."""
        if target.edit is not None:
            due = now + self._patience(note.attempts)
            await outbox.retry(tx, note.id, due_at=due, error=why)
            return
        wait = min(timedelta(seconds=self._pace.repeat) * 4 ** min(note.attempts - 1, 8), REPEAT_CAP)
        await outbox.lost(tx, note.id, due_at=now + wait, error=why)


def _sensible(meaning: Meaning, note: Owed, target: Target) -> Meaning:
    """Take an answer that does not fit its question for what it comes to."""
    match meaning:
        case LostTopic() if note.thread_id is None:
            return Dead("topic closed")
        case Gone() if target.edit is None:
            return BadText("message to answer not found")
        case _:
            return meaning


async def _arrived(
    tx: Connection, note: Owed, message: Message, target: Target, *, meaning: Sent | NotModified, now: datetime
) -> None:
    number = target.edit or (meaning.message_id if isinstance(meaning, Sent) else None)
    await outbox.delivered(tx, note.id, message_id=number, at=now)
    if number is None:
        return
    if note.storm_id is not None and note.kind is NoteKind.STORM:
        await storms.said(tx, note.storm_id, message_id=number, digest=message.digest, at=now)
    if note.kind is NoteKind.BOARD:
        fresh = target.edit is None
        await boards.said(tx, note.board_id or 0, message_id=number, digest=message.digest, at=now, fresh=fresh)
    if target.edit is not None:
        await messages.shows(tx, note.chat_id, number, message.digest)
        return
    said = messages.Said(
        chat_id=note.chat_id,
        message_id=number,
        thread_id=target.thread_id,
        incident_id=note.incident_id,
        kind=NoteKind.FIRING if note.kind is NoteKind.UPDATE else note.kind,
        sent_at=now,
        digest=message.digest,
    )
    await messages.keep(tx, said, new=note.kind is not NoteKind.BOARD)


async def _forget(tx: Connection, note: Owed, target: Target, now: datetime) -> None:
    if note.kind is NoteKind.STORM and note.storm_id is not None:
        await storms.said(tx, note.storm_id, message_id=None, digest="", at=now)
    elif note.kind is NoteKind.BOARD:
        await boards.said(tx, note.board_id or 0, message_id=None, digest="", at=now)
    elif target.edit is not None:
        await messages.gone(tx, note.chat_id, target.edit, now)
