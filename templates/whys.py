"""What ``/why`` is given to word: moments in time order, each measured, happened, decided or done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from checks.model import NoteKind, OutboxState, State
from checks.notifications import Reason
from templates.cards import Line, Mute


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The chats that something is said of."""

    here: bool = False
    """The chat in which it is asked."""
    named: tuple[str, ...] = ()
    others: int = 0
    """Chats beyond those named, or that this person need not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A belief about one check changed."""

    at: datetime
    state: State
    title: str
    """What is wrong when it fails."""
    well: str = ""
    reason: str = ""
    detail: str = ""
    what: Literal["measured"] = "measured"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One step of an incident."""

    at: datetime
    number: int
    line: Line
    what: Literal["happened"] = "happened"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """One decision about telling, and the chats it is about."""

    at: datetime
    number: int
    reason: Reason
    places: Places
    until: datetime | None = None
    """What is put off waits until then."""
    mute: Mute | None = None
    what: Literal["decided"] = "decided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of something owed, and in which chats."""

    at: datetime
    number: int
    note: NoteKind
    state: OutboxState
    places: Places
    silent: bool = True
    why: str = ""
    error: str = ""
    mute: Mute | None = None
    what: Literal["done"] = "done"


Moment = Measured | Happened | Chosen | Done
