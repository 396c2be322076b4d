"""The estate through the product's own eyes: lists imported, probes looking, facts read.

As shipped nothing fails; each state fails exactly the checks that it should.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.config import TEXTS
from checks import estate as estates
from checks.facts import read
from checks.model import Outcome, Target
from checks.probes import Engine, LookSettings, look
from demo.estate import Estate, EstateError, open_estate
from handlers.imports import Author, ListFile, Verdict, apply, propose
from storage import estate as stored
from storage.database import Database
from storage.secrets import Vault

Failed = dict[tuple[str, str], str]


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - certificates are verified by the real clock


@dataclass
class Eyes:
    estate: Estate
    watched: estates.Estate
    engine: Engine

    async def look(self, target: Target) -> Failed:
        facts = await look(target, engine=self.engine, at=now())
        failed = [one for one in read(facts) if one.outcome is Outcome.FAIL]
        return {(one.subject.name, one.code): one.reason for one in failed}

    async def see(self, *names: str) -> Failed:
        """Look at these (or at everybody) in every way they deserve; return what fails and why."""
        wanted = [one for one in estates.targets(self.watched) if not names or one.subject.name in names]
        found: Failed = {}
        for failed in await asyncio.gather(*(self.look(target) for target in wanted)):
            found |= failed
        return found


@pytest.fixture
async def eyes(tmp_path: Path, database: Database) -> AsyncIterator[Eyes]:
    async with open_estate(now=now, folder=tmp_path, free_ports=True, tls=True) as estate:
        told = estate.settings
        settings = LookSettings(
            timeout=3,
            dns_servers=told.dns_servers,
            allow_networks=tuple(ip_network(one) for one in told.allow_networks),
            ca_file=str(told.ca_file),
            texts=TEXTS,
        )
        async with Engine.open(settings) as engine:
            yield Eyes(estate, await imported(database, told.lists), engine)


async def imported(database: Database, lists: tuple[Path, ...]) -> estates.Estate:
    """Bring the estate's own lists in by the ordinary way."""
    vault = Vault(Fernet.generate_key())
    files = [ListFile(path.name, path.read_bytes()) for path in lists]
    proposal = await propose(database, files, vault=vault, now=now())
    assert [file.refused for file in proposal.files] == [0, 0]
    assert proposal.remarks == ()
    assert proposal.id is not None
    outcome = await apply(database, proposal.id, vault=vault, by=Author(id=None, name="demo"), now=now())
    assert outcome.verdict is Verdict.APPLIED
    async with database.read() as connection:
        return await stored.load(connection)


async def test_as_shipped_everybody_is_known_and_nothing_fails(eyes: Eyes) -> None:
    assert len(eyes.watched.clients) == 40
    assert len(list(estates.targets(eyes.watched))) == 2 + 36 * 2 + 12
    assert await eyes.see() == {}


BEHIND_R2 = {
    "luch", "rassvet", "topaz", "inzhstroy", "promtrans", "ekologia", "beton", "vostok", "standart", "kompressor",
    "radius", "sudoremont",
}  # fmt: skip


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("refuse", "refused"),
        pytest.param("hang", "no_answer", marks=pytest.mark.slow),
        pytest.param("drip", "dripping", marks=pytest.mark.slow),
        ("reset", "reset"),
        ("garbage", "not_http"),
        ("500", "status_500"),
        ("502", "status_502"),
        ("503", "status_503"),
    ],
)
async def test_a_broken_redirect_server_fails_itself_and_every_domain_behind_it(
    eyes: Eyes, state: str, reason: str
) -> None:
    await eyes.estate.change({"redirect": "r2", "state": state})
    seen = await eyes.see("r2", *BEHIND_R2)

    assert seen.pop(("r2", "RedirectServerDown")) == reason
    assert seen == {(name, "DomainUnreachable"): reason for name in BEHIND_R2}
    assert await eyes.see("r1", "romashka") == {}


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("refuse", {"KodeksTcpStatus": "refused"}),
        pytest.param("hang", {"KodeksHttp200Status": "no_answer"}, marks=pytest.mark.slow),
        pytest.param("drip", {"KodeksHttp200Status": "dripping"}, marks=pytest.mark.slow),
        ("reset", {"KodeksHttp200Status": "reset"}),
        ("garbage", {"KodeksHttp200Status": "not_http"}),
        ("500", {"KodeksHttp200Status": "status_500"}),
        ("502", {"KodeksBehindProxyDown": "status_502"}),
        ("503", {"KodeksMaintenance": "status_503", "KodeksMaintenanceToLong": "status_503"}),
        ("wrong_target", {"RedirectWrongTarget": "wrong_target"}),
        ("loop", {"RedirectWrongTarget": "redirect_loop"}),
        ("key_lost", {"KodeksOnlineSensLockCheck": "key_inactive"}),
        ("no_seats", {"KodeksLimitsUsers": "no_seats"}),
        ("service_message", {"KodeksNeedSupport": "service_message"}),
        ("emergency", {"KodeksWarning": "emergency"}),
        ("licman_refuse", {"LicmanTcpStatus": "refused"}),
        ("dns_nxdomain", {"DomainNotResolved": "name_not_found"}),
        ("dns_servfail", {"DomainNotResolved": "resolver_fails"}),
        pytest.param("dns_timeout", {"DomainNotResolved": "resolver_timeout"}, marks=pytest.mark.slow),
        ("uploads_stop", {}),
        ("main_page_broken", {}),
        ("product_set_broken", {}),
    ],
)
async def test_a_broken_client_fails_the_checks_that_it_should_and_no_other(
    eyes: Eyes, state: str, expected: dict[str, str]
) -> None:
    await eyes.estate.change({"client": "tehprom", "state": state})

    assert await eyes.see("tehprom", "r1") == {("tehprom", code): reason for code, reason in expected.items()}
    await eyes.estate.change({"client": "tehprom", "state": "ok"})
    assert await eyes.see("tehprom", "r1") == {}


async def test_an_expired_certificate_is_seen_as_such(eyes: Eyes) -> None:
    await eyes.estate.change({"client": "granit", "state": "tls_expired"})

    assert (await eyes.see("granit"))["granit", "CertificateInvalid"] == "tls_expired"


@pytest.mark.parametrize("state", ["wrong_target", "loop"])
async def test_a_redirect_server_that_leads_everybody_astray_is_seen(eyes: Eyes, state: str) -> None:
    await eyes.estate.change({"redirect": "r2", "state": state})
    reason = "wrong_target" if state == "wrong_target" else "redirect_loop"

    assert (await eyes.see("r2", "luch")) == {
        ("r2", "RedirectServerDown"): reason,
        ("luch", "RedirectWrongTarget"): reason,
    }


async def test_a_cut_network_hides_everybody_until_it_is_back(eyes: Eyes) -> None:
    await eyes.estate.change({"client": "romashka", "state": "refuse"})
    await eyes.estate.change({"network": "lost"})
    failed = await eyes.see("vektor", "r1")
    assert failed["r1", "RedirectServerDown"] == "refused"
    assert failed["vektor", "KodeksTcpStatus"] == "refused"
    assert eyes.estate.state()["network"] == "lost"

    await eyes.estate.change({"client": "vektor", "state": "ok"})
    assert ("vektor", "KodeksTcpStatus") in await eyes.see("vektor")
    await eyes.estate.change({"network": "ok"})

    assert set(await eyes.see("vektor", "r1", "romashka")) == {("romashka", "KodeksTcpStatus")}
    with pytest.raises(EstateError, match="known: ok, lost"):
        await eyes.estate.change({"network": "slow"})
