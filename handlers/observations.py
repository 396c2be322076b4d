"""Records observations: one transaction from what was seen to what is owed to the chats."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from checks.attention import Noticed
from checks.catalogue import ROWS, SIGNALS
from checks.health import judge, worth_writing
from checks.incidents import BLIND, REDIRECT_DOWN, Picture, correlate
from checks.model import (
    SELF,
    Change,
    Health,
    Observation,
    Outcome,
    State,
    Subject,
    SubjectKind,
    Transition,
)
from checks.rules import Rules
from handlers import notifications, raising
from handlers.saving import saved
from handlers.steps import OnStep, Step, unwatched
from storage import health as healths
from storage import incidents
from storage.database import Database

Transaction = Any
"""The writer's connection; SQL itself stays in storage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What became of a batch of observations."""

    transitions: tuple[Transition, ...] = ()
    changes: tuple[Change, ...] = ()
    noticed: Noticed = field(default_factory=Noticed)
    """What deserves another look soon."""


async def record(
    database: Database,
    observations: Sequence[Observation],
    *,
    rules: Rules,
    now: datetime,
    pending: Collection[Subject] = frozenset(),
) -> Recorded:
    """Judge, correlate and owe in a transaction of its own."""
    return await database.write(lambda tx: record_in(tx, observations, rules=rules, now=now, pending=pending))


async def record_in(
    tx: Transaction,
    observations: Sequence[Observation],
    *,
    rules: Rules,
    now: datetime,
    pending: Collection[Subject] = frozenset(),
    on_step: OnStep = unwatched,
) -> Recorded:
    """Judge, correlate and owe within the caller's transaction."""
    subjects = {one.subject for one in observations} | {SELF}
    known = await healths.of_subjects(tx, subjects)
    blind = known.get((SELF, BLIND))
    counted = [one for one in observations if not (blind and blind.state is State.FAIL and _looked(one))]
    after, transitions, changed = _judge(known, counted, rules)
    await healths.save(tx, changed)
    await healths.remember(tx, transitions)
    on_step(Step.JUDGED)
    moved = {(one.subject, one.code) for one in transitions}
    moved |= {one.key for one in changed if _reworded(known.get(one.key), one)}
    changes: tuple[Change, ...] = ()
    if any(code not in SIGNALS for _, code in moved):
        changes = await correlate_in(tx, rules=rules, now=now, pending=pending, on_step=on_step)
    if any(one.code in SIGNALS for one in counted):
        await raising.follow(tx, counted, after)
        changes += await raising.correlate_in(tx, {one for one in moved if one[1] in SIGNALS}, rules=rules, now=now)
    noticed = _notice(counted, after, transitions, rules)
    return Recorded(transitions=tuple(transitions), changes=changes, noticed=noticed)


def _notice(
    observations: Sequence[Observation],
    after: Mapping[tuple[Subject, str], Health],
    transitions: Sequence[Transition],
    rules: Rules,
) -> Noticed:
    doubts: dict[Subject, int] = {}
    recovering: set[Subject] = set()
    for one in observations:
        health = after[one.subject, one.code]
        if one.outcome is Outcome.FAIL and _doubtful(health, rules):
            doubts[one.subject] = max(health.failures, doubts.get(one.subject, 0))
        elif one.outcome is Outcome.OK and health.state is State.FAIL:
            recovering.add(one.subject)
    return Noticed(
        doubts=doubts,
        recovering=frozenset(recovering),
        fallen=frozenset(change.subject for change in transitions if change.after is State.FAIL),
        risen=frozenset(change.subject for change in transitions if change.before is State.FAIL),
    )


def _looked(one: Observation) -> bool:
    """Tell whether an observation came from a look of ours: these mean nothing while we are blind."""
    return one.subject.kind is not SubjectKind.SELF and ROWS[one.code].looked


def _judge(
    known: dict[tuple[Subject, str], Health], observations: Sequence[Observation], rules: Rules
) -> tuple[dict[tuple[Subject, str], Health], list[Transition], list[Health]]:
    after = dict(known)
    transitions: list[Transition] = []
    for one in observations:
        key = (one.subject, one.code)
        after[key], transition = judge(after.get(key), one, rules.threshold(*key))
        if transition:
            transitions.append(transition)
    changed = [one for key, one in after.items() if worth_writing(known.get(key), one)]
    return after, transitions, changed


def _reworded(before: Health | None, after: Health) -> bool:
    """Tell whether a known failure has another reason now: the card or its step changes."""
    return before is not None and after.state is not State.OK and before.reason != after.reason


def _doubtful(health: Health, rules: Rules) -> bool:
    """Tell whether a failure waits for looks (not merely for time) to be believed."""
    if health.state in {State.FAIL, State.FLAPPING}:
        return False
    return health.failures < rules.threshold(*health.key).failures


async def correlate_in(
    tx: Transaction,
    *,
    rules: Rules,
    now: datetime,
    pending: Collection[Subject] = frozenset(),
    on_step: OnStep = unwatched,
) -> tuple[Change, ...]:
    """Find the causes of all that fails now, save what changed about the incidents, and owe the telling of it."""
    servers = [Subject(SubjectKind.REDIRECT, name) for name in rules.estate.redirects]
    shared = await healths.of_subjects(tx, [SELF, *servers])
    picture = Picture(
        failing=await healths.not_ok(tx),
        shared={key: one for key, one in shared.items() if key[1] in {BLIND, REDIRECT_DOWN}},
        estate=rules.estate,
        open=await incidents.open_ones(tx),
        pending=pending,
        hold=rules.hold,
    )
    changes = await saved(tx, correlate(picture, now), now=now)
    if changes:
        on_step(Step.SAVED)
        await notifications.owe(tx, changes, now=now, policy=rules.policy)
        on_step(Step.OWED)
    return changes
