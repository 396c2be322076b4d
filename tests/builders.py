"""Builders that say only what matters to a test."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from checks.model import (
    Cause,
    CauseKind,
    Health,
    Incident,
    IncidentState,
    Observation,
    Outcome,
    Priority,
    State,
    Subject,
    SubjectKind,
    Symptom,
)

NOON = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def after(seconds: float = 0, *, minutes: float = 0, hours: float = 0, days: float = 0) -> datetime:
    """Return a moment so long after noon."""
    return NOON + timedelta(seconds=seconds, minutes=minutes, hours=hours, days=days)


def client(name: str = "romashka") -> Subject:
    return Subject(SubjectKind.CLIENT, name)


def redirect(name: str = "r1") -> Subject:
    return Subject(SubjectKind.REDIRECT, name)


def observation(
    code: str = "KodeksTcpStatus", outcome: Outcome = Outcome.FAIL, *, subject: Subject | None = None, **rest: Any
) -> Observation:
    return Observation(subject=subject or client(), code=code, outcome=outcome, **{"at": NOON, **rest})


def health(
    code: str = "KodeksTcpStatus", state: State = State.FAIL, *, subject: Subject | None = None, **rest: Any
) -> Health:
    return Health(subject=subject or client(), code=code, state=state, **{"since": NOON, **rest})


def symptom(code: str = "KodeksTcpStatus", *, subject: Subject | None = None, **rest: Any) -> Symptom:
    return Symptom(subject=subject or client(), code=code, **{"since": NOON, **rest})


def incident(**rest: Any) -> Incident:
    facts: dict[str, Any] = {
        "id": None,
        "cause": Cause(CauseKind.CLIENT, "romashka", "service"),
        "state": IncidentState.OPEN,
        "opened_at": NOON,
        "code": "KodeksTcpStatus",
        "priority": Priority.K1,
        "symptoms": (symptom(),),
    }
    return Incident(**{**facts, **rest})
