"""Turns the text of a report into values: numbers, dates, moments, yes or no, as reports of all ages write them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from typing import Any

from checks.model.installation import Key, QueryOutcome, Why

MAX_TEXT = 200
MOSCOW = timezone(timedelta(hours=3))
YES = frozenset({"ok", "1", "true", "yes", "on", "да", "есть", "found", "done", "active", "вкл"})
NO = frozenset({"lost", "0", "false", "no", "off", "нет", "fail", "failed", "error", "absent", "none", "выкл"})
LAYOUTS = ("%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d", "%Y%m%d")
"""Tried after ISO 8601; the day comes before the month."""

WHOLE = re.compile(r"[+-]?[0-9]{1,15}(?:\.0*)?")
SECONDS = re.compile(r"[0-9]{9,10}(?:\.[0-9]+)?")
MILLISECONDS = re.compile(r"[0-9]{13}")
EARLIEST, LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
SPACES = str.maketrans("", "", " \u00a0\u202f\u2009")


class NoValueError(ValueError):
    """The text is no such value."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a report writes what can be written in many ways."""

    zone: tzinfo = MOSCOW
    """Of moments without a zone of their own."""
    dates: Sequence[str] = ()
    """Layouts for ``strptime``, tried before the usual ones."""
    yes: frozenset[str] = YES
    no: frozenset[str] = NO


Convert = Callable[[str, Manner], Any]


def text(value: str, _manner: Manner) -> str:
    """Return the words, one space between them."""
    return " ".join(value.split())[:MAX_TEXT]


def number(value: str, _manner: Manner) -> int:
    """Return a whole number that is not negative."""
    plain = value.translate(SPACES).strip()
    if not WHOLE.fullmatch(plain) or (found := int(float(plain))) < 0 or found > 10**12:
        raise NoValueError(Why.NO_NUMBER)
    return found


def moment(value: str, manner: Manner) -> datetime:
    """Return the moment in UTC; a date alone is its midnight."""
    found = _moment(value.strip()[:64], manner)
    if found is None:
        raise NoValueError(Why.NO_MOMENT)
    try:
        aware = (found if found.tzinfo else found.replace(tzinfo=manner.zone)).astimezone(UTC)
    except (OverflowError, ValueError) as error:
        raise NoValueError(Why.NO_MOMENT) from error
    if not EARLIEST <= aware <= LATEST:
        raise NoValueError(Why.NO_MOMENT)
    return aware


def day(value: str, manner: Manner) -> date:
    """Return the date; of a moment, the date that stands there."""
    found = _moment(value.strip()[:64], manner)
    if found is None or not EARLIEST.year <= found.year <= LATEST.year:
        raise NoValueError(Why.NO_DATE)
    return found.date()


def truth(value: str, manner: Manner) -> bool:
    """Return yes or no."""
    word = " ".join(value.split()).casefold()
    word = word.removesuffix(".0")
    if word in manner.yes or word in manner.no:
        return word in manner.yes
    raise NoValueError(Why.NO_WORD)


def key(value: str, manner: Manner) -> Key:
    return Key.OK if truth(value, manner) else Key.LOST


def outcome(value: str, _manner: Manner) -> QueryOutcome:
    try:
        return QueryOutcome(value.strip().lower())
    except ValueError:
        raise NoValueError(Why.NO_WORD) from None


def _moment(value: str, manner: Manner) -> datetime | None:
    for layout in manner.dates:
        if (found := _laid_out(value, layout)) is not None:
            return found
    if SECONDS.fullmatch(value) or MILLISECONDS.fullmatch(value):
        seconds = float(value) / (1000 if MILLISECONDS.fullmatch(value) else 1)
        return datetime.fromtimestamp(seconds, UTC)
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        pass
    for layout in LAYOUTS:
        if (found := _laid_out(value, layout)) is not None:
            return found
    try:
        return parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _laid_out(value: str, layout: str) -> datetime | None:
    try:
        return datetime.strptime(value, layout)  # noqa: DTZ007 - the zone is the client's, put on by the caller
    except (ValueError, OverflowError):
        return None


SINGLE: Mapping[str, Convert] = {
    "reported_at": moment,
    "module": text,
    "version": text,
    "registration": text,
    "legal_name": text,
    "key": key,
    "key_code": text,
    "update_number": number,
    "licence_end": day,
    "operup_at": moment,
    "operup_file": text,
    "seats": number,
    "sessions": number,
    "free_seats": number,
    "refused": number,
    "spp": truth,
    "daily_update": truth,
    "copy_done": truth,
}
"""How each single fact is read."""

COUNTED: Mapping[str, Convert] = dict.fromkeys(
    ("searches", "empty_searches", "failed_searches", "opened", "saved", "printed", "refused", "logins"), number
)

LISTED: Mapping[str, Mapping[str, Convert]] = {
    "bases": {"name": text, "update_number": number, "licence_end": day, "error": text, "message": text},
    "operups": {"name": text, "at": moment},
    "connected": {"login": text, "since": moment, "address": text, "browser": text},
    "users": {"login": text, "name": text, "last_at": moment},
    "usage": {"day": day, **COUNTED, "active_users": number, "sessions": number, "first_login": moment},
    "queries": {"text": text, "outcome": outcome, "day": day, "times": number},
    "totals": COUNTED,
}
"""How each column of each list is read; ``totals`` is a list of one row."""

NEEDED: Mapping[str, str] = {
    "bases": "name",
    "operups": "at",
    "connected": "login",
    "users": "login",
    "usage": "day",
    "queries": "text",
}
"""The column without which a row means nothing."""
