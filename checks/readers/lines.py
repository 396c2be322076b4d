"""Reads single lines of the four lists into entries, with every bad cell named."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from checks.readers import cells
from checks.readers.entries import AccessEntry, ClientEntry, EndpointEntry, Entry, ListKind, RedirectEntry
from checks.readers.flaws import BadCell, Flaw, Trouble
from checks.readers.sheets import Row
from checks.secret import Secret

BLANKS = frozenset({"", "-", "–", "—"})
SCHEMES = ("http", "https")
UPLOADS = "smartupload"
PINGS = ("ping", "donotping")
MANAGERS_CELLS = 11
ONLINE_CELLS = 8

_SIGNED = re.compile(r"[+-][\s(]*[0-9][0-9\s().–-]*(?:[,;\s(][^|!=]*)?")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list with a header: the field it fills and how its cells are read."""

    field: str
    read: Callable[[str], Any]
    aliases: tuple[str, ...] = ()


def words(cell: str) -> str:
    """Return text on one line, without characters that nobody sees."""
    if not cell.isprintable():
        cell = "".join(c for c in cell if unicodedata.category(c) != "Cf")
    return " ".join(cell.split())


CLIENT_COLUMNS: Mapping[str, Column] = {
    "name": Column("name", cells.name, ("имя", "код")),
    "title": Column("title", words, ("название", "наименование", "клиент")),
    "kind": Column("kind", cells.kind, ("вид", "тип")),
    "manager": Column("manager", words, ("менеджер",)),
    "email": Column("email", cells.email, ("почта", "e-mail")),
    "domain": Column("domain", cells.place, ("домен",)),
    "redirect": Column("redirect", words, ("переадресация", "сервер переадресации")),
    "address": Column("address", cells.url, ("адрес", "прямой адрес")),
    "admin_url": Column("admin_url", cells.url, ("админка",)),
    "licman": Column("licman", cells.licman, ("менеджер лицензий",)),
    "contract_end": Column("contract_end", cells.day, ("конец договора", "договор до")),
    "seats": Column("seats", cells.seats, ("места", "мест")),
    "freshness_hours": Column("freshness", cells.hours, ("свежесть, ч",)),
    "time_zone": Column("time_zone", cells.time_zone, ("часовой пояс",)),
    "contacts": Column("contacts", words, ("контакты",)),
    "night_calls": Column("night_calls", cells.yes_or_no, ("звонить ночью",)),
}
REDIRECT_COLUMNS: Mapping[str, Column] = {
    "name": Column("name", cells.name, ("имя", "код")),
    "title": Column("title", words, ("название", "наименование")),
    "address": Column("address", cells.place, ("адрес",)),
    "owner": Column("owner", words, ("владелец",)),
    "contacts": Column("contacts", words, ("контакты",)),
}


@dataclass(slots=True)
class Reading:
    """One line while it is read: what was found, what was wrong."""

    line: int
    flaws: list[Flaw]

    def take(self, column: str, cell: str, read: Callable[[str], Any], *, required: bool = False) -> Any:
        """Return the value of a cell; None when it is blank or bad, and then the flaw is kept."""
        if cell in BLANKS:
            if required:
                self.flaws.append(Flaw(line=self.line, trouble=Trouble.MISSING, column=column))
            return None
        try:
            _refuse_formula(cell)
            return read(cell)
        except BadCell as bad:
            self.flaws.append(
                Flaw(
                    line=self.line,
                    trouble=bad.trouble,
                    column=column,
                    value=bad.value,
                    hint=bad.hint,
                    refused=bad.trouble is not Trouble.EMAIL,
                )
            )
            return None

    @property
    def refused(self) -> bool:
        return any(flaw.refused for flaw in self.flaws)

    def count(self, row: Row, expected: int) -> bool:
        """Ask for the right number of cells; blank ones at the end are forgiven."""
        if len(row.cells) < expected or any(row.cells[expected:]):
            hint = f"{len(row.cells)}/{expected}"
            self.flaws.append(Flaw(line=self.line, trouble=Trouble.FIELD_COUNT, hint=hint))
            return False
        return True


def _refuse_formula(cell: str) -> None:
    """Refuse what a spreadsheet would compute; signed numbers and telephones are none."""
    if cell[0] in "=@" or (cell[0] in "+-" and not _SIGNED.fullmatch(cell)):
        raise BadCell(Trouble.FORMULA, cell)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a line: its entry, or (refused) at least whom it is about."""

    entry: Entry | None
    mention: Entry | None
    flaws: tuple[Flaw, ...]


def read_named(row: Row, header: tuple[str, ...], kind: ListKind) -> Verdict:
    """Read a line of a list with a header; ``header`` has the canonical column of every cell, "" for ignored ones."""
    reading = Reading(row.line, [])
    columns = REDIRECT_COLUMNS if kind is ListKind.REDIRECTS else CLIENT_COLUMNS
    entry = RedirectEntry if kind is ListKind.REDIRECTS else ClientEntry
    if not reading.count(row, len(header)):
        return Verdict(None, None, tuple(reading.flaws))
    told: dict[str, Any] = {}
    blank: set[str] = set()
    for title, cell in zip(header, row.cells, strict=False):
        if title:
            value = reading.take(title, cell, columns[title].read, required=title == "name")
            if value is not None:
                told[columns[title].field] = value
            elif cell in BLANKS:
                blank.add(columns[title].field)
    name = told.pop("name", None)
    mention = entry(line=row.line, name=name) if name else None
    if reading.refused:
        return Verdict(None, mention, tuple(reading.flaws))
    return Verdict(
        entry(line=row.line, name=name or "", told=told, blank=frozenset(blank)), mention, tuple(reading.flaws)
    )


def is_managers(row: Row) -> bool:
    return _has_shape(row, MANAGERS_CELLS) and row.cells[3].lower() in (*SCHEMES, UPLOADS)


def is_online(row: Row) -> bool:
    return _has_shape(row, ONLINE_CELLS) and row.cells[5].lower() in SCHEMES


def _has_shape(row: Row, expected: int) -> bool:
    return len(row.cells) >= expected and not any(row.cells[expected:])


def read_manager(row: Row) -> Verdict:
    """Read ``host:port,manager,email,http|https,…`` or ``clientname,manager,email,smartupload,…``."""
    reading = Reading(row.line, [])
    if not reading.count(row, MANAGERS_CELLS):
        return Verdict(None, None, tuple(reading.flaws))
    who, manager, email, form, _download, _upload, _process, ping, shift, period, keep = row.cells[:MANAGERS_CELLS]
    told = {
        "manager": reading.take("manager", manager, words),
        "email": reading.take("email", email, cells.email),
        "time_zone": reading.take("time_zone", shift, cells.time_zone),
    }
    for column, cell in (("period", period), ("keep", keep)):
        reading.take(column, cell, cells.whole)
    reading.take("ping", ping, cells.word(PINGS))
    blank = frozenset(
        field for field, cell in (("manager", manager), ("email", email), ("time_zone", shift)) if cell in BLANKS
    )
    known = {field: value for field, value in told.items() if value is not None}
    scheme = reading.take("form", form, cells.word((*SCHEMES, UPLOADS)), required=True)
    mention: Entry | None = None
    entry: Entry | None = None
    if scheme == UPLOADS:
        name = reading.take("name", who, cells.name, required=True)
        mention = ClientEntry(line=row.line, name=name) if name else None
        entry = ClientEntry(line=row.line, name=name or "", told={**known, "sends_uploads": True}, blank=blank)
    elif scheme is not None:
        place = reading.take("host", who, cells.endpoint, required=True)
        if place is not None:
            place = cells.Endpoint(place.host, place.port or cells.DEFAULT_PORTS[scheme])
            mention = EndpointEntry(line=row.line, endpoint=place, scheme=scheme)
            entry = EndpointEntry(line=row.line, endpoint=place, scheme=scheme, told=known, blank=blank)
    return Verdict(None if reading.refused else entry, mention, tuple(reading.flaws))


def read_access(row: Row) -> Verdict:
    """Read ``firm,login,password,host,catalogue,http|https,manager,email``; nothing of the password is repeated."""
    reading = Reading(row.line, [])
    if not reading.count(row, ONLINE_CELLS):
        return Verdict(None, None, tuple(reading.flaws))
    firm, login, password, host, catalogue, scheme, manager, email = row.cells[:ONLINE_CELLS]
    if not password:
        reading.flaws.append(Flaw(line=row.line, trouble=Trouble.MISSING, column="password"))
    found = {
        "firm": reading.take("firm", firm, words, required=True),
        "login": login,
        "host": reading.take("host", host, cells.access_host, required=True),
        "catalogue": reading.take("catalogue", catalogue, words) or "",
        "scheme": reading.take("scheme", scheme, cells.word(SCHEMES), required=True),
        "manager": reading.take("manager", manager, words),
        "email": reading.take("email", email, cells.email),
    }
    if not login:
        reading.flaws.append(Flaw(line=row.line, trouble=Trouble.MISSING, column="login"))
    if reading.refused:
        return Verdict(None, None, tuple(reading.flaws))
    return Verdict(AccessEntry(line=row.line, password=Secret(password), **found), None, tuple(reading.flaws))
