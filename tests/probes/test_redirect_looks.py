"""A redirect server is looked at itself and through some of the domains behind it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from checks.model import Fault, LookKind
from tests.probes.conftest import Looking
from tests.wires import Handler, NameServer, answer, listening, moved

HOME = "http://127.0.0.9:8080/docs"


def by_host(**rules: bytes) -> Handler:
    """Answer by the first label of the Host header; a stranger gets 404."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        host = next(line[6:] for line in request.decode().split("\r\n") if line.lower().startswith("host: "))
        writer.write(rules.get(host.partition(".")[0], answer(404)))
        await writer.drain()

    return handle


async def test_each_sampled_domain_is_asked_at_the_server_itself_whatever_its_name_resolves_to(at: Looking) -> None:
    async with listening(by_host(a=moved(HOME), b=moved("http://127.0.0.8/"), c=answer(404))) as server:
        door = f"127.0.0.1:{server.port}"
        sample = ((f"http://a.test:{server.port}", HOME), ("http://b.test/", HOME), ("http://c.test", None))
        facts = await at(f"http://{door}", kind=LookKind.REDIRECT, through=door, sample=sample)
    assert (facts.fault, facts.status) == (None, 404)
    a, b, c = facts.samples
    assert (a.fault, a.status, a.hops[0].address, a.hops[0].location) == (None, 302, door, HOME)
    assert (b.fault, b.detail) == (Fault.WRONG_TARGET, "ведёт на 127.0.0.8:80 вместо 127.0.0.9:8080")
    assert (c.fault, c.status) == (None, 404)
    assert [one.target.url for one in facts.samples] == [url for url, _ in sample]


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        (moved(HOME), None),
        (moved("http://127.0.0.9:8080/elsewhere/on/the/same/server"), None),
        (moved("ftp://127.0.0.9/"), Fault.BAD_LOCATION),
        (answer(302), Fault.BAD_LOCATION),
        (answer(200, b"It is a parking place", server="nginx"), Fault.WRONG_TARGET),
        (answer(200, "Техэксперт".encode()), None),
        (answer(500), None),
        (moved("/again"), Fault.REDIRECT_LOOP),
    ],
)
async def test_what_the_server_says_of_a_domain_is_judged(reply: bytes, fault: Fault | None, at: Looking) -> None:
    async with listening(by_host(a=reply)) as server:
        door = f"127.0.0.1:{server.port}"
        sample = ((f"a.test:{server.port}", HOME),)
        facts = await at(door, kind=LookKind.REDIRECT, through=f"http://{door}/", sample=sample)
    assert facts.fault is None
    assert facts.samples[0].fault is fault


async def test_the_server_may_lead_to_https_of_the_same_name_first(at: Looking) -> None:
    async with listening(by_host(a=moved(HOME))) as second:
        onward = moved(f"http://a.test:{second.port}/")
        async with listening(by_host(a=onward)) as first:
            door = f"127.0.0.1:{first.port}"
            facts = await at(door, kind=LookKind.REDIRECT, through=door, sample=((f"a.test:{first.port}", HOME),))
    assert (facts.samples[0].fault, len(facts.samples[0].hops)) == (None, 2)


async def test_a_location_by_name_is_compared_by_address(at: Looking, names: NameServer) -> None:
    names.zone["home.test."] = ["127.0.0.9"]
    async with listening(by_host(a=moved("http://home.test:8080/"), b=moved("http://gone.test:8080/"))) as server:
        door = f"127.0.0.1:{server.port}"
        facts = await at(door, kind=LookKind.REDIRECT, through=door, sample=(("a.test", HOME), ("b.test", HOME)))
    assert [one.fault for one in facts.samples] == [None, Fault.WRONG_TARGET]


async def test_a_dead_server_is_not_asked_for_its_domains(at: Looking, names: NameServer) -> None:
    names.zone["r1.test."] = ["127.0.0.1"]
    facts = await at("r1.test:1", kind=LookKind.REDIRECT, through="r1.test:1", sample=(("a.test", HOME),))
    assert (facts.fault, facts.samples) == (Fault.REFUSED, ())
    unknown = await at("r2.test", kind=LookKind.REDIRECT, through="r2.test", sample=(("a.test", HOME),))
    assert unknown.fault is Fault.NAME_NOT_FOUND


async def test_a_nonsense_domain_in_the_sample_spoils_only_itself(at: Looking) -> None:
    async with listening(by_host(a=moved(HOME))) as server:
        door = f"127.0.0.1:{server.port}"
        facts = await at(door, kind=LookKind.REDIRECT, through=door, sample=(("no name", HOME), ("a.test", HOME)))
    assert [one.fault for one in facts.samples] == [Fault.BAD_ADDRESS, None]
    assert replace(facts, samples=()).fault is None
