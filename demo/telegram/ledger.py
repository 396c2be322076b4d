"""The ledger of Bot API calls: what a bot asked for and what came of it; written once, never changed."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

KEPT = 50_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One call: ``verdict`` is what the bot was told, ``accepted`` whether the call took effect all the same."""

    number: int
    time: datetime
    method: str
    parameters: Mapping[str, Any]
    verdict: str
    accepted: bool
    chat_id: int | None = None
    message_id: int | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "time": self.time.isoformat(),
            "method": self.method,
            "parameters": dict(self.parameters),
            "verdict": self.verdict,
            "accepted": self.accepted,
            "chat_id": self.chat_id,
            "message_id": self.message_id,
        }


@dataclass(slots=True)
class Ledger:
    """Keeps the latest calls in order; numbers never start again, so a reader can go on from the last one it saw."""

    entries: deque[Entry] = field(default_factory=lambda: deque(maxlen=KEPT))
    written: int = 0

    def write(
        self,
        *,
        time: datetime,
        method: str,
        parameters: Mapping[str, Any],
        verdict: str,
        accepted: bool,
        chat_id: int | None = None,
        message_id: int | None = None,
    ) -> Entry:
        self.written += 1
        entry = Entry(
            number=self.written,
            time=time,
            method=method,
            parameters=parameters,
            verdict=verdict,
            accepted=accepted,
            chat_id=chat_id,
            message_id=message_id,
        )
        self.entries.append(entry)
        return entry

    def since(self, number: int = 0, *, method: str | None = None) -> list[dict[str, Any]]:
        return [
            entry.as_json()
            for entry in self.entries
            if entry.number > number and (method is None or entry.method.lower() == method.lower())
        ]
