"""Outlines a foreign report, so that a form for it can be written: what stands where, how often, for example what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO

from checks.readers.archive import SQLITE, BrokenReportError, Capped, opened
from checks.readers.markup import walk
from checks.readers.tables import Asked, BadQueryError, columns_of, opened_database
from checks.reports import Broken

MAX_PLACES = 400
SAMPLES = 3
MAX_SAMPLE = 60
ROWS_SHOWN = 3


@dataclass(slots=True)
class Place:
    """An element or attribute by its path, or a column of a table."""

    path: str
    count: int = 0
    samples: list[str] = field(default_factory=list)

    def see(self, text: str) -> None:
        """Keep a few different samples."""
        sample = " ".join(text.split())[:MAX_SAMPLE]
        if sample and len(self.samples) < SAMPLES and sample not in self.samples:
            self.samples.append(sample)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of a database."""

    name: str
    rows: int | None
    """None = it cannot be counted."""
    columns: tuple[Place, ...] = ()
    virtual: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """What a report contains: places of XML or tables of SQLite."""

    places: tuple[Place, ...] = ()
    tables: tuple[Table, ...] = ()
    cut: bool = False
    """There is more than is shown."""


def outline(file: IO[bytes]) -> Outline:
    """Look through the whole file.

    Raises:
        BrokenReportError: it cannot be read; the reader of facts says the same.

    """
    with opened(file) as report:
        if report.peek().startswith(SQLITE):
            with opened_database(report) as asked:
                return _outline_tables(asked)
        return _outline_tree(report)


def _outline_tree(report: Capped) -> Outline:
    visitor = _Visitor()
    walk(report, visitor)
    return Outline(places=tuple(visitor.places.values()), cut=visitor.cut)


class _Visitor:
    """Counts places in the order in which they first appear."""

    def __init__(self) -> None:
        self.places: dict[str, Place] = {}
        self.cut = False
        self._open: list[tuple[str, list[str]]] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        above = self._open[-1][0] if self._open else ""
        path = f"{above}/{name}"
        self._open.append((path, []))
        self._see(path, "")
        for attribute, value in attributes.items():
            self._see(f"{path}/@{attribute.rpartition('}')[2]}", value)

    def data(self, text: str) -> None:
        if self._open and len(self._open[-1][1]) < SAMPLES:
            self._open[-1][1].append(text)

    def end(self) -> None:
        path, pieces = self._open.pop()
        if path in self.places:
            self.places[path].see("".join(pieces))

    def _see(self, path: str, text: str) -> None:
        place = self.places.get(path)
        if place is None:
            if len(self.places) >= MAX_PLACES:
                self.cut = True
                return
            place = self.places[path] = Place(path)
        place.count += 1
        place.see(text)


def _outline_tables(asked: Asked) -> Outline:
    try:
        names = asked.tables()
    except BadQueryError as error:
        raise BrokenReportError(Broken.BAD_DATABASE, str(error)) from error
    tables = tuple(_table(asked, name) for name in names[:MAX_PLACES])
    hidden = tuple(Table(name=name, rows=None, virtual=True) for name in sorted(asked.virtual))
    return Outline(tables=tables + hidden, cut=len(names) > MAX_PLACES)


def _table(asked: Asked, name: str) -> Table:
    quoted = name.replace('"', '""')
    try:
        columns = [Place(column) for column in columns_of(asked, name)]
        rows = asked.ask(f'SELECT count(*) FROM "{quoted}"')[1]  # noqa: S608 - quoted, and the file is read-only
        shown = asked.ask(f'SELECT * FROM "{quoted}" LIMIT {ROWS_SHOWN}')[1]  # noqa: S608 - as above
    except BadQueryError:
        return Table(name=name, rows=None)
    for row in shown:
        for place, cell in zip(columns, row, strict=True):
            place.see(cell or "")
    return Table(name=name, rows=int(rows[0][0] or 0), columns=tuple(columns))
