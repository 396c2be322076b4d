"""Counts how much of a span a client was served, from the history of its checks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from checks.catalogue import ROWS
from checks.model import ClientKind, Family, Health, Severity, State, Transition

DOWN = frozenset({State.FAIL, State.FLAPPING})
SPAN = timedelta(days=30)
NORMS = {ClientKind.ONLINE: "100"}
NORM = "95–99"


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """How a span went; ``share`` is of the time that was watched."""

    share: float
    watched: timedelta
    down: timedelta
    outages: int


def norm_of(kind: ClientKind) -> str:
    """Return the usual availability of such a client over 30 days, in per cent."""
    return NORMS.get(kind, NORM)


def stops_service(code: str) -> bool:
    """Tell whether people cannot work while ``code`` fails."""
    row = ROWS.get(code)
    return row is not None and row.severity is Severity.CRITICAL and row.family in {Family.SERVICE, Family.DOMAIN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """When a client was watched, and when it was down meanwhile."""

    begin: datetime
    end: datetime
    down: tuple[tuple[datetime, datetime], ...]
    """Spans without overlap, oldest first."""

    def share(self, begin: datetime, end: datetime) -> float | None:
        """Return the share of the time between two moments that it was served; None = not watched then."""
        first, last = max(begin, self.begin), min(end, self.end)
        if last <= first:
            return None
        down = sum((_overlap(span, first, last) for span in self.down), timedelta(0))
        return max(0.0, 1 - down / (last - first))


def record(
    history: Sequence[Transition], present: Iterable[Health], *, now: datetime, span: timedelta = SPAN
) -> Record | None:
    """Read the span up to ``now``; None when nothing is known of it.

    ``history`` is oldest first; a check without history in the span has been all the while what it is at ``present``.
    """
    begin = now - span
    told = [one for one in history if stops_service(one.code)]
    beliefs = [one for one in present if stops_service(one.code) and one.state is not State.UNKNOWN]
    if not told and not beliefs:
        return None
    start = max(begin, min(_known_from(told, beliefs, begin)))
    spans = _merged([*_from_history(told, start, now), *_unchanged(beliefs, told, start, now)])
    return Record(begin=start, end=now, down=tuple(spans))


def availability(
    history: Sequence[Transition], present: Iterable[Health], *, now: datetime, span: timedelta = SPAN
) -> Availability | None:
    """Count the span up to ``now``; None when nothing is known of it (see ``record``)."""
    kept = record(history, present, now=now, span=span)
    if kept is None:
        return None
    down = sum(((end - first) for first, end in kept.down), timedelta(0))
    share = kept.share(kept.begin, kept.end)
    watched = kept.end - kept.begin
    return Availability(share=1.0 if share is None else share, watched=watched, down=down, outages=len(kept.down))


def _overlap(span: tuple[datetime, datetime], first: datetime, last: datetime) -> timedelta:
    return max(timedelta(0), min(span[1], last) - max(span[0], first))


def _known_from(told: Sequence[Transition], beliefs: Iterable[Health], begin: datetime) -> list[datetime]:
    """Return from when each check was known."""
    first = {one.code: one for one in reversed(told)}
    changed = [one.since if one.before is State.UNKNOWN else begin for one in first.values()]
    return changed + [one.since for one in beliefs if one.code not in first]


def _from_history(told: Sequence[Transition], start: datetime, now: datetime) -> list[tuple[datetime, datetime]]:
    spans: list[tuple[datetime, datetime]] = []
    for code in dict.fromkeys(one.code for one in told):
        down_since: datetime | None = None
        for one in (change for change in told if change.code == code):
            if one.before in DOWN and down_since is None:
                down_since = start
            if one.after in DOWN and down_since is None:
                down_since = max(one.since, start)
            elif one.after not in DOWN and down_since is not None:
                spans.append((down_since, one.since if one.after is State.OK else one.at))
                down_since = None
        if down_since is not None:
            spans.append((down_since, now))
    return spans


def _unchanged(
    beliefs: Iterable[Health], told: Sequence[Transition], start: datetime, now: datetime
) -> list[tuple[datetime, datetime]]:
    changed = {one.code for one in told}
    return [(max(one.since, start), now) for one in beliefs if one.state in DOWN and one.code not in changed]


def _merged(spans: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    result: list[tuple[datetime, datetime]] = []
    for first, end in sorted(span for span in spans if span[1] > span[0]):
        if result and first <= result[-1][1]:
            result[-1] = result[-1][0], max(result[-1][1], end)
        else:
            result.append((first, end))
    return result
