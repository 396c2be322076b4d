"""Reads the lists of clients, redirect servers and accesses; tells by its header or shape which list a file is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from checks.readers.cells import nearest
from checks.readers.entries import AccessEntry, ClientEntry, Entry, Listed, ListKind, RedirectEntry
from checks.readers.flaws import Flaw, Trouble, shown
from checks.readers.lines import (
    CLIENT_COLUMNS,
    REDIRECT_COLUMNS,
    Column,
    Verdict,
    is_managers,
    is_online,
    read_access,
    read_manager,
    read_named,
)
from checks.readers.sheets import Row, read_sheet

SAMPLE = 50
"""Rows that are asked for their shape."""
ANY_COLUMN = {**REDIRECT_COLUMNS, **CLIENT_COLUMNS}
ONLY_REDIRECTS = REDIRECT_COLUMNS.keys() - CLIENT_COLUMNS.keys()
ONLY_CLIENTS = CLIENT_COLUMNS.keys() - REDIRECT_COLUMNS.keys()

ReadLine = Callable[[Row], Verdict]


def read_list(file: str, content: bytes) -> Listed:
    """Read one file; whatever it holds, this returns and says what was wrong."""
    sheet = read_sheet(content)
    if not sheet.rows:
        return Listed(file=file, flaws=sheet.flaws)
    rows = sheet.rows
    header = _canonical(rows[0])
    if _is_header(header, rows[0]):
        return _read_with_header(file, header, rows, sheet.flaws)
    sample = [row for row in rows[:SAMPLE] if row.trouble is None]
    if any(map(is_managers, sample)):
        return _collect(file, ListKind.MANAGERS, rows, read_manager, sheet.flaws)
    if any(map(is_online, sample)):
        return _collect(file, ListKind.ONLINE, rows, read_access, sheet.flaws)
    return Listed(file=file, flaws=(*sheet.flaws, _not_a_list(rows[0])))


# ── lists with a header ───────────────────────────────────────────────────────────────────────────────────────────


def _canonical(row: Row) -> tuple[str, ...]:
    """Return the known column that each cell names, "" where it names none."""
    return tuple(_column(cell.casefold()) for cell in row.cells)


def _column(cell: str) -> str:
    cell = cell.removeprefix("\ufeff").strip('"')
    found = (name for name, column in ANY_COLUMN.items() if cell == name or cell in _aliases(name, column))
    return next(found, "")


def _aliases(name: str, column: Column) -> Iterable[str]:
    return (*column.aliases, *(REDIRECT_COLUMNS[name].aliases if name in REDIRECT_COLUMNS else ()))


def _is_header(header: Sequence[str], row: Row) -> bool:
    """Two known columns make a header; a single one does when it stands alone or begins the row as ``name``."""
    known = sum(map(bool, header))
    cells = sum(map(bool, row.cells))
    return known >= 2 or (known == 1 and (cells == 1 or header[0] == "name"))  # noqa: PLR2004 - said above


def _read_with_header(file: str, header: tuple[str, ...], rows: Sequence[Row], flaws: tuple[Flaw, ...]) -> Listed:
    kind = ListKind.REDIRECTS if set(header) & ONLY_REDIRECTS and not set(header) & ONLY_CLIENTS else ListKind.CLIENTS
    columns = REDIRECT_COLUMNS if kind is ListKind.REDIRECTS else CLIENT_COLUMNS
    found = (*flaws, *_header_flaws(header, rows[0], columns.keys()))
    if any(flaw.refused for flaw in found):
        return Listed(file=file, flaws=found)
    width = max(number for number, cell in enumerate(rows[0].cells, start=1) if cell)
    known = tuple(title if title in columns else "" for title in header[:width])
    return _collect(file, kind, rows[1:], lambda row: read_named(row, known, kind), found)


def _header_flaws(header: Sequence[str], row: Row, columns: Iterable[str]) -> Iterable[Flaw]:
    """Refuse a header with a word that is nearly a column: its data would be lost in silence."""
    seen: set[str] = set()
    for title, cell in zip(header, row.cells, strict=True):
        if title and title in seen:
            yield Flaw(line=row.line, trouble=Trouble.REPEATED_COLUMN, column=title)
        elif cell and title not in columns:
            meant = nearest(cell.casefold(), ANY_COLUMN.keys() - set(header))
            trouble = Trouble.MISSPELT_COLUMN if meant else Trouble.UNKNOWN_COLUMN
            yield Flaw(line=row.line, trouble=trouble, value=shown(cell), hint=meant, refused=bool(meant))
        seen.add(title)
    if "name" not in header:
        yield Flaw(line=row.line, trouble=Trouble.NO_NAME_COLUMN)


def _not_a_list(row: Row) -> Flaw:
    guesses = [(cell, nearest(cell.casefold(), ANY_COLUMN)) for cell in row.cells[: len(ANY_COLUMN)] if cell]
    meant = [(cell, guess) for cell, guess in guesses if guess]
    if len(meant) > len(guesses) // 2:
        return Flaw(line=row.line, trouble=Trouble.MISSPELT_COLUMN, value=shown(meant[0][0]), hint=meant[0][1])
    return Flaw(line=row.line, trouble=Trouble.NOT_A_LIST, hint=str(len(row.cells)))


# ── all lines of a file ───────────────────────────────────────────────────────────────────────────────────────────


def _collect(file: str, kind: ListKind, rows: Iterable[Row], read: ReadLine, flaws: tuple[Flaw, ...]) -> Listed:
    entries: dict[object, Entry] = {}
    titles: dict[str, Entry] = {}
    found: list[Flaw] = list(flaws)
    mentions: list[Entry] = []
    strangers = 0
    for row in rows:
        verdict = _refused(row) if row.trouble else read(row)
        found.extend(verdict.flaws)
        entry = verdict.entry
        if entry is None:
            mentions.extend(filter(None, [verdict.mention]))
            strangers += verdict.mention is None
            continue
        first = entries.setdefault(_key(entry), entry)
        if first is not entry:
            found.append(_twice(first, entry))
        elif namesake := _namesake(titles, entry):
            found.append(namesake)
    return Listed(
        file=file,
        kind=kind,
        entries=tuple(entries.values()),
        flaws=tuple(found),
        mentions=tuple(mentions),
        strangers=strangers,
    )


def _refused(row: Row) -> Verdict:
    assert row.trouble is not None
    return Verdict(None, None, (Flaw(line=row.line, trouble=row.trouble),))


def _key(entry: Entry) -> object:
    if isinstance(entry, AccessEntry):
        return entry.key
    return entry.name.casefold() if isinstance(entry, ClientEntry | RedirectEntry) else entry.endpoint


def _twice(first: Entry, again: Entry) -> Flaw:
    """Forgive a repeated line; a line that contradicts an earlier one stays out."""
    same = _data(first) == _data(again)
    name = again.login if isinstance(again, AccessEntry) else str(_key(again))
    trouble = Trouble.REPEATED if same else Trouble.TAKEN
    return Flaw(line=again.line, trouble=trouble, value=shown(name), hint=str(first.line), refused=not same)


def _data(entry: Entry) -> object:
    if isinstance(entry, AccessEntry):
        return entry.firm, entry.scheme, entry.password, entry.manager, entry.email
    return entry.told, entry.blank


def _namesake(titles: dict[str, Entry], entry: Entry) -> Flaw | None:
    """Remark on a title that another line has already: people could not tell the two apart."""
    if not isinstance(entry, ClientEntry | RedirectEntry) or not entry.told.get("title"):
        return None
    title = str(entry.told["title"])
    first = titles.setdefault(title.casefold(), entry)
    if first is entry:
        return None
    return Flaw(
        line=entry.line,
        trouble=Trouble.TITLE_TAKEN,
        column="title",
        value=shown(title),
        hint=str(first.line),
        refused=False,
    )
