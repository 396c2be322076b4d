"""What judging needs beside the facts: the estate as listed, thresholds in force, how long telling may wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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

    def threshold(self, subject: Subject, code: str) -> Threshold:
        """Return the threshold in force: the client's own, its kind's, the configured, the catalogue's."""
        if subject.kind is SubjectKind.CLIENT:
            own = self.by_client.get((subject.name, code))
            client = self.estate.clients.get(subject.name)
            kind = self.by_kind.get((client.kind, code)) if client else None
            if own or kind:
                return own or kind or Threshold()
        return self.thresholds.get(code) or ROWS[code].threshold
