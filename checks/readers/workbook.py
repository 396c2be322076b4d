"""Reads the first sheet of an XLSX file; archives that unpack into too much, and formulas, are refused."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from typing import Any

from checks.readers.flaws import Flaw, Trouble
from checks.readers.sheets import FORMULA, MOST_CELLS, MOST_LINES, SHEET_ERROR, Row, Sheet, checked, refusal

LARGEST_UNPACKED = 64 * 2**20
LARGEST_ASIDE = 8 * 2**20
"""Styles, themes and the like, which are loaded as a whole."""
ROWS_AND_TEXTS = ("xl/worksheets/", "xl/sharedStrings")
MOST_PARTS = 1000
LEAST_CELLS = 16
"""A sheet ends at its last filled column; a list whose last column is blank everywhere still has it."""
CHUNK = 2**18
DOCTYPES = tuple("<!DOCTYPE".encode(code) for code in ("ascii", "utf-16-le", "utf-16-be"))


def read_workbook(content: bytes) -> Sheet:
    """Read a workbook; never raises."""
    try:
        if not _is_bounded(content):
            return refusal(Trouble.TOO_LARGE, hint="xlsx")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _read(content)
    except Exception:  # noqa: BLE001 - a broken archive fails in dozens of ways, all mean the same
        return refusal(Trouble.BAD_WORKBOOK)


def _is_bounded(content: bytes) -> bool:
    """Unpack everything once without keeping it: what the archive says about its own sizes proves nothing."""
    left = LARGEST_UNPACKED
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
            return False
        for part in parts:
            if part.file_size > LARGEST_ASIDE and not part.filename.startswith(ROWS_AND_TEXTS):
                return False
            for chunk in _chunks(archive, part):
                left -= len(chunk)
                if left < 0 or any(mark in chunk for mark in DOCTYPES):
                    return False
    return True


def _chunks(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """Give the part in pieces that overlap a little, so that no mark hides on a seam."""
    tail = b""
    with archive.open(part) as stream:
        while piece := stream.read(CHUNK):
            yield tail + piece
            tail = piece[-32:]


def _read(content: bytes) -> Sheet:
    from openpyxl import load_workbook  # noqa: PLC0415 - heavy, needed for workbooks only

    with closing(load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False)) as book:
        sheets = [sheet for sheet in book.worksheets if hasattr(sheet, "reset_dimensions")]
        if not sheets:
            return refusal(Trouble.EMPTY)
        rows: list[Row] = []
        for row in _rows(sheets[0]):
            if row.line > MOST_LINES:
                return refusal(Trouble.TOO_MANY_LINES, hint=str(MOST_LINES))
            rows.append(row)
        if not rows:
            return refusal(Trouble.EMPTY)
        width = max(number for row in rows for number, cell in enumerate(row.cells, start=1) if cell)
        width = max(width, LEAST_CELLS)
        rows = [replace(row, cells=row.cells[:width]) for row in rows]
        names = ", ".join(str(sheet.title) for sheet in sheets[1:])
        more = (Flaw(line=0, trouble=Trouble.MORE_SHEETS, value=names[:60], refused=False),) if names else ()
        return Sheet(tuple(rows), more)


def _rows(sheet: Any) -> Iterator[Row]:
    sheet.reset_dimensions()  # what a file says about its extent may be a million empty columns
    found = sheet.iter_rows(max_col=MOST_CELLS + 1, max_row=MOST_LINES + 1)
    for number, cells in enumerate(found, start=1):
        row = checked(number, map(_text, cells))
        if row is not None:
            yield row


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return FORMULA
    if cell.data_type == "e":
        return SHEET_ERROR
    return _plain(value)


def _plain(value: object) -> str:
    """Write a value the way its author sees it: whole numbers without a fraction, days without midnight."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == value.time().min else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
