"""The simulated estate does over real sockets what its states say, and gives every socket back."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from pathlib import Path

import aiodns
import pytest

from demo.estate import Estate, EstateError, State, build_estate, open_estate
from demo.estate.states import OF_CLIENT, OF_REDIRECT
from tests.demo.estate_visits import read_all, visit

NOON = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def noon() -> datetime:
    return NOON


@pytest.fixture
async def estate(tmp_path: Path) -> AsyncIterator[Estate]:
    async with open_estate(now=noon, folder=tmp_path, free_ports=True) as opened:
        yield opened


def rows(estate: Estate, number: int) -> dict[str, dict[str, str]]:
    with estate.settings.lists[number].open(encoding="utf-8", newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file)}


def direct(estate: Estate, name: str) -> str:
    return rows(estate, 1)[name]["address"]


def gate(estate: Estate, name: str) -> str:
    return rows(estate, 0)[name]["address"]


def domain(estate: Estate, name: str) -> str:
    return rows(estate, 1)[name]["domain"].removeprefix("http://")


# ── as shipped ────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_forty_clients_live_behind_two_redirect_servers(estate: Estate) -> None:
    clients = rows(estate, 1)

    assert len(clients) == 40
    assert {row["redirect"] for row in clients.values()} == {"r1", "r2", ""}
    assert sum(1 for row in clients.values() if row["kind"] == "closed") == 1
    assert sum(1 for row in clients.values() if row["redirect"]) == 36


async def test_every_domain_leads_through_its_redirect_server_to_its_installation(estate: Estate) -> None:
    for row in rows(estate, 1).values():
        if not row["redirect"]:
            continue
        moved = await visit(gate(estate, row["redirect"]), host=row["domain"].removeprefix("http://"))
        assert (moved.status, moved.headers["location"]) == (302, f"{row['address']}/docs")
        page = await visit(moved.headers["location"])
        assert (page.status, page.headers["server"]) == (200, "WWW-Kodeks/6.4")
        assert f"<title>Техэксперт — {row['title']}</title>" in page.text


async def test_addresses_are_high_ports_of_allowed_loopback_networks(estate: Estate) -> None:
    networks = [ip_network(network) for network in estate.settings.allow_networks]
    for row in [*rows(estate, 0).values(), *rows(estate, 1).values()]:
        for address in filter(None, [row["address"].removeprefix("http://"), row.get("licman", "")]):
            host, _, port = address.partition(":")
            assert any(ip_address(host) in network for network in networks)
            assert int(port) > 1023


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("/admin", 200, "Администрирование"),
        ("/sysinfo/metrics", 200, 'kserver_main_page{service="kodweb",path="/docs"} 0'),
        ("/sysmon/metrics", 401, ""),
        ("/nowhere", 404, "Такой страницы нет"),
    ],
)
async def test_an_installation_has_the_known_pages(estate: Estate, path: str, status: int, text: str) -> None:
    page = await visit(direct(estate, "romashka") + path)

    assert page.status == status
    assert text in page.text


async def test_licence_managers_take_connections(estate: Estate) -> None:
    host, _, port = rows(estate, 1)["tehprom"]["licman"].partition(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.close()
    await writer.wait_closed()


async def test_every_name_resolves_through_the_estate(estate: Estate) -> None:
    resolver = aiodns.DNSResolver(nameservers=list(estate.settings.dns_servers), timeout=2, tries=1)
    try:
        for name in [*estate.settings.reference_names, "r2.te-cloud.test", domain(estate, "tehprom").partition(":")[0]]:
            assert (await resolver.query_dns(name, "A")).answer
    finally:
        await resolver.close()


async def test_the_reference_host_answers(estate: Estate) -> None:
    assert (await visit(f"http://{estate.settings.reference_hosts[0]}")).status == 200


# ── broken ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("who", ["redirect", "client"])
@pytest.mark.parametrize(("state", "status"), [("500", 500), ("502", 502), ("503", 503)])
async def test_a_status_is_answered(estate: Estate, who: str, state: str, status: int) -> None:
    name, url = ("r1", gate(estate, "r1")) if who == "redirect" else ("vektor", direct(estate, "vektor"))
    await estate.change({who: name, "state": state})

    assert (await visit(url, host=domain(estate, "vektor"))).status == status


async def test_a_dead_kodweb_is_answered_for_by_nginx(estate: Estate) -> None:
    await estate.change({"client": "vektor", "state": "502"})

    assert (await visit(direct(estate, "vektor"))).headers["server"].startswith("nginx")


@pytest.mark.parametrize("who", ["redirect", "client"])
async def test_refusing_closes_the_listening_socket_and_mending_opens_it_again(estate: Estate, who: str) -> None:
    name, url = ("r1", gate(estate, "r1")) if who == "redirect" else ("vektor", direct(estate, "vektor"))
    for _ in range(3):
        await estate.change({who: name, "state": "refuse"})
        with pytest.raises(ConnectionRefusedError):
            await visit(url)
        await estate.change({who: name, "state": "ok"})
        assert (await visit(f"{url}/docs")).status == 200


async def test_refusing_cuts_whoever_is_inside(estate: Estate) -> None:
    await estate.change({"redirect": "r1", "state": "hang"})
    inside = asyncio.create_task(read_all(gate(estate, "r1"), within=5))
    await asyncio.sleep(0.05)
    await estate.change({"redirect": "r1", "state": "refuse"})

    with pytest.raises(ConnectionResetError):
        await inside


@pytest.mark.parametrize("who", ["redirect", "client"])
async def test_hanging_means_silence_and_dripping_means_no_end(estate: Estate, who: str) -> None:
    name, url = ("r1", gate(estate, "r1")) if who == "redirect" else ("vektor", direct(estate, "vektor"))
    for state in ("hang", "drip"):
        await estate.change({who: name, "state": state})
        with pytest.raises(TimeoutError):
            await read_all(url, within=0.6)


@pytest.mark.parametrize("who", ["redirect", "client"])
async def test_resets_and_garbage(estate: Estate, who: str) -> None:
    name, url = ("r1", gate(estate, "r1")) if who == "redirect" else ("vektor", direct(estate, "vektor"))
    await estate.change({who: name, "state": "reset"})
    with pytest.raises(ConnectionResetError):
        await read_all(url)

    await estate.change({who: name, "state": "garbage"})
    assert not (await read_all(url)).startswith(b"HTTP/")


@pytest.mark.slow
async def test_a_slow_server_answers_in_the_end(estate: Estate) -> None:
    await estate.change({"client": "vektor", "state": "slow"})
    with pytest.raises(TimeoutError):
        await read_all(direct(estate, "vektor"), within=1)
    assert (await visit(f"{direct(estate, 'vektor')}/docs", within=5)).status == 200


@pytest.mark.parametrize("who", ["redirect", "client"])
async def test_a_wrong_target_and_a_loop(estate: Estate, who: str) -> None:
    name, host = ("r1" if who == "redirect" else "vektor"), domain(estate, "vektor")
    await estate.change({who: name, "state": "wrong_target"})
    moved = await visit(gate(estate, "r1"), host=host)
    assert moved.headers["location"] != f"{direct(estate, 'vektor')}/docs"
    assert "Домен не обслуживается" in (await visit(moved.headers["location"])).text

    await estate.change({who: name, "state": "loop"})
    assert (await visit(gate(estate, "r1"), host=host)).headers["location"] == f"http://{host}/"


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ("key_lost", "ключ защиты не найден"),
        ("no_seats", "максимальное число подключений"),
        ("no_seats", "toomanyusers"),
        ("service_message", "обратитесь в службу поддержки"),
        ("emergency", "аварийном состоянии"),
        ("bad_login", "Ошибка авторизации"),
    ],
)
@pytest.mark.parametrize("name", ["romashka", "vektor"])
async def test_the_page_says_what_is_wrong_in_its_own_encoding(
    estate: Estate, name: str, state: str, text: str
) -> None:
    await estate.change({"client": name, "state": state})
    page = await visit(f"{direct(estate, name)}/docs")

    assert page.status == 200
    assert text in page.text


@pytest.mark.parametrize(
    ("state", "code"),
    [("dns_nxdomain", aiodns.error.ARES_ENOTFOUND), ("dns_servfail", aiodns.error.ARES_ESERVFAIL)],
)
@pytest.mark.parametrize("who", ["redirect", "client"])
async def test_names_fail_for_one_client_or_for_a_whole_redirect_server(
    estate: Estate, who: str, state: str, code: int
) -> None:
    await estate.change({who: "r1" if who == "redirect" else "vektor", "state": state})
    resolver = aiodns.DNSResolver(nameservers=list(estate.settings.dns_servers), timeout=1, tries=1)
    try:
        with pytest.raises(aiodns.error.DNSError) as caught:
            await resolver.query_dns(domain(estate, "vektor").partition(":")[0], "A")
        assert (await resolver.query_dns(domain(estate, "luch").partition(":")[0], "A")).answer
    finally:
        await resolver.close()

    assert caught.value.args[0] == code


async def test_a_licence_manager_refuses_while_its_kodweb_works(estate: Estate) -> None:
    await estate.change({"client": "tehprom", "state": "licman_refuse"})
    host, _, port = rows(estate, 1)["tehprom"]["licman"].partition(":")

    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(host, int(port))
    assert (await visit(f"{direct(estate, 'tehprom')}/docs")).status == 200


# ── wishes ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_state_is_told_with_its_possible_values(estate: Estate) -> None:
    await estate.change({"redirect": "r2", "state": "refuse"})
    told = estate.state()

    assert [(one["name"], one["state"]) for one in told["redirects"]] == [("r1", "ok"), ("r2", "refuse")]
    assert {"name": "zaslon", "title": "Заслон", "redirect": "", "state": "ok"} in told["clients"]
    assert [one["state"] for one in told["states"]["redirect"]] == list(OF_REDIRECT)
    assert [one["state"] for one in told["states"]["client"]] == list(OF_CLIENT)


@pytest.mark.parametrize(
    ("wish", "reason"),
    [
        ({"redirect": "r1", "state": "key_lost"}, "unknown state 'key_lost' of a redirect server; known: ok, refuse"),
        ({"redirect": "r1"}, "unknown state 'None'"),
        ({"redirect": "r9", "state": "ok"}, "no such redirect server: 'r9'"),
        ({"client": "nobody", "state": "ok"}, "no such client: 'nobody'"),
        ({"client": "vektor", "state": "on fire"}, "unknown state 'on fire' of a client"),
        ({"client": "teplo", "state": "refuse"}, "no public address"),
        ({"client": "romashka", "state": "licman_refuse"}, "no licence manager"),
        ({"client": "romashka", "redirect": "r1", "state": "ok"}, "either"),
        ({"state": "ok"}, "either"),
        ({"client": "romashka", "state": "ok", "colour": "red"}, "unknown: colour"),
    ],
)
async def test_a_wish_that_cannot_be_is_refused_with_its_reason(
    estate: Estate, wish: dict[str, object], reason: str
) -> None:
    with pytest.raises(EstateError, match=reason):
        await estate.change(wish)

    assert {one["state"] for one in estate.state()["clients"] + estate.state()["redirects"]} == {"ok"}


# ── sockets ───────────────────────────────────────────────────────────────────────────────────────────────────────


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts sockets in /proc")
async def test_no_socket_is_lost_over_many_breakings(tmp_path: Path) -> None:
    before = open_files()
    async with open_estate(now=noon, folder=tmp_path, free_ports=True) as estate:
        opened = open_files()
        url = gate(estate, "r1")
        for state in ["hang", "refuse", "ok", "drip", "reset", "refuse", "refuse", "ok", "ok"] * 5:
            await estate.change({"redirect": "r1", "state": state})
            await asyncio.gather(read_all(url, within=0.02), return_exceptions=True)
        await asyncio.sleep(0.05)
        assert open_files() == opened
    await asyncio.sleep(0)
    assert open_files() == before


async def test_a_taken_address_is_named(tmp_path: Path) -> None:
    async with open_estate(now=noon, folder=tmp_path, free_ports=True) as estate:
        listener = estate.network.gates["r1"]
        twin = type(listener)(listener.factory, listener.host, listener.port)
        with pytest.raises(EstateError, match=f"{listener.host}:{listener.port} is taken"):
            await twin.open()


async def test_a_second_demo_finds_room_beside_the_first(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with open_estate(now=noon, folder=tmp_path / "one") as first, open_estate(now=noon) as second:
        assert first.redirects["r1"].url != second.redirects["r1"].url
        assert first.settings.dns_servers != second.settings.dns_servers
        assert (await visit(second.redirects["r1"].url)).status == 200
    assert "is taken (by another demo?); taking whichever ports are free" in caplog.text


# ── crowds ────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_ten_thousand_clients_need_few_sockets(tmp_path: Path) -> None:
    async with build_estate(now=noon, clients=10_000, redirects=3, own=5, folder=tmp_path) as estate:
        clients = rows(estate, 1)
        assert len({row["address"] for row in clients.values()}) == 10_000
        for name in ("client10000", "client19999"):
            assert f"Клиент {name[6:]}" in (await visit(f"{clients[name]['address']}/docs")).text
        await estate.put_client("client19999", State.MAINTENANCE_503)
        assert (await visit(clients["client19999"]["address"])).status == 503
        assert (await visit(clients["client19998"]["address"])).status == 302
        with pytest.raises(EstateError, match="shares its listening socket"):
            await estate.put_client("client19999", State.REFUSE)
