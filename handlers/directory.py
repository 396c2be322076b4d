"""Keeps the lists at hand for answers: the estate and its search index, made anew when the lists change."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from checks import search
from checks.estate import Estate
from checks.search import Index
from storage import estate as registry
from storage.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The lists as of one moment."""

    estate: Estate
    index: Index


class Directory:
    """One for the whole bot; costs a glance at the database while nothing changes."""

    def __init__(self) -> None:
        self._book: Book | None = None
        self._fingerprint: tuple[object, ...] = ()
        self._making = asyncio.Lock()

    async def book(self, connection: Connection, estate: Estate | None = None) -> Book:
        """Return the lists as they are now; ``estate`` spares reading them where somebody has them at hand."""
        fingerprint = await registry.fingerprint(connection) if estate is None else (id(estate),)
        async with self._making:
            known = self._book
            if known is not None and (known.estate is estate if estate else self._fingerprint == fingerprint):
                return known
            fresh = estate or await registry.load(connection)
            index = await asyncio.to_thread(search.build, fresh.clients.values(), fresh.learned)
            self._book, self._fingerprint = Book(estate=fresh, index=index), fingerprint
            return self._book
