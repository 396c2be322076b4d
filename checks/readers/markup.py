"""Walks through a stranger's XML piece by piece: no DOCTYPE, no entities, no network, bounded in depth and memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Any, cast

from lxml import etree

from checks.readers.archive import BrokenReportError, Capped
from checks.reports import Broken

MAX_DEPTH = 64
MAX_ELEMENTS = 1_000_000
MAX_TEXT = 200


def elements(report: Capped) -> Iterator[tuple[str, Any]]:
    """Give each element as it opens, with its path of names such as ``sysinfo/report``; only attributes are there yet.

    Raises:
        BrokenReportError: the file is cut off, malformed, too deep or tries something.

    """
    if _declares_doctype(report.peek()):
        raise BrokenReportError(Broken.DOCTYPE)
    events = etree.iterparse(
        cast("IO[bytes]", report),
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        encoding=_encoding(report.peek()),
    )
    try:
        yield from _walk(events)
    except etree.XMLSyntaxError as error:
        cut = "Premature end" in str(error) or report.cut
        raise BrokenReportError(Broken.TRUNCATED if cut else Broken.NOT_WELL_FORMED, str(error)[:MAX_TEXT]) from error


def _walk(events: Any) -> Iterator[tuple[str, Any]]:
    path: list[str] = []
    count = 0
    for event, element in events:
        if event == "end":
            path.pop()
            element.clear()
            _forget_before(element)
            continue
        count += 1
        path.append(_local(element.tag))
        if count == 1 and element.getroottree().docinfo.internalDTD is not None:
            raise BrokenReportError(Broken.DOCTYPE)
        if len(path) > MAX_DEPTH:
            raise BrokenReportError(Broken.TOO_DEEP)
        if count > MAX_ELEMENTS:
            raise BrokenReportError(Broken.BOMB)
        yield "/".join(path), element


def _forget_before(element: Any) -> None:
    """Let go of what was read, so that memory does not grow with the file."""
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _local(tag: Any) -> str:
    return str(tag).rpartition("}")[2]


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
        start[:-4].decode() if len(start) > 4 else start.decode()  # noqa: PLR2004 - a character may be cut at the end
    except UnicodeDecodeError as error:
        return None if error.start >= len(start) - 8 else "windows-1251"
    return None
