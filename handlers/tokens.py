"""Admits senders: a distributor's token from its file, or a client's own from the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from storage import tokens
from storage.database import Database
from storage.tokens import Pass, TokenFile


class Gate:
    """Knows whose token it is; whatever is not good is None, for whatever reason."""

    def __init__(self, database: Database, file: TokenFile, *, now: Callable[[], datetime]) -> None:
        self._database = database
        self._file = file
        self._now = now

    async def admit(self, token: str, dealer: str | None) -> Pass | None:
        """Return whose ``token`` it is, sent with the header ``dealer``."""
        found = self._file.find(token, dealer)
        async with self._database.read() as connection:
            own = await tokens.find(connection, token, self._now())
        return found or own
