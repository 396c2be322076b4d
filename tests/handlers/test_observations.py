"""Recording: from what was seen to what is owed, in one transaction, and once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from checks import estate
from checks.model import (
    SELF,
    ChangeKind,
    Client,
    Facts,
    Fault,
    Hop,
    LookKind,
    Observation,
    Outcome,
    Priority,
    Redirect,
    Route,
    RouteKind,
    Target,
)
from checks.notifications import Policy
from checks.rules import Rules
from handlers.looks import Looked, plan_looks, record_looks
from handlers.observations import Recorded, record
from storage import estate as estates
from storage import incidents, looks, outbox
from storage.database import Database
from tests.builders import after, client, observation, redirect

CHAT = -100
EVERYTHING = Policy(
    routes=(Route(chat_id=CHAT, kinds=frozenset(RouteKind), priorities=frozenset(Priority)),),
)


def rules(count: int = 5) -> Rules:
    clients = [
        Client(name=f"c{n}", domain=f"c{n}.test", redirect="r1", address=f"http://10.0.0.{n}") for n in range(count)
    ]
    return Rules(estate=estate.build(clients, [Redirect(name="r1", address="10.1.1.1")]), policy=EVERYTHING)


async def seen(database: Database, *many: Observation, seconds: float = 0, **rest: Any) -> Recorded:
    moved = [replace(one, at=after(seconds)) for one in many]
    return await record(database, moved, rules=rest.pop("rules", rules()), now=after(seconds), **rest)


async def owed(database: Database) -> list[Any]:
    async with database.read() as connection:
        return [
            note
            for one in await incidents.open_ones(connection)
            for note in await outbox.of_incident(connection, one.id or 0)
        ]


async def test_three_failed_looks_make_an_incident_and_one_note(database: Database) -> None:
    sick = observation(subject=client("c1"), reason="refused")

    first = await seen(database, sick)
    second = await seen(database, sick, seconds=3)
    third = await seen(database, sick, seconds=9)

    assert [first.changes, second.changes] == [(), ()]
    assert first.noticed.doubts == {client("c1"): 1}
    assert [change.kind for change in third.changes] == [ChangeKind.OPENED]
    assert third.changes[0].incident.opened_at == after(0)
    assert len(await owed(database)) == 1
    assert (await seen(database, sick, seconds=60)).changes == ()
    assert len(await owed(database)) == 1


async def test_recovery_needs_two_good_looks_and_ends_the_incident(database: Database) -> None:
    sick, well = observation(subject=client("c1")), observation(outcome=Outcome.OK, subject=client("c1"))
    for place in range(3):
        await seen(database, sick, seconds=place)

    assert (await seen(database, well, seconds=60)).noticed.recovering == {client("c1")}
    ended = await seen(database, well, seconds=63)

    assert [change.kind for change in ended.changes] == [ChangeKind.ENDED]
    assert ended.changes[0].incident.ended_at == after(63)


async def test_an_unknown_answer_opens_and_closes_nothing(database: Database) -> None:
    unknown = observation(outcome=Outcome.UNKNOWN, subject=client("c1"))

    assert (await seen(database, unknown)).transitions == ()


async def test_while_we_are_blind_looks_mean_nothing(database: Database) -> None:
    blind = observation("MonitorBlind", subject=SELF)
    await seen(database, blind)
    told = await seen(database, blind, seconds=5)
    assert [str(change.incident.cause) for change in told.changes] == ["self:bot/MonitorBlind"]

    for place in range(6, 20):
        assert (await seen(database, observation(subject=client("c1")), seconds=place)).transitions == ()


async def test_a_redirect_server_and_its_clients_are_one_incident(database: Database) -> None:
    domains = [observation("DomainUnreachable", subject=client(f"c{n}"), reason="refused") for n in range(5)]
    server = observation("RedirectServerDown", subject=redirect(), reason="refused")

    changes = [
        change for place in range(4) for change in (await seen(database, *domains, server, seconds=place * 3)).changes
    ]

    assert changes[0].kind is ChangeKind.OPENED
    assert {str(change.incident.cause) for change in changes} == {"redirect:r1"}
    assert changes[-1].incident.clients == tuple(f"c{n}" for n in range(5))


def looked(target: Target, fault: Fault | None = None, **rest: Any) -> Looked:
    hop = Hop(url=target.url, fault=fault, address="10.0.0.1:80")
    facts = Facts(target=target, at=after(), fault=fault, hops=(hop,), **rest)
    return Looked(facts=facts, interval=timedelta(seconds=60))


def target_of(one: Rules, name: str, kind: LookKind) -> Target:
    found = estate.target_of(one.estate, redirect() if kind is LookKind.REDIRECT else client(name), kind)
    assert found is not None
    return found


async def planned(database: Database, one: Rules) -> None:
    wanted: Iterable[Target] = estate.targets(one.estate)
    await database.write(lambda tx: plan_looks(tx, [(target, timedelta(seconds=60)) for target in wanted], now=after()))


async def test_a_first_failed_look_asks_the_server_the_siblings_and_ourselves(database: Database) -> None:
    one = rules(8)
    await planned(database, one)

    followed = await record_looks(
        database, [looked(target_of(one, "c0", LookKind.DOMAIN), Fault.REFUSED)], rules=one, now=after()
    )

    assert (redirect(), LookKind.REDIRECT) in followed.urgent
    assert (SELF, LookKind.REFERENCE) in followed.urgent
    assert {subject.name for subject, kind in followed.urgent if kind is LookKind.DOMAIN} == {
        "c1",
        "c2",
        "c3",
        "c4",
        "c5",
    }
    async with database.read() as connection:
        due = {key.key for key in await looks.due(connection, after(), limit=99)}
    assert (redirect(), LookKind.REDIRECT) in due


async def test_a_failing_redirect_server_asks_everybody_behind_it(database: Database) -> None:
    one = rules(8)
    await planned(database, one)

    followed = await record_looks(
        database, [looked(target_of(one, "r1", LookKind.REDIRECT), Fault.REFUSED)], rules=one, now=after()
    )

    assert {subject.name for subject, kind in followed.urgent if kind is LookKind.INSTALLATION} == {
        f"c{n}" for n in range(8)
    }


async def test_a_failed_look_is_confirmed_after_three_and_six_seconds(database: Database) -> None:
    one = rules()
    await planned(database, one)
    target = target_of(one, "c0", LookKind.INSTALLATION)

    async def due_after(seconds: float) -> float:
        await record_looks(database, [looked(target, Fault.REFUSED)], rules=one, now=after(seconds))
        async with database.read() as connection:
            (found,) = [row for row in await looks.latest(connection, client("c0")) if row.kind is target.kind]
        return (found.due_at - after(seconds)).total_seconds()

    assert await due_after(0) <= 3
    assert await due_after(3) <= 6


async def test_a_direct_address_is_learnt_once_seen_three_times(database: Database) -> None:
    one = rules(1)
    target = replace(target_of(one, "c0", LookKind.DOMAIN), expect=None)
    nameless = Client(name="c0", domain="c0.test", redirect="r1")
    bare = Rules(estate=estate.build([nameless], one.estate.redirects.values()))
    await database.write(lambda tx: estates_insert(tx, nameless))
    hops = (Hop(url="http://c0.test", status=302), Hop(url="http://10.0.0.7:8080/docs", status=200))
    good = Looked(facts=Facts(target=target, at=after(), status=200, hops=hops), interval=timedelta(seconds=60))

    for place in range(3):
        async with database.read() as connection:
            assert (await estates.load(connection)).address_of("c0") is None
        await record_looks(database, [good], rules=bare, now=after(place * 60))

    async with database.read() as connection:
        assert (await estates.load(connection)).address_of("c0") == "http://10.0.0.7:8080/docs"


async def estates_insert(tx: Any, one: Client) -> None:
    from sqlalchemy import insert

    from storage.tables import clients

    row = {"name": one.name, "kind": one.kind, "domain": one.domain, "redirect": one.redirect, "licman": one.licman}
    await tx.execute(insert(clients).values(**row, created_at=after(), updated_at=after()))
