"""Finds out of which list imported before a file is the new edition."""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import TypeVar

from checks.readers.entries import Listed

T = TypeVar("T")

SAME_LIST = 0.5
"""A file that holds more than this share of a former list is its new edition, whatever the file is called."""
LONGEST_STEM = 60


def edition(file: Listed, former: Mapping[str, AbstractSet[T]], listed: AbstractSet[T], claimed: set[str]) -> str:
    """Name the list: the one of the file's name, else the one whose members the file holds, else a new one.

    ``claimed`` are the lists that other files of the same import stand for; the answer is added.
    """
    own = f"{file.kind}:{_stem(file.file)}"
    shares = {source: len(held & listed) / len(held) for source, held in former.items() if held}
    alike = {source: share for source, share in shares.items() if source not in claimed and share > SAME_LIST}
    source = own if own in former or not alike else max(alike, key=lambda one: alike[one])
    claimed.add(source)
    return source


def _stem(file: str) -> str:
    """Return a file's name without folder, ending, copy mark and date: what stays the same from month to month."""
    stem = re.sub(r"^.*[\\/]", "", file).rpartition(".")[0] or file
    stem = re.sub(r"\s*\(\d+\)$", "", stem)
    return re.sub(r"[ _.-]*\d{2,4}[._-]?\d{2}[._-]?\d{2,4}$", "", stem).casefold()[:LONGEST_STEM] or "list"
