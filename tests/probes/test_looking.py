"""What a look brings home: the way, the times, the certificate, the page."""

from __future__ import annotations

import asyncio
import ssl
from datetime import timedelta
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot import clock
from checks.model import Facts, Fault, LookKind, Mark
from tests.probes.conftest import Looking
from tests.wires import NameServer, answer, listening, moved, resets

PAGE = "<html><head><title>Техэксперт</title></head><body>Добро пожаловать</body></html>"
KODWEB = "WWW-Kodeks/6.4"


def kodweb(text: str = PAGE, status: int = 200, encoding: str = "cp1251") -> bytes:
    return answer(status, text.encode(encoding), server=KODWEB, content_type=f"text/html; charset={encoding}")


def serving(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


async def test_an_installation_tells_its_server_title_and_times(at: Looking) -> None:
    async with listening(kodweb()) as web:
        facts = await at(f"http://127.0.0.1:{web.port}/docs")
    assert (facts.fault, facts.status, facts.server, facts.title) == (None, 200, KODWEB, "Техэксперт")
    hop = facts.hops[0]
    assert hop.address == f"127.0.0.1:{web.port}"
    assert hop.phases.dns is not None
    assert 0 < (hop.phases.connect or 0) < (hop.phases.total or 0) <= facts.elapsed
    assert hop.phases.first_byte is not None
    assert hop.phases.tls is None
    assert not facts.behind_proxy


@pytest.mark.parametrize("encoding", ["cp1251", "utf-8"])
async def test_a_page_says_that_all_seats_are_taken(encoding: str, at: Looking) -> None:
    text = "<p>Достигнуто  максимальное\nчисло <b>подключений</b>, попробуйте позже</p>"
    async with listening(kodweb(text, encoding=encoding)) as web:
        facts = await at(f"http://127.0.0.1:{web.port}/")
    assert facts.marks == {Mark.NO_SEATS}
    assert facts.excerpt == "Достигнуто максимальное число подключений , попробуйте позже"


async def test_maintenance_is_an_answer_not_a_fault(at: Looking) -> None:
    async with listening(kodweb("Обслуживание", status=503)) as web:
        facts = await at(f"http://127.0.0.1:{web.port}/")
    assert (facts.fault, facts.status, facts.behind_proxy) == (None, 503, False)


@pytest.mark.parametrize(
    "reply",
    [
        answer(502, b"<h1>Bad Gateway</h1>", server="nginx"),
        answer(504, b""),
        answer(503, b"<hr><center>nginx/1.22.1</center>", server="nginx/1.22.1"),
        answer(404, b"<address>Apache/2.4.57 (Debian) Server at x Port 80</address>", server="Apache/2.4.57"),
        answer(200, b"<title>Welcome to nginx!</title>", server="nginx"),
    ],
)
async def test_a_proxy_that_answers_for_a_dead_server_is_told(reply: bytes, at: Looking) -> None:
    async with listening(reply) as web:
        facts = await at(f"http://127.0.0.1:{web.port}/")
    assert facts.behind_proxy
    assert facts.fault is None


async def test_redirects_are_followed_hop_by_hop_to_other_servers(at: Looking, names: NameServer) -> None:
    names.zone["romashka.test."] = ["127.0.0.1"]
    async with listening(kodweb()) as home, listening(moved(f"//127.0.0.1:{home.port}/docs?a=1")) as entrance:
        facts = await at(
            f"http://RoMashka.test.:{entrance.port}",
            kind=LookKind.DOMAIN,
            expect=f"http://127.0.0.1:{home.port}/",
        )
        assert entrance.hosts == [f"romashka.test:{entrance.port}"]
    assert (facts.fault, facts.status, facts.title) == (None, 200, "Техэксперт")
    assert [hop.url for hop in facts.hops] == [
        f"http://romashka.test:{entrance.port}/",
        f"http://127.0.0.1:{home.port}/docs?a=1",
    ]
    assert facts.hops[0].location == f"//127.0.0.1:{home.port}/docs?a=1"


async def test_a_redirect_that_hangs_after_its_headers_has_said_enough(at: Looking) -> None:
    async with listening(kodweb()) as home:
        endless = moved(f"http://127.0.0.1:{home.port}/").replace(b"Content-Length: 0", b"Content-Length: 9999")
        async with listening(endless) as entrance:
            facts = await at(f"http://127.0.0.1:{entrance.port}/", kind=LookKind.DOMAIN)
    assert (facts.fault, facts.status) == (None, 200)


async def test_a_domain_that_leads_to_somebody_elses_installation_leads_wrong(at: Looking, names: NameServer) -> None:
    names.zone["romashka.test."] = ["127.0.0.1"]
    async with listening(kodweb()) as other, listening(moved(f"http://127.0.0.1:{other.port}/")) as entrance:
        facts = await at(
            f"http://romashka.test:{entrance.port}/", kind=LookKind.DOMAIN, expect="http://127.0.0.9:1234/"
        )
    assert (facts.fault, facts.status) == (Fault.WRONG_TARGET, 200)
    assert facts.detail == f"ведёт на 127.0.0.1:{other.port} вместо 127.0.0.9:1234"
    assert facts.failed_hop is None


async def test_the_installation_may_lead_on_as_it_likes(at: Looking, names: NameServer) -> None:
    names.zone |= {"romashka.test.": ["127.0.0.1"], "home.test.": ["127.0.0.1"]}
    async with (
        listening(kodweb()) as page,
        listening(moved(f"http://127.0.0.1:{page.port}/docs")) as home,
        listening(moved(f"http://home.test:{home.port}/")) as entrance,
    ):
        url = f"http://romashka.test:{entrance.port}/"
        facts = await at(url, kind=LookKind.DOMAIN, expect=f"http://127.0.0.1:{home.port}")
    assert (facts.fault, len(facts.hops)) == (None, 3)


@pytest.mark.parametrize(("server", "fault"), [(KODWEB, None), ("nginx", Fault.WRONG_TARGET)])
async def test_a_domain_without_a_redirect_must_show_an_installation(
    server: str, fault: Fault | None, at: Looking, names: NameServer
) -> None:
    names.zone["romashka.test."] = ["127.0.0.1"]
    async with listening(answer(200, b"<p>parked</p>", server=server)) as web:
        facts = await at(f"http://romashka.test:{web.port}/", kind=LookKind.DOMAIN, expect="http://127.0.0.9/")
    assert facts.fault is fault


async def test_a_dead_installation_is_told_from_a_dead_entrance(at: Looking, names: NameServer) -> None:
    names.zone["romashka.test."] = ["127.0.0.1"]
    names.zone["home.test."] = ["127.0.0.2"]
    async with (
        listening(resets, host="127.0.0.2") as home,
        listening(moved(f"http://home.test:{home.port}/")) as entrance,
    ):
        dead = await at(
            f"http://romashka.test:{entrance.port}/", kind=LookKind.DOMAIN, expect=f"http://127.0.0.2:{home.port}/"
        )
        astray = await at(f"http://romashka.test:{entrance.port}/", kind=LookKind.DOMAIN, expect="http://127.0.0.3/")
    assert (dead.fault, dead.failed_hop, dead.failed_behind) == (Fault.RESET, dead.hops[1], True)
    assert (astray.fault, astray.hops[1].fault) == (Fault.WRONG_TARGET, Fault.RESET)
    gone = await at(f"http://romashka.test:{entrance.port}/", kind=LookKind.DOMAIN, expect="http://127.0.0.3/")
    assert (gone.fault, gone.failed_hop, gone.failed_behind) == (Fault.REFUSED, gone.hops[0], False)


async def test_a_trusted_certificate_is_read(at: Looking, ca: trustme.CA, names: NameServer) -> None:
    names.zone["romashka.test."] = ["127.0.0.1"]
    async with listening(kodweb(), tls=serving(ca.issue_cert("romashka.test"))) as web:
        facts = await at(f"https://romashka.test:{web.port}/")
    assert facts.fault is None, facts.detail
    assert facts.certificate is not None
    assert facts.certificate.names == ("romashka.test",)
    assert facts.certificate.not_after > facts.certificate.not_before
    assert facts.hops[0].phases.tls


@pytest.mark.parametrize(
    ("days", "host", "fault"),
    [
        ((-9, -1), "romashka.test", Fault.TLS_EXPIRED),
        ((1, 9), "romashka.test", Fault.TLS_NOT_YET_VALID),
        ((-1, 9), "other.test", Fault.TLS_WRONG_HOST),
    ],
)
async def test_a_certificate_that_does_not_hold_is_named_and_known(
    days: tuple[int, int], host: str, fault: Fault, *, at: Looking, ca: trustme.CA, names: NameServer
) -> None:
    names.zone["romashka.test."] = ["127.0.0.1"]
    begin, end = (clock.now() + timedelta(days=day) for day in days)
    certificate = ca.issue_cert(host, not_before=begin, not_after=end)
    async with listening(kodweb(), tls=serving(certificate)) as web:
        facts = await at(f"https://romashka.test:{web.port}/", moment=clock.now())
    assert_known(facts, fault, host)


async def test_an_issuer_nobody_trusts_is_named_and_its_certificate_known(at: Looking, names: NameServer) -> None:
    names.zone["romashka.test."] = ["127.0.0.1"]
    async with listening(kodweb(), tls=serving(trustme.CA().issue_cert("romashka.test"))) as web:
        facts = await at(f"https://romashka.test:{web.port}/", moment=clock.now())
    assert_known(facts, Fault.TLS_UNKNOWN_ISSUER, "romashka.test")


async def test_an_intermediate_that_is_not_sent_reads_like_an_unknown_issuer(
    at: Looking, ca: trustme.CA, names: NameServer, tmp_path: Path
) -> None:
    names.zone["romashka.test."] = ["127.0.0.1"]
    leaf = ca.create_child_ca().issue_cert("romashka.test")
    whole, lone = serving(leaf), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    (tmp_path / "lone.pem").write_bytes(leaf.private_key_pem.bytes() + leaf.cert_chain_pems[0].bytes())
    lone.load_cert_chain(tmp_path / "lone.pem")
    async with listening(kodweb(), tls=whole) as web:
        assert (await at(f"https://romashka.test:{web.port}/", moment=clock.now())).fault is None
    async with listening(kodweb(), tls=lone) as web:
        facts = await at(f"https://romashka.test:{web.port}/", moment=clock.now())
    assert_known(facts, Fault.TLS_UNKNOWN_ISSUER, "romashka.test")


async def test_a_certificate_signed_by_itself_is_told(at: Looking, names: NameServer, tmp_path: Path) -> None:
    names.zone["romashka.test."] = ["127.0.0.1"]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(signed_by_itself("romashka.test", tmp_path))
    async with listening(kodweb(), tls=context) as web:
        facts = await at(f"https://romashka.test:{web.port}/", moment=clock.now())
    assert_known(facts, Fault.TLS_SELF_SIGNED, "romashka.test")


async def test_a_plain_server_on_a_secure_port_breaks_tls(at: Looking) -> None:
    async def complains(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(answer(400, b"plain HTTP only"))
        await writer.drain()

    async with listening(complains) as web:
        facts = await at(f"https://127.0.0.1:{web.port}/")
    assert facts.fault is Fault.TLS_BROKEN
    assert facts.certificate is None


async def test_ipv6_addresses_are_dialled(at: Looking, names: NameServer) -> None:
    names.zone["six.test."] = ["::1"]
    async with listening(kodweb(), host="::1") as web:
        literal = await at(f"http://[::1]:{web.port}/")
        named = await at(f"http://six.test:{web.port}/")
    assert literal.fault is named.fault is None
    assert named.hops[0].address == f"[::1]:{web.port}"


async def test_of_several_addresses_the_first_that_answers_is_taken(at: Looking, names: NameServer) -> None:
    names.zone["two.test."] = ["127.0.0.3", "127.0.0.2"]
    async with listening(kodweb(), host="127.0.0.2") as web:
        facts = await at(f"http://two.test:{web.port}/")
    assert (facts.fault, facts.hops[0].address) == (None, f"127.0.0.2:{web.port}")


async def test_russian_names_are_asked_in_their_wire_form(at: Looking, names: NameServer) -> None:
    names.zone["xn--80aa3agjl3d.xn--p1ai."] = ["127.0.0.1"]
    async with listening(kodweb()) as web:
        facts = await at(f"http://РОМАШКА.рф:{web.port}/")
        assert web.hosts == [f"xn--80aa3agjl3d.xn--p1ai:{web.port}"]
    assert facts.fault is None, facts.detail


async def test_the_environment_has_no_say(at: Looking, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("default login u password p\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with listening(kodweb()) as web:
        facts = await at(f"http://127.0.0.1:{web.port}/")
        assert b"authorization" not in web.requests[0].lower()
    assert facts.fault is None


async def test_cookies_are_never_sent_back(at: Looking) -> None:
    async with listening(kodweb()) as home:
        reply = answer(302, Location=f"http://127.0.0.1:{home.port}/", Set_Cookie="session=1; Path=/")
        async with listening(reply) as entrance:
            await at(f"http://127.0.0.1:{entrance.port}/")
        assert b"cookie" not in home.requests[0].lower()


def assert_known(facts: Facts, fault: Fault, name: str) -> None:
    assert facts.fault is fault, facts.detail
    assert facts.detail
    assert facts.certificate is not None, "the certificate is known even when it is not trusted"
    assert facts.certificate.names == (name,)


def signed_by_itself(name: str, folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(clock.now() - timedelta(days=1))
        .not_valid_after(clock.now() + timedelta(days=9))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "self.pem"
    pem = serialization.Encoding.PEM
    plain = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(plain + certificate.public_bytes(pem))
    return path
