"""Reads a sysinfo upload (zip, XML, SQLite) into facts by the form it has, or says why not. Never raises."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import IO, Any

from lxml import etree

from checks.model.installation import InstallationFacts, Why
from checks.readers.archive import SQLITE, BrokenReportError, Capped, looks_like_report, opened
from checks.readers.draft import Draft
from checks.readers.forms import DEFAULT, EACH, Form
from checks.readers.markup import grow
from checks.readers.tables import Asked, BadQueryError, opened_database
from checks.readers.values import LISTED, MOSCOW, Manner
from checks.reports import Broken

MAX_FOUND = 5_000
"""So many matches of one path are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sysinfo:
    """A sysinfo report as read: its facts, or why there are none."""

    facts: InstallationFacts = field(default_factory=InstallationFacts)
    broken: Broken | None = None
    detail: str = ""
    """What exactly is broken, hostile text."""


def read_sysinfo(file: IO[bytes], *, zone: tzinfo = MOSCOW, forms: Sequence[Form] = ()) -> Sysinfo:
    """Read an open, seekable file by the first of ``forms`` that fits, else by our own.

    Dates without a zone are taken in ``zone``. Costs CPU and memory: not for the event loop.
    """
    try:
        with opened(file) as report:
            start = report.peek()
            if start.startswith(SQLITE):
                with opened_database(report) as asked:
                    return Sysinfo(facts=_read_tables(asked, forms, Manner(zone=zone)))
            if not looks_like_report(start):
                return Sysinfo(broken=Broken.NOT_A_REPORT)
            return Sysinfo(facts=_read_tree(report, forms, Manner(zone=zone)))
    except BrokenReportError as error:
        return Sysinfo(broken=error.why, detail=error.detail)
    except Exception as error:  # noqa: BLE001 - whatever a stranger sends must not raise (law 12)
        return Sysinfo(broken=Broken.UNREADABLE, detail=type(error).__name__)


# ── XML ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _read_tree(report: Capped, forms: Sequence[Form], manner: Manner) -> InstallationFacts:
    known = [*(form for form in forms if form.xml), DEFAULT]
    tree = etree.ElementTree(grow(report, names_of(known)))
    form = next((one for one in known if _find(tree, one.xml)), None)
    if form is None:
        return InstallationFacts(form="xml")
    draft = Draft(form.manner(manner), tells_absent=form is not DEFAULT)
    for fact, path in form.facts.items():
        draft.single(fact, _texts(_find(tree, path)))
    for name, of in form.lists.items():
        assert not isinstance(of, str)
        _list_from_tree(draft, tree, name, of)
    return draft.facts(form.name)


def names_of(forms: Iterable[Form]) -> frozenset[str] | None:
    """Return the names of elements that any of these forms mentions; None = all may matter."""
    found: set[str] = set()
    for form in forms:
        if form.names is None:
            return None
        found |= form.names
    return frozenset(found)


def _list_from_tree(draft: Draft, tree: Any, name: str, of: Mapping[str, str]) -> None:
    """Take a list whose rows stand below one path; a report without any row does not say that there are none."""
    each = [one for one in _find(tree, of[EACH]) if isinstance(one, etree._Element)]  # noqa: SLF001 - lxml's only name
    if not each:
        if draft.tells_absent:
            draft.miss(name, Why.ABSENT, "")
        return
    columns = {column: etree.XPath(path) for column, path in of.items() if column != EACH}
    draft.rows(name, [{column: _first(path(one)) for column, path in columns.items()} for one in each])


def _find(tree: Any, path: str) -> list[Any]:
    found = tree.xpath(path)
    return found[:MAX_FOUND] if isinstance(found, list) else [found]


def _texts(found: Iterable[Any]) -> list[str]:
    return [_text(one) for one in found]


def _text(one: Any) -> str:
    if isinstance(one, etree._Element):  # noqa: SLF001 - lxml's only name for it
        return "".join(str(piece) for piece in one.itertext())
    if isinstance(one, bool):
        return "1" if one else "0"
    if isinstance(one, float):
        return str(int(one)) if one.is_integer() else str(one)
    return str(one)


def _first(found: Any) -> str | None:
    if isinstance(found, list):
        return _text(found[0]) if found else None
    return _text(found)


# ── SQLite ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _read_tables(asked: Asked, forms: Sequence[Form], manner: Manner) -> InstallationFacts:
    try:
        there = {name.lower() for name in asked.tables()}
    except BadQueryError as error:
        raise BrokenReportError(Broken.BAD_DATABASE, str(error)) from error
    form = next((one for one in forms if one.sqlite and {t.lower() for t in one.sqlite} <= there), None)
    if form is None:
        return InstallationFacts(form="sqlite")
    draft = Draft(form.manner(manner), tells_absent=True)
    for fact, query in form.facts.items():
        try:
            names, rows = asked.ask(query)
        except BadQueryError as error:
            draft.miss(fact, Why.BAD_QUERY, str(error))
            continue
        if len(names) == 1:
            draft.single(fact, [row[0] for row in rows])
        else:
            draft.miss(fact, Why.WRONG_SHAPE, ", ".join(names))
    for name, of in form.lists.items():
        assert isinstance(of, str)
        _list_from_tables(draft, asked, name, of)
    return draft.facts(form.name)


def _list_from_tables(draft: Draft, asked: Asked, name: str, query: str) -> None:
    try:
        names, rows = asked.ask(query)
    except BadQueryError as error:
        draft.miss(name, Why.BAD_QUERY, str(error))
        return
    if wrong := [column for column in names if column not in LISTED[name]]:
        draft.miss(name, Why.WRONG_SHAPE, ", ".join(wrong))
        return
    draft.rows(name, [dict(zip(names, row, strict=True)) for row in rows])
