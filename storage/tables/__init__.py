"""The tables, as one schema for SQLite and PostgreSQL, a file a noun."""

from __future__ import annotations

from storage.tables.billing import billing_months, figures, signals
from storage.tables.columns import EPOCH, MICROSECOND, Instant, Span, meta, metadata, one_of
from storage.tables.dispatching import dispatches, outages
from storage.tables.duty import confirmations, leaves, shifts
from storage.tables.estate import accesses, clients, credentials, proposals, redirects
from storage.tables.facts import accounts, fact_changes, facts, queries, usage_daily
from storage.tables.glance import boards, digests
from storage.tables.incidents import incidents, silences, symptoms, timeline
from storage.tables.intake import arrivals, reports, rhythms, tokens
from storage.tables.looking import absences, health, looks, transitions
from storage.tables.maintenance import runs, windows
from storage.tables.people import audit, invitations, people, updates
from storage.tables.telling import chats, decisions, messages, outbox, routes, storms
from storage.tables.watches import watches

__all__ = [
    "EPOCH",
    "MICROSECOND",
    "Instant",
    "Span",
    "absences",
    "accesses",
    "accounts",
    "arrivals",
    "audit",
    "billing_months",
    "boards",
    "chats",
    "clients",
    "confirmations",
    "credentials",
    "decisions",
    "digests",
    "dispatches",
    "fact_changes",
    "facts",
    "figures",
    "health",
    "incidents",
    "invitations",
    "leaves",
    "looks",
    "messages",
    "meta",
    "metadata",
    "one_of",
    "outages",
    "outbox",
    "people",
    "proposals",
    "queries",
    "redirects",
    "reports",
    "rhythms",
    "routes",
    "runs",
    "shifts",
    "signals",
    "silences",
    "storms",
    "symptoms",
    "timeline",
    "tokens",
    "transitions",
    "updates",
    "usage_daily",
    "watches",
    "windows",
]
