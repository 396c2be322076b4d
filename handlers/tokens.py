"""Admits senders: a distributor's token from its file, or a client's own from the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from storage import tokens
from storage.database import Database
from storage.tokens import Pass, TokenFile, digest

TRUSTED_FOR = timedelta(seconds=5)
"""A token that was good is asked for again after so long: an end or a revocation holds from then on."""
REMEMBERED = 10_000


class Gate:
    """Knows whose token it is; whatever is not good is None, for whatever reason."""

    def __init__(self, database: Database, file: TokenFile, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._file = file
        self._now = now
        self._good: dict[str, tuple[Pass, datetime]] = {}

    async def admit(self, token: str, dealer: str | None) -> Pass | None:
        """Return whose ``token`` it is, sent with the header ``dealer``."""
        return self._file.find(token, dealer) or await self._own(token, self._now())

    async def _own(self, token: str, now: datetime) -> Pass | None:
        known, until = self._good.get(digest(token), (None, now))
        if known is not None and now < until:
            return known
        async with self._database.read() as connection:
            found = await tokens.find(connection, token, now)
        if found is not None:
            if len(self._good) >= REMEMBERED:
                self._good.clear()
            self._good[found.hash] = (found, now + TRUSTED_FOR)
        return found
