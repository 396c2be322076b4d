"""Planned work: spans of time in which nothing is told, because everybody knows why it does not work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Extent(StrEnum):
    """What the work is done on."""

    CLIENT = "client"
    REDIRECT = "redirect"
    CODE = "code"
    """One kind of alert, by its catalogue code."""
    ALL = "all"


class Source(StrEnum):
    """Who announced the work."""

    CHAT = "chat"
    CONFIGURATION = "configuration"
    API = "api"
    WORK = "work"
    """A specialist who said that he is at work there (``/work``)."""


class WindowState(StrEnum):
    PLANNED = "planned"
    LASTING = "lasting"
    LOOKING = "looking"
    """The time is over; everything in it is being looked at before anything is told."""
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A window of planned work: messages are kept back, measuring is not, the record is not."""

    id: int | None = None
    extent: Extent
    target: str = ""
    """Client, redirect server or catalogue code; empty for all."""
    begins_at: datetime
    """Of the present or next time, where it comes again and again."""
    ends_at: datetime
    cron: str = ""
    """When it begins each time, in ``zone``; empty = once."""
    zone: str = ""
    """IANA name, or a shift in hours from Moscow, as client lists write it; empty = Moscow."""
    length: timedelta | None = None
    """How long each time of a recurring window lasts."""
    source: Source = Source.CHAT
    key: str = ""
    """By what its source knows it again."""
    author: int | None = None
    chat_id: int | None = None
    """The chat that announced it; its end is told there in any case."""
    thread_id: int | None = None
    reason: str = ""
    created_at: datetime
    state: WindowState = WindowState.PLANNED
    run_id: int | None = None
    """The present time of it, while it lasts or is looked at."""
    looked_from: datetime | None = None
    """Since when everything in it is being looked at."""

    @property
    def thing(self) -> tuple[Extent, str]:
        return self.extent, self.target

    @property
    def lasts(self) -> bool:
        return self.state in {WindowState.LASTING, WindowState.LOOKING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One time that a window lasted, and what was still broken when it was over."""

    id: int
    window_id: int
    extent: Extent
    target: str
    reason: str = ""
    author: int | None = None
    began_at: datetime
    ended_at: datetime | None = None
    """When everything had been looked at; None while it lasts."""
    why: str = ""
    incidents: tuple[int, ...] = ()
    """Incidents of it that were open at the end."""
    elsewhere: int = 0
    """How many of its incidents other planned work still keeps back."""
