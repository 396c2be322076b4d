"""Gives rows back the subjects they are about."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import RowMapping

from checks.model import Subject, SubjectKind


@lru_cache(maxsize=65536)
def subject(kind: str, name: str) -> Subject:
    """Return the subject of these two columns, the same object each time: there are few, and they are read often."""
    return Subject(SubjectKind(kind), name)


def subject_of(row: Mapping[str, Any] | RowMapping) -> Subject:
    """Return whom a row is about; every table calls the two columns alike."""
    return subject(row["subject_kind"], row["subject_name"])
