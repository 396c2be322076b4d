"""Whatever a file is encoded, separated or broken like, its rows come out numbered or it says why not."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from checks.readers.flaws import Trouble
from checks.readers.sheets import LARGEST_FILE, read_sheet
from checks.readers.workbook import LARGEST_UNPACKED


def workbook(*rows: Sequence[Any], more: bool = False) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    if more:
        book.create_sheet("Второй").append(["x"])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def cells(content: bytes) -> list[tuple[str, ...]]:
    return [row.cells for row in read_sheet(content).rows]


def troubles(content: bytes) -> list[Trouble | None]:
    return [row.trouble for row in read_sheet(content).rows]


def verdict(content: bytes) -> Trouble:
    (flaw,) = read_sheet(content).flaws
    assert flaw.refused
    assert not read_sheet(content).rows
    return flaw.trouble


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encodings_separators_and_line_ends_do_not_matter(encoding: str, separator: str, newline: str) -> None:
    text = newline.join(["name;title", "romashka;ООО «Ромашка»", "vektor;Вектор"]).replace(";", separator)

    assert cells(text.encode(encoding)) == [("name", "title"), ("romashka", "ООО «Ромашка»"), ("vektor", "Вектор")]


def test_the_separator_is_the_one_that_lines_agree_on() -> None:
    text = "name;contacts\na;Петров, Иванов, Белова\nb;один\nc;два, три"

    assert cells(text.encode())[1] == ("a", "Петров, Иванов, Белова")


def test_excel_may_say_the_separator_itself() -> None:
    assert cells(b"sep=;\nname;title\na;b,c\n") == [("name", "title"), ("a", "b,c")]


def test_a_quoted_cell_may_run_over_lines_and_the_next_line_keeps_its_number() -> None:
    sheet = read_sheet(b'name,contacts\na,"first\nsecond"\nb,third\n')

    assert [(row.line, row.cells) for row in sheet.rows][1:] == [(2, ("a", "first\nsecond")), (4, ("b", "third"))]


def test_an_unclosed_quote_spoils_its_own_line_only() -> None:
    sheet = read_sheet(b'name,title\na,"open\nb,good\nc,good\n')

    assert [(row.line, row.trouble) for row in sheet.rows] == [
        (1, None),
        (2, Trouble.UNCLOSED_QUOTE),
        (3, None),
        (4, None),
    ]


def test_two_unclosed_quotes_do_not_swallow_the_lines_between() -> None:
    rows = read_sheet('name,title\na,"ООО Ромашка\nb,good\nc,good\nd,"Вектор\ne,good\n'.encode()).rows

    assert [row.line for row in rows if row.trouble is Trouble.UNCLOSED_QUOTE] == [2, 5]
    assert [row.cells[0] for row in rows if row.trouble is None] == ["name", "b", "c", "e"]


def test_a_quote_inside_a_cell_is_a_letter() -> None:
    assert cells('name,title\na,ООО "Ромашка"\nb,Диск 5"\nc,d\n'.encode())[1:3] == [
        ("a", 'ООО "Ромашка"'),
        ("b", 'Диск 5"'),
    ]


def test_one_broken_line_does_not_turn_a_utf8_file_into_gibberish() -> None:
    lines = [b"name,title", "a,Ромашка".encode(), "b,Вектор".encode(), b"c,\xcf\xf0"]

    sheet = read_sheet(b"\n".join(lines))

    assert sheet.rows[1].cells == ("a", "Ромашка")
    assert [row.trouble for row in sheet.rows] == [None, None, None, Trouble.ENCODING]


def test_bad_characters_refuse_their_line() -> None:
    assert troubles(b"name,title\na,x\x00y\nb,x\x07y\nc," + b"z" * 1001 + b"\nd," + b"," * 70 + b"e\nf,good") == [
        None,
        Trouble.NUL,
        Trouble.CONTROL,
        Trouble.TOO_LONG,
        Trouble.FIELD_COUNT,
        None,
    ]


@pytest.mark.parametrize("content", [b"", b"\n\n \n", b"\xef\xbb\xbf", b",,,\n,,,\n", workbook(), workbook(["", None])])
def test_an_empty_file_says_so(content: bytes) -> None:
    assert verdict(content) is Trouble.EMPTY


def test_files_that_are_too_large_are_not_parsed() -> None:
    assert verdict(b"x" * (LARGEST_FILE + 1)) is Trouble.TOO_LARGE
    assert verdict(b"a,b\n" * 250_000) is Trouble.TOO_MANY_LINES


# ── workbooks ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_workbook_reads_like_the_csv_it_could_be() -> None:
    content = workbook(
        ["name", "seats", "contract_end", "contacts"],
        ["a", 20, date(2026, 12, 31), None],
        [],
        ["b", 7.0, datetime(2026, 12, 31), 79000000000],
        ["c", True, "31.12.2026", 1.5],
    )

    assert [(row.line, row.cells[:4]) for row in read_sheet(content).rows][1:] == [
        (2, ("a", "20", "2026-12-31", "")),
        (4, ("b", "7", "2026-12-31", "79000000000")),
        (5, ("c", "1", "31.12.2026", "1.5")),
    ]


def test_formulas_of_a_workbook_are_never_evaluated() -> None:
    assert troubles(workbook(["name", "title"], ["a", '=HYPERLINK("http://x","y")'], ["b", "ok"])) == [
        None,
        Trouble.FORMULA,
        None,
    ]


def test_further_sheets_are_remarked() -> None:
    (flaw,) = read_sheet(workbook(["name"], ["a"], more=True)).flaws

    assert (flaw.trouble, flaw.value, flaw.refused) == (Trouble.MORE_SHEETS, "Второй", False)


def with_part(name: str, data: bytes) -> bytes:
    stream = io.BytesIO(workbook(["name"], ["a"]))
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return stream.getvalue()


def test_a_zip_bomb_is_not_unpacked() -> None:
    content = with_part("xl/worksheets/sheet9.xml", b" " * (LARGEST_UNPACKED + 1))

    assert len(content) < 200_000
    assert verdict(content) is Trouble.TOO_LARGE


def test_huge_styles_and_entities_are_refused() -> None:
    assert verdict(with_part("xl/more.xml", b" " * (9 * 2**20))) is Trouble.TOO_LARGE
    assert verdict(with_part("xl/more.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')) is Trouble.TOO_LARGE


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04" + b"\x00" * 100,
        workbook(["name"], ["a"])[:-200],
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512,
    ],
)
def test_a_broken_or_ancient_workbook_says_so(content: bytes) -> None:
    assert verdict(content) is Trouble.BAD_WORKBOOK


def test_a_zip_that_is_no_workbook_says_so() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("readme.txt", "no sheets here")

    assert verdict(stream.getvalue()) is Trouble.BAD_WORKBOOK


@given(st.binary(max_size=400))
def test_bytes_never_raise(content: bytes) -> None:
    read_sheet(content)
    read_sheet(b"PK\x03\x04" + content)


@given(st.text(alphabet=st.sampled_from(list("ab,;\"'\n\r\t =+-@я«\x00")), max_size=200))
def test_text_never_raises_and_lines_keep_their_order(text: str) -> None:
    rows = read_sheet(text.encode()).rows

    assert [row.line for row in rows] == sorted({row.line for row in rows})
