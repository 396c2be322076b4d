"""Observations and what is believed because of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from checks.model.look import Subject


class Outcome(StrEnum):
    """Three values, not two: unknown neither opens nor closes anything."""

    OK = "ok"
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One answer of one check about one subject at one moment."""

    subject: Subject
    code: str
    outcome: Outcome
    at: datetime
    reason: str = ""
    """A ``Fault`` value, ``status_503``, a mark, or a word of its own: stable, worded by templates."""
    detail: str = ""
    """Measured particulars, hostile text."""
    facts: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """Signals only: the figures that prove it, as plain JSON values; kept with the signal and shown on its card."""


class State(StrEnum):
    """What we believe about one check of one subject."""

    OK = "ok"
    FAIL = "fail"
    UNKNOWN = "unknown"
    FLAPPING = "flapping"


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """When a run of failed (or good) looks becomes a state."""

    failures: int = 1
    successes: int = 1
    after: timedelta = timedelta(0)
    """How long the failure must last as well."""
    steady: bool = False
    """Never taken for flapping: it comes and goes with days and months, not with looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What we believe about one check of one subject, and the little that the next judgement needs."""

    subject: Subject
    code: str
    state: State = State.UNKNOWN
    since: datetime
    """Since when the state holds: a failure counts from its first failed look."""
    seen_at: datetime | None = None
    """The last look that knew (ok or fail)."""
    failures: int = 0
    successes: int = 0
    failing_since: datetime | None = None
    recent: int = 0
    """The last 20 known outcomes as bits, newest lowest, 1 = failed."""
    known: int = 0
    """How many of these bits mean something."""
    reason: str = ""
    detail: str = ""

    @property
    def key(self) -> tuple[Subject, str]:
        return self.subject, self.code


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A change of belief worth remembering."""

    subject: Subject
    code: str
    before: State
    after: State
    at: datetime
    since: datetime
    reason: str = ""
    detail: str = ""
