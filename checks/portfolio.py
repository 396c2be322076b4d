"""Sorts a manager's clients: who needs a word and why, the worst first; the rest is all right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from checks.catalogue import ROWS
from checks.model import Client, Family, Priority, Signal

SOON = timedelta(days=90)
"""A contract that ends within so long is a renewal to prepare."""
LATE = timedelta(days=180)
"""One that ended longer ago is somebody else's story."""
UPSELL = frozenset({"LimitExhaustedOften", "KodeksDetectOverUserError"})
QUOTA = "OnlineBilling"
LICENCE = "KodeksLicenseExpiring"


class Topic(StrEnum):
    """What a list is about."""

    ALL = "all"
    DOWN = "down"
    IDLE = "idle"
    UPSELL = "upsell"
    RENEWAL = "renewal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One client of a list."""

    name: str
    priority: Priority = Priority.K5
    incidents: tuple[int, ...] = ()
    """Numbers of the open incidents that hit it, the gravest first."""
    codes: tuple[str, ...] = ()
    """Signals that wait for an answer, the gravest first."""
    answered: int = 0
    """Signals that somebody has answered and that hold on."""
    ends: date | None = None
    """End of the contract, if it is near."""

    @property
    def topics(self) -> frozenset[Topic]:
        found = {topic for code in self.codes if (topic := topic_of(code))}
        found |= {Topic.DOWN} if self.incidents else set()
        found |= {Topic.RENEWAL} if self.ends else set()
        return frozenset(found | ({Topic.ALL} if found or self.codes else set()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Struck:
    """An open incident, and the clients it hits."""

    number: int
    priority: Priority
    clients: AbstractSet[str]


def topic_of(code: str) -> Topic | None:
    """Return which list a signal belongs to; None = none but the list of all."""
    row = ROWS.get(code)
    if code in UPSELL or code.startswith(QUOTA):
        return Topic.UPSELL
    if code.startswith(LICENCE) or (row is not None and row.family is Family.RENEWAL):
        return Topic.RENEWAL
    return Topic.IDLE if row is not None and row.family is Family.USAGE else None


def entries(
    clients: Mapping[str, Client], struck: Iterable[Struck], signals: Iterable[Signal], *, today: date
) -> list[Entry]:
    """Return the clients that need a word, the worst first: what does not work, then what is to be sold or kept."""
    hits: defaultdict[str, list[Struck]] = defaultdict(list)
    for one in struck:
        for name in one.clients & clients.keys():
            hits[name].append(one)
    waiting: defaultdict[str, list[str]] = defaultdict(list)
    answered: defaultdict[str, int] = defaultdict(int)
    for signal in signals:
        if waits(signal, today):
            waiting[signal.client].append(signal.code)
        else:
            answered[signal.client] += 1
    ending = {name for name, one in clients.items() if near(one.contract_end, today)}
    names = {*hits, *(waiting.keys() & clients.keys()), *ending}
    found = [_entry(clients[name], hits[name], waiting[name], answered[name], today) for name in names]
    return sorted(found, key=lambda one: (not one.incidents, one.priority, one.ends or date.max, one.name))


def waits(signal: Signal, today: date) -> bool:
    """Tell whether a signal wants a word from its manager: not answered, or put off until a day that has come."""
    return signal.answer is None or (signal.until is not None and signal.until <= today)


def near(end: date | None, today: date) -> bool:
    """Tell whether a contract ends soon, or has ended not long ago."""
    return end is not None and today - LATE <= end <= today + SOON


def _entry(client: Client, hits: list[Struck], codes: list[str], answered: int, today: date) -> Entry:
    ranked = sorted(hits, key=lambda one: (one.priority, one.number))
    known = sorted({code for code in codes if code in ROWS}, key=lambda code: (ROWS[code].priority, code))
    priorities = [one.priority for one in ranked] + [ROWS[code].priority for code in known]
    return Entry(
        name=client.name,
        priority=min(priorities, default=Priority.K5),
        incidents=tuple(one.number for one in ranked),
        codes=tuple(known),
        answered=answered,
        ends=client.contract_end if near(client.contract_end, today) else None,
    )
