"""Incidents: one cause, its symptoms, its life from the first failed look to the end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from checks.model.alert import Priority
from checks.model.look import Subject


class CauseKind(StrEnum):
    REDIRECT = "redirect"
    ADDRESS = "address"
    LICMAN = "licman"
    INTAKE = "intake"
    SELF = "self"
    CLIENT = "client"
    CHAT = "chat"


@dataclass(frozen=True, slots=True, order=True)
class Cause:
    """What an incident is named after; at most one open incident a cause.

    ``name`` is a redirect's or client's name, ``host:port`` of an address or licence manager, a chat's id.
    """

    kind: CauseKind
    name: str
    family: str = ""
    """For client causes, and for ourselves the code: which of several independent troubles of one subject."""

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" + (f"/{self.family}" if self.family else "")

    @classmethod
    def parse(cls, text: str) -> Cause:
        kind, _, rest = text.partition(":")
        name, _, family = rest.rpartition("/") if "/" in rest else (rest, "", "")
        return cls(CauseKind(kind), name, family)


@dataclass(frozen=True, slots=True, kw_only=True)
class Symptom:
    """One failing check that an incident explains."""

    subject: Subject
    code: str
    since: datetime
    reason: str = ""
    detail: str = ""
    flapping: bool = False

    @property
    def key(self) -> tuple[Subject, str]:
        return self.subject, self.code


class IncidentState(StrEnum):
    OPEN = "open"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One cause, from the first failed look to the end of the last symptom."""

    id: int | None
    cause: Cause
    state: IncidentState
    opened_at: datetime
    """Start of the outage: the first failed look of the earliest symptom."""
    code: str
    """The leading catalogue code: what the card is titled with."""
    priority: Priority
    symptoms: tuple[Symptom, ...] = ()
    ended_at: datetime | None = None
    hold_until: datetime | None = None
    """Telling waits until then for the answer about the shared thing; None = tell now."""
    taken_by: int | None = None
    taken_at: datetime | None = None
    handed_at: datetime | None = None
    """«Передано владельцу»."""
    handed_by: int | None = None
    merged_into: int | None = None
    """The incident that explains this one; it ended without having been mended."""
    unlisted: bool = False
    """It ended because what it is named after left the lists; whether it was mended nobody knows."""
    revision: int = 0

    @property
    def clients(self) -> tuple[str, ...]:
        """Names of the clients hit, each once, in order."""
        return tuple(sorted({client for s in self.symptoms if (client := s.subject.client) is not None}))
