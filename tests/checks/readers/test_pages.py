"""A page is read whatever it holds, in whatever encoding."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.model import Mark
from checks.readers.pages import Page, decode, read_page

TEXTS = {
    Mark.NO_SEATS: ("toomanyusers", "максимальное число подключений"),
    Mark.KEY_INACTIVE: ("ключ не активен",),
    Mark.SERVICE_MESSAGE: ("",),
}


def page(body: bytes | str, *, content_type: str = "", server: str = "", status: int = 200, url: str = "") -> Page:
    raw = body.encode() if isinstance(body, str) else body
    return read_page(raw, content_type=content_type, server=server, status=status, url=url, texts=TEXTS)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("Ёлка".encode("cp1251"), ""),
        ("Ёлка".encode("cp1251"), "text/html; charset=windows-1251"),
        ("Ёлка".encode("cp1251"), "text/html; charset=no-such-charset"),
        ("Ёлка".encode("cp1251"), "text/html; charset=rot13"),
        ("Ёлка".encode(), ""),
        ("Ёлка".encode(), "text/html; charset=UTF-8"),
        ("\ufeffЁлка".encode(), "text/html; charset=windows-1251"),
        ("\ufeffЁлка".encode("utf-16-le"), ""),
        ("Ёлка".encode("koi8-r"), "text/html; charset=KOI8-R"),
    ],
)
def test_the_encoding_is_found(body: bytes, content_type: str) -> None:
    assert decode(body, content_type) == "Ёлка"


def test_the_page_may_name_its_encoding_itself() -> None:
    assert "Ёлка" in decode('<meta charset="koi8-r">Ёлка'.encode("koi8-r"), "text/html")


def test_utf8_that_was_cut_within_a_letter_stays_utf8() -> None:
    assert decode("Ёлка".encode()[:-1], "").startswith("Ёлк")


@pytest.mark.parametrize(
    "body",
    [
        "<p>МАКСИМАЛЬНОЕ  число\n<b>подключений</b></p>",
        "<p>максимальное&nbsp;число &#1087;одключений</p>",
        "<script>location = '/docs/TooManyUsers.asp'</script>",
        "<a href='/toomanyusers'>x</a>",
    ],
)
def test_texts_are_found_through_markup(body: str) -> None:
    assert page(body).marks == {Mark.NO_SEATS}


def test_an_address_may_say_it_too() -> None:
    assert page("", url="http://h/docs/toomanyusers.htm").marks == {Mark.NO_SEATS}


@pytest.mark.parametrize(
    "body",
    [
        "<script>var no = 'Ключ не активен'</script>",
        "<!-- ключ не активен -->",
        "<style>/* ключ не активен */",
        "ключ, не активен",
    ],
)
def test_what_nobody_can_see_is_not_said(body: str) -> None:
    assert page(body).marks == frozenset()


def test_the_excerpt_is_one_short_line_around_the_text() -> None:
    found = page("слово " * 50 + "<p>Внимание: ключ не активен</p>" + " ещё" * 500)
    assert "ключ не активен" in found.excerpt
    assert found.excerpt.startswith("слово ")
    assert len(found.excerpt) <= 200
    assert "\n" not in found.excerpt


def test_the_title_is_clipped_and_printable() -> None:
    assert page("<TITLE lang=ru>\n Тех&amp;эксперт\x00\u202e </TITLE>").title == "Тех&эксперт"
    assert len(page("<title>" + "а" * 5000 + "</title>").title) == 200
    assert page("<title>без конца").title == ""


@pytest.mark.parametrize("status", [502, 504, 522])
def test_gateway_errors_speak_of_a_server_behind(status: int) -> None:
    assert page("", status=status).by_proxy
    assert not page("", status=status, server="WWW-Kodeks/6.4").by_proxy


def test_an_installation_is_known_by_its_header_or_its_words() -> None:
    assert page("", server="WWW-Kodeks/6.4").by_kodweb
    assert page("<title>ТехЭксперт</title>").by_kodweb
    assert not page("<title>Парковка</title>", server="nginx").by_kodweb


@given(st.binary(max_size=400), st.text(max_size=40), st.text(max_size=40), st.integers(0, 999))
def test_no_page_can_raise(body: bytes, content_type: str, server: str, status: int) -> None:
    found = page(body, content_type=content_type, server=server, status=status, url=server)
    assert found.title.isprintable()
    assert max(len(found.title), len(found.excerpt)) <= 200


ENDLESS = ["<", "<script", "<!--", "<script></script>", "&", "&#1", "</", "<title", "<title>", " "]


@pytest.mark.parametrize("piece", ENDLESS)
def test_no_page_takes_longer_than_its_length_deserves(piece: str) -> None:
    began = time.process_time()
    page(piece * ((1 << 20) // len(piece)))
    assert time.process_time() - began < 2
