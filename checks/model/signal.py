"""Signals: what a manager hears about his clients, with the figures that prove it, and how he answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from checks.model.look import Subject


class Answer(StrEnum):
    """What a manager says to a signal by a button."""

    WORKING = "working"
    CALLED = "called"
    NOT_NOW = "not_now"
    """Not before a date of his choice."""
    WRONG = "wrong"
    """The rule is at fault: counts against it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One signal as it stands."""

    id: int
    subject: Subject
    """The client, or one of its accesses."""
    code: str
    client: str
    cause: str
    """``str(Cause)`` of the incident whose card tells it."""
    since: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)
    """The figures that prove it, plain values; which there are is said where the rule is."""
    ended_at: datetime | None = None
    answer: Answer | None = None
    answered_by: int | None = None
    answered_at: datetime | None = None
    until: date | None = None
    """For ``NOT_NOW``: till when."""
    reason: str = ""
    """For ``WRONG``: why, in the manager's words."""
