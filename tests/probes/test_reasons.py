"""Every reason that people are told apart, each from a real server on loopback."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Iterator

import pytest

from checks.model import Fault
from tests.probes.conftest import Looking
from tests.wires import Handler, NameServer, answer, drips, keeps_silent, listening, moved, resets, says

OK = b"HTTP/1.1 200 OK\r\n"
PROMISED = 1.0
SLACK = 0.8

CASES: list[tuple[Handler | bytes, Fault]] = [
    (keeps_silent, Fault.NO_ANSWER),
    (drips(b"HT", b""), Fault.NO_ANSWER),
    (drips(OK, b"X-Drip: 1\r\n"), Fault.DRIPPING),
    (drips(OK + b"X-Drip: ", b"x"), Fault.DRIPPING),
    (drips(OK + b"Content-Length: 1000\r\n\r\n", b"x"), Fault.DRIPPING),
    (drips(OK + b"\r\n", b"x"), Fault.DRIPPING),
    (drips(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"), Fault.DRIPPING),
    (resets, Fault.RESET),
    (says(b""), Fault.RESET),
    (says(OK + b"Content-Length: 1000\r\n\r\nhalf"), Fault.RESET),
    (says(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhel"), Fault.RESET),
    (says(b"SSH-2.0-OpenSSH_9.2\r\n"), Fault.NOT_HTTP),
    (says(b"\x16\x03\x01\x02\x00\x01\x00" * 20), Fault.NOT_HTTP),
    (says(b"220 mail.example ESMTP\r\n"), Fault.NOT_HTTP),
    (says(b"HTTP/1.1 2000 What\r\n\r\n"), Fault.NOT_HTTP),
    (says(b"HTTP/1.1 OK\r\n\r\n"), Fault.NOT_HTTP),
    (says(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nhello"), Fault.NOT_HTTP),
    (says(OK + b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello"), Fault.NOT_HTTP),
    (drips(OK + b"\r\n", b"x" * 65536, pause=0), Fault.TOO_LARGE),
    (drips(OK, b"X-Long: " + b"x" * 1000 + b"\r\n", pause=0), Fault.TOO_LARGE),
    (drips(OK + b"X-Long: ", b"x" * 1000, pause=0), Fault.TOO_LARGE),
    (says(answer(200, gzip.compress(b"\0" * (8 << 20)), content_encoding="gzip")), Fault.TOO_LARGE),
    (says(answer(302)), Fault.BAD_LOCATION),
    (moved(""), Fault.BAD_LOCATION),
    (moved("file:///etc/passwd"), Fault.BAD_LOCATION),
    (moved("ftp://127.0.0.1/"), Fault.BAD_LOCATION),
    (moved("http://127.0.0.1:99999/"), Fault.BAD_LOCATION),
    (moved("http://user:secret@127.0.0.1/"), Fault.BAD_LOCATION),
    (moved("/"), Fault.REDIRECT_LOOP),
    (says(answer(302, Location="/a", X="1").replace(b"X: 1", b"Location: /b")), Fault.BAD_LOCATION),
]


@pytest.fixture
def seconds() -> float:
    return PROMISED


@pytest.mark.parametrize(("handler", "fault"), CASES, ids=[f"{i}-{fault}" for i, (_, fault) in enumerate(CASES)])
async def test_each_way_to_fail_has_its_own_name_and_none_outlasts_the_deadline(
    handler: Handler | bytes, fault: Fault, at: Looking
) -> None:
    async with listening(handler) as web:
        facts = await at(f"http://127.0.0.1:{web.port}/")
    assert (facts.fault, facts.hops[-1].fault) == (fault, fault), facts
    assert facts.detail
    assert facts.elapsed < PROMISED + SLACK


async def test_a_secure_port_that_accepts_and_falls_silent_gives_no_answer(at: Looking) -> None:
    async with listening(keeps_silent) as web:
        facts = await at(f"https://127.0.0.1:{web.port}/")
    assert facts.fault is Fault.NO_ANSWER
    assert "TLS" in facts.detail


async def test_too_many_redirects(at: Looking) -> None:
    async def onward(reader: object, writer: object) -> None:
        line = (await reader.readuntil(b"\r\n\r\n")).split()[1]  # type: ignore[attr-defined]
        writer.write(moved(line.decode() + "a"))  # type: ignore[attr-defined]

    async with listening(onward) as web:
        facts = await at(f"http://127.0.0.1:{web.port}/")
    assert facts.fault is Fault.TOO_MANY_REDIRECTS
    assert len(facts.hops) == 9


async def test_a_closed_port_refuses(at: Looking, closed_port: int) -> None:
    facts = await at(f"http://127.0.0.1:{closed_port}/")
    assert (facts.fault, facts.hops[0].address) == (Fault.REFUSED, f"127.0.0.1:{closed_port}")
    assert facts.hops[0].phases.connect is None


async def test_a_port_that_lets_nobody_in_times_out(at: Looking, full_port: int) -> None:
    facts = await at(f"http://127.0.0.1:{full_port}/")
    assert facts.fault is Fault.CONNECT_TIMEOUT
    assert facts.elapsed < PROMISED + SLACK


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ("nxdomain", Fault.NAME_NOT_FOUND),
        ([], Fault.NAME_EMPTY),
        ("servfail", Fault.RESOLVER_FAILS),
        ("refused", Fault.RESOLVER_FAILS),
        ("silence", Fault.RESOLVER_TIMEOUT),
    ],
)
async def test_names_fail_in_their_own_ways(
    rule: list[str] | str, fault: Fault, at: Looking, names: NameServer
) -> None:
    names.zone["romashka.test."] = rule
    facts = await at("http://romashka.test/")
    assert (facts.fault, facts.hops[0].fault, facts.hops[0].address) == (fault, fault, None)
    assert facts.elapsed < PROMISED + SLACK


@pytest.mark.parametrize(
    "url",
    [
        "http://",
        "http://host name/",
        "ftp://host/",
        "file:///etc/passwd",
        "http://h:99999/",
        "http://[::1/",
        "http://1.2.3/",
    ],
)
async def test_an_address_that_cannot_be_looked_at(url: str, at: Looking) -> None:
    facts = await at(url)
    assert (facts.fault, facts.hops) == (Fault.BAD_ADDRESS, ())


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port that nobody else can take meanwhile: bound, but not listening."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@pytest.fixture
def full_port() -> Iterator[int]:
    """A listener whose queue is full, so that the next handshake gets no answer."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = []
        for _ in range(3):
            line = socket.socket()
            line.setblocking(False)
            line.connect_ex(listener.getsockname())
            waiting.append(line)
        yield listener.getsockname()[1]
        for line in waiting:
            line.close()
