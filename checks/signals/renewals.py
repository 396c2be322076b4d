"""Contracts that end, contracts that have ended, and renewals at risk because the client hardly comes."""

from __future__ import annotations

from collections.abc import Iterator

from checks.signals.history import ClientHistory, Norms, Said, holds, unknown, well

ENDING, AT_RISK, UNPAID = "ContractEnding", "RenewalAtRisk", "KodeksUnsupportedButUsed"
TOO_OLD = 180
"""Days after which a contract that has ended is somebody else's story."""


def signals(history: ClientHistory, norms: Norms, low: frozenset[str]) -> Iterator[Said]:
    """Judge the contract; ``low`` are the signals that say how little the client comes."""
    end = history.contract_end
    if end is None:
        yield well(ENDING)
        yield well(AT_RISK)
        yield well(UNPAID)
        return
    left = (end - history.today).days
    step = next((days for days in norms.ends if left <= days), None)
    if left < 0 or step is None:
        yield well(ENDING)
    else:
        yield holds(ENDING, reason=f"days_{step}", end=end, days=left, step=step)
    if not 0 <= left <= norms.at_risk.days:
        yield well(AT_RISK)
    elif low:
        yield holds(AT_RISK, end=end, days=left, low=sorted(low), last=history.last_use)
    elif history.last_use is None and not history.fresh:
        yield unknown(AT_RISK)
    else:
        yield well(AT_RISK)
    yield _unpaid(history, left)


def _unpaid(history: ClientHistory, left: int) -> Said:
    last, end = history.last_use, history.contract_end
    if left >= 0 or -left > TOO_OLD or end is None:
        return well(UNPAID)
    if last is None:
        return unknown(UNPAID)
    if last <= end:
        return well(UNPAID)
    return holds(UNPAID, end=end, days=-left, last=last)
