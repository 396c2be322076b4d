"""Telling: routes, notes owed, people, and the steps of an incident that are told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from checks.model.alert import Priority
from checks.model.incident import Cause, Incident


class RouteKind(StrEnum):
    TECHNICAL = "technical"
    BUSINESS = "business"
    OWN = "own"
    """One's own clients: those of the manager named in the route."""
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Who hears what, where."""

    chat_id: int
    thread_id: int | None = None
    kinds: frozenset[RouteKind] = frozenset({RouteKind.TECHNICAL})
    priorities: frozenset[Priority] = frozenset({Priority.K1, Priority.K2, Priority.K3})
    clients: frozenset[str] = frozenset()
    """Empty = all."""
    managers: frozenset[str] = frozenset()
    """Empty = all."""
    redirects: frozenset[str] = frozenset()
    """Only what stands behind these redirect servers; empty = all."""
    also: frozenset[str] = frozenset()
    """Channels beside Telegram that hear the same, by name."""


class NoteKind(StrEnum):
    """Why a notification is owed; it decides between a new message and an edit."""

    FIRING = "firing"
    UPDATE = "update"
    STILL = "still"
    RESOLVED = "resolved"
    STORM = "storm"
    BLIND = "blind"
    HAND_OVER = "hand_over"
    """A change of the person on duty: what is open, muted, taken, and what has ended since."""
    DIGEST = "digest"
    """The morning digest; period and what waited for it in the outbox row."""
    BOARD = "board"
    """The living message that shows everything at a glance."""
    NOTICE = "notice"
    """A plain notice about ourselves (a dead chat, a lost topic), facts in the outbox row."""


class OutboxState(StrEnum):
    OWED = "owed"
    SENDING = "sending"
    DELIVERED = "delivered"
    UNKNOWN = "unknown"
    """The answer was lost; retried once with the mark «возможен повтор»."""
    FOLDED = "folded"
    """Told inside a storm card."""
    MUTED = "muted"
    """A silence covers it; the row keeps why nothing was sent."""
    QUIET = "quiet"
    """Quiet hours: waits for the morning digest, which takes it (``outbox.waits_for_morning``, ``told_in_digest``)."""
    BURIED = "buried"
    """Given up, with the reason kept."""


class Untold(StrEnum):
    """Why a note that was owed was given up; each has its words in the templates."""

    NOTHING_TO_EDIT = "nothing_to_edit"
    NOTHING_TO_TELL = "nothing_to_tell"
    """What it was about had passed when its turn came."""
    REFUSED = "refused"
    """Telegram takes neither the text nor a plainer one."""
    CHAT_LOST = "chat_lost"
    NO_DIGEST = "no_digest"
    """It waited for a morning digest that did not come, and is told on its own."""
    EXPIRED = "expired"
    """A channel beside Telegram took it for days not."""
    ENDED = "ended"
    """A reminder of an incident that ended before its moment."""


class Role(StrEnum):
    ADMIN = "admin"
    HEAD = "head"
    SUPPORT = "support"
    MANAGER = "manager"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A user of the chat; rights belong to people, never to chats."""

    id: int
    name: str
    role: Role
    manager: str | None = None
    """The name by which client lists call this manager."""
    suspended: bool = False


class ChangeKind(StrEnum):
    """What happened to an incident in one step; telling is planned from it."""

    OPENED = "opened"
    GREW = "grew"
    """More or other symptoms, same leading trouble: an edit."""
    WORSENED = "worsened"
    """A higher priority or another leading trouble: a new message."""
    EASED = "eased"
    """Some symptoms ended, others last: an edit."""
    RELEASED = "released"
    """The hold is over: may be told now."""
    ENDED = "ended"
    MERGED = "merged"
    """Ended because a later-found cause explains it; its symptoms live on there."""
    UNLISTED = "unlisted"
    """Ended because what it is named after left the lists, mended or not."""
    TAKEN = "taken"
    GIVEN_BACK = "given_back"
    HANDED = "handed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One step of an incident; ``incident`` is as it stands after the step and has its id."""

    kind: ChangeKind
    incident: Incident
    at: datetime
    by: int | None = None
    into: Cause | None = None
    """For ``MERGED``: the cause that explains it now."""
