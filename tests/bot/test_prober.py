"""The prober: takes what is due, bounded per address, and follows a suspicion at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.prober import SETTLED, Prober, ProberSettings
from checks import estate
from checks.model import (
    Client,
    Facts,
    Fault,
    Hop,
    LookKind,
    Phases,
    Priority,
    Redirect,
    Route,
    RouteKind,
    State,
    Subject,
    SubjectKind,
    Target,
)
from checks.notifications import Policy
from checks.rules import Rules
from handlers.looks import plan_looks
from storage import health, incidents, looks
from storage.database import Database
from tests.builders import after, client

MINUTE = timedelta(seconds=60)


@dataclass
class Network:
    """Answers looks from a script; counts how many are under way at once at each address."""

    dead: set[str] = field(default_factory=set)
    slow: set[str] = field(default_factory=set)
    made: Counter[tuple[str, LookKind]] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)
    now_at: Counter[str] = field(default_factory=Counter)

    async def look(self, target: Target, at: datetime) -> Facts:
        host = estate.host_of(target.through or target.url) or ""
        self.made[target.subject.name, target.kind] += 1
        self.now_at[host] += 1
        self.most[host] = max(self.most[host], self.now_at[host])
        await asyncio.sleep(3600 if host in self.slow else 0)
        self.now_at[host] -= 1
        fault = Fault.REFUSED if host in self.dead else None
        hop = Hop(url=target.url, address=f"{host}:80", status=None if fault else 200, phases=Phases(dns=0.001))
        return Facts(target=target, at=at, fault=fault, status=None if fault else 200, hops=(hop,))


@dataclass
class Clock:
    moment: datetime = field(default_factory=after)

    def __call__(self) -> datetime:
        return self.moment


def rules(count: int, *, host: str | None = None) -> Rules:
    clients = [
        Client(
            name=f"c{n}", domain=f"c{n}.test", redirect="r1", address=f"http://{host or f'10.0.0.{n + 1}'}:{8000 + n}"
        )
        for n in range(count)
    ]
    everybody = Route(chat_id=-1, kinds=frozenset(RouteKind), priorities=frozenset(Priority))
    return Rules(
        estate=estate.build(clients, [Redirect(name="r1", address="10.1.1.1")]), policy=Policy(routes=(everybody,))
    )


@asynccontextmanager
async def probing(
    database: Database,
    network: Network,
    one: Rules,
    clock: Clock,
    *,
    concurrency: int = 100,
    gather_calm: float = 0,
) -> AsyncIterator[Prober]:
    prober = Prober(
        database,
        network.look,
        rules=lambda: one,
        now=clock,
        settings=ProberSettings(
            interval=MINUTE, concurrency=concurrency, per_address=2, gather=0, gather_calm=gather_calm
        ),
    )
    wanted = [(target, MINUTE) for target in estate.targets(one.estate)]
    await database.write(lambda tx: plan_looks(tx, wanted, now=clock()))
    recorder = asyncio.create_task(prober.run())
    try:
        yield prober
    finally:
        await prober.stop()
        recorder.cancel()
        with suppress(asyncio.CancelledError):
            await recorder


async def pass_time(prober: Prober, clock: Clock, *, seconds: float, step: float = 1) -> None:
    """Sweep every second of a span."""
    until = clock.moment + timedelta(seconds=seconds)
    while clock.moment < until:
        clock.moment += timedelta(seconds=step)
        await prober.sweep()
        await prober.idle()


async def test_everything_is_looked_at_once_an_interval(database: Database) -> None:
    network, clock = Network(), Clock()
    async with probing(database, network, rules(10), clock) as prober:
        await pass_time(prober, clock, seconds=61)

        assert set(network.made.values()) == {1}
        assert len(network.made) == 21

        await pass_time(prober, clock, seconds=60)
        assert set(network.made.values()) == {2}


async def test_looks_are_spread_over_the_interval(database: Database) -> None:
    network, clock = Network(), Clock()
    async with probing(database, network, rules(60), clock) as prober:
        started = []
        for _ in range(60):
            clock.moment += timedelta(seconds=1)
            started.append(await prober.sweep())
            await prober.idle()

    assert sum(started) >= 120
    assert max(started) <= 10


async def test_a_dead_redirect_server_is_told_within_seconds_of_the_first_failed_look(database: Database) -> None:
    network, clock, one = Network(), Clock(), rules(40)
    async with probing(database, network, one, clock) as prober:
        await pass_time(prober, clock, seconds=61)
        network.dead.add("10.1.1.1")
        broken = clock.moment
        for _ in range(20):
            await pass_time(prober, clock, seconds=1)
            async with database.read() as connection:
                found = await incidents.open_ones(connection)
            if found:
                break

    assert [str(incident.cause) for incident in found] == ["redirect:r1"]
    assert clock.moment - broken <= timedelta(seconds=8)


async def test_everybody_behind_it_has_been_looked_at_directly_by_then(database: Database) -> None:
    network, clock, one = Network(), Clock(), rules(40)
    async with probing(database, network, one, clock) as prober:
        network.dead |= {"10.1.1.1", "10.0.0.7"}
        await pass_time(prober, clock, seconds=70)
        async with database.read() as connection:
            names = {str(incident.cause) for incident in await incidents.open_ones(connection)}
            believed = await health.of_subjects(connection, [client(f"c{n}") for n in range(40)])

    assert names == {"redirect:r1", "client:c6/service"}
    assert all(believed[client(f"c{n}"), "KodeksTcpStatus"].state is not State.UNKNOWN for n in range(40))


async def test_a_slow_address_delays_nobody_else_and_gets_two_at_once(database: Database) -> None:
    network, clock = Network(slow={"10.5.5.5"}), Clock()
    one = rules(20, host="10.5.5.5")
    async with probing(database, network, one, clock, concurrency=5) as prober:
        for _ in range(61):
            clock.moment += timedelta(seconds=1)
            await prober.sweep()
            await asyncio.sleep(0.005)
        await asyncio.sleep(0.2)

    domains = [count for (_, kind), count in network.made.items() if kind is LookKind.DOMAIN]
    assert len(domains) == 20
    assert network.most["10.5.5.5"] == 2


async def test_a_server_that_hangs_is_looked_at_though_its_clients_hang_there_too(database: Database) -> None:
    network, clock, one = Network(slow={"10.1.1.1"}), Clock(), rules(60)
    server = Subject(SubjectKind.REDIRECT, "r1")
    async with probing(database, network, one, clock) as prober:
        await database.write(lambda tx: looks.postpone(tx, [((server, LookKind.REDIRECT), clock() + MINUTE)]))
        clock.moment += MINUTE - timedelta(seconds=1)
        await prober.sweep()
        clock.moment += timedelta(seconds=1)
        await prober.sweep()
        await asyncio.sleep(0.1)
        assert network.made["r1", LookKind.REDIRECT] == 1


async def test_when_every_witness_fails_it_is_we_who_are_blind(database: Database) -> None:
    network, clock, one = Network(), Clock(), rules(6)
    network.dead = {"10.1.1.1", *(f"10.0.0.{n + 1}" for n in range(6))}
    async with probing(database, network, one, clock) as prober:
        await database.write(lambda tx: looks.plan(tx, []))
        wanted = [(target, MINUTE) for target in estate.targets(one.estate)]
        from checks.attention import ourselves

        wanted.append((ourselves(one.estate, ()), timedelta(days=365)))
        await database.write(lambda tx: plan_looks(tx, wanted, now=clock()))
        await pass_time(prober, clock, seconds=70)
        async with database.read() as connection:
            told = [one for one in await incidents.open_ones(connection) if one.hold_until is None]

    assert [str(one.cause) for one in told] == ["self:bot/MonitorBlind"]


async def test_look_now_waits_until_it_is_recorded(database: Database) -> None:
    network, clock = Network(dead={"10.0.0.1"}), Clock()
    async with probing(database, network, rules(2), clock) as prober:
        (facts,) = await prober.look_now([(client("c0"), LookKind.INSTALLATION)])
        async with database.read() as connection:
            believed = await health.of_subjects(connection, [client("c0")])

    assert facts.fault is Fault.REFUSED
    assert believed[client("c0"), "KodeksTcpStatus"].failures == 1


async def test_after_an_absence_there_is_no_herd(database: Database) -> None:
    network, clock = Network(), Clock()
    async with probing(database, network, rules(60), clock) as prober:
        clock.moment += timedelta(hours=3)
        assert await prober.spread(clock()) == 121
        assert await prober.sweep() <= 10


async def _recorded(database: Database) -> int:
    async with database.read() as connection:
        return len(
            {subject for subject, _ in await health.of_subjects(connection, [client(f"c{n}") for n in range(9)])}
        )


async def test_a_failed_look_is_recorded_at_once_though_good_ones_are_gathered(database: Database) -> None:
    network, clock = Network(), Clock()
    async with probing(database, network, rules(9), clock, gather_calm=3600) as prober:
        clock.moment += timedelta(seconds=30)
        assert await prober.sweep() > 0
        await asyncio.sleep(0.3)
        assert await _recorded(database) == 0

        network.dead.update(f"10.0.0.{n + 1}" for n in range(9))
        clock.moment += timedelta(seconds=31)
        await prober.sweep()
        async with asyncio.timeout(10):
            await prober.idle()
        assert await _recorded(database) == 9


async def test_good_looks_that_wait_are_recorded_before_the_end(database: Database) -> None:
    network, clock = Network(), Clock()
    async with probing(database, network, rules(9), clock, gather_calm=3600) as prober:
        clock.moment += timedelta(seconds=61)
        await prober.sweep()
        await prober.stop()
        async with asyncio.timeout(10):
            await prober.idle()

    assert await _recorded(database) == 9


async def _again(prober: Prober, clock: Clock) -> None:
    clock.moment += MINUTE
    assert await prober.sweep() == 1
    async with asyncio.timeout(10):
        await prober.idle()


async def _failures(database: Database) -> int:
    async with database.read() as connection:
        return (await health.of_subjects(connection, [client("c0")]))[client("c0"), "KodeksTcpStatus"].failures


@asynccontextmanager
async def _failing_for_long(database: Database, network: Network, clock: Clock) -> AsyncIterator[Prober]:
    network.dead.add("10.0.0.1")
    async with probing(database, network, rules(1), clock, gather_calm=3600) as prober:
        due = looks.Due(subject=client("c0"), kind=LookKind.INSTALLATION, due_at=clock(), interval=MINUTE)
        await database.write(lambda tx: looks.plan(tx, [due]))
        for _ in range(SETTLED):
            await _again(prober, clock)
        yield prober


async def test_who_has_failed_for_long_is_no_news(database: Database) -> None:
    network, clock = Network(), Clock()
    async with _failing_for_long(database, network, clock) as prober:
        clock.moment += MINUTE
        await prober.sweep()
        await asyncio.sleep(0.3)
        assert await _failures(database) == SETTLED


async def test_the_recovery_of_who_has_failed_for_long_is_news(database: Database) -> None:
    network, clock = Network(), Clock()
    async with _failing_for_long(database, network, clock) as prober:
        network.dead.clear()
        await _again(prober, clock)
        assert await _failures(database) == 0
