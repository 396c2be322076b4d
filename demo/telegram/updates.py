"""The queue of updates: kept until a bot confirms them, given to one poller at a time."""

import asyncio
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from demo.telegram.errors import conflict

KINDS = {
    "message", "edited_message", "channel_post", "edited_channel_post", "inline_query", "chosen_inline_result",
    "callback_query", "my_chat_member", "chat_member", "message_reaction",
}  # fmt: skip
ASKED_FOR = {"chat_member", "message_reaction"}
"""Kinds that come only to a bot that names them."""
MOST = 100
LONGEST = 50.0
KEPT = 10_000


@dataclass(slots=True)
class Updates:
    """Updates in order; ``allowed`` decides when one is made, as at Telegram, not when it is fetched."""

    next_id: int = 1
    pending: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=KEPT))
    allowed: Collection[str] = ()
    webhook: str = ""
    secret: str = ""
    _poll: int = 0
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, kind: str, payload: dict[str, Any]) -> None:
        wanted = self.allowed or KINDS - ASKED_FOR
        if kind in wanted:
            self.pending.append({"update_id": self.next_id, kind: payload})
            self.next_id += 1
            self._news.set()

    def allow(self, kinds: Any) -> None:
        """Remember which kinds a bot wants; None leaves what was said before, [] goes back to the default."""
        if isinstance(kinds, list):
            self.allowed = frozenset(str(kind) for kind in kinds)

    def confirm(self, offset: int) -> None:
        """Forget what is older than the offset; a negative one keeps that many of the latest."""
        if offset < 0:
            while len(self.pending) > -offset:
                self.pending.popleft()
        while self.pending and self.pending[0]["update_id"] < offset:
            self.pending.popleft()

    async def poll(self, *, offset: int, limit: int, seconds: float) -> list[dict[str, Any]]:
        """Wait for updates; a second poll ends the first with 409, as Telegram does."""
        if self.webhook:
            raise conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        self._poll += 1
        mine = self._poll
        self._news.set()
        self.confirm(offset)
        try:
            async with asyncio.timeout(min(max(seconds, 0), LONGEST)):
                await self._wait(mine)
        except TimeoutError:
            pass
        if mine != self._poll:
            raise conflict("terminated by other getUpdates request; make sure that only one bot instance is running")
        return list(self.pending)[: max(1, min(limit, MOST))]

    async def _wait(self, mine: int) -> None:
        while not self.pending and mine == self._poll:
            self._news.clear()
            await self._news.wait()

    async def next(self) -> dict[str, Any]:
        """Wait for the oldest update, for delivery to a webhook."""
        while not (self.pending and self.webhook):
            self._news.clear()
            await self._news.wait()
        return self.pending[0]

    def wake(self) -> None:
        self._news.set()
