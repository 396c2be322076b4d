"""What each card is given to word: plain values, filled from storage by ``handlers.cards`` or from samples."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from checks.model import Cause, CauseKind, Family, Priority, Scope


class Wait(StrEnum):
    """Whether it can wait, and what that is based on."""

    NOW = "now"
    """Working time at the client."""
    BUSY = "busy"
    """Not working time, but people are in the system."""
    EMPTY = "empty"
    """Not working time and nobody is in the system: measured."""
    DARK = "dark"
    """Not working time; whether anybody is in the system is not known."""
    TODAY = "today"
    """Working time, but nothing has stopped: before the day ends."""
    LATER = "later"
    """Not working time, and nothing has stopped."""


class Off(StrEnum):
    """Why it is not working time."""

    NIGHT = "night"
    DAY_OFF = "day_off"
    AFTER_HOURS = "after_hours"


class Still(StrEnum):
    """What still works for the people at the client."""

    DIRECT = "direct"
    """The installation opens by its direct address."""
    OPENS = "opens"
    """The installation answers as always."""
    NOTHING = "nothing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A client that an incident hits."""

    name: str
    label: str
    address: str | None = None
    """Direct address of the installation, listed or learnt."""
    direct: bool | None = None
    """Whether it opens there; None = not known."""
    elapsed: float | None = None
    incident: int | None = None
    """Its own open incident beside this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """One more thing that is wrong, in the catalogue's words."""

    title: str
    reason: str = ""
    clients: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """How many people the client has (all clients hit together) and how many were in the system by its last report."""

    seats: int | None = None
    online: int | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Who did it and when."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Someone:
    """A person whom a message mentions, so that their telephone rings."""

    id: int
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Why somebody is called to an incident that was told before."""

    rung: str
    """``next``, ``head``, ``again``, or ``lasting``: they have it, and it lasts."""
    person: Someone | None = None
    since: datetime
    """Since when nobody takes it, or since when they have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phoned:
    """A call to the client's administrator."""

    by: str
    at: datetime
    reached: bool
    before: bool = False
    """In an earlier incident, not in this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """A silence as people are told of it."""

    id: int
    by: str
    at: datetime
    until: datetime | None
    """None = until mended."""
    scope: Scope = Scope.CAUSE
    kind: CauseKind = CauseKind.CLIENT
    """Of the cause that it covers."""
    what: str = ""
    """What it covers, in words of the estate: a client, a server, a kind of alert."""
    reason: str = ""
    here: bool = False
    """Only in this chat."""
    undoable: bool = False
    """Made less than five minutes ago."""
    matched_at: datetime | None = None
    """When it last kept anything back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One incident as a chat is told of it."""

    number: int
    cause: Cause
    code: str
    title: str
    family: Family
    priority: Priority
    critical: bool
    subject: str
    """Label of the client or server, ``host:port`` of an address or licence manager, title of a chat."""
    opened_at: datetime
    checked_at: datetime | None = None
    ended_at: datetime | None = None
    reason: str = ""
    detail: str = ""
    flapping: bool = False
    means: str = ""
    causes: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    signs: tuple[Sign, ...] = ()
    """What else is wrong, the leading sign left out."""
    clients: tuple[Hit, ...] = ()
    behind: int = 0
    """How many clients stand behind the shared thing, hit or not; how many send reports at all."""
    stopped: int = 0
    """How many of them stopped sending together."""
    owner: str | None = None
    contacts: str | None = None
    opens_at: datetime | None = None
    """When the working time of those concerned begins; None = it lasts now."""
    off: Off = Off.NIGHT
    """Why it is not working time for them, where it is not."""
    there: datetime | None = None
    """The same moment by the client's clock, where that is another one than the chat's."""
    answers_at: datetime | None = None
    """When the contacts can be called; None = now, or their hours are not known."""
    night_calls: bool | None = None
    """Whether the client's administrator may be called at night; None = not said, or several clients."""
    manager: str | None = None
    people: People = People()
    wait: Wait = Wait.NOW
    still: Still = Still.UNKNOWN
    taken: Step | None = None
    duty: Someone | None = None
    """Who is on duty, where somebody must take it."""
    handed: Step | None = None
    unlisted: bool = False
    """It ended because its client or server left the lists; whether it was mended is not known."""
    remind_at: datetime | None = None
    """End of the chat's quiet hours, while they last: when one may want to hear of it again."""
    reminder: Step | None = None
    """Who asked for a reminder in this chat, and the moment it will come."""
    mute: Mute | None = None
    work_until: datetime | None = None
    """Planned work that covers it is under way; until when it is announced."""
    phoned: Phoned | None = None
    """The last call to the client."""
    admin_url: str | None = None
    repeat: bool = False
    """Telegram's answer to an earlier copy was lost: this may be the second one."""
    expires_at: datetime | None = None
    """End of a certificate."""
    heard_at: datetime | None = None
    """The last report, where its absence is what is wrong."""

    @property
    def shared(self) -> bool:
        return self.cause.kind is not CauseKind.CLIENT

    @property
    def direct(self) -> tuple[Hit, ...]:
        """Clients that open by their direct address."""
        return tuple(one for one in self.clients if one.direct)

    @property
    def shut(self) -> tuple[Hit, ...]:
        """Clients that do not open by their direct address either."""
        return tuple(one for one in self.clients if one.direct is False)

    @property
    def unseen(self) -> tuple[Hit, ...]:
        """Clients of which it is not known."""
        return tuple(one for one in self.clients if one.direct is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of an incident's timeline."""

    at: datetime
    what: str
    by: str | None = None
    title: str = ""
    reason: str = ""
    clients: int = 0
    reached: bool = False
    """Of a call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """An incident in one line of a list."""

    number: int
    kind: CauseKind = CauseKind.CLIENT
    subject: str
    title: str
    priority: Priority
    critical: bool
    opened_at: datetime
    ended_at: datetime | None = None
    unlisted: bool = False
    merged_into: int | None = None
    """It ended as a part of that incident, not mended."""
    clients: int = 0
    taken_by: str | None = None
    muted: bool = False

    @property
    def mended(self) -> bool:
        return self.ended_at is not None and not self.unlisted and self.merged_into is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which part of a list is shown."""

    number: int = 0
    pages: int = 1
    total: int = 0

    @property
    def first(self) -> bool:
        return self.number == 0

    @property
    def last(self) -> bool:
        return self.number >= self.pages - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """What was folded so that a chat is not flooded."""

    number: int
    """Which storm of ours it is: tells a repetition from a second storm."""
    began_at: datetime
    ended_at: datetime | None = None
    limit: int = 10
    window: timedelta = timedelta(minutes=10)
    folded: int = 0
    """How many messages stand behind this one."""
    away_since: datetime | None = None
    """It tells of what came while Telegram could not be reached, from then until the card began."""
    incidents: tuple[Brief, ...] = ()
    clients: int = 0
    repeat: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Blindness:
    """A time in which we saw nothing."""

    number: int
    """Of its incident."""
    began_at: datetime
    ended_at: datetime | None = None
    witnesses: tuple[str, ...] = ()
    reason: str = ""
    opened: tuple[Brief, ...] = ()
    """What turned out to be broken when we saw again."""
    ended: tuple[Brief, ...] = ()
    overdue: int = 0
    """Clients whose clocks of freshness stood still meanwhile."""
    repeat: bool = False
