"""Walks through a stranger's XML piece by piece: no DOCTYPE, no entities, no network, bounded in depth and memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from lxml import etree

from checks.readers.archive import BrokenReportError, Capped
from checks.reports import Broken

MAX_DEPTH = 64
MAX_ELEMENTS = 2_000_000
MAX_TEXT = 200
PIECE = 65_536

See = Callable[[str, Mapping[str, str]], None]
"""Is shown each element: its path of names such as ``sysinfo/report``, and its attributes."""


def walk(report: Capped, see: See) -> None:
    """Show every element as it opens. No tree is built, so a large file costs no more memory than a small one.

    Raises:
        BrokenReportError: the file is cut off, malformed, too deep or tries something.

    """
    start = report.peek()
    if _declares_doctype(start):
        raise BrokenReportError(Broken.DOCTYPE)
    walker: Any = _Walker(see)
    parser = etree.XMLParser(
        target=walker,
        encoding=_encoding(start),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    try:
        while piece := report.read(PIECE):
            parser.feed(piece)
        parser.close()
    except etree.XMLSyntaxError as error:
        cut = "Premature end" in str(error) or report.cut
        raise BrokenReportError(Broken.TRUNCATED if cut else Broken.NOT_WELL_FORMED, str(error)[:MAX_TEXT]) from error


class _Walker:
    """What the parser calls; it knows where it is and how much it has seen."""

    def __init__(self, see: See) -> None:
        self._see = see
        self._paths = [""]
        self._count = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._count += 1
        if self._count > MAX_ELEMENTS:
            raise BrokenReportError(Broken.BOMB)
        if len(self._paths) > MAX_DEPTH:
            raise BrokenReportError(Broken.TOO_DEEP)
        name = tag.rpartition("}")[2]
        path = f"{self._paths[-1]}/{name}" if self._paths[-1] else name
        self._paths.append(path)
        self._see(path, attributes)

    def end(self, _tag: str) -> None:
        self._paths.pop()

    def doctype(self, *_names: object) -> None:
        raise BrokenReportError(Broken.DOCTYPE)

    def close(self) -> None:
        """Nothing is left to give: all was shown on the way."""


def _declares_doctype(start: bytes) -> bool:
    plain = start.replace(b"\0", b"")
    element = re.search(rb"<[^!?]", plain)
    return b"<!DOCTYPE" in plain[: element.start() if element else None]


def _encoding(start: bytes) -> str | None:
    """Return CP1251 for a file that names no encoding and is not UTF-8, else let the file speak for itself."""
    head = start[:200]
    if b"encoding" in head or b"\0" in head:
        return None
    try:
        start.decode()
    except UnicodeDecodeError as error:
        cut_at_the_end = error.start >= len(start) - 4
        return None if cut_at_the_end else "windows-1251"
    return None
