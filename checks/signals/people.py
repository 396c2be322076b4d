"""People to teach: new users, searches that found nothing, searches that failed; told once a day for each client."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checks.signals.history import ClientHistory, Norms, Said, holds, unknown, well

NAMED = 5
"""So many of them are named."""


def signals(history: ClientHistory, norms: Norms) -> Iterator[Said]:  # noqa: ARG001 - one form for all
    if not history.installation:
        return
    yield _told("KodeksNewUser", history.newcomers, history)
    yield _told("KodeksSearchIsEmpty", history.empty, history)
    yield _told("KodeksSearchError", history.failed, history)


def _told(code: str, names: Sequence[str], history: ClientHistory) -> Said:
    if names:
        return holds(code, count=len(names), names=[name[:80] for name in names[:NAMED]], day=history.today)
    return well(code) if history.fresh else unknown(code)
