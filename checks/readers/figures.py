"""Reads the figures of an online access: from a page by the operator's patterns, from a file in two plain forms.

How the vendor's page looks is unknown; a layout says where each quota stands, as a regular expression over the visible
text or as XPaths over the page. Nothing here raises because of what a page or a file holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from fnmatch import fnmatchcase
from typing import Final

from lxml import etree, html

from checks.model import Figure, Quota
from checks.readers.pages import decode, seen_by_people

MOST_TEXT: Final = 100_000
"""Characters of a page that patterns run over: whatever they are, they end."""
LARGEST: Final = 1_000_000_000
NUMBER: Final = re.compile(r"-?\d[\d\s\u00a0\u202f]*")
GROUPS: Final = ("left", "used", "limit")


@dataclass(frozen=True, slots=True, kw_only=True)
class ByPattern:
    """Groups ``left`` or ``used``, and ``limit``, found in the visible text."""

    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ByPath:
    """XPaths to the numbers themselves."""

    left: str | None = None
    used: str | None = None
    limit: str | None = None


Place = ByPattern | ByPath


def _usual(word: str) -> ByPattern:
    return ByPattern(
        pattern=re.compile(
            rf"{word}\D{{0,40}}?(?P<left>\d[\d \u00a0]*)\s*из\s*(?P<limit>\d[\d \u00a0]*)", re.IGNORECASE
        )
    )


USUAL: Mapping[Quota, Place] = {
    Quota.DOCS: _usual("документы"),
    Quota.SEARCH: _usual("поиск"),
    Quota.PRINT: _usual("печать"),
    Quota.UPLOAD: _usual("выгрузка"),
}
"""How our own page words it: «Документы: осталось 252 из 300»."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How one vendor's servers are logged in to and where the figures stand there; ``[billing.NAME]``."""

    name: str = "default"
    hosts: tuple[str, ...] = ()
    """Hosts it is for, ``*`` for any part; none = all that no other layout is for."""
    login: str = "/users/login.asp"
    user_field: str = "user"
    password_field: str = "pass"  # noqa: S105 - the name of a field
    fields: Mapping[str, str] = field(default_factory=lambda: {"path": "/docs"})
    """What the form carries besides."""
    page: str = "/billing"
    """``{catalogue}`` and ``{login}`` are put in."""
    logout: str = "/users/logout.asp"
    zone: tzinfo = UTC
    """By whose calendar the quotas are restored."""
    quotas: Mapping[Quota, Place] = field(default_factory=lambda: USUAL)
    visited: re.Pattern[str] | None = None
    """A group ``at``: the client's own last visit."""
    visited_format: str = "%d.%m.%Y %H:%M"


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a page said."""

    quotas: Mapping[Quota, Figure]
    visited_at: datetime | None = None


def layout_for(layouts: Iterable[Layout], host: str) -> Layout | None:
    """Return the layout of a host: one that names it, else one that names none; None = there is neither."""
    known = list(layouts)
    name = host.casefold()
    bare = name.rpartition(":")[0] if ":" in name and not name.endswith("]") else name
    named = [
        one for one in known if any(fnmatchcase(way, mask.casefold()) for mask in one.hosts for way in (name, bare))
    ]
    return next(iter([*named, *(one for one in known if not one.hosts)]), None)


def read_page(body: bytes, content_type: str, layout: Layout) -> Read:
    """Read what is understood of a page; a quota that is not found is left out."""
    source = decode(body, content_type)
    visible = seen_by_people(source, lowered if len(lowered := source.lower()) == len(source) else source)[:MOST_TEXT]
    wanted = any(isinstance(place, ByPath) for place in layout.quotas.values())
    tree = _tree(source) if wanted else None
    found = {quota: _figure(place, visible, tree) for quota, place in layout.quotas.items()}
    quotas = {quota: figure for quota, figure in found.items() if figure is not None}
    return Read(quotas=quotas, visited_at=_visited(visible, layout))


def _figure(place: Place, visible: str, tree: html.HtmlElement | None) -> Figure | None:
    if isinstance(place, ByPattern):
        match = place.pattern.search(visible)
        groups = match.groupdict() if match else {}
        said = {name: _number(groups.get(name)) for name in GROUPS}
    else:
        said = {name: _at_path(tree, getattr(place, name)) for name in GROUPS}
    return figure_of(**said)


def figure_of(*, left: int | None, used: int | None, limit: int | None) -> Figure | None:
    """Put a quota together from any two of its numbers; None where they do not make one."""
    if left is None and used is not None and limit is not None:
        left = limit - used
    if limit is None and left is not None and used is not None:
        limit = left + used
    if left is None or limit is None or limit <= 0 or max(abs(left), limit) > LARGEST:
        return None
    return Figure(left, limit)


def _number(text: str | None) -> int | None:
    match = NUMBER.search(text or "")
    digits = "".join(match[0].split()).replace("\u00a0", "").replace("\u202f", "") if match else ""
    return int(digits) if digits and len(digits) <= len(str(LARGEST)) else None


def _tree(source: str) -> html.HtmlElement | None:
    try:
        parser = html.HTMLParser(no_network=True, huge_tree=False, remove_comments=True)
        found: html.HtmlElement | None = html.document_fromstring(source.encode(), parser=parser)
    except (etree.LxmlError, ValueError):
        return None
    return found


def _at_path(tree: html.HtmlElement | None, path: str | None) -> int | None:
    if tree is None or path is None:
        return None
    try:
        found = tree.xpath(path)
    except etree.XPathError:
        return None
    first = found[0] if isinstance(found, list) and found else found
    if isinstance(first, float):
        return int(first) if first == first and abs(first) <= LARGEST else None  # noqa: PLR0124 - NaN
    if isinstance(first, str):
        return _number(first)
    return _number("".join(map(str, first.itertext()))) if isinstance(first, etree._Element) else None  # noqa: SLF001 - its type


def _visited(visible: str, layout: Layout) -> datetime | None:
    match = layout.visited.search(visible) if layout.visited else None
    if match is None:
        return None
    try:
        return datetime.strptime(match["at"].strip(), layout.visited_format).replace(tzinfo=layout.zone).astimezone(UTC)
    except (ValueError, OverflowError, IndexError):
        return None
