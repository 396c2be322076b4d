"""Records looks: what they saw, what that means, and when to look again, in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from checks.attention import OURSELVES, Key, is_fresh, soon, urgent
from checks.catalogue import ROWS
from checks.estate import next_due
from checks.facts import Witness, read, told_by
from checks.model import Facts, Hop, LookKind, Observation, Outcome, Subject, Target
from checks.rules import Rules
from handlers import billing
from handlers.observations import Recorded, record_in
from handlers.steps import OnStep, Step, unwatched
from storage import estate, health, looks
from storage.billing import Taken
from storage.database import Database
from storage.looks import Due, Seen

TOLD_BY = {
    kinds: tuple(code for code in ROWS if told_by(code) == kinds) for kinds in {told_by(code) for code in ROWS} if kinds
}


@dataclass(frozen=True, kw_only=True)
class Looked:
    """One finished look."""

    facts: Facts
    interval: timedelta
    """Its ordinary interval."""
    witness: Witness = field(default_factory=Witness)

    @cached_property
    def observations(self) -> tuple[Observation, ...]:
        """What the look means, read once."""
        return tuple(read(self.facts, self.witness))

    @property
    def fine(self) -> bool:
        """Tell whether nothing in it is worth hurrying for."""
        return bool(self.observations) and all(one.outcome is not Outcome.FAIL for one in self.observations)


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What became of a batch of looks."""

    recorded: Recorded
    urgent: frozenset[Key] = frozenset()
    """Looks that were made due at once because of what was seen."""


async def record_looks(
    database: Database,
    batch: Sequence[Looked],
    *,
    rules: Rules,
    now: datetime,
    pending: Collection[Subject] = frozenset(),
    asked: Mapping[Key, datetime] | None = None,
    on_step: OnStep = unwatched,
) -> Followed:
    """Record a batch of looks and set when each is due again.

    ``asked`` tells when looks were last made urgent, so that one suspicion asks once.
    """

    async def work(tx: Any) -> Followed:
        observations = [one for looked in batch for one in looked.observations]
        observations += await billing.take_in(tx, _figures(batch), rules=rules, now=now)
        recorded = await record_in(tx, observations, rules=rules, now=now, pending=pending, on_step=on_step)
        keys = _urgent(recorded, rules, now, asked or {}) - {_key(looked.facts.target) for looked in batch}
        await looks.save(tx, [_seen(looked, recorded, now) for looked in batch])
        await looks.postpone(tx, [(key, now) for key in keys])
        await estate.learn(tx, _led(batch, rules))
        on_step(Step.PLANNED)
        return Followed(recorded=recorded, urgent=frozenset(keys))

    return await database.write(work)


def _figures(batch: Sequence[Looked]) -> list[Taken]:
    """Return the figures of online accesses that these looks have read."""
    return [
        Taken(access=facts.target.subject.access or 0, figures=facts.figures, day=facts.day)
        for facts in (looked.facts for looked in batch)
        if facts.figures is not None and facts.day is not None
    ]


def _urgent(recorded: Recorded, rules: Rules, now: datetime, asked: Mapping[Key, datetime]) -> set[Key]:
    wanted = urgent(recorded.noticed, rules.estate)
    moved = {change.subject for change in recorded.transitions}
    return {key for key in wanted if not is_fresh(asked.get(key), now) or (moved and key != OURSELVES)}


def _key(target: Target) -> Key:
    return target.subject, target.kind


def _seen(looked: Looked, recorded: Recorded, now: datetime) -> Seen:
    facts = looked.facts
    sooner = soon(facts.target.subject, recorded.noticed)
    ordinary = next_due(facts.target, looked.interval, now)
    due_at = ordinary if sooner is None else min(ordinary, now + sooner)
    return Seen(
        subject=facts.target.subject,
        kind=facts.target.kind,
        due_at=due_at,
        at=facts.at,
        fault=facts.fault,
        status=facts.status,
        elapsed=facts.elapsed,
        address=facts.hops[-1].address if facts.hops else None,
        facts=_plain(facts),
    )


def _plain(facts: Facts) -> dict[str, Any]:
    """Return what the chat may want to show later, as plain JSON values."""
    certificate = facts.certificate
    return {
        "detail": facts.detail,
        "title": facts.title,
        "server": facts.server,
        "excerpt": facts.excerpt,
        "marks": sorted(facts.marks),
        "hops": [_plain_hop(hop) for hop in facts.hops],
        "certificate_end": certificate.not_after.isoformat() if certificate else None,
    }


def _plain_hop(hop: Hop) -> dict[str, Any]:
    return {
        "url": hop.url,
        "address": hop.address,
        "status": hop.status,
        "location": hop.location,
        "fault": hop.fault,
        "dns": hop.phases.dns,
        "connect": hop.phases.connect,
        "tls": hop.phases.tls,
        "first_byte": hop.phases.first_byte,
        "total": hop.phases.total,
    }


def _led(batch: Sequence[Looked], rules: Rules) -> dict[str, str]:
    """Return where good redirects led, for clients whose list gives no direct address."""
    led: dict[str, str] = {}
    for looked in batch:
        target, hops = looked.facts.target, looked.facts.hops
        client = rules.estate.clients.get(target.subject.name)
        led_on = target.kind is LookKind.DOMAIN and target.through and len(hops) > 1 and looked.facts.fault is None
        if led_on and client and not client.address:
            led[client.name] = hops[-1].url
    return led


async def plan_looks(tx: Any, targets: Sequence[tuple[Target, timedelta]], *, now: datetime) -> tuple[int, int]:
    """Make the schedule hold exactly these looks, each at its own place in its interval.

    What is believed of anything that is not watched any more is forgotten with them: nobody could ever put it right.
    """
    wanted = [
        Due(subject=target.subject, kind=target.kind, due_at=next_due(target, interval, now), interval=interval)
        for target, interval in targets
    ]
    planned = await looks.plan(tx, wanted)
    await health.forget_unwatched(tx, TOLD_BY)
    return planned
