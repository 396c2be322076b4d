"""Spreadsheets open, keep what they were given, and run nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from templates.workbook import Sheet, workbook


def opened(*sheets: Sheet) -> Any:
    return load_workbook(BytesIO(workbook(sheets)))


def of_rows(*rows: tuple[Any, ...], percent: frozenset[int] = frozenset()) -> Sheet:
    header = tuple(f"столбец {number}" for number in range(len(rows[0]) if rows else 1))
    return Sheet(title="Версии", about="на 25.11.2026", header=header, rows=rows, percent=percent)


def test_words_that_look_like_a_formula_stay_words() -> None:
    page = opened(of_rows(("=HYPERLINK(1)",))).active

    assert page["A3"].value == "=HYPERLINK(1)"
    assert page["A3"].data_type == "s"


def test_moments_are_told_in_the_zone_and_days_as_days() -> None:
    page = opened(of_rows((datetime(2026, 11, 25, 6, tzinfo=UTC), date(2026, 12, 31), None))).active

    assert page["A3"].value == datetime(2026, 11, 25, 9)
    assert page["B3"].value == datetime(2026, 12, 31)
    assert page["C3"].value is None


def test_shares_are_shown_as_per_cent() -> None:
    page = opened(of_rows((0.755, 3), percent=frozenset({0}))).active

    assert page["A3"].number_format == "0.0%"
    assert page["B3"].number_format == "General"


def test_a_sheet_without_rows_has_its_header() -> None:
    page = opened(of_rows()).active

    assert [cell.value for cell in page[2]] == ["столбец 0"]


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=200), st.lists(st.tuples(st.text(max_size=2_000), st.integers(-(2**53), 2**53)), max_size=5))
def test_any_words_make_a_file_that_opens(title: str, rows: list[tuple[str, int]]) -> None:
    page = opened(Sheet(title=title, about=title, header=(title, title), rows=rows)).active

    assert page.max_row >= 2
    assert [page.cell(number + 3, 2).value for number in range(len(rows))] == [row[1] for row in rows]
