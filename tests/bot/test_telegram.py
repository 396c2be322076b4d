"""Every answer and every silence of Telegram has one meaning."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import GetMe, SendMessage
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram import (
    BadText,
    Dead,
    Gone,
    LostTopic,
    Meaning,
    Migrated,
    NotModified,
    NotSent,
    Sent,
    Session,
    Unknown,
    Wait,
    ask,
    clipped,
    meaning_of,
    plain,
    redact,
    units,
)
from tests.proxies import proxy

METHOD = SendMessage(chat_id=1, text="x")
SECRET = "123456789:AAH-secret_secret_secret_secret12345"


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (TelegramRetryAfter(METHOD, "x", 7), Wait),
        (TelegramAPIError(METHOD, "Too Many Requests"), Wait),
        (TelegramMigrateToChat(METHOD, "x", -1002), Migrated),
        (TelegramForbiddenError(METHOD, "Forbidden: bot was kicked"), Dead),
        (TelegramBadRequest(METHOD, "Bad Request: chat not found"), Dead),
        (TelegramBadRequest(METHOD, "Bad Request: not enough rights to send text messages to the chat"), Dead),
        (TelegramBadRequest(METHOD, "Bad Request: message thread not found"), LostTopic),
        (TelegramBadRequest(METHOD, "Bad Request: TOPIC_CLOSED"), LostTopic),
        (TelegramBadRequest(METHOD, "Bad Request: message is not modified: specified new message …"), NotModified),
        (TelegramBadRequest(METHOD, "Bad Request: message to edit not found"), Gone),
        (TelegramBadRequest(METHOD, "Bad Request: message can't be edited"), Gone),
        (TelegramBadRequest(METHOD, "Bad Request: can't parse entities: unclosed start tag"), BadText),
        (TelegramBadRequest(METHOD, "Bad Request: message is too long"), BadText),
        (TelegramBadRequest(METHOD, "Bad Request: BUTTON_DATA_INVALID"), BadText),
        (TelegramUnauthorizedError(METHOD, "Unauthorized"), NotSent),
        (TelegramServerError(METHOD, "Bad Gateway"), Unknown),
        (TelegramNetworkError(METHOD, "Request timeout error"), Unknown),
        (TelegramConflictError(METHOD, "Conflict"), Unknown),
        (ClientDecodeError("Failed to decode object", ValueError("x"), "<html>"), Unknown),
        (TimeoutError(), Unknown),
        (ZeroDivisionError(), Unknown),
    ],
)
def test_an_error_has_one_meaning(error: Exception, meaning: type[Meaning]) -> None:
    assert type(meaning_of(error)) is meaning


@pytest.fixture
async def silent_port() -> AsyncIterator[int]:
    """A server that accepts, reads, and says nothing."""
    over = asyncio.Event()

    async def listen(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    over.set()
    server.close()
    await asyncio.sleep(0.01)


async def said_at(url: str, *, proxies: tuple[str, ...] = ()) -> Meaning:
    async with Bot(SECRET, session=Session(api_url=url, proxies=proxies)) as bot:
        return await ask(bot, GetMe(), seconds=1)


async def test_nobody_there_is_surely_not_sent() -> None:
    assert isinstance(await said_at("http://127.0.0.1:1"), NotSent)
    assert isinstance(await said_at("http://no-such-host.invalid"), NotSent)


async def test_a_server_that_says_nothing_may_have_heard(silent_port: int) -> None:
    assert isinstance(await said_at(f"http://127.0.0.1:{silent_port}"), Unknown)


async def test_a_dead_proxy_is_surely_not_sent() -> None:
    assert isinstance(await said_at("http://127.0.0.1:9", proxies=("socks5://127.0.0.1:1",)), NotSent)
    assert isinstance(await said_at("http://127.0.0.1:9", proxies=("http://127.0.0.1:1",)), NotSent)


async def test_the_next_proxy_is_tried_and_kept(address: str) -> None:
    session = Session(api_url=address, proxies=("socks5://127.0.0.1:1", "http://127.0.0.1:1", "direct"))
    async with Bot("1000:secret", session=session) as bot:
        assert isinstance(await ask(bot, GetMe(), seconds=3), Sent)
        assert isinstance(await ask(bot, GetMe(), seconds=3), Sent)
        assert session._at == 2


@pytest.mark.parametrize("scheme", ["http", "socks5"])
async def test_a_proxy_that_dies_hands_over_to_the_next(address: str, scheme: str) -> None:
    async with proxy(scheme) as first, proxy("socks5") as second:
        session = Session(api_url=address, proxies=(first.url, second.url))
        async with Bot("1000:secret", session=session) as bot:
            assert isinstance(await ask(bot, GetMe(), seconds=3), Sent)
            assert (first.served, second.served) == (1, 0)

            await first.dies()
            said = [await ask(bot, GetMe(), seconds=3) for _ in range(3)]

            assert isinstance(said[-1], Sent)
            assert second.served == 1


async def test_a_proxy_that_falls_silent_is_left_after_two_lost_answers(address: str) -> None:
    async with proxy("http", silent=True) as first, proxy("http") as second:
        session = Session(api_url=address, proxies=(first.url, second.url))
        async with Bot("1000:secret", session=session) as bot:
            said = [type(await ask(bot, GetMe(), seconds=1)).__name__ for _ in range(4)]

    assert said[-1] == "Sent"
    assert said.index("Sent") <= 2


async def test_an_answer_that_is_a_refusal_keeps_the_proxy(address: str) -> None:
    async with proxy("http") as first, proxy("http") as second:
        session = Session(api_url=address, proxies=(first.url, second.url))
        async with Bot("1000:secret", session=session) as bot:
            for _ in range(5):
                assert isinstance(await ask(bot, SendMessage(chat_id=-404, text="x"), seconds=3), Dead)
        assert second.served == 0


async def test_the_token_is_in_no_log_and_in_no_error(
    caplog: pytest.LogCaptureFixture, silent_port: int, http: aiohttp.ClientSession
) -> None:
    caplog.set_level(logging.DEBUG)
    for url in ("http://127.0.0.1:1", f"http://127.0.0.1:{silent_port}", "http://[bad"):
        meaning = await said_at(url)
        assert SECRET.split(":")[1] not in str(meaning)

    assert SECRET.split(":")[1] not in caplog.text
    assert redact(f"GET https://api.telegram.org/bot{SECRET}/getMe") == "GET https://api.telegram.org/bot***/getMe"


def test_markup_does_not_count() -> None:
    assert plain("<b>a &lt; b</b> <code>x</code>") == "a < b x"
    assert units("🔴a") == 3


@given(st.text(max_size=6000), st.integers(10, 4000))
def test_clipped_text_fits_and_begins_the_same(text: str, limit: int) -> None:
    short = clipped(text, limit)

    assert units(short) <= limit
    assert short == text or text.startswith(short.removesuffix("\n…"))
