"""Turns the bytes of a CSV or XLSX file into numbered rows of cells, whatever their encoding and separator."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from checks.readers.flaws import Flaw, Trouble

LARGEST_FILE = 20 * 2**20
"""Bytes; also the most that Telegram hands to a bot."""
MOST_LINES = 100_000
MOST_CELLS = 60
LONGEST_CELL = 1000
LONGEST_LINE = LONGEST_CELL * MOST_CELLS
LONGEST_RECORD = 10
"""Physical lines that one quoted cell may run over."""
ZIP = b"PK\x03\x04"
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
SEPARATORS = ",;\t"
_EXCEL_SEPARATOR = re.compile(r"sep=([,;\t])[,;\t]*")
FORMULA = "\x00formula"
"""Stands for a formula of a workbook; no real cell can hold a NUL that was not refused."""
SHEET_ERROR = "\x00error"


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a file; ``line`` is what an editor or Excel shows beside it."""

    line: int
    cells: tuple[str, ...]
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows that hold something; when ``flaws`` has a refusal, the file cannot be read and there are none."""

    rows: tuple[Row, ...] = ()
    flaws: tuple[Flaw, ...] = ()


def refusal(trouble: Trouble, *, value: str = "", hint: str = "") -> Sheet:
    return Sheet(flaws=(Flaw(line=0, trouble=trouble, value=value, hint=hint),))


def read_sheet(content: bytes) -> Sheet:
    """Read a file; never raises."""
    if len(content) > LARGEST_FILE:
        return refusal(Trouble.TOO_LARGE, hint=str(LARGEST_FILE // 2**20))
    if content.startswith(ZIP):
        from checks.readers.workbook import read_workbook  # noqa: PLC0415 - openpyxl loads on first use

        return read_workbook(content)
    if content.startswith(OLD_EXCEL):
        return refusal(Trouble.BAD_WORKBOOK, hint="xls")
    return _read_csv(content)


def checked(line: int, cells: Iterable[str]) -> Row | None:
    """Return a row with its cells trimmed and its first trouble found, None when it holds nothing."""
    trimmed = tuple(map(str.strip, cells))
    while trimmed and not trimmed[-1] and len(trimmed) > MOST_CELLS:
        trimmed = trimmed[:-1]
    return Row(line, trimmed, _trouble(trimmed)) if any(trimmed) else None


def _trouble(cells: tuple[str, ...]) -> Trouble | None:
    joined = "".join(cells)
    if "\x00" in joined:
        return _nul_trouble(cells)
    if "\ufffd" in joined:
        return Trouble.ENCODING
    if len(cells) > MOST_CELLS:
        return Trouble.FIELD_COUNT
    if len(joined) > LONGEST_CELL and max(map(len, cells)) > LONGEST_CELL:
        return Trouble.TOO_LONG
    if not joined.isprintable() and any(c < " " and c not in "\t\r\n" for c in joined):
        return Trouble.CONTROL
    return None


def _nul_trouble(cells: tuple[str, ...]) -> Trouble:
    if FORMULA in cells:
        return Trouble.FORMULA
    return Trouble.SHEET_ERROR if SHEET_ERROR in cells else Trouble.NUL


# ── CSV ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _read_csv(content: bytes) -> Sheet:
    lines = decode(content).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) > 2 * MOST_LINES:
        return refusal(Trouble.TOO_MANY_LINES, hint=str(MOST_LINES))
    separator = _separator(lines)
    if said := _EXCEL_SEPARATOR.fullmatch(lines[0]):
        lines[0], separator = "", said[1]
    rows: list[Row] = []
    for row in _records(lines, separator):
        if len(rows) >= MOST_LINES:
            return refusal(Trouble.TOO_MANY_LINES, hint=str(MOST_LINES))
        rows.append(row)
    return Sheet(tuple(rows)) if rows else refusal(Trouble.EMPTY)


def decode(content: bytes) -> str:
    """Decode by the mark at the beginning, else as UTF-8, else as CP1251; what fits neither becomes U+FFFD."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        encoding = "utf-8-sig" if _mostly_utf8(content) else "cp1251"
        return content.decode(encoding, errors="replace")


def _mostly_utf8(content: bytes) -> bool:
    """Tell a UTF-8 file with some broken lines from a CP1251 one by which kind of line prevails."""
    verdicts: Counter[bool] = Counter()
    for line in content.splitlines():
        if not line.isascii():
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                verdicts[False] += 1
            else:
                verdicts[True] += 1
    return verdicts[True] > verdicts[False]


def _separator(lines: list[str]) -> str:
    """Return the separator that most lines agree on: the one that gives the most cells equally often."""
    sample = [line for line in lines[:200] if line.strip() and len(line) <= LONGEST_LINE][:50]

    def weight(separator: str) -> tuple[int, int]:
        counts = Counter(line.count(separator) for line in sample)
        counts.pop(0, None)
        number, agreeing = max(counts.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        return agreeing, number

    return max(SEPARATORS, key=weight)


def _records(lines: list[str], separator: str) -> Iterator[Row]:
    """Parse line by line, so that an unclosed quote spoils its own line and not the rest of the file."""
    number = 0
    while number < len(lines):
        taken, cells, trouble = 1, None, Trouble.TOO_LONG
        if len(lines[number]) <= LONGEST_LINE:
            taken, cells = _record(lines, number, separator)
            trouble = Trouble.UNCLOSED_QUOTE
        row = Row(number + 1, (), trouble) if cells is None else checked(number + 1, cells)
        if row is not None:
            yield row
        number += taken


def _record(lines: list[str], start: int, separator: str) -> tuple[int, list[str] | None]:
    """Return how many lines the record that begins at ``start`` takes, and its cells; None = a quote never ends."""
    if '"' not in lines[start]:
        return 1, lines[start].split(separator)
    quotes = 0
    for taken in range(1, min(LONGEST_RECORD, len(lines) - start) + 1):
        quotes += lines[start + taken - 1].count('"')
        if taken == 1 or quotes % 2 == 0:
            cells = _parse(lines[start : start + taken], separator)
            if cells is not None:
                return taken, cells
    return 1, None


def _parse(piece: list[str], separator: str) -> list[str] | None:
    """Parse one record; when its last quoted cell is still open, the line added behind is swallowed by it.

    Over several lines only what is quoted by the book is one record: two forgotten quotes must not eat what is between.
    """
    lines = [*(f"{line}\n" for line in piece), "end"]
    try:
        records = list(csv.reader(lines, delimiter=separator, strict=len(piece) > 1))
    except csv.Error:
        return None
    return records[0] if len(records) > 1 else None
