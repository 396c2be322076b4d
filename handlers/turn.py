"""One update being answered: who asks, where, when; what it changes is remembered together with it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from aiogram import Bot

from checks.access import Act, ChatKind, Owners, Refused, Verdict, may
from checks.model import Person
from handlers.deps import Deps
from storage import audit, updates

T = TypeVar("T")

WAKE_AT_LATEST = 2.0
"""Seconds that other chats wait for the answer to the one who pressed."""


class Repeated(Exception):  # noqa: N818 - not an error: the update had its effect already
    """The same update came a second time."""


class Denied(Exception):  # noqa: N818 - not an error either: a person was told no
    """The person may not do this; the refusal says why and whom to ask."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.reason)
        self.refused = refused


@dataclass(slots=True, kw_only=True)
class Turn:
    """One update being answered."""

    deps: Deps
    bot: Bot
    update_id: int
    now: datetime
    chat_id: int
    chat: ChatKind
    zone: ZoneInfo
    user_id: int
    user_name: str
    username: str | None = None
    person: Person | None = None
    thread_id: int | None = None
    sees: frozenset[str] | None = None
    """The clients that this chat may see; None = everybody's."""
    mute_limit: timedelta | None = None
    """How long support and managers may mute alone here; None = as long as they like."""
    dead: bool = False
    """We believe that this chat cannot be written to."""
    met: bool = False
    """The chat was known before."""
    marked: bool = field(default=False, init=False)
    """The update is written down: its effect is on disk."""
    _waking: asyncio.TimerHandle | None = field(default=None, init=False)

    @property
    def someone(self) -> Person:
        """The person who asks; only where strangers were turned away before."""
        assert self.person is not None
        return self.person

    def verdict(self, act: Act, owners: Owners | None = None) -> Verdict:
        see_all = self.deps.managers_see_all
        return may(self.person, act, chat=self.chat, owners=owners, managers_see_all=see_all)

    def require(self, act: Act, owners: Owners | None = None) -> None:
        """Go on only if the person may.

        Raises:
            Denied: with the reason and whom to ask.

        """
        verdict = self.verdict(act, owners)
        if isinstance(verdict, Refused):
            raise Denied(verdict)

    async def change(
        self,
        act: str,
        work: Callable[[Any], Awaitable[T]],
        *,
        target: str = "",
        detail: Mapping[str, Any] | Callable[[T], Mapping[str, Any]] | None = None,
    ) -> T:
        """Run ``work`` in one transaction with the mark of this update and, if it returns something true, its audit.

        Raises:
            Repeated: this update had its effect before; nothing is changed.

        """

        async def whole(tx: Any) -> T:
            if not self.marked and not await updates.mark(tx, self.update_id, self.now):
                raise Repeated
            done = await work(tx)
            if done:
                facts = detail(done) if callable(detail) else detail
                await self._audit(tx, act, target, facts)
            return done

        result = await self.deps.database.write(whole)
        self.marked = True
        return result

    def owe(self) -> None:
        """Note that chats are owed something: delivery is woken when this chat has its answer, or soon at the latest.

        The pressed card is edited by the handler; delivery, coming after it, finds nothing left to change there.
        """
        if self._waking is None:
            self._waking = asyncio.get_running_loop().call_later(WAKE_AT_LATEST, self.deps.wake)

    async def finish(self) -> None:
        """Wake delivery if something is owed, and write the update down, so that it is not answered twice."""
        if self._waking is not None:
            self._waking.cancel()
            self._waking = None
            self.deps.wake()
        if not self.marked:
            await self.deps.database.write(lambda tx: updates.mark(tx, self.update_id, self.now))
            self.marked = True

    async def _audit(self, tx: Any, act: str, target: str, detail: Mapping[str, Any] | None) -> None:
        name = self.person.name if self.person else self.user_name
        await audit.write(
            tx,
            at=self.now,
            person_id=self.user_id,
            person=name,
            chat_id=self.chat_id,
            act=act,
            target=target,
            detail=detail,
        )
