"""Looks get recorded: a sick database is waited for, one look that our code cannot stand keeps no other back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.recording import insist
from checks.attention import Key
from checks.model import Facts, Fault, LookKind, Target
from handlers.looks import Followed, Looked
from handlers.observations import Recorded
from tests.builders import NOON, client


def look(name: str) -> Looked:
    target = Target(kind=LookKind.DOMAIN, subject=client(name), url=f"http://{name}.test")
    return Looked(facts=Facts(target=target, at=NOON), interval=timedelta(seconds=60))


class Desk:
    """Records what it can: not while the database is sick, and never the facts of ``harmful``."""

    def __init__(self, *, sick: int = 0, harmful: str = "", hopeless: bool = False) -> None:
        self.sick = sick
        self.harmful = harmful
        self.hopeless = hopeless
        self.batches: list[int] = []
        self.ails: str | None = None
        self.recorded: list[tuple[str, Fault | None]] = []

    def trouble(self) -> str | None:
        return self.ails

    async def record(self, batch: Sequence[Looked]) -> Followed:
        self.batches.append(len(batch))
        self.ails = "disk is full" if self.sick else None
        if self.sick:
            self.sick -= 1
            raise OSError(self.ails)
        for one in batch:
            if one.facts.target.subject.name == self.harmful and (self.hopeless or one.facts.fault is None):
                raise ValueError("what is this?")
        self.recorded += [(one.facts.target.subject.name, one.facts.fault) for one in batch]
        keys: frozenset[Key] = frozenset((one.facts.target.subject, LookKind.INSTALLATION) for one in batch)
        return Followed(recorded=Recorded(), urgent=keys)


async def test_a_database_in_trouble_is_waited_for() -> None:
    desk = Desk(sick=3)

    await insist(desk.record, [look("a"), look("b")], trouble=desk.trouble, again=0)

    assert desk.recorded == [("a", None), ("b", None)]
    assert desk.batches == [2, 2, 2, 2]


async def test_a_look_that_harms_us_keeps_no_other_back_and_judges_nobody() -> None:
    desk = Desk(harmful="b")

    followed = await insist(desk.record, [look("a"), look("b"), look("c")], trouble=desk.trouble)

    assert desk.recorded == [("a", None), ("b", Fault.OURSELVES), ("c", None)]
    assert {subject.name for subject, _ in followed.urgent} == {"a", "b", "c"}


async def test_a_look_that_cannot_be_recorded_at_all_is_left_out() -> None:
    desk = Desk(harmful="b", hopeless=True)

    await insist(desk.record, [look("a"), look("b")], trouble=desk.trouble)

    assert desk.recorded == [("a", None)]
