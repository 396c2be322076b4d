"""One alert of the catalogue: its columns, and the thresholds and audiences that rows share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from checks.model import Audience, Family, LookKind, Priority, Severity, Threshold

SUPPORT = frozenset({Audience.SUPPORT})
SUPPORT_AND_MANAGER = frozenset({Audience.SUPPORT, Audience.MANAGER})
MANAGER = frozenset({Audience.MANAGER})
ADMIN = frozenset({Audience.ADMIN})
ADMIN_AND_SUPPORT = frozenset({Audience.ADMIN, Audience.SUPPORT})

THRICE = Threshold(failures=3, successes=2)
TWICE = Threshold(failures=2, successes=2)
ONCE = Threshold(failures=1, successes=2)
AT_ONCE = Threshold(failures=1, successes=1)

LOOKS = frozenset(str(kind) for kind in LookKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One alert of the catalogue."""

    code: str
    title: str
    """What is wrong, said of a subject: «Ромашка: …»."""
    well: str = ""
    """The same when nothing is wrong."""
    source: str
    """A ``LookKind``, ``upload``, ``status``, ``time`` or ``self``."""
    family: Family
    priority: Priority
    severity: Severity
    threshold: Threshold
    audience: frozenset[Audience] = SUPPORT
    means: str = ""
    """What it means for the people at the client."""
    causes: tuple[str, ...] = ()
    """Usual causes, the commonest first; always told as «вероятно»."""
    because: Mapping[str, str] = field(default_factory=dict)
    """The usual cause where the measured reason narrows it: told before the others."""
    steps: tuple[str, ...] = ()
    """First steps, in order."""
    first: Mapping[str, str] = field(default_factory=dict)
    """The first step where the measured reason narrows it: told before the others."""
    grown: Mapping[str, Priority] = field(default_factory=dict)
    """The priority where the measured reason makes the trouble worse than usual."""
    aged: bool = False
    """``threshold.after`` is an age that facts have been judged by already, not how long a failure must last."""
    opens: bool = True
    """False: shown in the status, never an incident of its own."""
    steps_up: bool = False
    """A changed reason is worth a new message (certificate: 30, 14, 7, 3, 1 days)."""
    ours: bool = False

    def causes_of(self, reason: str) -> tuple[str, ...]:
        """Return the usual causes, the one that fits what was measured first."""
        if reason not in self.because:
            return self.causes
        return tuple(dict.fromkeys((self.because[reason], *self.causes)))

    def steps_of(self, reason: str) -> tuple[str, ...]:
        """Return the steps, the one that fits what was measured first."""
        return tuple(dict.fromkeys((self.first[reason], *self.steps))) if reason in self.first else self.steps

    def priority_of(self, reason: str) -> Priority:
        """Return the priority of what was measured."""
        return self.grown.get(reason, self.priority)

    @property
    def signal(self) -> bool:
        """Whether it is for managers alone: told in their working hours, answered by their buttons, never an outage."""
        return self.audience == MANAGER

    @property
    def looked(self) -> bool:
        """Whether it comes from a look of ours, so that it means nothing while we ourselves are blind."""
        return self.source in LOOKS
