"""Silences: what is muted, by whom and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Scope(StrEnum):
    """What a silence covers."""

    CLIENT = "client"
    CAUSE = "cause"
    CODE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Messages are muted, measuring is not, the record is not."""

    id: int | None
    scope: Scope
    target: str
    """Client name, ``str(cause)`` or catalogue code."""
    author: int
    created_at: datetime
    until: datetime | None
    """None = until mended."""
    chat_id: int | None = None
    """Where it mutes; None = everywhere."""
    incident_id: int | None = None
    """The incident whose card it was made from; «until mended» ends with it."""
    reason: str = ""
    ended_at: datetime | None = None
    last_matched_at: datetime | None = None
