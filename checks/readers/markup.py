"""Walks through a stranger's XML piece by piece: no DOCTYPE, no entities, no network, bounded in depth and memory."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from lxml import etree

from checks.readers.archive import BrokenReportError, Capped
from checks.reports import Broken

MAX_DEPTH = 64
MAX_ELEMENTS = 2_000_000
MAX_KEPT = 100_000
"""Elements kept of one report; all that a form does not mention is passed by."""
MAX_TEXT = 200
PIECE = 65_536


class Visitor(Protocol):
    """Is shown what opens, closes and stands between."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None: ...
    def end(self) -> None: ...
    def data(self, text: str) -> None: ...


def walk(report: Capped, visitor: Visitor) -> None:
    """Show every element as it opens and closes, names without namespaces. No tree is built.

    Raises:
        BrokenReportError: the file is cut off, malformed, too deep or tries something.

    """
    start = report.peek()
    if _declares_doctype(start):
        raise BrokenReportError(Broken.DOCTYPE)
    walker: Any = _Walker(visitor)
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
    """What the parser calls; it knows how deep it is and how much it has seen."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor
        self._depth = 0
        self._count = 0
        self.data = visitor.data

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._count += 1
        self._depth += 1
        if self._count > MAX_ELEMENTS:
            raise BrokenReportError(Broken.BOMB)
        if self._depth > MAX_DEPTH:
            raise BrokenReportError(Broken.TOO_DEEP)
        self._visitor.start(tag.rpartition("}")[2], attributes)

    def end(self, _tag: str) -> None:
        self._depth -= 1
        self._visitor.end()

    def doctype(self, *_names: object) -> None:
        raise BrokenReportError(Broken.DOCTYPE)

    def close(self) -> None:
        """Nothing is left to give: all was shown on the way."""


def grow(report: Capped, wanted: Collection[str] | None) -> etree._Element:
    """Return the tree of those elements whose names are ``wanted`` (None = of all), with those above them.

    Raises:
        BrokenReportError: as ``walk``, or too much is wanted.

    """
    grower = _Grower(wanted)
    walk(report, grower)
    if grower.root is None:
        raise BrokenReportError(Broken.NOT_WELL_FORMED)
    return grower.root


@dataclass(slots=True)
class _Open:
    """An element that is open: as grown (None = passed by so far), its last child, the text since then."""

    name: str
    grown: etree._Element | None = None
    child: etree._Element | None = None
    text: list[str] = field(default_factory=list)


class _Grower:
    """Grows a tree of what is wanted; what is not wanted costs nothing unless something wanted stands inside."""

    def __init__(self, wanted: Collection[str] | None) -> None:
        self.root: etree._Element | None = None
        self._wanted = None if wanted is None else frozenset(wanted)
        self._open: list[_Open] = []
        self._kept = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._open.append(_Open(name))
        if self._wanted is None or name in self._wanted or len(self._open) == 1:
            self._grow(attributes)

    def end(self) -> None:
        _settle(self._open.pop())

    def data(self, text: str) -> None:
        if self._open and self._open[-1].grown is not None:
            self._open[-1].text.append(text)

    def _grow(self, attributes: Mapping[str, str]) -> None:
        """Make the element that has just opened, and those above it that were passed by so far."""
        above: _Open | None = None
        for one in self._open:
            if one.grown is None:
                self._kept += 1
                if self._kept > MAX_KEPT:
                    raise BrokenReportError(Broken.TOO_LARGE)
                own = dict(attributes) if one is self._open[-1] else {}
                one.grown = self._made(one.name, own, above)
            above = one

    def _made(self, name: str, attributes: dict[str, str], above: _Open | None) -> etree._Element:
        if above is None or above.grown is None:
            self.root = etree.Element(name, attributes)
            return self.root
        _settle(above)
        above.child = etree.SubElement(above.grown, name, attributes)
        return above.child


def _settle(one: _Open) -> None:
    """Put the text read so far in its place; white space alone is left out."""
    text = "".join(one.text)
    one.text.clear()
    if one.grown is None or not text.strip():
        return
    if one.child is None:
        one.grown.text = text
    else:
        one.child.tail = text


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
