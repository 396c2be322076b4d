"""Reads a sysinfo upload (zip, XML, SQLite) into facts, or says why it cannot be read. Never raises."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from enum import StrEnum
from typing import IO, Any

from checks.readers.archive import SQLITE, BrokenReportError, Capped, looks_like_report, opened
from checks.readers.markup import walk
from checks.readers.tables import check_database
from checks.reports import Broken

MOSCOW = timezone(timedelta(hours=3))
MAX_TEXT = 200


class Key(StrEnum):
    """Whether the server saw its protection key when the report was made."""

    OK = "ok"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class SysinfoFacts:
    """What a sysinfo report says; None = the report does not say it."""

    form: str = ""
    """``default`` (ours, see docs/sysinfo.md), ``xml`` or ``sqlite`` of a form unknown to us, empty if broken."""
    reported_at: datetime | None = None
    module: str | None = None
    version: str | None = None
    registration: str | None = None
    legal_name: str | None = None
    key: Key | None = None
    key_code: str | None = None
    operup_at: datetime | None = None
    """Date of the newest operative update file."""
    operup_file: str | None = None
    update_number: int | None = None
    licence_end: date | None = None
    """The nearest one."""
    seats: int | None = None
    sessions: int | None = None
    refused: int | None = None
    """Users refused for want of a seat."""
    unread: tuple[str, ...] = ()
    """Facts that stand in the report but make no sense, by their path."""
    broken: Broken | None = None
    detail: str = ""
    """What exactly is broken, hostile text."""

    def as_json(self) -> dict[str, Any]:
        """Return what is known, ready for JSON."""
        known = {name: value for name, value in asdict(self).items() if value not in (None, "", ())}
        return {name: _plain(value) for name, value in known.items()}


def read_sysinfo(file: IO[bytes], *, zone: tzinfo = MOSCOW) -> SysinfoFacts:
    """Read an open, seekable file; dates without a zone are taken in ``zone``. Costs CPU: not for the event loop."""
    try:
        with opened(file) as report:
            start = report.peek()
            if start.startswith(SQLITE):
                check_database(report)
                return SysinfoFacts(form="sqlite")
            if not looks_like_report(start):
                return SysinfoFacts(broken=Broken.NOT_A_REPORT)
            return _read_xml(report, zone)
    except BrokenReportError as error:
        return SysinfoFacts(broken=error.why, detail=error.detail)
    except Exception as error:  # noqa: BLE001 - whatever a stranger sends must not raise (law 12)
        return SysinfoFacts(broken=Broken.UNREADABLE, detail=type(error).__name__)


# ── XML ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _text(text: str, _zone: tzinfo) -> str:
    return " ".join(text.split())[:MAX_TEXT]


def _number(text: str, _zone: tzinfo) -> int:
    value = int(text.strip()) if re.fullmatch(r"\s*[0-9]{1,9}\s*", text) else None
    if value is None:
        raise ValueError("no whole number")
    return value


def _moment(text: str, zone: tzinfo) -> datetime:
    parsed = datetime.fromisoformat(text.strip())
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)).astimezone(UTC)


def _day(text: str, _zone: tzinfo) -> date:
    return date.fromisoformat(text.strip())


def _key(text: str, _zone: tzinfo) -> Key:
    return Key(text.strip().lower())


def _first(old: Any, new: Any) -> Any:
    return new if old is None else old


def _earliest(old: Any, new: Any) -> Any:
    return new if old is None else min(old, new)


Convert = Callable[[str, tzinfo], Any]
Keep = Callable[[Any, Any], Any]

DEFAULT: Mapping[str, tuple[str, Convert, Keep]] = {
    "sysinfo@module": ("module", _text, _first),
    "sysinfo/report@date": ("reported_at", _moment, _first),
    "sysinfo/software@version": ("version", _text, _first),
    "sysinfo/registration@number": ("registration", _text, _first),
    "sysinfo/registration@name": ("legal_name", _text, _first),
    "sysinfo/key@state": ("key", _key, _first),
    "sysinfo/key@code": ("key_code", _text, _first),
    "sysinfo/bases@update": ("update_number", _number, _first),
    "sysinfo/licences/licence@end": ("licence_end", _day, _earliest),
    "sysinfo/seats@total": ("seats", _number, _first),
    "sysinfo/sessions@now": ("sessions", _number, _first),
    "sysinfo/sessions@refused": ("refused", _number, _first),
}
"""Element path and attribute → the fact, how to read it, which of several to keep."""

OPERUP = "sysinfo/operup/file"
PATHS = frozenset({OPERUP, "sysinfo", *(spot.partition("@")[0] for spot in DEFAULT)})
"""Elements that say anything; a report has many times more that do not."""


def _read_xml(report: Capped, zone: tzinfo) -> SysinfoFacts:
    draft = _Draft(zone)
    walk(report, draft.see)
    return draft.facts()


class _Draft:
    """Facts while they are being collected."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._values: dict[str, Any] = {}
        self._unread: dict[str, None] = {}
        self._form = "xml"

    def see(self, path: str, attributes: Mapping[str, str]) -> None:
        if path not in PATHS:
            return
        if path == "sysinfo":
            self._form = "default"
        for name, value in attributes.items():
            spot = f"{path}@{name}"
            row = DEFAULT.get(spot)
            if row is not None:
                self._take(spot, value, *row)
        if path == OPERUP:
            self._operup(attributes)

    def facts(self) -> SysinfoFacts:
        return replace(SysinfoFacts(form=self._form, unread=tuple(self._unread)), **self._values)

    def _take(self, spot: str, text: str, fact: str, convert: Convert, keep: Keep) -> None:
        try:
            self._values[fact] = keep(self._values.get(fact), convert(text, self._zone))
        except (ValueError, OverflowError):
            self._unread[spot] = None

    def _operup(self, attributes: Mapping[str, str]) -> None:
        try:
            moment = _moment(attributes.get("date", ""), self._zone)
        except (ValueError, OverflowError):
            self._unread[f"{OPERUP}@date"] = None
            return
        newest = self._values.get("operup_at")
        if newest is None or moment > newest:
            self._values["operup_at"] = moment
            self._values["operup_file"] = _text(attributes.get("name", ""), self._zone) or None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
