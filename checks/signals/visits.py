"""Nobody comes: no figure has moved for a week, by working days, and the client is not one who comes seldom anyway."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from checks import workdays
from checks.model import Quota
from checks.signals.history import AccessHistory, Norms, Said, holds, unknown, well

CODE = "OnlineNoLogin"
WEEK, WORKWEEK = 7, 5


def signals(history: AccessHistory, norms: Norms) -> Iterator[Said]:
    """Count working days that are over; our own check login moves no figure, so it is never a visit."""
    since = history.last_use or began(history)
    if since is None or not history.fresh:
        yield unknown(CODE)
        return
    days = (history.today - since).days
    enough = norms.no_login.days * WORKWEEK // WEEK
    passed = workdays.between(since, history.today - timedelta(days=1))
    if days < norms.no_login.days or passed < enough or history.in_peace:
        yield well(CODE)
    elif _cannot(history):
        yield unknown(CODE)
    else:
        yield holds(CODE, days=days, last=history.last_use, since=since, today=history.today, login=history.login)


def began(history: AccessHistory) -> date | None:
    """Return the first day of which anything is known."""
    first = next(iter(history.months), None)
    return first.first.replace(day=first.since) if first else None


def _cannot(history: AccessHistory) -> bool:
    """Tell that there is nothing left to come for: the documents of this month are used up."""
    tally = history.present.tallies.get(Quota.DOCS) if history.present else None
    return tally is not None and tally.limit > 0 and tally.left <= 0
