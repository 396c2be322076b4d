"""Reads who is on duty: the shifts of the configuration and of the chat, who is away, and what people are called."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from checks.duty import Duty, Rota, on_duty
from checks.escalation import Chain
from checks.model import Person, Role
from checks.notifications import Policy
from storage import chats, duty, people
from storage.database import Connection
from templates.cards import Someone

STAND_IN = frozenset({Role.ADMIN, Role.HEAD, Role.SUPPORT})
"""Roles that may hold a shift."""
LOOKED_BACK = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Who could be called at a moment."""

    duty: Duty | None
    chain: Chain
    reachable: frozenset[int]
    """Those whom the bot may write to in private."""

    def private(self, person: int | None) -> int | None:
        return person if person in self.reachable else None


async def rota_in(connection: Connection, policy: Policy, now: datetime) -> Rota:
    """Return the whole rota as it is now."""
    day = (now - LOOKED_BACK).astimezone(policy.rota.zone).date()
    made, away = await duty.every_shift(connection), await duty.leaves_from(connection, day)
    return replace(policy.rota, shifts=(*policy.rota.shifts, *made), leaves=(*policy.rota.leaves, *away))


async def staff(connection: Connection, policy: Policy, now: datetime) -> Staff:
    """Return who is on duty and to whom an untaken incident passes; the suspended are called by nobody."""
    known = {one.id: one for one in await people.everybody(connection)}
    gone = {number for number, one in known.items() if one.suspended}
    found = on_duty(await rota_in(connection, policy, now), now)
    order = [one for one in (found.order if found else ()) if one not in gone]
    heads = _active(known, Role.HEAD) or _active(known, Role.ADMIN)
    chain = Chain(
        next=order[1] if len(order) > 1 else None,
        head=next((one for one in heads if one not in order[:2]), None),
    )
    return Staff(
        duty=replace(found, order=tuple(order)) if found else None,
        chain=chain,
        reachable=await chats.reachable(connection),
    )


async def stand_ins(connection: Connection) -> list[Person]:
    """Return everybody who may hold a shift, by name."""
    return [one for one in await people.everybody(connection) if one.role in STAND_IN and not one.suspended]


async def person_on_duty(connection: Connection, policy: Policy, now: datetime) -> Someone | None:
    """Return who is on duty now; None = nobody is, as far as the rota knows."""
    found = on_duty(await rota_in(connection, policy, now), now)
    return None if found is None or found.person is None else await someone(connection, found.person)


async def someone(connection: Connection, person: int) -> Someone:
    """Return a person as cards mention them; one who never came in has a number only."""
    return Someone(id=person, name=(await people.names(connection, {person})).get(person, ""))


def _active(known: dict[int, Person], role: Role) -> list[int]:
    return [number for number, one in known.items() if one.role is role and not one.suspended]
