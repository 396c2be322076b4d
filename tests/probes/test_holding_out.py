"""Looks hold out: many at once, cancelled ones, mangled answers, no sockets left, slow chains of redirects."""

from __future__ import annotations

import asyncio
import gzip
import random
import subprocess
import sys
import zlib

import pytest

from checks.model import Fault, LookKind, Target
from checks.probes import Engine, LookSettings, look
from tests.builders import NOON, client
from tests.probes.conftest import Looking
from tests.wires import NameServer, answer, keeps_silent, listening, moved, says

PROMISED = 1.0
PAGE = "<title>Техэксперт</title>".encode()


@pytest.fixture
def seconds() -> float:
    return PROMISED


async def test_slow_hops_share_one_deadline(at: Looking) -> None:
    async def onward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
        await asyncio.sleep(0.4)
        writer.write(moved(path + "a"))
        await writer.drain()

    async with listening(onward) as web:
        facts = await at(f"http://127.0.0.1:{web.port}/", kind=LookKind.DOMAIN)
    assert facts.fault is Fault.NO_ANSWER
    assert len(facts.hops) == 3
    assert facts.elapsed < 2 * PROMISED


async def test_an_entrance_that_eats_the_time_is_not_told_as_a_dead_installation(at: Looking) -> None:
    async with listening(answer(200, PAGE)) as home:

        async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            await asyncio.sleep(0.95 * PROMISED)
            writer.write(moved(f"http://127.0.0.1:{home.port}/"))
            await writer.drain()

        async with listening(slow) as entrance:
            facts = await at(f"http://127.0.0.1:{entrance.port}/", kind=LookKind.DOMAIN)
    assert facts.fault in {Fault.DRIPPING, Fault.NO_ANSWER}
    assert len(facts.hops) == 1


async def test_a_name_that_hangs_at_the_last_hop_does_not_outlast_the_look(at: Looking, names: NameServer) -> None:
    names.zone["home.test."] = "silence"

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(0.7 * PROMISED)
        writer.write(moved("http://home.test/"))
        await writer.drain()

    async with listening(slow) as entrance:
        facts = await at(f"http://127.0.0.1:{entrance.port}/", kind=LookKind.DOMAIN, expect="http://other.test/")
    assert facts.hops[-1].fault is Fault.RESOLVER_TIMEOUT
    assert facts.elapsed < 1.5 * PROMISED


async def test_a_silent_server_costs_one_deadline_with_all_its_samples(at: Looking) -> None:
    async with listening(keeps_silent) as server:
        door = f"127.0.0.1:{server.port}"
        facts = await at(door, kind=LookKind.REDIRECT, through=door, sample=(("a.test", None),) * 5)
    assert facts.fault is Fault.NO_ANSWER
    assert facts.elapsed < 2 * PROMISED


async def test_slow_looks_delay_nobody(at: Looking) -> None:
    async with listening(keeps_silent) as dead, listening(answer(200, PAGE)) as well:
        hanging = [asyncio.create_task(at(f"http://127.0.0.1:{dead.port}/")) for _ in range(20)]
        quick = await asyncio.gather(*(at(f"http://127.0.0.1:{well.port}/") for _ in range(20)))
        assert {facts.fault for facts in quick} == {None}
        assert not any(task.done() for task in hanging)
        assert {facts.fault for facts in await asyncio.gather(*hanging)} == {Fault.NO_ANSWER}


async def test_a_cancelled_look_leaves_nothing_behind(at: Looking, engine: Engine) -> None:
    async with listening(keeps_silent) as web, listening(answer(200, PAGE)) as well:
        hanging = [asyncio.create_task(at(f"http://127.0.0.1:{web.port}/")) for _ in range(5)]
        await asyncio.sleep(0.1)
        for task in hanging:
            task.cancel()
        ended = await asyncio.gather(*hanging, return_exceptions=True)
        assert all(isinstance(one, asyncio.CancelledError) for one in ended)
        assert engine.wire.busy == 0
        assert (await at(f"http://127.0.0.1:{well.port}/")).fault is None


@pytest.mark.parametrize(("name", "packed"), [("gzip", gzip.compress(PAGE, mtime=0)), ("deflate", zlib.compress(PAGE))])
async def test_packed_pages_are_unpacked(name: str, packed: bytes, at: Looking) -> None:
    async with listening(answer(200, packed, content_encoding=name)) as web:
        facts = await at(f"http://127.0.0.1:{web.port}/")
    assert (facts.fault, facts.title) == (None, "Техэксперт")


async def test_no_mangled_answer_makes_a_look_fail_on_our_side(at: Looking) -> None:
    chance = random.Random(20221115)
    whole = answer(200, PAGE, content_type="text/html; charset=utf-8", server="WWW-Kodeks/6.4") + moved("http://x/")
    replies = [mangled(whole, chance) for _ in range(120)]

    async def once(reply: bytes) -> Fault | None:
        async with listening(says(reply)) as web:
            return (await at(f"http://127.0.0.1:{web.port}/")).fault

    seen = set(await asyncio.gather(*map(once, replies)))
    assert Fault.OURSELVES not in seen
    assert seen >= {None, Fault.NOT_HTTP}


def mangled(reply: bytes, chance: random.Random) -> bytes:
    raw = bytearray(reply)
    for _ in range(chance.randint(1, 12)):
        place = chance.randrange(len(raw))
        match chance.randrange(3):
            case 0:
                raw[place] = chance.randrange(256)
            case 1:
                del raw[place : place + chance.randrange(1, 20)]
            case _:
                raw[place:place] = chance.choice([b"\r\n", b"\0", b":", b" ", b"\n\n", b"\xff" * 9, b"Location: "])
    return bytes(raw)


NO_SOCKETS = """
import asyncio, resource, sys
from ipaddress import ip_network
from checks.model import *
from checks.probes import *
from bot import clock
async def main():
    settings = LookSettings(timeout=1, allow_networks=(ip_network("127.0.0.0/8"),))
    async with Engine.open(settings) as engine:
        subject = Subject(SubjectKind.CLIENT, "romashka")
        resource.setrlimit(resource.RLIMIT_NOFILE, (4, 4096))
        for kind, url in (LookKind.INSTALLATION, "http://127.0.0.1:1/"), (LookKind.LICMAN, "127.0.0.1:1"):
            print((await look(Target(kind=kind, subject=subject, url=url), engine=engine, at=clock.now())).fault)
asyncio.run(main())
"""


def test_without_sockets_the_failure_is_ours_not_the_clients() -> None:
    done = subprocess.run([sys.executable, "-c", NO_SOCKETS], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.split() == ["ourselves", "ourselves"], done.stderr


async def test_a_fault_in_our_own_code_is_ours(settings: LookSettings) -> None:
    async with Engine.open(settings) as engine:
        pass
    target = Target(kind=LookKind.INSTALLATION, subject=client(), url="http://127.0.0.1:1/")
    facts = await look(target, engine=engine, at=NOON)
    assert facts.fault is Fault.OURSELVES
    assert facts.detail
