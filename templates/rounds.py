"""What the card at a change of duty is given to word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from templates.cards import Brief, Someone


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """How things stand when one person hands over to another."""

    to: Someone
    before: Someone | None = None
    since: datetime
    """When the one before began."""
    until: datetime
    free: tuple[Brief, ...] = ()
    """Open, and nobody has them."""
    taken: tuple[Brief, ...] = ()
    muted: tuple[Brief, ...] = ()
    ended: tuple[Brief, ...] = ()
    repeat: bool = False
