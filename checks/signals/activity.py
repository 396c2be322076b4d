"""Little use on the days on which it is checked: the 10th, 20th and 30th at an access, the 20th at an installation."""

from __future__ import annotations

from collections.abc import Iterator

from checks.billing import length
from checks.model import Quota
from checks.signals.history import AccessHistory, ClientHistory, Norms, Said, holds, requests, unknown, well

CHECKED_ON = 20
REQUESTS, INVOLVEMENT = "KodeksUserActivityIsLow", "KodeksUserAInvolvementIsLow"


def of_access(history: AccessHistory, norms: Norms) -> Iterator[Said]:
    """Judge the share of documents used by each day of checking; it holds until the next one, or the month's end."""
    days = sorted(norms.shares)
    month = history.present
    tally = month.tallies.get(Quota.DOCS) if month else None
    last = length(history.first)
    for day, following in zip(days, [*days[1:], None], strict=True):
        code = f"OnlineUserActivityIsLow{day}"
        begins = min(day, last)
        ends = min(following, last) if following is not None else last + 1
        if not begins <= history.today.day < ends or history.in_peace:
            yield well(code)
        elif tally is None or not history.fresh or not tally.limit or (month is not None and month.since > begins):
            yield unknown(code)
        elif tally.share < norms.shares[day]:
            yield holds(
                code,
                spent=tally.spent,
                limit=tally.limit,
                norm=norms.shares[day],
                today=history.today,
                login=history.login,
            )
        else:
            yield well(code)


def of_client(history: ClientHistory, norms: Norms) -> Iterator[Said]:
    """Judge requests and involvement of the month from the 20th on."""
    if not history.installation:
        return
    if history.today.day < CHECKED_ON:
        yield well(REQUESTS)
        yield well(INVOLVEMENT)
        return
    yield _requests(history, norms)
    yield _involvement(history, norms)


def _requests(history: ClientHistory, norms: Norms) -> Said:
    first = history.today.replace(day=1)
    known = [count for day in history.days if day.day >= first and (count := requests(day)) is not None]
    if not known or not history.fresh:
        return unknown(REQUESTS)
    made = sum(known)
    if made > norms.activity:
        return well(REQUESTS)
    return holds(REQUESTS, requests=made, norm=norms.activity, days=len(known), today=history.today)


def _involvement(history: ClientHistory, norms: Norms) -> Said:
    if history.active is None or not history.seats or not history.fresh:
        return unknown(INVOLVEMENT)
    share = history.active / history.seats
    if share >= norms.involvement:
        return well(INVOLVEMENT)
    return holds(INVOLVEMENT, active=history.active, seats=history.seats, norm=norms.involvement, today=history.today)
