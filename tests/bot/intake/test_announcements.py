"""``/api/v1/maintenance``: planned work announced by other programs, with the tokens of reports."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from prometheus_client import CollectorRegistry

from bot.server import create_server, serving
from checks.rules import Rules
from handlers.desk import Desk
from handlers.tokens import Gate
from storage import estate
from storage.tokens import TokenFile
from tests.builders import NOON, after
from tests.intake_world import BOUNDS, DEALER, SECRET, World

PLACE = "/api/v1/maintenance"


class Office:
    """Speaks to the server as a program does."""

    def __init__(self, url: str, http: aiohttp.ClientSession, own: str) -> None:
        self.url = url
        self.http = http
        self.own = own

    async def __call__(self, method: str, path: str = "", *, token: str = SECRET, body: Any = None) -> tuple[int, Any]:
        headers = {"dealer": DEALER, "Authorization": f"Bearer {token}"}
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        async with self.http.request(method, self.url + PLACE + path, data=data, headers=headers) as answer:
            return answer.status, await answer.json()


@pytest.fixture
async def office(world: World) -> AsyncIterator[Office]:
    async with world.database.read() as connection:
        rules = Rules(estate=await estate.load(connection))
    desk = Desk(world.database, rules=lambda: rules, now=lambda: NOON, wake=lambda: None)
    gate = Gate(world.database, TokenFile(None, text=f"{SECRET} {DEALER}"), now=lambda: NOON)
    registry = CollectorRegistry()
    app = create_server(door=world.intake, admit=gate.admit, probes={}, registry=registry, bounds=BOUNDS, desk=desk)
    async with serving(app, "127.0.0.1", 0) as port, aiohttp.ClientSession() as http:
        yield Office(f"http://127.0.0.1:{port}", http, world.own_token)


async def test_work_is_announced_listed_and_ended(office: Office) -> None:
    wish = {"client": "romashka", "length": "2h", "reason": "замена диска"}
    status, told = await office("POST", body=wish)
    assert (status, told["state"], told["end"]) == (201, "lasting", after(hours=2).isoformat())

    assert (await office("POST", body=wish))[0] == 200, "a script that repeats itself announces nothing anew"
    status, listed = await office("GET")
    assert (status, [one["id"] for one in listed["windows"]]) == (200, [told["id"]])
    status, ended = await office("DELETE", f"/{told['id']}")
    assert (status, ended["state"]) == (200, "looking")
    assert (await office("DELETE", "/999"))[0] == 404


async def test_a_clients_token_means_its_client(office: Office) -> None:
    status, told = await office("POST", token=office.own, body={"length": "30m"})
    assert (status, told["client"]) == (201, "romashka")
    for body in ({"client": "vektor", "length": "30m"}, {"all": True, "length": "30m"}):
        assert await office("POST", token=office.own, body=body) == (401, {"ok": False, "error": "unauthorized"})
    assert (await office("GET", token="guess"))[0] == 401


async def test_nightly_work_is_announced_with_its_clock(office: Office) -> None:
    wish = {"all": True, "cron": "0 3 * * *", "length": "30m", "zone": "Asia/Vladivostok"}
    status, told = await office("POST", body=wish)

    assert (status, told["cron"], told["begin"]) == (201, "0 3 * * *", "2026-11-23T17:00:00+00:00")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", ""),
        (b"[]", ""),
        ({"client": "romashka"}, ""),
        ({"length": "2h"}, ""),
        ({"client": "romashka", "all": True, "length": "2h"}, ""),
        ({"client": "romashka", "length": "2h", "end": "2026-11-23T12:00:00Z"}, ""),
        ({"client": "romashka", "end": "2026-11-23T08:00:00Z"}, ""),
        ({"client": "romashka", "end": "2027-11-23T08:00:00Z"}, ""),
        ({"client": "romashka", "length": "forever"}, "length"),
        ({"client": "romashka", "cron": "soon", "length": "1h"}, "cron"),
        ({"client": "romashka", "cron": "0 3 * * *", "length": "2d"}, ""),
        ({"client": "romashka", "begin": "2026-11-23T08:00:00", "length": "1h"}, "begin"),
        ({"client": "romashka", "length": "1h", "zone": "Мск", "cron": "0 3 * * *"}, "zone"),
        ({"client": "romashka", "length": "1h", "reason": "x" * 201}, "reason"),
        ({"client": "romashka", "length": "1h", "mute": "yes"}, "mute"),
    ],
)
async def test_what_is_wrong_is_said_by_field_and_rule(office: Office, body: Any, field: str) -> None:
    status, told = await office("POST", body=body)

    assert (status, told["error"]) == (400, "invalid")
    assert field in [one["field"] for one in told["fields"]]
    assert (await office("GET"))[1]["windows"] == []


@pytest.mark.parametrize(
    ("thing", "why"),
    [
        ({"client": "nobody"}, "unknown_client"),
        ({"redirect": "r9"}, "unknown_redirect"),
        ({"code": "Unheard"}, "unknown_code"),
    ],
)
async def test_what_nobody_knows_is_not_found(office: Office, thing: dict[str, str], why: str) -> None:
    assert await office("POST", body={**thing, "length": "1h"}) == (404, {"ok": False, "error": why})


async def test_too_much_is_refused(office: Office) -> None:
    assert (await office("POST", body=b"x" * 70_000))[0] == 413
