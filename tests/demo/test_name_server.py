"""The tiny name server answers over UDP and TCP, fails as told, and shrugs at nonsense."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator

import aiodns
import dns.asyncquery
import dns.message
import dns.rcode
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.dns import Finding, Trouble, addresses, answer, open_dns

NAMES: dict[str, Finding] = {
    "r1.test": addresses("127.0.1.1"),
    "six.test": addresses("127.0.1.1", "::1"),
    "fails.test": Trouble.SERVER_FAILS,
    "silent.test": Trouble.SILENT,
}


def find(name: str) -> Finding:
    return NAMES.get(name, Trouble.NOT_FOUND)


@pytest.fixture
async def server() -> AsyncIterator[tuple[str, int]]:
    async with open_dns(find) as address:
        yield address


async def ask(server: tuple[str, int], name: str, kind: str = "A", *, tcp: bool = False) -> dns.message.Message:
    query = dns.message.make_query(name, kind)
    speak = dns.asyncquery.tcp if tcp else dns.asyncquery.udp
    return await speak(query, server[0], port=server[1], timeout=2)


def values(reply: dns.message.Message) -> list[str]:
    return [str(record) for records in reply.answer for record in records]


@pytest.mark.parametrize("tcp", [False, True])
async def test_a_known_name_has_its_address(server: tuple[str, int], tcp: bool) -> None:
    reply = await ask(server, "R1.Test.", tcp=tcp)

    assert reply.rcode() == dns.rcode.NOERROR
    assert values(reply) == ["127.0.1.1"]


@pytest.mark.parametrize(("kind", "expected"), [("A", ["127.0.1.1"]), ("AAAA", ["::1"]), ("TXT", [])])
async def test_each_kind_of_question_gets_its_own(server: tuple[str, int], kind: str, expected: list[str]) -> None:
    assert values(await ask(server, "six.test", kind)) == expected


@pytest.mark.parametrize("tcp", [False, True])
@pytest.mark.parametrize(
    ("name", "code"), [("nobody.test", dns.rcode.NXDOMAIN), ("fails.test", dns.rcode.SERVFAIL)], ids=str
)
async def test_trouble_has_its_code(server: tuple[str, int], name: str, code: dns.rcode.Rcode, tcp: bool) -> None:
    assert (await ask(server, name, tcp=tcp)).rcode() == code


async def test_a_silent_name_gets_no_answer_and_keeps_nobody_waiting(server: tuple[str, int]) -> None:
    silent = asyncio.ensure_future(ask(server, "silent.test"))
    assert values(await ask(server, "r1.test")) == ["127.0.1.1"]

    assert not silent.done()
    silent.cancel()


async def test_the_resolver_of_the_bot_understands_it(server: tuple[str, int]) -> None:
    resolver = aiodns.DNSResolver(nameservers=[f"{server[0]}:{server[1]}"], timeout=2, tries=1)
    try:
        found = await resolver.query_dns("r1.test", "A")
    finally:
        await resolver.close()

    assert [record.data.addr for record in found.answer] == ["127.0.1.1"]


async def test_several_questions_on_one_tcp_connection(server: tuple[str, int]) -> None:
    reader, writer = await asyncio.open_connection(*server)
    for name in ("r1.test", "nobody.test"):
        wire = dns.message.make_query(name, "A").to_wire()
        writer.write(struct.pack("!H", len(wire)) + wire)
    codes = []
    for _ in range(2):
        length = int.from_bytes(await reader.readexactly(2))
        codes.append(dns.message.from_wire(await reader.readexactly(length)).rcode())
    writer.close()
    await writer.wait_closed()

    assert codes == [dns.rcode.NOERROR, dns.rcode.NXDOMAIN]


@given(st.binary(max_size=64))
def test_nonsense_never_raises(query: bytes) -> None:
    answer(query, find)


@given(st.binary(max_size=40))
def test_a_question_cut_or_mangled_gets_an_error_or_nothing(tail: bytes) -> None:
    reply = answer(struct.pack("!6H", 7, 0x0100, 1, 0, 0, 0) + tail, find)

    assert reply is None or reply[:2] == b"\x00\x07"
