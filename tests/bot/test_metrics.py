"""What Prometheus reads is what happened; the heartbeat stops when anything that matters does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientSession

from bot.heartbeat import Heartbeat
from bot.metrics import Metrics
from bot.server import create_server, serving
from bot.telegram import NotSent, Sent
from checks.model import Facts, Fault, LookKind, Priority, Target
from storage.database import Database
from tests.builders import NOON, client
from tests.letterbox import hooks
from tests.telling import Stage

LOOK = Target(kind=LookKind.DOMAIN, subject=client(), url="http://romashka.example.ru")


class Closed:
    """No report is taken in."""


async def admit(_token: str, _dealer: str | None) -> None:
    """Nobody has a token."""


async def read(metrics: Metrics, database: Database) -> dict[str, float]:
    """Return the figures as Prometheus would read them over HTTP."""
    door: Any = Closed()
    now = NOON + timedelta(seconds=90)
    app = create_server(
        door=door,
        admit=admit,
        probes={},
        registry=metrics.registry,
        refresh=lambda: metrics.refresh(database, now),
    )
    async with (
        serving(app, "127.0.0.1", 0) as port,
        ClientSession() as http,
        http.get(f"http://127.0.0.1:{port}/metrics") as answer,
    ):
        assert answer.status == 200
        text = await answer.text()
    lines = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


async def test_figures_are_what_happened(database: Database) -> None:
    metrics, stage = Metrics(), Stage(database)
    metrics.looked(Facts(target=LOOK, at=NOON))
    metrics.looked(Facts(target=LOOK, at=NOON, fault=Fault.REFUSED))
    metrics.swept()
    metrics.uploaded()
    metrics.delivered(Sent(1))
    metrics.delivered(NotSent("refused"))
    metrics.dispatched("pager", "failed")
    metrics.dispatched("mailto://mail.example.ru?to=a@example.ru", "delivered")
    await stage.bind()
    await stage.opens()
    await stage.opens("vektor", priority=Priority.K3)

    seen = await read(metrics, database)

    assert seen['smartbot_checks_total{kind="domain",outcome="answered"}'] == 1
    assert seen['smartbot_checks_total{kind="domain",outcome="refused"}'] == 1
    assert seen["smartbot_sweeps_total"] == 1
    assert seen["smartbot_uploads_total"] == 1
    assert seen['smartbot_deliveries_total{outcome="sent",way="telegram"}'] == 1
    assert seen['smartbot_deliveries_total{outcome="notsent",way="telegram"}'] == 1
    assert seen['smartbot_deliveries_total{outcome="failed",way="pager"}'] == 1
    assert seen['smartbot_deliveries_total{outcome="delivered",way="mail"}'] == 1
    assert seen['smartbot_outbox_size{way="telegram"}'] == 2
    assert seen['smartbot_outbox_age_seconds{way="telegram"}'] == 90
    assert seen['smartbot_outbox_size{way="channels"}'] == 0
    assert seen['smartbot_open_incidents{priority="K1"}'] == 1
    assert seen['smartbot_open_incidents{priority="K2"}'] == 0
    assert seen['smartbot_open_incidents{priority="K3"}'] == 1
    assert seen["smartbot_database_writable"] == 1
    assert not any("example.ru" in name for name in seen)


async def test_the_heartbeat_stops_while_anything_ails(caplog: pytest.LogCaptureFixture) -> None:
    ails: dict[str, str | None] = {"sweep": None, "database": None}
    async with hooks() as switch:
        heart = Heartbeat(f"{switch.url}/do-not-log-me", {name: lambda n=name: ails[n] for name in ails})  # type: ignore[misc]
        assert await heart.beat()
        ails["database"] = "cannot be written"
        assert not await heart.beat()
        assert not await heart.beat()
        ails["database"] = None
        assert await heart.beat()
        assert len(switch.came) == 2

        switch.answers = [500]
        assert not await heart.beat()
    assert not await heart.beat()
    assert "do-not-log-me" not in caplog.text
