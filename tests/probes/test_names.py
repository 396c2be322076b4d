"""Names: remembered for a moment when good, asked anew when bad; /etc/hosts when no servers are configured."""

from __future__ import annotations

import asyncio

import pytest

from checks.model import Fault
from checks.probes import Engine
from checks.probes.dns import Resolver
from checks.probes.failure import LookFailed
from tests.wires import NameServer


async def test_a_good_answer_is_asked_for_once(names: NameServer) -> None:
    names.zone["a.test."] = ["127.0.0.1", "::1"]
    resolver = Resolver((names.address,), wait=4)
    assert [await resolver.addresses("a.test") for _ in range(5)] == [("127.0.0.1", "::1")] * 5
    assert len(names.asked) == 2
    await resolver.close()


async def test_an_answer_without_time_to_live_is_asked_for_every_time(names: NameServer) -> None:
    names.zone["a.test."], names.ttl = ["127.0.0.1"], 0
    resolver = Resolver((names.address,), wait=4)
    await resolver.addresses("a.test")
    asked = len(names.asked)
    await resolver.addresses("a.test")
    assert len(names.asked) > asked
    await resolver.close()


async def test_a_name_without_ipv6_is_not_asked_for_it_every_time(names: NameServer) -> None:
    names.zone["a.test."], names.ttl = ["127.0.0.1"], 0
    resolver = Resolver((names.address,), wait=4)
    assert [await resolver.addresses("a.test") for _ in range(5)] == [("127.0.0.1",)] * 5
    assert len(names.asked) == 6
    await resolver.close()


async def test_a_name_that_has_moved_to_ipv6_alone_is_found_there(names: NameServer) -> None:
    names.zone["a.test."], names.ttl = ["127.0.0.1"], 0
    resolver = Resolver((names.address,), wait=4)
    await resolver.addresses("a.test")
    names.zone["a.test."] = ["::1"]
    assert await resolver.addresses("a.test") == ("::1",)
    await resolver.close()


async def test_a_name_without_ipv6_that_vanishes_fails_at_the_next_question(names: NameServer) -> None:
    names.zone["a.test."], names.ttl = ["127.0.0.1"], 0
    resolver = Resolver((names.address,), wait=4)
    await resolver.addresses("a.test")
    names.zone["a.test."] = "nxdomain"
    with pytest.raises(LookFailed) as failed:
        await resolver.addresses("a.test")
    assert failed.value.fault is Fault.NAME_NOT_FOUND
    await resolver.close()


@pytest.mark.parametrize("rule", ["nxdomain", [], "servfail", "refused", "silence"])
async def test_a_failing_name_is_asked_anew_and_found_as_soon_as_it_is_there(
    rule: list[str] | str, names: NameServer
) -> None:
    names.zone["a.test."] = rule
    resolver = Resolver((names.address,), wait=0.5)
    for _ in range(3):
        before = len(names.asked)
        with pytest.raises(LookFailed):
            await resolver.addresses("a.test")
        assert len(names.asked) > before
    names.zone["a.test."] = ["127.0.0.1"]
    assert await resolver.addresses("a.test") == ("127.0.0.1",)
    await resolver.close()


async def test_a_witness_is_asked_past_everything_remembered(names: NameServer, engine: Engine) -> None:
    names.zone["witness.test."] = ["203.0.113.5"]
    assert [await engine.resolves("witness.test") for _ in range(3)] == [True] * 3
    assert len(names.asked) == 6
    names.zone["witness.test."] = "servfail"
    assert not await engine.resolves("witness.test")


async def test_hung_names_do_not_keep_healthy_ones_waiting(names: NameServer) -> None:
    names.zone |= {f"hung{n}.test.": "silence" for n in range(20)}
    names.zone |= {f"well{n}.test.": ["127.0.0.1"] for n in range(60)}
    resolver = Resolver((names.address,), wait=2)
    hung = [asyncio.create_task(resolver.addresses(f"hung{n}.test")) for n in range(20)]
    async with asyncio.timeout(1.9):
        well = await asyncio.gather(*(resolver.addresses(f"well{n}.test") for n in range(60)))
    assert set(well) == {("127.0.0.1",)}
    failures = await asyncio.gather(*hung, return_exceptions=True)
    assert {one.fault for one in failures if isinstance(one, LookFailed)} == {Fault.RESOLVER_TIMEOUT}
    await resolver.close()


async def test_a_server_that_answers_only_for_one_family_is_enough(names: NameServer) -> None:
    names.zone["six.test."] = ["::1"]
    resolver = Resolver((names.address,), wait=4)
    assert await resolver.addresses("six.test") == ("::1",)
    await resolver.close()


async def test_a_dead_name_server_is_not_a_missing_name() -> None:
    resolver = Resolver(("127.0.0.1:1",), wait=4)
    with pytest.raises(LookFailed) as failed:
        await resolver.addresses("a.test")
    assert failed.value.fault in {Fault.RESOLVER_FAILS, Fault.RESOLVER_TIMEOUT}
    await resolver.close()


async def test_without_servers_the_machines_own_list_of_hosts_counts() -> None:
    resolver = Resolver((), wait=4)
    assert "127.0.0.1" in await resolver.addresses("localhost")
    await resolver.close()
