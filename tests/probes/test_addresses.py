"""Which addresses may be dialled."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from checks.model import Fault, LookKind, Subject, SubjectKind, Target
from checks.probes import PRIVATE_NETWORKS, Engine, LookSettings, look
from checks.probes.addresses import refusal
from tests.builders import NOON
from tests.probes.conftest import Looking
from tests.wires import NameServer, answer, listening, moved

FORBIDDEN = [
    "127.0.0.1", "127.255.0.9", "::1", "0.0.0.0", "::", "169.254.0.5", "169.254.169.254", "fe80::1", "224.0.0.1",
    "ff02::1", "255.255.255.255", "240.0.0.1", "168.63.129.16", "100.100.100.200", "fd00:ec2::254", "192.0.0.192",
    "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::",
    "::127.0.0.1", "fec0::1",
]  # fmt: skip
PERMITTED = [
    "8.8.8.8", "2a00:1450:4010::5", "10.1.2.3", "172.16.0.9", "192.168.1.1", "100.64.1.1", "fd12::5",
    "::ffff:8.8.8.8", "::ffff:10.0.0.1",
]  # fmt: skip


@pytest.mark.parametrize("address", FORBIDDEN)
def test_as_shipped_our_own_door_and_the_clouds_keys_are_out_of_reach(address: str) -> None:
    assert refusal(address, PRIVATE_NETWORKS)


@pytest.mark.parametrize("address", PERMITTED)
def test_as_shipped_public_and_private_addresses_are_permitted(address: str) -> None:
    assert refusal(address, PRIVATE_NETWORKS) is None


@pytest.mark.parametrize("address", ["10.1.2.3", "192.168.1.1", "100.64.1.1", "fd12::5", "::ffff:10.0.0.1"])
def test_private_networks_need_to_be_allowed(address: str) -> None:
    assert refusal(address, ())


def test_what_is_allowed_is_permitted_but_the_clouds_keys_only_by_their_own_address() -> None:
    assert refusal("127.0.1.5", (ip_network("127.0.1.0/24"),)) is None
    assert refusal("127.0.2.5", (ip_network("127.0.1.0/24"),))
    assert refusal("169.254.169.254", (ip_network("169.254.0.0/16"),))
    assert refusal("169.254.169.254", (ip_network("169.254.169.254/32"),)) is None


@pytest.mark.parametrize("url", ["http://169.254.169.254/", "http://[::ffff:10.0.0.1]/", "http://inner.test/"])
async def test_a_forbidden_address_is_not_dialled(url: str, at: Looking, names: NameServer) -> None:
    names.zone["inner.test."] = ["10.0.0.1", "fe80::1"]
    facts = await at(url)
    assert (facts.fault, facts.hops[0].address) == (Fault.ADDRESS_FORBIDDEN, None)


async def test_a_redirect_cannot_lead_to_a_forbidden_address(at: Looking) -> None:
    async with listening(moved("http://169.254.169.254/latest/meta-data/")) as web:
        facts = await at(f"http://127.0.0.1:{web.port}/", kind=LookKind.DOMAIN)
    assert (facts.fault, facts.hops[1].address) == (Fault.ADDRESS_FORBIDDEN, None)


async def test_as_shipped_loopback_is_refused(names: NameServer) -> None:
    subject = Subject(SubjectKind.CLIENT, "romashka")
    async with (
        listening(answer(200)) as web,
        Engine.open(LookSettings(timeout=1, dns_servers=(names.address,))) as engine,
    ):
        target = Target(kind=LookKind.INSTALLATION, subject=subject, url=f"http://127.0.0.1:{web.port}/")
        facts = await look(target, engine=engine, at=NOON)
        assert web.connections == 0
    assert facts.fault is Fault.ADDRESS_FORBIDDEN
    assert "127.0.0.1" in facts.detail


async def test_of_mixed_addresses_only_the_permitted_are_dialled(at: Looking, names: NameServer) -> None:
    names.zone["mixed.test."] = ["10.0.0.1", "127.0.0.1"]
    async with listening(answer(200)) as web:
        facts = await at(f"http://mixed.test:{web.port}/")
    assert (facts.fault, facts.hops[0].address) == (None, f"127.0.0.1:{web.port}")
