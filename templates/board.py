"""What the board is given to word: everything at a glance, as one chat may know it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from templates.cards import Brief, Mute, Someone
from templates.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The state of things now."""

    clients: int
    hit: int = 0
    incidents: tuple[Brief, ...] = ()
    muted: tuple[tuple[int, Mute], ...] = ()
    """Of the muted ones, by incident number: by whom and until when."""
    mutes: int = 0
    works: tuple[Work, ...] = ()
    duty: Someone | None = None
    own: bool = False
    blind_since: datetime | None = None
    """Since when we see nothing ourselves."""
    swept_at: datetime | None = None
    """When anything was looked at last."""
    refreshes: timedelta = timedelta(minutes=5)
    pin_refused: bool = False
    repeat: bool = False

    def mute_of(self, number: int) -> Mute | None:
        return dict(self.muted).get(number)
