"""Quotas that run low: at fewer than 150, fewer than 50, none, with the day on which they will be gone."""

from __future__ import annotations

from collections.abc import Iterator

from checks.billing import back, early, runs_out
from checks.catalogue.signals import LEFT, quota_code
from checks.model import Month, Quota, Tally
from checks.signals.history import AccessHistory, Norms, Said, holds, unknown, well

WORTH = 2
"""A threshold is for quotas at least so many times as large: of 200 a month, 150 left is no news."""


def signals(history: AccessHistory, norms: Norms) -> Iterator[Said]:  # noqa: ARG001 - one form for all
    """Judge each quota of the present month."""
    month = history.present
    for quota in Quota:
        tally = month.tallies.get(quota) if month else None
        for left in LEFT:
            code = quota_code(quota, left)
            if month is None or tally is None or not history.fresh:
                yield unknown(code)
            elif tally.limit < WORTH * left or tally.left >= max(left, 1):
                yield well(code)
            else:
                yield _low(history, month, quota, tally, code)


def _low(history: AccessHistory, month: Month, quota: Quota, tally: Tally, code: str) -> Said:
    ends = runs_out(month, tally, history.today)
    return holds(
        code,
        quota=quota.value,
        left=max(0, tally.left),
        limit=tally.limit,
        spent=tally.spent,
        today=history.today,
        ends=ends,
        out=month.first.replace(day=tally.out) if tally.out and tally.left <= 0 else None,
        months=in_a_row(history, quota),
        login=history.login,
    )


def in_a_row(history: AccessHistory, quota: Quota) -> int:
    """Count the months running, the present one included, in which the quota ran out or nearly did, early."""
    count, first = 1, back(history.first, 1)
    while (month := history.of(first)) is not None:
        tally = month.tallies.get(quota)
        if tally is None or early(month, tally) is None:
            break
        count, first = count + 1, back(first, 1)
    return count
