"""What judging needs beside the facts: the estate as listed, thresholds in force, how long telling may wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta, tzinfo
from zoneinfo import ZoneInfo

from checks.catalogue import ROWS
from checks.estate import Estate
from checks.model import ClientKind, Subject, Threshold
from checks.notifications import Policy
from checks.readers.figures import Layout, layout_for
from checks.signals.history import Norms

MOSCOW = ZoneInfo("Europe/Moscow")
NO_LOGIN = "OnlineNoLogin"


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
    layouts: tuple[Layout, ...] = (Layout(zone=MOSCOW),)
    """How the servers of online accesses are read, and by whose calendar."""
    working_days: bool = False
    """Operative updates age on working days only."""
    watch_patience: timedelta = timedelta(hours=24)
    """How long what was changed at a client may take to come back."""
    work_at_most: timedelta = timedelta(hours=8)
    """How long announced work keeps messages back when nobody says that it is over."""
    required_version: str | None = None
    """The oldest version that may run, by the configuration; what people have said stands above it."""

    def threshold(self, subject: Subject, code: str) -> Threshold:
        """Return the threshold in force: the client's own, its kind's, the configured, the catalogue's.

        For what time brings, ``after`` is how long a silence may last and has been waited for before it is observed.
        """
        found = replace(self._found(subject, code), steady=ROWS[code].signal)
        return replace(found, after=timedelta(0)) if ROWS[code].source == "time" or ROWS[code].aged else found

    def limit(self, subject: Subject, code: str) -> timedelta:
        """Return the age from which a row speaks whose facts have one (``Row.aged``)."""
        return self._found(subject, code).after

    def silence(self, code: str) -> timedelta | None:
        """Return how long a silence may last by the configuration, None = as the catalogue has it."""
        found = self.thresholds.get(code)
        return found.after if found and found.after else None

    def own_silences(self, code: str) -> dict[str, timedelta]:
        """Return the clients to whom the configuration gives a limit of their own."""
        return {name: one.after for (name, about), one in self.by_client.items() if about == code and one.after}

    def norms(self, client: str) -> Norms:
        """Return the norms by which a client's use is judged."""
        own = self.by_client.get((client, NO_LOGIN)) or self.thresholds.get(NO_LOGIN)
        return Norms(no_login=own.after) if own and own.after else Norms()

    def vendor_zone(self, host: str) -> tzinfo:
        """Return the zone in which a vendor restores the quotas."""
        layout = layout_for(self.layouts, host)
        return layout.zone if layout else MOSCOW

    def _found(self, subject: Subject, code: str) -> Threshold:
        if (name := subject.client) is not None:
            own = self.by_client.get((name, code))
            client = self.estate.clients.get(name)
            kind = self.by_kind.get((client.kind, code)) if client else None
            if own or kind:
                return own or kind or Threshold()
        return self.thresholds.get(code) or ROWS[code].threshold
