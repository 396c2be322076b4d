"""What cards and lists about planned work are given to word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from checks.model import Extent, Source, WindowState
from templates.cards import Brief


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One window of planned work as people are told of it."""

    id: int
    extent: Extent
    what: str = ""
    """Label of the client or server, title of the kind of alert."""
    known: bool = True
    """Whether the lists still have it."""
    begins_at: datetime
    ends_at: datetime
    state: WindowState = WindowState.PLANNED
    cron: str = ""
    said: tuple[str, int, int] | None = None
    """Days (``*`` or ``1-5``), hour and minute, where ``cron`` is as plain as that."""
    length: timedelta | None = None
    reason: str = ""
    by: str = ""
    """The person who announced it."""
    source: Source = Source.CHAT
    undoable: bool = False
    mine: bool = True
    """Whether the person who reads this may end it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How planned work ended, as one chat may know it."""

    works: tuple[Work, ...]
    """What was under work; ``ends_at`` is when it ended."""
    clients: int = 0
    """How many clients it concerned."""
    away: int = 0
    """How many of them are hit by an open incident still."""
    incidents: tuple[Brief, ...] = ()
    """What was broken when it ended; those that have ended since included."""
    elsewhere: int = 0
    """Incidents that other planned work keeps back still."""
    repeat: bool = False

    @property
    def alone(self) -> Work | None:
        return self.works[0] if len(self.works) == 1 else None
