"""Writes what an installation tells as JSON, and reads it back; what makes no sense any more is left out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from checks.model.installation import FACTS, LISTS, InstallationFacts

KEPT_APART = frozenset(LISTS)


@cache
def _adapter() -> TypeAdapter[InstallationFacts]:
    return TypeAdapter(InstallationFacts)


def write(facts: InstallationFacts) -> dict[str, Any]:
    """Return what is known, ready for JSON."""
    found: dict[str, Any] = _adapter().dump_python(facts, mode="json", exclude_defaults=True)
    return found


def write_apart(facts: InstallationFacts) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return single facts and lists, each ready for JSON: lists are many times larger and seldom wanted."""
    written = write(facts)
    lists = {name: written.pop(name) for name in LISTS if name in written}
    return written, lists


def read(said: Mapping[str, Any]) -> InstallationFacts:
    """Read what ``write`` wrote, by this or an older version of the program. Never raises."""
    try:
        return _adapter().validate_python(dict(said))
    except ValidationError:
        return _adapter().validate_python(_sensible(said))


def _sensible(said: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name in (*FACTS, "form", "missing"):
        if name not in said:
            continue
        try:
            _adapter().validate_python({name: said[name]})
        except ValidationError:
            continue
        kept[name] = said[name]
    return kept
