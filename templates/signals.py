"""What a signal's card is given to word: the figures that prove it, how it was answered, whom it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from checks.model import Answer, Family, Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What somebody said to it."""

    answer: Answer
    by: str
    at: datetime
    until: date | None = None
    reason: str = ""


class Known(dict[str, Any]):
    """Figures of a signal; one that an older version did not keep is unknown and spoils no card."""

    def __missing__(self, name: str) -> None:
        return None


def known(value: Any) -> Any:
    """Return figures as templates may ask for them, those within lists as well."""
    if isinstance(value, Mapping):
        return Known({name: known(one) for name, one in value.items()})
    return [known(one) for one in value] if isinstance(value, list | tuple) else value


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One signal of a card."""

    code: str
    title: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    since: datetime | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "facts", known(self.facts))


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalCard:
    """What a manager is told of one client: the leading point with its proof, the others in a line."""

    number: int
    client: str
    label: str
    family: Family
    priority: Priority
    lead: Point
    also: tuple[Point, ...] = ()
    means: str = ""
    step: str = ""
    opened_at: datetime
    ended_at: datetime | None = None
    unlisted: bool = False
    several: bool = False
    """The client has more than one access: the card names the login."""
    login: str = ""
    contract_end: date | None = None
    renewed_at: date | None = None
    """A contract that was about to end was prolonged so lately."""
    manager: str | None = None
    answered: Answered | None = None
    muted: bool = False
    again: bool = False
    """A date has come till which nobody wanted to hear of it."""
    repeat: bool = False
    text: bool = False
    """There is a ready text for the client."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A date that the menu of «не актуально до …» offers."""

    kind: str
    until: date


ORDINALS: tuple[str, ...] = (
    "", "", "второй", "третий", "четвёртый", "пятый", "шестой", "седьмой", "восьмой", "девятый", "десятый",
    "одиннадцатый", "двенадцатый",
)  # fmt: skip
MONTHS_IN: tuple[str, ...] = (
    "", "январе", "феврале", "марте", "апреле", "мае", "июне", "июле", "августе", "сентябре", "октябре", "ноябре",
    "декабре",
)  # fmt: skip
MONTHS_OF: tuple[str, ...] = (
    "", "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября",
    "декабря",
)  # fmt: skip
QUOTAS: Mapping[str, tuple[str, str, str, str]] = {
    "docs": ("документы по лимиту", "кончатся", "кончились", "документов"),
    "search": ("поиск по лимиту", "кончится", "кончился", "поисковых запросов"),
    "print": ("печать по лимиту", "кончится", "кончилась", "печати"),
    "upload": ("выгрузка по лимиту", "кончится", "кончилась", "выгрузки"),
}
"""Subject, what it will do, what it has done, of what."""
WHY_WRONG: Mapping[str, str] = {
    "season": "клиент сезонный, так и должно быть",
    "known": "это уже известно и решено",
    "figures": "цифры не те",
    "gone": "клиент больше не наш",
}
"""Reasons that a button offers for «неверно»; anything else is said in a reply."""


def ordinal(number: int) -> str:
    """Write the number of a month in a row: «третий»."""
    return ORDINALS[number] if 1 < number < len(ORDINALS) else f"{number}-й"


SIGNAL_WORDS: dict[str, Any] = {
    "MONTHS_IN": MONTHS_IN,
    "MONTHS_OF": MONTHS_OF,
    "QUOTAS": QUOTAS,
    "WHY_WRONG": WHY_WRONG,
    "ordinal": ordinal,
}
