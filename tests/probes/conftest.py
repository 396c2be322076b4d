"""An engine that may look at loopback, a name server of its own, and an issuer of certificates it trusts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import trustme

from checks.model import Facts, LookKind, Subject, SubjectKind, Target
from checks.probes import Engine, LookSettings, look
from tests.builders import NOON
from tests.wires import NameServer, naming

LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))

Looking = Callable[..., Awaitable[Facts]]


@pytest.fixture(scope="session")
def ca() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def ca_file(ca: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path: Path = tmp_path_factory.mktemp("issuers") / "ca.pem"
    ca.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture
async def names() -> AsyncIterator[NameServer]:
    async with naming() as server:
        yield server


@pytest.fixture
def seconds() -> float:
    """How long a look may take: long enough for a busy machine; modules about time have a shorter one."""
    return 5.0


@pytest.fixture
async def settings(names: NameServer, ca_file: str, seconds: float) -> LookSettings:
    return LookSettings(timeout=seconds, dns_servers=(names.address,), allow_networks=LOOPBACK, ca_file=ca_file)


@pytest.fixture
async def engine(settings: LookSettings) -> AsyncIterator[Engine]:
    async with Engine.open(settings) as opened:
        yield opened


@pytest.fixture
def at(engine: Engine) -> Looking:
    """Look at a URL: ``await at("http://…", kind=LookKind.DOMAIN, expect=…)``."""

    async def once(url: str, *, kind: LookKind = LookKind.INSTALLATION, moment: Any = NOON, **rest: Any) -> Facts:
        subject = Subject(SubjectKind.CLIENT, "romashka")
        return await look(Target(kind=kind, subject=subject, url=url, **rest), engine=engine, at=moment)

    return once
