"""A real intake behind a real socket, with a clock of its own and a record that can be made to fail."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import insert

from bot.server import create_server, serving
from checks.model import ClientKind, Observation
from handlers.reports import Intake
from handlers.tokens import Gate
from storage.database import Database
from storage.files import Shelf
from storage.tables import clients
from storage.tokens import TokenFile, make
from tests.builders import NOON
from tests.intake_world import BOUNDS, DEALER, SECRET, World


@pytest.fixture
async def world(database: Database, tmp_path: Path) -> AsyncIterator[World]:
    row = {"kind": ClientKind.SERVER, "created_at": NOON, "updated_at": NOON, "gone_at": None}
    names = ["romashka", "vektor", *(f"client{n}" for n in range(100))]
    rows = [{**row, "name": name} for name in names] + [{**row, "name": "gone", "gone_at": NOON}]
    await database.write(lambda tx: tx.execute(insert(clients), rows))
    secrets = tmp_path / "tokens"
    secrets.write_text(f"{SECRET} {DEALER}\n")

    async def record(_tx: Any, observations: Sequence[Observation], *, now: datetime) -> None:
        here.failing(observations)
        here.observed += observations

    intake = Intake(database, Shelf(tmp_path / "reports"), now=lambda: here.now, record=record)
    here = World(database=database, intake=intake, folder=tmp_path / "reports")
    here.own_token = await database.write(lambda tx: make(tx, "romashka", NOON))
    gate = Gate(database, TokenFile(secrets), now=lambda: here.now)
    app = create_server(door=intake, admit=gate.admit, probes=here.probes, registry=CollectorRegistry(), bounds=BOUNDS)
    async with serving(app, "127.0.0.1", 0, headers_within=1.0, linger=0.5, stop_within=1.0) as port:
        here.port = port
        yield here
    await intake.close()
