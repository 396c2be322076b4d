"""The watch keeps the schedule in step with the lists, with intervals by kind and by client."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import update

from bot.config import load
from bot.settings import prober_settings
from bot.watch import Watch, rules_of
from checks.estate import Estate
from checks.model import Client, ClientKind, LookKind
from handlers.observations import record
from storage import health, incidents, looks
from storage.database import Database
from storage.tables import clients
from tests.builders import NOON, after, client, observation
from tests.handlers.test_observations import estates_insert

CONFIG = """
[look]
interval = "60s"
[look.intervals]
installation = "5m"
[look.clients]
romashka = "20s"
[thresholds.KodeksTcpStatus]
failures = 5
[thresholds.KodeksTcpStatus.kind.cloud]
failures = 2
[thresholds.KodeksTcpStatus.client.vektor]
after = "10m"
"""


async def intervals(database: Database, name: str) -> dict[LookKind, timedelta]:
    async with database.read() as connection:
        due = await looks.due(connection, after(days=400), limit=99)
    return {one.kind: one.interval for one in due if one.subject == client(name)}


async def test_the_schedule_follows_the_lists(database: Database, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG)
    config = load(tmp_path / "config.toml", {})
    watch = Watch(database, config, interval_of=prober_settings(config).interval_of)
    for name in ("romashka", "vektor"):
        one = Client(name=name, domain=f"{name}.test")
        await database.write(lambda tx, one=one: estates_insert(tx, one))

    assert await watch.refresh(NOON)
    assert not await watch.refresh(NOON)

    assert set(watch.rules().estate.clients) == {"romashka", "vektor"}
    assert await intervals(database, "romashka") == {LookKind.DOMAIN: timedelta(seconds=20)}
    assert await intervals(database, "vektor") == {LookKind.DOMAIN: timedelta(seconds=60)}


async def test_what_leaves_the_lists_is_nobodys_outage_any_more(database: Database, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("")
    config = load(tmp_path / "config.toml", {})
    watch = Watch(database, config, interval_of=prober_settings(config).interval_of)
    for name in ("romashka", "vektor"):
        one = Client(name=name, domain=f"{name}.test", licman="10.0.0.9:8888")
        await database.write(lambda tx, one=one: estates_insert(tx, one))
    await watch.refresh(NOON)
    sick = [
        observation(code, subject=client(name))
        for name in ("romashka", "vektor")
        for code in ("KodeksTcpStatus", "LicmanTcpStatus")
    ]
    for place in range(3):
        await record(database, sick, rules=watch.rules(), now=after(place))

    gone = update(clients).where(clients.c.name == "romashka").values(gone_at=after(60), updated_at=after(60))
    kept = update(clients).where(clients.c.name == "vektor").values(licman=None, updated_at=after(60))
    await database.write(lambda tx: tx.execute(gone))
    await database.write(lambda tx: tx.execute(kept))
    assert await watch.refresh(after(63))

    async with database.read() as connection:
        (left,) = await incidents.open_ones(connection)
        ended = {str(one.cause): one.unlisted for one in await incidents.ended_since(connection, after(63))}
        beliefs = await health.of_subjects(connection, {client("romashka"), client("vektor")})
    assert str(left.cause) == "client:vektor/service"
    assert {one.code for one in left.symptoms} == {"KodeksTcpStatus"}
    assert ended == {"client:romashka/service": True, "licman:10.0.0.9:8888": True}
    assert {(subject.name, code) for subject, code in beliefs} == {("vektor", "KodeksTcpStatus")}


def test_thresholds_are_the_clients_own_then_its_kinds_then_everybodys(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG)
    listed = {
        name: Client(name=name, kind=kind)
        for name, kind in (("romashka", ClientKind.SERVER), ("vektor", ClientKind.CLOUD), ("zarya", ClientKind.CLOUD))
    }
    rules = rules_of(load(tmp_path / "config.toml", {}), Estate(clients=listed, redirects={}))

    def failures(name: str) -> tuple[int, timedelta]:
        found = rules.threshold(client(name), "KodeksTcpStatus")
        return found.failures, found.after

    assert failures("romashka") == (5, timedelta(0))
    assert failures("zarya") == (2, timedelta(0))
    assert failures("vektor") == (5, timedelta(minutes=10))
