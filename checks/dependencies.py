"""How checks of one installation depend on each other: one table of what each of them fails with and is hidden by.

Three values, not two: what a broken stage hides is unknown, and unknown neither opens nor closes anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from checks.model import Outcome


class Stage(StrEnum):
    """What can go wrong on the way from the port to the last word of the page."""

    PORT = "port"
    """No name or no connection."""
    WAY = "way"
    """A certificate, or a redirect in circles, stands before any answer."""
    SILENCE = "silence"
    """It connects, and no proper answer comes."""
    MAINTENANCE = "maintenance"
    PROXY = "proxy"
    """A proxy answers in place of the server behind it."""
    ERROR = "error"
    SEATS = "seats"
    LOGIN = "login"
    KEY = "key"
    WARNING = "warning"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependency:
    """One row: with which stages the check fails, and behind which it cannot be known."""

    fails: frozenset[Stage]
    hidden: frozenset[Stage] = frozenset()
    excused: frozenset[Stage] = frozenset()
    """With these it is unknown even where it seems to fail: the refusal has another reason."""


def _row(*fails: Stage, hidden: frozenset[Stage] = frozenset(), excused: frozenset[Stage] = frozenset()) -> Dependency:
    return Dependency(fails=frozenset(fails), hidden=hidden, excused=excused)


UNANSWERED = frozenset({Stage.PORT, Stage.WAY, Stage.SILENCE})
UNREAD = UNANSWERED | {Stage.MAINTENANCE, Stage.PROXY, Stage.ERROR}
UNSEEN = UNREAD | {Stage.SEATS, Stage.LOGIN}

MATRIX: Mapping[str, Dependency] = {
    "KodeksTcpStatus": _row(Stage.PORT),
    "KodeksMaintenance": _row(Stage.MAINTENANCE, hidden=UNANSWERED),
    "KodeksMaintenanceToLong": _row(Stage.MAINTENANCE, hidden=UNANSWERED),
    "KodeksBehindProxyDown": _row(Stage.PROXY, hidden=UNANSWERED),
    "KodeksHttp200Status": _row(
        Stage.SILENCE, Stage.ERROR, hidden=frozenset({Stage.PORT, Stage.WAY, Stage.MAINTENANCE, Stage.PROXY})
    ),
    "KodeksLimitsUsers": _row(Stage.SEATS, hidden=UNREAD),
    "KodeksAuthNotWork": _row(Stage.LOGIN, hidden=UNREAD, excused=frozenset({Stage.SEATS, Stage.KEY, Stage.WARNING})),
    "KodeksOnlineSensLockCheck": _row(Stage.KEY, hidden=UNSEEN),
    "KodeksWarning": _row(Stage.WARNING, hidden=UNSEEN),
    "KodeksNeedSupport": _row(Stage.MESSAGE, hidden=UNSEEN),
}


def outcome(code: str, broken: frozenset[Stage]) -> Outcome:
    """Say what a check comes to when these stages are broken."""
    row = MATRIX[code]
    if broken & row.excused:
        return Outcome.UNKNOWN
    if broken & row.fails:
        return Outcome.FAIL
    return Outcome.UNKNOWN if broken & row.hidden else Outcome.OK


@lru_cache(maxsize=1024)
def known(codes: tuple[str, ...], broken: frozenset[Stage]) -> tuple[tuple[str, Outcome], ...]:
    """Return those of ``codes`` of which something is known, with what they come to."""
    found = ((code, outcome(code, broken)) for code in codes)
    return tuple((code, value) for code, value in found if value is not Outcome.UNKNOWN)
