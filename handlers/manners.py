"""Keeps the bot from repeating itself to those whom it does not answer."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime, timedelta

KEPT = 10_000


class Manners:
    """Allows a word ``times`` in ``within`` to each listener; the memory is bounded and forgets the longest unheard."""

    def __init__(self, *, within: timedelta, times: int = 1) -> None:
        self._within = within
        self._times = times
        self._said: OrderedDict[Hashable, list[datetime]] = OrderedDict()

    def may_say(self, listener: Hashable, now: datetime) -> bool:
        """Whether it may be said now; a yes counts as said."""
        lately = [at for at in self._said.pop(listener, []) if now - at < self._within]
        allowed = len(lately) < self._times
        if allowed:
            lately.append(now)
        self._said[listener] = lately
        if len(self._said) > KEPT:
            self._said.popitem(last=False)
        return allowed
