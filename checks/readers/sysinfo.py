"""Reads a sysinfo upload (zip, XML, SQLite) into facts, or says why it cannot be read. Never raises."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import IO, Any

from checks.model.installation import InstallationFacts, Key, Missing, Why
from checks.readers.archive import SQLITE, BrokenReportError, Capped, looks_like_report, opened
from checks.readers.markup import walk
from checks.readers.tables import check_database
from checks.reports import Broken

MOSCOW = timezone(timedelta(hours=3))
MAX_TEXT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Sysinfo:
    """A sysinfo report as read: its facts, or why there are none."""

    facts: InstallationFacts = field(default_factory=InstallationFacts)
    broken: Broken | None = None
    detail: str = ""
    """What exactly is broken, hostile text."""


def read_sysinfo(file: IO[bytes], *, zone: tzinfo = MOSCOW) -> Sysinfo:
    """Read an open, seekable file; dates without a zone are taken in ``zone``. Costs CPU: not for the event loop."""
    try:
        with opened(file) as report:
            start = report.peek()
            if start.startswith(SQLITE):
                check_database(report)
                return Sysinfo(facts=InstallationFacts(form="sqlite"))
            if not looks_like_report(start):
                return Sysinfo(broken=Broken.NOT_A_REPORT)
            return Sysinfo(facts=_read_xml(report, zone))
    except BrokenReportError as error:
        return Sysinfo(broken=error.why, detail=error.detail)
    except Exception as error:  # noqa: BLE001 - whatever a stranger sends must not raise (law 12)
        return Sysinfo(broken=Broken.UNREADABLE, detail=type(error).__name__)


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


WHY: Mapping[Callable[[str, tzinfo], Any], Why] = {
    _number: Why.NO_NUMBER,
    _moment: Why.NO_MOMENT,
    _day: Why.NO_DATE,
    _key: Why.NO_WORD,
}

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


def _read_xml(report: Capped, zone: tzinfo) -> InstallationFacts:
    draft = _Draft(zone)
    walk(report, draft.see)
    return draft.facts()


class _Draft:
    """Facts while they are being collected."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._values: dict[str, Any] = {}
        self._unread: dict[tuple[str, Why], str] = {}
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
                self._take(value, *row)
        if path == OPERUP:
            self._operup(attributes)

    def facts(self) -> InstallationFacts:
        missing = tuple(Missing(fact=fact, why=why, detail=text) for (fact, why), text in self._unread.items())
        return InstallationFacts(form=self._form, missing=missing, **self._values)

    def _take(self, text: str, fact: str, convert: Convert, keep: Keep) -> None:
        try:
            self._values[fact] = keep(self._values.get(fact), convert(text, self._zone))
        except (ValueError, OverflowError):
            self._unread[fact, WHY[convert]] = text[:MAX_TEXT]

    def _operup(self, attributes: Mapping[str, str]) -> None:
        try:
            moment = _moment(attributes.get("date", ""), self._zone)
        except (ValueError, OverflowError):
            self._unread["operup_at", Why.NO_MOMENT] = attributes.get("date", "")[:MAX_TEXT]
            return
        newest = self._values.get("operup_at")
        if newest is None or moment > newest:
            self._values["operup_at"] = moment
            self._values["operup_file"] = _text(attributes.get("name", ""), self._zone) or None
