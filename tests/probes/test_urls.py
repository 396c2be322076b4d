"""Web addresses are taken apart strictly, and nothing a stranger writes raises anything but its reason."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.model import Fault
from checks.probes.failure import LookFailed
from checks.probes.urls import Place, follow, place

BASE = Place("https", "romashka.test", 443, "/docs/list?page=2")


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("romashka.test", "http://romashka.test/"),
        ("romashka.test:8080", "http://romashka.test:8080/"),
        ("HTTPS://Romashka.Test.:443/Docs?a=1#top", "https://romashka.test/Docs?a=1"),
        ("http://[2001:DB8::1]:8080", "http://[2001:db8::1]:8080/"),
        ("http://10.0.0.5:/x", "http://10.0.0.5/x"),
        ("http://ромашка.рф/документы", "http://xn--80aa3agjl3d.xn--p1ai/%D0%B4%D0%BE%D0%BA%D1%83%D0%BC%D0%B5%D0%BD%D1%82%D1%8B"),
        ("10.0.0.5/docs?next=http://x/", "http://10.0.0.5/docs?next=http://x/"),
    ],
)  # fmt: skip
def test_lists_give_hosts_and_urls(text: str, url: str) -> None:
    assert place(text).url == url


@pytest.mark.parametrize(
    ("location", "url"),
    [
        (b"/new", "https://romashka.test/new"),
        (b"new", "https://romashka.test/docs/new"),
        (b"?page=3", "https://romashka.test/docs/list?page=3"),
        (b"//other.test/x", "https://other.test/x"),
        (b"http://other.test", "http://other.test/"),
        (b"http://other.test:8080?a", "http://other.test:8080/?a"),
        (b"/with blank", "https://romashka.test/with%20blank"),
        ("/буквы".encode(), "https://romashka.test/%D0%B1%D1%83%D0%BA%D0%B2%D1%8B"),
        ("/буквы".encode("cp1251"), "https://romashka.test/%E1%F3%EA%E2%FB"),
        (b"#top", "https://romashka.test/docs/list?page=2"),
        (b"/back?u=a\\b", "https://romashka.test/back?u=a\\b"),
    ],
)
def test_locations_that_browsers_follow_are_followed(location: bytes, url: str) -> None:
    assert follow(BASE, location).url == url


@pytest.mark.parametrize(
    "location",
    [
        b"", b"file:///etc/passwd", b"ftp://h/", b"javascript:alert(1)", b"data:text/html,x", b"gopher://h/",
        b"HTTPS:/x",
        b"http:relative", b"http://", b"http:///x", b"http://h:0/", b"http://h:65536/", b"http://h:99999/",
        b"http://h:8o/", b"http://h:-1/", b"http://user@h/", b"http://a:b@h/", b"//evil@h/", b"/\\evil.test/",
        b"\\\\evil.test", b"http:\\\\evil.test", b"http://h\t/", b"http://h\x00/", b"http://a b/", b"http://[::1/",
        b"http://[::g]/", b"http://[fe80::1%25eth0]/", b"http://h..test/", b"http://-h-/", b"http://127.1/",
        b"http://0x7f.0.0.1/", b"http://2130706433/", b"http://256.0.0.1/", b"http://%31.test/", b"/" + b"x" * 5000,
        b"http://" + b"a" * 64 + b".test/", b"http://" + b"a." * 130 + b"test/", b"http://\xff\xfe/", b"http://:80/",
        "http://\u2024\u2024/".encode(), "http://a\u3002\u3002b/".encode(),
    ],
)  # fmt: skip
def test_locations_that_lead_nowhere_good_are_refused(location: bytes) -> None:
    with pytest.raises(LookFailed) as refused:
        follow(BASE, location)
    assert refused.value.fault is Fault.BAD_LOCATION
    assert len(refused.value.detail) <= 200


NASTY = st.one_of(
    st.binary(max_size=300),
    st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.from_regex(r"(https?:)?[/\\]{0,3}[\w.:@\[\]%-]{0,20}(:[0-9]{0,6})?[/?#]?.{0,10}", fullmatch=True).map(
        str.encode
    ),
)


@given(NASTY)
def test_no_location_can_raise_anything_but_its_reason(location: bytes) -> None:
    with suppress(LookFailed):
        found = follow(BASE, location)
        assert found.url.isascii()
        assert found.url.isprintable()
        assert place(found.url) == found, "what was understood is understood again in the same way"


@given(st.one_of(st.text(max_size=200), NASTY.map(lambda raw: raw.decode("latin-1"))))
def test_no_listed_address_can_raise_anything_but_its_reason(text: str) -> None:
    with suppress(LookFailed):
        found = place(text)
        assert place(found.url) == found
