"""Two clients of the estate may show certificates of its own authority, good ones and expired ones."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from demo.estate import Estate, EstateError, open_estate


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - certificates are verified by the real clock


async def greet(estate: Estate, name: str) -> ssl.SSLObject:
    parts = urlsplit(estate.installations[name].url)
    trust = ssl.create_default_context(cafile=str(estate.settings.ca_file))
    _, writer = await asyncio.open_connection(parts.hostname, parts.port, ssl=trust)
    try:
        spoken = writer.get_extra_info("ssl_object")
        assert isinstance(spoken, ssl.SSLObject)
        return spoken
    finally:
        writer.transport.abort()


async def test_a_certificate_is_trusted_expires_and_is_renewed(tmp_path: Path) -> None:
    async with open_estate(now=now, folder=tmp_path, free_ports=True, tls=True) as estate:
        assert estate.installations["granit"].url.startswith("https://127.")
        await greet(estate, "granit")

        await estate.change({"client": "granit", "state": "tls_expired"})
        with pytest.raises(ssl.SSLCertVerificationError, match="expired"):
            await greet(estate, "granit")
        await greet(estate, "radius")

        await estate.change({"client": "granit", "state": "ok"})
        await greet(estate, "granit")


async def test_a_client_without_a_certificate_cannot_let_it_expire(tmp_path: Path) -> None:
    async with open_estate(now=now, folder=tmp_path, free_ports=True) as estate:
        assert estate.settings.ca_file is None
        with pytest.raises(EstateError, match="granit has no certificate"):
            await estate.change({"client": "granit", "state": "tls_expired"})
