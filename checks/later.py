"""Till when a signal may be put off: dates that a menu offers, dates that people write."""

from __future__ import annotations

import re
from datetime import date, timedelta

from checks.billing import back, following, length

LONGEST = timedelta(days=366)
WRITTEN = re.compile(
    r"(?:до\s+)?(\d{1,2})[.\-/ ](\d{1,2}|[а-яё]+)(?:[.\-/ ](\d{4}|\d{2}))?\s*(?:г\.?|года)?", re.IGNORECASE
)
MONTHS = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


def choices(today: date) -> list[tuple[str, date]]:
    """Return what a menu offers, by a word for each: the nearest first."""
    in_a_month = _moved(today, 1)
    offered = [
        ("week", today + timedelta(days=7)),
        ("first", following(today.replace(day=1))),
        ("month", in_a_month),
        ("quarter", _moved(today, 3)),
    ]
    return sorted(offered, key=lambda one: one[1])


def read_date(text: str, today: date) -> date | None:
    """Read a date in the future as people write it: «20.12», «20 декабря», «20.12.2026»; None = it is none.

    Without a year the next such day is meant. Nothing further away than a year is taken.
    """
    found = _iso(text.strip()) or _written(text.strip(), today)
    return found if found is not None and today < found <= today + LONGEST else None


def _iso(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if ISO.fullmatch(text) else None
    except ValueError:
        return None


def _written(text: str, today: date) -> date | None:
    match = WRITTEN.fullmatch(text)
    if match is None:
        return None
    month = int(match[2]) if match[2].isdecimal() else _month(match[2].casefold())
    year = int(match[3]) if match[3] else None
    years = [today.year, today.year + 1] if year is None else [year if year > 99 else 2000 + year]  # noqa: PLR2004
    for one in years:
        try:
            found = date(one, month, int(match[1]))
        except ValueError:
            continue
        if found > today or year is not None:
            return found
    return None


def _month(word: str) -> int:
    """Return the number of a month by its name in any case; 0 = no such month."""
    if word in {"май", "мая", "мае"}:
        return 5
    return next((number for number, stem in enumerate(MONTHS, 1) if stem != "ма" and word.startswith(stem)), 0)


def _moved(day: date, months: int) -> date:
    first = back(day.replace(day=1), -months)
    return first.replace(day=min(day.day, length(first)))
