"""Finds what changed between what an installation told before and what it tells now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256

from checks.model.installation import TRACKED, FactChange, InstallationFacts

NO_CODE = "-"
"""Stands for an error without a code."""


def said(facts: InstallationFacts, fact: str) -> str | None:
    """Return the value of a tracked fact as text, the same text for the same value; None = unknown.

    ``errors`` is how many bases report which error (``53:40 2007:1``, empty = none); ``bases`` is how many there are
    and a fingerprint of their names and update numbers.
    """
    if fact == "errors":
        return _errors(facts)
    if fact == "bases":
        return _bases(facts)
    value = getattr(facts, fact)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, StrEnum):
        return value.value
    return None if value is None else str(value)


def tracked(facts: InstallationFacts, before: Mapping[str, str]) -> dict[str, str]:
    """Return the values of all tracked facts: as told now, else as last known."""
    found = {fact: said(facts, fact) for fact in TRACKED}
    return {**before, **{fact: value for fact, value in found.items() if value is not None}}


def changed(client: str, before: Mapping[str, str], after: Mapping[str, str], at: datetime) -> list[FactChange]:
    """Return what differs; a fact told for the first time counts, with nothing before it."""
    return [
        FactChange(client=client, fact=fact, at=at, before=before.get(fact), after=after[fact])
        for fact in TRACKED
        if fact in after and before.get(fact) != after[fact]
    ]


def _errors(facts: InstallationFacts) -> str | None:
    if facts.bases is None:
        return None
    counted = Counter(base.error or NO_CODE for base in facts.bases if base.error is not None)
    return " ".join(f"{code}:{count}" for code, count in sorted(counted.items()))


def _bases(facts: InstallationFacts) -> str | None:
    if facts.bases is None:
        return None
    listed = "\n".join(sorted(f"{base.name}\t{base.update_number}" for base in facts.bases))
    return f"{len(facts.bases)} {sha256(listed.encode()).hexdigest()[:12]}"
