"""Remembers what installations tell of themselves: the latest word, its changes, use by day, people, searches.

What other rooms ask: ``latest``, ``latest_of_all``, ``update_numbers`` · ``history``, ``changes_since`` · ``usage`` ·
``accounts``, ``new_accounts``, ``queries``. What only the intake does: ``of_clients``, ``save``.
"""

from __future__ import annotations

from storage.facts.history import changes_since, history
from storage.facts.latest import Kept, latest, latest_of_all, of_clients, update_numbers
from storage.facts.people import Account, Asked, accounts, active, new_accounts, queries
from storage.facts.saving import News, purge, save
from storage.facts.usage import by_month, usage

__all__ = [
    "Account",
    "Asked",
    "Kept",
    "News",
    "accounts",
    "active",
    "by_month",
    "changes_since",
    "history",
    "latest",
    "latest_of_all",
    "new_accounts",
    "of_clients",
    "purge",
    "queries",
    "save",
    "update_numbers",
    "usage",
]
