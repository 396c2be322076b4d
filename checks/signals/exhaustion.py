"""Limits and seats that run out again and again: a client who needs more than it has, and seldom says so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from checks.billing import back, early
from checks.model import Quota
from checks.model.installation import Usage
from checks.signals.history import AccessHistory, ClientHistory, Norms, Said, holds, unknown, well

CODE, REFUSED = "LimitExhaustedOften", "KodeksDetectOverUserError"
MONTHS, TIMES = 3, 2
NEARLY_FULL = 0.95


def of_access(history: AccessHistory, norms: Norms) -> Iterator[Said]:  # noqa: ARG001 - one form for all
    """Judge whether a quota was gone, or nearly, with a quarter of the month to go, in two of the last three months."""
    firsts = [back(history.first, number) for number in range(MONTHS)]
    months = [month for first in reversed(firsts) if (month := history.of(first)) is not None]
    if not months:
        yield unknown(CODE)
        return
    proofs = {
        quota: [
            {"month": month.first.isoformat(), "day": day, "out": tally.out}
            for month in months
            if (tally := month.tallies.get(quota)) is not None and (day := early(month, tally)) is not None
        ]
        for quota in Quota
    }
    worst = max(Quota, key=lambda quota: len(proofs[quota]))
    if len(proofs[worst]) < TIMES:
        yield well(CODE)
        return
    yield holds(CODE, quota=worst.value, times=len(proofs[worst]), proofs=proofs[worst], login=history.login)


def of_client(history: ClientHistory, norms: Norms) -> Iterator[Said]:
    """Judge seats that were full or nearly so, or users refused, on three of fourteen days; and the last refusal."""
    if not history.installation:
        return
    begins = history.today - timedelta(days=norms.full_within - 1)
    lately = [day for day in history.days if day.day >= begins and (day.sessions, day.refused) != (None, None)]
    if not lately or not history.fresh:
        yield unknown(CODE)
        yield unknown(REFUSED)
        return
    short = [day for day in lately if is_short(day, history.seats)]
    if len(short) >= norms.full_days:
        proofs = [{"day": day.day.isoformat(), "sessions": day.sessions, "refused": day.refused} for day in short]
        seats = next((day.seats for day in reversed(short) if day.seats), history.seats)
        yield holds(CODE, days=len(short), within=norms.full_within, seats=seats, proofs=proofs)
    else:
        yield well(CODE)
    refused = [day for day in lately if day.refused and day.day >= history.today - timedelta(days=1)]
    if refused:
        yield holds(REFUSED, refused=refused[-1].refused, day=refused[-1].day, seats=history.seats)
    else:
        yield well(REFUSED)


def is_short(day: Usage, seats: int | None) -> bool:
    """Tell a day on which people had to wait for a seat, or were about to."""
    all_seats = day.seats or seats
    full = day.sessions is not None and all_seats is not None and day.sessions >= NEARLY_FULL * all_seats
    return bool(day.refused) or full
