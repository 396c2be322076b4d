"""Puts facts together from what stands in a report, and says which could not be read and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from checks.model.installation import (
    Base,
    Connected,
    InstallationFacts,
    Missing,
    OperUp,
    Query,
    Totals,
    Usage,
    User,
    Why,
)
from checks.readers.values import LISTED, NEEDED, SINGLE, Manner, NoValueError

KEPT: Mapping[str, int] = {
    "bases": 1_000, "operups": 50, "connected": 1_000, "users": 2_000, "usage": 400, "queries": 1_000, "totals": 1,
}  # fmt: skip
"""So many rows of a list are kept, of operative updates the newest."""

MAKERS: Mapping[str, Any] = {
    "bases": Base, "operups": OperUp, "connected": Connected, "users": User, "usage": Usage, "queries": Query,
    "totals": Totals,
}  # fmt: skip
FILLED: Mapping[str, Mapping[str, Any]] = {"operups": {"name": ""}}
"""What a row has when the report leaves it out and the value must have it."""

MAX_MISSING = 50
NO_ERROR = frozenset({"", "0", "ok", "none", "-", "нет"})
"""What stands for «no error» in a base's error code."""

Row = Mapping[str, str | None]


@dataclass(slots=True)
class Draft:
    """Facts while they are being collected; ``tells_absent`` = an absent fact is worth a word."""

    manner: Manner
    tells_absent: bool = False
    values: dict[str, Any] = field(default_factory=dict)
    missing: dict[tuple[str, Why], str] = field(default_factory=dict)

    def single(self, fact: str, texts: Iterable[str | None]) -> None:
        """Take a single fact from all that stands where it should; of several ends of licences the nearest counts."""
        found: list[Any] = []
        present = [text for text in texts if text is not None and text.strip()]
        for text in present:
            try:
                found.append(SINGLE[fact](text, self.manner))
            except NoValueError as error:
                self.miss(fact, error.why, text)
            if found and fact not in {"licence_end", "operup_at"}:
                break
        if found:
            self.values[fact] = min(found) if fact == "licence_end" else max(found) if fact == "operup_at" else found[0]
        elif not present and self.tells_absent:
            self.miss(fact, Why.ABSENT, "")

    def rows(self, name: str, rows: Sequence[Row]) -> None:
        """Take a list; a row that makes no sense is left out, with the reason of the first such row."""
        made = [value for row in rows if (value := self._row(name, row)) is not None]
        if name == "operups":
            made.sort(key=lambda one: one.at, reverse=True)
        if name == "totals":
            self.values[name] = made[0] if made else None
        elif name == "bases":
            self.values[name] = tuple(_plain_error(base) for base in made[: KEPT[name]])
        else:
            self.values[name] = tuple(made[: KEPT[name]])

    def miss(self, fact: str, why: Why, detail: str) -> None:
        if len(self.missing) < MAX_MISSING:
            self.missing.setdefault((fact, why), " ".join(detail.split())[:200])

    def facts(self, form: str) -> InstallationFacts:
        missing = tuple(Missing(fact=fact, why=why, detail=detail) for (fact, why), detail in self.missing.items())
        return drawn(InstallationFacts(form=form, missing=missing, **self.values))

    def _row(self, name: str, row: Row) -> Any:
        values: dict[str, Any] = dict(FILLED.get(name, {}))
        for column, text in row.items():
            if text is None or not text.strip():
                if column == "error" and text is not None:
                    values[column] = ""
                continue
            try:
                values[column] = LISTED[name][column](text, self.manner)
            except NoValueError as error:
                self.miss(f"{name}.{column}", error.why, text)
        needed = NEEDED.get(name)
        if needed is not None and needed not in values:
            self.miss(f"{name}.{needed}", Why.ABSENT, "")
            return None
        return MAKERS[name](**values)


def _plain_error(base: Base) -> Base:
    """Tell an error from the many ways to say that there is none; a message makes an error even without a code."""
    if base.error is None and not base.message:
        return base
    code = (base.error or "").strip().lower()
    if code not in NO_ERROR:
        return base
    return replace(base, error="" if base.message else None)


def drawn(facts: InstallationFacts) -> InstallationFacts:
    """Draw the newest operative update and the nearest end of a licence from lists, where they are not told."""
    new: dict[str, Any] = {}
    if facts.operups and (facts.operup_at is None or facts.operups[0].at >= facts.operup_at):
        new["operup_at"] = facts.operups[0].at
        new["operup_file"] = facts.operups[0].name or facts.operup_file
    if facts.licence_end is None and facts.bases is not None:
        new["licence_end"] = min((base.licence_end for base in facts.bases if base.licence_end), default=None)
    if facts.sessions is None and facts.seats is not None and facts.free_seats is not None:
        new["sessions"] = max(facts.seats - facts.free_seats, 0)
    return replace(facts, **new)
