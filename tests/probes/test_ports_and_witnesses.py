"""Licence managers are knocked at; witnesses of ourselves are looked at over httpx, by port or by name."""

from __future__ import annotations

import httpx
import pytest

from checks.model import Fault, LookKind
from checks.probes import Engine
from checks.probes.engine import Deadline
from checks.probes.transport import LookTransport, Unanswered
from tests.builders import NOON
from tests.probes.conftest import Looking
from tests.wires import NameServer, answer, keeps_silent, listening, moved


async def test_a_licence_manager_that_takes_connections_is_well(at: Looking, names: NameServer) -> None:
    names.zone["licman.test."] = ["127.0.0.1"]
    async with listening(keeps_silent) as web:
        facts = await at(f"licman.test:{web.port}", kind=LookKind.LICMAN)
    assert (facts.fault, facts.hops[0].address) == (None, f"127.0.0.1:{web.port}")
    assert facts.hops[0].phases.connect


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("127.0.0.1:1", Fault.REFUSED),
        ("gone.test:8888", Fault.NAME_NOT_FOUND),
        ("gone.test", Fault.NAME_NOT_FOUND),
        ("10.0.0.1:8888", Fault.ADDRESS_FORBIDDEN),
        ("two words:8888", Fault.BAD_ADDRESS),
        ("licman.test:0", Fault.BAD_ADDRESS),
        ("", Fault.BAD_ADDRESS),
    ],
)
async def test_a_licence_manager_fails_with_a_reason(url: str, fault: Fault, at: Looking) -> None:
    facts = await at(url, kind=LookKind.LICMAN)
    assert facts.fault is fault


@pytest.mark.parametrize("reply", [answer(200), answer(500), moved("http://elsewhere.test/")])
async def test_any_answer_of_a_witness_is_good(reply: bytes, at: Looking) -> None:
    async with listening(reply) as web:
        facts = await at(f"http://127.0.0.1:{web.port}/", kind=LookKind.REFERENCE)
        assert web.connections == 1
    assert facts.fault is None
    assert facts.status


async def test_a_witness_may_be_a_port_or_a_name(at: Looking, names: NameServer) -> None:
    names.zone["witness.test."] = ["203.0.113.5"]
    async with listening(keeps_silent) as web:
        assert (await at(f"127.0.0.1:{web.port}", kind=LookKind.REFERENCE)).fault is None
    assert (await at("dns:witness.test", kind=LookKind.REFERENCE)).hops[0].address == "203.0.113.5"
    assert (await at("dns:gone.test", kind=LookKind.REFERENCE)).fault is Fault.NAME_NOT_FOUND


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://gone.test/", "http://[/", "ftp://127.0.0.1/"])
async def test_a_witness_that_fails_gives_its_reason(url: str, at: Looking) -> None:
    facts = await at(url, kind=LookKind.REFERENCE)
    assert facts.fault in {Fault.REFUSED, Fault.NAME_NOT_FOUND, Fault.BAD_ADDRESS}


async def test_forms_are_posted_over_the_same_wire(engine: Engine) -> None:
    async with listening(answer(200, "да".encode(), content_type="text/plain; charset=utf-8")) as web:
        transport = LookTransport(engine, at=NOON, deadline=Deadline.after(1))
        async with httpx.AsyncClient(transport=transport, trust_env=False) as client:
            response = await client.post(f"http://127.0.0.1:{web.port}/users/login.asp", data={"user": "smartlogin"})
    assert response.text == "да"
    assert response.extensions["hop"].address == f"127.0.0.1:{web.port}"
    head = web.requests[0].decode().lower()
    assert head.startswith("post /users/login.asp http/1.1")
    assert head.count("content-length: 15") == 1
    assert head.count("host: ") == 1


async def test_a_client_over_the_wire_is_refused_what_a_look_is_refused(engine: Engine) -> None:
    transport = LookTransport(engine, at=NOON, deadline=Deadline.after(1))
    async with httpx.AsyncClient(transport=transport, trust_env=False) as client:
        with pytest.raises(Unanswered) as refused:
            await client.get("http://169.254.169.254/latest/meta-data/")
    assert refused.value.hop.fault is Fault.ADDRESS_FORBIDDEN
