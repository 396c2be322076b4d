"""What the card of a watch, the announcement of work and the list of versions are given to word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from checks.watching import Point, Trigger
from templates.workbook import Cell, Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """One point of a watch."""

    point: Point
    at: datetime | None = None
    """When it was confirmed; None = not yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """A person whom the chat can be made to tell."""

    id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchCard:
    """A watch as a chat is told of it."""

    id: int
    trigger: Trigger
    what: str = ""
    who: Who | None = None
    """Who announced the work."""
    since: datetime
    due_at: datetime
    overdue: bool = False
    ended_at: datetime | None = None
    cancelled: bool = False
    version_before: str | None = None
    version: str | None = None
    required: str | None = None
    operup_before: datetime | None = None
    habit: str = ""
    heard_at: datetime | None = None
    """The last report."""
    ticks: tuple[Tick, ...] = ()

    @property
    def done(self) -> int:
        return sum(tick.at is not None for tick in self.ticks)

    @property
    def missing(self) -> tuple[Tick, ...]:
        return tuple(tick for tick in self.ticks if tick.at is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCard:
    """Work at a client as the person who announces it is shown it."""

    client: str
    label: str
    what: str = ""
    by: str = ""
    watch_id: int = 0
    state: str = "ready"
    """ready, lasts, watched (over, what came back is being watched), cancelled."""
    began_at: datetime | None = None
    until: datetime | None = None
    """When the work is taken to be over at the latest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A version and who runs it."""

    version: str
    """Empty = not known."""
    clients: tuple[str, ...]
    """Labels."""
    below: bool = False
    heard_at: datetime | None = None
    """The newest report that says so."""
    oldest_at: datetime | None = None
    """The oldest one."""


def version_sheet(rows: Sequence[tuple[str, str, str, str, datetime | None, bool]], required: str | None) -> Sheet:
    """Return the list of versions as a sheet: label, name, manager, version, last report, below or not."""
    lines: list[tuple[Cell, ...]] = [
        (label, name, manager, version or "неизвестно", at, "да" if below else "")
        for label, name, manager, version, at, below in rows
    ]
    return Sheet(
        title="Версии",
        about=f"Требуется не ниже {required}" if required else "Требуемая версия не указана",
        header=("Клиент", "Имя", "Менеджер", "Версия", "Отчёт", "Ниже требуемой"),
        rows=lines,
    )
