"""Signals to managers: pure functions over history, one file a noun; each brings the figures that prove it.

A signal is an observation like any other, so the whole machinery of outages serves it: judged once, told once, muted,
explained. What cannot be known is left out or unknown: it neither opens nor closes.
"""

from __future__ import annotations

from collections.abc import Iterator

from checks.model import Observation, Outcome
from checks.signals import activity, exhaustion, people, quotas, renewals, usage, visits
from checks.signals.history import AccessHistory, ClientHistory, Norms, Said

OF_ACCESS = (quotas.signals, visits.signals, activity.of_access, usage.of_access, exhaustion.of_access)
OF_CLIENT = (activity.of_client, usage.of_client, exhaustion.of_client, people.signals)
LOW = frozenset(
    {
        "OnlineNoLogin",
        "UsageLow",
        "OnlineUserActivityIsLow20",
        "OnlineUserActivityIsLow30",
        "KodeksUserActivityIsLow",
    }
)
"""What makes a renewal that is near a renewal at risk."""


def of_access(history: AccessHistory, norms: Norms) -> list[Said]:
    """Judge everything that one access can say."""
    return [said for judge in OF_ACCESS for said in judge(history, norms)]


def of_client(history: ClientHistory, norms: Norms) -> list[Said]:
    """Judge everything that one client can say beside its accesses; ``history.low`` tells what these have said."""
    own = [said for judge in OF_CLIENT for said in judge(history, norms)]
    low = frozenset(said.code for said in own if said.code in LOW and said.outcome is Outcome.FAIL)
    return [*own, *renewals.signals(history, norms, history.low | low)]


def observations(history: AccessHistory | ClientHistory, said: list[Said]) -> Iterator[Observation]:
    """Turn what was judged into observations at the moment of judging."""
    for one in said:
        yield Observation(
            subject=history.subject,
            code=one.code,
            outcome=one.outcome,
            at=history.now,
            reason=one.reason,
            detail=", ".join(f"{name}={value}" for name, value in one.facts.items() if isinstance(value, int | str))[
                :200
            ],
            facts=one.facts,
        )


__all__ = ["LOW", "AccessHistory", "ClientHistory", "Norms", "Said", "observations", "of_access", "of_client"]
