"""What an installation tells of itself: one value, every fact of which may be unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from enum import StrEnum


class Key(StrEnum):
    """Whether the server saw its protection key when the report was made."""

    OK = "ok"
    LOST = "lost"


class Why(StrEnum):
    """Why a fact that the mapping promises is missing all the same; worded by templates."""

    ABSENT = "absent"
    """Nothing stands where the mapping points."""
    NO_NUMBER = "no_number"
    NO_DATE = "no_date"
    NO_MOMENT = "no_moment"
    NO_WORD = "no_word"
    """Neither of the words that mean yes and no."""
    WRONG_SHAPE = "wrong_shape"
    """A SELECT gives other columns than the fact has."""
    BAD_QUERY = "bad_query"
    """The file's database refuses the SELECT (no such table, too slow, not allowed)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A fact that could not be read, and why; ``detail`` is what stood there, hostile text."""

    fact: str
    why: Why
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """One base (volume) of the set."""

    name: str
    update_number: int | None = None
    licence_end: date | None = None
    error: str | None = None
    """Code of the error it reports, e.g. ``53``; empty = an error without a code; None = none."""
    message: str = ""
    """The error as the server words it, hostile text; may name the file that could not be opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperUp:
    """One file of operative updates."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """Somebody who was in the system when the report was made."""

    login: str
    since: datetime | None = None
    address: str = ""
    browser: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """An account of the installation."""

    login: str
    name: str = ""
    last_at: datetime | None = None
    """Last activity; None = never, or not told."""


class QueryOutcome(StrEnum):
    EMPTY = "empty"
    """Nothing was found."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A search that gave nothing."""

    text: str
    outcome: QueryOutcome = QueryOutcome.EMPTY
    day: date | None = None
    """None = the day of the report."""
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """How much an installation was used on one day of its own calendar; None = not told."""

    day: date
    searches: int | None = None
    empty_searches: int | None = None
    failed_searches: int | None = None
    opened: int | None = None
    """Documents opened."""
    saved: int | None = None
    printed: int | None = None
    refused: int | None = None
    """Users refused for want of a seat."""
    logins: int | None = None
    """Times somebody came in."""
    active_users: int | None = None
    """Different people who came in."""
    users: int | None = None
    """Accounts there are; the last figure of the day."""
    sessions: int | None = None
    """Seats in use at the busiest moment that a report saw."""
    seats: int | None = None
    """Workplaces by the licence; the last figure of the day."""
    first_login: datetime | None = None
    """The earliest moment at which somebody is known to have been in the system."""


COUNTS = ("searches", "empty_searches", "failed_searches", "opened", "saved", "printed", "refused", "logins")
"""What can be counted on and on: a report gives these by day, or as totals since some moment in the past."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Counters that only grow (until the server restarts); what they gained belongs to the day of the report."""

    searches: int | None = None
    empty_searches: int | None = None
    failed_searches: int | None = None
    opened: int | None = None
    saved: int | None = None
    printed: int | None = None
    refused: int | None = None
    logins: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallationFacts:
    """Everything one report says of an installation.

    None = unknown: the report does not say it, or what it says makes no sense (then ``missing`` has the reason). An
    empty tuple is an answer: the report says that there are none.
    """

    form: str = ""
    """How it was read: ``default`` (our own format), the name of a mapping, ``xml`` or ``sqlite`` for a form that no
    mapping fits, ``api``, ``metrics``; empty = nothing was read."""
    reported_at: datetime | None = None
    """The sender's own time (UTC)."""
    module: str | None = None
    """Version of the sysinfo module."""
    version: str | None = None
    """Version of the software, e.g. ``6.4.5.127``; compare with ``checks.versions.below``."""
    registration: str | None = None
    legal_name: str | None = None
    key: Key | None = None
    key_code: str | None = None
    update_number: int | None = None
    """Of the set, or of the licence."""
    licence_end: date | None = None
    """The nearest end; of the bases' own ends where the report gives no other."""
    operup_at: datetime | None = None
    """Date of the newest file of operative updates."""
    operup_file: str | None = None
    seats: int | None = None
    """Workplaces by the licence."""
    sessions: int | None = None
    """Seats in use when the report was made."""
    free_seats: int | None = None
    """Seats still free when the report was made; ``sessions`` is drawn from it where only this is told."""
    refused: int | None = None
    """Users refused for want of a seat, on the day of the report."""
    spp: bool | None = None
    """Whether the client's question service works."""
    daily_update: bool | None = None
    """Whether the daily update is switched on."""
    copy_done: bool | None = None
    """Whether the last copy job (copybaseweb) went through."""
    totals: Totals | None = None
    bases: tuple[Base, ...] | None = None
    operups: tuple[OperUp, ...] | None = None
    """The newest first, at most fifty."""
    connected: tuple[Connected, ...] | None = None
    users: tuple[User, ...] | None = None
    usage: tuple[Usage, ...] | None = None
    """Figures of the day of the report and of days before it."""
    queries: tuple[Query, ...] | None = None
    missing: tuple[Missing, ...] = ()

    def of_day(self, day: date) -> Usage | None:
        """Return what the report says of one day."""
        return next((one for one in self.usage or () if one.day == day), None)

    @property
    def known(self) -> tuple[str, ...]:
        """Names of the facts that are known, in the order of this class."""
        return tuple(name for name in FACTS if getattr(self, name) is not None)


LISTS = ("bases", "operups", "connected", "users", "usage", "queries")
"""Facts that are lists: kept beside the others and loaded only when wanted."""

FACTS = tuple(one.name for one in fields(InstallationFacts) if one.name not in {"form", "missing"})
"""Names of all facts: what a mapping may give."""

TRACKED = (
    "version",
    "module",
    "registration",
    "update_number",
    "operup_at",
    "licence_end",
    "key",
    "seats",
    "daily_update",
    "errors",
    "bases",
)
"""Facts whose changes are remembered: ``errors`` and ``bases`` are drawn from the list of bases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactChange:
    """A tracked fact got another value. Values are text as ``checks.changes.said`` writes them; None = unknown."""

    client: str
    fact: str
    at: datetime
    """When the report that said so reached us."""
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Latest:
    """What is known of one client's installation, from its last good reports of every kind.

    The newest word counts for every fact: metrics sent every 15 minutes say of key and sessions more than a sysinfo
    report of an hour ago.
    """

    client: str
    facts: InstallationFacts = field(default_factory=InstallationFacts)
    heard_at: Mapping[str, datetime] = field(default_factory=dict)
    """By fact: when the report that told it reached us."""

    @property
    def at(self) -> datetime | None:
        """The newest word of all."""
        return max(self.heard_at.values(), default=None)


def merged(older: InstallationFacts, newer: InstallationFacts) -> InstallationFacts:
    """Return the facts of both, ``newer`` before ``older`` wherever it knows one."""
    said = {name: getattr(newer, name) for name in newer.known}
    return replace(older, **said, form=older.form or newer.form, missing=older.missing + newer.missing)
