"""What the morning digest is given to word: a head, and parts that each know their own business.

To add a part: its value here and in ``Part``, its words in ``_digest.html.j2`` under its ``kind``, its reading in
``handlers.digest_parts``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, TypeAlias

from templates.cards import Brief, Mute, Someone
from templates.work import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """What happened and is over."""

    kind: ClassVar[str] = "night"
    incidents: tuple[Brief, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """What does not work now."""

    kind: ClassVar[str] = "open"
    incidents: tuple[Brief, ...]
    fresh: frozenset[int] = frozenset()
    """Numbers of those that quiet hours kept back: this is the first that the chat hears of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signalled:
    """One signal to a manager, in one line."""

    label: str
    title: str
    since: datetime
    new: bool = False
    code: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """The figures that prove it (``templates.signals``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """What a manager should talk to his clients about."""

    kind: ClassVar[str] = "signals"
    rows: tuple[Signalled, ...]
    answered: int = 0
    """Signals that were answered and hold on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Muted:
    """What is muted; those whose end comes today by name."""

    kind: ClassVar[str] = "muted"
    total: int
    ending: tuple[Mute, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Works:
    """Planned work that is under way or begins today."""

    kind: ClassVar[str] = "works"
    works: tuple[Work, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """Whose licence or contract ends, today and within a week."""

    kind: ClassVar[str] = "ends"
    licences_today: tuple[str, ...] = ()
    licences_soon: tuple[str, ...] = ()
    contracts_today: tuple[str, ...] = ()
    contracts_soon: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDuty:
    """Who is on duty now."""

    kind: ClassVar[str] = "duty"
    who: Someone


Part: TypeAlias = Night | Open | Signals | Muted | Works | Ends | OnDuty


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """A morning, as one chat may know it."""

    since: datetime
    until: datetime
    name: str = ""
    """Whom it greets; empty = a group."""
    own: bool = False
    """Told to a manager of his own clients."""
    clients: int = 0
    hit: int = 0
    """How many of them are hit by an open incident."""
    away: bool = False
    """The digest before this one was left out: we were not there, or Telegram was not."""
    parts: tuple[Part, ...] = ()
    repeat: bool = False
