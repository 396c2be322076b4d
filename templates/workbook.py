"""Spreadsheets to send: rows of facts become one XLSX file that opens everywhere and runs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from templates.clean import clean, clip

Cell = str | int | float | date | datetime | None
WIDEST = 60
TITLE_AT_MOST = 31
"""What the format allows for the name of a sheet."""
NOT_IN_TITLES = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
TEXT_AT_MOST = 1_000
PERCENT, DAY, MOMENT = "0.0%", "dd.mm.yyyy", "dd.mm.yyyy hh:mm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet: a line in words, a header, rows; None is left blank."""

    title: str
    about: str
    header: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    percent: frozenset[int] = frozenset()
    """Numbers of the columns (from nought) that hold shares of one."""


def workbook(sheets: Sequence[Sheet], *, zone: tzinfo = ZoneInfo("Europe/Moscow")) -> bytes:  # noqa: B008 - frozen
    """Return the file; heavy for many rows, so keep it off the event loop. Moments are told in ``zone``."""
    from openpyxl import Workbook  # noqa: PLC0415 - heavy, on first use

    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets:
        _fill(
            book.create_sheet(clip(clean(sheet.title).translate(NOT_IN_TITLES), TITLE_AT_MOST) or "Лист"), sheet, zone
        )
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(page: Any, sheet: Sheet, zone: tzinfo) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415 - with the library
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    _put(page.cell(1, 1), sheet.about, zone)
    page.cell(1, 1).font = Font(italic=True, color="666666")
    for column, words in enumerate(sheet.header, start=1):
        cell = page.cell(2, column)
        _put(cell, words, zone)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="E7ECF2")
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    for number, row in enumerate(sheet.rows, start=3):
        for column, value in enumerate(row, start=1):
            cell = page.cell(number, column)
            _put(cell, value, zone)
            if column - 1 in sheet.percent and value is not None:
                cell.number_format = PERCENT
    for column, words in enumerate(sheet.header, start=1):
        longest = max([len(words), *(_length(row[column - 1]) for row in sheet.rows[:500])])
        page.column_dimensions[get_column_letter(column)].width = min(longest + 2, WIDEST)
    page.freeze_panes = "A3"
    page.auto_filter.ref = f"A2:{get_column_letter(len(sheet.header))}{len(sheet.rows) + 2}"


def _put(cell: Any, value: Cell, zone: tzinfo) -> None:
    """Write a value as what it is; words stay words even if they look like a formula."""
    if isinstance(value, str):
        cell.value = clip(clean(value), TEXT_AT_MOST)
        cell.data_type = "s"
    elif isinstance(value, datetime):
        cell.value = value.astimezone(zone).replace(tzinfo=None)
        cell.number_format = MOMENT
    elif isinstance(value, date):
        cell.value = value
        cell.number_format = DAY
    else:
        cell.value = value


def _length(value: Cell) -> int:
    if isinstance(value, datetime):
        return len(MOMENT)
    return len(str(value)) if value is not None else 0
