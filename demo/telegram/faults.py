"""Faults that tests and visitors order: which calls go wrong, how, and whether they take effect before that."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum


class Kind(StrEnum):
    FLOOD = "429"
    ERROR = "500"
    HTML = "502html"
    HANG = "hang"
    DROP = "drop"
    REFUSE = "refuse"
    BLOCKED = "blocked"
    MIGRATE = "migrate"
    NO_THREAD = "no_thread"
    BROKEN = "broken"
    """200 with JSON that cannot be read."""
    HALF = "half"
    """The connection ends in the middle of the answer."""


AFTER = {Kind.HANG, Kind.DROP, Kind.BROKEN, Kind.HALF}
"""The call takes effect, then its answer is lost."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One order; ``method`` "*" means every method, but a counted one spares the poll for updates."""

    method: str
    kind: Kind
    times: int | None = None
    until: datetime | None = None
    retry_after: int | None = None
    chat_id: int | None = None
    accepted: bool = False

    def meets(self, method: str, chat_id: int | None, now: datetime) -> bool:
        spared = self.method == "*" and method.lower() == "getupdates" and self.until is None
        named = self.method == "*" or self.method.lower() == method.lower()
        return named and not spared and self.chat_id in {None, chat_id} and not self.over(now)

    def over(self, now: datetime) -> bool:
        return (self.until is not None and now >= self.until) or self.times == 0


@dataclass(slots=True)
class Faults:
    """Orders in force, oldest first; the first that fits a call is used up by it."""

    orders: list[Fault] = field(default_factory=list)

    def order(
        self,
        *,
        kind: Kind,
        method: str = "*",
        times: int | None = None,
        seconds: float | None = None,
        retry_after: int | None = None,
        chat_id: int | None = None,
        accepted: bool | None = None,
        now: datetime,
    ) -> Fault:
        fault = Fault(
            method=method,
            kind=kind,
            times=1 if times is None and seconds is None else times,
            until=None if seconds is None else now + timedelta(seconds=seconds),
            retry_after=retry_after,
            chat_id=chat_id,
            accepted=kind in AFTER if accepted is None else accepted,
        )
        self.orders.append(fault)
        return fault

    def take(self, method: str, chat_id: int | None, *, group: bool, topic: bool, now: datetime) -> Fault | None:
        self.orders = [fault for fault in self.orders if not fault.over(now)]
        for place, fault in enumerate(self.orders):
            if fault.meets(method, chat_id, now) and _sensible(fault.kind, chat_id, group=group, topic=topic):
                self.orders[place] = fault if fault.times is None else replace(fault, times=fault.times - 1)
                return fault
        return None

    def standing(self, now: datetime) -> Iterable[Fault]:
        return [fault for fault in self.orders if not fault.over(now)]

    def clear(self) -> None:
        self.orders.clear()


def _sensible(kind: Kind, chat_id: int | None, *, group: bool, topic: bool) -> bool:
    """Only a chat can be blocked, only a group migrates, only a topic gets lost."""
    match kind:
        case Kind.BLOCKED:
            return chat_id is not None
        case Kind.MIGRATE:
            return group
        case Kind.NO_THREAD:
            return topic
    return True
