"""What answers are given to word: the estate in one message, one client here and now, what does not work, mutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from checks.model import ClientKind, State
from templates.cards import Brief, Mute


class Verdict(StrEnum):
    """How a client is, in one word."""

    FRESH = "fresh"
    """No open incidents, everything measured is well, reports are fresh."""
    WELL = "well"
    """Everything measured is well; whether documents are up to date is not known."""
    STALE = "stale"
    """Works, but updates or reports are old."""
    TROUBLE = "trouble"
    """Something is wrong, people can work."""
    DETOUR = "detour"
    """Does not open as usual, but opens by its direct address."""
    DOWN = "down"
    """People cannot work."""
    UNKNOWN = "unknown"
    """Nothing is measured and nothing has come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check as believed now."""

    code: str
    title: str
    """What is wrong when it fails."""
    well: str
    """What is right when it does not."""
    state: State
    seen_at: datetime | None = None
    since: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How one address answered the last look."""

    kind: str
    """``domain``, ``installation`` or ``licman``."""
    address: str
    opens: bool | None = None
    elapsed: float | None = None
    at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the last readable sysinfo report says; None = it does not say."""

    at: datetime
    operup_at: datetime | None = None
    update_number: int | None = None
    version: str | None = None
    key: bool | None = None
    licence_end: date | None = None
    seats: int | None = None
    sessions: int | None = None
    refused: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """Availability over a span; ``share`` None = nothing is known of it."""

    share: float | None = None
    days: int = 30
    outages: int = 0
    down: timedelta = timedelta(0)
    norm: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCard:
    """One client here and now."""

    name: str
    label: str
    kind: ClientKind
    verdict: Verdict
    checks: tuple[Check, ...] = ()
    incidents: tuple[Brief, ...] = ()
    mutes: tuple[Mute, ...] = ()
    report_heard_at: datetime | None = None
    habit: str = ""
    """How often its reports usually come, as the rhythm says it; empty = not known."""
    habit_from: datetime | None = None
    """From when on that will be known, while it is being learnt."""
    status_heard_at: datetime | None = None
    report: Report | None = None
    answers: tuple[Answer, ...] = ()
    domain: str | None = None
    redirect: str | None = None
    address: str | None = None
    admin_url: str | None = None
    manager: str | None = None
    contacts: str | None = None
    night_calls: bool | None = None
    contract_end: date | None = None
    seats: int | None = None
    served: Served = Served()
    admin: bool = False
    """An admin asks in private, and may make scripts of reports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A redirect server in the overview."""

    label: str
    clients: int
    works: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """How much a chat was told lately, against the promise."""

    title: str
    sent: int = 0
    folded: int = 0
    here: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The estate in one message."""

    clients: int
    hit: int
    """Clients that open incidents touch."""
    incidents: tuple[Brief, ...] = ()
    servers: tuple[Server, ...] = ()
    looked_at: datetime | None = None
    heard_at: datetime | None = None
    mutes: int = 0
    unseen: int = 0
    """Clients of whom nothing can be known: no address to look at, and no report has come."""
    limit: int = 10
    window: timedelta = timedelta(minutes=10)
    said: tuple[Said, ...] = ()
    """This chat first, then those that were told most."""
    own: str | None = None
    """Only the clients of this manager are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A client to choose."""

    name: str
    label: str
    hint: str = ""
    """Tells apart clients of the same name."""
