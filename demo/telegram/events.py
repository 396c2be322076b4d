"""Tells every open page what has just changed, so that nobody has to reload."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

BACKLOG = 1_000

Listener = asyncio.Queue[dict[str, Any] | None]


@dataclass(slots=True)
class Events:
    """Fans events out; a page that cannot keep up is let go and loads everything anew."""

    listeners: set[Listener] = field(default_factory=set)

    def publish(self, kind: str, **facts: Any) -> None:
        for listener in list(self.listeners):
            if listener.qsize() >= BACKLOG:
                self.listeners.discard(listener)
                listener.put_nowait(None)
            else:
                listener.put_nowait({"kind": kind, **facts})

    @contextmanager
    def listen(self) -> Iterator[Listener]:
        listener: Listener = asyncio.Queue()
        self.listeners.add(listener)
        try:
            yield listener
        finally:
            self.listeners.discard(listener)

    def close(self) -> None:
        for listener in list(self.listeners):
            listener.put_nowait(None)
