"""What is wrong with a line or a file of a list, as values; templates put it into words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

SHOWN = 60
"""Longest piece of a cell that is ever shown."""


class Trouble(StrEnum):
    """Why something could not be taken as it stands."""

    # the whole file
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_LINES = "too_many_lines"
    NOT_A_LIST = "not_a_list"
    BAD_WORKBOOK = "bad_workbook"
    NO_NAME_COLUMN = "no_name_column"
    MISSPELT_COLUMN = "misspelt_column"
    REPEATED_COLUMN = "repeated_column"
    UNKNOWN_COLUMN = "unknown_column"
    MORE_SHEETS = "more_sheets"
    # a line
    NUL = "nul"
    ENCODING = "encoding"
    CONTROL = "control"
    UNCLOSED_QUOTE = "unclosed_quote"
    FIELD_COUNT = "field_count"
    TOO_LONG = "too_long"
    FORMULA = "formula"
    SHEET_ERROR = "sheet_error"
    TAKEN = "taken"
    REPEATED = "repeated"
    TITLE_TAKEN = "title_taken"
    SEVERAL_CLIENTS = "several_clients"
    GONE_KEPT = "gone_kept"
    UNKNOWN_REDIRECT = "unknown_redirect"
    # a cell
    MISSING = "missing"
    NAME = "name"
    HOST = "host"
    PORT = "port"
    URL = "url"
    SCHEME = "scheme"
    CREDENTIALS = "credentials"
    EMAIL = "email"
    DATE = "date"
    NUMBER = "number"
    RANGE = "range"
    WORD = "word"
    TIME_ZONE = "time_zone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """One thing that is wrong; ``refused`` says whether the line (line 0: the file) stays out because of it."""

    line: int
    trouble: Trouble
    column: str = ""
    value: str = ""
    hint: str = ""
    refused: bool = True


class BadCell(Exception):  # noqa: N818 - it is a verdict about a cell, not a fault of the program
    """A cell that cannot be taken; stays inside the readers."""

    def __init__(self, trouble: Trouble, value: str = "", hint: str = "") -> None:
        super().__init__(trouble)
        self.trouble = trouble
        self.value = shown(value)
        self.hint = shown(hint)


def shown(text: str) -> str:
    """Clip ``text`` for a message and take out what does not print."""
    clean = "".join(c if c.isprintable() else "·" for c in text[: SHOWN + 1])
    return clean if len(clean) <= SHOWN else clean[: SHOWN - 1] + "…"
