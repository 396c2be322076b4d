"""The catalogue of alerts as one table: what each is called, when it fires, who hears of it, what to do first.

Titles and advice are Russian and are data: the card adds the subject, the time and what was measured.
Source of codes, thresholds and causes: the catalogue that support has used for years, and ours (marked so in the rows).
A new alert is a row in the file of its source, a pure function that observes it, and a test.
"""

from __future__ import annotations

from collections.abc import Mapping

from checks.catalogue import changes, installation, ourselves, reachability, reports, signals, status
from checks.catalogue.row import Row

TABLE: tuple[Row, ...] = (
    *ourselves.ROWS,
    *reachability.ROWS,
    *installation.ROWS,
    *status.ROWS,
    *reports.ROWS,
    *changes.ROWS,
    *signals.ROWS,
)
"""In each file the row nearest the cause stands first."""

ROWS: Mapping[str, Row] = {row.code: row for row in TABLE}
RANK: Mapping[str, int] = {row.code: place for place, row in enumerate(TABLE)}
SIGNALS: frozenset[str] = frozenset(row.code for row in TABLE if row.signal)
"""What managers alone hear: kept apart from outages wherever these are listed or their causes are sought."""

CERTIFICATE_STEPS = (1, 3, 7, 14, 30)
"""Days before the end at which a certificate is spoken of, once each."""


def leading(codes: frozenset[str]) -> str:
    """Return the code that a card is titled with: the highest priority, then the row nearest the cause."""
    return min(codes, key=lambda code: (ROWS[code].priority, RANK[code]))


__all__ = ["CERTIFICATE_STEPS", "RANK", "ROWS", "SIGNALS", "TABLE", "Row", "leading"]
