"""Forms of reports: where each fact stands in a report of one kind, XPath for XML, SELECT for SQLite."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from checks.readers.values import LISTED, NO, SINGLE, YES, Manner

EACH = "each"
"""The key of a list's own path; the paths of its columns begin there."""

NAME = re.compile(r"[A-Za-z_\w][\w.-]*")
STRINGS = re.compile(r"'[^']*'|\"[^\"]*\"")
WILD = re.compile(r"(?:^|[/:@\[(|\s])\*|node\(\)|following|preceding")
FUNCTIONS_AND_AXES = re.compile(r"[\w-]+(?=\s*\()|[\w-]+(?=::)")
SELECT = re.compile(r"\s*(?:select|with)\b", re.IGNORECASE)


class FormError(ValueError):
    """A form cannot be used; ``place`` is the key, the message says what is wrong with it in one line."""

    def __init__(self, place: str, rule: str) -> None:
        super().__init__(rule)
        self.place = place
        self.rule = rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Where the facts stand in reports of one kind. Exactly one of ``xml`` and ``sqlite`` is set."""

    name: str
    xml: str = ""
    """An XPath that finds something in a report of this form, and in no other."""
    sqlite: tuple[str, ...] = ()
    """Tables that a report of this form has."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """Fact → XPath or SELECT."""
    lists: Mapping[str, str | Mapping[str, str]] = field(default_factory=dict)
    """List → SELECT whose columns are named as the list's, or its ``each`` path and the paths of its columns."""
    dates: tuple[str, ...] = ()
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()

    def manner(self, base: Manner) -> Manner:
        """Return how this form writes, in the zone of ``base``; own words come before the usual ones."""
        yes, no = _words(self.yes), _words(self.no)
        return replace(base, dates=self.dates, yes=(YES - no) | yes, no=(NO - yes) | no)

    @property
    def paths(self) -> Iterator[str]:
        """Every XPath of an XML form."""
        yield self.xml
        yield from self.facts.values()
        for of in self.lists.values():
            yield from of.values() if isinstance(of, Mapping) else ()

    @property
    def names(self) -> frozenset[str] | None:
        """Names of elements that its paths mention; None = any may matter (``*``, ``node()``, neighbours)."""
        found: set[str] = set()
        for path in self.paths:
            bare = STRINGS.sub(" ", path)
            if WILD.search(bare):
                return None
            found.update(NAME.findall(FUNCTIONS_AND_AXES.sub(" ", bare)))
        return frozenset(found)


def form_of(name: str, said: Any) -> Form:
    """Read one ``[sysinfo.NAME]`` of the configuration.

    Raises:
        FormError: which key breaks which rule.

    """
    if not isinstance(said, Mapping):
        raise FormError("", "нужна таблица")
    allowed = {"xml", "sqlite", "facts", "lists", "dates", "yes", "no"}
    if wrong := next((key for key in said if key not in allowed), None):
        raise FormError(wrong, "нет такого ключа")
    if ("xml" in said) == ("sqlite" in said):
        raise FormError("", "нужно одно из двух: xml (путь, по которому узнаётся отчёт) или sqlite (список таблиц)")
    form = Form(
        name=name,
        xml=_word("xml", said.get("xml", "")),
        sqlite=_words_of("sqlite", said.get("sqlite", [])),
        facts=_facts(said.get("facts", {})),
        lists=_lists(said.get("lists", {}), columns="xml" in said),
        dates=_words_of("dates", said.get("dates", [])),
        yes=_words_of("yes", said.get("yes", [])),
        no=_words_of("no", said.get("no", [])),
    )
    (_check_paths if "xml" in said else _check_queries)(form)
    return form


def _words(some: Sequence[str]) -> frozenset[str]:
    return frozenset(" ".join(word.split()).casefold() for word in some)


def _word(place: str, value: Any) -> str:
    if not isinstance(value, str):
        raise FormError(place, "нужна строка в кавычках")
    return value.strip()


def _words_of(place: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise FormError(place, "нужен список строк в скобках")
    return tuple(value)


def _facts(said: Any) -> dict[str, str]:
    if not isinstance(said, Mapping):
        raise FormError("facts", "нужна таблица")
    for fact in said:
        if fact not in SINGLE:
            hint = f"; это список: [sysinfo.ИМЯ.lists.{fact}]" if fact in LISTED else ""
            raise FormError(f"facts.{fact}", f"нет такого факта{hint}")
    return {fact: _word(f"facts.{fact}", path) for fact, path in said.items()}


def _lists(said: Any, *, columns: bool) -> dict[str, str | Mapping[str, str]]:
    if not isinstance(said, Mapping):
        raise FormError("lists", "нужна таблица")
    found: dict[str, str | Mapping[str, str]] = {}
    for name, of in said.items():
        place = f"lists.{name}"
        if name not in LISTED:
            raise FormError(place, f"нет такого списка; есть {', '.join(LISTED)}")
        found[name] = _columns(place, name, of) if columns else _word(place, of)
    return found


def _columns(place: str, name: str, of: Any) -> dict[str, str]:
    if not isinstance(of, Mapping) or EACH not in of:
        raise FormError(place, f'нужна таблица с ключом {EACH}: {{ {EACH} = "//путь", … }}')
    for column in of:
        if column != EACH and column not in LISTED[name]:
            raise FormError(f"{place}.{column}", f"нет такого столбца; есть {', '.join(LISTED[name])}")
    return {column: _word(f"{place}.{column}", path) for column, path in of.items()}


def _check_paths(form: Form) -> None:
    from lxml import etree  # noqa: PLC0415 - only where there is a form for XML

    for place, path in _placed(form):
        try:
            etree.XPath(path)
        except etree.XPathError as error:
            raise FormError(place, f"это не XPath: {error}") from None


def _check_queries(form: Form) -> None:
    if not form.sqlite:
        raise FormError("sqlite", "нужны имена таблиц, по которым узнаётся отчёт")
    connection = sqlite3.connect(":memory:")
    try:
        for place, query in _placed(form):
            if not SELECT.match(query) or ";" in STRINGS.sub("", query).rstrip().rstrip(";"):
                raise FormError(place, "нужен один SELECT")
            try:
                connection.execute(f"EXPLAIN {query}")
            except sqlite3.Error as error:
                if not str(error).startswith(("no such table", "no such column")):
                    raise FormError(place, f"это не SELECT: {error}") from None
    finally:
        connection.close()


def _placed(form: Form) -> Iterator[tuple[str, str]]:
    if form.xml:
        yield "xml", form.xml
    for fact, path in form.facts.items():
        yield f"facts.{fact}", path
    for name, of in form.lists.items():
        if isinstance(of, str):
            yield f"lists.{name}", of
        else:
            for column, path in of.items():
                yield f"lists.{name}.{column}", path


DEFAULT = Form(
    name="default",
    xml="/sysinfo",
    facts={
        "reported_at": "/sysinfo/report/@date",
        "module": "/sysinfo/@module",
        "version": "/sysinfo/software/@version",
        "registration": "/sysinfo/registration/@number",
        "legal_name": "/sysinfo/registration/@name",
        "key": "/sysinfo/key/@state",
        "key_code": "/sysinfo/key/@code",
        "update_number": "/sysinfo/bases/@update",
        "licence_end": "/sysinfo/licences/licence/@end",
        "seats": "/sysinfo/seats/@total",
        "sessions": "/sysinfo/sessions/@now",
        "refused": "/sysinfo/sessions/@refused",
        "spp": "/sysinfo/service/@spp",
        "daily_update": "/sysinfo/service/@daily-update",
        "copy_done": "/sysinfo/service/@copy",
    },
    lists={
        "bases": {
            EACH: "/sysinfo/bases/base",
            "name": "@name",
            "update_number": "@update",
            "licence_end": "@end",
            "error": "@error",
            "message": "@message",
        },
        "operups": {EACH: "/sysinfo/operup/file", "name": "@name", "at": "@date"},
        "connected": {
            EACH: "/sysinfo/sessions/session",
            "login": "@login",
            "since": "@since",
            "address": "@ip",
            "browser": "@browser",
        },
        "users": {EACH: "/sysinfo/users/user", "login": "@login", "name": "@name", "last_at": "@last"},
        "usage": {
            EACH: "/sysinfo/usage/day",
            "day": "@date",
            "searches": "@searches",
            "empty_searches": "@empty",
            "failed_searches": "@failed",
            "opened": "@opened",
            "saved": "@saved",
            "printed": "@printed",
            "refused": "@refused",
            "logins": "@logins",
            "active_users": "@people",
            "sessions": "@peak",
        },
        "queries": {
            EACH: "/sysinfo/queries/query",
            "text": "@text",
            "outcome": "@outcome",
            "day": "@date",
            "times": "@times",
        },
    },
)
"""Ours; documented by docs/sysinfo.xsd."""
