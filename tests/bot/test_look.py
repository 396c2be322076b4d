"""`smartbot look` shows one look in full to people and to programs."""

from __future__ import annotations

import io
import json
import ssl
import subprocess
import sys
from ipaddress import ip_network

import pytest
import trustme

from bot import clock
from bot.look import show, target_of
from checks.model import LookKind, Target
from checks.probes import LookSettings
from tests.builders import client, redirect
from tests.wires import answer, listening, moved

SETTINGS = LookSettings(timeout=1, allow_networks=(ip_network("127.0.0.0/8"),))
PAGE = answer(200, "<title>Техэксперт</title>Максимальное число подключений".encode(), server="WWW-Kodeks/6.4")


async def shown(*targets: Target, settings: LookSettings = SETTINGS) -> tuple[int, str]:
    out = io.StringIO()
    code = await show(targets, settings, at=clock.now(), out=out)
    return code, out.getvalue()


async def test_people_read_the_whole_way() -> None:
    async with listening(PAGE) as home, listening(moved(f"http://127.0.0.1:{home.port}/docs")) as entrance:
        url = f"http://127.0.0.1:{entrance.port}"
        code, text = await shown(Target(kind=LookKind.DOMAIN, subject=client(), url=url))
    assert code == 0
    assert f"1. {url}/ · адрес 127.0.0.1:{entrance.port} · код 302 · → http://127.0.0.1:{home.port}/docs" in text
    assert "WWW-Kodeks/6.4" in text
    assert "первый байт" in text
    assert "Страница: «Техэксперт»" in text
    assert "все места заняты («Техэксперт Максимальное число подключений»)" in text


async def test_people_read_the_reason() -> None:
    code, text = await shown(target_of("tcp://127.0.0.1:1"), target_of("http://169.254.169.254/"))
    assert code == 1
    assert "(refused)" in text
    assert "(address_forbidden)" in text


async def test_people_see_the_certificate(ca_at_hand: tuple[ssl.SSLContext, str]) -> None:
    context, ca_file = ca_at_hand
    async with listening(PAGE, tls=context) as web:
        settings = LookSettings(timeout=1, allow_networks=SETTINGS.allow_networks, ca_file=ca_file)
        code, text = await shown(target_of(f"https://127.0.0.1:{web.port}"), settings=settings)
        assert "сертификат: 127.0.0.1 · издатель" in text
        assert code == 0
        code, text = await shown(target_of(f"https://127.0.0.1:{web.port}"))
    assert code == 1
    assert "(tls_unknown_issuer)" in text
    assert "сертификат: 127.0.0.1 · издатель" in text


async def test_a_hostile_page_cannot_paint_the_terminal() -> None:
    reply = answer(200, b"<title>\x1b[31m[bold]red[/bold]\x07</title>", server="x\x1b[2J", content_type="text/html")
    async with listening(reply) as web:
        _, text = await shown(target_of(f"http://127.0.0.1:{web.port}"))
    assert "\x1b" not in text
    assert "[bold]red[/bold]" in text


async def test_a_redirect_server_is_shown_with_its_domains() -> None:
    async with listening(moved("http://127.0.0.9/")) as server:
        door = f"127.0.0.1:{server.port}"
        sample = (("http://a.test", "http://127.0.0.9/"), ("http://b.test", "http://127.0.0.8/"))
        target = Target(kind=LookKind.REDIRECT, subject=redirect(), url=door, through=door, sample=sample)
        code, text = await shown(target)
    assert code == 1
    assert "http://a.test → http://127.0.0.9/: код 302" in text
    assert "http://b.test → http://127.0.0.9/: переадресует не туда" in text


async def test_programs_read_json() -> None:
    async with listening(PAGE) as web:
        out = io.StringIO()
        target = target_of(f"http://127.0.0.1:{web.port}")
        assert await show([target], SETTINGS, at=clock.now(), as_json=True, out=out) == 0
    (seen,) = json.loads(out.getvalue())
    assert (seen["fault"], seen["status"], seen["marks"], seen["well"]) == (None, 200, ["no_seats"], True)
    assert seen["hops"][0]["phases"]["total"] > 0


def test_a_look_does_not_wait_for_the_bots_libraries() -> None:
    code = (
        "import sys, bot.look; sys.exit(any(name in sys.modules for name in ('aiogram', 'matplotlib', 'sqlalchemy')))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.fixture(scope="module")
def ca_at_hand(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, str]:
    ca, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1").configure_cert(context)
    path = tmp_path_factory.mktemp("issuers") / "ca.pem"
    ca.cert_pem.write_to_path(str(path))
    return context, str(path)
