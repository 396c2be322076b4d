"""What judging needs beside the facts: the estate as listed, thresholds in force, how long telling may wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from checks.catalogue import ROWS
from checks.estate import Estate
from checks.model import ClientKind, Subject, SubjectKind, Threshold
from checks.notifications import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Made anew whenever lists or configuration change; never changed in place."""

    estate: Estate
    thresholds: Mapping[str, Threshold] = field(default_factory=dict)
    """By code: instead of the catalogue's."""
    by_kind: Mapping[tuple[ClientKind, str], Threshold] = field(default_factory=dict)
    by_client: Mapping[tuple[str, str], Threshold] = field(default_factory=dict)
    hold: timedelta = timedelta(seconds=30)
    policy: Policy = field(default_factory=Policy)
    required_version: str | None = None
    """The oldest version that may run, by the configuration; what people have said stands above it."""

    def threshold(self, subject: Subject, code: str) -> Threshold:
        """Return the threshold in force: the client's own, its kind's, the configured, the catalogue's.

        For what time brings, ``after`` is how long a silence may last and has been waited for before it is observed.
        """
        found = self._found(subject, code)
        return replace(found, after=timedelta(0)) if ROWS[code].source == "time" else found

    def silence(self, code: str) -> timedelta | None:
        """Return how long a silence may last by the configuration, None = as the catalogue has it."""
        found = self.thresholds.get(code)
        return found.after if found and found.after else None

    def own_silences(self, code: str) -> dict[str, timedelta]:
        """Return the clients to whom the configuration gives a limit of their own."""
        return {name: one.after for (name, about), one in self.by_client.items() if about == code and one.after}

    def _found(self, subject: Subject, code: str) -> Threshold:
        if subject.kind is SubjectKind.CLIENT:
            own = self.by_client.get((subject.name, code))
            client = self.estate.clients.get(subject.name)
            kind = self.by_kind.get((client.kind, code)) if client else None
            if own or kind:
                return own or kind or Threshold()
        return self.thresholds.get(code) or ROWS[code].threshold
