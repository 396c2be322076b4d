"""No token reaches a log, however it is written: in a URL of the Bot API, in an argument, in a traceback."""

from __future__ import annotations

import io
import logging

import pytest

from bot.logs import Formatter, Redact

TOKEN = "123456789:AAHsecretsecretsecretsecret12345"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        (f"POST https://api.telegram.org/bot{TOKEN}/getMe", "POST https://api.telegram.org/bot***/getMe"),
        (f"token {TOKEN}", "token ***"),
        ("/upload?token=abc&x=1", "/upload?token=***&x=1"),
        ("at 12:30:45 from 127.0.0.1:8080", "at 12:30:45 from 127.0.0.1:8080"),
    ],
)
def test_a_token_is_replaced(text: str, clean: str) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(Redact())
    handler.setFormatter(Formatter("%(message)s"))
    error = ValueError(text)

    for info in (None, (type(error), error, None)):
        handler.handle(logging.LogRecord("test", logging.INFO, "", 0, "%s", (text,), info))

    assert stream.getvalue().startswith(clean + "\n")
    assert TOKEN not in stream.getvalue()
