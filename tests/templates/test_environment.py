"""Messages fit, rows are dropped whole, buttons that Telegram would refuse are left out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates.keys import Keys, is_web_address
from tests.telegram_html import check_button


@given(st.text(max_size=60), st.text(max_size=300), st.text(max_size=300))
def test_whatever_a_button_is_given_telegram_takes_it(label: str, url: str, copy: str) -> None:
    for button in (Keys.press(label, "status", 1, label), Keys.link(label, url), Keys.copy(label, copy)):
        if button is not None:
            check_button(button)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "http://localhost/admin",
        "tg://user?id=1",
        "http://te/admin",
        "http://a b.ru",
        "ftp://a.ru",
        "http://u:p@a.ru",
        "http://a..ru",
        "http://[::1",
        "http://a.ru:99999",
        "",
        "http://",
    ],
)
def test_addresses_that_telegram_refuses_make_no_button(url: str) -> None:
    assert not is_web_address(url)
    assert Keys.link("Открыть", url) is None


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080/x", "https://romashka.te-cloud.ru/admin", "http://[2001:db8::1]/"]
)
def test_usual_addresses_do(url: str) -> None:
    assert is_web_address(url)
