"""Far less use than before: the month that has ended, against the client's own past and the norm."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from checks.billing import back
from checks.model import Quota
from checks.signals.history import (
    MOST_OF_A_MONTH,
    AccessHistory,
    ClientHistory,
    Norms,
    Said,
    holds,
    season,
    unknown,
    usual,
    well,
)

CODE = "UsageLow"


def of_access(history: AccessHistory, norms: Norms) -> Iterator[Said]:
    """Compare the documents of the last whole month with the months before it."""
    month = history.of(back(history.first, 1))
    tally = month.tallies.get(Quota.DOCS) if month else None
    before = [
        one.tallies[Quota.DOCS].spent
        for one in history.past
        if month is not None and one.first < month.first and Quota.DOCS in one.tallies and one.days >= MOST_OF_A_MONTH
    ]
    often = usual(before)
    if month is None or tally is None or often is None or month.days < MOST_OF_A_MONTH:
        yield unknown(CODE)
    elif tally.share < norms.poor and tally.spent < norms.fall * often and history.season is None:
        yield holds(CODE, spent=tally.spent, usual=often, limit=tally.limit, month=month.first, login=history.login)
    else:
        yield well(CODE)


def of_client(history: ClientHistory, norms: Norms) -> Iterator[Said]:
    """Compare the requests of the last whole month with the months before it, where an installation tells of them."""
    if not history.installation:
        return
    first = back(history.today.replace(day=1), 1)
    last = next((month for month in history.months if month.first == first), None)
    past = [month for month in history.months if month.first < first and month.days >= MOST_OF_A_MONTH]
    often = usual([month.requests for month in past])
    if often is None or last is None or last.days < MOST_OF_A_MONTH:
        yield unknown(CODE)
    elif last.requests <= norms.activity * 2 and last.requests < norms.fall * often and not _seasonal(history, first):
        yield holds(CODE, spent=last.requests, usual=often, month=first)
    else:
        yield well(CODE)


def _seasonal(history: ClientHistory, until: date) -> bool:
    past = [month for month in history.months if month.first <= until]
    return season([bool(month.requests) for month in past], [month.first for month in past]) is not None
