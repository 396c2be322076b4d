"""Questions that wait for the bot's answer: presses of buttons and inline searches."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from demo.telegram.errors import bad

LIFETIME = timedelta(seconds=30)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


@dataclass(frozen=True, slots=True)
class Query:
    id: str
    asked: datetime
    answer: asyncio.Future[dict[str, Any]]


@dataclass(slots=True)
class Queries:
    """Open questions by id; each is answered once and in time, or Telegram refuses the answer."""

    prefix: str
    open: dict[str, Query] = field(default_factory=dict)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def ask(self, now: datetime) -> Query:
        self.open = {query.id: query for query in self.open.values() if now - query.asked <= LIFETIME}
        query = Query(f"{self.prefix}{next(self._numbers):06d}", now, asyncio.get_running_loop().create_future())
        self.open[query.id] = query
        return query

    def answer(self, query_id: str, answer: dict[str, Any], now: datetime) -> None:
        query = self.open.pop(query_id, None)
        if query is None or now - query.asked > LIFETIME:
            raise bad(TOO_OLD)
        if not query.answer.done():
            query.answer.set_result(answer)


async def answered(query: Query, seconds: float) -> dict[str, Any] | None:
    """Wait for the bot's answer; None when it keeps silent."""
    try:
        return await asyncio.wait_for(asyncio.shield(query.answer), seconds)
    except TimeoutError:
        return None
