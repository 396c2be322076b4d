"""Cuts lists into pages for the chat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list; numbers begin with 0, None = there is no such page."""

    rows: Sequence[T]
    number: int
    count: int

    @property
    def before(self) -> int | None:
        return self.number - 1 if self.number else None

    @property
    def after(self) -> int | None:
        return self.number + 1 if self.number + 1 < self.count else None


def page_of(rows: Sequence[T], number: int, size: int) -> Page[T]:
    """Return page ``number``, or the last one where the list has become shorter than that."""
    count = max(1, -(-len(rows) // size))
    number = min(max(number, 0), count - 1)
    return Page(rows[number * size : (number + 1) * size], number, count)


def number_of(text: str) -> int:
    """Read the number of a page from a button; 0 for anything odd."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0  # noqa: PLR2004 - pages are few


def key_of(name: str) -> str:
    """Return a short key of a name that would not fit into a button."""
    return sha256(name.encode(errors="replace")).hexdigest()[:12]
